"""Sending a document again: looked at first, confirmed with a reason, and never a second time by the same click."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.desk import spelling, wording
from gateway.desk.forms import Fields
from gateway.desk.room import Desk
from gateway.desk.visitors import Visitor
from gateway.errors import NotAllowed, NotFound
from gateway.lifecycle import PEOPLE_ON_OUR_SIDE, DeliveryState, Legal, Processing
from gateway.pipeline.release import Plan, Resend, plan, resend
from gateway.store import documents, log
from gateway.store.log import Whole
from gateway.store.records import DeliveryView

_D = DeliveryState
LONGEST_REASON: Final = 500
_NO_REASON: Final = "Enter a reason; the log keeps it."
_NO_RIGHT: Final = "Your role doesn't send documents again. Ask an operator."

_STOPPED_BEFORE: Final[Mapping[Processing, str]] = {
    Processing.QUARANTINED: "The file can't be read. Correct it and send a new file; its number stays free.",
    Processing.INVALID: "The invoice has errors. Correct it in the ERP and send a new file; its number stays free.",
    Processing.DUPLICATE: "It is a duplicate. Only its original is sent.",
    Processing.SUPERSEDED: "A corrected version took its place. Only that one is sent.",
    Processing.CANCELLED: "It is cancelled.",
}
_DELIVERY: Final[Mapping[DeliveryState, str]] = {
    _D.HANDED_OVER: "{other} has it. Sent again, it could arrive twice.",
    _D.IN_TRANSIT: "It is on its way. Sent again, it could arrive twice.",
    _D.DELIVERED: "It was delivered. Sent again, the buyer could pay twice.",
    _D.DELIVERED_UNCONFIRMED: "It was delivered as far as anybody can tell. Sent again, the buyer could pay twice.",
    _D.FALLBACK_STARTED: "The next way is under way.",
}
_ISSUED: Final = "It is issued for the tax office, and SDI would refuse it as a duplicate. Give the buyer a copy."
_BY_ITSELF: Final = "It is on its way through the gateway and goes by itself."


@dataclass(frozen=True, slots=True)
class Preview:
    """What sending again would do. changes: (what, as it was, as it will be).

    warning:  what stopped it, and what follows where a person has not seen to that
    refused:  why it can't be sent again, "" where it can
    problem:  what is wrong with the form that came back
    seen:     the state that the person looked at
    """

    public_id: str
    number: str
    buyer: str
    amount: str
    headline: str
    refused: str
    warning: tuple[str, str]
    changes: tuple[tuple[str, str, str], ...]
    seen: str
    reason: str = ""
    problem: str = ""


def refusal(whole: Whole) -> str:
    """Why a document can't be sent again, in words for a person; "" where it can."""
    try:
        plan(whole)
    except NotAllowed:
        return _why_not(whole)
    return ""


def _why_not(whole: Whole) -> str:
    document = whole.document
    if document.processing in _STOPPED_BEFORE:
        return _STOPPED_BEFORE[document.processing]
    if document.legal is Legal.ISSUED_NOT_DELIVERED:
        return _ISSUED
    last = whole.deliveries[-1] if whole.deliveries else None
    if document.processing not in (Processing.READY, Processing.HELD) or last is None:
        return _BY_ITSELF
    if last.state is _D.RETRY_SCHEDULED and last.next_attempt_at is not None:
        return f"The gateway tries again by itself at {last.next_attempt_at:%H:%M} UTC."
    return _DELIVERY.get(last.state, _BY_ITSELF).format(other=wording.begin(wording.way(last.channel).other_side))


def preview(desk: Desk, who: Visitor, document: str) -> Preview:
    """What sending again would do; nothing happens. Raises NotFound."""
    with desk.rooms.house.store.of(who.tenant) as transaction:
        whole = log.document(transaction, document)
    if whole is None:
        raise NotFound("document", document)
    return _preview(desk, whole, who)


def _preview(desk: Desk, whole: Whole, who: Visitor, reason: str = "", problem: str = "") -> Preview:
    document = whole.document
    refused = refusal(whole) or ("" if who.may_resend else _NO_RIGHT)
    recognises = _recognises_repeats(desk, whole)
    return Preview(
        public_id=document.public_id,
        number=document.number or document.public_id,
        buyer=document.buyer_name or "",
        amount=spelling.amount(document.amount_due, document.currency),
        headline=document.headline,
        refused=refused,
        warning=_warning(whole, recognises=recognises),
        changes=() if refused else _changes(whole, plan(whole), recognises=recognises),
        seen=document.changed_at.isoformat(),
        reason=reason,
        problem=problem,
    )


def _recognises_repeats(desk: Desk, whole: Whole) -> bool:
    """Whether the other side of the last delivery knows a parcel that it has seen."""
    channel = desk.rooms.house.channels.get(whole.deliveries[-1].channel) if whole.deliveries else None
    return channel is not None and channel.recognises_repeats


def _warning(whole: Whole, *, recognises: bool) -> tuple[str, str]:
    document = whole.document
    if document.delivery is _D.OUTCOME_UNKNOWN:
        other = wording.way(document.channel).other_side
        twice = f"Ask there first: {other} doesn't recognise a repeat, and the buyer may get it twice."
        once = f"If it did, {other} recognises the repeat by its key."
        return "Nobody knows whether it arrived.", once if recognises else twice
    if document.owner in PEOPLE_ON_OUR_SIDE:
        return document.sentence, "If that isn't put right, the same happens again."
    return "", ""


def _changes(whole: Whole, planned: Plan, *, recognises: bool) -> tuple[tuple[str, str, str], ...]:
    last: DeliveryView | None = whole.deliveries[-1] if whole.deliveries else None
    content = ("Number, date, amounts, lines", "stay", "stay")
    if last is None:
        return (("Way", "none yet", "chosen anew by the rules"), content)
    way = wording.way(last.channel)
    if planned.same_parcel:
        return (
            ("Way", way.name, way.name),
            ("File", last.file_name, "the same bytes"),
            ("Key", last.key, "the same: a repeat is recognised by it" if recognises else "the same"),
            content,
        )
    return (
        ("Way", way.name, way.name),
        ("File", last.file_name, "written and sealed anew"),
        ("Key", last.key, "a new one: the old parcel was not accepted"),
        content,
    )


def send_again(desk: Desk, who: Visitor, document: str, given: Fields) -> Preview | None:
    """Set a document going again as it was looked at; the preview once more where something speaks against it.

    Raises NotFound. The document is locked before it is read, so that of two clicks the second finds it changed.
    """
    reason = " ".join(given.get("reason", "").split())[:LONGEST_REASON]
    now = desk.rooms.house.clock.now()
    with desk.rooms.house.store.of(who.tenant) as transaction:
        documents.lock(transaction, document)
        whole = log.document(transaction, document)
        if whole is None:
            raise NotFound("document", document)
        against = _against(whole, who, reason, given.get("seen", ""))
        if against is not None:
            return _preview(desk, whole, who, reason, against)
        resend(transaction, Resend(document, f"{who.name} ({who.person.email})", reason), now)
    return None


def _against(whole: Whole, who: Visitor, reason: str, seen: str) -> str | None:
    """What speaks against sending it again now; "" where the preview itself says so, None where nothing does."""
    if refusal(whole) or not who.may_resend:
        return ""
    if seen != whole.document.changed_at.isoformat():
        return "It changed since you looked. This is how it stands now; nothing was sent."
    return None if reason else _NO_REASON
