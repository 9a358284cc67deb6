"""Texts in header fields: encoded where they must be (RFC 2047), folded, and never more than one field."""

import re
import unicodedata
from email.header import Header
from typing import Final

_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+( [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_UNWRITABLE: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
_LONGEST_WORD: Final = 60


def one_line(text: str) -> str:
    """The text with every control character and line separator turned into a blank, and no blanks around it."""
    return " ".join("".join(" " if unicodedata.category(sign) in _UNWRITABLE else sign for sign in text).split())


def field(name: str, text: str) -> str:
    """An unstructured field, folded: `Subject: Rechnung 7`."""
    line = one_line(text)
    return f"{name}: {_plain(name, line) if _is_plain(line) else _encoded(name, line)}"


def phrase(name: str) -> str:
    """A display name with a blank behind it, "" for none (RFC 5322 3.2.5, RFC 2047 section 5 (3))."""
    line = one_line(name)
    if not line:
        return ""
    if not _is_plain(line) or len(line) > _LONGEST_WORD:
        return f"{_encoded('Reply-To', line)}\r\n "
    if _ATOMS.fullmatch(line):
        return f"{line} "
    quoted = line.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" '


def _is_plain(line: str) -> bool:
    """Whether the line can stand as it is. What looks encoded must be encoded, or a reader would decode it."""
    return line.isascii() and "=?" not in line and all(len(word) <= _LONGEST_WORD for word in line.split(" "))


def _plain(name: str, line: str) -> str:
    return Header(line, "us-ascii", header_name=name).encode(splitchars=" ", linesep="\r\n")


def _encoded(name: str, line: str) -> str:
    return Header(line, "utf-8", header_name=name).encode(linesep="\r\n")
