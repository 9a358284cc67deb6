"""Rules that one VAT category has for itself: BR-IC-11 and -12, BR-O-11 to -14, BR-B-01 and -02 (EN 16931-1 6.4.3)."""

from formats.ubl.assertions import ROOT, Fail, Pattern, pattern, rule
from formats.ubl.checks.vat_categories import INTRA_COMMUNITY, OUTSIDE, SPLIT_PAYMENT, STANDARD
from formats.ubl.checks.vat_uses import Codes, Uses, uses_of
from formats.ubl.tree import Element, string_of

_ITALY = "IT"
_COUNTRY_OF_DELIVERY = (
    "cac:Delivery",
    "cac:DeliveryLocation",
    "cac:Address",
    "cac:Country",
    "cbc:IdentificationCode",
)


@rule(ROOT, asserts="BR-IC-11")
def intra_community_supply_is_dated(invoice: Element, fail: Fail) -> None:
    """BT-72 or anything in BG-14, where the VAT breakdown has category K."""
    row = fail.document.fact(uses_of).rows.vat.get(INTRA_COMMUNITY.code)
    if row is None or any(period.first for period in invoice.all("cac:InvoicePeriod")):
        return
    if len(invoice.string("cac:Delivery", "cbc:ActualDeliveryDate")) <= 1:
        fail("BR-IC-11", row)


@rule(ROOT, asserts="BR-IC-12")
def intra_community_supply_has_a_destination(invoice: Element, fail: Fail) -> None:
    """BT-80, where the VAT breakdown has category K."""
    row = fail.document.fact(uses_of).rows.vat.get(INTRA_COMMUNITY.code)
    if row is not None and len(invoice.string(*_COUNTRY_OF_DELIVERY)) <= 1:
        fail("BR-IC-12", row)


@rule(ROOT, asserts="BR-O-11 BR-O-12 BR-O-13 BR-O-14")
def outside_the_scope_stands_alone(_: Element, fail: Fail) -> None:
    """No other category of VAT beside O in the VAT breakdown: in its rows, in lines, allowances and charges."""
    uses = fail.document.fact(uses_of)
    if OUTSIDE.code not in uses.rows.vat:
        return
    places = {"BR-O-11": uses.rows, "BR-O-12": uses.items, "BR-O-13": uses.allowances, "BR-O-14": uses.charges}
    for assertion, place in places.items():
        other = next((code for code in place.vat if code != OUTSIDE.code), None)
        if other is not None:
            fail(assertion, place.vat[other], category=other)


@rule(ROOT, asserts="BR-B-01")
def split_payment_is_domestic(_: Element, fail: Fail) -> None:
    """Category B only where every country in the invoice is Italy."""
    if not fail.document.fact(uses_of).state(SPLIT_PAYMENT):
        return
    for country in fail.document.named("cbc:IdentificationCode"):
        if string_of(country) != _ITALY:
            fail("BR-B-01", country)
            return


@rule(ROOT, asserts="BR-B-02")
def split_payment_excludes_standard_rate(_: Element, fail: Fail) -> None:
    """Categories B and S do not meet in the rows, the lines, the allowances and charges of an invoice."""
    uses = fail.document.fact(uses_of)
    standard = _stated(uses, STANDARD.code)
    if standard is not None and _stated(uses, SPLIT_PAYMENT) is not None:
        fail("BR-B-02", standard)


def _stated(uses: Uses, code: str) -> Element | None:
    places: tuple[Codes, ...] = (uses.items, uses.rows, uses.document_parts)
    return next((place.exact[code] for place in places if code in place.exact), None)


PATTERNS: tuple[Pattern, ...] = (
    pattern(intra_community_supply_is_dated),
    pattern(intra_community_supply_has_a_destination),
    pattern(outside_the_scope_stands_alone),
    pattern(split_payment_is_domestic),
    pattern(split_payment_excludes_standard_rate),
)
