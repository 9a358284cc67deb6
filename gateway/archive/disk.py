"""What makes a file in a local folder survive a power cut: its bytes and the entry in its directory, on the disk.

obstore writes a file beside its place and links it there, so that a reader never sees a half; but it leaves both in
the memory of the operating system.
"""

import os
import stat
from pathlib import Path
from typing import Final, Protocol

READ_ONLY: Final = stat.S_IRUSR | stat.S_IRGRP


class Disk(Protocol):
    """Makes what was written durable."""

    def settle(self, path: str) -> None:
        """The file at this path, below the folder, is on the disk when this returns. Raises OSError."""
        ...


class LocalDisk:
    """A local folder. It remembers which directories are on the disk, so that each is seen to once a process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settled: set[Path] = set()

    def settle(self, path: str) -> None:
        """Take away the right to write, then flush the file and every directory entry on the way to it."""
        file = self._folder / path
        file.chmod(READ_ONLY)
        _flush(file)
        _flush(file.parent)
        for directory in (file.parent, *file.parent.parents):
            if directory not in self._settled:
                _flush(directory.parent)
                self._settled.add(directory)
            if directory == self._folder:
                break


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
