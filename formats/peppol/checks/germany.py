"""Rules of Germany: BR-DE-1 to BR-DE-31 of XRechnung 3.0.2, and the same rules as DE-R-* of Peppol BIS Billing 3.

Peppol applies them where seller and buyer are both in Germany, XRechnung wherever its specification is stated. One row
makes a check for each of the two.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from formats.checking import Severity
from formats.en16931 import Address, Contact, Invoice, Seller
from formats.en16931.checks.mandatory import is_missing
from formats.peppol.checks.document import is_between_germans
from formats.peppol.checks.german_payment import (
    CARD,
    CARDS,
    DEBIT,
    MANDATE,
    TRANSFER,
    TRANSFERS,
    account_is_an_iban,
    cash_discounts_can_be_read,
    debited_account_is_an_iban,
    has_means,
    mandate_needs,
    means_has_its_details,
    means_has_no_other_details,
)
from formats.peppol.checks.german_rule import Find, GermanRule, Wrong

TYPES: Final = frozenset({"326", "380", "384", "389", "381", "875", "876", "877"})
VAT_CATEGORIES: Final = frozenset({"S", "Z", "E", "AE", "K", "G", "L", "M"})
CORRECTED: Final = "384"

_DIGIT = re.compile(r"[0-9]")
_EMAIL = re.compile(r"[^@\s]+@([^@.\s]+\.)+[^@.\s]+")
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]+:")


def missing(path: str, what: str, value_of: Callable[[Invoice], object]) -> Find:
    """The rule that a term is stated."""

    def find(invoice: Invoice) -> Iterator[Wrong]:
        value = value_of(invoice)
        if value is False or is_missing(value):
            yield path, f"The invoice has no {what}, which invoices in Germany need.", f"State the {what}."

    return find


GroupOf = Callable[[Invoice], Address | Contact | None]


def _seller_address(invoice: Invoice) -> Address | None:
    return invoice.seller.address if invoice.seller else None


def _buyer_address(invoice: Invoice) -> Address | None:
    return invoice.buyer.address if invoice.buyer else None


def _contact(invoice: Invoice) -> Contact | None:
    return invoice.seller.contact if invoice.seller else None


def _contact_of_a_seller(invoice: Invoice) -> object:
    return invoice.seller is None or invoice.seller.contact


def _delivery_address(invoice: Invoice) -> Address | None:
    return invoice.delivery.address if invoice.delivery else None


def term(group_of: GroupOf, field: str) -> Callable[[Invoice], object]:
    """A term of a group that need not be there: where the group is missing, its terms are not."""

    def value_of(invoice: Invoice) -> object:
        group = group_of(invoice)
        return True if group is None else getattr(group, field)

    return value_of


def seller_is_known_to_the_tax_office(invoice: Invoice) -> Iterator[Wrong]:
    """BT-31, BT-32 or BG-11 where VAT is charged or waived."""
    seller = invoice.seller or Seller()
    used = [
        *(one.vat_category for one in (*invoice.allowances, *invoice.charges)),
        *(line.vat.category for line in invoice.lines if line.vat),
    ]
    known = seller.vat_identifier or seller.tax_registration or invoice.tax_representative
    if not known and VAT_CATEGORIES.intersection(used):
        message = "The seller has neither a VAT identifier nor a tax registration nor a tax representative."
        yield "BG-4/BT-31", message, "State the VAT identifier (BT-31) or the tax number (BT-32) of the seller."


def type_is_used_in_germany(invoice: Invoice) -> Iterator[Wrong]:
    """BT-3 is one of the codes that XRechnung names."""
    if invoice.type_code not in TYPES:
        yield (
            "BT-3",
            f"The type code {invoice.type_code} is not used in Germany.",
            f"Use one of {', '.join(sorted(TYPES))}.",
        )


def file_names_differ(invoice: Invoice) -> Iterator[Wrong]:
    """No two attached files (BT-125) have one name."""
    seen: set[str] = set()
    for position, document in enumerate(invoice.supporting_documents, 1):
        name = document.attachment.file_name if document.attachment else None
        if name in seen:
            yield f"BG-24[{position}]/BT-125", f"Two attached files are called {name}.", "Give each its own name."
        seen.update([name] if name else [])


def corrected_invoice_names_the_first(invoice: Invoice) -> Iterator[Wrong]:
    """BG-3 in a corrected invoice."""
    if invoice.type_code == CORRECTED and not invoice.preceding_invoices:
        yield (
            "BG-3",
            "The invoice corrects another one, but does not name it.",
            "State the number of the first invoice.",
        )


def telephone_has_digits(invoice: Invoice) -> Iterator[Wrong]:
    """BT-42 has at least three digits."""
    contact = _contact(invoice)
    if contact is not None and len(_DIGIT.findall(contact.telephone or "")) < 3:
        message = f"The telephone number {contact.telephone!r} of the seller has less than three digits."
        yield "BG-4/BG-6/BT-42", message, "State a telephone number."


def email_is_an_address(invoice: Invoice) -> Iterator[Wrong]:
    """BT-43 has one @ with something before and a domain behind it."""
    contact = _contact(invoice)
    if contact is not None and not _EMAIL.fullmatch(" ".join((contact.email or "").split())):
        message = f"The e-mail address {contact.email!r} of the seller is none."
        yield "BG-4/BG-6/BT-43", message, "State an e-mail address such as invoices@seller.example."


def location_is_a_url(invoice: Invoice) -> Iterator[Wrong]:
    """BT-124 is an absolute URL."""
    for position, document in enumerate(invoice.supporting_documents, 1):
        if document.location and not _URL.match(document.location):
            message = f"The location {document.location!r} of a supporting document is no absolute URL."
            yield f"BG-24[{position}]/BT-124", message, "State it with its scheme: https://…."


def every_rate_is_stated(invoice: Invoice) -> Iterator[Wrong]:
    """BT-119 in every row of the VAT breakdown."""
    for position, row in enumerate(invoice.vat_breakdown, 1):
        if row.rate is None:
            yield (
                f"BG-23[{position}]/BT-119",
                f"Row {position} of the VAT breakdown has no rate.",
                "State it, 0 for none.",
            )


def day_of_delivery_is_stated(invoice: Invoice) -> Iterator[Wrong]:
    """BT-72, BG-14, or BG-26 in every line."""
    delivery = invoice.delivery
    if (delivery and (delivery.date or delivery.period)) or invoice.tax_point_code:
        return
    if not all(line.period for line in invoice.lines):
        message = "The invoice does not say when it was delivered."
        yield "BG-13/BT-72", message, "State the day of delivery, the invoicing period, or a period for every line."


# XRechnung, Peppol, where, what in words, the group, its field
_TERMS: Final[tuple[tuple[str, str, str, str, GroupOf, str], ...]] = (
    ("BR-DE-3", "DE-R-003", "BG-4/BG-5/BT-37", "city of the seller", _seller_address, "city"),
    ("BR-DE-4", "DE-R-004", "BG-4/BG-5/BT-38", "post code of the seller", _seller_address, "post_code"),
    ("BR-DE-5", "DE-R-005", "BG-4/BG-6/BT-41", "name of the seller's contact", _contact, "name"),
    ("BR-DE-6", "DE-R-006", "BG-4/BG-6/BT-42", "telephone of the seller's contact", _contact, "telephone"),
    ("BR-DE-7", "DE-R-007", "BG-4/BG-6/BT-43", "e-mail of the seller's contact", _contact, "email"),
    ("BR-DE-8", "DE-R-008", "BG-7/BG-8/BT-52", "city of the buyer", _buyer_address, "city"),
    ("BR-DE-9", "DE-R-009", "BG-7/BG-8/BT-53", "post code of the buyer", _buyer_address, "post_code"),
    ("BR-DE-10", "DE-R-010", "BG-13/BG-15/BT-77", "city of delivery", _delivery_address, "city"),
    ("BR-DE-11", "DE-R-011", "BG-13/BG-15/BT-78", "post code of delivery", _delivery_address, "post_code"),
)
WARNING, INFORMATION = Severity.WARNING, Severity.INFORMATION
RULES: Final = (
    GermanRule("BR-DE-1", "DE-R-001", missing("BG-16", "means of payment", has_means)),
    GermanRule("BR-DE-2", "DE-R-002", missing("BG-4/BG-6", "contact of the seller", _contact_of_a_seller)),
    *(
        GermanRule(xrechnung, peppol, missing(path, what, term(group_of, field)))
        for xrechnung, peppol, path, what, group_of, field in _TERMS
    ),
    GermanRule("BR-DE-14", "DE-R-014", every_rate_is_stated),
    GermanRule("BR-DE-15", "DE-R-015", missing("BT-10", "buyer reference", lambda one: one.buyer_reference)),
    GermanRule("BR-DE-16", "DE-R-016", seller_is_known_to_the_tax_office),
    GermanRule("BR-DE-17", "DE-R-017", type_is_used_in_germany, WARNING),
    GermanRule("BR-DE-18", "DE-R-018", cash_discounts_can_be_read),
    GermanRule("BR-DE-19", "DE-R-019", account_is_an_iban, WARNING),
    GermanRule("BR-DE-20", "DE-R-020", debited_account_is_an_iban, WARNING),
    GermanRule("BR-DE-22", "DE-R-022", file_names_differ),
    GermanRule("BR-DE-23-a", "DE-R-023-1", means_has_its_details(TRANSFERS, *TRANSFER)),
    GermanRule("BR-DE-23-b", "DE-R-023-2", means_has_no_other_details(TRANSFERS, CARD, MANDATE)),
    GermanRule("BR-DE-24-a", "DE-R-024-1", means_has_its_details(CARDS, *CARD)),
    GermanRule("BR-DE-24-b", "DE-R-024-2", means_has_no_other_details(CARDS, TRANSFER, MANDATE)),
    GermanRule("BR-DE-25-a", "DE-R-025-1", means_has_its_details({DEBIT}, *MANDATE)),
    GermanRule("BR-DE-25-b", "DE-R-025-2", means_has_no_other_details({DEBIT}, TRANSFER, CARD)),
    GermanRule("BR-DE-26", "DE-R-026", corrected_invoice_names_the_first, WARNING),
    GermanRule("BR-DE-27", "DE-R-027", telephone_has_digits, WARNING),
    GermanRule("BR-DE-28", "DE-R-028", email_is_an_address, WARNING),
    GermanRule("BR-DE-30", "DE-R-030", mandate_needs("BT-90", "creditor identifier", lambda one: one.creditor)),
    GermanRule("BR-DE-31", "DE-R-031", mandate_needs("BT-91", "debited account", lambda one: one.debited_account)),
    GermanRule("BR-DE-TMP-32", "", day_of_delivery_is_stated, INFORMATION),
    GermanRule("BR-TMP-2", "DE-R-T02", location_is_a_url, WARNING),
)  # fmt: skip

BETWEEN_GERMANS: Final = tuple(one.check(one.peppol, is_between_germans) for one in RULES if one.peppol)
IN_XRECHNUNG: Final = tuple(one.check(one.xrechnung, lambda _: True) for one in RULES)
