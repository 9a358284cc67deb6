"""The rules that all VAT categories share, BR-S-01 to BR-AG-10 (EN 16931-1 section 6.4.3).

Every function here is one rule for all categories of `vat_categories.py`. A category that a document does not use is
not looked at. Where the official rules differ between categories in what they overlook (a blank beside the code, a
tax scheme other than VAT) the difference is kept, and named.
"""

from formats.ubl.assertions import ROOT, Fail, Pattern, pattern, rule
from formats.ubl.checks import vat_rows, vat_special
from formats.ubl.checks.allowance_charges import indicators_are_decided
from formats.ubl.checks.doubles import is_not_negative, is_positive
from formats.ubl.checks.vat_categories import (
    CANARY_ISLANDS,
    OUTSIDE,
    STANDARD,
    Rate,
    VatCategory,
    rules_numbered,
)
from formats.ubl.checks.vat_parties import agree
from formats.ubl.checks.vat_uses import Uses, uses_of
from formats.ubl.tree import Element, decimal_of


@rule(ROOT, asserts=rules_numbered())
def categories_can_be_told(_: Element, fail: Fail) -> None:
    """One code a category, one a tax scheme, and indicators that are true or false."""
    indicators_are_decided(fail.document)
    trouble = fail.document.fact(uses_of).trouble
    if trouble is not None:
        raise trouble


@rule(ROOT, asserts=rules_numbered(1))
def categories_are_broken_down(_: Element, fail: Fail) -> None:
    """Number 01: what lines, allowances and charges are under has a row in BG-23; without tax it is one row."""
    uses = fail.document.fact(uses_of)
    for category in uses.used:
        used = _first_use(category, uses)
        if category.is_taxed:
            if not _has_rows_as_used(category, uses, used):
                fail(category.rule(1), used or uses.rows.any[category.code], category=category.code)
        else:
            rows = uses.row_count[category.code]
            if rows != 1 and (used is not None or rows):
                where = used or uses.rows.vat[category.code]
                fail(category.rule(1), where, category=category.code, rows=rows)


def _first_use(category: VatCategory, uses: Uses) -> Element | None:
    """What calls for a row: for the taxed categories a line, an allowance or a charge, else any use at all."""
    code = category.code
    if category is STANDARD:
        return uses.items.any.get(code) or uses.parts.any.get(code)
    used = uses.items.vat.get(code) or uses.parts.vat.get(code)
    return used if category.is_taxed else used or uses.elsewhere.vat.get(code)


def _has_rows_as_used(category: VatCategory, uses: Uses, used: Element | None) -> bool:
    """Whether a taxed category has rows where it is used and none where it is not.

    Category S is not asked for its tax scheme; L and M are, but must be written without blanks in the row they need.
    """
    if category is STANDARD:
        return (category.code in uses.rows.any) == (used is not None)
    if used is None:
        return category.code not in uses.rows.vat
    return category.code in (uses.rows.exact if category is CANARY_ISLANDS else uses.rows.exact_vat)


@rule(ROOT, asserts=rules_numbered(2))
def parties_suit_lines(_: Element, fail: Fail) -> None:
    """Number 02: the parties state the identifiers that a line of the category calls for."""
    uses = fail.document.fact(uses_of)
    for category in uses.used:
        used = uses.items.vat.get(category.code)
        if used is None and category is STANDARD and category.code in uses.items.any:
            fail(category.rule(2), uses.items.any[category.code])
        elif used is not None and not agree(fail.document, category.parties):
            fail(category.rule(2), used)


@rule(ROOT, asserts=rules_numbered(3))
def parties_suit_allowances(_: Element, fail: Fail) -> None:
    """Number 03: the same for an allowance (BG-20)."""
    uses = fail.document.fact(uses_of)
    for category in uses.used:
        allowances = uses.document_allowances if category is OUTSIDE else uses.allowances
        used = allowances.vat.get(category.code)
        if used is not None and not agree(fail.document, category.parties):
            fail(category.rule(3), used)


@rule(ROOT, asserts=rules_numbered(4))
def parties_suit_charges(_: Element, fail: Fail) -> None:
    """Number 04: the same for a charge (BG-21); L with blanks around it is overlooked."""
    uses = fail.document.fact(uses_of)
    for category in uses.used:
        charges = uses.document_charges if category is OUTSIDE else uses.charges
        used = (charges.exact_vat if category is CANARY_ISLANDS else charges.vat).get(category.code)
        if used is not None and not agree(fail.document, category.parties):
            fail(category.rule(4), used)


@rule("cac:ClassifiedTaxCategory", asserts=rules_numbered(5))
def rate_of_line(group: Element, fail: Fail) -> None:
    """Number 05: BT-152 is as the category has it."""
    category = fail.document.fact(uses_of).of_lines.get(group)
    if category is not None and not _rate_is_right(group, category):
        fail(category.rule(5), group.first.get("cbc:Percent", group))


@rule("cac:TaxCategory", asserts=rules_numbered(6, 7))
def rate_of_allowance_or_charge(group: Element, fail: Fail) -> None:
    """Numbers 06 and 07: BT-96 and BT-103."""
    category, is_allowance = fail.document.fact(uses_of).of_parts.get(group, (None, False))
    if category is not None and not _rate_is_right(group, category):
        fail(category.rule(6 if is_allowance else 7), group.first.get("cbc:Percent", group))


def _rate_is_right(group: Element, category: VatCategory) -> bool:
    rate = category.rate
    if rate is Rate.NONE:
        return not group.has("cbc:Percent")
    if rate is Rate.ZERO:
        stated = group.one("cbc:Percent")
        return stated is not None and decimal_of(stated) == 0
    is_right = is_positive if rate is Rate.ABOVE_ZERO else is_not_negative
    return any(map(is_right, group.named("cbc:Percent")))


PATTERNS: tuple[Pattern, ...] = (
    pattern(categories_can_be_told),
    pattern(categories_are_broken_down),
    pattern(parties_suit_lines),
    pattern(parties_suit_allowances),
    pattern(parties_suit_charges),
    pattern(rate_of_line),
    pattern(rate_of_allowance_or_charge),
    *vat_rows.PATTERNS,
    *vat_special.PATTERNS,
)
