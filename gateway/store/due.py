"""What is due, across tenants: the clockwork asks, and wakes the jobs that do it."""

import datetime
import uuid
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import col, or_, select

from gateway.lifecycle import AWAITING_NOTICE, DeliveryState, Processing
from gateway.store.session import Transaction
from gateway.store.tables import DeliveryRow, DeskSessionRow, DocumentRow, SubmissionRow

_CLOCKWORK_LOCK = 7_020_932
_D = DeliveryState


@dataclass(frozen=True, slots=True)
class Due:
    """A job that should run for a tenant: `read`, `prepare`, `dispatch.mail`, `collect.peppol`, ..."""

    task: str
    tenant: uuid.UUID


def one_clockwork(transaction: Transaction) -> bool:
    """Whether this process is the one that looks, until the end of the transaction."""
    locked = transaction.session.execute(text("select pg_try_advisory_xact_lock(:lock)"), {"lock": _CLOCKWORK_LOCK})
    return bool(locked.scalar_one())


def find(
    transaction: Transaction, now: datetime.datetime, collect_before: datetime.datetime, polled: tuple[str, ...]
) -> frozenset[Due]:
    """Everything that waits at this moment. polled: the channels that are asked for notices."""
    session = transaction.session
    found: set[Due] = set()
    free = or_(col(SubmissionRow.lease_until).is_(None), col(SubmissionRow.lease_until) < now)
    unread = select(SubmissionRow.tenant).where(SubmissionRow.state == "received", free).distinct()
    found.update(Due("read", tenant) for tenant in session.exec(unread))
    free = or_(col(DocumentRow.lease_until).is_(None), col(DocumentRow.lease_until) < now)
    checked = select(DocumentRow.tenant).where(DocumentRow.processing == Processing.CHECKED.value, free).distinct()
    found.update(Due("prepare", tenant) for tenant in session.exec(checked))
    ready = or_(
        col(DeliveryRow.state).in_((_D.QUEUED.value, _D.RETRY_SCHEDULED.value))
        & or_(col(DeliveryRow.next_attempt_at).is_(None), col(DeliveryRow.next_attempt_at) <= now),
        (col(DeliveryRow.state) == _D.DISPATCHING.value) & (col(DeliveryRow.lease_until) < now),
    )
    dispatch = select(DeliveryRow.tenant, DeliveryRow.channel).where(ready).distinct()
    found.update(Due(f"dispatch.{channel}", tenant) for tenant, channel in session.exec(dispatch))
    awaiting = (
        select(DeliveryRow.tenant, DeliveryRow.channel)
        .where(
            col(DeliveryRow.state).in_([one.value for one in AWAITING_NOTICE]),
            col(DeliveryRow.channel).in_(polled),
            or_(col(DeliveryRow.asked_at).is_(None), col(DeliveryRow.asked_at) < collect_before),
        )
        .distinct()
    )
    found.update(Due(f"collect.{channel}", tenant) for tenant, channel in session.exec(awaiting))
    timed = or_(col(DeliveryRow.quiet_at) <= now, col(DeliveryRow.late_at) <= now)
    found.update(Due("timers", tenant) for tenant in session.exec(select(DeliveryRow.tenant).where(timed).distinct()))
    ended = select(DeskSessionRow.tenant).where(col(DeskSessionRow.expires_at) <= now).distinct()
    found.update(Due("timers", tenant) for tenant in session.exec(ended))
    return frozenset(found)
