"""The groups of an invoice that checks look into: where they stand, and what they are called in a message."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from formats.en16931.invoice import (
    AllowanceCharge,
    CreditTransfer,
    Invoice,
    Note,
    PaymentCard,
    PaymentInstructions,
    PrecedingInvoice,
    SupportingDocument,
    Totals,
    VatBreakdown,
)
from formats.en16931.line import ItemAttribute, Line, LineAllowanceCharge
from formats.en16931.party import Address, Buyer, Period, Seller, TaxRepresentative
from formats.en16931.terms import Identifier

Group = TypeVar("Group")
Positions = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Where(Generic[Group]):
    """The groups of one kind in an invoice.

    path:   `BG-25[{}]/BG-27[{}]`, to be filled with the positions of one of them
    name:   `Allowance {1} of line {0}`, the same for people
    found:  those that an invoice has, each with its positions counted from 1
    """

    path: str
    name: str
    found: Callable[[Invoice], Iterable[tuple[Positions, Group]]]

    def path_to(self, positions: Positions, term: str) -> str:
        """The path of a term in one of the groups."""
        path = self.path.format(*positions)
        return f"{path}/{term}" if path and term else path or term

    def called(self, positions: Positions) -> str:
        """One of the groups, in words: `Allowance 1 of line 3`."""
        return self.name.format(*positions)


def once(path: str, name: str, group_of: Callable[[Invoice], Group | None]) -> Where[Group]:
    """A group that an invoice has at most once."""

    def found(invoice: Invoice) -> Iterator[tuple[Positions, Group]]:
        group = group_of(invoice)
        if group is not None:
            yield (), group

    return Where(path, name, found)


def several(path: str, name: str, groups_of: Callable[[Invoice], tuple[Group, ...]]) -> Where[Group]:
    """A group that the document repeats."""

    def found(invoice: Invoice) -> Iterator[tuple[Positions, Group]]:
        for position, group in enumerate(groups_of(invoice), 1):
            yield (position,), group

    return Where(path, name, found)


def once_in_lines(path: str, name: str, group_of: Callable[[Line], Group | None]) -> Where[Group]:
    """A group that a line has at most once."""

    def found(invoice: Invoice) -> Iterator[tuple[Positions, Group]]:
        for position, line in enumerate(invoice.lines, 1):
            group = group_of(line)
            if group is not None:
                yield (position,), group

    return Where(path, name, found)


def several_in_lines(path: str, name: str, groups_of: Callable[[Line], tuple[Group, ...]]) -> Where[Group]:
    """A group that the lines repeat."""

    def found(invoice: Invoice) -> Iterator[tuple[Positions, Group]]:
        for line_position, line in enumerate(invoice.lines, 1):
            for position, group in enumerate(groups_of(line), 1):
                yield (line_position, position), group

    return Where(path, name, found)


# What the standard demands of every invoice is missing, too, where the group that should hold it is missing.
NO_SELLER: Final = Seller()
NO_BUYER: Final = Buyer()
NO_TOTALS: Final = Totals()

INVOICE: Final[Where[Invoice]] = once("", "The invoice", lambda invoice: invoice)
ANY_SELLER: Final[Where[Seller]] = once("BG-4", "The seller", lambda invoice: invoice.seller or NO_SELLER)
ANY_BUYER: Final[Where[Buyer]] = once("BG-7", "The buyer", lambda invoice: invoice.buyer or NO_BUYER)
ANY_TOTALS: Final[Where[Totals]] = once("BG-22", "The invoice", lambda invoice: invoice.totals or NO_TOTALS)

TAX_REPRESENTATIVE: Final[Where[TaxRepresentative]] = once(
    "BG-11", "The tax representative of the seller", lambda invoice: invoice.tax_representative
)
PAYMENT: Final[Where[PaymentInstructions]] = once("BG-16", "The payment", lambda invoice: invoice.payment)

SELLER_ADDRESS: Final[Where[Address]] = once(
    "BG-4/BG-5", "The address of the seller", lambda invoice: invoice.seller.address if invoice.seller else None
)
BUYER_ADDRESS: Final[Where[Address]] = once(
    "BG-7/BG-8", "The address of the buyer", lambda invoice: invoice.buyer.address if invoice.buyer else None
)
REPRESENTATIVE_ADDRESS: Final[Where[Address]] = once(
    "BG-11/BG-12",
    "The address of the tax representative",
    lambda invoice: invoice.tax_representative.address if invoice.tax_representative else None,
)
DELIVERY_ADDRESS: Final[Where[Address]] = once(
    "BG-13/BG-15", "The delivery address", lambda invoice: invoice.delivery.address if invoice.delivery else None
)

SELLER_IDENTIFIERS: Final[Where[Identifier]] = several(
    "BG-4/BT-29[{}]",
    "Identifier {} of the seller",
    lambda invoice: invoice.seller.identifiers if invoice.seller else (),
)
BUYER_IDENTIFIER: Final[Where[Identifier]] = once(
    "BG-7/BT-46", "The identifier of the buyer", lambda invoice: invoice.buyer.identifier if invoice.buyer else None
)
PAYEE_IDENTIFIER: Final[Where[Identifier]] = once(
    "BG-10/BT-60", "The identifier of the payee", lambda invoice: invoice.payee.identifier if invoice.payee else None
)
SELLER_REGISTRATION: Final[Where[Identifier]] = once(
    "BG-4/BT-30",
    "The legal registration of the seller",
    lambda invoice: invoice.seller.legal_registration if invoice.seller else None,
)
BUYER_REGISTRATION: Final[Where[Identifier]] = once(
    "BG-7/BT-47",
    "The legal registration of the buyer",
    lambda invoice: invoice.buyer.legal_registration if invoice.buyer else None,
)
PAYEE_REGISTRATION: Final[Where[Identifier]] = once(
    "BG-10/BT-61",
    "The legal registration of the payee",
    lambda invoice: invoice.payee.legal_registration if invoice.payee else None,
)
DELIVERY_LOCATION: Final[Where[Identifier]] = once(
    "BG-13/BT-71",
    "The identifier of the delivery location",
    lambda invoice: invoice.delivery.location if invoice.delivery else None,
)
SELLER_ENDPOINT: Final[Where[Identifier]] = once(
    "BG-4/BT-34",
    "The electronic address of the seller",
    lambda invoice: invoice.seller.electronic_address if invoice.seller else None,
)
BUYER_ENDPOINT: Final[Where[Identifier]] = once(
    "BG-7/BT-49",
    "The electronic address of the buyer",
    lambda invoice: invoice.buyer.electronic_address if invoice.buyer else None,
)
INVOICING_PERIOD: Final[Where[Period]] = once(
    "BG-13/BG-14", "The invoicing period", lambda invoice: invoice.delivery.period if invoice.delivery else None
)
CARD: Final[Where[PaymentCard]] = once(
    "BG-16/BG-18", "The payment card", lambda invoice: invoice.payment.card if invoice.payment else None
)

NOTES: Final[Where[Note]] = several("BG-1[{}]", "Note {}", lambda invoice: invoice.notes)
PRECEDING: Final[Where[PrecedingInvoice]] = several(
    "BG-3[{}]", "Preceding invoice {}", lambda invoice: invoice.preceding_invoices
)
CREDIT_TRANSFERS: Final[Where[CreditTransfer]] = several(
    "BG-16/BG-17[{}]", "Credit transfer {}", lambda invoice: invoice.payment.credit_transfers if invoice.payment else ()
)
ALLOWANCES: Final[Where[AllowanceCharge]] = several("BG-20[{}]", "Allowance {}", lambda invoice: invoice.allowances)
CHARGES: Final[Where[AllowanceCharge]] = several("BG-21[{}]", "Charge {}", lambda invoice: invoice.charges)
BREAKDOWN: Final[Where[VatBreakdown]] = several(
    "BG-23[{}]", "Row {} of the VAT breakdown", lambda invoice: invoice.vat_breakdown
)
SUPPORTING: Final[Where[SupportingDocument]] = several(
    "BG-24[{}]", "Supporting document {}", lambda invoice: invoice.supporting_documents
)
LINES: Final[Where[Line]] = several("BG-25[{}]", "Line {}", lambda invoice: invoice.lines)
LINE_PERIODS: Final[Where[Period]] = once_in_lines("BG-25[{}]/BG-26", "The period of line {}", lambda line: line.period)
STANDARD_IDENTIFIERS: Final[Where[Identifier]] = once_in_lines(
    "BG-25[{}]/BG-31/BT-157",
    "The standard identifier in line {}",
    lambda line: line.item.standard_identifier if line.item else None,
)
LINE_ALLOWANCES: Final[Where[LineAllowanceCharge]] = several_in_lines(
    "BG-25[{}]/BG-27[{}]", "Allowance {1} of line {0}", lambda line: line.allowances
)
LINE_CHARGES: Final[Where[LineAllowanceCharge]] = several_in_lines(
    "BG-25[{}]/BG-28[{}]", "Charge {1} of line {0}", lambda line: line.charges
)
ATTRIBUTES: Final[Where[ItemAttribute]] = several_in_lines(
    "BG-25[{}]/BG-31/BG-32[{}]",
    "Attribute {1} of the item in line {0}",
    lambda line: line.item.attributes if line.item else (),
)
CLASSIFICATIONS: Final[Where[Identifier]] = several_in_lines(
    "BG-25[{}]/BG-31/BT-158[{}]",
    "Class {1} of the item in line {0}",
    lambda line: line.item.classifications if line.item else (),
)
