"""BG-23 VAT BREAKDOWN, computed: one row for each VAT category and rate (EN 16931-1 sections 6.4.3 and 6.5)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final, NamedTuple

from msgspec.structs import replace

from formats.en16931.invoice import Invoice, VatBreakdown
from formats.en16931.money import CENT, ZERO, percentage_of, rounded
from formats.en16931.provenance import Notes

# Categories that never carry tax (6.4.3): one breakdown row each, whatever rate the lines state.
UNTAXED: Final = frozenset({"Z", "E", "AE", "K", "G", "O"})
# Categories that allow one reason only, so that its code (VATEX) follows from the category.
REASON_OF: Final[Mapping[str, str]] = {
    "AE": "VATEX-EU-AE",
    "K": "VATEX-EU-IC",
    "G": "VATEX-EU-G",
    "O": "VATEX-EU-O",
}


class Kind(NamedTuple):
    """What one row of the VAT breakdown stands for."""

    category: str | None
    rate: Decimal | None

    def __str__(self) -> str:
        return f"{self.category} {self.rate} %" if self.rate is not None else str(self.category)


def kind_of(category: str | None, rate: Decimal | None) -> Kind:
    """The row of the VAT breakdown that a line, an allowance or a charge belongs to."""
    if category == "O":
        return Kind(category, None)
    return Kind(category, ZERO if category in UNTAXED else rate)


_UNKNOWN: Final = Kind(None, None)


def taxable_by_kind(invoice: Invoice) -> dict[Kind, Decimal] | None:
    """The taxable amount of each kind of VAT; None where a line, allowance or charge lacks its amount or category."""
    amounts: dict[Kind, Decimal] = {}
    parts = [
        (one.net_amount, kind_of(one.vat.category, one.vat.rate) if one.vat else _UNKNOWN) for one in invoice.lines
    ]
    parts += [(one.amount and -one.amount, kind_of(one.vat_category, one.vat_rate)) for one in invoice.allowances]
    parts += [(one.amount, kind_of(one.vat_category, one.vat_rate)) for one in invoice.charges]
    for amount, kind in parts:
        if amount is None or kind.category is None:
            return None
        amounts[kind] = amounts.get(kind, ZERO) + amount
    return amounts


def breakdown(invoice: Invoice, notes: Notes) -> tuple[VatBreakdown, ...]:
    """The stated rows with their missing amounts, or all rows where none is stated."""
    taxable = taxable_by_kind(invoice)
    if invoice.vat_breakdown:
        return tuple(
            _row(row, taxable or {}, f"BG-23[{position}]", notes)
            for position, row in enumerate(invoice.vat_breakdown, 1)
        )
    rows = [
        _new_row(kind, amount, f"BG-23[{position}]", notes)
        for position, (kind, amount) in enumerate((taxable or {}).items(), 1)
    ]
    if invoice.totals is not None and invoice.totals.vat is not None:
        _fit(rows, invoice.totals.vat, CENT * len(invoice.lines), notes)
    return tuple(rows)


def _row(row: VatBreakdown, taxable: Mapping[Kind, Decimal], path: str, notes: Notes) -> VatBreakdown:
    kind = kind_of(row.category, row.rate)
    if row.taxable is None and kind in taxable:
        notes.computed(f"{path}/BT-116", "sum of its lines and charges less its allowances")
        row = replace(row, taxable=taxable[kind])
    if row.tax is None and row.taxable is not None and (tax := _tax(kind, row.taxable)) is not None:
        notes.computed(f"{path}/BT-117", f"{row.rate or ZERO} % of {row.taxable}")
        row = replace(row, tax=tax)
    return row


def _new_row(kind: Kind, taxable: Decimal, path: str, notes: Notes) -> VatBreakdown:
    row = VatBreakdown(
        taxable=taxable,
        tax=_tax(kind, taxable),
        category=kind.category,
        rate=kind.rate,
        exemption_code=REASON_OF.get(kind.category or ""),
    )
    notes.computed(path, f"all lines, allowances and charges under VAT {kind}")
    notes.computed(f"{path}/BT-116", "sum of its lines and charges less its allowances")
    if row.tax is not None:
        notes.computed(f"{path}/BT-117", f"{kind.rate or ZERO} % of {taxable}")
    if row.exemption_code:
        notes.computed(f"{path}/BT-121", f"the only reason for VAT category {kind.category}")
    return row


def _tax(kind: Kind, taxable: Decimal) -> Decimal | None:
    """The tax of one kind; None where a taxed category has no rate."""
    if kind.category in UNTAXED:
        return rounded(ZERO)
    return None if kind.rate is None else percentage_of(taxable, kind.rate)


def _fit(rows: list[VatBreakdown], stated: Decimal, slack: Decimal, notes: Notes) -> None:
    """Let the largest taxed row carry the cents by which a stated BT-110, rounded line by line, differs (BR-CO-14).

    The rules allow a row less than 1.00 (BR-CO-17); more than a cent a line is not rounding and stays a finding.
    """
    difference = stated - sum((row.tax or ZERO for row in rows), ZERO)
    taxed = [at for at, row in enumerate(rows) if row.rate and row.tax is not None]
    if not taxed or not ZERO < abs(difference) <= min(slack, Decimal("0.99")):
        return
    at = max(taxed, key=lambda at: abs(rows[at].taxable or ZERO))
    row = rows[at]
    notes.computed(
        f"BG-23[{at + 1}]/BT-117", f"{row.rate} % of {row.taxable}, and {difference} to meet the stated BT-110"
    )
    rows[at] = replace(row, tax=(row.tax or ZERO) + difference)
