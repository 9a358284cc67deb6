"""Tenants are kept apart by the database itself, whatever a query forgets."""

import datetime
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from gateway.store import parties
from gateway.store.records import Sender
from gateway.store.session import Store, open_store
from gateway.store.tables import SHARED_TABLES, TENANT_TABLES, SenderRow

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
NORTH, SOUTH = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def store(gateway_database: str) -> Iterator[Store]:
    opened = open_store(gateway_database, connections=2)
    for tenant, name in ((NORTH, "North"), (SOUTH, "South")):
        with opened.of(tenant) as transaction:
            parties.add_tenant(transaction, tenant, name, NOW)
            parties.add_sender(transaction, Sender(tenant, uuid.UUID(int=tenant.int + 10), "erp", {}), NOW)
    yield opened
    opened.close()


def test_a_forgotten_condition_shows_own_rows_only(store: Store) -> None:
    with store.of(NORTH) as transaction:
        assert [row.tenant for row in transaction.session.exec(select(SenderRow))] == [NORTH]


def test_a_row_for_another_tenant_is_refused(store: Store) -> None:
    with pytest.raises(ProgrammingError, match="row-level security"), store.of(NORTH) as transaction:
        parties.add_sender(transaction, Sender(SOUTH, uuid.UUID(int=99), "planted", {}), NOW)


def test_a_foreign_row_can_be_neither_changed_nor_deleted(store: Store) -> None:
    with store.of(NORTH) as transaction:
        for statement in ("update sender set name = 'x' where tenant = :t", "delete from sender where tenant = :t"):
            assert transaction.session.execute(text(statement), {"t": SOUTH}).rowcount == 0  # type: ignore[attr-defined]  # a cursor result


def test_the_tenant_does_not_outlive_its_transaction(store: Store) -> None:
    with store.of(NORTH):
        pass
    with store.across() as transaction:
        assert transaction.session.execute(text("select current_setting('gateway.tenant', true)")).scalar() == ""


def test_nobody_works_as_the_owner_of_the_tables(store: Store) -> None:
    with store.of(NORTH) as transaction:
        assert transaction.session.execute(text("select current_user")).scalar() == "gateway_app"
    with store.across() as transaction:
        assert transaction.session.execute(text("select current_user")).scalar() == "gateway_ops"


@pytest.mark.parametrize("statement", ["update event set type = 'x'", "delete from event", "delete from artefact"])
def test_what_happened_cannot_be_rewritten(store: Store, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), store.of(NORTH) as transaction:
        transaction.session.execute(text(statement))


@pytest.mark.parametrize(
    "statement", ["select settings from sender", "select head from document", "select * from event"]
)
def test_the_operations_role_reads_no_contents(store: Store, statement: str) -> None:
    with pytest.raises(ProgrammingError), store.across() as transaction:
        transaction.session.execute(text(statement))


def test_every_table_is_either_kept_apart_or_known_to_be_shared(store: Store) -> None:
    with store.across() as transaction:
        rows = transaction.session.execute(
            text(
                "select relname, relrowsecurity and relforcerowsecurity from pg_class"
                " where relkind = 'r' and relnamespace = current_schema()::regnamespace"
                " and relname not like 'procrastinate%' and relname <> 'alembic_version'"
            )
        ).all()
    secured = {name for name, secure in rows if secure}
    assert secured == {*TENANT_TABLES, "tenant"}
    assert {name for name, secure in rows if not secure} == set(SHARED_TABLES)


def test_a_tenant_does_not_see_who_else_is_here(store: Store) -> None:
    with store.of(NORTH) as transaction:
        assert [name for _, name in parties.tenants(transaction)] == ["North"]
    with store.across() as transaction:
        assert [name for _, name in parties.tenants(transaction)] == ["North", "South"]


def test_the_tenant_leads_every_unique_key(store: Store) -> None:
    with store.across() as transaction:
        first_columns = transaction.session.execute(
            text(
                "select i.indexrelid::regclass::text, a.attname from pg_index i"
                " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]"
                " join pg_class c on c.oid = i.indrelid where i.indisunique and c.relname = any(:tables)"
            ),
            {"tables": list(TENANT_TABLES)},
        ).all()
    assert [index for index, column in first_columns if column != "tenant"] == []
