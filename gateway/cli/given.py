"""Files that were named on the command line: read up to a limit, with an answer that names the file."""

import os
from pathlib import Path
from typing import Final

from gateway.errors import FileUnreadable, FileUnwritable

MOST_BYTES: Final = 100_000_000  # what the gateway takes by default (`limits.file`); a test holds the two together
_SPLIT: Final = "Split it, or send attachments apart."


def content_of(file: Path) -> bytes:
    """The bytes of a file. Raises FileUnreadable; a file that is too large is not read at all."""
    try:
        with file.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            if size > MOST_BYTES:
                raise FileUnreadable(str(file), f"it has {size:,} bytes, the most is {MOST_BYTES:,}", _SPLIT)
            # A pipe has no size; it is read no further than the limit either.
            content = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise FileUnreadable(str(file), error.strerror or str(error)) from None
    if len(content) > MOST_BYTES:
        raise FileUnreadable(str(file), f"it has more than {MOST_BYTES:,} bytes", _SPLIT)
    return content


def text_of(file: Path) -> str:
    """A text in UTF-8. Raises FileUnreadable."""
    try:
        return content_of(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadable(str(file), f"it is not UTF-8 (byte {error.start})", "Save it as UTF-8.") from None


def write(file: Path, content: bytes) -> None:
    """Write a file. Raises FileUnwritable."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise FileUnwritable(str(file), error.strerror or str(error)) from None


def make_folder(folder: Path) -> None:
    """See that there is such a folder. Raises FileUnwritable."""
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise FileUnwritable(str(folder), error.strerror or str(error)) from None
