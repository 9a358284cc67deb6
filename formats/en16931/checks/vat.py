"""The rules that all VAT categories share, BR-S-01 to BR-AG-10 (EN 16931-1 section 6.4.3).

Every function here is one rule for all categories of `vat_categories.py`; `VAT` holds it once for each, under the
official id.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from formats.checking import Check, Finding
from formats.en16931.checks.arithmetic import TOLERANCE, is_close, says
from formats.en16931.checks.groups import ALLOWANCES, CHARGES, Where
from formats.en16931.checks.vat_categories import CATEGORIES, Reason, VatCategory
from formats.en16931.invoice import AllowanceCharge, Invoice, VatBreakdown
from formats.en16931.money import ZERO

Rule = Callable[[Invoice, VatCategory], Iterator[Finding]]


def in_lines(invoice: Invoice, code: str) -> bool:
    """Whether a line is under this category."""
    return any(line.vat is not None and line.vat.category == code for line in invoice.lines)


def in_parts(invoice: Invoice, code: str) -> bool:
    """Whether an allowance or a charge of the document is under this category."""
    return any(one.vat_category == code for one in invoice.allowances + invoice.charges)


def rows_of(invoice: Invoice, code: str) -> list[tuple[int, VatBreakdown]]:
    """The rows of this category in the VAT breakdown, each with its position."""
    return [(position, row) for position, row in enumerate(invoice.vat_breakdown, 1) if row.category == code]


def broken_down(invoice: Invoice, category: VatCategory) -> Iterator[Finding]:
    """Number 01: what lines, allowances and charges are under has a row in BG-23, and nothing else has."""
    rows = len(rows_of(invoice, category.code))
    used = in_lines(invoice, category.code) or in_parts(invoice, category.code)
    if category.is_taxed:
        right, how = (rows > 0) == used, "at least one row" if used else "no row"
    else:
        right, how = rows == 1 or not (used or rows), "exactly one row"
    if not right:
        yield Finding(
            category.rule(1),
            "BG-23",
            f"VAT category {category.code} ({category.name}) is {'' if used else 'not '}used in the invoice,"
            f" and the VAT breakdown has {rows} rows for it.",
            f"Give the VAT breakdown {how} for category {category.code}.",
        )


def parties_of_lines(invoice: Invoice, category: VatCategory) -> Iterator[Finding]:
    """Number 02: the parties state the identifiers that a line of the category calls for."""
    if in_lines(invoice, category.code):
        yield from _parties(invoice, category, 2, "a line")


def parties_of_allowances(invoice: Invoice, category: VatCategory) -> Iterator[Finding]:
    """Number 03: the same for an allowance (BG-20)."""
    if any(one.vat_category == category.code for one in invoice.allowances):
        yield from _parties(invoice, category, 3, "an allowance")


def parties_of_charges(invoice: Invoice, category: VatCategory) -> Iterator[Finding]:
    """Number 04: the same for a charge (BG-21)."""
    if any(one.vat_category == category.code for one in invoice.charges):
        yield from _parties(invoice, category, 4, "a charge")


def _parties(invoice: Invoice, category: VatCategory, number: int, what: str) -> Iterator[Finding]:
    missing = category.parties(invoice)
    if missing is not None:
        yield Finding(
            category.rule(number),
            missing.path,
            f"{what.capitalize()} is under VAT category {category.code} ({category.name}), but {missing.message}.",
            missing.fix,
        )


def rate_of_lines(invoice: Invoice, category: VatCategory) -> Iterator[Finding]:
    """Number 05: BT-152 fits the category."""
    for position, line in enumerate(invoice.lines, 1):
        vat = line.vat
        if vat is not None and vat.category == category.code and not category.rate.allows(vat.rate):
            path = f"BG-25[{position}]/BG-30/BT-152"
            yield _wrong_rate(category, 5, path, f"Line {position}", vat.rate)


def rate_of_allowances(invoice: Invoice, category: VatCategory) -> Iterator[Finding]:
    """Number 06: BT-96 fits the category."""
    yield from _rate_of_parts(invoice, category, 6, ALLOWANCES, "BT-96")


def rate_of_charges(invoice: Invoice, category: VatCategory) -> Iterator[Finding]:
    """Number 07: BT-103 fits the category."""
    yield from _rate_of_parts(invoice, category, 7, CHARGES, "BT-103")


def _rate_of_parts(
    invoice: Invoice, category: VatCategory, number: int, where: Where[AllowanceCharge], term: str
) -> Iterator[Finding]:
    for positions, one in where.found(invoice):
        if one.vat_category == category.code and not category.rate.allows(one.vat_rate):
            path = where.path_to(positions, term)
            yield _wrong_rate(category, number, path, where.called(positions), one.vat_rate)


def _wrong_rate(category: VatCategory, number: int, path: str, what: str, rate: Decimal | None) -> Finding:
    stated = "no VAT rate" if rate is None else f"the VAT rate {rate}"
    return Finding(
        category.rule(number),
        path,
        f"{what} states {stated} under category {category.code} ({category.name}), which has {category.rate.value}.",
        f"State {category.rate.value}, or another category.",
    )


def taxable_amount(invoice: Invoice, category: VatCategory) -> Iterator[Finding]:
    """Number 08: BT-116 = lines + charges - allowances of the category; with a rate: of that rate, within 1.00."""
    for position, row in rows_of(invoice, category.code):
        if category.is_taxed:
            wrong = row.rate is not None and not _meets_rate(invoice, category, row)
        else:
            wrong = row.taxable is None or row.taxable != _sum(invoice, category.code)
        if wrong:
            at = f" at {row.rate} %" if category.is_taxed else ""
            total = _sum(invoice, category.code, row.rate if category.is_taxed else None)
            yield Finding(
                category.rule(8),
                f"BG-23[{position}]/BT-116",
                f"Lines and charges less allowances under category {category.code}{at} add up to {total},"
                f" the VAT breakdown {says(row.taxable)}.",
                "Correct the taxable amount, or the category and rate of the lines.",
            )


def _meets_rate(invoice: Invoice, category: VatCategory, row: VatBreakdown) -> bool:
    if row.taxable is None or not (category.code != "S" or _rate_is_used(invoice, row.rate)):
        return False
    return abs(row.taxable - _sum(invoice, category.code, row.rate)) < TOLERANCE


def _rate_is_used(invoice: Invoice, rate: Decimal | None) -> bool:
    """Whether something is under the standard rate at this very rate."""
    lines = (line.vat for line in invoice.lines if line.vat is not None)
    return any(vat.category == "S" and vat.rate == rate for vat in lines) or any(
        one.vat_category == "S" and one.vat_rate == rate for one in invoice.allowances + invoice.charges
    )


def _sum(invoice: Invoice, code: str, rate: Decimal | None = None) -> Decimal:
    """Lines + charges - allowances under a category, at one rate or (None) at any."""
    total = ZERO
    for line in invoice.lines:
        vat = line.vat
        if vat is not None and vat.category == code and (rate is None or vat.rate == rate):
            total += line.net_amount or ZERO
    for sign, parts in ((1, invoice.charges), (-1, invoice.allowances)):
        for one in parts:
            if one.vat_category == code and (rate is None or one.vat_rate == rate):
                total += sign * (one.amount or ZERO)
    return total


def tax_amount(invoice: Invoice, category: VatCategory) -> Iterator[Finding]:
    """Number 09: BT-117 is 0, or where there is a rate follows from it within 1.00."""
    for position, row in rows_of(invoice, category.code):
        if not (is_close(row) if category.is_taxed else row.tax is not None and row.tax == ZERO):
            due = f"{row.rate} % of {row.taxable}" if category.is_taxed else "0"
            yield Finding(
                category.rule(9),
                f"BG-23[{position}]/BT-117",
                f"The tax under category {category.code} is {due}, the VAT breakdown {says(row.tax)}.",
                "Correct the tax amount, or the category.",
            )


def exemption_reason(invoice: Invoice, category: VatCategory) -> Iterator[Finding]:
    """Number 10: BT-120 or BT-121 where no tax is due for a reason, and neither where there is none."""
    for position, row in rows_of(invoice, category.code):
        stated = row.exemption_reason or row.exemption_code
        if bool(stated) != (category.reason is Reason.NEEDED):
            states = f"states the reason {stated!r}" if stated else "states none"
            yield Finding(
                category.rule(10),
                f"BG-23[{position}]/BT-120",
                f"Category {category.code} ({category.name}) {category.reason.value} an exemption reason;"
                f" row {position} of the VAT breakdown {states}.",
                "Leave out the reason, or choose another category."
                if stated
                else "State why no tax is due, in words (BT-120) or as a VATEX code (BT-121).",
            )


def _for_each_category(number: int, rule: Rule) -> Iterator[Check[Invoice]]:
    for category in CATEGORIES:

        def of_this(invoice: Invoice, category: VatCategory = category) -> Iterator[Finding]:
            return rule(invoice, category)

        yield Check(category.rule(number), of_this)


RULES: Final[tuple[Rule, ...]] = (
    broken_down,
    parties_of_lines,
    parties_of_allowances,
    parties_of_charges,
    rate_of_lines,
    rate_of_allowances,
    rate_of_charges,
    taxable_amount,
    tax_amount,
    exemption_reason,
)
VAT: Final = tuple(one for number, rule in enumerate(RULES, 1) for one in _for_each_category(number, rule))
