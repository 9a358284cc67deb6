"""The hands of a worker: while he lives, what he has claimed stays his, however long the other side lets him wait.

A channel may wait longer than a lease lasts (the answer to a mail's final dot, RFC 5321 4.5.3.2.6: ten minutes), and a
batch waits for all its parcels. So a lease says how soon a dead worker is noticed, never how slow a living one may be.
"""

import datetime
import threading
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

import structlog

from gateway.pipeline.house import House
from gateway.store import sending

log = structlog.get_logger()

# How often in the time of one lease it is renewed: two renewals may fail before anybody takes the work away.
_BEATS: Final = 3


class Hands:
    """Deliveries in one worker's hands. Safe to use from two threads: the one that sends, and the one that renews."""

    def __init__(self, house: House, tenant: uuid.UUID, ids: Iterable[uuid.UUID]) -> None:
        self._house, self._tenant, self._ids = house, tenant, set(ids)
        self._lock = threading.Lock()

    def let_go(self, ids: Iterable[uuid.UUID]) -> None:
        """From now on these are not renewed: what is about to be written says when somebody looks at them again."""
        with self._lock:
            self._ids.difference_update(ids)

    def renew(self) -> None:
        """Hold everything for one more lease from now."""
        with self._lock:
            if self._ids:
                until = self._house.clock.now() + self._house.lease
                with self._house.store.of(self._tenant) as transaction:
                    sending.renew(transaction, sorted(self._ids), until)


@contextmanager
def held(house: House, tenant: uuid.UUID, ids: Iterable[uuid.UUID]) -> Iterator[Hands]:
    """Renew the leases of these deliveries until the block ends. A process that is killed renews nothing any more."""
    hands, over = Hands(house, tenant, ids), threading.Event()
    beating = threading.Thread(target=_beat, args=(hands, over, house.lease / _BEATS), name="leases", daemon=True)
    beating.start()
    try:
        yield hands
    finally:
        over.set()
        beating.join()


def _beat(hands: Hands, over: threading.Event, every: datetime.timedelta) -> None:
    while not over.wait(every.total_seconds()):
        try:
            hands.renew()
        except Exception as error:  # noqa: BLE001 - the next beat may do better, and what is being sent goes on
            log.warning("leases could not be renewed", error=f"{type(error).__name__}: {error}")
