"""The facts that a condition may ask: one row each in `FACTS`, one function that answers it.

A fact holds, does not hold, or is not known (an invoice without a buyer country).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from formats.en16931 import Buyer, Invoice, Seller
from rules.condition import Amount, Condition
from rules.recipient import CHANNEL_WORDS, Recipient, obstacle


@dataclass(frozen=True, slots=True)
class Situation:
    """What conditions are asked about. tags: those of the submission, beside the recipient's own."""

    invoice: Invoice
    recipient: Recipient
    tags: frozenset[str] = frozenset()

    @property
    def whom(self) -> str:
        """Who the recipient is to the invoice."""
        return "seller" if self.invoice.is_self_billed else "buyer"


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a condition holds (None: not known), and the fact that decides it, in words."""

    holds: bool | None
    because: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a condition may ask. field: its name in a condition; words: the question as a clause."""

    field: str
    words: Callable[[Condition], str]
    answer: Callable[[Condition, Situation], Answer]

    def is_asked(self, condition: Condition) -> bool:
        """Whether a condition asks it."""
        return getattr(condition, self.field) not in (None, ())


def _recipient(condition: Condition, situation: Situation) -> Answer:
    recipient = situation.recipient
    is_meant = not {recipient.id, *recipient.keys}.isdisjoint(condition.recipient)
    return Answer(is_meant, _is_or_not("recipient", is_meant, recipient.id or recipient.name, condition.recipient))


def _buyer_country(condition: Condition, situation: Situation) -> Answer:
    kept = None if situation.invoice.is_self_billed else situation.recipient.country
    stated = _country_of(situation.invoice.buyer) or kept
    return _one_of("buyer country", stated, condition.buyer_country)


def _seller_country(condition: Condition, situation: Situation) -> Answer:
    return _one_of("seller country", _country_of(situation.invoice.seller), condition.seller_country)


def _public_body(condition: Condition, situation: Situation) -> Answer:
    is_one = situation.recipient.is_public_body
    return Answer(is_one is condition.public_body, f"{situation.whom} is {'' if is_one else 'not '}a public body")


def _has_vat_identifier(condition: Condition, situation: Situation) -> Answer:
    buyer = situation.invoice.buyer
    has_one = bool(buyer and buyer.vat_identifier)
    return Answer(has_one is condition.buyer_has_vat_identifier, f"buyer has {'a' if has_one else 'no'} VAT identifier")


def _seller(condition: Condition, situation: Situation) -> Answer:
    seller = situation.invoice.seller
    if seller is None:
        return Answer(None, "seller is not known")
    stated = [seller.vat_identifier, seller.legal_registration, *seller.identifiers, seller.name]
    names = {_compact(str(getattr(one, "value", one))) for one in stated if one}
    is_meant = any(_compact(one) in names for one in condition.seller)
    return Answer(
        is_meant, _is_or_not("seller", is_meant, seller.name or seller.vat_identifier or "nameless", condition.seller)
    )


def _document(condition: Condition, situation: Situation) -> Answer:
    code = situation.invoice.type_code
    if code is None:
        return Answer(None, "document type is not known")
    kind = "credit_note" if situation.invoice.is_credit_note else "invoice"
    is_meant = not {kind, code}.isdisjoint(condition.document)
    return Answer(is_meant, _is_or_not("document", is_meant, f"{_kind(kind)} ({code})", map(_kind, condition.document)))


def _amount(condition: Condition, situation: Situation) -> Answer:
    asked, totals, currency = condition.amount, situation.invoice.totals, situation.invoice.currency
    stated = totals.with_vat if totals else None
    if asked is None or stated is None or not stated.is_finite():
        return Answer(None, "amount is not known")
    if currency != asked.currency:
        return Answer(None, f"amount is in {currency or 'no currency'}, the rule speaks of {asked.currency}")
    is_inside = (
        (asked.over is None or stated > asked.over)
        and (asked.at_least is None or stated >= asked.at_least)
        and (asked.under is None or stated < asked.under)
        and (asked.at_most is None or stated <= asked.at_most)
    )
    return Answer(is_inside, f"amount is {stated:,} {currency}, {'' if is_inside else 'not '}{_range_words(asked)}")


def _tag(condition: Condition, situation: Situation) -> Answer:
    held = sorted({*situation.recipient.tags, *situation.tags}.intersection(condition.tag))
    return Answer(bool(held), f"tagged {either(held)}" if held else f"not tagged {either(condition.tag)}")


def _can_receive(condition: Condition, situation: Situation) -> Answer:
    credit = situation.invoice.is_credit_note
    obstacles = {one: obstacle(situation.recipient, one, credit) for one in condition.can_receive}
    for channel, words in obstacles.items():
        if not words:
            return Answer(True, f"{situation.whom} can receive {_channel(channel)}")
    return Answer(
        False,
        "; ".join(f"{situation.whom} cannot receive {_channel(one)}: {words}" for one, words in obstacles.items()),
    )


def _country_of(party: Buyer | Seller | None) -> str | None:
    return party.address.country if party and party.address else None


def _one_of(subject: str, stated: str | None, asked: tuple[str, ...]) -> Answer:
    if not stated:
        return Answer(None, f"{subject} is not known")
    return Answer(stated in asked, _is_or_not(subject, stated in asked, stated, asked))


def _is_or_not(subject: str, is_meant: bool, found: str, asked: Iterable[str]) -> str:
    return f"{subject} is {found}" + ("" if is_meant else f", not {either(asked)}")


def _kind(kind: str) -> str:
    return {"invoice": "an invoice", "credit_note": "a credit note"}.get(kind, kind)


def _range_words(asked: Amount) -> str:
    limits = (("over", asked.over), ("at least", asked.at_least), ("under", asked.under), ("at most", asked.at_most))
    return " and ".join(f"{words} {limit:,f}" for words, limit in limits if limit is not None) + f" {asked.currency}"


def _compact(text: str) -> str:
    return "".join(text.split()).casefold()


def _channel(name: str) -> str:
    return CHANNEL_WORDS.get(name, name)


def either(words: Iterable[str]) -> str:
    """Alternatives in words: `DE or AT`."""
    return " or ".join(words)


def _asked(subject: str, values: Callable[[Condition], Iterable[str]]) -> Callable[[Condition], str]:
    return lambda condition: f"{subject} {either(values(condition))}"


FACTS: Final = (
    Fact("recipient", _asked("recipient is", lambda one: one.recipient), _recipient),
    Fact("buyer_country", _asked("buyer country is", lambda one: one.buyer_country), _buyer_country),
    Fact("public_body", lambda one: f"buyer is {'' if one.public_body else 'not '}a public body", _public_body),
    Fact(
        "buyer_has_vat_identifier",
        lambda one: f"buyer has {'a' if one.buyer_has_vat_identifier else 'no'} VAT identifier",
        _has_vat_identifier,
    ),
    Fact("seller", _asked("seller is", lambda one: one.seller), _seller),
    Fact("seller_country", _asked("seller country is", lambda one: one.seller_country), _seller_country),
    Fact("document", _asked("document is", lambda one: map(_kind, one.document)), _document),
    Fact("amount", lambda one: f"amount is {_range_words(one.amount)}" if one.amount else "", _amount),
    Fact("tag", _asked("tagged", lambda one: one.tag), _tag),
    Fact("can_receive", _asked("buyer can receive", lambda one: map(_channel, one.can_receive)), _can_receive),
)
