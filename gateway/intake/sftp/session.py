"""What one client's session has open and has done; `requests` is what it asks for.

An upload that is closed is answered once it is archived and committed: who hears OK may forget the file. Files that
this session has uploaded can still be looked at for a while after they left `in/`, because most programs look back at
what they have uploaded and would take its absence for a failure.
"""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from gateway.clock import Clock
from gateway.errors import TooLarge
from gateway.intake import answers
from gateway.intake.sftp.names import IN, Place, is_temporary
from gateway.intake.sftp.outbox import deliver
from gateway.intake.sftp.root import Root
from gateway.intake.sftp.taking import Taker
from gateway.intake.sftp.uploads import Download, Upload
from gateway.intake.sftp.wire import Attributes, Entry, Refusal, Status

_MOST_OPEN: Final = 16
_MOST_REMEMBERED: Final = 1_000


@dataclass(frozen=True, slots=True)
class Listing:
    """A folder that is being listed."""

    entries: Iterator[Entry]


Opened = Upload | Download | Listing


@dataclass(slots=True)
class Session:
    """The state of one session, used by one thread."""

    root: Root
    taker: Taker
    clock: Clock
    _open: dict[bytes, Opened] = field(default_factory=dict)
    _taken: dict[str, Attributes] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def keep(self, opening: Callable[[], Opened]) -> bytes:
        """Open something; returns its handle. Raises Refusal where too much is open."""
        if len(self._open) >= _MOST_OPEN or not self.root.handles.acquire(blocking=False):
            raise Refusal(Status.FAILURE, "Too many files are open. Close some.")
        try:
            opened = opening()
        except BaseException:
            self.root.handles.release()
            raise
        handle = str(next(self._numbers)).encode()
        self._open[handle] = opened
        return handle

    def opened(self, handle: bytes) -> Opened:
        """What is open under a handle. Raises Refusal where nothing is."""
        opened = self._open.get(handle)
        if opened is None:
            raise Refusal(Status.FAILURE, "Nothing is open under this handle.")
        return opened

    def file(self, handle: bytes) -> Upload | Download:
        """The file that is open under a handle. Raises Refusal."""
        opened = self.opened(handle)
        if isinstance(opened, Listing):
            raise Refusal(Status.FAILURE, "This is a folder, not a file.")
        return opened

    def upload(self, handle: bytes) -> Upload:
        """The upload that is open under a handle. Raises Refusal."""
        opened = self.opened(handle)
        if not isinstance(opened, Upload):
            raise Refusal(Status.PERMISSION_DENIED, "This was not opened for writing.")
        return opened

    def listing(self, handle: bytes) -> Listing:
        """The folder that is open under a handle. Raises Refusal."""
        opened = self.opened(handle)
        if not isinstance(opened, Listing):
            raise Refusal(Status.FAILURE, "This is a file, not a folder.")
        return opened

    def close(self, handle: bytes) -> None:
        """The client is through with it: an upload is complete. Raises Refusal where it is not, or must wait."""
        opened = self.opened(handle)
        try:
            if isinstance(opened, Upload):
                self.finish(opened)
        finally:
            self._let_go(handle)

    def finish(self, upload: Upload) -> None:
        """This is all of the upload; under a temporary name it still waits for its own. Raises as `close` does."""
        upload.must_be_whole()
        if is_temporary(upload.name):
            return
        known = upload.attributes()
        self.taker.finish(self.root, upload)
        if len(self._taken) >= _MOST_REMEMBERED:
            self._taken.pop(next(iter(self._taken)))
        self._taken[upload.name] = known

    def change(self, upload: Upload, change: Callable[[], None]) -> None:
        """Write to an upload; where it becomes too large, its sender finds the reason in `errors/`."""
        try:
            change()
        except TooLarge:
            deliver(self.root, answers.too_large(upload.name, self.root.max_file, self.clock.now()))
            raise

    def look(self, where: Place) -> Attributes:
        """What is known of a file or folder, or of a file that this session uploaded. Raises Refusal."""
        try:
            return self.root.look(where)
        except Refusal:
            if where.folder != IN or where.name not in self._taken:
                raise
            return self._taken[where.name]

    def forget(self, where: Place) -> None:
        """The client begins something new under this name."""
        if where.folder == IN:
            self._taken.pop(where.name, None)

    def end(self) -> None:
        """The client has gone: what it had not closed is not complete."""
        for handle in list(self._open):
            self._let_go(handle)

    def _let_go(self, handle: bytes) -> None:
        opened = self._open.pop(handle)
        if isinstance(opened, Upload):
            self.root.let_go(opened)
        elif isinstance(opened, Download):
            opened.close()
        self.root.handles.release()
