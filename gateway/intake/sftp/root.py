"""The folders of one sender, as its sessions see them and as they lie on the disk.

    a client sees     on the disk
    /in               open/<name>            begun, not complete: left by a broken line, or under a temporary name
                      complete/<id>.<name>   complete: the gateway takes it in, now or when it can
    /out /errors      out/ errors/           answers, written in making/ and moved here whole
    nothing           making/

A file is complete from the moment it stands in `complete/`. That is a rename, so a crash leaves it on one side or the
other, and the id makes taking it in twice the same as taking it in once.
"""

import itertools
import os
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.intake.sftp.disk import COMPLETE, COUNTED, MAKING, OPEN, Caps, Usage, files, is_file, real_folder
from gateway.intake.sftp.names import FOLDERS, IN, Place, is_temporary
from gateway.intake.sftp.uploads import Download, Upload, attributes_of
from gateway.intake.sftp.wire import Attributes, Entry, Flag, Refusal, Status

_HANDLES: Final = 128


@dataclass(frozen=True, slots=True)
class Complete:
    """An upload that is complete and not yet taken in: a client's name for it, and where it lies."""

    path: Path
    name: str
    size: int

    @property
    def key(self) -> str:
        """The idempotency key under which it is taken in: the same however often that is tried."""
        return f"sftp-{self.path.name.partition('.')[0]}"


class Root:
    """One sender's folders; safe to use from many sessions at once."""

    def __init__(self, folder: Path, tenant: uuid.UUID, sender_id: uuid.UUID, caps: Caps) -> None:
        self.tenant, self.sender_id = tenant, sender_id
        self.lock = threading.RLock()
        self.handles = threading.BoundedSemaphore(_HANDLES)
        self.max_file = caps.max_file
        self._folder = folder
        self._uploads: dict[str, Upload] = {}
        self._taking: set[str] = set()
        self._made = itertools.count()
        for name in (*COUNTED, MAKING):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in (folder / MAKING).iterdir():
            left.unlink()
        self._usage = Usage(folder, caps)

    # --- what a client asks for

    def entries(self, where: Place) -> Iterator[Entry]:
        """What is in a folder, read from the disk piece by piece. Raises Refusal."""
        if where.name:
            raise Refusal(Status.FAILURE, "This is a file, not a folder.")
        if not where.folder:
            return (Entry(name, self.look(Place(name))) for name in FOLDERS)
        found = files(self._folder / real_folder(where.folder))
        if where.folder == IN:
            found = itertools.chain(found, files(self._folder / COMPLETE))
        return (Entry(name, attributes_of(known)) for name, _, known in found)

    def look(self, where: Place) -> Attributes:
        """What is known of a file or folder. Raises Refusal where it is not there."""
        if not where.name:
            return attributes_of((self._folder / real_folder(where.folder)).stat())
        with self.lock:
            return attributes_of(self._path(where).lstat())

    def read(self, where: Place) -> Download:
        """Open a file to fetch it. Raises Refusal where it is not there."""
        with self.lock:
            return Download(self._path(where))

    def write(self, where: Place, flags: int) -> Upload:
        """Begin an upload, or go on with one. Raises Refusal."""
        _must_be_in(where)
        path = self._folder / OPEN / where.name
        with self.lock:
            is_there = is_file(path)
            if is_there and flags & Flag.EXCLUSIVE:
                raise Refusal(Status.FAILURE, "There is a file of this name already.")
            if not is_there and not flags & Flag.CREATE:
                raise Refusal(Status.NO_SUCH_FILE, "There is no such file.")
            self._take_over(where.name)
            if not is_there:
                self._usage.add_file()
            fresh, appends = bool(flags & Flag.TRUNCATE), bool(flags & Flag.APPEND)
            upload = self._uploads[where.name] = Upload(self, where.name, path, fresh=fresh, appends=appends)
            return upload

    def remove(self, where: Place) -> None:
        """Remove a file: from `out/` and `errors/` what was read, from `in/` what is not complete. Raises Refusal."""
        with self.lock:
            path = self._path(where)
            _must_be_open(path)
            if where.folder == IN:
                self._take_over(where.name)
            self._forget(path)

    def rename(self, source: Place, target: Place, *, replaces: bool) -> Upload | None:
        """Give a file in `in/` another name; an upload that is complete by that is returned, open. Raises Refusal."""
        _must_be_in(source)
        _must_be_in(target)
        with self.lock:
            path, goal = self._path(source), self._folder / OPEN / target.name
            _must_be_open(path)
            if source.name in self._uploads or target.name in self._uploads:
                raise Refusal(Status.FAILURE, "The file is still open. Close it, then rename it.")
            if goal != path and is_file(goal):
                if not replaces:
                    raise Refusal(Status.FAILURE, "There is a file of the new name already.")
                self._forget(goal)
            path.rename(goal)
            return None if is_temporary(target.name) else self.write(target, Flag.WRITE)

    # --- an upload becomes complete

    def complete(self, upload: Upload, row_id: uuid.UUID) -> Complete:
        """The client has said that this is all: from now on it is the gateway's to take in. Raises Refusal."""
        upload.settle()
        with self.lock:
            upload.must_be_whole()
            del self._uploads[upload.name]
            path = self._folder / COMPLETE / f"{row_id.hex}.{upload.name}"
            (self._folder / OPEN / upload.name).rename(path)
            self._taking.add(path.name)
        return Complete(path, upload.name, upload.size)

    def let_go(self, upload: Upload) -> None:
        """The session has no more to do with this upload; what came stays under its name."""
        with self.lock:
            if self._uploads.get(upload.name) is upload:
                del self._uploads[upload.name]
        upload.close()

    def taken(self, complete: Complete) -> None:
        """It is in the archive and in the database: it leaves `in/`."""
        with self.lock:
            self._forget(complete.path)
            self._taking.discard(complete.path.name)

    def postpone(self, complete: Complete) -> None:
        """It could not be taken in now."""
        with self.lock:
            self._taking.discard(complete.path.name)

    def waiting(self) -> list[Complete]:
        """What is complete and nobody takes in at the moment, oldest first; from now on the caller does."""
        with self.lock:
            found = [
                Complete(path, name, known.st_size)
                for name, path, known in files(self._folder / COMPLETE)
                if path.name not in self._taking
            ]
            self._taking.update(one.path.name for one in found)
        return sorted(found, key=lambda one: one.path.name)

    # --- answers

    def put(self, folder: str, name: str, content: bytes) -> None:
        """Write a file into `out/` or `errors/`: it is there whole, or not at all."""
        making = self._folder / MAKING / str(next(self._made))
        with making.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        target = self._folder / folder / name
        with self.lock:
            if is_file(target):
                self._forget(target)
            making.replace(target)
            self._usage.note(1, len(content))

    def beginning(self, folder: str, name: str, length: int) -> bytes | None:
        """The first bytes of a file in `out/` or `errors/`, None where there is none."""
        try:
            download = Download(self._folder / folder / name)
        except FileNotFoundError:
            return None
        try:
            return download.read(0, length)
        finally:
            download.close()

    # --- what an upload asks for

    def grow(self, size: int) -> None:
        """Count so many bytes more. Raises Refusal where the sender has no room left."""
        self._usage.add_bytes(size)

    def discard(self, upload: Upload) -> None:
        """Remove what was uploaded so far."""
        self._uploads.pop(upload.name, None)
        self._forget(self._folder / OPEN / upload.name)

    def _forget(self, path: Path) -> None:
        try:
            size = path.lstat().st_size
            path.unlink()
        except FileNotFoundError:
            return  # whoever looks after the machine was faster
        self._usage.note(-1, -size)

    def _take_over(self, name: str) -> None:
        before = self._uploads.pop(name, None)
        if before is not None:
            before.stop("Another session has begun with a file of this name; this upload has ended.")

    def _path(self, where: Place) -> Path:
        """The file behind a name. Raises Refusal where there is none."""
        path = self._folder / real_folder(where.folder) / where.name
        if is_file(path):
            return path
        waits = files(self._folder / COMPLETE) if where.folder == IN else ()
        for name, complete, _ in waits:
            if name == where.name:
                return complete
        raise Refusal(Status.NO_SUCH_FILE, f"There is no such file in /{where.folder}.")


def _must_be_in(where: Place) -> None:
    if where.folder != IN:
        raise Refusal(Status.PERMISSION_DENIED, "Files are uploaded into /in; /out and /errors hold the answers.")


def _must_be_open(path: Path) -> None:
    if path.parent.name == COMPLETE:
        raise Refusal(Status.PERMISSION_DENIED, "The file is complete and is being taken in.")
