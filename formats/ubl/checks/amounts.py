"""Arithmetic as the official rules do it: exact however long the numbers are, and half a cent goes up."""

from collections.abc import Iterable
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, ROUND_HALF_DOWN, ROUND_HALF_UP, Context, Decimal
from typing import Final

from formats.en16931.money import CENT, ZERO

ONE: Final = Decimal(1)
# No sum, difference or product of decimals is rounded. Never divide with it: a third would have no end.
EXACT: Final = Context(prec=MAX_PREC, Emax=MAX_EMAX, Emin=MIN_EMIN)
NOTHING: Final = "—"
"""What an explanation quotes where no amount is stated: a sign that needs no translation."""


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """The sum of those that are stated."""
    added = ZERO
    for one in amounts:
        if one is not None:
            added = EXACT.add(added, one)
    return added


def in_cents(amount: Decimal) -> Decimal:
    """round(amount * 100) div 100: 1.005 is 1.01 and -1.005 is -1.00."""
    return _rounded(amount, CENT)


def whole(amount: Decimal) -> Decimal:
    """round(amount): 0.5 is 1 and -0.5 is 0."""
    return _rounded(amount, ONE)


def _rounded(amount: Decimal, unit: Decimal) -> Decimal:
    return amount.quantize(unit, ROUND_HALF_DOWN if amount.is_signed() else ROUND_HALF_UP, EXACT)


def percent_of(base: Decimal, rate: Decimal) -> Decimal:
    """`rate` percent of `base` in cents."""
    return in_cents(EXACT.multiply(base, rate.scaleb(-2, EXACT)))


def plain(amount: Decimal) -> str:
    """An amount as people write it: `1250.50`, never `1.2505E+3`."""
    return f"{amount:f}"
