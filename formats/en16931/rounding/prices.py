"""Prices and percentages with the decimals that were rounded away (BT-146, BT-94, BT-101, BT-138, BT-143).

EN 16931 limits the decimals of amounts, never those of prices and percentages (EN 16931-1 section 6.5.2). So 3000 x
0.33 that came to 1000.00 is lawfully said as 3000 x 0.33333. The finer number must be the stated one when it is rounded
or cut to its decimals: anything else were another price. SDI takes eight decimals; where they are too few, the price is
said for all units at once (BT-149).
"""

from decimal import Decimal
from typing import Final, TypeVar

from msgspec.structs import replace

from formats.en16931.invoice import AllowanceCharge
from formats.en16931.line import Line, LineAllowanceCharge, Price
from formats.en16931.money import CENT, HUNDRED, ZERO, decimals_of, quotient, rounded

Part = TypeVar("Part", AllowanceCharge, LineAllowanceCharge)

MOST_DECIMALS: Final = 8
ONE: Final = Decimal(1)
TWO_CENTS: Final = Decimal("0.02")


def changes_of(line: Line) -> Decimal:
    """Charges less allowances of a line."""
    charges = sum((one.amount for one in line.charges if one.amount is not None), ZERO)
    return charges - sum((one.amount for one in line.allowances if one.amount is not None), ZERO)


def expected_net(line: Line) -> Decimal | None:
    """BT-129 x BT-146 / BT-149 + charges - allowances, not rounded; None where it cannot be told."""
    price, quantity = line.price, line.quantity
    if price is None or price.net is None or quantity is None:
        return None
    amount = price.net * quantity
    return (quotient(amount, price.base_quantity) if price.base_quantity else amount) + changes_of(line)


def finer_price(line: Line, net: Decimal, unit: Decimal) -> Price | None:
    """The price by which a line comes to `net`; None where no price near the stated one does.

    unit: a price counts as near as well while it moves the line by no more than this, where amounts have no decimals
    """
    price, quantity = line.price, line.quantity
    if price is None or price.net is None or not quantity:
        return None
    base, wanted = price.base_quantity or ONE, net - changes_of(line)
    exact = quotient(wanted * base, quantity)
    if base < 0 or exact < 0 or not _is_near_price(price, exact, quantity / base, unit):
        return None
    for digits in _finer_than(price.net):
        finer = rounded(exact, digits)
        if rounded(quotient(finer * quantity, base)) == wanted:
            is_near = _is_near_price(price, finer, quantity / base, unit)
            return _with_net(price, finer) if is_near else None
    return _of_all_units(line, price, wanted if quantity > 0 else -wanted, abs(quantity))


def _finer_than(stated: Decimal) -> range:
    """Numbers of decimals to try, those of the stated number first; it may have more of them than SDI takes."""
    own = decimals_of(stated)
    return range(own, max(own, MOST_DECIMALS) + 1)


def _is_near_price(price: Price, finer: Decimal, units: Decimal, unit: Decimal) -> bool:
    stated = price.net or ZERO
    return is_near_price(price, finer) or (unit > CENT and abs((finer - stated) * units) <= unit)


def is_near_price(price: Price, finer: Decimal) -> bool:
    """Whether a net price is the stated one, rounded or cut."""
    return price.net is not None and _is_near(price.net, finer, last_of(price))


def last_of(price: Price) -> Decimal:
    """A one at the last decimal that a net price is exact to: that of gross price and discount where it comes of them.

    Never less exact than cents: 8.4 is 8.40.
    """
    made_of = (price.net,) if price.gross is None or price.discount is None else (price.gross, price.discount)
    digits = min(decimals_of(one.normalize()) for one in made_of if one is not None)
    return ONE.scaleb(-max(2, digits))


def _is_near(stated: Decimal, finer: Decimal, last: Decimal) -> bool:
    """Whether the finer number is the stated one when it is rounded or cut. last: a one at the last decimal of that."""
    return -last / 2 <= finer - stated < last


def _with_net(price: Price, net: Decimal) -> Price:
    """Gross price less discount stays the net price (PEPPOL-EN16931-R046)."""
    if price.gross is None:
        return replace(price, net=net)
    if price.discount is None and price.gross == price.net:
        return replace(price, net=net, gross=net)
    discount, stated = price.gross - net, price.discount or ZERO
    if discount < 0 or decimals_of(price.gross.normalize()) < decimals_of(stated.normalize()):
        return replace(price, net=net, gross=net + stated)
    return replace(price, net=net, discount=discount)


def _of_all_units(line: Line, price: Price, net: Decimal, units: Decimal) -> Price | None:
    if price.gross is not None or price.discount is not None:
        return None
    return replace(price, net=net, base_quantity=units, base_unit=line.unit)


def with_consistent_gross(price: Price) -> Price | None:
    """The price with a discount that is gross less net; None where that is no matter of the last decimal."""
    if price.gross is None or price.net is None or price.gross - (price.discount or ZERO) == price.net:
        return price
    stated, discount = price.discount or ZERO, price.gross - price.net
    fewest = min(decimals_of(stated), decimals_of(price.net)) if price.discount is not None else decimals_of(price.net)
    if discount < 0 or abs(discount - stated) > ONE.scaleb(-max(2, fewest)):
        return None
    return replace(price, discount=discount)


def finer_percentage(part: Part, unit: Decimal) -> Part | None:
    """The allowance or charge whose percentage of its base is its amount, to two cents (PEPPOL-EN16931-R040).

    None where no percentage near the stated one makes the amount: rounded or cut, it is that one, of which one decimal
    counts at least. unit: as with prices.
    """
    if part.base is None or part.percentage is None or part.amount is None:
        return part
    difference = abs(part.base * part.percentage / HUNDRED - part.amount)
    if difference <= TWO_CENTS:
        return part
    if part.base == 0:
        return None
    exact = quotient(part.amount * HUNDRED, part.base)
    last = ONE.scaleb(-max(1, decimals_of(part.percentage.normalize())))
    for digits in _finer_than(part.percentage):
        finer = rounded(exact, digits)
        if rounded(part.base * finer / HUNDRED) == part.amount:
            is_near = _is_near(part.percentage, finer, last) or (unit > CENT and difference <= unit)
            return replace(part, percentage=finer) if is_near else None
    return None
