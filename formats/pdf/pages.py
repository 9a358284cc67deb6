"""How many pages a PDF of ours has, read along its own references: a text in it may say anything.

startxref -> trailer /Root -> catalogue /Pages -> /Count       (ISO 32000-1, 7.5.5, 7.7.2, 7.7.3)
"""

import re
from typing import Final

_START: Final = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_SECTION: Final = re.compile(rb"(\d+)\s+(\d+)\s*\n")
_ROOT: Final = re.compile(rb"/Root\s+(\d+)\s+0\s+R")
_PAGES: Final = re.compile(rb"/Pages\s+(\d+)\s+0\s+R")
_COUNT: Final = re.compile(rb"/Count\s+(\d+)")
_ENTRY: Final = 20  # bytes of a row of the table


def page_count(content: bytes) -> int:
    """The pages of a PDF with a plain cross-reference table, as the typesetter writes it. Raises ValueError."""
    table = _number(_START, content[-64:])
    trailer = content.rfind(b"trailer")
    if not content.startswith(b"xref", table) or trailer < table:
        raise ValueError("this PDF has no plain cross-reference table")
    catalogue = _object(content, table, _number(_ROOT, content[trailer:]))
    pages = _object(content, table, _number(_PAGES, catalogue))
    return _number(_COUNT, pages)


def _object(content: bytes, table: int, number: int) -> bytes:
    """An object by its number, found in the one section of the table."""
    section = _SECTION.match(content, content.index(b"\n", table) + 1)
    if section is None or not int(section[1]) <= number < int(section[1]) + int(section[2]):
        raise ValueError(f"this PDF has no object {number}")
    row = section.end() + (number - int(section[1])) * _ENTRY
    offset = int(content[row : row + 10])
    return content[offset : content.index(b"endobj", offset)]


def _number(pattern: re.Pattern[bytes], content: bytes) -> int:
    found = pattern.search(content)
    if found is None:
        raise ValueError(f"this PDF does not say {pattern.pattern.decode()}")
    return int(found[1])
