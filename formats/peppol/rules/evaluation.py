"""Values as the official rules of Peppol take them, where the tree has no word for it: texts, days, quotients."""

import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Final

from formats.ubl.checks.amounts import EXACT
from formats.ubl.lexical import BLANKS
from formats.ubl.tree import Element, Undecidable, normal, string_of

# A quotient of decimals has at least so many decimals for the official rules.
_DECIMALS: Final = 18
_DATE: Final = re.compile(r"(-?[0-9]{4,20})-([0-9]{2})-([0-9]{2})(Z|[+-][0-9]{2}:[0-9]{2})?", re.ASCII)
_MINUTES_OF_DAY: Final = 24 * 60
# The calendar repeats itself every 400 years.
_CYCLE_YEARS: Final = 400
_CYCLE_DAYS: Final = 146_097
_LAST_YEAR: Final = 2**31 - 1
_DOUBLE: Final = re.compile(r"[+-]?(?:([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]{1,9}))?|INF)|NaN", re.ASCII)
# Of a double that is not 0.
_LEAST_EXPONENT: Final = -324


def both(*questions: Callable[[], bool]) -> bool:
    """a and b: one that does not hold settles it, even beside one that cannot be decided. Raises Undecidable."""
    return not either(*(_denied(question) for question in questions))


def either(*questions: Callable[[], bool]) -> bool:
    """a or b: one that holds settles it, even beside one that cannot be decided. Raises Undecidable."""
    gave_up: Undecidable | None = None
    for question in questions:
        try:
            if question():
                return True
        except Undecidable as error:
            gave_up = error
    if gave_up is not None:
        raise gave_up
    return False


def _denied(question: Callable[[], bool]) -> Callable[[], bool]:
    return lambda: not question()


def lone_text(elements: Iterable[Element], element: Element) -> str:
    """normalize-space(a/text()): the only text node of these elements, "" where there is none.

    Raises Undecidable about `element` where there are several.
    """
    found = [text for one in elements for text in one.texts]
    if len(found) > 1:
        raise Undecidable(element, f"there are {len(found)} texts where one is needed")
    return normal(found[0]) if found else ""


def siblings_of(element: Element, name: str) -> Sequence[Element]:
    """../a: the elements of a name in the group that an element is in, which may be among them."""
    return () if element.parent is None else element.parent.named(name)


def minute_of(text: str) -> int | None:
    """xs:date(): the minute at which a day begins, in UTC where no time zone is stated; None where it is no day."""
    matched = _DATE.fullmatch(text.strip(BLANKS))
    if matched is None:
        return None
    year, month, day = (int(matched[part]) for part in (1, 2, 3))
    digits = matched[1].removeprefix("-")
    if (digits[0] == "0" and len(digits) > 4) or abs(year) > _LAST_YEAR:
        return None
    cycles, in_cycle = divmod(year, _CYCLE_YEARS)
    try:
        days = datetime.date(2000 + in_cycle, month, day).toordinal() + cycles * _CYCLE_DAYS
    except ValueError:
        return None
    offset = _offset_of(matched[4] or "Z")
    return None if offset is None else days * _MINUTES_OF_DAY - offset


def day_of(text: str, element: Element) -> int:
    """The same of a value that has to be a day. Raises Undecidable about `element` where it is none."""
    minute = minute_of(text)
    if minute is None:
        raise Undecidable(element, f"“{text[:60]}” is not a date")
    return minute


def _offset_of(zone: str) -> int | None:
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:])
    if minutes > 59 or hours > 14:
        return None
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


def sign_of(element: Element) -> int:
    """The sign of a number (xs:double): -1, 0 or 1. Raises Undecidable.

    NaN is no less than anything for the official rules; what is nearer to 0 than a double can be is 0.
    """
    text = string_of(element).strip(BLANKS)
    matched = _DOUBLE.fullmatch(text)
    if matched is None:
        raise Undecidable(element, f"“{text[:60]}” is not a number")
    sign = -1 if text[0] == "-" else 1
    if matched[1] is None:
        return sign
    mantissa = Decimal(matched[1])
    is_zero = not mantissa or mantissa.adjusted() + int(matched[2] or 0) < _LEAST_EXPONENT
    return 0 if is_zero else sign


def quotient(amount: Decimal, divisor: Decimal) -> Decimal:
    """amount div divisor, rounded half down: it has 18 decimals more than the amount has more than the divisor.

    It has 18 at least. Zeros at the end of a number are no decimals of it; 2000 has three less than none.
    """
    if divisor == 1 or not amount:
        return amount
    decimals = max(_DECIMALS, _DECIMALS + _decimals_of(amount) - _decimals_of(divisor))
    shifted = EXACT.scaleb(amount, decimals)
    whole, rest = EXACT.divide_int(shifted, divisor), EXACT.remainder(shifted, divisor)
    if EXACT.multiply(rest.copy_abs(), Decimal(2)) > divisor.copy_abs():
        whole = EXACT.add(whole, Decimal(1 if (amount < 0) == (divisor < 0) else -1))
    return EXACT.scaleb(whole, -decimals)


def hundredth(amount: Decimal) -> Decimal:
    """amount div 100, which comes out even."""
    return EXACT.scaleb(amount, -2)


def _decimals_of(number: Decimal) -> int:
    exponent = EXACT.normalize(number).as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def is_within(tolerance: Decimal, expected: Decimal, stated: Decimal) -> bool:
    """Whether what is stated differs from what is expected by no more than the tolerance."""
    return EXACT.subtract(stated, expected).copy_abs() <= tolerance
