"""Leases on rows that wait for a hop: who takes them next, and who takes them after their worker died.

A claim is counted in `tries` before anything is done, so it also counts for a worker that is gone. A row that was in
a dead worker's hands may be what killed it: from then on it is taken alone, and its last try is made while no other
row is on its last one. So poison harms itself alone.
"""

import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import ColumnElement, any_, func, or_, update
from sqlalchemy.orm import Mapped
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from gateway.lifecycle import Processing
from gateway.retry import MOST_TRIES
from gateway.store.session import Transaction
from gateway.store.tables import DocumentRow, SubmissionRow

Leased = type[DocumentRow] | type[SubmissionRow]


def chosen(column: Mapped[uuid.UUID], ids: SelectOfScalar[uuid.UUID]) -> ColumnElement[bool]:
    """Whether an id is among those of a locking sub-select with a limit, which is run once, whatever the plan.

    `id in (select ... limit 1 for update skip locked)` is not: a plan may run the sub-select for each row of the outer
    table, it skips what this very statement has changed already, and so every row is taken.
    """
    return column == any_(func.array(ids.scalar_subquery()))


def next_in_turn(transaction: Transaction, table: Leased, limit: int, now: datetime.datetime) -> ColumnElement[bool]:
    """The oldest waiting rows, locked: up to `limit` that nobody had before, or one alone that somebody had."""
    eligible = _eligible(transaction, table, now)
    by_age = (col(table.received_at), col(table.id))
    was_tried = transaction.session.exec(select(table.tries).where(*eligible).order_by(*by_age).limit(1)).first()
    alike = col(table.tries) > 0 if was_tried else col(table.tries) == 0
    turn = select(table.id).where(*eligible, alike).order_by(*by_age).limit(1 if was_tried else limit)
    return chosen(col(table.id), turn.with_for_update(skip_locked=True))


def _eligible(transaction: Transaction, table: Leased, now: datetime.datetime) -> list[ColumnElement[bool]]:
    waiting = _waiting(transaction, table)
    on_its_last = select(table.id).where(*waiting, col(table.tries) == MOST_TRIES, col(table.lease_until) >= now)
    return [
        *waiting,
        or_(col(table.lease_until).is_(None), col(table.lease_until) < now),
        or_(col(table.tries) != MOST_TRIES - 1, ~on_its_last.correlate(None).exists()),
    ]


def _waiting(transaction: Transaction, table: Leased) -> list[ColumnElement[bool]]:
    is_waiting = (
        col(table.processing) == Processing.CHECKED.value
        if issubclass(table, DocumentRow)
        else col(table.state) == "received"
    )
    return [col(table.tenant) == transaction.tenant, is_waiting]


def give_back(transaction: Transaction, table: Leased, ids: Sequence[uuid.UUID], at: datetime.datetime) -> None:
    """Put claimed rows back until `at`: what kept them is no fault of theirs, and the try does not count."""
    _change(transaction, table, ids, {"lease_until": at, "tries": col(table.tries) - 1})


def renew(transaction: Transaction, table: Leased, ids: Sequence[uuid.UUID], until: datetime.datetime) -> None:
    """Hold claimed rows longer: their worker lives."""
    _change(transaction, table, ids, {"lease_until": until})


def _change(transaction: Transaction, table: Leased, ids: Sequence[uuid.UUID], values: dict[str, object]) -> None:
    if ids:
        own = update(table).where(*_waiting(transaction, table), col(table.id).in_(ids))
        transaction.session.execute(own.values(values))
