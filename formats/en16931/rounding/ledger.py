"""The sums of an invoice as whole numbers of cents: what they are computed from, and what is stated."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from formats.en16931.breakdown import UNTAXED, Kind, kind_of, taxable_by_kind
from formats.en16931.invoice import Invoice, Totals
from formats.en16931.money import HUNDRED, ZERO, rounded
from formats.en16931.rounding.bound import is_rounded_to_coins, units_of_slack
from formats.en16931.rounding.cents import amount_of, count
from formats.en16931.rounding.proposal import Demands, NoRounding

# BR-CO-17, BR-S-08, BR-S-09: less than 1.00.
LESS_THAN_ONE: Final = 99


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the VAT breakdown.

    parts:    what lines, allowances and charges of its kind come to
    taxable, tax: as stated (BT-116, BT-117)
    """

    kind: Kind
    rate: Decimal
    is_taxed: bool
    parts: int
    taxable: int
    tax: int

    @property
    def tolerance(self) -> int:
        """By how many cents taxable amount and tax may differ from what they are computed from."""
        if not self.is_taxed:
            return 0
        # A rate below one half counts as none, and so does a tax (BR-CO-17).
        return LESS_THAN_ONE if self.rate * 2 >= 1 else LESS_THAN_ONE // 2

    def tax_on(self, taxable: int, unit: int = 1) -> int:
        """Its rate of a taxable amount, rounded half up by amount without sign."""
        if not self.is_taxed:
            return 0
        due = int(rounded(Decimal(abs(taxable)) * self.rate / HUNDRED / unit, 0)) * unit
        return due if taxable >= 0 else -due


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that must add up.

    lines, allowances, charges: what they come to; the names with `stated` are BG-22. None: neither stated nor needed
    unit:   of the amounts, in cents: 100 in a currency without decimals
    slack:  how many cents may be rounding
    tax_tolerance: by how much a tax may differ from its rate
    """

    rows: tuple[Row, ...]
    lines: int
    allowances: int
    charges: int
    stated_lines: int
    stated_allowances: int | None
    stated_charges: int | None
    stated_without_vat: int
    stated_vat: int
    stated_with_vat: int
    stated_rounding: int | None
    paid: int
    due: int
    currency: str | None
    unit: int
    slack: int
    tax_tolerance: int

    def may_round(self, rounding: int) -> bool:
        """Whether a rounding amount (BT-114) is a matter of rounding."""
        if abs(rounding - (self.stated_rounding or 0)) <= self.slack:
            return True
        return is_rounded_to_coins(self.currency, amount_of(self.due), amount_of(rounding))


def ledger_of(invoice: Invoice, demands: Demands, unit: Decimal) -> Ledger | NoRounding:
    """The ledger of an invoice that is in cents and lacks nothing."""
    totals = invoice.totals or Totals()
    rows = _rows(invoice)
    if isinstance(rows, NoRounding):
        return rows
    has_allowances = bool(invoice.allowances) or totals.allowances is not None
    has_charges = bool(invoice.charges) or totals.charges is not None
    return Ledger(
        rows=rows,
        lines=sum(count(line.net_amount) for line in invoice.lines),
        allowances=sum(count(one.amount) for one in invoice.allowances),
        charges=sum(count(one.amount) for one in invoice.charges),
        stated_lines=count(totals.line_net),
        stated_allowances=count(totals.allowances) if has_allowances else None,
        stated_charges=count(totals.charges) if has_charges else None,
        stated_without_vat=count(totals.without_vat),
        stated_vat=count(totals.vat),
        stated_with_vat=count(totals.with_vat),
        stated_rounding=None if totals.rounding is None else count(totals.rounding),
        paid=count(totals.paid),
        due=count(totals.due),
        currency=invoice.currency,
        unit=count(unit),
        slack=count(unit) * units_of_slack(invoice),
        tax_tolerance=count(demands.tax),
    )


def _rows(invoice: Invoice) -> tuple[Row, ...] | NoRounding:
    parts = taxable_by_kind(invoice)
    if parts is None:
        return NoRounding("BG-25", "A line, an allowance or a charge has no VAT category: state it.")
    stated = [kind_of(row.category, row.rate) for row in invoice.vat_breakdown]
    times = Counter(stated)
    for position, kind in enumerate(stated, 1):
        if times[kind] > 1:
            return NoRounding(f"BG-23[{position}]", f"The VAT breakdown has several rows for {kind}.")
        if kind.category not in UNTAXED and kind.rate is None:
            return NoRounding(f"BG-23[{position}]/BT-119", "A row of the VAT breakdown has no rate: state it.")
    unknown = next((kind for kind in parts if kind not in times), None)
    if unknown is not None:
        return NoRounding("BG-23", f"The VAT breakdown has no row for {unknown}.")
    return tuple(
        Row(
            kind=kind,
            rate=kind.rate or ZERO,
            is_taxed=kind.category not in UNTAXED,
            parts=count(parts.get(kind, ZERO)),
            taxable=count(row.taxable),
            tax=count(row.tax),
        )
        for kind, row in zip(stated, invoice.vat_breakdown, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Gap:
    """A stated amount beside what the invoice itself makes of it. limit: by how many cents it may differ."""

    path: str
    name: str
    stated: int
    computed: int
    limit: int = 0

    @property
    def size(self) -> int:
        """By how many cents it differs."""
        return abs(self.stated - self.computed)


def gaps(ledger: Ledger) -> Iterator[Gap]:
    """What is stated and what follows from the other stated values, rule by rule."""
    one = ledger
    yield Gap("BG-22/BT-106", "the sum of the lines", one.stated_lines, one.lines)
    yield Gap("BG-22/BT-107", "the sum of the allowances", one.stated_allowances or 0, one.allowances)
    yield Gap("BG-22/BT-108", "the sum of the charges", one.stated_charges or 0, one.charges)
    without_vat = one.stated_lines - (one.stated_allowances or 0) + (one.stated_charges or 0)
    yield Gap("BG-22/BT-109", "the total without VAT", one.stated_without_vat, without_vat)
    for position, row in enumerate(one.rows, 1):
        at, due = f"BG-23[{position}]", row.tax_on(row.taxable)
        yield Gap(f"{at}/BT-116", f"the taxable amount of {row.kind}", row.taxable, row.parts, row.tolerance)
        yield Gap(f"{at}/BT-117", f"the tax of {row.kind}", row.tax, due, min(row.tolerance, one.tax_tolerance))
    yield Gap("BG-22/BT-110", "the total VAT", one.stated_vat, sum(row.tax for row in one.rows))
    yield Gap("BG-22/BT-112", "the total with VAT", one.stated_with_vat, one.stated_without_vat + one.stated_vat)
    due = one.stated_with_vat - one.paid + (one.stated_rounding or 0)
    yield Gap("BG-22/BT-115", "the amount due", one.due, due)


def explained(ledger: Ledger) -> NoRounding:
    """Why nothing within rounding makes this ledger right: its largest gap."""
    gap = max((one for one in gaps(ledger) if one.size > one.limit), key=lambda one: one.size, default=None)
    slack = amount_of(ledger.slack)
    if gap is None or gap.size <= ledger.slack:
        reason = f"No lawful change within rounding ({slack} in this invoice) makes all sums right at once."
        return NoRounding(gap.path if gap else "BG-22", reason)
    return NoRounding(
        gap.path,
        f"{gap.name[0].upper()}{gap.name[1:]} is stated as "
        f"{amount_of(gap.stated)} and comes to {amount_of(gap.computed)}: {amount_of(gap.size)} is more than rounding "
        f"explains ({slack}: {amount_of(ledger.unit)} for each line, allowance, charge and row of the VAT breakdown).",
    )
