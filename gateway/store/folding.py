"""Documents are folded: what is known of their deliveries, and what the outside says, as one state and one sentence."""

import datetime
import uuid
from collections.abc import Sequence

from gateway.lifecycle import (
    Axes,
    DeliveryState,
    Legal,
    Owner,
    Payment,
    Processing,
    Response,
    best_of,
    headline,
    later_legal,
    later_response,
)
from gateway.signals import Effect
from gateway.store import locks
from gateway.store.session import Transaction
from gateway.store.tables import DocumentRow


def raise_axes(transaction: Transaction, document_id: uuid.UUID, effect: Effect) -> bool:
    """Fold one signal into the buyer's answer and the legal flag, which never go back; whether it brought news."""
    row = locks.document_row(transaction, document_id)
    before = row.response, row.legal
    if effect.response is not None:
        row.response = later_response(Response(row.response), effect.response).value
    if effect.legal is not None:
        row.legal = later_legal(Legal(row.legal), effect.legal).value
    return (row.response, row.legal) != before


def tell(
    transaction: Transaction, document_id: uuid.UUID, effect: Effect, sentence: str, now: datetime.datetime
) -> None:
    """Say on the document what a signal means, and whose turn it is. `sentence` has the other side's words in it."""
    row = locks.document_row(transaction, document_id)
    row.sentence = sentence
    if effect.delivery is not None or effect.response is not None or effect.owner is not Owner.NOBODY:
        row.owner, row.action = effect.owner.value, effect.action.format(text="", code="").strip()
        row.deadline = now.date() + datetime.timedelta(days=effect.days) if effect.days is not None else None
    refold_all(transaction, [row], now)


def refold(transaction: Transaction, document_id: uuid.UUID, now: datetime.datetime) -> None:
    """Fold what is known of its deliveries into the document; what it says stays."""
    refold_all(transaction, [locks.document_row(transaction, document_id)], now)


def delivered_otherwise(transaction: Transaction, document_id: uuid.UUID, delivery_id: uuid.UUID) -> bool:
    """Whether another delivery of this document has reached the buyer: then this one can only be worse news."""
    others = (row for row in locks.deliveries_of(transaction, [document_id]) if row.id != delivery_id)
    return any(row.state == DeliveryState.DELIVERED.value for row in others)


def refold_all(transaction: Transaction, rows: Sequence[DocumentRow], now: datetime.datetime) -> None:
    """Fold the best fact of their deliveries into documents, and say the headline anew."""
    states: dict[uuid.UUID, list[DeliveryState]] = {row.id: [] for row in rows}
    for delivery in locks.deliveries_of(transaction, list(states)):
        states[delivery.document_id].append(DeliveryState(delivery.state))
    for row in rows:
        best = best_of(tuple(states[row.id]))
        row.delivery = best.value if best else None
        axes = Axes(
            Processing(row.processing),
            best,
            Response(row.response),
            Payment(row.payment),
            Legal(row.legal),
            Owner(row.owner),
        )
        row.headline, row.changed_at = headline(axes).value, now
        transaction.session.add(row)
