"""What lies in a sender's folders on the disk, and how much of it there may be. Links are not seen."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.intake.sftp.names import ERRORS, IN, OUT
from gateway.intake.sftp.wire import Refusal, Status

OPEN: Final = "open"
COMPLETE: Final = "complete"
MAKING: Final = "making"
COUNTED: Final = (OPEN, COMPLETE, OUT, ERRORS)


@dataclass(frozen=True, slots=True)
class Caps:
    """What one sender may have: bytes of one file, files and bytes in all its folders."""

    max_file: int
    max_files: int
    max_bytes: int


class Usage:
    """How many files and bytes a sender has. Not locked: its root does that.

    Counted once and then kept up with; counted again before anything is refused, since files may also be removed by
    whoever looks after the machine.
    """

    def __init__(self, folder: Path, caps: Caps) -> None:
        self._folder, self._caps = folder, caps
        self.files, self.bytes = self._count()

    def add_file(self) -> None:
        """One file more, still empty. Raises Refusal where there may be no more."""
        if self.files >= self._caps.max_files:
            self.files, self.bytes = self._count()
        if self.files >= self._caps.max_files:
            raise Refusal(
                Status.FAILURE,
                f"Your folders hold {self.files:,} files, the most there may be. Fetch and remove the answers.",
            )
        self.files += 1

    def add_bytes(self, size: int) -> None:
        """So many bytes more, or less. Raises Refusal where there may be no more."""
        if size > 0 and self.bytes + size > self._caps.max_bytes:
            self.files, self.bytes = self._count()
            if self.bytes + size > self._caps.max_bytes:
                raise Refusal(
                    Status.FAILURE,
                    f"Your folders would hold more than {self._caps.max_bytes:,} bytes. Fetch and remove the answers.",
                )
        self.bytes += size

    def note(self, files: int, size: int) -> None:
        """So many files and bytes more or less, whatever the caps: what the gateway itself puts there or removes."""
        self.files, self.bytes = self.files + files, self.bytes + size

    def _count(self) -> tuple[int, int]:
        sizes = [known.st_size for name in COUNTED for _, _, known in files(self._folder / name)]
        return len(sizes), sum(sizes)


def real_folder(folder: str) -> str:
    """Where uploads and answers lie; for `in/`, what is not complete."""
    return OPEN if folder == IN else folder


def is_file(path: Path) -> bool:
    """Whether there is a plain file."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def files(folder: Path) -> Iterator[tuple[str, Path, os.stat_result]]:
    """The plain files of a real folder: the name that a client knows, where it lies, what is known of it."""
    with os.scandir(folder) as found:
        for one in found:
            try:
                known = one.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(known.st_mode):
                name = one.name.partition(".")[2] if folder.name == COMPLETE else one.name
                yield name, Path(one.path), known
