"""Deliveries: written down before a byte leaves, claimed for sending, moved by what the other side says."""

import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from gateway.lifecycle import AWAITING_NOTICE, DeliveryState, may_become
from gateway.store.additions import add_all
from gateway.store.leases import chosen
from gateway.store.records import Delivery, Interrupted, NewDelivery
from gateway.store.session import Transaction
from gateway.store.tables import DeliveryRow

_D = DeliveryState
# No real one is as long, and an index holds no text without end.
_LONGEST_REFERENCE = 500
_WAITING = (_D.QUEUED.value, _D.RETRY_SCHEDULED.value)
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


def claim_due(
    transaction: Transaction,
    channel: str,
    limit: int,
    now: datetime.datetime,
    lease: datetime.timedelta,
    *,
    resting: Sequence[str] = (),
) -> tuple[Delivery, ...]:
    """Take up to `limit` deliveries that are due, and commit the intent: they are dispatching from now on.

    resting: destinations whose circuit breaker is open; their deliveries wait
    """
    due = (
        select(DeliveryRow.id)
        .where(
            DeliveryRow.tenant == transaction.tenant,
            DeliveryRow.channel == channel,
            col(DeliveryRow.state).in_(_WAITING),
            or_(col(DeliveryRow.next_attempt_at).is_(None), col(DeliveryRow.next_attempt_at) <= now),
            col(DeliveryRow.destination).not_in(resting),
        )
        .order_by(col(DeliveryRow.created_at))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return _claim(transaction, due, now, lease)


def claim_interrupted(
    transaction: Transaction, channel: str, now: datetime.datetime, lease: datetime.timedelta
) -> Interrupted | None:
    """Take one delivery whose worker was lost between the intent and the answer: its lease has run out.

    Always one alone: it may be what the worker was lost over.
    """
    row = transaction.session.exec(
        select(DeliveryRow)
        .where(
            DeliveryRow.tenant == transaction.tenant,
            DeliveryRow.channel == channel,
            DeliveryRow.state == _D.DISPATCHING.value,
            col(DeliveryRow.lease_until) < now,
        )
        .order_by(col(DeliveryRow.lease_until))
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    found = Interrupted(_delivery(row), is_asked_again=row.next_attempt_at is not None)
    row.attempts, row.lease_until, row.next_attempt_at, row.changed_at = row.attempts + 1, now + lease, None, now
    transaction.session.add(row)
    return found


def ask_again(transaction: Transaction, delivery_id: uuid.UUID, at: datetime.datetime) -> None:
    """It may have arrived, and the other side cannot be asked now: it stays in our hands and is asked at `at`."""
    row = _locked(transaction, delivery_id)
    row.lease_until = row.next_attempt_at = at
    transaction.session.add(row)


def _claim(
    transaction: Transaction, ids: SelectOfScalar[uuid.UUID], now: datetime.datetime, lease: datetime.timedelta
) -> tuple[Delivery, ...]:
    rows = transaction.session.execute(
        update(DeliveryRow)
        .where(col(DeliveryRow.tenant) == transaction.tenant, chosen(col(DeliveryRow.id), ids))
        .values(
            state=_D.DISPATCHING.value,
            attempts=DeliveryRow.attempts + 1,
            lease_until=now + lease,
            next_attempt_at=None,
            changed_at=now,
        )
        .returning(DeliveryRow)
    ).scalars()
    # Their ids begin with their time: the oldest goes first.
    return tuple(sorted((_delivery(row) for row in rows), key=lambda one: one.id))


def lock(transaction: Transaction, delivery_id: uuid.UUID) -> Delivery:
    """One delivery, locked until the end of the transaction."""
    return _delivery(_locked(transaction, delivery_id))


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
    row = _locked(transaction, delivery_id)
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
        _locked(transaction, delivery_id).attempts = 0


def renew(transaction: Transaction, ids: Sequence[uuid.UUID], until: datetime.datetime) -> None:
    """Hold the rest of a batch longer."""
    if ids:
        transaction.session.execute(
            update(DeliveryRow)
            .where(
                col(DeliveryRow.tenant) == transaction.tenant,
                col(DeliveryRow.id).in_(ids),
                col(DeliveryRow.state) == _D.DISPATCHING.value,
            )
            .values(lease_until=until)
        )


def give_back(transaction: Transaction, ids: Sequence[uuid.UUID], at: datetime.datetime) -> None:
    """Put claimed deliveries back that were not tried: nothing left for them, and the attempt does not count."""
    if ids:
        transaction.session.execute(
            update(DeliveryRow)
            .where(
                col(DeliveryRow.tenant) == transaction.tenant,
                col(DeliveryRow.id).in_(ids),
                col(DeliveryRow.state) == _D.DISPATCHING.value,
            )
            .values(
                state=_D.RETRY_SCHEDULED.value,
                attempts=DeliveryRow.attempts - 1,
                lease_until=None,
                next_attempt_at=at,
            )
        )


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
    """Documents with a delivery whose silence, or whose confirmation, is due. Not locked: see `documents.hold`."""
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
    found = [row for row in deliveries_of(transaction, documents) if row.quiet_at is not None and row.quiet_at <= now]
    for row in found:
        row.quiet_at = None
    return tuple(map(_delivery, found))


def late_now(transaction: Transaction, documents: Sequence[uuid.UUID], now: datetime.datetime) -> tuple[Delivery, ...]:
    """The deliveries of these documents whose confirmation is late; each is told of once."""
    found = [row for row in deliveries_of(transaction, documents) if row.late_at is not None and row.late_at <= now]
    for row in found:
        row.late_at = None
    return tuple(map(_delivery, found))


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
    return [_delivery(row) if row is not None else None for row in found]


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


def deliveries_of(transaction: Transaction, documents: Sequence[uuid.UUID]) -> list[DeliveryRow]:
    """The rows of all deliveries of these documents, locked. For the store alone: rows never leave it."""
    known = [row for row in transaction.held.values() if isinstance(row, DeliveryRow)]
    complete = transaction.complete
    unknown = [one for one in documents if one not in complete]
    if unknown:
        rows = transaction.session.exec(
            select(DeliveryRow)
            .where(DeliveryRow.tenant == transaction.tenant, col(DeliveryRow.document_id).in_(unknown))
            .order_by(col(DeliveryRow.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        transaction.held.update({row.id: row for row in rows})
        complete.update(unknown)
        known = [row for row in transaction.held.values() if isinstance(row, DeliveryRow)]
    wanted = set(documents)
    return [row for row in known if row.document_id in wanted]


def _locked(transaction: Transaction, delivery_id: uuid.UUID) -> DeliveryRow:
    held = transaction.held.get(delivery_id)
    if isinstance(held, DeliveryRow):
        return held
    row = transaction.session.exec(
        select(DeliveryRow)
        .where(DeliveryRow.tenant == transaction.tenant, DeliveryRow.id == delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    transaction.held[row.id] = row
    return row


def _delivery(row: DeliveryRow) -> Delivery:
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
