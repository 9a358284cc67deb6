"""Deliveries that are about to be sent: claimed for a time, held longer, given back, taken over from the dead."""

import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import or_, update
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from gateway.lifecycle import DeliveryState
from gateway.store import locks
from gateway.store.deliveries import delivery_of
from gateway.store.leases import chosen
from gateway.store.records import Delivery, Interrupted
from gateway.store.session import Transaction
from gateway.store.tables import DeliveryRow

_D = DeliveryState
_WAITING = (_D.QUEUED.value, _D.RETRY_SCHEDULED.value)


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
    found = Interrupted(delivery_of(row), is_asked_again=row.next_attempt_at is not None)
    row.attempts, row.lease_until, row.next_attempt_at, row.changed_at = row.attempts + 1, now + lease, None, now
    transaction.session.add(row)
    return found


def ask_again(transaction: Transaction, delivery_id: uuid.UUID, at: datetime.datetime) -> None:
    """It may have arrived, and the other side cannot be asked now: it stays in our hands and is asked at `at`."""
    row = locks.delivery_row(transaction, delivery_id)
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
    return tuple(sorted((delivery_of(row) for row in rows), key=lambda one: one.id))


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
