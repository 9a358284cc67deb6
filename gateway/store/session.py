"""Transactions: the only place where the tenant is set and the only place that commits.

    with store.of(tenant) as transaction:      # as the application role: sees this tenant's rows alone
        transaction.session.add(row)
        transaction.wake("prepare")            # a job is enqueued in the transaction of its rows
    # committed here, or rolled back where the block raised

Row-level security does the keeping apart: the role and the tenant are set by the first statement of each
transaction and are gone at its end, so a pooled connection carries nothing over. `across()` is for the few tasks
that belong to no tenant (finding an account at a door, finding work that is due); its role may read little.

Events come last. Those of a tenant are numbered in the order of their commits (who reads on behind a number misses
none), so one lock a tenant is held from the numbering to the commit; one statement takes it and writes the events.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

import psycopg
import sqlalchemy
from procrastinate.exceptions import ConnectorException
from sqlalchemy import Engine, text
from sqlmodel import Session, SQLModel, create_engine

from gateway.errors import DatabaseUnavailable
from gateway.store import additions
from gateway.store.tables import ArtefactRow, EventRow
from gateway.store.texts import as_json, hold_any_text
from gateway.store.wakeups import Wakeups

APPLICATION_ROLE: Final = "gateway_app"
OPERATIONS_ROLE: Final = "gateway_ops"

# Classes of SQLSTATE (PostgreSQL manual, appendix A) that say "not now": connection, deadlock and serialization,
# resources, lock not available, query cancelled, shutting down, read-only because it is a standby.
_LOST: Final = "08000"
_PASSING: Final = ("08", "40", "53", "55P03", "57", "25006")

_ENTER = text("select set_config('role', :role, true), set_config('gateway.tenant', :tenant, true)")


@dataclass(slots=True)
class Transaction:
    """One open transaction.

    complete: documents all of whose deliveries are held
    held:     rows that are locked until its end, by their id: asked for again, they are not read again
    wakes:    jobs that are seen to when everything else is written but the events
    artefacts, events: rows that are only ever added, each kind written together at the end
    """

    session: Session
    tenant: uuid.UUID | None
    held: dict[uuid.UUID, SQLModel] = field(default_factory=dict)
    complete: set[uuid.UUID] = field(default_factory=set)
    wakes: dict[tuple[str, uuid.UUID], None] = field(default_factory=dict)
    artefacts: list[dict[str, object]] = field(default_factory=list)
    events: list[dict[str, object]] = field(default_factory=list)

    def wake(self, task: str, tenant: uuid.UUID | None = None) -> None:
        """See that a job of this kind runs for the tenant after the commit."""
        owner = tenant or self.tenant
        if owner is None:
            raise ValueError(f"the task {task} needs a tenant")
        self.wakes[(task, owner)] = None


@dataclass(frozen=True, slots=True)
class Store:
    """The database of this installation."""

    engine: Engine
    wakeups: Wakeups = field(default_factory=Wakeups)

    @contextmanager
    def of(self, tenant: uuid.UUID) -> Iterator[Transaction]:
        """A transaction that sees the rows of one tenant."""
        yield from self._transaction(APPLICATION_ROLE, tenant)

    @contextmanager
    def across(self) -> Iterator[Transaction]:
        """A transaction that belongs to no tenant, with the narrow grants of the operations role."""
        yield from self._transaction(OPERATIONS_ROLE, None)

    def _transaction(self, role: str, tenant: uuid.UUID | None) -> Iterator[Transaction]:
        with in_our_words(), Session(self.engine, expire_on_commit=False) as session:
            _enter(session, role, tenant)
            transaction = Transaction(session, tenant)
            yield transaction
            session.flush()
            additions.add_all(session, ArtefactRow, transaction.artefacts)
            # In one order everywhere: two transactions that wake the same jobs must not wait for each other.
            for task, owner in sorted(transaction.wakes):
                self.wakeups.ensure(session, task, owner)
            # Between this lock and the commit nothing is left to do: nobody waits for it in a ring, nor for long.
            additions.add_in_turn(session, EventRow, transaction.events, f"events of {tenant}")
            session.commit()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _enter(session: Session, role: str, tenant: uuid.UUID | None) -> None:
    """Become the role, for the tenant. A connection that was lost while it lay in the pool is replaced by a new one."""
    who = {"role": role, "tenant": str(tenant or "")}
    try:
        session.execute(_ENTER, who)
    except sqlalchemy.exc.DBAPIError as error:
        if not error.connection_invalidated:
            raise
        # It is the first statement: nothing was done yet. All that lay in the pool have been given up with this one.
        session.rollback()
        session.execute(_ENTER, who)


@contextmanager
def in_our_words() -> Iterator[None]:
    """A database that is away, restarting, or short of something is nobody's fault here: the same again, later."""
    try:
        yield
    except sqlalchemy.exc.TimeoutError as error:
        raise DatabaseUnavailable("every connection is in use") from error
    except (sqlalchemy.exc.DBAPIError, ConnectorException, psycopg.Error) as error:
        cause = _said_by_the_database(error)
        if not _passes(cause):
            raise
        raise DatabaseUnavailable(next(iter(str(cause).splitlines()), type(cause).__name__)) from error


def _said_by_the_database(error: Exception) -> BaseException | None:
    """The driver's own error, out of what SQLAlchemy or the engine of jobs made of it."""
    match error:
        case sqlalchemy.exc.DBAPIError():
            return error.orig
        case ConnectorException():
            return error.__cause__
    return error


def _passes(cause: BaseException | None) -> bool:
    """Whether the same may work later: the connection was lost, or PostgreSQL says so by its SQLSTATE."""
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError | psycopg.InternalError):
        return False
    return (cause.sqlstate or _LOST).startswith(_PASSING)


def open_store(url: str, *, connections: int = 10) -> Store:
    """The store behind a database URL (`postgresql://...`), as the application role."""
    engine = create_engine(
        sqlalchemy_url(url),
        pool_size=connections,
        max_overflow=connections,
        json_serializer=as_json,
        # The login role may be the owner or a superuser; nothing but migrations ever works as that one.
        connect_args={"options": f"-c role={APPLICATION_ROLE} -c timezone=UTC", "application_name": "gateway"},
    )
    hold_any_text(engine)
    return Store(engine)


def sqlalchemy_url(url: str) -> sqlalchemy.URL:
    """A PostgreSQL URL as SQLAlchemy wants it, with psycopg 3 as its driver."""
    return sqlalchemy.make_url(url).set(drivername="postgresql+psycopg")
