"""How UBL 2.1 writes values: the lexical forms of XML Schema part 2, and nothing beyond them."""

import binascii
import datetime
import re
from decimal import Decimal
from typing import Final

# What XML Schema collapses around a value: these four, not every blank that Unicode knows.
BLANKS: Final = " \t\r\n"
# Longer numbers are no amounts; sums of them would outgrow the 60 digits that the house computes with.
MAX_DIGITS: Final = 40

DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?")


def decimal_of(text: str) -> Decimal | None:
    """An xs:decimal; None where it is none: `1.0E2`, `1,00`, `INF` and digits of other scripts are not."""
    if len(text) > MAX_DIGITS or not DECIMAL.fullmatch(text):
        return None
    return Decimal(text)


def date_of(text: str) -> tuple[datetime.date | None, str]:
    """An xs:date as its day, None where it is none of the calendar, and its time zone: `Z`, `+02:00`, mostly empty."""
    matched = _DATE.fullmatch(text)
    if matched is None:
        return None, ""
    try:
        return datetime.date.fromisoformat(matched[1]), matched[2] or ""
    except ValueError:
        return None, ""


def bytes_of(text: str) -> bytes | None:
    """An xs:base64Binary, blanks and line breaks anywhere; None where it is none."""
    try:
        return binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except (binascii.Error, ValueError):
        return None


def boolean_of(text: str) -> bool | None:
    """An xs:boolean: `true`, `false`, `1` or `0`."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text)
