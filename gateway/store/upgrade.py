"""Bring the database to the schema of this version: `gateway db upgrade`, and every start of the gateway.

Runs as the role of the database URL, which must own the schema and may create roles (or a superuser has created
`gateway_app` and `gateway_ops` before and granted them to it).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.pool import NullPool

from gateway.store.session import in_our_words, sqlalchemy_url

if TYPE_CHECKING:
    from alembic.config import Config

# Any number, the same in every version: two processes that start together must not migrate together.
_UPGRADE_LOCK: Final = 7_020_931


def upgrade(url: str) -> str:
    """Run every migration that is missing; returns the revision the database is at afterwards."""
    newest = newest_revision()
    if revision_of(url) == newest:
        # Asked at every start: Alembic, which takes half a second to import, is not needed for the usual answer.
        return newest
    with _alone(url) as connection, as_file(files("gateway.store") / "migrations") as folder:
        _run_migrations(connection, str(folder))
        connection.commit()
    return newest


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    """A connection of the owner, while no other process migrates."""
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("select pg_advisory_lock(:lock)"), {"lock": _UPGRADE_LOCK})
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(text("select pg_advisory_unlock(:lock)"), {"lock": _UPGRADE_LOCK})
            connection.commit()


def _run_migrations(connection: Connection, folder: str) -> None:
    from alembic import command  # noqa: PLC0415 - see `upgrade`

    command.upgrade(alembic_config(folder, connection), "head")


def revision_of(url: str) -> str:
    """The revision a database is at, "" where it has no schema of ours. Raises DatabaseUnavailable."""
    engine = create_engine(sqlalchemy_url(url), poolclass=NullPool)
    with in_our_words(), engine.connect() as connection:
        try:
            return str(connection.execute(text("select version_num from alembic_version")).scalar() or "")
        except ProgrammingError:
            return ""


def newest_revision() -> str:
    """The revision that this version of the gateway works with: the number of its last migration."""
    versions = files("gateway.store") / "migrations" / "versions"
    return max(one.name.partition("_")[0] for one in versions.iterdir() if one.name[:4].isdecimal())


def alembic_config(folder: str, connection: Connection | None) -> "Config":
    """Alembic's view of our migrations."""
    from alembic.config import Config  # noqa: PLC0415 - see `upgrade`

    config = Config()
    config.set_main_option("script_location", folder)
    config.attributes["connection"] = connection
    return config
