"""The VAT categories and what each of them demands: the rows behind BR-S-*, BR-Z-*, BR-E-* ... (section 6.4.3).

The rules of a category carry its own letters but the same numbers, so a category is one row here and a rule is one
function for all of them in `vat.py`. In the official identifiers the Canary Islands are AF, Ceuta and Melilla AG.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Final

from formats.en16931.invoice import Invoice
from formats.en16931.money import ZERO


class Rate(Enum):
    """What rate the category allows."""

    POSITIVE = "a rate above 0"
    ANY = "a rate of 0 or more"
    ZERO = "the rate 0"
    NONE = "no rate"

    def allows(self, rate: Decimal | None) -> bool:
        """Whether a stated rate, or none, is right."""
        if rate is None:
            return self is Rate.NONE
        match self:
            case Rate.POSITIVE:
                return rate > ZERO
            case Rate.ANY:
                return rate >= ZERO
            case Rate.ZERO:
                return rate == ZERO
            case Rate.NONE:
                return False


class Reason(Enum):
    """Whether the VAT breakdown says why no tax is due."""

    NEEDED = "needs"
    FORBIDDEN = "must not have"


@dataclass(frozen=True, slots=True)
class Missing:
    """What a party must state for a category and does not, or states and must not."""

    path: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class VatCategory:
    """One VAT category.

    code, letters:  `K` in BT-118, BT-95, BT-102 and BT-151; `IC` in `BR-IC-08`
    name:           in words
    rate:           what rate is right in lines, allowances and charges
    reason:         whether an exemption reason is needed or forbidden (BT-120, BT-121)
    parties:        what is wrong with the identifiers of the parties, None where they are right
    """

    code: str
    letters: str
    name: str
    rate: Rate
    reason: Reason
    parties: Callable[[Invoice], Missing | None]

    def rule(self, number: int) -> str:
        """The official id of one of its rules: `BR-IC-08`."""
        return f"BR-{self.letters}-{number:02}"

    @property
    def is_taxed(self) -> bool:
        """Whether there may be several rates, each with a row of its own in the VAT breakdown."""
        return self.rate in (Rate.POSITIVE, Rate.ANY)


def _has_vat_id(invoice: Invoice) -> bool:
    """BT-31 of the seller or BT-63 of its tax representative."""
    return bool(
        (invoice.seller and invoice.seller.vat_identifier)
        or (invoice.tax_representative and invoice.tax_representative.vat_identifier)
    )


def vat_id_needed(invoice: Invoice) -> Missing | None:
    """BT-31 or BT-63."""
    if _has_vat_id(invoice):
        return None
    return Missing(
        "BG-4/BT-31",
        "neither the seller nor its tax representative states a VAT identifier",
        "State the VAT identifier of the seller (BT-31) or of its tax representative (BT-63).",
    )


def tax_id_needed(invoice: Invoice) -> Missing | None:
    """BT-31, BT-32 or BT-63."""
    if invoice.seller and invoice.seller.tax_registration:
        return None
    missing = vat_id_needed(invoice)
    return missing and Missing(
        missing.path,
        "neither a VAT identifier nor a tax registration of the seller is stated",
        "State the VAT identifier of the seller (BT-31), its tax registration (BT-32) or the VAT identifier of its"
        " tax representative (BT-63).",
    )


def tax_id_and_buyer_needed(invoice: Invoice) -> Missing | None:
    """BT-31, BT-32 or BT-63, and BT-48 or BT-47."""
    buyer = invoice.buyer
    if buyer is None or not (buyer.vat_identifier or buyer.legal_registration):
        return Missing(
            "BG-7/BT-48",
            "the buyer states neither a VAT identifier nor a legal registration",
            "State the VAT identifier (BT-48) or the legal registration (BT-47) of the buyer, who owes the tax.",
        )
    return tax_id_needed(invoice)


def both_vat_ids_needed(invoice: Invoice) -> Missing | None:
    """BT-31 or BT-63, and BT-48."""
    if invoice.buyer is None or not invoice.buyer.vat_identifier:
        return Missing(
            "BG-7/BT-48",
            "the buyer states no VAT identifier",
            "State the VAT identifier of the buyer (BT-48).",
        )
    return vat_id_needed(invoice)


def no_vat_ids_allowed(invoice: Invoice) -> Missing | None:
    """None of BT-31, BT-63 and BT-48."""
    for party, path, who in (
        (invoice.seller, "BG-4/BT-31", "the seller"),
        (invoice.tax_representative, "BG-11/BT-63", "the tax representative"),
        (invoice.buyer, "BG-7/BT-48", "the buyer"),
    ):
        if party is not None and party.vat_identifier:
            return Missing(
                path,
                f"{who} states the VAT identifier {party.vat_identifier}",
                "Leave out the VAT identifiers, or choose a VAT category within the scope of VAT, such as E.",
            )
    return None


STANDARD: Final = VatCategory("S", "S", "standard rate", Rate.POSITIVE, Reason.FORBIDDEN, tax_id_needed)
ZERO_RATED: Final = VatCategory("Z", "Z", "zero rated", Rate.ZERO, Reason.FORBIDDEN, tax_id_needed)
EXEMPT: Final = VatCategory("E", "E", "exempt from VAT", Rate.ZERO, Reason.NEEDED, tax_id_needed)
REVERSE: Final = VatCategory("AE", "AE", "reverse charge", Rate.ZERO, Reason.NEEDED, tax_id_and_buyer_needed)
INTRA_COMMUNITY: Final = VatCategory("K", "IC", "intra-Community supply", Rate.ZERO, Reason.NEEDED, both_vat_ids_needed)
EXPORT: Final = VatCategory("G", "G", "export outside the EU", Rate.ZERO, Reason.NEEDED, vat_id_needed)
OUTSIDE: Final = VatCategory("O", "O", "outside the scope of VAT", Rate.NONE, Reason.NEEDED, no_vat_ids_allowed)
CANARY_ISLANDS: Final = VatCategory("L", "AF", "IGIC", Rate.ANY, Reason.FORBIDDEN, tax_id_needed)
CEUTA_MELILLA: Final = VatCategory("M", "AG", "IPSI", Rate.ANY, Reason.FORBIDDEN, tax_id_needed)

CATEGORIES: Final = (
    STANDARD,
    ZERO_RATED,
    EXEMPT,
    REVERSE,
    INTRA_COMMUNITY,
    EXPORT,
    OUTSIDE,
    CANARY_ISLANDS,
    CEUTA_MELILLA,
)
