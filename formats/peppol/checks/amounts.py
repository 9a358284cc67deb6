"""Rules of Peppol BIS Billing 3 about allowances, charges, lines and prices: PEPPOL-EN16931-R040 to R046, R110 to R130.

XRechnung has the same rules, with a wider tolerance for the Hungarian forint and R120 as a warning.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from formats.checking import Check, Finding, Severity, check
from formats.en16931 import AllowanceCharge, Invoice, Line, LineAllowanceCharge, Period
from formats.en16931.checks.arithmetic import nearest, total_of
from formats.en16931.checks.groups import ALLOWANCES, CHARGES, LINE_ALLOWANCES, LINE_CHARGES, Where
from formats.en16931.money import HUNDRED, ZERO, product, quotient

TOLERANCE: Final = Decimal("0.02")
FORINT_TOLERANCE: Final = Decimal("0.5")
ONE: Final = Decimal(1)
Reduction = AllowanceCharge | LineAllowanceCharge
# Where allowances and charges stand, with the terms for amount, base amount and percentage.
_PLACES: Final = (
    (ALLOWANCES, "BT-92", "BT-93", "BT-94"),
    (CHARGES, "BT-99", "BT-100", "BT-101"),
    (LINE_ALLOWANCES, "BT-136", "BT-137", "BT-138"),
    (LINE_CHARGES, "BT-141", "BT-142", "BT-143"),
)


def tolerance_of(invoice: Invoice, widens: bool) -> Decimal:
    """How far an amount may be from its arithmetic. widens: whether it is wider for invoices in HUF."""
    return FORINT_TOLERANCE if widens and invoice.currency == "HUF" else TOLERANCE


def _reductions(invoice: Invoice) -> Iterator[tuple[str, str, Sequence[str], Reduction]]:
    """Every allowance and charge: its path, its name, its three terms, itself."""
    where: Where[AllowanceCharge] | Where[LineAllowanceCharge]
    for where, *terms in _PLACES:
        for positions, one in where.found(invoice):
            yield where.path_to(positions, ""), where.called(positions), terms, one


def amount_is_percentage_of_base(widens: bool) -> Check[Invoice]:
    """PEPPOL-EN16931-R040: amount = base x percentage, where both are stated."""

    def differs(invoice: Invoice) -> Iterator[Finding]:
        tolerance = tolerance_of(invoice, widens)
        for path, name, (amount_term, *_), one in _reductions(invoice):
            if one.percentage is None or one.base is None:
                continue
            expected = product(one.base, one.percentage) / HUNDRED
            if abs((one.amount or ZERO) - expected) > tolerance:
                yield Finding(
                    "PEPPOL-EN16931-R040",
                    f"{path}/{amount_term}",
                    f"{name} is {one.amount}, but {one.percentage} % of {one.base} is {expected.normalize():f}.",
                    "Correct the amount, its base or its percentage.",
                )

    return Check("PEPPOL-EN16931-R040", differs)


@check("PEPPOL-EN16931-R041")
def percentage_has_a_base(invoice: Invoice) -> Iterator[Finding]:
    """A base amount where a percentage is stated."""
    for path, name, (_, base_term, _), one in _reductions(invoice):
        if one.percentage is not None and one.base is None:
            message = f"{name} has a percentage of {one.percentage}, but not the amount it is taken of."
            yield Finding("PEPPOL-EN16931-R041", f"{path}/{base_term}", message, "State the base amount.")


@check("PEPPOL-EN16931-R042")
def base_has_a_percentage(invoice: Invoice) -> Iterator[Finding]:
    """A percentage where a base amount is stated."""
    for path, name, (_, _, percentage_term), one in _reductions(invoice):
        if one.base is not None and one.percentage is None:
            message = f"{name} has a base amount of {one.base}, but no percentage."
            fix = "State the percentage, or leave the base amount out."
            yield Finding("PEPPOL-EN16931-R042", f"{path}/{percentage_term}", message, fix)


@check("PEPPOL-EN16931-R046")
def net_price_is_gross_less_discount(invoice: Invoice) -> Iterator[Finding]:
    """BT-146 = BT-148 - BT-147, where a gross price is stated."""
    for position, line in enumerate(invoice.lines, 1):
        price = line.price
        if price is None or price.gross is None:
            continue
        discount = price.discount if price.discount is not None else ZERO
        if price.net != price.gross - discount:
            yield Finding(
                "PEPPOL-EN16931-R046",
                f"BG-25[{position}]/BG-29/BT-146",
                f"The net price in line {position} is {price.net}, but {price.gross} less {discount} is"
                f" {price.gross - discount}.",
                "Correct the net price, the gross price or the discount.",
            )


@check("PEPPOL-EN16931-R110")
def line_does_not_begin_before_the_invoice(invoice: Invoice) -> Iterator[Finding]:
    """BT-134 is not before BT-73."""
    for position, line_period, period in _periods(invoice):
        if line_period.start and period.start and line_period.start < period.start:
            yield Finding(
                "PEPPOL-EN16931-R110",
                f"BG-25[{position}]/BG-26/BT-134",
                f"The period of line {position} begins on {line_period.start}, that of the invoice on {period.start}.",
                "Widen the invoicing period, or correct that of the line.",
            )


@check("PEPPOL-EN16931-R111")
def line_does_not_end_after_the_invoice(invoice: Invoice) -> Iterator[Finding]:
    """BT-135 is not after BT-74."""
    for position, line_period, period in _periods(invoice):
        if line_period.end and period.end and line_period.end > period.end:
            yield Finding(
                "PEPPOL-EN16931-R111",
                f"BG-25[{position}]/BG-26/BT-135",
                f"The period of line {position} ends on {line_period.end}, that of the invoice on {period.end}.",
                "Widen the invoicing period, or correct that of the line.",
            )


def line_adds_up(widens: bool, severity: Severity) -> Check[Invoice]:
    """PEPPOL-EN16931-R120: BT-131 = quantity x price / base quantity + charges - allowances."""

    def differs(invoice: Invoice) -> Iterator[Finding]:
        tolerance = tolerance_of(invoice, widens)
        for position, line in enumerate(invoice.lines, 1):
            expected, stated = computed_net(line), line.net_amount or ZERO
            if abs(stated - expected) > tolerance:
                yield Finding(
                    "PEPPOL-EN16931-R120",
                    f"BG-25[{position}]/BT-131",
                    f"The net amount of line {position} is {stated}; quantity, price, allowances and charges come to"
                    f" {nearest(expected)}.",
                    "Correct the net amount, or what it is computed from.",
                    severity,
                )

    return Check("PEPPOL-EN16931-R120", differs)


def computed_net(line: Line) -> Decimal:
    """What a line comes to: a missing quantity counts as one, a missing price as nothing."""
    price = line.price
    base = price.base_quantity if price and price.base_quantity else ONE
    quantity = line.quantity if line.quantity is not None else ONE
    amount = product(quantity, quotient(price.net, base)) if price and price.net is not None else ZERO
    charges = nearest(total_of(one.amount for one in line.charges))
    return amount + charges - nearest(total_of(one.amount for one in line.allowances))


@check("PEPPOL-EN16931-R121")
def base_quantity_is_positive(invoice: Invoice) -> Iterator[Finding]:
    """BT-149 is above zero."""
    for position, line in enumerate(invoice.lines, 1):
        base = line.price.base_quantity if line.price else None
        if base is not None and base <= 0:
            yield Finding(
                "PEPPOL-EN16931-R121",
                f"BG-25[{position}]/BG-29/BT-149",
                f"The price in line {position} is for a quantity of {base}.",
                "State a base quantity above zero, or none: then the price is for one unit.",
            )


@check("PEPPOL-EN16931-R130")
def price_is_per_unit_of_the_line(invoice: Invoice) -> Iterator[Finding]:
    """BT-150 is the unit of the invoiced quantity (BT-130)."""
    for position, line in enumerate(invoice.lines, 1):
        unit = line.price.base_unit if line.price else None
        if unit is not None and line.quantity is not None and unit != line.unit:
            yield Finding(
                "PEPPOL-EN16931-R130",
                f"BG-25[{position}]/BG-29/BT-150",
                f"Line {position} counts in {line.unit}, its price is for a quantity in {unit}.",
                "State both in the same unit.",
            )


def _periods(invoice: Invoice) -> Iterator[tuple[int, Period, Period]]:
    """The periods of the lines, each beside that of the invoice, where both are stated."""
    period = invoice.delivery.period if invoice.delivery else None
    if period is not None:
        for position, line in enumerate(invoice.lines, 1):
            if line.period is not None:
                yield position, line.period, period
