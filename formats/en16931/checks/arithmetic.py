"""What must add up: BR-CO-10 to BR-CO-17 (EN 16931-1 section 6.4.2), as the official rule set 1.3.16 computes it.

Sums are exact to the cent; the tax of a VAT category may differ from rate x base by less than 1.00. A missing total
makes the rules that need it fail, as it does there.
"""

from collections.abc import Iterable, Iterator
from decimal import ROUND_FLOOR, Decimal
from typing import Final

from formats.checking import Finding, check
from formats.en16931.checks.groups import NO_TOTALS
from formats.en16931.invoice import Invoice, VatBreakdown
from formats.en16931.money import CENT, HUNDRED, ZERO

HALF: Final = Decimal("0.5")
ONE: Final = Decimal(1)
TOLERANCE: Final = ONE


def nearest(amount: Decimal, unit: Decimal = CENT) -> Decimal:
    """The amount rounded to a multiple of `unit`, halves upwards: XPath `round`, where -2.5 becomes -2."""
    return (amount / unit + HALF).to_integral_value(ROUND_FLOOR) * unit


def total_of(amounts: Iterable[Decimal | None]) -> Decimal:
    """The sum of the amounts that are there."""
    return sum((amount for amount in amounts if amount is not None), ZERO)


def says(amount: Decimal | None) -> str:
    """What the invoice says, for a message."""
    return "does not say" if amount is None else f"says {amount}"


@check("BR-CO-10")
def lines_add_up(invoice: Invoice) -> Iterator[Finding]:
    """BT-106 = the sum of all BT-131."""
    stated = (invoice.totals or NO_TOTALS).line_net
    total = total_of(line.net_amount for line in invoice.lines)
    if stated is None or stated != nearest(total):
        yield Finding(
            "BR-CO-10",
            "BG-22/BT-106",
            f"The lines add up to {total}, the invoice {says(stated)}.",
            "Correct the sum of the line net amounts, or the line that is wrong.",
        )


@check("BR-CO-11")
def allowances_add_up(invoice: Invoice) -> Iterator[Finding]:
    """BT-107 = the sum of all BT-92."""
    stated = (invoice.totals or NO_TOTALS).allowances
    total = total_of(one.amount for one in invoice.allowances)
    if (invoice.allowances and stated is None) or (stated is not None and stated != nearest(total)):
        yield Finding(
            "BR-CO-11",
            "BG-22/BT-107",
            f"The allowances of the document add up to {total}, the invoice {says(stated)}.",
            "Correct the sum of the allowances, or the allowance that is wrong.",
        )


@check("BR-CO-12")
def charges_add_up(invoice: Invoice) -> Iterator[Finding]:
    """BT-108 = the sum of all BT-99."""
    stated = (invoice.totals or NO_TOTALS).charges
    total = total_of(one.amount for one in invoice.charges)
    if (invoice.charges and stated is None) or (stated is not None and stated != nearest(total)):
        yield Finding(
            "BR-CO-12",
            "BG-22/BT-108",
            f"The charges of the document add up to {total}, the invoice {says(stated)}.",
            "Correct the sum of the charges, or the charge that is wrong.",
        )


@check("BR-CO-13")
def total_without_vat_adds_up(invoice: Invoice) -> Iterator[Finding]:
    """BT-109 = BT-106 - BT-107 + BT-108."""
    totals = invoice.totals or NO_TOTALS
    if totals.line_net is None:
        expected = None
    elif totals.allowances is None and totals.charges is None:
        expected = totals.line_net
    else:
        expected = nearest(totals.line_net - (totals.allowances or ZERO) + (totals.charges or ZERO))
    if expected is None or totals.without_vat != expected:
        come_to = "cannot be added up" if expected is None else f"less allowances plus charges come to {expected}"
        yield Finding(
            "BR-CO-13",
            "BG-22/BT-109",
            f"The lines {come_to}; as total without VAT the invoice {says(totals.without_vat)}.",
            "Correct the total without VAT, or the sums of lines, allowances and charges.",
        )


@check("BR-CO-14")
def total_vat_adds_up(invoice: Invoice) -> Iterator[Finding]:
    """BT-110 = the sum of all BT-117."""
    stated = invoice.totals.vat if invoice.totals else None
    total = total_of(row.tax for row in invoice.vat_breakdown)
    if invoice.vat_breakdown and stated is not None and stated != nearest(total):
        yield Finding(
            "BR-CO-14",
            "BG-22/BT-110",
            f"The rows of the VAT breakdown add up to {total}, the invoice says {stated}.",
            "Compute the tax of each VAT category on the sum of its lines, and the total as the sum of those taxes.",
        )


@check("BR-CO-15")
def total_with_vat_adds_up(invoice: Invoice) -> Iterator[Finding]:
    """BT-112 = BT-109 + BT-110."""
    totals = invoice.totals or NO_TOTALS
    if invoice.currency is None:
        return
    if totals.vat is None:
        yield Finding(
            "BR-CO-15",
            "BG-22/BT-110",
            f"The invoice does not state the total VAT in {invoice.currency}.",
            "State the total VAT, also where it is 0.00.",
        )
    elif totals.without_vat is None or totals.with_vat != nearest(totals.without_vat + totals.vat):
        yield Finding(
            "BR-CO-15",
            "BG-22/BT-112",
            f"Total without VAT and VAT come to {(totals.without_vat or ZERO) + totals.vat},"
            f" the invoice {says(totals.with_vat)}.",
            "Correct the total with VAT, the total without VAT or the VAT.",
        )


@check("BR-CO-16")
def amount_due_adds_up(invoice: Invoice) -> Iterator[Finding]:
    """BT-115 = BT-112 - BT-113 + BT-114."""
    totals = invoice.totals or NO_TOTALS
    rounding = totals.rounding or ZERO
    if totals.with_vat is None:
        yield Finding(
            "BR-CO-16",
            "BG-22/BT-115",
            "The amount due cannot follow from the total with VAT, which is missing.",
            "State the total with VAT.",
        )
        return
    to_pay = totals.with_vat if totals.paid is None else nearest(totals.with_vat - totals.paid)
    due = totals.due if totals.due is None or totals.rounding is None else nearest(totals.due - rounding)
    if due != to_pay:
        yield Finding(
            "BR-CO-16",
            "BG-22/BT-115",
            f"Total with VAT less what is paid plus rounding comes to {to_pay + rounding},"
            f" as amount due the invoice {says(totals.due)}.",
            "Correct the amount due, the total with VAT, the paid amount or the rounding.",
        )


@check("BR-CO-17")
def tax_follows_from_rate(invoice: Invoice) -> Iterator[Finding]:
    """BT-117 = BT-116 x BT-119 / 100, give or take less than 1.00; a rate that rounds to 0 means no tax."""
    for position, row in enumerate(invoice.vat_breakdown, 1):
        if row.rate is not None and nearest(row.rate, ONE) != 0:
            right = is_close(row)
        else:
            right = row.tax is not None and nearest(row.tax, ONE) == 0
        if not right:
            yield Finding(
                "BR-CO-17",
                f"BG-23[{position}]/BT-117",
                f"{row.rate or ZERO} % of {row.taxable} is {computed_tax(row)}, the VAT breakdown {says(row.tax)}.",
                "Correct the tax, the rate or the taxable amount of this VAT category.",
            )


def computed_tax(row: VatBreakdown) -> Decimal:
    """Rate x base in cents, by amount without sign: what the official rules compare a stated tax with."""
    return nearest(abs(row.taxable or ZERO) * (row.rate or ZERO) / HUNDRED)


def is_close(row: VatBreakdown) -> bool:
    """Whether the stated tax is less than 1.00 away from rate x base."""
    if row.tax is None or row.taxable is None or row.rate is None:
        return False
    return abs(abs(row.tax) - computed_tax(row)) < TOLERANCE
