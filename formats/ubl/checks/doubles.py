"""Comparisons that XPath makes in binary: where a rule does not say xs:decimal, a value beside a whole number is taken
for an xs:double (XPath 2.0 sections 3.4 and 3.5.2).

`(cbc:Percent) > 0` and `cbc:TaxableAmount - 1` are such. They are followed to the last bit, but with whole numbers: a
float appears nowhere.
"""

import re
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Final

from formats.ubl.checks.amounts import EXACT, ONE
from formats.ubl.lexical import BLANKS, DECIMAL
from formats.ubl.tree import Element, Undecidable, string_of

_DOUBLE = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE]([+-]?[0-9]+))?")
_WORDS: Final = frozenset({"INF", "+INF", "-INF", "NaN"})
# A double has 53 binary digits, the last of them worth at least 2^-1074; it ends below 2^1024.
_DIGITS: Final = 53
_LOWEST: Final = -1074
_HIGHEST: Final = 1024
# Half the smallest double: what is not above it is 0 as a double.
_VANISHING: Final = Decimal("2.4703282292062327E-324")
# An exponent of more digits than these makes any number 0 or infinite.
_FAR: Final = 6
# More than the rounding to a double can amount to, as a share of the amount.
_SLACK: Final = Decimal("1E-15")


def is_positive(element: Element) -> bool:
    """element > 0. Saxon calls `NaN` neither smaller nor equal, and so greater. Raises Undecidable."""
    return _compared(element)[0]


def is_not_negative(element: Element) -> bool:
    """element >= 0: `-0` is a whole number and equals 0, but `-0.0` lies below it. Raises Undecidable."""
    return _compared(element)[1]


def _compared(element: Element) -> tuple[bool, bool]:
    """Whether it is above 0, and whether it is not below."""
    compared = _compared_text(string_of(element).strip(BLANKS))
    if compared is None:
        raise _no_number(element)
    return compared


@lru_cache(maxsize=256)
def _compared_text(text: str) -> tuple[bool, bool] | None:
    """The same of a text, None where it is no double. Thousands of lines state the same rate."""
    read = _read(text)
    if read is None:
        return None
    sign, digits, exponent = read
    if digits in _WORDS:
        return digits != "-INF", digits != "-INF"
    if sign == "-":
        return False, not (digits.strip("0") or exponent)
    return _is_above(digits, exponent, _VANISHING), True


def is_within_one(element: Element, amount: Decimal) -> bool:
    """xs:decimal(element - 1) < amount < xs:decimal(element + 1). Raises Undecidable."""
    text = string_of(element).strip(BLANKS)
    if DECIMAL.fullmatch(text) is not None:
        stated = Decimal(text)
        apart = EXACT.abs(EXACT.subtract(stated, amount))
        slack = EXACT.multiply(_SLACK, EXACT.add(EXACT.abs(stated), ONE))
        if EXACT.abs(EXACT.subtract(apart, ONE)) > slack:
            return apart < ONE
    double, exact = _double(element), Fraction(amount)
    return _nearest(double - 1, element) < exact < _nearest(double + 1, element)


def _read(text: str) -> tuple[str, str, str] | None:
    """Sign, digits and exponent of an xs:double; its words stand in place of the digits."""
    matched = _DOUBLE.fullmatch(text)
    if matched is not None:
        return matched[1], matched[2], matched[3] or ""
    return ("", text, "") if text in _WORDS else None


def _no_number(element: Element) -> Undecidable:
    return Undecidable(element, f"“{string_of(element).strip(BLANKS)[:60]}” is not a number")


def _is_far(exponent: str) -> bool:
    return len(exponent.lstrip("+-0")) > _FAR


def _is_above(digits: str, exponent: str, least: Decimal) -> bool:
    mantissa = Decimal(digits)
    if not mantissa or _is_far(exponent):
        return bool(mantissa) and not exponent.startswith("-")
    return mantissa.scaleb(int(exponent or "0"), EXACT) > least


def _double(element: Element) -> Fraction:
    read = _read(string_of(element).strip(BLANKS))
    if read is None or read[1] in _WORDS:
        raise _no_number(element)
    sign, digits, exponent = read
    mantissa = Decimal(f"{sign}{digits}")
    if not mantissa or (_is_far(exponent) and exponent.startswith("-")):
        return Fraction(0)
    if _is_far(exponent):
        raise Undecidable(element, "the amount is too large")
    return _nearest(Fraction(mantissa.scaleb(int(exponent or "0"), EXACT)), element)


def _nearest(value: Fraction, element: Element) -> Fraction:
    """The double next to a number; of two that are as near, the even one."""
    if not value:
        return value
    size = abs(value)
    # The lengths give the power of two in it, or one too many.
    power = size.numerator.bit_length() - size.denominator.bit_length()
    if Fraction(2) ** power > size:
        power -= 1
    if power >= _HIGHEST:
        raise Undecidable(element, "the amount is too large")
    unit = Fraction(2) ** max(power + 1 - _DIGITS, _LOWEST)
    return round(value / unit) * unit
