"""The twin's time: real time plus an offset that only grows, and an agenda of what happens when.

Fifteen days of an Italian term pass in one call of `advance`. Nothing here sleeps for long: whoever waits, waits on
the clock and is woken when it is moved.
"""

import heapq
import logging
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

log = logging.getLogger(__name__)

LANES = 4
LONGEST_NAP = 60.0


class Clock:
    """Simulated time, in UTC. It can be moved forward and never back: what happened has happened."""

    def __init__(self) -> None:
        self.moved = threading.Condition()
        self._offset = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    @property
    def offset(self) -> float:
        """Seconds that the simulated time is ahead of the real one."""
        return self._offset.total_seconds()

    def advance(self, seconds: float) -> datetime:
        """Move the time forward and wake everybody who waits for it. Raises ValueError for a negative step."""
        if seconds < 0:
            raise ValueError(f"the clock can't go back by {-seconds} seconds; start a new twin for an earlier time")
        with self.moved:
            self._offset += timedelta(seconds=seconds)
            self.moved.notify_all()
        return self.now()

    def wait(self, seconds: float, given_up: threading.Event) -> None:
        """Wait until `seconds` of simulated time have passed, or until `given_up` is set (see `wake`)."""
        end = self.now() + timedelta(seconds=seconds)
        with self.moved:
            while not given_up.is_set():
                left = (end - self.now()).total_seconds()
                if left <= 0:
                    return
                self.moved.wait(min(left, LONGEST_NAP))

    def wake(self) -> None:
        """Let everybody who waits look again: an event was set, or something was put on an agenda."""
        with self.moved:
            self.moved.notify_all()


@dataclass(order=True)
class _Entry:
    moment: datetime
    number: int
    action: Callable[[], None] = field(compare=False)


@dataclass
class _Lane:
    entries: list[_Entry] = field(default_factory=list)
    busy: bool = False


class Agenda:
    """What the parties do later, in the order of simulated time.

    Entries with the same `about` (one transmission, one batch) run one after the other, never at the same time:
    they share a lane. Entries about different things may overlap.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lanes = [_Lane() for _ in range(LANES)]
        self._numbers = 0
        self._closing = False
        self._threads = [
            threading.Thread(target=self._work, args=(lane,), name=f"twin-agenda-{number}", daemon=True)
            for number, lane in enumerate(self._lanes)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Drop what is still to come and wait for what is under way."""
        with self._clock.moved:
            self._closing = True
            self._clock.moved.notify_all()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()

    def at(self, moment: datetime, about: str, action: Callable[[], None]) -> None:
        """Do `action` at a simulated moment; one in the past is done at once."""
        lane = self._lanes[zlib.crc32(about.encode()) % LANES]
        with self._clock.moved:
            self._numbers += 1
            heapq.heappush(lane.entries, _Entry(moment, self._numbers, action))
            self._clock.moved.notify_all()

    def after(self, seconds: float, about: str, action: Callable[[], None]) -> None:
        self.at(self._clock.now() + timedelta(seconds=seconds), about, action)

    def settle(self, patience: float) -> bool:
        """Wait until everything that is due by now is done; False when that takes more than `patience` real seconds."""
        with self._clock.moved:
            return self._clock.moved.wait_for(lambda: not any(map(self._has_work, self._lanes)), timeout=patience)

    def _has_work(self, lane: _Lane) -> bool:
        return lane.busy or self._is_due(lane)

    def _is_due(self, lane: _Lane) -> bool:
        return bool(lane.entries) and lane.entries[0].moment <= self._clock.now()

    def _work(self, lane: _Lane) -> None:
        while (action := self._next(lane)) is not None:
            try:
                action()
            except Exception:
                # One broken entry must not stop the party: the twin goes on, the log says what broke.
                log.exception("an entry of the twin's agenda failed")
            with self._clock.moved:
                lane.busy = False
                self._clock.moved.notify_all()

    def _next(self, lane: _Lane) -> Callable[[], None] | None:
        with self._clock.moved:
            while not self._closing and not self._is_due(lane):
                left = (lane.entries[0].moment - self._clock.now()).total_seconds() if lane.entries else LONGEST_NAP
                self._clock.moved.wait(max(0.0, min(left, LONGEST_NAP)))
            if self._closing:
                return None
            lane.busy = True
            return heapq.heappop(lane.entries).action
