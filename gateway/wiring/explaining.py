"""Which way the invoices of a file would go, without sending them: `gateway route`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from formats.contract import Format, Options
from gateway.errors import WrongContent
from gateway.wiring.judging import judge
from gateway.wiring.packing.orders import trouble
from rules.derived import completed, receiving_keys, recipient_from
from rules.plain_form import WrongForm
from rules.recipient import Recipient, channel_words
from rules.routing import Decision, route
from rules.yaml_form import RuleBook, default_rules, read_rule_book


@dataclass(frozen=True, slots=True)
class Explained:
    """One document and the decision about it. could_read, is_valid: what would have stopped it before."""

    number: str | None
    recipient: str
    could_read: bool
    is_valid: bool
    decision: Decision

    @property
    def ways(self) -> str:
        """`Peppol, then e-mail`, or that there is none."""
        routes = [self.decision.route, *self.decision.fallbacks]
        return channel_words([one.channel for one in routes if one is not None]) or "no way"

    @property
    def considered(self) -> list[tuple[str, str]]:
        """What was asked before: (rule, why it did not decide)."""
        return [(one.rule, one.why_not) for one in self.decision.considered]

    def as_data(self) -> dict[str, object]:
        """For machines."""
        chosen = self.decision.route
        return {
            "number": self.number,
            "recipient": self.recipient,
            "valid": self.is_valid,
            "channel": chosen.channel if chosen is not None else None,
            "format": chosen.format if chosen is not None else None,
            "fallbacks": [{"channel": one.channel, "format": one.format} for one in self.decision.fallbacks],
            "rule": self.decision.rule,
            "because": self.decision.because,
            "considered": [{"rule": one.rule, "why_not": one.why_not} for one in self.decision.considered],
        }


def explain(
    formats: Mapping[str, Format], content: bytes, file_name: str, book: RuleBook, options: Options
) -> Iterator[Explained]:
    """Every document of a file with the decision about it; one that cannot be read goes nowhere, and says why."""
    for judged in judge(formats, content, file_name, options=options):
        if judged.checked is None:
            reason = "; ".join(str(one["message"]) for one in judged.findings)
            yield Explained(
                judged.number, "", False, False, Decision(route=None, because=f"It cannot be read: {reason}")
            )
            continue
        invoice = judged.checked.invoice
        known = _known(book, receiving_keys(invoice))
        recipient = completed(known, invoice) if known is not None else recipient_from(invoice)
        yield Explained(invoice.number, recipient.name, True, judged.may_leave, route(invoice, recipient, book.rules))


def rule_book_of(formats: Mapping[str, Format], text: str | None) -> RuleBook:
    """The book of a YAML text; the rules that ship, where it has none of its own. Raises WrongContent."""
    if text is None:
        return RuleBook(default_rules())
    try:
        book = read_rule_book(text, partial(trouble, formats))
    except WrongForm as error:
        raise WrongContent("rule book", str(error)) from None
    return book if book.rules else RuleBook(default_rules(), book.recipients)


def _known(book: RuleBook, keys: tuple[str, ...]) -> Recipient | None:
    """The recipient that the strongest key recognises, and no other."""
    for key in keys:
        found = [one for one in book.recipients if key in one.keys]
        if len(found) == 1:
            return found[0]
    return None
