"""The folder of the judges: stylesheets under their hash, and beside them which of them judges by which rules.

    <sha256>.xslt         as it was given, never changed
    <rule set>.judge      the hash of the one that is in force, put there whole: the old one or the new
    <rule set>.tally      how often it disagreed (`tally`)

A stylesheet is code. The folder belongs to the operator alone (mode 0700); one that others may write to is not used.
"""

import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gateway.errors import SettingWrong

SETTING: Final = "judges.folder"
_IN_FORCE: Final = ".judge"
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
_SHA256: Final = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Artefact:
    """A judge that is installed. rules: the name of the rule set that it judges by."""

    rules: str
    sha256: str
    file: Path

    @property
    def mark(self) -> str:
        """Its hash, as long as a person reads it."""
        return self.sha256[:12]


class Shelf:
    """The judges of one installation. Every method raises SettingWrong where the folder cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, rules: str) -> Artefact | None:
        """The judge by these rules; None where none is installed."""
        pointer = self.folder / f"{rules}{_IN_FORCE}"
        try:
            sha256 = pointer.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise _unusable(f"{pointer} cannot be read: {error}") from None
        if not _SHA256.match(sha256):
            raise _unusable(f"{pointer} does not hold a hash", f"Install the rule set {rules} again.")
        return Artefact(rules, sha256, self._file(sha256))

    def all(self) -> tuple[Artefact, ...]:
        """Every judge, in the order of the names of their rules."""
        try:
            names = sorted(one.name for one in self.folder.iterdir()) if self.folder.is_dir() else []
        except OSError as error:
            raise _unusable(f"{self.folder} cannot be read: {error.strerror}") from None
        found = (self.find(one.removesuffix(_IN_FORCE)) for one in names if one.endswith(_IN_FORCE))
        return tuple(one for one in found if one is not None)

    def content(self, artefact: Artefact) -> bytes:
        """The stylesheet, if it is the one that was added, and nobody else could have put it there."""
        self._refuse_strangers()
        try:
            content = artefact.file.read_bytes()
        except OSError as error:
            problem = f"{artefact.file} cannot be read: {error.strerror}"
            raise _unusable(problem, f"Install the rule set {artefact.rules} again.") from None
        if hashlib.sha256(content).hexdigest() != artefact.sha256:
            problem = f"{artefact.file} is not the file that was installed: its hash is another"
            raise _unusable(problem, f"Find out who changed it, then install the rule set {artefact.rules} again.")
        return content

    def put(self, rules: str, content: bytes) -> Artefact:
        """Make a stylesheet the judge by these rules, in the place of the one before it."""
        before = self.find(rules)
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            self.folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
            self._refuse_strangers()
            _write_whole(self._file(sha256), content)
            _write_whole(self.folder / f"{rules}{_IN_FORCE}", f"{sha256}\n".encode())
            if before is not None and before.sha256 != sha256:
                self._clear(before.file)
        except OSError as error:
            raise _unusable(f"{self.folder} cannot be written: {error.strerror}") from None
        return Artefact(rules, sha256, self._file(sha256))

    def remove(self, artefact: Artefact) -> None:
        """Judge by it no more."""
        try:
            (self.folder / f"{artefact.rules}{_IN_FORCE}").unlink(missing_ok=True)
            self._clear(artefact.file)
        except OSError as error:
            raise _unusable(f"{self.folder} cannot be written: {error.strerror}") from None

    def _file(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.xslt"

    def _clear(self, file: Path) -> None:
        """Take a stylesheet away that judges by no rules any more."""
        if all(one.file != file for one in self.all()):
            file.unlink(missing_ok=True)

    def _refuse_strangers(self) -> None:
        facts = self.folder.stat()
        if facts.st_mode & _OTHERS_WRITE or facts.st_uid not in (0, os.geteuid()):
            problem = f"others may write to {self.folder}, and what lies there is run"
            raise _unusable(problem, f"Take that right away (chmod 700 {self.folder}), and see what is in it.")


def _write_whole(file: Path, content: bytes) -> None:
    """Write beside its place, then put it there: on the disk, whole or not at all."""
    making = file.with_name(f".{file.name}.{os.getpid()}.new")
    try:
        with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        making.replace(file)
    finally:
        making.unlink(missing_ok=True)
    descriptor = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unusable(
    problem: str, fix: str = "Look at the folder and its rights; `--no-judge` checks without."
) -> SettingWrong:
    return SettingWrong(SETTING, problem, fix)
