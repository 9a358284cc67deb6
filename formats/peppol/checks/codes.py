"""Codes on Peppol: PEPPOL-EN16931-CL001 to CL008, and the VAT categories of exemption codes, P0104 to P0111."""

from collections.abc import Iterator, Mapping
from typing import Final

from formats.checking import Check, Finding
from formats.en16931 import Invoice, codes
from formats.en16931.checks.code_lists import coded, listed, schemes
from formats.en16931.checks.groups import (
    ALLOWANCES,
    BREAKDOWN,
    BUYER_ENDPOINT,
    CHARGES,
    INVOICE,
    LINE_ALLOWANCES,
    LINE_CHARGES,
    SELLER_ENDPOINT,
    SUPPORTING,
)
from formats.peppol.participants import REGISTERS

# The VAT category that an exemption code of the VATEX list belongs to.
CATEGORIES: Final[Mapping[str, tuple[str, str]]] = {
    "VATEX-EU-G": ("PEPPOL-EN16931-P0104", "G"),
    "VATEX-EU-O": ("PEPPOL-EN16931-P0105", "O"),
    "VATEX-EU-IC": ("PEPPOL-EN16931-P0106", "K"),
    "VATEX-EU-AE": ("PEPPOL-EN16931-P0107", "AE"),
    "VATEX-EU-D": ("PEPPOL-EN16931-P0108", "E"),
    "VATEX-EU-F": ("PEPPOL-EN16931-P0109", "E"),
    "VATEX-EU-I": ("PEPPOL-EN16931-P0110", "E"),
    "VATEX-EU-J": ("PEPPOL-EN16931-P0111", "E"),
}
# The rule set 2026.5 does not know these two, which the code list 9.7 has as active.
ENDPOINT_SCHEMES: Final = frozenset(code for code, one in REGISTERS.items() if one.is_active) - {"0158", "0205"}
CURRENCIES: Final = codes.CURRENCIES - {"STD"} | {"STN"}


def category_of_exemption(exemption: str, rule: str, category: str) -> Check[Invoice]:
    """PEPPOL-EN16931-P0104 to P0111: an exemption code is stated under its own VAT category."""

    def other(invoice: Invoice) -> Iterator[Finding]:
        for positions, row in BREAKDOWN.found(invoice):
            if (row.exemption_code or "").upper() == exemption and row.category != category:
                yield Finding(
                    rule,
                    BREAKDOWN.path_to(positions, "BT-118"),
                    f"{BREAKDOWN.called(positions)} gives {exemption} as reason, but has VAT category {row.category}.",
                    f"Use VAT category {category}, or the reason that fits.",
                )

    return Check(rule, other)


CODES: Final = (
    *(category_of_exemption(exemption, *row) for exemption, row in CATEGORIES.items()),
    listed(
        "PEPPOL-EN16931-CL001",
        codes.MEDIA_TYPES,
        "media types that every receiver can open",
        "application/pdf",
        coded(SUPPORTING, "BT-125", lambda one: one.attachment.media_type if one.attachment else None),
    ),
    listed(
        "PEPPOL-EN16931-CL002",
        codes.ALLOWANCE_REASONS,
        "reasons of allowances (UNTDID 5189)",
        "95, a discount",
        coded(ALLOWANCES, "BT-98", lambda one: one.reason_code),
        coded(LINE_ALLOWANCES, "BT-140", lambda one: one.reason_code),
    ),
    listed(
        "PEPPOL-EN16931-CL003",
        codes.CHARGE_REASONS,
        "reasons of charges (UNTDID 7161)",
        "FC, freight",
        coded(CHARGES, "BT-105", lambda one: one.reason_code),
        coded(LINE_CHARGES, "BT-145", lambda one: one.reason_code),
    ),
    listed(
        "PEPPOL-EN16931-CL006",
        codes.VAT_POINT_DATES,
        "VAT date codes 3, 35 and 432 (UNTDID 2005)",
        "35, the date of delivery",
        coded(INVOICE, "BT-8", lambda one: one.tax_point_code),
    ),
    listed(
        "PEPPOL-EN16931-CL007",
        CURRENCIES,
        "currency codes (ISO 4217)",
        "EUR",
        coded(INVOICE, "BT-5", lambda one: one.currency),
        coded(INVOICE, "BT-6", lambda one: one.vat_currency),
    ),
    listed(
        "PEPPOL-EN16931-CL008",
        ENDPOINT_SCHEMES,
        "schemes of electronic addresses on Peppol (EAS)",
        "0088 for a GLN",
        schemes(SELLER_ENDPOINT),
        schemes(BUYER_ENDPOINT),
    ),
)
