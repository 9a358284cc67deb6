"""Circuit breakers: what is known about each destination, shared by all workers."""

import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, delete, select

from gateway.retry import Breaker
from gateway.store.session import Transaction
from gateway.store.tables import BreakerRow


def resting(transaction: Transaction, channel: str, now: datetime.datetime) -> tuple[str, ...]:
    """The destinations of a channel that nobody calls at the moment."""
    rows = transaction.session.exec(
        select(BreakerRow.destination).where(BreakerRow.channel == channel, col(BreakerRow.open_until) > now)
    )
    return tuple(rows)


def known(transaction: Transaction, channel: str, destination: str) -> Breaker:
    """What is known about a destination."""
    row = transaction.session.get(BreakerRow, (channel, destination))
    return Breaker(row.failures, row.open_until) if row else Breaker()


def keep(transaction: Transaction, channel: str, destination: str, breaker: Breaker, reason: str) -> None:
    """Write down what is known about a destination; a healthy one needs no row."""
    if breaker == Breaker():
        transaction.session.execute(
            delete(BreakerRow).where(col(BreakerRow.channel) == channel, col(BreakerRow.destination) == destination)
        )
        return
    values = {"failures": breaker.failures, "open_until": breaker.open_until, "reason": reason}
    transaction.session.execute(
        insert(BreakerRow)
        .values(channel=channel, destination=destination, **values)
        .on_conflict_do_update(index_elements=["channel", "destination"], set_=values)
    )
