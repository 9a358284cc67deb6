"""The databases that tests get: at the newest schema, and each test alone with its own."""

import psycopg

from gateway.store.upgrade import newest_revision
from tests.databases import database


def test_a_database_of_the_gateway_is_at_the_newest_schema(gateway_database: str) -> None:
    with psycopg.connect(gateway_database) as connection:
        row = connection.execute("select version_num from alembic_version").fetchone()
    assert row == (newest_revision(),)


def test_a_copy_knows_nothing_of_what_another_copy_holds(postgres_server: str, newest_schema: str) -> None:
    with database(postgres_server, newest_schema) as one, database(postgres_server, newest_schema) as other:
        with psycopg.connect(one) as connection:
            connection.execute("create table only_here ()")
        with psycopg.connect(other) as connection:
            row = connection.execute("select to_regclass('only_here')").fetchone()
    assert row == (None,)
