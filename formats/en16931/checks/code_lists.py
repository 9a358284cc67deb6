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


def listed(rule: str, allowed: Container[str], list_name: str, *places: Coded) -> Check[Invoice]:
    """The check that the codes in these places are on a list."""

    def unlisted(invoice: Invoice) -> Iterator[Finding]:
        for place in places:
            for path, code in place(invoice):
                if code.strip() not in allowed:
                    yield Finding(
                        rule,
                        path,
                        f"{code!r} is not a code of {list_name}.",
                        f"State a code of {list_name}.",
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
        "UNTDID 1001 for invoices and credit notes",
        coded(INVOICE, "BT-3", lambda one: one.type_code),
    ),
    listed("BR-CL-04", codes.CURRENCIES, "ISO 4217", coded(INVOICE, "BT-5", lambda one: one.currency)),
    listed("BR-CL-05", codes.CURRENCIES, "ISO 4217", coded(INVOICE, "BT-6", lambda one: one.vat_currency)),
    listed(
        "BR-CL-06",
        codes.VAT_POINT_DATES,
        "UNTDID 2005 for VAT dates (3, 35, 432)",
        coded(INVOICE, "BT-8", lambda one: one.tax_point_code),
    ),
    listed(
        "BR-CL-07",
        codes.OBJECT_SCHEMES,
        "UNTDID 1153",
        coded(INVOICE, "BT-18", _object_scheme),
        coded(LINES, "BT-128", _object_scheme),
    ),
    listed("BR-CL-08", codes.NOTE_SUBJECTS, "UNTDID 4451", coded(NOTES, "BT-21", lambda one: one.subject_code)),
    listed(
        "BR-CL-10",
        codes.IDENTIFIER_SCHEMES,
        "ISO 6523 ICD",
        coded(SELLER_IDENTIFIERS, "", _scheme_beside_sepa),
        coded(PAYEE_IDENTIFIER, "", _scheme_beside_sepa),
        schemes(BUYER_IDENTIFIER),
    ),
    listed(
        "BR-CL-11",
        codes.IDENTIFIER_SCHEMES,
        "ISO 6523 ICD",
        schemes(SELLER_REGISTRATION),
        schemes(BUYER_REGISTRATION),
        schemes(PAYEE_REGISTRATION),
    ),
    listed("BR-CL-13", codes.ITEM_CLASSES, "UNTDID 7143", schemes(CLASSIFICATIONS)),
    listed(
        "BR-CL-14",
        codes.COUNTRIES,
        "ISO 3166-1",
        coded(SELLER_ADDRESS, "BT-40", lambda one: one.country),
        coded(BUYER_ADDRESS, "BT-55", lambda one: one.country),
        coded(REPRESENTATIVE_ADDRESS, "BT-69", lambda one: one.country),
        coded(DELIVERY_ADDRESS, "BT-80", lambda one: one.country),
    ),
    listed(
        "BR-CL-15",
        codes.COUNTRIES,
        "ISO 3166-1",
        coded(LINES, "BG-31/BT-159", lambda one: one.item.origin_country if one.item else None),
    ),
    listed("BR-CL-16", codes.PAYMENT_MEANS, "UNTDID 4461", coded(PAYMENT, "BT-81", lambda one: one.means_code)),
    listed(
        "BR-CL-17",
        codes.VAT_CATEGORIES,
        "UNTDID 5305 as EN 16931 uses it",
        coded(ALLOWANCES, "BT-95", lambda one: one.vat_category),
        coded(CHARGES, "BT-102", lambda one: one.vat_category),
        coded(BREAKDOWN, "BT-118", lambda one: one.category),
    ),
    listed(
        "BR-CL-18",
        codes.VAT_CATEGORIES,
        "UNTDID 5305 as EN 16931 uses it",
        coded(LINES, "BG-30/BT-151", lambda one: one.vat.category if one.vat else None),
    ),
    listed(
        "BR-CL-19",
        codes.ALLOWANCE_REASONS,
        "UNTDID 5189",
        coded(ALLOWANCES, "BT-98", lambda one: one.reason_code),
        coded(LINE_ALLOWANCES, "BT-140", lambda one: one.reason_code),
    ),
    listed(
        "BR-CL-20",
        codes.CHARGE_REASONS,
        "UNTDID 7161",
        coded(CHARGES, "BT-105", lambda one: one.reason_code),
        coded(LINE_CHARGES, "BT-145", lambda one: one.reason_code),
    ),
    listed("BR-CL-21", codes.IDENTIFIER_SCHEMES, "ISO 6523 ICD", schemes(STANDARD_IDENTIFIERS)),
    listed(
        "BR-CL-22",
        codes.EXEMPTION_REASONS,
        "VATEX",
        coded(BREAKDOWN, "BT-121", lambda one: one.exemption_code and one.exemption_code.upper()),
    ),
    listed(
        "BR-CL-23",
        codes.UNITS,
        "UN/ECE Recommendations 20 and 21",
        coded(LINES, "BT-130", lambda one: one.unit),
        coded(LINES, "BG-29/BT-150", lambda one: one.price.base_unit if one.price else None),
    ),
    listed(
        "BR-CL-24",
        codes.MEDIA_TYPES,
        "the media types that may be attached",
        coded(SUPPORTING, "BT-125", lambda one: one.attachment.media_type if one.attachment else None),
    ),
    listed("BR-CL-25", codes.ENDPOINT_SCHEMES, "EAS", schemes(SELLER_ENDPOINT), schemes(BUYER_ENDPOINT)),
    listed("BR-CL-26", codes.IDENTIFIER_SCHEMES, "ISO 6523 ICD", schemes(DELIVERY_LOCATION)),
)
