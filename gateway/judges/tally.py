"""How often each judge disagreed with our rules: counted in its folder, for all processes of an installation."""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import structlog

from gateway.judges.shelf import Artefact

log = structlog.get_logger()

_MOST: Final = 4_096


@dataclass(frozen=True, slots=True)
class Count:
    """Of how many documents a judge said something else than our rules, and over how many it broke down."""

    disagreed: int = 0
    broke: int = 0


class Tally:
    """The counts of the judges in one folder. The count of a judge ends with it: its successor begins anew."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, artefact: Artefact) -> Count:
        """The count of a judge."""
        try:
            with self._file(artefact).open("rb") as opened:
                fcntl.flock(opened, fcntl.LOCK_SH)
                return _read(opened.read(_MOST), artefact)
        except OSError:
            return Count()

    def disagreed(self, artefact: Artefact) -> None:
        """One document more on which it differs."""
        self._change(artefact, lambda count: replace(count, disagreed=count.disagreed + 1))

    def broke(self, artefact: Artefact) -> None:
        """One document more over which it broke down."""
        self._change(artefact, lambda count: replace(count, broke=count.broke + 1))

    def forget(self, artefact: Artefact) -> None:
        """The judge is gone."""
        self._file(artefact).unlink(missing_ok=True)

    def _file(self, artefact: Artefact) -> Path:
        return self._folder / f"{artefact.rules}.tally"

    def _change(self, artefact: Artefact, changed: Callable[[Count], Count]) -> None:
        """Keep another count, one process after the other. No verdict hangs on it: where it fails, the log says so."""
        try:
            descriptor = os.open(self._file(artefact), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
                count = changed(_read(os.pread(descriptor, _MOST, 0), artefact))
                os.ftruncate(descriptor, 0)
                os.pwrite(descriptor, json.dumps({"sha256": artefact.sha256, **asdict(count)}).encode(), 0)
            finally:
                os.close(descriptor)
        except OSError as error:
            log.warning("the count of a judge could not be kept", rules=artefact.rules, problem=str(error))


def _read(content: bytes, artefact: Artefact) -> Count:
    """What is kept of this very judge; nothing where it is of another one, or unreadable."""
    try:
        kept = json.loads(content)
        if kept["sha256"] != artefact.sha256:
            return Count()
        return Count(int(kept["disagreed"]), int(kept["broke"]))
    except (ValueError, KeyError, TypeError):
        return Count()
