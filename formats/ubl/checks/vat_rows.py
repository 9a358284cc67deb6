"""What a row of the VAT breakdown (BG-23) says: numbers 08, 09 and 10 of every VAT category (EN 16931-1 6.4.3)."""

from decimal import Decimal
from functools import partial
from typing import Final

from formats.ubl.assertions import Fail, Pattern, pattern, rule
from formats.ubl.checks.amounts import EXACT, ONE, percent_of, plain
from formats.ubl.checks.claims import all_hold, any_holds
from formats.ubl.checks.doubles import is_within_one
from formats.ubl.checks.vat_categories import STANDARD, Reason, VatCategory, rules_numbered
from formats.ubl.checks.vat_sums import LINES, is_used_at, sum_under
from formats.ubl.checks.vat_uses import uses_of
from formats.ubl.tree import Document, Element, Undecidable

_TAXABLE: Final = "cbc:TaxableAmount"
_TAX: Final = "cbc:TaxAmount"
_REASONS: Final = ("cbc:TaxExemptionReason", "cbc:TaxExemptionReasonCode")


@rule("cac:TaxCategory", asserts=rules_numbered(8))
def taxable_amount(group: Element, fail: Fail) -> None:
    """Number 08: BT-116 is what lines, allowances and charges of the category add up to; of its rate if it is taxed."""
    found = _row(group, fail)
    if found is None:
        return
    category, row = found
    rate = None
    if category.is_taxed:
        rate = group.decimal("cbc:Percent")
        if rate is None or _is_near_sum(category, row, rate, fail.document):
            return
    elif _is_sum(category, row, fail.document):
        return
    values = {} if rate is None else {"rate": plain(rate)}
    fail(category.rule(8), row.first.get(_TAXABLE, row), **values, **_right_sum(category, rate, fail.document))


def _row(group: Element, fail: Fail) -> tuple[VatCategory, Element] | None:
    """The category of a row and the cac:TaxSubtotal that is the row."""
    category = fail.document.fact(uses_of).of_rows.get(group)
    return None if category is None or group.parent is None else (category, group.parent)


def _is_sum(category: VatCategory, row: Element, document: Document) -> bool:
    """To the cent; an invoice without lines has no sum."""

    def adds_up(lines: str) -> bool:
        stated = row.decimal(_TAXABLE) if document.named(lines) else None
        return stated is not None and sum_under(document, lines, category.code) == stated

    return any_holds(*(partial(adds_up, lines) for lines in LINES))


def _is_near_sum(category: VatCategory, row: Element, rate: Decimal, document: Document) -> bool:
    """Less than 1 apart. Category S wants a use of the rate, L and M a line of any kind."""

    def is_used(lines: str) -> bool:
        if category is STANDARD:
            return is_used_at(document, lines, category.code, rate)
        return bool(document.named(lines))

    def is_near(lines: str) -> bool:
        amount = sum_under(document, lines, category.code, rate)
        stated = row.one(_TAXABLE)
        return stated is not None and is_within_one(stated, amount)

    def adds_up(lines: str) -> bool:
        return all_hold(partial(is_used, lines), partial(is_near, lines))

    return any_holds(*(partial(adds_up, lines) for lines in LINES))


def _right_sum(category: VatCategory, rate: Decimal | None, document: Document) -> dict[str, str]:
    """What the explanation quotes: nothing, where a line cannot be added up."""
    lines = next((name for name in LINES if document.root.has(name)), LINES[0])
    try:
        right = plain(sum_under(document, lines, category.code, rate))
    except Undecidable:
        return {}
    return {"computed": right, "proposed": right}


@rule("cac:TaxCategory", asserts=rules_numbered(9))
def tax_amount(group: Element, fail: Fail) -> None:
    """Number 09: BT-117 is less than 1 away from the rate of BT-116; without tax it is 0."""
    found = _row(group, fail)
    if found is None:
        return
    category, row = found
    if not category.is_taxed:
        if row.decimal(_TAX) != 0:
            fail(category.rule(9), row.first.get(_TAX, row), proposed="0")
        return
    due = _due(group, row)
    tax = None if due is None else row.decimal(_TAX)
    if due is None or tax is None:
        fail(category.rule(9), row.first.get(_TAX, row))
    elif EXACT.abs(EXACT.subtract(EXACT.abs(tax), due)) >= ONE:
        right = plain(due.copy_sign(tax) if due > 0 else due)
        fail(category.rule(9), row.first.get(_TAX, row), computed=right, proposed=right)


def _due(group: Element, row: Element) -> Decimal | None:
    """The tax on the taxable amount without its sign, None where a value is absent. Raises Undecidable.

    An absent tax amount ends the comparison before the other values are read.
    """
    if row.decimal(_TAX) is None:
        return None
    base, rate = row.decimal(_TAXABLE), group.decimal("cbc:Percent")
    return None if base is None or rate is None else percent_of(EXACT.abs(base), rate)


@rule("cac:TaxCategory", asserts=rules_numbered(10))
def exemption_reason(group: Element, fail: Fail) -> None:
    """Number 10: BT-120 or BT-121 where no tax is due for a reason, and neither where there is none."""
    category = fail.document.fact(uses_of).of_rows.get(group)
    if category is None:
        return
    stated = next((group.first[name] for name in _REASONS if group.has(name)), None)
    if (stated is not None) != (category.reason is Reason.NEEDED):
        fail(category.rule(10), group if stated is None else stated)


PATTERNS: tuple[Pattern, ...] = (pattern(taxable_amount), pattern(tax_amount), pattern(exemption_reason))
