"""The verdict on a document (where it stands, who acts, until when) and the five facts that it is made from."""

import datetime
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from gateway.desk import spelling, wording
from gateway.desk.resending import refusal
from gateway.desk.visitors import Visitor
from gateway.desk.wording import AT_THE_SENDER, OWNERS, STATUS, Said, Status
from gateway.lifecycle import PEOPLE_ON_OUR_SIDE, DeliveryState, Headline, Legal, Owner, Payment, Processing, Response
from gateway.signals import Effect, effect_of
from gateway.store.log import Whole
from gateway.store.records import DocumentView, Event

_D = DeliveryState
_GONE: Final = frozenset({Processing.DUPLICATE, Processing.SUPERSEDED, Processing.CANCELLED})
_CORRECTED: Final = "A corrected file with the same number takes its place."
_GOOD: Final = frozenset({Headline.DELIVERED, Headline.ACCEPTED, Headline.PAID})
_NO_EFFECT: Final = Effect("")
_REACHED: Final = frozenset({_D.DELIVERED, _D.DELIVERED_UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class Step:
    """One of the three answers: the next step, who, by when. detail: half a line below; href: where it leads."""

    name: str
    answer: str
    detail: str = ""
    is_pressing: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to "where is it?".

    tone:     bad where a person must act, good where it is proven, or calm
    related:  (words, document id) of the original or the successor
    resend_first:  sending again is the next step; otherwise the document has to be corrected before
    why_not:  why it can't be sent again where a person might want to, "" where it can or nobody would
    """

    status: Status
    headline: str
    sentence: str
    tone: str
    steps: tuple[Step, ...]
    related: tuple[str, str] | None
    may_resend: bool
    resend_first: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Fact:
    """One of the five facts. since: when it began, in words, and since_at as ISO 8601."""

    name: str
    said: Said
    since: str = ""
    since_at: str = ""
    detail: str = ""


def verdict_of(
    whole: Whole, who: Visitor, names: Mapping[uuid.UUID, str], proofs: int, now: datetime.datetime
) -> Verdict:
    """The verdict. names: public ids of the original and the successor; proofs: how many rows of evidence there are."""
    document = whole.document
    headline = Headline(document.headline)
    needs_a_person = headline in (Headline.ACTION_NEEDED, Headline.REFUSED)
    why_not = refusal(whole)
    return Verdict(
        status=STATUS[headline],
        headline=document.headline,
        sentence=document.sentence,
        tone="bad" if needs_a_person else "good" if headline in _GOOD else "calm",
        steps=(_next(document, now), _who(document), _when(document, headline, proofs, now)),
        related=_related(document, names),
        may_resend=not why_not and who.may_resend and needs_a_person,
        resend_first=document.owner in (Owner.OPERATOR, Owner.MASTER_DATA),
        why_not=_why_not(why_not, who) if headline is Headline.ACTION_NEEDED else "",
    )


def _why_not(refused: str, who: Visitor) -> str:
    if refused or who.may_resend:
        return refused
    return "Your role doesn't send documents again. Ask an operator."


def _related(document: DocumentView, names: Mapping[uuid.UUID, str]) -> tuple[str, str] | None:
    for words, found in (("Open the original", document.original_id), ("Open its successor", document.successor_id)):
        if found is not None and found in names:
            return words, names[found]
    return None


def _next(document: DocumentView, now: datetime.datetime) -> Step:
    if document.action:
        return Step("Next step", document.action, _CORRECTED if _takes_a_new_file(document) else "")
    if document.headline == Headline.IN_PROGRESS:
        waits_for = wording.way(document.channel).other_side if document.owner is Owner.PROVIDER else ""
        return Step("Next step", f"Wait for {waits_for}" if waits_for else "Wait", "It goes on by itself.")
    is_open = document.headline in _GOOD and document.payment != Payment.PAID.value
    due = document.due_date if is_open and document.due_date and document.due_date >= now.date() else None
    return Step("Next step", "Nothing to do", f"Payment is expected by {spelling.day(due)}." if due else "")


def _takes_a_new_file(document: DocumentView) -> bool:
    """Whether its number is free for a corrected version from the sender."""
    return document.owner in AT_THE_SENDER and (
        document.processing in (Processing.INVALID, Processing.QUARANTINED) or document.delivery is _D.REJECTED
    )


def _who(document: DocumentView) -> Step:
    owner = document.owner
    if owner in AT_THE_SENDER:
        return Step("Who", OWNERS[owner], document.seller_name or "")
    if owner is Owner.PROVIDER:
        return Step("Who", wording.begin(wording.way(document.channel).other_side))
    if owner is Owner.RECIPIENT:
        return Step("Who", document.buyer_name or "The buyer")
    return Step("Who", OWNERS[owner])


def _when(document: DocumentView, headline: Headline, proofs: int, now: datetime.datetime) -> Step:
    if document.deadline is not None:
        is_ours = document.owner in PEOPLE_ON_OUR_SIDE
        left = spelling.days_left(document.deadline, now.date())
        return Step("By when", spelling.weekday(document.deadline), left.capitalize(), is_pressing=is_ours)
    if headline in _GOOD and proofs:
        return Step("Proof", spelling.count(proofs, "document"), "See what proves it", href="#proof")
    if document.owner in PEOPLE_ON_OUR_SIDE:
        days = (now.date() - document.changed_at.date()).days
        return Step("By when", "No legal date", f"Unchanged for {spelling.count(days, 'day')}" if days else "New today")
    return Step("Received", spelling.since(document.received_at, now))


def facts_of(whole: Whole, now: datetime.datetime) -> tuple[Fact, ...]:
    """Processing, delivery, the buyer's answer, payment and tax."""
    document = whole.document
    processing, delivery, response, legal = document.processing, document.delivery, document.response, document.legal
    return (
        _dated(
            whole,
            now,
            Fact("Processing", wording.PROCESSING[processing]),
            lambda one: one.axis == "processing" and one.after == processing,
        ),
        _dated(
            whole,
            now,
            Fact("Delivery", wording.DELIVERY[delivery], detail=_ways(whole)),
            lambda one: one.axis == "delivery" and one.after == delivery,
        ),
        _dated(
            whole,
            now,
            Fact("Buyer's answer", wording.RESPONSE[response], detail=_unseen(document)),
            lambda one: response is not Response.NONE and _effect(one).response is response,
        ),
        _payment(document, now),
        _dated(
            whole,
            now,
            Fact("For tax", _legal(document), detail=_number_at_sdi(whole)),
            lambda one: _effect(one).legal is legal,
        ),
    )


def _dated(whole: Whole, now: datetime.datetime, fact: Fact, began: Callable[[Event], bool]) -> Fact:
    """The fact with the moment of the last event that brought it about."""
    at = next((one.at for one in reversed(whole.events) if began(one)), None)
    return replace(fact, since=spelling.since(at, now), since_at=at.isoformat()) if at else fact


def _effect(event: Event) -> Effect:
    signal = str(event.data.get("signal") or "")
    return effect_of(signal) if signal else _NO_EFFECT


def _ways(whole: Whole) -> str:
    """By which way, and how often it was tried over all ways."""
    if not whole.deliveries:
        return ""
    attempts = sum(one.attempts for one in whole.deliveries)
    tried = f", {spelling.count(attempts, 'attempt')}" if attempts > 1 else ""
    return f"by {wording.way(whole.deliveries[-1].channel).name}{tried}"


def _unseen(document: DocumentView) -> str:
    return (
        "" if document.delivery in _REACHED or document.response is not Response.NONE else "the buyer doesn't have it"
    )


def _payment(document: DocumentView, now: datetime.datetime) -> Fact:
    """Payments are not followed yet: after the due date nobody here knows whether it was paid."""
    due = document.due_date
    if document.payment == Payment.NOT_DUE.value and due is not None and due < now.date():
        return Fact("Payment", Said("Not known"), detail=f"was due {spelling.day(due)}")
    said = wording.PAYMENT.get(document.payment, Said(document.payment))
    return Fact("Payment", said, detail=f"due {spelling.day(due)}" if due else "no due date")


def _legal(document: DocumentView) -> Said:
    if document.legal is Legal.NOT_ISSUED and document.processing in _GONE:
        return Said("Not issued")
    if document.legal is Legal.NOT_ISSUED and document.channel == "sdi" and document.delivery is _D.REJECTED:
        return Said("Not issued", "bad")
    return wording.LEGAL[document.legal]


def _number_at_sdi(whole: Whole) -> str:
    found = [one.reference for one in whole.deliveries if one.channel == "sdi" and one.reference]
    return f"SDI id {found[-1]}" if found else ""
