"""What is proposed where the totals of an invoice fail by rounding: the changes, each with its arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from formats.en16931.invoice import Invoice
from formats.en16931.money import CENT


class Change(StrEnum):
    """The kinds of change, least first."""

    CENTS = "cents"
    """An amount with more than two decimals is written in cents, which the rules demand (BR-DEC-01 to BR-DEC-28)."""
    DECIMALS = "decimals"
    """A price or a percentage is stated with the decimals that were rounded away, or for more units at once."""
    ROUNDING_AMOUNT = "rounding_amount"
    """The rounding amount (BT-114)."""
    LINE = "line"
    """An allowance or a charge of a line (BG-27, BG-28)."""
    DOCUMENT = "document"
    """An allowance or a charge of the document (BG-20, BG-21)."""
    SUM = "sum"
    """A stated sum, taxable amount or tax is put right."""


# What one change weighs. A proposal is the set of changes that weighs least, so one change to a stated sum gives way
# to a line allowance that leaves all sums alone, and two changed prices to none of both.
WEIGHTS: Final[Mapping[Change, int]] = {
    Change.CENTS: 0,
    Change.DECIMALS: 1,
    Change.ROUNDING_AMOUNT: 2,
    Change.LINE: 3,
    Change.DOCUMENT: 4,
    Change.SUM: 5,
}


@dataclass(frozen=True, slots=True)
class Step:
    """One value that changes.

    change:      what kind of change it belongs to
    path:        of the value: `BG-22/BT-114`
    before:      what the invoice says, None where it says nothing
    after:       what it is to say
    arithmetic:  how that follows: `84.03 + 15.97 = 100.00`
    because:     why it is lawful
    """

    change: Change
    path: str
    before: Decimal | None
    after: Decimal
    arithmetic: str
    because: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """The invoice as it would be right, with the same amount due, and what was changed for it."""

    invoice: Invoice
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class NoRounding:
    """Why nothing is proposed: what fails is no matter of rounding.

    path:    the value that stands in the way
    reason:  in words, with the values of the invoice
    """

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Demands:
    """How exact the rules that apply want an invoice to be.

    line:   by how much BT-131 may differ from quantity x price (PEPPOL-EN16931-R120, SDI 00423); None: by anything.
            With it, percentages and gross prices must make their amounts (PEPPOL-EN16931-R040, R046).
    tax:    by how much BT-117 may differ from rate x base (BR-CO-17, BR-S-09: less than 1.00; SDI 00421: a cent)
    """

    line: Decimal | None = None
    tax: Decimal = Decimal("0.99")


EN16931: Final = Demands()
PEPPOL: Final = Demands(line=Decimal("0.02"))
SDI: Final = Demands(line=CENT, tax=CENT)


def is_italian(invoice: Invoice) -> bool:
    """Whether an invoice may go to SDI: seller and buyer are in Italy, or it says what Italy alone asks for."""
    seller, buyer = invoice.seller, invoice.buyer
    places = [party.address.country for party in (seller, buyer) if party is not None and party.address is not None]
    return invoice.italy is not None or "IT" in places
