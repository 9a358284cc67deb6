"""Rules of Greece, GR-R-* and GR-S-*: for sellers that are registered there, some only where the buyer is too.

The number of an invoice (BT-1) is put together of six parts: the seller's tax number, the date, the branch, the type
of document, the series and the number within it: `123456783|25/11/2026|0|1.1|A|7`.
"""

import re
from collections.abc import Iterator
from typing import Final

from formats.peppol.rules.comparisons import is_number, says
from formats.peppol.rules.countries import (
    OF_BUYER,
    OF_SELLER,
    SELLER,
    TAX_REPRESENTATIVE,
    VAT,
    both_are_registered_in,
    is_invoice,
    seller_is_registered_in,
    sellers_own_registration,
    vat_identifiers,
    where,
)
from formats.peppol.rules.numbers import are_digits
from formats.ubl.assertions import ROOT, Fail, Pattern, pattern, rule
from formats.ubl.lexical import BLANKS
from formats.ubl.tree import Document, Element, Undecidable, normal, string_of

GREECE: Final = ("GR", "EL")
PREFIX: Final = "EL"
REGISTERED: Final = seller_is_registered_in(*GREECE)
BOTH_REGISTERED: Final = both_are_registered_in(*GREECE)

VAT_SCHEME: Final = "9933"
DOCUMENT_TYPES: Final = ("1.1", "1.6", "2.1", "2.4", "5.1", "5.2")
PARTS: Final = 6
MARK, INVOICE_URL = "##M.AR.K##", "##INVOICE|URL##"
_DAY = re.compile(r"(0?[1-9]|[12][0-9]|3[01])[-\\/ ]?(0?[1-9]|1[0-2])[-\\/ ]?(19|20)[0-9]{2}")
_INTEGER = re.compile(r"[+-]?[0-9]+")


@rule(
    ROOT,
    asserts="GR-R-001-1 GR-R-001-2 GR-R-001-3 GR-R-001-4 GR-R-001-5 GR-R-001-6 GR-R-001-7",
    matches=is_invoice,
)
@where(REGISTERED)
def invoice_number(invoice: Element, fail: Fail) -> None:
    """BT-1 has its six parts, and each is right."""
    for number in invoice.named("cbc:ID"):
        stated = string_of(number)
        parts = stated.split("|") if stated else []
        if len(parts) != PARTS:
            fail("GR-R-001-1", number, count=len(parts))
        tax_number, day, branch, document_type, series, running = (*parts, *[""] * PARTS)[:PARTS]
        for assertion, part, holds in (
            ("GR-R-001-2", tax_number, _is_tax_number(tax_number, invoice)),
            ("GR-R-001-3", day, _is_day_of_issue(day, invoice)),
            ("GR-R-001-4", branch, _is_branch(branch, number)),
            ("GR-R-001-5", document_type, document_type in DOCUMENT_TYPES),
            ("GR-R-001-6", series, series != ""),
            ("GR-R-001-7", running, running != ""),
        ):
            if not holds:
                fail(assertion, number, part=part, allowed=", ".join(DOCUMENT_TYPES))


def _is_tax_number(part: str, invoice: Element) -> bool:
    """Whether a part is the tax number of the seller or of its tax representative."""
    return len(normal(part)) == 9 and _begins_with_a_tax_number(part) and part in _tax_numbers(invoice)


def _tax_numbers(invoice: Element) -> Iterator[str]:
    """Those of the seller and of its tax representative (BT-31, BT-63)."""
    parties = (one for path in ((SELLER, "cac:Party"), (TAX_REPRESENTATIVE,)) for one in invoice.all(*path))
    return (identifier[2:11] for party in parties for identifier in vat_identifiers(party))


def _is_day_of_issue(part: str, invoice: Element) -> bool:
    """Whether a part is the issue date (BT-2), written 25/11/2026."""
    if not normal(part) or not _DAY.match(part):
        return False
    day, month, year = (*part.split("/"), *[None] * 3)[:3]
    stated = invoice.string("cbc:IssueDate")
    issued = stated.split("-") if stated else []
    return [year, month, day] == issued[:3]


def _is_branch(part: str, number: Element) -> bool:
    """Whether a part is a whole number, 0 or more. Raises Undecidable for another number."""
    if not normal(part) or not is_number(part):
        return False
    whole = part.strip(BLANKS)
    if not _INTEGER.fullmatch(whole):
        raise Undecidable(number, f"“{whole[:60]}” is not a whole number")
    return not whole.startswith("-") or not whole.strip("-0")


def _is_written_there(invoice: Element) -> bool:
    path = (SELLER, "cac:Party", "cac:PostalAddress", "cac:Country", "cbc:IdentificationCode")
    return says(invoice.all(*path), "GR")


@rule(ROOT, asserts="GR-R-004-1 GR-S-008-1 GR-R-008-2", matches=is_invoice)
@where(REGISTERED)
def supporting_documents(invoice: Element, fail: Fail) -> None:
    """One of the supporting documents (BG-24) is the MARK of the tax authority, one the address of the invoice."""
    if not _is_written_there(invoice):
        return
    descriptions = [one.named("cbc:DocumentDescription") for one in invoice.named("cac:AdditionalDocumentReference")]
    marks = sum(says(one, MARK) for one in descriptions)
    addresses = sum(says(one, INVOICE_URL) for one in descriptions)
    if marks != 1:
        fail("GR-R-004-1", invoice, count=marks)
    if addresses != 1:
        fail("GR-S-008-1", invoice, count=addresses)
    if addresses > 1:
        fail("GR-R-008-2", invoice, count=addresses)


@rule("cac:AdditionalDocumentReference", asserts="GR-R-004-2 GR-R-008-3")
@where(REGISTERED)
def supporting_document(reference: Element, fail: Fail) -> None:
    """A MARK is a number above zero, and the address of the invoice is stated (BT-124)."""
    described = reference.named("cbc:DocumentDescription")
    if says(described, MARK) and _is_written_there(fail.document.root):
        for mark in reference.named("cbc:ID"):
            if string_of(mark)[:1] not in tuple("123456789"):
                fail("GR-R-004-2", mark)
    if says(described, INVOICE_URL) and not reference.trimmed("cac:Attachment", "cac:ExternalReference", "cbc:URI"):
        fail("GR-R-008-3", reference)


@rule("cac:Party", asserts="GR-R-002 GR-S-011 GR-R-003", matches=OF_SELLER)
@where(REGISTERED)
def seller(party: Element, fail: Fail) -> None:
    """The seller has its trading name and its VAT identifier (BT-28, BT-31)."""
    if not party.string("cac:PartyName", "cbc:Name"):
        fail("GR-R-002", party)
    identifiers = _identifiers(party)
    if len(identifiers) != 1 or not _is_greek(string_of(identifiers[0])):
        fail("GR-S-011", identifiers[0] if identifiers else party)
    for one in identifiers:
        if not _is_greek(string_of(one)):
            fail("GR-R-003", one)


@rule("cac:Party", asserts="GR-R-005", matches=OF_BUYER)
@where(REGISTERED)
def buyer(party: Element, fail: Fail) -> None:
    """The buyer has its trading name (BT-45)."""
    if not party.string("cac:PartyName", "cbc:Name"):
        fail("GR-R-005", party)


@rule("cac:Party", asserts="GR-R-006", matches=OF_BUYER)
@where(BOTH_REGISTERED)
def greek_buyer(party: Element, fail: Fail) -> None:
    """A Greek buyer has its VAT identifier (BT-48)."""
    identifiers = _identifiers(party)
    if len(identifiers) != 1 or not _is_greek(string_of(identifiers[0])):
        fail("GR-R-006", identifiers[0] if identifiers else party)


def _identifiers(party: Element) -> list[Element]:
    schemes = party.named("cac:PartyTaxScheme")
    found = [one for one in schemes if one.trimmed("cac:TaxScheme", "cbc:ID") == VAT]
    return [identifier for one in found for identifier in one.named("cbc:CompanyID")]


def _is_greek(identifier: str) -> bool:
    return identifier.startswith(PREFIX) and _begins_with_a_tax_number(identifier[2:])


def _sends_from_greece(document: Document) -> bool:
    return document.fact(sellers_own_registration) in GREECE


@rule("cac:Party", asserts="GR-R-009", matches=OF_SELLER)
@where(_sends_from_greece)
def sellers_address(party: Element, fail: Fail) -> None:
    """BT-34 is the seller's tax number."""
    _address_is_a_tax_number(party, "GR-R-009", fail)


@rule("cac:Party", asserts="GR-R-010", matches=OF_BUYER)
@where(BOTH_REGISTERED)
def greek_buyers_address(party: Element, fail: Fail) -> None:
    """BT-49 is the buyer's tax number."""
    _address_is_a_tax_number(party, "GR-R-010", fail)


def _address_is_a_tax_number(party: Element, assertion: str, fail: Fail) -> None:
    for address in party.named("cbc:EndpointID"):
        scheme = address.get("schemeID")
        if scheme != VAT_SCHEME or not _begins_with_a_tax_number(string_of(address)):
            fail(assertion, address, scheme=scheme or "")


def _begins_with_a_tax_number(text: str) -> bool:
    """Nine digits, the last one by powers of two modulo 11 (AFM); the official rule does not look at what follows."""
    number = text[:9]
    if not are_digits(number, 9):
        return False
    return sum(int(digit) << (8 - place) for place, digit in enumerate(number[:8])) % 11 % 10 == int(number[8])


PATTERNS: Final[tuple[Pattern, ...]] = (
    *(pattern(one) for one in (invoice_number, supporting_documents, supporting_document)),
    *(pattern(one) for one in (seller, sellers_address, buyer, greek_buyer, greek_buyers_address)),
)
WARNINGS: Final = frozenset({"GR-S-008-1", "GR-S-011"})
