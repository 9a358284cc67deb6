"""Computes what an export left out: line net amounts, BG-23 and BG-22 (EN 16931-1 section 6.5 and annex A).

A stated value is never changed, and nothing is computed from guesses: where an ingredient is missing, the value
stays absent and the checks say what is needed. Amounts are rounded half up to two decimals, each exactly once:
a line by itself, the tax of a VAT category on the sum of its lines, the total VAT as the sum of those taxes.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final, TypeVar

from msgspec.structs import replace

from formats.en16931.breakdown import breakdown
from formats.en16931.invoice import AllowanceCharge, Invoice, Totals
from formats.en16931.line import Line, LineAllowanceCharge, Price
from formats.en16931.money import ZERO, percentage_of, product, quotient, rounded
from formats.en16931.provenance import Notes, Provenance

Part = TypeVar("Part", AllowanceCharge, LineAllowanceCharge)


def completed(invoice: Invoice, provenance: Provenance) -> tuple[Invoice, Provenance]:
    """The invoice with the amounts that follow from the stated ones; the provenance says which were computed and how.

    Meant for exports that are free to leave totals out. A document in a format that demands them is checked as it is.
    """
    notes = Notes()
    invoice = replace(
        invoice,
        lines=tuple(_line(line, f"BG-25[{position}]", notes) for position, line in enumerate(invoice.lines, 1)),
        allowances=tuple(_amounts(invoice.allowances, "BG-20", "BT-92", notes)),
        charges=tuple(_amounts(invoice.charges, "BG-21", "BT-99", notes)),
    )
    invoice = replace(invoice, vat_breakdown=breakdown(invoice, notes))
    invoice = replace(invoice, totals=_totals(invoice, notes))
    return invoice, provenance.having(notes.places)


def line_net_amount(line: Line) -> Decimal | None:
    """BT-131 = BT-129 x BT-146 / BT-149 + charges - allowances; None where one of them is missing."""
    price = line.price
    if price is None or price.net is None or line.quantity is None or price.base_quantity == 0:
        return None
    charges, allowances = _sum(one.amount for one in line.charges), _sum(one.amount for one in line.allowances)
    if charges is None or allowances is None:
        return None
    amount = product(price.net, line.quantity)
    return rounded((quotient(amount, price.base_quantity) if price.base_quantity else amount) + charges - allowances)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, None where one of them is missing."""
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _line(line: Line, path: str, notes: Notes) -> Line:
    """The line with its net amount, its net price and the amounts of its allowances and charges."""
    if line.net_amount is not None:
        return line
    line = replace(
        line,
        price=_price(line.price, f"{path}/BG-29", notes),
        allowances=tuple(_amounts(line.allowances, f"{path}/BG-27", "BT-136", notes)),
        charges=tuple(_amounts(line.charges, f"{path}/BG-28", "BT-141", notes)),
    )
    net = line_net_amount(line)
    if net is None or line.price is None:
        return line
    words = f"{line.quantity} x {line.price.net}"
    words += f" / {line.price.base_quantity}" if line.price.base_quantity else ""
    words += " + charges" if line.charges else ""
    words += " - allowances" if line.allowances else ""
    notes.computed(f"{path}/BT-131", words)
    return replace(line, net_amount=net)


def _price(price: Price | None, path: str, notes: Notes) -> Price | None:
    if price is None or price.net is not None or price.gross is None:
        return price
    notes.computed(f"{path}/BT-146", f"{price.gross} - {price.discount or ZERO}")
    return replace(price, net=price.gross - (price.discount or ZERO))


def _amounts(parts: tuple[Part, ...], group: str, term: str, notes: Notes) -> Iterable[Part]:
    """The allowances or charges, each with its amount where base and percentage give it."""
    for position, part in enumerate(parts, 1):
        if part.amount is None and part.base is not None and part.percentage is not None:
            notes.computed(f"{group}[{position}]/{term}", f"{part.percentage} % of {part.base}")
            yield replace(part, amount=percentage_of(part.base, part.percentage))
        else:
            yield part


def _total_before_vat(_: Invoice, totals: Totals) -> Decimal | None:
    if totals.line_net is None:
        return None
    return totals.line_net - (totals.allowances or ZERO) + (totals.charges or ZERO)


def _total_with_vat(_: Invoice, totals: Totals) -> Decimal | None:
    return None if totals.without_vat is None or totals.vat is None else totals.without_vat + totals.vat


def _amount_due(_: Invoice, totals: Totals) -> Decimal | None:
    if totals.with_vat is None:
        return None
    return totals.with_vat - (totals.paid or ZERO) + (totals.rounding or ZERO)


def _sum_of_some(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, None where there is nothing to add up or one of the amounts is missing."""
    several = tuple(amounts)
    return _sum(several) if several else None


# In the order in which they build on each other: field, term, how it is computed in words and as a function.
TOTALS: Final[tuple[tuple[str, str, str, Callable[[Invoice, Totals], Decimal | None]], ...]] = (
    ("line_net", "BT-106", "sum of BT-131", lambda invoice, _: _sum_of_some(x.net_amount for x in invoice.lines)),
    ("allowances", "BT-107", "sum of BT-92", lambda invoice, _: _sum_of_some(x.amount for x in invoice.allowances)),
    ("charges", "BT-108", "sum of BT-99", lambda invoice, _: _sum_of_some(x.amount for x in invoice.charges)),
    ("without_vat", "BT-109", "BT-106 - BT-107 + BT-108", _total_before_vat),
    ("vat", "BT-110", "sum of BT-117", lambda invoice, _: _sum_of_some(x.tax for x in invoice.vat_breakdown)),
    ("with_vat", "BT-112", "BT-109 + BT-110", _total_with_vat),
    ("due", "BT-115", "BT-112 - BT-113 + BT-114", _amount_due),
)


def _totals(invoice: Invoice, notes: Notes) -> Totals | None:
    """BG-22 with every amount that follows from the others."""
    totals = invoice.totals or Totals()
    for field, term, words, compute in TOTALS:
        if getattr(totals, field) is None and (amount := compute(invoice, totals)) is not None:
            totals = replace(totals, **{field: rounded(amount)})
            notes.computed(f"BG-22/{term}", words)
    return None if totals == Totals() else totals
