"""Rules of the Netherlands, NL-R-*: for sellers whose address is there, some only where the other party's is too."""

from decimal import Decimal
from typing import Final

from formats.peppol.rules.countries import (
    BUYER,
    SELLER,
    TAX_REPRESENTATIVE,
    both_live_in,
    inside,
    seller_lives_in,
    sellers_country,
    tax_representatives_country,
    where,
)
from formats.ubl.assertions import Fail, Pattern, pattern, rule
from formats.ubl.tree import Document, Element, normal, string_of

NETHERLANDS: Final = "NL"
_DUTCH = seller_lives_in(NETHERLANDS)
_AMONG_DUTCH = both_live_in(NETHERLANDS)
ZERO: Final = Decimal(0)

KVK, OIN = "0106", "0190"
PAYMENT_MEANS: Final = ("30", "48", "49", "57", "58", "59")
ADDRESS: Final = {"cbc:StreetName": "street", "cbc:CityName": "city", "cbc:PostalZone": "post code"}


@rule("cbc:CreditNoteTypeCode", asserts="NL-R-001")
@where(_DUTCH)
def credit_note(code: Element, fail: Fail) -> None:
    """A credit note names the invoice (BT-25)."""
    if not fail.document.root.has("cac:BillingReference", "cac:InvoiceDocumentReference", "cbc:ID"):
        fail("NL-R-001", code)


@rule("cac:PostalAddress", asserts="NL-R-002", matches=inside(SELLER, "cac:Party"))
@where(_DUTCH)
def sellers_address(address: Element, fail: Fail) -> None:
    """BT-35, BT-37 and BT-38 are stated."""
    _is_complete(address, "NL-R-002", fail)


@rule("cac:PostalAddress", asserts="NL-R-004", matches=inside(BUYER, "cac:Party"))
@where(_AMONG_DUTCH)
def buyers_address(address: Element, fail: Fail) -> None:
    """BT-50, BT-52 and BT-53 are stated."""
    _is_complete(address, "NL-R-004", fail)


def _dutch_representative(document: Document) -> bool:
    return document.fact(sellers_country) == NETHERLANDS and document.fact(tax_representatives_country) == NETHERLANDS


@rule("cac:PostalAddress", asserts="NL-R-006", matches=inside(TAX_REPRESENTATIVE))
@where(_dutch_representative)
def tax_representatives_address(address: Element, fail: Fail) -> None:
    """BT-64, BT-66 and BT-67 are stated."""
    _is_complete(address, "NL-R-006", fail)


def _is_complete(address: Element, assertion: str, fail: Fail) -> None:
    missing = [words for name, words in ADDRESS.items() if not address.has(name)]
    if missing:
        fail(assertion, address, missing=", ".join(missing))


@rule("cac:PartyLegalEntity", asserts="NL-R-003", matches=inside(SELLER, "cac:Party"))
@where(_DUTCH)
def sellers_registration(entity: Element, fail: Fail) -> None:
    """BT-30 is a number of the chamber of commerce (KVK) or of the government's register (OIN)."""
    _is_in_a_register(entity, "NL-R-003", fail)


@rule("cac:PartyLegalEntity", asserts="NL-R-005", matches=inside(BUYER, "cac:Party"))
@where(_AMONG_DUTCH)
def buyers_registration(entity: Element, fail: Fail) -> None:
    """BT-47 likewise."""
    _is_in_a_register(entity, "NL-R-005", fail)


def _is_in_a_register(entity: Element, assertion: str, fail: Fail) -> None:
    for number in entity.named("cbc:CompanyID"):
        scheme = f" {number.get('schemeID') or ''} "
        if not (f" {KVK} " in scheme or f" {OIN} " in scheme) or not normal(string_of(number)):
            fail(assertion, number, scheme=scheme.strip())


@rule("cac:LegalMonetaryTotal", asserts="NL-R-007")
@where(_DUTCH)
def amount_due(totals: Element, fail: Fail) -> None:
    """Where the buyer has to pay there are means of payment (BG-16)."""
    if fail.document.named("cac:PaymentMeans"):
        return
    root = fail.document.root.name
    due = totals.decimal("cbc:PayableAmount") if root in ("ubl:Invoice", "cn:CreditNote") else None
    if due is None or (due > ZERO if root == "ubl:Invoice" else due < ZERO):
        fail("NL-R-007", totals.first.get("cbc:PayableAmount", totals))


@rule("cac:PaymentMeans", asserts="NL-R-008")
@where(_AMONG_DUTCH)
def payment(means: Element, fail: Fail) -> None:
    """BT-81 is one of the codes in use."""
    if means.trimmed("cbc:PaymentMeansCode") not in PAYMENT_MEANS:
        fail("NL-R-008", means.first.get("cbc:PaymentMeansCode", means), allowed=", ".join(PAYMENT_MEANS))


@rule("cac:OrderLineReference", asserts="NL-R-009")
@where(_DUTCH)
def order_line(reference: Element, fail: Fail) -> None:
    """Where a line names a line of an order (BT-132), the invoice names the order (BT-13)."""
    for number in reference.named("cbc:LineID"):
        if not fail.document.root.has("cac:OrderReference", "cbc:ID"):
            fail("NL-R-009", number)


PATTERNS: Final[tuple[Pattern, ...]] = (
    pattern(
        credit_note,
        sellers_address,
        sellers_registration,
        buyers_address,
        buyers_registration,
        tax_representatives_address,
        amount_due,
        payment,
        order_line,
    ),
)
