"""Jobs as wake-up calls: what has to be done stands in the rows, a job only says "look".

A job names a task and a tenant, never more: it claims its batch of rows by their state when it runs. So a lost or
doubled job loses and doubles nothing, and one waiting job a task and tenant is enough, however many rows wait.
"""

import uuid
from dataclasses import dataclass, field
from typing import Final

import procrastinate
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import text
from sqlmodel import Session

QUEUE: Final = "gateway"

_WAITING = text("select 1 from procrastinate_jobs where queueing_lock = :lock and status = 'todo'")


def _unconnected() -> procrastinate.App:
    # It never opens a pool: every job is written over the connection of the transaction it belongs to.
    return procrastinate.App(connector=procrastinate.SyncPsycopgConnector())


@dataclass(frozen=True, slots=True)
class Wakeups:
    """Enqueues jobs in the transaction of their rows."""

    app: procrastinate.App = field(default_factory=_unconnected)

    def ensure(self, session: Session, task: str, tenant: uuid.UUID) -> None:
        """See that one job of this task waits for this tenant once the transaction is committed."""
        lock = f"{task}:{tenant}"
        if session.execute(_WAITING, {"lock": lock}).first():
            return
        # The savepoint is set when the session's connection is asked for inside of it, not before.
        savepoint = session.begin_nested()
        connection = session.connection().connection.driver_connection
        deferrer = self.app.configure_task(
            task, queue=QUEUE, queueing_lock=lock, connection=connection, allow_unknown=True
        )
        try:
            deferrer.defer(tenant=str(tenant))
        except AlreadyEnqueued:
            savepoint.rollback()
        else:
            savepoint.commit()
