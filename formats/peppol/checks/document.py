"""Rules of Peppol BIS Billing 3 about the document as a whole: PEPPOL-EN16931-R001 to R061, P0100, P0101 and P0112.

A rule that the specifications on Peppol fill in differently is a function that makes the check.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from formats.checking import Check, Finding, check
from formats.en16931 import Address, Buyer, Invoice, ProcessControl, Seller, Totals
from formats.en16931.checks.groups import INVOICE, Where, once
from formats.en16931.checks.mandatory import needs

# UNTDID 4461: direct debit, SEPA direct debit.
DIRECT_DEBITS: Final = frozenset({"49", "59"})
# UNTDID 1001 codes that stand for a partial and a corrected invoice, which Peppol leaves to Germany.
GERMAN_TYPES: Final = frozenset({"326", "384"})
FRANCE: Final = frozenset({"urn:peppol:france:billing:regulated", "urn:peppol:france:billing:non-regulated"})
WITH_RESPONSE: Final = "urn:peppol:bis:billing_with_response"


@dataclass(frozen=True, slots=True)
class Billing:
    """One of the billing specifications of Peppol, where their rules differ.

    specification:    what BT-24 begins with
    processes:        what BT-23 may say
    typed_processes:  those in which the type code (BT-3) must be one of these
    invoices, credit_notes:  UNTDID 1001 codes
    """

    specification: str
    processes: frozenset[str]
    typed_processes: frozenset[str]
    invoices: frozenset[str]
    credit_notes: frozenset[str]


def process_of(invoice: Invoice) -> ProcessControl:
    """BG-2, empty where the invoice has none."""
    return invoice.process or ProcessControl()


def is_german(address: Address | None) -> bool:
    """Whether an address is in Germany, as the official rules look at it."""
    return address is not None and " ".join((address.country or "").split()).upper() == "DE"


def is_between_germans(invoice: Invoice) -> bool:
    """Whether seller and buyer both are in Germany, by their addresses."""
    seller, buyer = invoice.seller, invoice.buyer
    return is_german(seller.address if seller else None) and is_german(buyer.address if buyer else None)


PROCESS_STATED: Final = needs(
    "PEPPOL-EN16931-R001",
    INVOICE,
    "BG-2/BT-23",
    "business process (cbc:ProfileID)",
    lambda invoice: process_of(invoice).business_process,
)


def specification_begins(billing: Billing) -> Check[Invoice]:
    """PEPPOL-EN16931-R004: BT-24 begins with the specification and follows the form of identifiers."""

    def other(invoice: Invoice) -> Iterator[Finding]:
        stated = process_of(invoice).specification or ""
        if not stated.startswith(billing.specification) or "::" in stated:
            message = f"The specification identifier is {stated!r}."
            yield Finding("PEPPOL-EN16931-R004", "BG-2/BT-24", message, f"State {billing.specification}.")

    return Check("PEPPOL-EN16931-R004", other)


def process_is_known(billing: Billing) -> Check[Invoice]:
    """PEPPOL-EN16931-R007: BT-23 is one of the processes of the specification."""

    def unknown(invoice: Invoice) -> Iterator[Finding]:
        stated = process_of(invoice).business_process
        if stated not in billing.processes:
            message = f"The business process is {stated!r}, which Peppol does not know."
            yield Finding("PEPPOL-EN16931-R007", "BG-2/BT-23", message, f"State {min(billing.processes)}.")

    return Check("PEPPOL-EN16931-R007", unknown)


def type_fits(billing: Billing) -> tuple[Check[Invoice], Check[Invoice]]:
    """PEPPOL-EN16931-P0100 and P0101: BT-3 is a code of the process."""

    def unfit(rule: str, allowed: frozenset[str], is_credit_note: bool) -> Callable[[Invoice], Iterator[Finding]]:
        def found(invoice: Invoice) -> Iterator[Finding]:
            code = invoice.type_code
            typed = process_of(invoice).business_process in billing.typed_processes
            if code is not None and typed and invoice.is_credit_note == is_credit_note and code not in allowed:
                message = f"The type code {code} is not used in this process of Peppol."
                yield Finding(rule, "BT-3", message, f"Use one of {', '.join(sorted(allowed))}.")

        return found

    return (
        Check("PEPPOL-EN16931-P0100", unfit("PEPPOL-EN16931-P0100", billing.invoices, is_credit_note=False)),
        Check("PEPPOL-EN16931-P0101", unfit("PEPPOL-EN16931-P0101", billing.credit_notes, is_credit_note=True)),
    )


@check("PEPPOL-EN16931-R002")
def one_note_at_most(invoice: Invoice) -> Iterator[Finding]:
    """At most one BG-1, unless seller and buyer are German."""
    if len(invoice.notes) > 1 and not is_between_germans(invoice):
        yield Finding(
            "PEPPOL-EN16931-R002",
            "BG-1[2]",
            f"The invoice has {len(invoice.notes)} notes; Peppol carries one.",
            "Put the notes into one text.",
        )


@check("PEPPOL-EN16931-R003")
def buyer_can_route_it(invoice: Invoice) -> Iterator[Finding]:
    """BT-10 or BT-13. A sales order (BT-14) brings an order reference `NA` with it in UBL, which satisfies the rule."""
    if not (invoice.buyer_reference or invoice.order_reference or invoice.sales_order_reference):
        yield Finding(
            "PEPPOL-EN16931-R003",
            "BT-10",
            "The invoice has neither a buyer reference nor a purchase order reference.",
            "State what the buyer gave you: the buyer reference (BT-10) or the order number (BT-13).",
        )


@check("PEPPOL-EN16931-R005")
def vat_currency_differs(invoice: Invoice) -> Iterator[Finding]:
    """BT-6, if stated, is another currency than BT-5."""
    if invoice.vat_currency is not None and invoice.vat_currency == invoice.currency:
        yield Finding(
            "PEPPOL-EN16931-R005",
            "BT-6",
            f"The VAT accounting currency is {invoice.vat_currency}, like the invoice currency.",
            "Leave the VAT accounting currency out, and the VAT total in it (BT-111).",
        )


SELLER: Final[Where[Seller]] = once("BG-4", "The seller", lambda invoice: invoice.seller)
BUYER: Final[Where[Buyer]] = once("BG-7", "The buyer", lambda invoice: invoice.buyer)
BUYER_ADDRESS_STATED: Final = needs(
    "PEPPOL-EN16931-R010", BUYER, "BT-49", "electronic address", lambda buyer: buyer.electronic_address
)
SELLER_ADDRESS_STATED: Final = needs(
    "PEPPOL-EN16931-R020", SELLER, "BT-34", "electronic address", lambda seller: seller.electronic_address
)


@check("PEPPOL-EN16931-R053")
def vat_total_has_a_breakdown(invoice: Invoice) -> Iterator[Finding]:
    """Exactly one VAT total with a breakdown; the model has room for one."""
    if not invoice.vat_breakdown:
        yield Finding(
            "PEPPOL-EN16931-R053",
            "BG-23",
            "The invoice has no VAT breakdown.",
            "State taxable amount and tax for each VAT category and rate, also where the tax is 0.00.",
        )


@check("PEPPOL-EN16931-R054")
def vat_total_in_vat_currency(invoice: Invoice) -> Iterator[Finding]:
    """Beside the VAT total with its breakdown, one without (BT-111) exactly where BT-6 is stated."""
    totals, currency = invoice.totals or Totals(), invoice.vat_currency
    converted, bare = totals.vat_in_accounting_currency, totals.vat is not None and not invoice.vat_breakdown
    if (converted is not None) + bare == (currency is not None):
        return
    if bare:
        message, fix = f"The VAT total of {totals.vat} has no breakdown.", "State the VAT breakdown (BG-23)."
    elif converted is None:
        message = f"The VAT accounting currency is {currency}, but the VAT total in it is missing."
        fix = "State the invoice total VAT amount in accounting currency (BT-111)."
    else:
        message = f"A VAT total of {converted} in accounting currency is stated, but not which currency that is."
        fix = "State the VAT accounting currency (BT-6)."
    yield Finding("PEPPOL-EN16931-R054", "BG-22/BT-111", message, fix)


@check("PEPPOL-EN16931-R055")
def vat_totals_have_one_sign(invoice: Invoice) -> Iterator[Finding]:
    """BT-110 and BT-111 are both positive or both negative; a missing one fails, as in the official rule."""
    totals = invoice.totals or Totals()
    vat, converted = totals.vat, totals.vat_in_accounting_currency
    if invoice.vat_currency is None:
        return
    if vat is not None and converted is not None and not (vat < 0 < converted or converted < 0 < vat):
        return
    yield Finding(
        "PEPPOL-EN16931-R055",
        "BG-22/BT-111",
        f"The VAT total is {vat} {invoice.currency}, but {converted} {invoice.vat_currency} in accounting currency.",
        "State both, with the same sign.",
    )


@check("PEPPOL-EN16931-R061")
def direct_debit_has_a_mandate(invoice: Invoice) -> Iterator[Finding]:
    """BT-89 where the means of payment (BT-81) is a direct debit."""
    payment = invoice.payment
    if payment is None or payment.means_code not in DIRECT_DEBITS:
        return
    if payment.direct_debit is None or not payment.direct_debit.mandate:
        yield Finding(
            "PEPPOL-EN16931-R061",
            "BG-16/BG-19/BT-89",
            f"Payment is by direct debit (means code {payment.means_code}), but there is no mandate reference.",
            "State the mandate reference that the buyer signed.",
        )


@check("PEPPOL-EN16931-P0112")
def german_type_between_germans(invoice: Invoice) -> Iterator[Finding]:
    """BT-3 is 326 or 384 between Germans only."""
    if invoice.type_code in GERMAN_TYPES and not is_between_germans(invoice):
        yield Finding(
            "PEPPOL-EN16931-P0112",
            "BT-3",
            f"The type code {invoice.type_code} is only allowed between German organisations.",
            "Use 380; name the corrected invoice in the preceding invoice reference (BG-3).",
        )
