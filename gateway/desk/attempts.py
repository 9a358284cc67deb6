"""How often somebody may try to sign in: failed tries are counted by address and account, for a while."""

import datetime
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from gateway.clock import Clock

_WINDOW: Final = datetime.timedelta(minutes=15)
# Most tries in the window. The pair keeps a person from guessing, the account many persons, the address one with a
# list of accounts; the account's own limit is wide, so that a stranger cannot lock its owner out by a few tries.
_PAIR, _ACCOUNT, _ADDRESS = 8, 50, 60
_MOST_KEYS: Final = 20_000

Key = tuple[str, ...]


@dataclass(slots=True)
class Attempts:
    """The tries of the last quarter of an hour, in this process."""

    clock: Clock
    _tries: dict[Key, deque[datetime.timedelta]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, address: str, account: str) -> datetime.timedelta | None:
        """Count one more try, before anything is checked; the time to wait where there were too many."""
        now = self.clock.elapsed()
        with self._lock:
            waits = [self._wait(key, limit, now) for key, limit in _limits(address, account)]
            longest = max(waits)
            if longest > datetime.timedelta():
                return longest
            for key, _ in _limits(address, account):
                self._tries.setdefault(key, deque()).append(now)
            self._forget_oldest()
        return None

    def forgive(self, address: str, account: str) -> None:
        """The password was right: this person's tries from there no longer count, and this one counts nowhere."""
        with self._lock:
            self._tries.pop((address, account), None)
            for key in ((address, ""), ("", account)):
                if self._tries.get(key):
                    self._tries[key].pop()

    def _wait(self, key: Key, limit: int, now: datetime.timedelta) -> datetime.timedelta:
        tries = self._tries.get(key)
        while tries and tries[0] <= now - _WINDOW:
            tries.popleft()
        if tries is not None and not tries:
            del self._tries[key]
        return tries[0] + _WINDOW - now if tries and len(tries) >= limit else datetime.timedelta()

    def _forget_oldest(self) -> None:
        while len(self._tries) > _MOST_KEYS:
            del self._tries[next(iter(self._tries))]


def _limits(address: str, account: str) -> Sequence[tuple[Key, int]]:
    return ((address, account), _PAIR), (("", account), _ACCOUNT), ((address, ""), _ADDRESS)
