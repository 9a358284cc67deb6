"""Every amount in cents, as BR-DEC-01 to BR-DEC-28 demand; and an invoice as whole numbers of cents."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, TypeVar

from msgspec.structs import replace

from formats.en16931.invoice import AllowanceCharge, Invoice, Totals
from formats.en16931.line import Line, LineAllowanceCharge
from formats.en16931.money import decimals_of, rounded
from formats.en16931.rounding.proposal import NoRounding
from formats.en16931.terms import number_of

Part = TypeVar("Part", AllowanceCharge, LineAllowanceCharge)

_TWO: Final = 2
# The totals that are sums; what was paid and what is due are facts, and the rounding amount follows from them.
_SUMS: Final = ("line_net", "allowances", "charges", "without_vat", "vat", "with_vat", "rounding")
# The totals without which nothing can be computed: field and term.
_NEEDED: Final = (
    ("line_net", "BT-106"),
    ("without_vat", "BT-109"),
    ("vat", "BT-110"),
    ("with_vat", "BT-112"),
    ("due", "BT-115"),
)


def lacking(invoice: Invoice) -> NoRounding | None:
    """The first value without which no total can be judged; or one that cannot be said in cents and must not change."""
    absent = next((path for path, amount in _needed(invoice) if amount is None), None)
    if absent is not None:
        return NoRounding(absent, f"{number_of(absent)} is missing; nothing can be said of rounding without it.")
    totals = invoice.totals or Totals()
    for term, name, amount in (("BT-113", "paid amount", totals.paid), ("BT-115", "amount due", totals.due)):
        if amount is not None and amount != rounded(amount):
            return NoRounding(f"BG-22/{term}", f"The {name} {amount:f} is itself not in cents, and must not change.")
    return None


def _needed(invoice: Invoice) -> Iterator[tuple[str, Decimal | None]]:
    totals = invoice.totals or Totals()
    yield from ((f"BG-22/{term}", getattr(totals, field)) for field, term in _NEEDED)
    yield from ((f"BG-25[{at}]/BT-131", line.net_amount) for at, line in enumerate(invoice.lines, 1))
    yield from ((f"BG-20[{at}]/BT-92", one.amount) for at, one in enumerate(invoice.allowances, 1))
    yield from ((f"BG-21[{at}]/BT-99", one.amount) for at, one in enumerate(invoice.charges, 1))
    yield from ((f"BG-23[{at}]/BT-116", row.taxable) for at, row in enumerate(invoice.vat_breakdown, 1))
    yield from ((f"BG-23[{at}]/BT-117", row.tax) for at, row in enumerate(invoice.vat_breakdown, 1))


def in_cents(invoice: Invoice) -> Invoice:
    """The invoice with every amount rounded half up to two decimals; what has them already stays as it is."""
    totals = invoice.totals or Totals()
    sums = {field: _cents(getattr(totals, field)) for field in (*_SUMS, "paid", "due")}
    return replace(
        invoice,
        lines=tuple(_line(line) for line in invoice.lines),
        allowances=tuple(_part(one) for one in invoice.allowances),
        charges=tuple(_part(one) for one in invoice.charges),
        vat_breakdown=tuple(
            row
            if _is_fine(row.taxable) and _is_fine(row.tax)
            else replace(row, taxable=_cents(row.taxable), tax=_cents(row.tax))
            for row in invoice.vat_breakdown
        ),
        totals=replace(totals, **sums),
    )


def _line(line: Line) -> Line:
    if not line.allowances and not line.charges:
        return line if _is_fine(line.net_amount) else replace(line, net_amount=_cents(line.net_amount))
    return replace(
        line,
        net_amount=_cents(line.net_amount),
        allowances=tuple(_part(one) for one in line.allowances),
        charges=tuple(_part(one) for one in line.charges),
    )


def _part(one: Part) -> Part:
    if _is_fine(one.amount) and _is_fine(one.base):
        return one
    return replace(one, amount=_cents(one.amount), base=_cents(one.base))


def _is_fine(amount: Decimal | None) -> bool:
    return amount is None or decimals_of(amount) <= _TWO


def _cents(amount: Decimal | None) -> Decimal | None:
    return amount if amount is None or decimals_of(amount) <= _TWO else rounded(amount)


def count(amount: Decimal | None) -> int:
    """An amount in cents as a whole number of them, an absent one as none."""
    return 0 if amount is None else int(amount.scaleb(_TWO))


def amount_of(cents: int) -> Decimal:
    """So many cents as an amount with two decimals."""
    return Decimal(cents).scaleb(-_TWO)
