"""The clockwork: looks every second for what is due, and wakes the jobs that do it.

One process of the installation looks at a time. Whatever was lost between two jobs (a killed worker, a missed
notification) is found here, because what has to be done stands in the rows.
"""

import datetime
import threading

import structlog

from gateway.pipeline.house import House
from gateway.store import due

log = structlog.get_logger()


def look_once(house: House, polled: tuple[str, ...]) -> int:
    """Wake a job for everything that is due; returns how many, 0 where another process is looking."""
    now = house.clock.now()
    with house.store.across() as transaction:
        if not due.one_clockwork(transaction):
            return 0
        collect_before = now - datetime.timedelta(seconds=house.work.collect_every)
        found = due.find(transaction, now, collect_before, polled)
        for one in found:
            transaction.wake(one.task, one.tenant)
    return len(found)


def run(house: House, polled: tuple[str, ...], stop: threading.Event) -> None:
    """Look every `work.tick` seconds until told to stop. A database that is away is waited for."""
    while not stop.wait(house.work.tick):
        try:
            look_once(house, polled)
        except Exception as error:  # noqa: BLE001 - the clockwork outlives every fault of its surroundings
            log.warning("the clockwork could not look", error=f"{type(error).__name__}: {error}")
