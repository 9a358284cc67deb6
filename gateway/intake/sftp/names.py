"""Names at the door: where a path leads, and what a sender may call a file. Text alone, no disk.

Three folders and the files in them is all there is. A name is kept as it was given, in its composed spelling (NFC), so
that a person finds it again; what cannot be shown, typed or kept everywhere is refused with a reason.
"""

import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from gateway.intake.sftp.wire import Refusal, Status

IN: Final = "in"
OUT: Final = "out"
ERRORS: Final = "errors"
FOLDERS: Final = (IN, OUT, ERRORS)

# File systems keep 255 bytes; an answer and an upload that waits need some for what they add to a name.
LONGEST_NAME: Final = 180
_LONGEST_PATH: Final = 4_096

# Control and format characters (among them those that turn the direction of writing), surrogates, private use,
# unassigned, line and paragraph separators.
_UNSHOWABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# What upload programs call a file until it is complete.
_TEMPORARY: Final = (
    ".part",
    ".partial",
    ".filepart",
    ".tmp",
    ".temp",
    ".upload",
    ".uploading",
    ".inprogress",
    ".writing",
    "~",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads: the root (no folder), a folder (no name), or a file in a folder."""

    folder: str = ""
    name: str = ""


def place(path: str) -> Place:
    """Where a client's path leads; it starts at the root, with or without a slash. Raises Refusal."""
    if len(path) > _LONGEST_PATH:
        raise Refusal(Status.FAILURE, f"The path has more than {_LONGEST_PATH:,} characters.")
    parts = _parts(path)
    if not parts:
        return Place()
    if parts[0] not in FOLDERS:
        raise Refusal(Status.NO_SUCH_FILE, "There is nothing of this name here. There are /in, /out and /errors.")
    if len(parts) > 2:
        raise Refusal(Status.NO_SUCH_FILE, f"There are no folders in /{parts[0]}.")
    return Place(parts[0], file_name(parts[1]) if len(parts) == 2 else "")


def file_place(path: str) -> Place:
    """Where a path leads that must be a file's. Raises Refusal."""
    found = place(path)
    if not found.name:
        raise Refusal(Status.FAILURE, "This is a folder; name a file in it.")
    return found


def absolute(path: str) -> str:
    """A path from the root on, without detours, as REALPATH tells it; above the root is the root."""
    parts: list[str] = []
    for part in path[:_LONGEST_PATH].split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def _parts(path: str) -> list[str]:
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and not parts:
            raise Refusal(
                Status.PERMISSION_DENIED, "The path climbs out of your folder. There are /in, /out and /errors."
            )
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return parts


def file_name(given: str) -> str:
    """A name as it is kept. Raises Refusal where it cannot be kept or shown."""
    name = unicodedata.normalize("NFC", given)
    reason = _wrong_with(name)
    if reason is not None:
        raise Refusal(Status.FAILURE, f"The file cannot be called so: {reason}. Give it another name.")
    return name


def _wrong_with(name: str) -> str | None:
    if name in ("", ".", ".."):
        return "this is no name"
    if "/" in name or "\\" in name:
        return "it contains a slash"
    if any(unicodedata.category(sign) in _UNSHOWABLE for sign in name):
        return "it contains a sign that cannot be seen"
    if name != name.strip():
        return "it begins or ends with a blank"
    if len(name.encode()) > LONGEST_NAME:
        return f"it has more than {LONGEST_NAME} bytes"
    return None


def is_temporary(name: str) -> bool:
    """Whether a file of this name is still being uploaded: it counts from the moment that it gets another name."""
    return name.startswith((".", "~")) or name.casefold().endswith(_TEMPORARY)


def numbered(name: str, number: int) -> str:
    """The same name for the second file of this name, and the third: `march.csv`, `march-2.csv`, `march-3.csv`."""
    if number == 1:
        return name
    path = PurePosixPath(name)
    return f"{path.stem}-{number}{path.suffix}"
