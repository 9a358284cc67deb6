"""What an invoice as a whole must state, and the documents that it refers to (EN 16931-1 sections 6.4.1 and 6.4.2)."""

from functools import partial
from typing import Final

from formats.ubl.assertions import ROOT, Fail, pattern, rule
from formats.ubl.checks.claims import any_holds
from formats.ubl.tree import Element

_TYPE_CODES: Final = ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode")
_HEAD: Final = {
    "BR-01": "cbc:CustomizationID",
    "BR-02": "cbc:ID",
    "BR-03": "cbc:IssueDate",
    "BR-05": "cbc:DocumentCurrencyCode",
}


@rule(ROOT, asserts="BR-01 BR-02 BR-03 BR-05")
def head_is_complete(invoice: Element, fail: Fail) -> None:
    """Specification (BT-24), number (BT-1), date (BT-2) and currency (BT-5) are more than blanks."""
    for assertion, name in _HEAD.items():
        if not invoice.trimmed(name):
            fail(assertion, invoice.first.get(name, invoice))


@rule(ROOT, asserts="BR-04")
def type_is_stated(invoice: Element, fail: Fail) -> None:
    """BT-3, in either of its two elements."""
    if not any_holds(*(partial(_is_stated, invoice, name) for name in _TYPE_CODES)):
        fail("BR-04", invoice)


def _is_stated(invoice: Element, name: str) -> bool:
    return bool(invoice.trimmed(name))


@rule(ROOT, asserts="BR-16")
def invoice_has_lines(invoice: Element, fail: Fail) -> None:
    """At least one BG-25."""
    if not (invoice.has("cac:InvoiceLine") or invoice.has("cac:CreditNoteLine")):
        fail("BR-16", invoice)


@rule(ROOT, asserts="BR-CO-03")
def vat_point_is_stated_once(invoice: Element, fail: Fail) -> None:
    """BT-7, a date, and BT-8, a code for one, exclude each other."""
    if not invoice.has("cbc:TaxPointDate"):
        return
    codes = invoice.all("cac:InvoicePeriod", "cbc:DescriptionCode")
    if codes:
        fail("BR-CO-03", codes[0], date=invoice.first["cbc:TaxPointDate"].text, code=codes[0].text)


@rule("cac:AdditionalDocumentReference", asserts="BR-52")
def supporting_document_has_a_reference(document: Element, fail: Fail) -> None:
    """BT-122 in every BG-24."""
    if not document.trimmed("cbc:ID"):
        fail("BR-52", document)


@rule("cac:BillingReference", asserts="BR-55")
def preceding_invoice_has_a_number(reference: Element, fail: Fail) -> None:
    """BT-25 in every BG-3."""
    if not reference.has("cac:InvoiceDocumentReference", "cbc:ID"):
        fail("BR-55", reference.first.get("cac:InvoiceDocumentReference", reference))


PATTERNS: Final = (
    pattern(head_is_complete),
    pattern(type_is_stated),
    pattern(invoice_has_lines),
    pattern(vat_point_is_stated_once),
    pattern(supporting_document_has_a_reference),
    pattern(preceding_invoice_has_a_number),
)
