"""What a person may set going again: what was parked, held, refused or could not be delivered.

Nothing here sends: it puts the document back to where the hops find it. A parcel whose fate is unknown goes again
under its own key, because a person has looked; anything that the other side turned away is packed anew, under a new
key, because it was never accepted.
"""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gateway.errors import NotAllowed, NotFound
from gateway.lifecycle import DeliveryState, Legal, Owner, Processing
from gateway.store import deliveries, documents, events, log, submissions
from gateway.store.log import Whole
from gateway.store.records import Happening, Stopped
from gateway.store.session import Transaction

_D = DeliveryState
# The same parcel under the same key: it may already be there, or nobody has touched it.
_SAME_PARCEL = frozenset({_D.PARKED, _D.OUTCOME_UNKNOWN})
# A new parcel: the other side turned the old one away.
_NEW_PARCEL = frozenset({_D.REJECTED, _D.UNDELIVERABLE, _D.CANCELLED})
# Why a document can't be set going again, and the way out.
_AT_WORK: Final = ("goes on by itself", "Wait a moment, and look again.")
_FOR_THE_SENDER: Final = (
    "would be stopped again at the same place",
    "Correct in the sender's system what the findings name, and submit the corrected invoice.",
)
_NOT_READY: Final[Mapping[Processing, tuple[str, str]]] = {
    Processing.RECEIVED: _AT_WORK,
    Processing.PARSED: _AT_WORK,
    Processing.NORMALISED: _AT_WORK,
    Processing.CHECKED: _AT_WORK,
    Processing.INVALID: _FOR_THE_SENDER,
    Processing.QUARANTINED: _FOR_THE_SENDER,
    Processing.DUPLICATE: (
        "the same invoice was sent before",
        "Look at the original; an invoice that differs from it needs a number of its own.",
    ),
    Processing.CANCELLED: ("was taken back", "Submit it anew, if it is to be sent after all."),
    Processing.SUPERSEDED: ("another one took its place", "Look at the one that was submitted later."),
}
_ISSUED: Final = (
    "it is issued",
    "SDI would turn a repeat away as a duplicate",
    "The buyer finds it in the tax portal; tell the buyer, and give it a copy by mail or post.",
)
_SOON: Final = ("is sent without anybody's help", "Wait: the log says when it is tried next.")
_THERE: Final = (
    "a second copy could be booked and paid twice",
    "Wait for what the other side says; once it turns the document away, it may be sent again.",
)
_ARRIVED: Final = (
    "a second copy could be booked and paid twice",
    "Ask the buyer to look for it; what was sent can be fetched from the log.",
)
_WITH_THEM: Final = frozenset({_D.HANDED_OVER, _D.IN_TRANSIT})
_DELIVERED: Final = frozenset({_D.DELIVERED, _D.DELIVERED_UNCONFIRMED})


@dataclass(frozen=True, slots=True)
class Resend:
    """Who sets which document going again, and why. actor: a person or a key, as the log shall name it."""

    document: str
    actor: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What setting a document going again would do.

    same_parcel:  its last parcel goes again, bytes and key unchanged; otherwise it is prepared anew
    said:         what happens, in words
    """

    same_parcel: bool
    said: str


def plan(whole: Whole) -> Plan:
    """What would happen if this document were set going again; nothing happens yet. Raises NotAllowed."""
    document = whole.document
    last = whole.deliveries[-1] if whole.deliveries else None
    if _stands_for_a_file(whole):
        return Plan(same_parcel=False, said="The file is read again.")
    if document.processing not in (Processing.READY, Processing.HELD):
        raise _refused(whole, f"it is {document.processing.value}", *_NOT_READY[document.processing])
    if document.legal is Legal.ISSUED_NOT_DELIVERED:
        raise _refused(whole, *_ISSUED)
    if last is None or last.state is _D.FALLBACK_STARTED:
        return Plan(same_parcel=False, said="It is prepared again.")
    if last.state in _SAME_PARCEL:
        return Plan(same_parcel=True, said=f"The same parcel goes again by {last.channel} under the same key.")
    if last.state in _NEW_PARCEL:
        return Plan(same_parcel=False, said=f"It is packed anew and sent by {last.channel}.")
    state = f"its delivery is {last.state.value.replace('_', ' ')}"
    raise _refused(
        whole, state, *(_ARRIVED if last.state in _DELIVERED else _THERE if last.state in _WITH_THEM else _SOON)
    )


def _refused(whole: Whole, state: str, reason: str, fix: str) -> NotAllowed:
    return NotAllowed(f"send {whole.document.public_id} again", f"{state}, and {reason}", fix)


def _stands_for_a_file(whole: Whole) -> bool:
    """Whether this is no invoice, but a file that broke the gateway while it was read."""
    return whole.document.processing is Processing.QUARANTINED and whole.document.owner is Owner.OPERATOR


def resend(transaction: Transaction, order: Resend, now: datetime.datetime) -> str:
    """Set a document going again; returns what happens now, in words. Raises NotFound and NotAllowed."""
    # Locked before it is read: of two people who press the same button, the second sees what the first one did.
    documents.lock(transaction, order.document)
    whole = log.document(transaction, order.document)
    if whole is None:
        raise NotFound("document", order.document)
    planned = plan(whole)
    _set_going(transaction, whole, planned, now)
    why = f" Reason: {order.reason}" if order.reason else ""
    happening = Happening(
        "document.resent",
        f"{planned.said}{why}",
        whole.document.submission_id,
        whole.document.id,
        axis="processing",
        before=whole.document.processing.value,
        actor=order.actor,
    )
    events.record(transaction, [happening], now)
    return planned.said


def _set_going(transaction: Transaction, whole: Whole, planned: Plan, now: datetime.datetime) -> None:
    document = whole.document
    if _stands_for_a_file(whole):
        read = Stopped(document.id, Processing.CANCELLED, "The file is read again.", Owner.NOBODY, "")
        documents.stop(transaction, read, now)
        submissions.read_again(transaction, document.submission_id)
        return
    if not planned.same_parcel:
        step = documents.current_step(transaction, document.id) if whole.deliveries else 0
        documents.prepare_again(transaction, document.id, now, step=step)
        return
    last = whole.deliveries[-1]
    deliveries.release(transaction, last.id, now)
    documents.release(transaction, document.id, now)
    transaction.wake(f"dispatch.{last.channel}")
