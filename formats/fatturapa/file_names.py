"""How SDI wants files named: `IT01234567890_0000A.xml`, and its notices `IT01234567890_0000A_RC_001.xml`.

Country, fiscal identifier of the transmitter (in Italy 11 to 16 characters, elsewhere 2 to 28), one to five letters or
digits that the transmitter counts. A name is used once for ever (00002). Whether SDI tells capitals from small letters
is not known, so we count in capitals and digits alone. Source: Allegato A 1.9.1, section 1.2.2.
"""

import re
from dataclasses import dataclass
from typing import Final

DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
PROGRESSIVE_LENGTH: Final = 5
MOST_FILES: Final = len(DIGITS) ** PROGRESSIVE_LENGTH - 1

_INVOICE_FILE: Final = re.compile(
    r"(?P<country>[A-Z]{2})(?P<code>[A-Za-z0-9]{2,28})_(?P<progressive>[A-Za-z0-9]{1,5})(?P<suffix>\.xml|\.xml\.p7m|\.zip)"
)
_NOTICE_FILE: Final = re.compile(
    r"(?P<base>[A-Z]{2}[A-Za-z0-9]{2,28}_[A-Za-z0-9]{1,5})_(?P<kind>[A-Z]{2})_(?P<progressive>[A-Za-z0-9]{1,3})"
    r"(?P<suffix>\.xml|\.zip)"
)
_ITALIAN_CODE: Final = range(11, 17)


@dataclass(frozen=True, slots=True)
class NoticeName:
    """The name of a notice: of which file (without its suffix), which kind (RC, NS, ...), which of several."""

    base: str
    kind: str
    progressive: str


def is_file_name(name: str) -> bool:
    """Whether SDI takes a file of this name (00001)."""
    found = _INVOICE_FILE.fullmatch(name)
    return found is not None and (found["country"] != "IT" or len(found["code"]) in _ITALIAN_CODE)


def progressive(number: int) -> str:
    """The n-th name of a transmitter as five capitals and digits: 1 is 00001, 36 is 00010.

    Raises ValueError beyond 60,466,175, when a transmitter has used up its names.
    """
    if not 0 < number <= MOST_FILES:
        raise ValueError(f"a transmitter has {MOST_FILES:,} file names, and this would be number {number:,}")
    written = ""
    while number:
        number, digit = divmod(number, len(DIGITS))
        written = DIGITS[digit] + written
    return written.rjust(PROGRESSIVE_LENGTH, "0")


def file_name(country: str, code: str, number: int, suffix: str = ".xml") -> str:
    """The name of a file: `IT`, `01234560157`, 1 -> `IT01234560157_00001.xml`. Raises ValueError for a wrong part."""
    name = f"{country}{code}_{progressive(number)}{suffix}"
    if not is_file_name(name):
        raise ValueError(f"SDI takes no file of the name {name}: look at the transmitter's country and fiscal code")
    return name


def read_notice_name(name: str) -> NoticeName | None:
    """What the name of a notice says, None where it is no such name."""
    found = _NOTICE_FILE.fullmatch(name)
    return NoticeName(found["base"], found["kind"], found["progressive"]) if found else None
