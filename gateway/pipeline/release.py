"""What a person may set going again: what was parked, held, refused or could not be delivered.

Nothing here sends: it puts the document back to where the hops find it. A parcel whose fate is unknown goes again
under its own key, because a person has looked; anything that the other side turned away is packed anew, under a new
key, because it was never accepted.
"""

import datetime
from dataclasses import dataclass

from gateway.errors import NotAllowed, NotFound
from gateway.lifecycle import DeliveryState, Processing
from gateway.store import deliveries, documents, events, log
from gateway.store.log import Whole
from gateway.store.records import DeliveryView, Happening
from gateway.store.session import Transaction

_D = DeliveryState
# The same parcel under the same key: it may already be there, or nobody has touched it.
_SAME_PARCEL = frozenset({_D.PARKED, _D.OUTCOME_UNKNOWN})
# A new parcel: the other side turned the old one away.
_NEW_PARCEL = frozenset({_D.REJECTED, _D.UNDELIVERABLE, _D.CANCELLED})


@dataclass(frozen=True, slots=True)
class Resend:
    """Who sets which document going again, and why. actor: a person or a key, as the log shall name it."""

    document: str
    actor: str
    reason: str = ""


def resend(transaction: Transaction, order: Resend, now: datetime.datetime) -> str:
    """Set a document going again; returns what happens now, in words. Raises NotFound and NotAllowed."""
    whole = log.document(transaction, order.document)
    if whole is None:
        raise NotFound("document", order.document)
    said = _set_going(transaction, whole, now)
    why = f" Reason: {order.reason}" if order.reason else ""
    happening = Happening(
        "document.resent",
        f"{said}{why}",
        whole.document.submission_id,
        whole.document.id,
        axis="processing",
        before=whole.document.processing.value,
        actor=order.actor,
    )
    events.record(transaction, [happening], now)
    return said


def _set_going(transaction: Transaction, whole: Whole, now: datetime.datetime) -> str:
    document = whole.document
    last = whole.deliveries[-1] if whole.deliveries else None
    if document.processing not in (Processing.READY, Processing.HELD):
        raise NotAllowed(f"send {document.public_id} again: it is {document.processing.value}")
    if last is None:
        documents.prepare_again(transaction, document.id, now, step=0)
        return "It is prepared again."
    if last.state in _SAME_PARCEL:
        return _again(transaction, whole, last, now)
    if last.state in _NEW_PARCEL:
        documents.prepare_again(transaction, document.id, now, step=documents.current_step(transaction, document.id))
        return f"It is packed anew and sent by {last.channel}."
    raise NotAllowed(f"send {document.public_id} again: its delivery is {last.state.value.replace('_', ' ')}")


def _again(transaction: Transaction, whole: Whole, last: DeliveryView, now: datetime.datetime) -> str:
    deliveries.move(transaction, last.id, _D.QUEUED, now, text="Released by a person.")
    documents.release(transaction, whole.document.id, now)
    transaction.wake(f"dispatch.{last.channel}")
    return f"The same parcel goes again by {last.channel} under the same key."
