"""Hop 4, by the clock: what silence means. A confirmation that is late, a mail or letter that did not come back.

And what time has ended by itself is swept out: sessions at the desk.
"""

import uuid

from gateway.pipeline.house import House
from gateway.pipeline.outcome import Outcome, write_outcome
from gateway.store import access, deliveries, locks


def run_timers(house: House, tenant: uuid.UUID) -> int:
    """Draw the conclusions that are due for a tenant, and forget what has ended; returns how many there were."""
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        ended = access.forget_ended_sessions(transaction, now)
        due = deliveries.timed(transaction, now, house.work.batch)
        locks.hold(transaction, due)
        quiet = deliveries.quiet_now(transaction, due, now)
        late = deliveries.late_now(transaction, due, now)
        for delivery in quiet:
            write_outcome(
                house, transaction, Outcome(delivery, f"{delivery.channel}.quiet", "", said_at=now), None, now
            )
        for delivery in late:
            write_outcome(house, transaction, Outcome(delivery, f"{delivery.channel}.late", "", said_at=now), None, now)
    return len(quiet) + len(late) + ended
