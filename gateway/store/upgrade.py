"""Bring the database to the schema of this version: `gateway db upgrade`, and every start of the gateway.

Runs as the role of the database URL, which must own the schema and may create roles (or a superuser has created
`gateway_app` and `gateway_ops` before and granted them to it).
"""

from importlib.resources import as_file, files
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from gateway.store.session import sqlalchemy_url

# Any number, the same in every version: two processes that start together must not migrate together.
_UPGRADE_LOCK: Final = 7_020_931


def upgrade(url: str) -> str:
    """Run every migration that is missing; returns the revision the database is at afterwards."""
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.connect() as connection, as_file(files("gateway.store") / "migrations") as folder:
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _UPGRADE_LOCK})
        connection.commit()
        try:
            command.upgrade(_config(str(folder), connection), "head")
            connection.commit()
            return MigrationContext.configure(connection).get_current_revision() or ""
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": _UPGRADE_LOCK})
            connection.commit()
            engine.dispose()


def revision_of(url: str) -> str:
    """The revision a database is at, "" where it has no schema of ours."""
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() or ""


def newest_revision() -> str:
    """The revision that this version of the gateway works with."""
    with as_file(files("gateway.store") / "migrations") as folder:
        return ScriptDirectory.from_config(_config(str(folder), None)).get_current_head() or ""


def _config(folder: str, connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", folder)
    config.attributes["connection"] = connection
    return config
