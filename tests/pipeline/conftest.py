"""A small house for each test: one database for all of them, empty at the beginning of each."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import structlog
from psycopg import sql

from gateway.store.session import Store, open_store
from tests.databases import database
from tests.pipeline.house import SmallHouse, small_house

_TABLES = "select tablename from pg_tables where schemaname = current_schema() and tablename <> 'alembic_version'"


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """What breaks on purpose is logged in a line, not as a page with the values of every variable."""
    with structlog.testing.capture_logs([structlog.processors.format_exc_info]) as entries:
        yield
    print(*entries, sep="\n")


@pytest.fixture(scope="session")
def shared_database(postgres_server: str, newest_schema: str) -> Iterator[str]:
    with database(postgres_server, template=newest_schema) as url:
        yield url


def empty(url: str) -> None:
    """Take everything out of a database; making one anew takes ten times as long."""
    with psycopg.connect(url, autocommit=True) as owner:
        tables = [sql.Identifier(name) for (name,) in owner.execute(_TABLES)]
        owner.execute(sql.SQL("truncate {}").format(sql.SQL(", ").join(tables)))


@pytest.fixture
def store(shared_database: str) -> Iterator[Store]:
    empty(shared_database)
    opened = open_store(shared_database, connections=4)
    yield opened
    opened.close()


@pytest.fixture
def small(store: Store, tmp_path: Path) -> SmallHouse:
    return small_house(store, tmp_path / "archive")
