"""Alembic's entry: migrations run as the owner of the schema, over the connection that `upgrade()` hands in."""

from alembic import context
from sqlmodel import SQLModel

from gateway.store import tables

TARGET = SQLModel.metadata
OWN_TABLES = frozenset({"tenant", *tables.TENANT_TABLES, *tables.SHARED_TABLES})


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in OWN_TABLES


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=TARGET,
    include_name=_is_ours,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
