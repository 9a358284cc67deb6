"""The VAT of an invoice: its total (BT-110, BT-111) and its breakdown (BG-23) (EN 16931-1 section 6.4)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from formats.en16931.money import ZERO
from formats.ubl.assertions import ROOT, Fail, pattern, rule
from formats.ubl.checks.amounts import EXACT, NOTHING, ONE, in_cents, percent_of, plain, total, whole
from formats.ubl.checks.claims import any_holds
from formats.ubl.checks.conditions import has_vat_category_code, is_in_document, is_vat
from formats.ubl.checks.decimals import two_decimals
from formats.ubl.tree import Element, Undecidable, decimal_of, normal, string_of

_TAXABLE: Final = "cbc:TaxableAmount"
_TAX: Final = "cbc:TaxAmount"
_TOTALS: Final = "cac:LegalMonetaryTotal"
_WITHOUT_VAT: Final = "cbc:TaxExclusiveAmount"
_WITH_VAT: Final = "cbc:TaxInclusiveAmount"
_DECIMALS: Final = {_TAXABLE: "BR-DEC-19", _TAX: "BR-DEC-20"}
NOT_SUBJECT_TO_VAT: Final = "O"


@rule(ROOT, asserts="BR-53")
def vat_total_in_accounting_currency(invoice: Element, fail: Fail) -> None:
    """BT-111 where BT-6 names an accounting currency."""
    for currency in invoice.named("cbc:TaxCurrencyCode"):
        code = string_of(currency)
        if not any(
            amount.get("currencyID") == code
            for tax_total in fail.document.named("cac:TaxTotal")
            for amount in tax_total.named(_TAX)
        ):
            fail("BR-53", invoice, currency=normal(code))
            return


@rule(ROOT, asserts="BR-CO-18")
def vat_is_broken_down(invoice: Element, fail: Fail) -> None:
    """At least one BG-23."""
    if not invoice.has("cac:TaxTotal", "cac:TaxSubtotal"):
        fail("BR-CO-18", invoice)


@rule(ROOT, asserts="BR-CO-15")
def total_with_vat_follows(invoice: Element, fail: Fail) -> None:
    """BT-112 = BT-109 + BT-110, and BT-110 is stated once."""
    currency = invoice.one("cbc:DocumentCurrencyCode")
    if currency is None:
        return
    bases = invoice.all(_TOTALS, _WITHOUT_VAT)
    try:
        vat = _vat_in(string_of(currency), invoice)
    except Undecidable:
        if bases:
            raise
        vat = []  # without a base nothing is computed, so that no value can be wrong for it
    expected = None
    if len(vat) == 1 and bases:
        if len(bases) > 1:
            raise Undecidable(bases[1], "the total without VAT is stated more than once")
        expected = in_cents(EXACT.add(decimal_of(bases[0]), vat[0]))
        if any(totals.decimal(_WITH_VAT) == expected for totals in invoice.all(_TOTALS)):
            return
    _with_vat_differs(invoice, expected, normal(string_of(currency)), vat, fail)


def _vat_in(currency: str, invoice: Element) -> list[Decimal]:
    """The total VAT of each group of totals that states one in a currency. Raises Undecidable."""
    found: list[Decimal] = []
    for tax_total in invoice.all("cac:TaxTotal"):
        amounts = [one for one in tax_total.named(_TAX) if one.get("currencyID") == currency]
        if len(amounts) > 1:
            raise Undecidable(amounts[1], f"the total VAT in {currency} is stated {len(amounts)} times")
        found.extend(decimal_of(one) for one in amounts)
    return found


def _with_vat_differs(
    invoice: Element, expected: Decimal | None, currency: str, vat: list[Decimal], fail: Fail
) -> None:
    """Tell of the total with VAT; of the total VAT where that is not stated once; of their group where both lack."""
    stated = invoice.all(_TOTALS, _WITH_VAT)
    about: dict[str, object] = {
        "base": _said(invoice.all(_TOTALS, _WITHOUT_VAT)),
        "vat": ", ".join(plain(one) for one in vat) or NOTHING,
        "stated": _said(stated),
        "currency": currency,
        "expected": NOTHING if expected is None else plain(expected),
    }
    if expected is not None:
        about["proposed"] = about["expected"]
    where = (stated or invoice.all(_TOTALS)) if len(vat) == 1 else ()
    fail("BR-CO-15", where[0] if where else invoice, **about)


def _said(amounts: Sequence[Element]) -> str:
    return normal(string_of(amounts[0])) if amounts else NOTHING


@rule("cac:TaxTotal", asserts="BR-CO-14", matches=is_in_document)
def breakdown_adds_up(vat: Element, fail: Fail) -> None:
    """BT-110 is the sum of all BT-117, where there is a breakdown below it."""
    breakdown = vat.all("cac:TaxSubtotal")
    if not breakdown:
        return
    stated = vat.decimal(_TAX)
    if stated is None:  # BR-CO-15 asks for it; here the sum is not looked at
        fail("BR-CO-14", vat, stated=NOTHING, expected=NOTHING)
        return
    expected = in_cents(total(one.decimal(_TAX) for one in breakdown))
    if stated != expected:
        fail("BR-CO-14", vat.first[_TAX], stated=plain(stated), expected=plain(expected), proposed=plain(expected))


def _is_in_tax_total(element: Element) -> bool:
    return element.lies_in("cac:TaxTotal")


@rule("cac:TaxSubtotal", asserts="BR-45 BR-46 BR-47 BR-48 BR-DEC-19 BR-DEC-20", matches=_is_in_tax_total)
def breakdown_is_complete(part: Element, fail: Fail) -> None:
    """BG-23: taxable amount (BT-116), tax (BT-117), category (BT-118), and rate (BT-119) where VAT applies."""
    if _TAXABLE not in part.first:
        fail("BR-45", part)
    if _TAX not in part.first:
        fail("BR-46", part)
    if not has_vat_category_code(part):
        fail("BR-47", part)
    categories = _vat_categories(part)
    if not any_holds(
        lambda: any(one.has("cbc:Percent") for one in categories),
        lambda: any(one.trimmed("cbc:ID") == NOT_SUBJECT_TO_VAT for one in categories),
    ):
        fail("BR-48", part)
    two_decimals(part, _DECIMALS, fail)


@rule("cac:TaxSubtotal", asserts="BR-CO-17", matches=_is_in_tax_total)
def tax_follows_from_its_rate(part: Element, fail: Fail) -> None:
    """BT-117 = BT-116 x BT-119, give or take less than 1; a rate or a tax below one half counts as 0."""
    tax = part.decimal(_TAX)
    if tax is None:
        fail("BR-CO-17", part, stated=NOTHING, rate=NOTHING, taxable=NOTHING, expected=NOTHING)
        return
    no_tax = whole(tax) == ZERO
    if not (no_tax or part.has(_TAXABLE)):
        _tax_differs(part, tax, None, None, fail)
        return
    rates = [rate for one in _vat_categories(part) if (rate := one.decimal("cbc:Percent")) is not None]
    if len(rates) > 1:
        raise Undecidable(part, "the VAT breakdown has more than one rate")
    if not rates or whole(rates[0]) == ZERO:
        if not no_tax:
            _tax_differs(part, tax, rates[0] if rates else None, ZERO, fail)
        return
    taxable = part.decimal(_TAXABLE)
    expected = None if taxable is None else percent_of(taxable.copy_abs(), rates[0])
    if expected is None or EXACT.subtract(tax.copy_abs(), expected).copy_abs() >= ONE:
        _tax_differs(part, tax, rates[0], expected, fail)


def _vat_categories(part: Element) -> list[Element]:
    return [one for one in part.all("cac:TaxCategory") if is_vat(one)]


def _tax_differs(part: Element, tax: Decimal, rate: Decimal | None, expected: Decimal | None, fail: Fail) -> None:
    taxable = part.first.get(_TAXABLE)
    about: dict[str, object] = {
        "stated": plain(tax),
        "rate": NOTHING if rate is None else plain(rate),
        "taxable": NOTHING if taxable is None else normal(string_of(taxable)),
    }
    if expected is None:
        about["expected"] = NOTHING
    else:
        about["expected"] = about["proposed"] = plain(expected)
    fail("BR-CO-17", part.first[_TAX], **about)


PATTERNS: Final = (
    pattern(vat_total_in_accounting_currency),
    pattern(vat_is_broken_down),
    pattern(total_with_vat_follows),
    pattern(breakdown_adds_up),
    pattern(breakdown_is_complete),
    pattern(tax_follows_from_its_rate),
)
