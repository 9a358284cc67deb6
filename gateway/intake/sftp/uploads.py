"""Files that a session has open: an upload into `in/`, and a file that is fetched.

An upload belongs to one session at a time. Who opens the same name again takes it over (a client that lost its line
comes back), and the session before it can write no more. Every byte is counted before it is written.
"""

import os
import stat
import threading
from pathlib import Path
from typing import Final, Protocol

from gateway.errors import TooLarge
from gateway.intake.sftp.wire import Attributes, Refusal, Status

LONGEST_READ: Final = 255 * 1024
_HIGHEST_OFFSET: Final = 2**63 - 1


class Ledger(Protocol):
    """What is counted of a sender's folders; used under its lock."""

    @property
    def lock(self) -> threading.RLock:
        """Held while an upload changes."""
        ...

    @property
    def max_file(self) -> int:
        """Bytes of one file."""
        ...

    def grow(self, size: int) -> None:
        """Count so many bytes more (or less). Raises Refusal where there is no room for more."""
        ...

    def discard(self, upload: "Upload") -> None:
        """Remove what was uploaded so far."""
        ...


class Download:
    """A file that is read."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)

    def read(self, offset: int, length: int) -> bytes:
        """Up to so many bytes from there; none at the end."""
        return _read(self._descriptor, offset, length)

    def attributes(self) -> Attributes:
        """Its size and age."""
        return attributes_of(os.fstat(self._descriptor))

    def close(self) -> None:
        """Read no more."""
        os.close(self._descriptor)


class Upload:
    """A file that is written. It may be read back, as programs do that go on with a broken upload."""

    def __init__(self, ledger: Ledger, name: str, path: Path, *, fresh: bool, appends: bool) -> None:
        """fresh: what was there under this name is gone; appends: every write goes to the end."""
        self.name = name
        self._ledger, self._appends = ledger, appends
        self._problem: str | None = None
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        self._descriptor = os.open(path, flags, 0o600)
        self._size = os.fstat(self._descriptor).st_size
        if fresh:
            self.resize(0)

    def write(self, offset: int, content: bytes) -> None:
        """Put bytes there. Raises TooLarge once, and Refusal ever after; OSError where the disk does not take them."""
        with self._ledger.lock:
            self.must_be_whole()
            start = self._size if self._appends else offset
            self._make_room(max(self._size, start + len(content)))
            try:
                _write(self._descriptor, start, content)
            except OSError:
                self.stop("The disk did not take all of this file. Upload it again later.")
                raise

    def resize(self, size: int) -> None:
        """Cut off behind so many bytes, or fill up to them. Raises as `write` does."""
        with self._ledger.lock:
            self.must_be_whole()
            self._make_room(size)
            os.ftruncate(self._descriptor, size)

    def read(self, offset: int, length: int) -> bytes:
        """Up to so many bytes from there; none at the end."""
        return _read(self._descriptor, offset, length)

    def attributes(self) -> Attributes:
        """Its size so far, and its age."""
        return attributes_of(os.fstat(self._descriptor))

    def stop(self, reason: str) -> None:
        """It can't become complete any more; whoever writes on or closes it is told why."""
        self._problem = self._problem or reason

    def must_be_whole(self) -> None:
        """Raises Refusal where something has gone wrong with it."""
        if self._problem is not None:
            raise Refusal(Status.FAILURE, self._problem)

    def settle(self) -> None:
        """All of it is on the disk when this returns."""
        os.fsync(self._descriptor)

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._size

    def close(self) -> None:
        """Let go of the file; what is in it stays."""
        os.close(self._descriptor)

    def _make_room(self, size: int) -> None:
        """Count the file as so large before it is. A file above the cap leaves the disk at once."""
        if size > self._ledger.max_file:
            self._ledger.discard(self)
            os.ftruncate(self._descriptor, 0)
            self._size = 0
            refused = TooLarge(self._ledger.max_file)
            self.stop(str(refused))
            raise refused
        try:
            self._ledger.grow(size - self._size)
        except Refusal as refusal:
            self.stop(refusal.text)
            raise
        self._size = size


def attributes_of(found: os.stat_result) -> Attributes:
    """What a client is told of a file or folder: nothing about owners."""
    kind = stat.S_IFMT(found.st_mode)
    rights = 0o700 if stat.S_ISDIR(found.st_mode) else 0o600
    return Attributes(found.st_size, kind | rights, max(0, int(found.st_mtime)))


def _read(descriptor: int, offset: int, length: int) -> bytes:
    if offset > _HIGHEST_OFFSET:
        return b""
    return os.pread(descriptor, min(length, LONGEST_READ), offset)


def _write(descriptor: int, offset: int, content: bytes) -> None:
    left = memoryview(content)
    while left:
        written = os.pwrite(descriptor, left, offset)
        left, offset = left[written:], offset + written
