"""Amounts as exports write them: 12.3400 is 12.34, and EN 16931 wants to see no more than two decimals of it.

A database column of four decimals is exported with four, whatever stands in it. Zeros behind the second decimal are
taken away; an amount that has something there (12.345) stays as it is, and BR-DEC says so. Prices, quantities and rates
may have as many decimals as they like. What is UBL or FatturaPA already is never touched.
"""

import re
from decimal import Decimal
from typing import Final, TypeVar

import msgspec

from formats.en16931.terms import terms_of

_DECIMALS: Final = 2
# EN 16931-1 section 6.5.2, as the rules BR-DEC-01 to BR-DEC-28 name them.
AMOUNTS: Final = frozenset(
    {
        *("BT-92", "BT-93", "BT-99", "BT-100"),
        *("BT-106", "BT-107", "BT-108", "BT-109", "BT-110", "BT-111", "BT-112", "BT-113", "BT-114", "BT-115"),
        *("BT-116", "BT-117", "BT-131", "BT-136", "BT-137", "BT-141", "BT-142"),
    }
)
_ZERO_BEHIND: Final = re.compile(rb"\.[0-9]{2,}0(?![0-9])")
Shape = TypeVar("Shape", bound=msgspec.Struct)


def without_zeros(amount: Decimal) -> Decimal:
    """The same value without zeros behind the second decimal; exactly, however many digits it has."""
    sign, digits, exponent = amount.as_tuple()
    if not isinstance(exponent, int) or exponent >= -_DECIMALS:
        return amount
    too_many = -_DECIMALS - exponent
    if any(digits[-too_many:]):
        return amount
    return Decimal((sign, digits[:-too_many] or (0,), -_DECIMALS))


def may_have_zeros(content: bytes) -> bool:
    """Whether a number with a zero behind the second decimal stands anywhere in a file: most files have none."""
    return _ZERO_BEHIND.search(content) is not None


def with_plain_amounts(group: Shape, numbers: tuple[tuple[str, str], ...] = ()) -> Shape:
    """The same group, and all groups below it, with amounts that have no zeros behind the second decimal."""
    changed: dict[str, object] = {}
    for term in terms_of(type(group), numbers):
        value = getattr(group, term.field)
        if term.number in AMOUNTS and isinstance(value, Decimal):
            changed[term.field] = without_zeros(value)
        elif term.group is not None and value:
            below = (with_plain_amounts(one, term.numbers) for one in (value if term.repeats else (value,)))
            changed[term.field] = tuple(below) if term.repeats else next(below)
    return msgspec.structs.replace(group, **changed) if changed else group
