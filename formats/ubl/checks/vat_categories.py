"""The VAT categories and what each of them demands: the rows behind BR-S-*, BR-Z-*, BR-E-* ... (EN 16931-1, 6.4.3).

The rules of a category carry its own letters but the same numbers, so a category is one row here and a rule is one
function for all of them in `vat.py`. In the official identifiers the intra-Community supply (K) is IC, the Canary
Islands (L) are AF, Ceuta and Melilla (M) AG.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Rate(Enum):
    """What rate lines, allowances and charges of a category state."""

    ABOVE_ZERO = "above 0"
    ANY = "0 or more"
    ZERO = "0"
    NONE = "none"


class Reason(Enum):
    """Whether the VAT breakdown says why no tax is due (BT-120, BT-121)."""

    NEEDED = "needed"
    FORBIDDEN = "forbidden"


class Parties(Enum):
    """Which identifiers the parties state. A tax representative with a VAT identifier (BT-63) stands in for the seller.

    TAX:       the seller a VAT identifier or a tax registration (BT-31, BT-32)
    VAT:       the seller a VAT identifier (BT-31)
    BUYER_TOO: TAX, and the buyer a VAT identifier or a legal registration (BT-48, BT-47)
    BOTH_VAT:  VAT, and the buyer a VAT identifier (BT-48)
    NO_VAT:    none of BT-31, BT-63 and BT-48
    """

    TAX = "tax"
    VAT = "vat"
    BUYER_TOO = "buyer too"
    BOTH_VAT = "both vat"
    NO_VAT = "no vat"


@dataclass(frozen=True, slots=True)
class VatCategory:
    """One VAT category.

    code, letters:  `K` in BT-118, BT-95, BT-102 and BT-151; `IC` in `BR-IC-08`
    rate:           what rate is right in lines, allowances and charges
    reason:         whether an exemption reason is needed or forbidden
    parties:        which identifiers of the parties it calls for
    """

    code: str
    letters: str
    rate: Rate
    reason: Reason
    parties: Parties

    def rule(self, number: int) -> str:
        """The official id of one of its rules: `BR-IC-08`."""
        return f"BR-{self.letters}-{number:02}"

    @property
    def is_taxed(self) -> bool:
        """Whether there may be several rates, each with a row of its own in the VAT breakdown."""
        return self.rate in (Rate.ABOVE_ZERO, Rate.ANY)


STANDARD: Final = VatCategory("S", "S", Rate.ABOVE_ZERO, Reason.FORBIDDEN, Parties.TAX)
ZERO_RATED: Final = VatCategory("Z", "Z", Rate.ZERO, Reason.FORBIDDEN, Parties.TAX)
EXEMPT: Final = VatCategory("E", "E", Rate.ZERO, Reason.NEEDED, Parties.TAX)
REVERSE_CHARGE: Final = VatCategory("AE", "AE", Rate.ZERO, Reason.NEEDED, Parties.BUYER_TOO)
INTRA_COMMUNITY: Final = VatCategory("K", "IC", Rate.ZERO, Reason.NEEDED, Parties.BOTH_VAT)
EXPORT: Final = VatCategory("G", "G", Rate.ZERO, Reason.NEEDED, Parties.VAT)
OUTSIDE: Final = VatCategory("O", "O", Rate.NONE, Reason.NEEDED, Parties.NO_VAT)
CANARY_ISLANDS: Final = VatCategory("L", "AF", Rate.ANY, Reason.FORBIDDEN, Parties.TAX)
CEUTA_MELILLA: Final = VatCategory("M", "AG", Rate.ANY, Reason.FORBIDDEN, Parties.TAX)
SPLIT_PAYMENT: Final = "B"
"""Italian split payment has two rules of its own and none of the others."""

CATEGORIES: Final = (
    STANDARD,
    ZERO_RATED,
    EXEMPT,
    REVERSE_CHARGE,
    INTRA_COMMUNITY,
    EXPORT,
    OUTSIDE,
    CANARY_ISLANDS,
    CEUTA_MELILLA,
)
BY_CODE: Final = {category.code: category for category in CATEGORIES}


def rules_numbered(*numbers: int) -> str:
    """The ids of these rules of every category, as `asserts` takes them."""
    return " ".join(category.rule(number) for number in numbers for category in CATEGORIES)
