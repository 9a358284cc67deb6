"""Coded terms hold codes of their lists: BR-CL-01 to BR-CL-26 (section 6.5.5; the lists are in `codes.py`).

BR-CL-03 (the currency of every amount) is decided where amounts carry one each, in the syntax; the model has one
currency for all.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Final

from formats.checking import Check, Finding
from formats.en16931 import codes
from formats.en16931.checks.groups import (
    ALLOWANCES,
    BREAKDOWN,
    BUYER_ADDRESS,
    BUYER_ENDPOINT,
    BUYER_IDENTIFIER,
    BUYER_REGISTRATION,
    CHARGES,
    CLASSIFICATIONS,
    DELIVERY_ADDRESS,
    DELIVERY_LOCATION,
    INVOICE,
    LINE_ALLOWANCES,
    LINE_CHARGES,
    LINES,
    NOTES,
    PAYEE_IDENTIFIER,
    PAYEE_REGISTRATION,
    PAYMENT,
    REPRESENTATIVE_ADDRESS,
    SELLER_ADDRESS,
    SELLER_ENDPOINT,
    SELLER_IDENTIFIERS,
    SELLER_REGISTRATION,
    STANDARD_IDENTIFIERS,
    SUPPORTING,
    Group,
    Where,
)
from formats.en16931.invoice import Invoice
from formats.en16931.line import Line
from formats.en16931.terms import Identifier

Coded = Callable[[Invoice], Iterable[tuple[str, str]]]


def coded(where: Where[Group], term: str, code_of: Callable[[Group], str | None]) -> Coded:
    """The codes that these groups state in a term, each with its path."""

    def found(invoice: Invoice) -> Iterator[tuple[str, str]]:
        for positions, group in where.found(invoice):
            code = code_of(group)
            if code is not None:
                yield where.path_to(positions, term), code

    return found


def listed(rule: str, allowed: Container[str], codes_of: str, example: str, *places: Coded) -> Check[Invoice]:
    """The check that the codes in these places are on a list: `currency codes (ISO 4217)`, such as `EUR`."""

    def unlisted(invoice: Invoice) -> Iterator[Finding]:
        for place in places:
            for path, code in place(invoice):
                if code.strip() not in allowed:
                    yield Finding(
                        rule,
                        path,
                        f"{code!r} is none of the {codes_of}.",
                        f"State one of them, such as {example}.",
                    )

    return Check(rule, unlisted)


def schemes(where: Where[Identifier]) -> Coded:
    """The schemes of these identifiers."""
    return coded(where, "", lambda one: one.scheme)


def _scheme_beside_sepa(one: Identifier) -> str | None:
    """In UBL a creditor identifier of SEPA stands among the identifiers of seller and payee."""
    return None if one.scheme == "SEPA" else one.scheme


def _object_scheme(one: Invoice | Line) -> str | None:
    return one.object_identifier.scheme if one.object_identifier else None


CODES: Final = (
    listed(
        "BR-CL-01",
        codes.INVOICE_TYPES | codes.CREDIT_NOTE_TYPES,
        "types of invoices and credit notes (UNTDID 1001)",
        "380",
        coded(INVOICE, "BT-3", lambda one: one.type_code),
    ),
    listed(
        "BR-CL-04",
        codes.CURRENCIES,
        "currency codes (ISO 4217)",
        "EUR",
        coded(INVOICE, "BT-5", lambda one: one.currency),
    ),
    listed(
        "BR-CL-05",
        codes.CURRENCIES,
        "currency codes (ISO 4217)",
        "EUR",
        coded(INVOICE, "BT-6", lambda one: one.vat_currency),
    ),
    listed(
        "BR-CL-06",
        codes.VAT_POINT_DATES,
        "VAT date codes 3, 35 and 432 (UNTDID 2005)",
        "35, the date of delivery",
        coded(INVOICE, "BT-8", lambda one: one.tax_point_code),
    ),
    listed(
        "BR-CL-07",
        codes.OBJECT_SCHEMES,
        "schemes of reference numbers (UNTDID 1153)",
        "AWV, a phone number",
        coded(INVOICE, "BT-18", _object_scheme),
        coded(LINES, "BT-128", _object_scheme),
    ),
    listed(
        "BR-CL-08",
        codes.NOTE_SUBJECTS,
        "subjects of notes (UNTDID 4451)",
        "AAI",
        coded(NOTES, "BT-21", lambda one: one.subject_code),
    ),
    listed(
        "BR-CL-10",
        codes.IDENTIFIER_SCHEMES,
        "schemes of identifiers (ISO 6523 ICD)",
        "0088, a GLN",
        coded(SELLER_IDENTIFIERS, "", _scheme_beside_sepa),
        coded(PAYEE_IDENTIFIER, "", _scheme_beside_sepa),
        schemes(BUYER_IDENTIFIER),
    ),
    listed(
        "BR-CL-11",
        codes.IDENTIFIER_SCHEMES,
        "schemes of identifiers (ISO 6523 ICD)",
        "0088, a GLN",
        schemes(SELLER_REGISTRATION),
        schemes(BUYER_REGISTRATION),
        schemes(PAYEE_REGISTRATION),
    ),
    listed(
        "BR-CL-13",
        codes.ITEM_CLASSES,
        "item classifications (UNTDID 7143)",
        "STI, a CPV code",
        schemes(CLASSIFICATIONS),
    ),
    listed(
        "BR-CL-14",
        codes.COUNTRIES,
        "country codes (ISO 3166-1)",
        "FR",
        coded(SELLER_ADDRESS, "BT-40", lambda one: one.country),
        coded(BUYER_ADDRESS, "BT-55", lambda one: one.country),
        coded(REPRESENTATIVE_ADDRESS, "BT-69", lambda one: one.country),
        coded(DELIVERY_ADDRESS, "BT-80", lambda one: one.country),
    ),
    listed(
        "BR-CL-15",
        codes.COUNTRIES,
        "country codes (ISO 3166-1)",
        "FR",
        coded(LINES, "BG-31/BT-159", lambda one: one.item.origin_country if one.item else None),
    ),
    listed(
        "BR-CL-16",
        codes.PAYMENT_MEANS,
        "means of payment (UNTDID 4461)",
        "58, a SEPA credit transfer",
        coded(PAYMENT, "BT-81", lambda one: one.means_code),
    ),
    listed(
        "BR-CL-17",
        codes.VAT_CATEGORIES,
        "VAT categories of EN 16931 (UNTDID 5305)",
        "S",
        coded(ALLOWANCES, "BT-95", lambda one: one.vat_category),
        coded(CHARGES, "BT-102", lambda one: one.vat_category),
        coded(BREAKDOWN, "BT-118", lambda one: one.category),
    ),
    listed(
        "BR-CL-18",
        codes.VAT_CATEGORIES,
        "VAT categories of EN 16931 (UNTDID 5305)",
        "S",
        coded(LINES, "BG-30/BT-151", lambda one: one.vat.category if one.vat else None),
    ),
    listed(
        "BR-CL-19",
        codes.ALLOWANCE_REASONS,
        "reasons of allowances (UNTDID 5189)",
        "95, a discount",
        coded(ALLOWANCES, "BT-98", lambda one: one.reason_code),
        coded(LINE_ALLOWANCES, "BT-140", lambda one: one.reason_code),
    ),
    listed(
        "BR-CL-20",
        codes.CHARGE_REASONS,
        "reasons of charges (UNTDID 7161)",
        "FC, freight",
        coded(CHARGES, "BT-105", lambda one: one.reason_code),
        coded(LINE_CHARGES, "BT-145", lambda one: one.reason_code),
    ),
    listed(
        "BR-CL-21",
        codes.IDENTIFIER_SCHEMES,
        "schemes of identifiers (ISO 6523 ICD)",
        "0160, a GTIN",
        schemes(STANDARD_IDENTIFIERS),
    ),
    listed(
        "BR-CL-22",
        codes.EXEMPTION_REASONS,
        "reasons for VAT exemption (VATEX)",
        "VATEX-EU-AE",
        coded(BREAKDOWN, "BT-121", lambda one: one.exemption_code and one.exemption_code.upper()),
    ),
    listed(
        "BR-CL-23",
        codes.UNITS,
        "units of measure (UN/ECE Recommendations 20 and 21)",
        "C62, pieces",
        coded(LINES, "BT-130", lambda one: one.unit),
        coded(LINES, "BG-29/BT-150", lambda one: one.price.base_unit if one.price else None),
    ),
    listed(
        "BR-CL-24",
        codes.MEDIA_TYPES,
        "media types that may be attached",
        "application/pdf",
        coded(SUPPORTING, "BT-125", lambda one: one.attachment.media_type if one.attachment else None),
    ),
    listed(
        "BR-CL-25",
        codes.ENDPOINT_SCHEMES,
        "schemes of electronic addresses (EAS)",
        "0088, a GLN",
        schemes(SELLER_ENDPOINT),
        schemes(BUYER_ENDPOINT),
    ),
    listed(
        "BR-CL-26",
        codes.IDENTIFIER_SCHEMES,
        "schemes of identifiers (ISO 6523 ICD)",
        "0088, a GLN",
        schemes(DELIVERY_LOCATION),
    ),
)
