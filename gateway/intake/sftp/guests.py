"""Who is at the door: how many may be there, how often one address may knock, and who has been there for too long.

A guest is one connection. Until it has logged in and opened a session, it is a stranger: strangers are counted apart
and sent away after twenty seconds, so that they never take a place from who has one.
"""

import datetime
import ipaddress
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from gateway.clock import Clock
from gateway.errors import TooBusy
from gateway.settings import SftpSettings

_SECOND: Final = datetime.timedelta(seconds=1)
_TO_LOG_IN: Final = 20 * _SECOND
_MINUTE: Final = 60 * _SECOND
_MOST_ADDRESSES: Final = 10_000


@dataclass(slots=True, eq=False)
class Guest:
    """One connection.

    network:  its address, or of an IPv6 address the /64
    account:  once it has a session
    is_here:  whether the line is still there, known once there is a transport on it
    """

    network: str
    since: datetime.timedelta
    seen: datetime.timedelta
    account: uuid.UUID | None = None
    is_here: Callable[[], bool] = lambda: True


class Guests:
    """Everybody at the door; used from many threads."""

    def __init__(self, settings: SftpSettings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._lock = threading.Lock()
        self._idle = threading.Condition()
        self._working = 0
        self._here: set[Guest] = set()
        self._budgets = Budgets(settings.logins_per_minute)

    def arrive(self, address: str) -> Guest:
        """Somebody connects; that alone is an attempt to log in. Raises TooBusy."""
        now, network = self._clock.elapsed(), network_of(address)
        with self._lock:
            strangers = [guest.network for guest in self._present() if guest.account is None]
            if len(strangers) >= self._settings.sessions:
                raise TooBusy("too many connections have not logged in yet", 20)
            if strangers.count(network) >= self._settings.sessions_per_account:
                raise TooBusy("too many connections from this address have not logged in yet", 20)
            if not self._budgets.spend(network, now):
                raise TooBusy("too many logins from this address", 60)
            guest = Guest(network, now, now)
            self._here.add(guest)
            return guest

    def may_try(self, guest: Guest) -> bool:
        """Whether one more attempt from this address is looked at."""
        with self._lock:
            return self._budgets.has_left(guest.network, self._clock.elapsed())

    def failed(self, guest: Guest) -> None:
        """A login failed: the next one is an attempt of its own."""
        with self._lock:
            self._budgets.spend(guest.network, self._clock.elapsed())

    def enter(self, guest: Guest, account: uuid.UUID) -> None:
        """The guest has logged in and opens a session. Raises TooBusy."""
        with self._lock:
            if guest.account is not None:
                return
            sessions = [one.account for one in self._present() if one.account is not None]
            if len(sessions) >= self._settings.sessions:
                raise TooBusy("all sessions of the SFTP door are taken", 60)
            if sessions.count(account) >= self._settings.sessions_per_account:
                raise TooBusy("this account has as many sessions as it may", 60)
            guest.account = account

    @contextmanager
    def at_work(self, guest: Guest) -> Iterator[None]:
        """Something has come from this guest, and is answered before the block ends."""
        guest.seen = self._clock.elapsed()
        with self._idle:
            self._working += 1
        try:
            yield
        finally:
            guest.seen = self._clock.elapsed()
            with self._idle:
                self._working -= 1
                self._idle.notify_all()

    def wait_for_answers(self, seconds: float) -> None:
        """Wait until nobody waits for an answer, but no longer than this."""
        with self._idle:
            self._idle.wait_for(lambda: self._working == 0, seconds)

    def leave(self, guest: Guest) -> None:
        """The connection has ended."""
        with self._lock:
            self._here.discard(guest)

    def is_overdue(self, guest: Guest) -> bool:
        """Whether this guest is to be sent away: never logged in, or silent for too long."""
        now = self._clock.elapsed()
        if guest.account is None:
            return now - guest.since > _TO_LOG_IN
        return now - guest.seen > self._settings.idle * _SECOND

    def _present(self) -> set[Guest]:
        """Those whose line is there: a client that comes back at once finds its place free."""
        self._here = {guest for guest in self._here if guest.is_here()}
        return self._here


class Budgets:
    """Attempts that each address has left: so many at once, and refilled at so many a minute. Not locked."""

    def __init__(self, a_minute: int) -> None:
        self._most = float(a_minute)
        self._left: dict[str, tuple[float, datetime.timedelta]] = {}

    def has_left(self, network: str, now: datetime.timedelta) -> bool:
        """Whether one attempt is left."""
        return self._refilled(network, now) >= 1

    def spend(self, network: str, now: datetime.timedelta) -> bool:
        """Take one attempt off; False where none was left."""
        left = self._refilled(network, now)
        if left < 1:
            return False
        if len(self._left) >= _MOST_ADDRESSES:
            self._forget_full(now)
        self._left[network] = (left - 1, now)
        return True

    def _refilled(self, network: str, now: datetime.timedelta) -> float:
        left, at = self._left.get(network, (self._most, now))
        return min(self._most, left + self._most * ((now - at) / _MINUTE))

    def _forget_full(self, now: datetime.timedelta) -> None:
        self._left = {
            network: kept for network, kept in self._left.items() if self._refilled(network, now) < self._most
        }


def network_of(address: str) -> str:
    """What one attacker holds of an address: all of it in IPv4, its first 64 bits in IPv6."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((found, 64), strict=False))
