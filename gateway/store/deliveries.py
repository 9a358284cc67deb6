"""Deliveries: written down before a byte leaves, moved by what the other side says, followed until they end."""

import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, update
from sqlmodel import col, select

from gateway.lifecycle import AWAITING_NOTICE, DeliveryState, may_become
from gateway.store import locks
from gateway.store.additions import add_all
from gateway.store.leases import chosen
from gateway.store.records import Delivery, NewDelivery
from gateway.store.session import Transaction
from gateway.store.tables import DeliveryRow

_D = DeliveryState
# No real one is as long, and an index holds no text without end.
_LONGEST_REFERENCE = 500
# The other side has it, whether it said so to us or only to the notice that was faster.
_WITH_THEM = frozenset({_D.HANDED_OVER, _D.IN_TRANSIT, _D.DELIVERED, _D.DELIVERED_UNCONFIRMED})


def add(transaction: Transaction, deliveries: Sequence[NewDelivery], now: datetime.datetime) -> None:
    """Write down the intent to send, with its stable key, before the first byte leaves."""
    rows = [
        {
            "tenant": transaction.tenant,
            "id": one.id,
            "document_id": one.document_id,
            "step": one.step,
            "channel": one.channel,
            "format": one.format,
            "because": one.because,
            "key": one.key,
            "parcel_sha256": one.parcel_sha256,
            "parcel_media_type": one.parcel_media_type,
            "file_name": one.file_name,
            "address": dict(one.address),
            "details": dict(one.details),
            "destination": one.destination,
            "created_at": now,
            "changed_at": now,
        }
        for one in deliveries
    ]
    add_all(transaction.session, DeliveryRow, rows)


def steps_taken(transaction: Transaction, documents: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many deliveries each document has had, the number of its next step; those that had none are left out."""
    if not documents:
        return {}
    counted = (
        select(DeliveryRow.document_id, func.count())
        .where(DeliveryRow.tenant == transaction.tenant, col(DeliveryRow.document_id).in_(documents))
        .group_by(col(DeliveryRow.document_id))
    )
    return {document: count for document, count in transaction.session.exec(counted)}  # noqa: C416 - rows, not pairs


def lock(transaction: Transaction, delivery_id: uuid.UUID) -> Delivery:
    """One delivery, locked until the end of the transaction."""
    return delivery_of(locks.delivery_row(transaction, delivery_id))


def move(
    transaction: Transaction,
    delivery_id: uuid.UUID,
    target: DeliveryState,
    now: datetime.datetime,
    *,
    text: str,
    reference: str = "",
    next_attempt_at: datetime.datetime | None = None,
    quiet_at: datetime.datetime | None = None,
    late_at: datetime.datetime | None = None,
) -> bool:
    """Move a delivery if its state allows it; False where a late or doubled signal changes nothing."""
    row = locks.delivery_row(transaction, delivery_id)
    state = _D(row.state)
    if reference and not row.reference:
        row.reference = reference[:_LONGEST_REFERENCE]
    if target in _WITH_THEM:
        row.handed_over_at = row.handed_over_at or now
    moved = may_become(state, target)
    if moved:
        row.state, row.text, row.changed_at = target.value, text, now
        row.next_attempt_at = next_attempt_at
        row.lease_until = None
        row.quiet_at, row.late_at = quiet_at, late_at
    transaction.session.add(row)
    return moved


def release(transaction: Transaction, delivery_id: uuid.UUID, now: datetime.datetime) -> None:
    """A person has looked: the parcel goes again, with all its attempts before it."""
    if move(transaction, delivery_id, _D.QUEUED, now, text="Released by a person."):
        locks.delivery_row(transaction, delivery_id).attempts = 0


def awaiting(
    transaction: Transaction, channel: str, limit: int, asked_before: datetime.datetime, now: datetime.datetime
) -> dict[str, str]:
    """Parcel key -> the other side's reference, of deliveries that still wait for an answer; marks them as asked."""
    waiting = (
        select(DeliveryRow.id)
        .where(
            DeliveryRow.tenant == transaction.tenant,
            DeliveryRow.channel == channel,
            col(DeliveryRow.state).in_([one.value for one in AWAITING_NOTICE]),
            or_(col(DeliveryRow.asked_at).is_(None), col(DeliveryRow.asked_at) < asked_before),
        )
        .order_by(col(DeliveryRow.asked_at).asc().nulls_first())
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = transaction.session.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.tenant) == transaction.tenant, chosen(col(DeliveryRow.id), waiting))
        .values(asked_at=now)
        .returning(col(DeliveryRow.key), col(DeliveryRow.reference))
    )
    return {key: reference for key, reference in rows}  # noqa: C416 - rows are not pairs to the type checker


def timed(transaction: Transaction, now: datetime.datetime, limit: int) -> tuple[uuid.UUID, ...]:
    """Documents with a delivery whose silence, or whose confirmation, is due. Not locked: see `locks.hold`."""
    due = (
        select(DeliveryRow.document_id)
        .where(
            DeliveryRow.tenant == transaction.tenant,
            or_(col(DeliveryRow.quiet_at) <= now, col(DeliveryRow.late_at) <= now),
        )
        .distinct()
        .limit(limit)
    )
    return tuple(transaction.session.exec(due))


def quiet_now(transaction: Transaction, documents: Sequence[uuid.UUID], now: datetime.datetime) -> tuple[Delivery, ...]:
    """The deliveries of these documents whose silence has lasted long enough; each is told of once."""
    rows = locks.deliveries_of(transaction, documents)
    found = [row for row in rows if row.quiet_at is not None and row.quiet_at <= now]
    for row in found:
        row.quiet_at = None
    return tuple(map(delivery_of, found))


def late_now(transaction: Transaction, documents: Sequence[uuid.UUID], now: datetime.datetime) -> tuple[Delivery, ...]:
    """The deliveries of these documents whose confirmation is late; each is told of once."""
    rows = locks.deliveries_of(transaction, documents)
    found = [row for row in rows if row.late_at is not None and row.late_at <= now]
    for row in found:
        row.late_at = None
    return tuple(map(delivery_of, found))


def spoken_of(transaction: Transaction, channel: str, names: Sequence[tuple[str, str]]) -> list[Delivery | None]:
    """The deliveries that notices speak of, by our key or else by the other side's reference; None where none fits."""
    keys = [key for key, _ in names if key]
    references = [reference for _, reference in names if reference]
    rows = transaction.session.exec(
        select(DeliveryRow).where(
            DeliveryRow.tenant == transaction.tenant,
            DeliveryRow.channel == channel,
            or_(col(DeliveryRow.key).in_(keys), col(DeliveryRow.reference).in_(references)),
        )
    ).all()
    by_key = {row.key: row for row in rows}
    by_reference = {row.reference: row for row in rows if row.reference}
    found = (by_key.get(key) or by_reference.get(reference) for key, reference in names)
    return [delivery_of(row) if row is not None else None for row in found]


def owner_of(transaction: Transaction, channel: str, key: str, reference: str) -> uuid.UUID | None:
    """The tenant of the delivery that a notice speaks of; asked across tenants. An ambiguous reference answers None."""
    for column, value in ((DeliveryRow.key, key), (DeliveryRow.reference, reference)):
        if value:
            tenants = transaction.session.exec(
                select(DeliveryRow.tenant).where(DeliveryRow.channel == channel, column == value).distinct().limit(2)
            ).all()
            if len(tenants) == 1:
                return tenants[0]
    return None


def delivery_of(row: DeliveryRow) -> Delivery:
    """The delivery of a row, for the store alone."""
    return Delivery(
        tenant=row.tenant,
        id=row.id,
        document_id=row.document_id,
        step=row.step,
        channel=row.channel,
        key=row.key,
        parcel_sha256=row.parcel_sha256,
        parcel_media_type=row.parcel_media_type,
        file_name=row.file_name,
        address={name: str(value) for name, value in row.address.items()},
        details={name: str(value) for name, value in row.details.items()},
        destination=row.destination,
        state=_D(row.state),
        reference=row.reference,
        attempts=row.attempts,
    )
