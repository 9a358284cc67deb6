"""Amounts: decimals, rounded half up, never a binary float (EN 16931-1 section 6.5.2 and annex on rounding)."""

from contextlib import AbstractContextManager
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

ZERO = Decimal(0)
CENT = Decimal("0.01")
HUNDRED = Decimal(100)

# Readers take at most 40 digits on each side of the point. Wide enough that no product of a price, a quantity and a
# rate of that size is rounded before we round it ourselves, or is too wide to be rounded at all.
_WIDE = Context(prec=250, rounding=ROUND_HALF_UP)


def rounded(amount: Decimal, digits: int = 2) -> Decimal:
    """The amount rounded half up (away from zero) to `digits` decimals."""
    return amount.quantize(Decimal(1).scaleb(-digits), context=_WIDE)


def decimals_of(amount: Decimal) -> int:
    """How many decimals an amount is written with: `1.50` has two."""
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def percentage_of(base: Decimal, rate: Decimal) -> Decimal:
    """`rate` percent of `base`, rounded to two decimals."""
    return rounded(_WIDE.divide(_WIDE.multiply(base, rate), HUNDRED))


def product(price: Decimal, quantity: Decimal) -> Decimal:
    """Price times quantity without rounding."""
    return _WIDE.multiply(price, quantity)


def quotient(amount: Decimal, divisor: Decimal) -> Decimal:
    """Amount divided by a divisor that is not zero, to 250 significant digits."""
    return _WIDE.divide(amount, divisor)


def exactly() -> AbstractContextManager[Context]:
    """A block in which `+`, `-` and `*` of amounts are exact, and nothing is rounded before we round it ourselves."""
    return localcontext(_WIDE)
