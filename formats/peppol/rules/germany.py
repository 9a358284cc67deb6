"""Rules of Germany, written once under the names of XRechnung 3.0.2; Peppol has them under names of its own.

BR-DE-1 of XRechnung, for every invoice that follows it, is DE-R-001 of Peppol, for those between two addresses in
Germany. How invoices are paid there is in `german_payment`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from formats.peppol.rules import german_payment
from formats.peppol.rules.billing import is_between_germans
from formats.peppol.rules.comparisons import is_stated, says
from formats.peppol.rules.countries import BUYER, SELLER, TAX_REPRESENTATIVE, below_root, is_invoice, where
from formats.peppol.rules.evaluation import either
from formats.peppol.rules.naming import under_names
from formats.peppol.rules.numbers import are_digits
from formats.ubl.assertions import ROOT, Fail, Pattern, Rule, pattern, rule
from formats.ubl.tree import Element, normal, string_of

TYPE_CODES: Final = ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode")
TYPES: Final = ("326", "380", "384", "389", "381", "875", "876", "877")
CORRECTED: Final = "384"
VAT_CATEGORIES: Final = ("S", "Z", "E", "AE", "K", "G", "L", "M")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")


@rule(ROOT, asserts="BR-DE-15 BR-DE-17 BR-DE-26", matches=is_invoice)
def document(invoice: Element, fail: Fail) -> None:
    """The buyer reference (BT-10), the type (BT-3), and what a corrected invoice corrects (BG-3)."""
    if not is_stated(invoice.named("cbc:BuyerReference")):
        fail("BR-DE-15", invoice.first.get("cbc:BuyerReference", invoice))
    stated = next((one for name in TYPE_CODES for one in invoice.named(name)), invoice)
    if not _is_one_of(invoice, TYPES):
        fail("BR-DE-17", stated, allowed=", ".join(TYPES))
    names_another = invoice.has("cac:BillingReference", "cac:InvoiceDocumentReference")
    if not names_another and _is_one_of(invoice, (CORRECTED,)):
        fail("BR-DE-26", stated)


def _is_one_of(invoice: Element, types: tuple[str, ...]) -> bool:
    invoice_code, credit_note_code = TYPE_CODES
    return either(lambda: invoice.trimmed(invoice_code) in types, lambda: invoice.trimmed(credit_note_code) in types)


@rule(ROOT, asserts="BR-DE-16", matches=is_invoice)
def seller_is_known_to_the_tax_office(invoice: Element, fail: Fail) -> None:
    """BT-31, BT-32 or BG-11 where VAT is charged or waived."""
    seller = invoice.all(SELLER, "cac:Party", "cac:PartyTaxScheme", "cbc:CompanyID")
    if TAX_REPRESENTATIVE in invoice.first or is_stated(seller):
        return
    used = next((one for one in _categories(invoice) if string_of(one) in VAT_CATEGORIES), None)
    if used is not None:
        group = next(iter(invoice.all(SELLER, "cac:Party")), invoice)
        fail("BR-DE-16", group, category=string_of(used))


def _categories(invoice: Element) -> Iterator[Element]:
    """The VAT categories of allowances and charges (BT-95, BT-102) and of lines (BT-151)."""
    for one in invoice.named("cac:AllowanceCharge"):
        if says(one.named("cbc:ChargeIndicator"), "true", "false"):
            yield from one.all("cac:TaxCategory", "cbc:ID")
    for name in ("cac:InvoiceLine", "cac:CreditNoteLine"):
        yield from invoice.all(name, "cac:Item", "cac:ClassifiedTaxCategory", "cbc:ID")


@rule(ROOT, asserts="BR-DE-22", matches=is_invoice)
def file_names_differ(invoice: Element, fail: Fail) -> None:
    """No two supporting documents have files (BT-125) of one name."""
    seen: set[str] = set()
    for reference in invoice.named("cac:AdditionalDocumentReference"):
        files = reference.all("cac:Attachment", "cbc:EmbeddedDocumentBinaryObject")
        names = {name: one for one in files if (name := one.get("filename")) is not None}
        same = next((name for name in names if name in seen), None)
        if same is not None:
            fail("BR-DE-22", names[same], name=same)
            return
        seen.update(names)


@rule(
    "cac:ExternalReference", asserts="BR-TMP-2", matches=below_root("cac:AdditionalDocumentReference", "cac:Attachment")
)
def location_is_a_url(reference: Element, fail: Fail) -> None:
    """BT-124 begins with a scheme such as https."""
    if not _URL.match(reference.string("cbc:URI")):
        fail("BR-TMP-2", reference.first.get("cbc:URI", reference))


@rule(SELLER, asserts="BR-DE-2", matches=below_root())
def seller(supplier: Element, fail: Fail) -> None:
    """The seller has a contact (BG-6)."""
    if not supplier.has("cac:Party", "cac:Contact"):
        fail("BR-DE-2", supplier.first.get("cac:Party", supplier))


@rule("cac:Contact", asserts="BR-DE-5 BR-DE-6 BR-DE-7 BR-DE-27 BR-DE-28", matches=below_root(SELLER, "cac:Party"))
def contact(group: Element, fail: Fail) -> None:
    """Name, telephone and e-mail of the seller's contact (BT-41 to BT-43)."""
    _are_stated(group, fail, {"BR-DE-5": "cbc:Name", "BR-DE-6": "cbc:Telephone", "BR-DE-7": "cbc:ElectronicMail"})
    telephone = group.trimmed("cbc:Telephone")
    if sum(are_digits(one, 1) for one in telephone) < 3:
        fail("BR-DE-27", group.first.get("cbc:Telephone", group), stated=telephone)
    email = group.trimmed("cbc:ElectronicMail")
    if not _is_email(email):
        fail("BR-DE-28", group.first.get("cbc:ElectronicMail", group), stated=email)


def _is_email(text: str) -> bool:
    """Whether it is a name, one @ and a domain of several parts, without blanks."""
    name, _, domain = text.partition("@")
    parts = domain.split(".")
    return bool(name) and " " not in text and "@" not in domain and len(parts) > 1 and all(parts)


def _are_stated(group: Element, fail: Fail, names: dict[str, str]) -> None:
    for assertion, name in names.items():
        if not is_stated(group.named(name)):
            fail(assertion, group.first.get(name, group))


@rule("cac:PostalAddress", asserts="BR-DE-3 BR-DE-4", matches=below_root(SELLER, "cac:Party"))
def sellers_address(address: Element, fail: Fail) -> None:
    """City and post code of the seller (BT-37, BT-38)."""
    _are_stated(address, fail, {"BR-DE-3": "cbc:CityName", "BR-DE-4": "cbc:PostalZone"})


@rule("cac:PostalAddress", asserts="BR-DE-8 BR-DE-9", matches=below_root(BUYER, "cac:Party"))
def buyers_address(address: Element, fail: Fail) -> None:
    """City and post code of the buyer (BT-52, BT-53)."""
    _are_stated(address, fail, {"BR-DE-8": "cbc:CityName", "BR-DE-9": "cbc:PostalZone"})


@rule("cac:Address", asserts="BR-DE-10 BR-DE-11", matches=below_root("cac:Delivery", "cac:DeliveryLocation"))
def delivery_address(address: Element, fail: Fail) -> None:
    """City and post code of the place of delivery (BT-77, BT-78)."""
    _are_stated(address, fail, {"BR-DE-10": "cbc:CityName", "BR-DE-11": "cbc:PostalZone"})


@rule("cac:TaxSubtotal", asserts="BR-DE-14", matches=below_root("cac:TaxTotal"))
def vat_breakdown(subtotal: Element, fail: Fail) -> None:
    """Every row of the VAT breakdown has a rate (BT-119)."""
    if not is_stated(subtotal.all("cac:TaxCategory", "cbc:Percent")):
        fail("BR-DE-14", subtotal, category=_category_of(subtotal))


def _category_of(subtotal: Element) -> str:
    return next((normal(string_of(one)) for one in subtotal.all("cac:TaxCategory", "cbc:ID")), "…")


RULES: Final[tuple[Rule, ...]] = (
    document,
    seller_is_known_to_the_tax_office,
    file_names_differ,
    location_is_a_url,
    seller,
    contact,
    sellers_address,
    buyers_address,
    delivery_address,
    vat_breakdown,
    *german_payment.RULES,
)
"""What Germany asks of an invoice, under the names of XRechnung."""
RULES_OF_LESS_WEIGHT: Final = frozenset({f"BR-DE-{number}" for number in (17, 19, 20, 26, 27, 28)}) | {"BR-TMP-2"}
"""Those that give a warning."""

_OTHER_NAMES: Final = {
    "BR-TMP-2": "DE-R-T02",
    **{
        f"BR-DE-{number}-{letter}": f"DE-R-{number:03}-{place}"
        for number in (23, 24, 25)
        for place, letter in enumerate("ab", 1)
    },
}
PEPPOL_NAMES: Final = {
    one: _OTHER_NAMES.get(one) or f"DE-R-{int(one.rpartition('-')[2]):03}" for each in RULES for one in each.ids
}
"""`BR-DE-1` -> `DE-R-001`"""

_among_germans = where(is_between_germans)
PATTERNS: Final[tuple[Pattern, ...]] = tuple(
    pattern(replace(one, asserts=_among_germans(one.asserts)))
    for one in (under_names(each, PEPPOL_NAMES) for each in RULES)
)
"""The same under the names of Peppol, for invoices between addresses in Germany."""
WARNINGS: Final = frozenset(PEPPOL_NAMES[one] for one in RULES_OF_LESS_WEIGHT)
