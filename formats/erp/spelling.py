"""Numbers and dates as people write them: read under a known style, and the style found out where nobody says it.

A style is found out over whole columns and never for one cell: `1.234` alone may be one thousand or one and
a bit, and reading it the wrong way makes an amount a thousand times too large. Where the columns leave it open,
nothing is read and somebody is asked.
"""

import datetime
import re
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

_BLANKS = " \u00a0\u202f\u2009"
_GROUP_SIGNS = " '"  # after all kinds of blanks and apostrophes are made one of each
_ONE_OF_EACH = {ord(blank): " " for blank in _BLANKS} | {ord("\u2019"): "'"}
_LONGEST = 40
_BODY = re.compile(r"[0-9][0-9.,]*|[.,][0-9]+")
_COMPACT = re.compile(r"[0-9]{8}")
_PARTED = re.compile(r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{1,4})")
_TIME = re.compile(r"[T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2})?([.,][0-9]+)?\s*(Z|[+-][0-9]{2}:?[0-9]{2}|UTC)?$")


class NotReadable(ValueError):
    """A text that is not the number, date or code that its column holds; the message says what was expected."""


class DateOrder(StrEnum):
    """In which order a date's parts stand."""

    DMY = "DMY"
    MDY = "MDY"
    YMD = "YMD"


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """How a column writes numbers.

    decimal:   `.` or `,`
    group:     the signs that may part thousands; every kind of blank and apostrophe may in any case
    suffixes:  what may stand after a number and says nothing: `kr`, `EUR`
    """

    decimal: str = "."
    group: tuple[str, ...] = (",",)
    suffixes: tuple[str, ...] = ()

    @classmethod
    def of(cls, decimal: str, suffixes: tuple[str, ...] = ()) -> "NumberStyle":
        """The style with this decimal mark, thousands parted by the other one."""
        return cls(decimal, (",",) if decimal == "." else (".",), suffixes)

    @property
    def example(self) -> str:
        """A number in this style, to show."""
        return f"1234{self.decimal}56"


def read_number(text: str, style: NumberStyle) -> Decimal:
    """The number. Raises NotReadable where it is not written in this style."""
    plain = _plain_number("", text, style.decimal)
    if plain is not None:
        return plain
    sign, body = _without_sign(_without_suffix(text.strip().translate(_ONE_OF_EACH), style))
    for group in (*style.group, *_GROUP_SIGNS):
        body = _ungrouped(body, group, style)
    number = _plain_number(sign, body, style.decimal)
    if number is None or len(text) > _LONGEST:
        raise NotReadable(f"a number such as {style.example}")
    return number


def _plain_number(sign: str, text: str, decimal: str) -> Decimal | None:
    """The number that digits with at most one decimal mark are, None where the text is anything else."""
    whole, mark, fraction = text.partition(decimal)
    digits = whole + fraction
    if not digits.isascii() or not digits.isdigit() or (mark and not fraction) or len(digits) > _LONGEST:
        return None
    return Decimal(f"{sign}{whole or '0'}.{fraction}" if mark else f"{sign}{whole}")


def _without_suffix(text: str, style: NumberStyle) -> str:
    for suffix in ("%", *style.suffixes):
        if suffix and text.casefold().endswith(suffix.casefold()):
            return text[: -len(suffix)].rstrip()
    return text


def _without_sign(text: str) -> tuple[str, str]:
    """The sign and the rest: `-12`, `12-`, `(12)` and the typographic minus all say the same."""
    text = text.replace("\u2212", "-")
    if text.startswith("(") and text.endswith(")"):
        return "-", text[1:-1].strip()
    if text.startswith("-"):
        return "-", text[1:].strip()
    if text.endswith("-"):
        return "-", text[:-1].strip()
    return "", text.removeprefix("+")


def _ungrouped(text: str, sign: str, style: NumberStyle) -> str:
    """The text without this sign between thousands; the text itself where the sign stands anywhere else."""
    whole, mark, fraction = text.partition(style.decimal)
    first, *rest = whole.split(sign)
    if not rest or not 1 <= len(first) <= 3 or any(len(part) != 3 for part in rest):
        return text
    return "".join((first, *rest, mark, fraction))


@dataclass(slots=True)
class Marks:
    """What the numbers of a column say about its decimal mark.

    proofs:     each decimal mark that some number proves, with the first such number
    ambiguous:  the first number that could be read both ways, "" where none could
    """

    proofs: dict[str, str] = field(default_factory=dict)
    ambiguous: str = ""

    def add(self, text: str) -> None:
        """Listen to one more cell; a text that is no number says nothing."""
        if text.isdigit():
            return
        body = _without_sign(_without_suffix(text.translate(_ONE_OF_EACH), NumberStyle()))[1]
        body = body.replace(" ", "").replace("'", "")
        if not _BODY.fullmatch(body) or body.isdigit():
            return
        mark = _proven(body)
        if mark:
            self.proofs.setdefault(mark, text)
        else:
            self.ambiguous = self.ambiguous or text


def _proven(body: str) -> str:
    """The decimal mark that a number proves, "" where it could be read both ways: only `1.234` and the like can."""
    last = max(".,", key=body.rfind)
    if body.count(".") and body.count(","):
        return last
    if body.count(last) > 1:
        return "," if last == "." else "."
    whole, _, fraction = body.partition(last)
    looks_grouped = len(fraction) == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return "" if looks_grouped else last


def read_date(text: str, order: DateOrder | None) -> datetime.date:
    """The date, without its time of day. Raises NotReadable.

    `2026-03-01` and `20260301` are read whatever the order; so is `01.03.2026`, which nobody writes month first.
    """
    bare = _TIME.sub("", text.strip())
    year, month, day = _parts(bare, order)
    try:
        return datetime.date(year, month, day)
    except ValueError:
        raise NotReadable(f"a day of the calendar, written as {_example(order)}") from None


def _parts(text: str, order: DateOrder | None) -> tuple[int, int, int]:
    if _COMPACT.fullmatch(text):
        return int(text[:4]), int(text[4:6]), int(text[6:])
    parted = _PARTED.fullmatch(text)
    if parted is None:
        raise NotReadable(f"a date such as {_example(order)}")
    first, middle, last = parted[1], parted[3], parted[4]
    if len(first) == 4 or (order is DateOrder.YMD and len(first) == 2):
        return _year(first), int(middle), int(last)
    if len(last) not in (2, 4) or len(first) > 2:
        raise NotReadable(f"a date such as {_example(order)}")
    if order is DateOrder.MDY:
        return _year(last), int(first), int(middle)
    if order is DateOrder.DMY or (parted[2] == "." and len(last) == 4):
        return _year(last), int(middle), int(first)
    raise NotReadable(f"a date such as {_example(order)}")


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _example(order: DateOrder | None) -> str:
    return {DateOrder.DMY: "31.12.2026", DateOrder.MDY: "12/31/2026"}.get(order or DateOrder.YMD, "2026-12-31")


@dataclass(slots=True)
class Orders:
    """What the dates of a column say about their order.

    proofs:     each order that some date proves, with the first such date
    ambiguous:  the first date that could be read both ways, "" where none could
    """

    proofs: dict[DateOrder, str] = field(default_factory=dict)
    ambiguous: str = ""

    def add(self, text: str) -> None:
        """Listen to one more cell; a date that is read whatever the order says nothing."""
        parted = _PARTED.fullmatch(_TIME.sub("", text))
        if not parted or len(parted[1]) > 2 or (parted[2] == "." and len(parted[4]) == 4):
            return
        first, middle = int(parted[1]), int(parted[3])
        if len(parted[4]) == 4 and first > 12 >= middle:
            self.proofs.setdefault(DateOrder.DMY, text)
        elif len(parted[4]) == 4 and middle > 12 >= first:
            self.proofs.setdefault(DateOrder.MDY, text)
        else:
            self.ambiguous = self.ambiguous or text
