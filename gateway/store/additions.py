"""Additions: rows that are put in together, by one statement and one round trip whatever their number.

The rows go over as JSON and PostgreSQL makes them rows of their table again (`json_populate_recordset`): a third of
the time of one `insert` a row, on both sides, and row-level security holds as ever (for `copy` it could not).
"""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import TextClause, inspect, text
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import Session, SQLModel

from gateway.store.texts import as_json

Row = Mapping[str, object]

_ADD: Final = """
insert into {table} ({columns})
select {columns} from json_populate_recordset(null::{table}, cast(:rows as json))
"""
# No row comes out of the join, and so none is numbered, before the lock is held.
_ADD_IN_TURN: Final = """
with turn as materialized (select pg_advisory_xact_lock(hashtextextended(:queue, 0)))
insert into {table} ({columns})
select {columns} from turn, json_populate_recordset(null::{table}, cast(:rows as json))
"""


def add_all(session: Session, table: type[SQLModel], rows: Sequence[Row]) -> None:
    """Put rows in, in their order. A column that a row does not name gets the table's default."""
    if rows:
        session.execute(*_addition(_ADD, table, rows))


def add_in_turn(session: Session, table: type[SQLModel], rows: Sequence[Row], queue: str) -> None:
    """Put rows in as `add_all` does, while nobody else of this queue is between here and the commit."""
    if rows:
        statement, given = _addition(_ADD_IN_TURN, table, rows)
        session.execute(statement, given | {"queue": queue})


def _addition(pattern: str, table: type[SQLModel], rows: Sequence[Row]) -> tuple[TextClause, dict[str, str]]:
    defaults = {
        one.name: one.default.arg
        for one in inspect(table).columns
        if isinstance(one.default, ScalarElementColumnDefault)
    }
    # The rows need not name the same columns: of a file that cannot be read nothing is known, of the next one all.
    named = dict.fromkeys((*(name for row in rows for name in row), *defaults))
    # Names of ours alone: of a table, and of its columns as the store spells them.
    columns = ", ".join(f'"{name}"' for name in named)
    written = as_json([{name: _plain(value) for name, value in {**defaults, **row}.items()} for row in rows])
    return text(pattern.format(table=table.__tablename__, columns=columns)), {"rows": written}


def _plain(value: object) -> object:
    return str(value) if isinstance(value, uuid.UUID | datetime.date | Decimal) else value
