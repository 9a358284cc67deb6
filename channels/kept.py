"""Connections that are kept between parcels: opening one costs handshakes, using an open one costs nothing.

One connection serves one thread at a time. Each is asked whether it is still there before it is used again, so nothing
here needs a clock: what the other side has closed in the meantime is found before a byte of a parcel leaves.
"""

import collections
import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Final, Generic, Protocol, TypeVar

MOST_IDLE: Final = 4


class Connection(Protocol):
    """What can be kept."""

    def is_alive(self) -> bool:
        """Whether the other side still answers, and would take another parcel."""
        ...

    def close(self) -> None:
        """End it. Never raises."""
        ...


Kind = TypeVar("Kind", bound=Connection)


class Kept(Generic[Kind]):
    """The open connections to one other side, the youngest on top. Safe to use from several threads."""

    def __init__(self, connect: Callable[[], Kind]) -> None:
        self._connect = connect
        self._idle: collections.deque[Kind] = collections.deque()
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def lend(self) -> Iterator[Kind]:
        """A live connection, for one parcel. After any exception it is closed: who knows in what state it is.

        Raises what `connect` raises.
        """
        connection = self._take()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._give_back(connection)

    def close(self) -> None:
        """Close what is idle. Connections that are lent out come back and are kept."""
        while (connection := self._pop()) is not None:
            connection.close()

    def _take(self) -> Kind:
        connection = self._pop()
        if connection is not None:
            if connection.is_alive():
                return connection
            # The others have been idle for longer still.
            connection.close()
            self.close()
        return self._connect()

    def _pop(self) -> Kind | None:
        with self._lock:
            return self._idle.pop() if self._idle else None

    def _give_back(self, connection: Kind) -> None:
        with self._lock:
            if len(self._idle) < MOST_IDLE:
                self._idle.append(connection)
                return
        connection.close()
