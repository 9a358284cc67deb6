"""Rules, and the decision where an invoice goes.

The order of what decides:

    1. a guard (`never`) whose condition holds closes channels for this invoice, to rules and preferences alike
    2. the first rule that is law (`binding`) and applies: where its way is closed to the recipient, nothing is sent
    3. what the recipient prefers
    4. the first other rule that applies and has a way that reaches the recipient

A way that does not reach the recipient is passed over with its reason. Where nothing is left, the decision has no
route and says why and what to do: routing never raises for an invoice.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from formats.en16931 import Invoice
from rules.answers import answer
from rules.condition import Condition
from rules.facts import Answer, Situation
from rules.recipient import CHANNEL_WORDS, Plain, Recipient, Route, channel_words, obstacle


class Rule(Plain, frozen=True, kw_only=True):
    """One row of the rules; read in the order of `position`.

    condition: when it applies; always, where it says nothing
    route:     the way, with the ways to try after it when it fails
    never:     channels that are closed while the condition holds (a guard); a guard may have a route as well
    binding:   it is law: it goes before what the recipient prefers
    why:       for the record: the law, the contract, the request
    """

    name: str
    position: int = 0
    condition: Condition = msgspec.field(default=Condition(), name="when")
    route: Route | None = msgspec.field(default=None, name="then")
    fallback: tuple[Route, ...] = ()
    never: tuple[str, ...] = ()
    binding: bool = False
    enabled: bool = True
    why: str = ""

    def __post_init__(self) -> None:
        if self.route is None and not self.never:
            raise ValueError("say the way (`then`), or the channels that are closed (`never`)")
        if self.route is None and (self.fallback or self.binding):
            raise ValueError("`fallback` and `binding` belong to a way: say it with `then`")

    @property
    def ways(self) -> tuple[Route, ...]:
        """Its route and its fallbacks, in order."""
        return (self.route, *self.fallback) if self.route else ()

    @property
    def named_ways(self) -> Iterator[tuple[str, Route]]:
        """The same, each with its place in the rule."""
        for place, way in enumerate(self.ways):
            yield f"fallback[{place - 1}]" if place else "then", way


class Considered(Plain, frozen=True, kw_only=True):
    """Something that was asked before the decision, and why it did not decide. rule: its name, or a channel's."""

    rule: str
    why_not: str


class Decision(Plain, frozen=True, kw_only=True):
    """Where an invoice goes.

    route:       None: nowhere yet, and `because` says what is missing
    fallbacks:   what to try in turn when that way fails
    because:     the reason, as a sentence for people
    rule:        name of the rule that decided, "" for a preference or where none did
    considered:  what was asked before
    """

    route: Route | None
    because: str
    fallbacks: tuple[Route, ...] = ()
    rule: str = ""
    considered: tuple[Considered, ...] = ()


@dataclass(slots=True)
class _Hearing:
    """One invoice before the rules: the channels closed to it, and what was considered so far."""

    situation: Situation
    closed: Mapping[str, str]
    considered: list[Considered] = field(default_factory=list)

    def obstacle(self, route: Route) -> str:
        """Why this way cannot be taken, "" where it can."""
        recipient = self.situation.recipient
        if route.channel in recipient.preference.blocked:
            return f"it does not want {CHANNEL_WORDS.get(route.channel, route.channel)}"
        return self.closed.get(route.channel) or obstacle(
            recipient, route.channel, self.situation.invoice.is_credit_note
        )

    def open_ways(self, ways: Iterable[Route], asked_by: str) -> tuple[Route, ...]:
        """The ways that can be taken; the others are noted."""
        found: list[Route] = []
        for way in ways:
            reason = self.obstacle(way)
            if reason:
                self.note(asked_by, f"{channel_words([way.channel])} is passed over: {reason}")
            elif way not in found:
                found.append(way)
        return tuple(found)

    def note(self, rule: str, why_not: str) -> None:
        """Keep why something did not decide, once."""
        one = Considered(rule=rule, why_not=why_not)
        if one not in self.considered:
            self.considered.append(one)


def route(invoice: Invoice, recipient: Recipient, rules: Iterable[Rule], tags: Iterable[str] = ()) -> Decision:
    """Where this invoice goes. tags: those of the submission, beside the recipient's own."""
    situation = Situation(invoice, recipient, frozenset(tags))
    asked = [
        (rule, answer(rule.condition, situation))
        for rule in sorted(rules, key=lambda one: one.position)
        if rule.enabled
    ]
    hearing = _Hearing(situation, _closed(asked))
    return _by_law(asked, hearing) or _by_preference(asked, hearing) or _by_rule(asked, hearing) or _nowhere(hearing)


def _closed(asked: Iterable[tuple[Rule, Answer]]) -> Mapping[str, str]:
    """Channels that a guard closes, with the reason in words."""
    return {
        channel: f"rule “{rule.name}” closes it{f' ({rule.why})' if rule.why else ''}"
        for rule, found in asked
        if found.holds
        for channel in rule.never
    }


def _applying(
    asked: Iterable[tuple[Rule, Answer]], hearing: _Hearing, *, binding: bool
) -> Iterator[tuple[Rule, Answer]]:
    for rule, found in asked:
        if rule.route is None or rule.binding is not binding:
            continue
        if found.holds:
            yield rule, found
        else:
            hearing.note(rule.name, found.because)


def _by_law(asked: Iterable[tuple[Rule, Answer]], hearing: _Hearing) -> Decision | None:
    for rule, found in _applying(asked, hearing, binding=True):
        first = rule.ways[0]
        missing = "" if first.channel in hearing.closed else hearing.obstacle(first)
        if missing:
            return _decided(hearing, (), _must(rule, found, missing, hearing), rule.name)
        ways = hearing.open_ways(rule.ways, rule.name)
        return _decided(hearing, ways, _because(rule, found) if ways else _stuck(hearing), rule.name)
    return None


def _by_preference(asked: Iterable[tuple[Rule, Answer]], hearing: _Hearing) -> Decision | None:
    recipient = hearing.situation.recipient
    preferred = hearing.open_ways(recipient.preference.routes, f"preference of {recipient.name}")
    if not preferred:
        return None
    applying = _applying(asked, hearing, binding=False)
    by_rule = next((ways for rule, _ in applying if (ways := hearing.open_ways(rule.ways, rule.name))), ())
    spare = tuple(way for way in by_rule if way.channel not in {one.channel for one in preferred})
    because = f"{recipient.name or 'The recipient'} prefers {channel_words(one.channel for one in preferred)}."
    return _decided(hearing, preferred + spare, because, "")


def _by_rule(asked: Iterable[tuple[Rule, Answer]], hearing: _Hearing) -> Decision | None:
    for rule, found in _applying(asked, hearing, binding=False):
        ways = hearing.open_ways(rule.ways, rule.name)
        if ways:
            return _decided(hearing, ways, _because(rule, found), rule.name)
    return None


def _nowhere(hearing: _Hearing) -> Decision:
    return _decided(hearing, (), _stuck(hearing), "")


def _decided(hearing: _Hearing, ways: tuple[Route, ...], because: str, rule: str) -> Decision:
    if hearing.situation.recipient.is_derived:
        because += " The recipient is not known here: its addresses come from the invoice."
    return Decision(
        route=ways[0] if ways else None,
        fallbacks=ways[1:],
        because=because,
        rule=rule,
        considered=tuple(hearing.considered),
    )


def _because(rule: Rule, found: Answer) -> str:
    why = f" ({rule.why})" if rule.why else ""
    return f"Rule “{rule.name}” applies: {found.because}{why}."


def _must(rule: Rule, found: Answer, missing: str, hearing: _Hearing) -> str:
    channel = channel_words([rule.ways[0].channel])
    name = hearing.situation.recipient.name or "the recipient"
    return (
        f"{_because(rule, found)} It is law, so the invoice must go by {channel}, but {name} cannot be reached that "
        f"way: {missing}. Complete the recipient, then route the invoice again."
    )


def _stuck(hearing: _Hearing) -> str:
    name = hearing.situation.recipient.name or "the recipient"
    reasons = "; ".join(f"{one.rule}: {one.why_not}" for one in hearing.considered) or "there are no rules"
    return (
        f"No rule leads to {name}: {reasons}. Add an address to the recipient, or a rule that fits, then route the "
        "invoice again."
    )
