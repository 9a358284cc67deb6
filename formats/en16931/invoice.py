"""The document around the lines: BG-1 to BG-24 of EN 16931-1.

One model serves invoices and credit notes: the type code (BT-3) tells them apart, and a credit note states
positive amounts. Nothing is mandatory at construction: what is absent is a finding, not a crash.
"""

import datetime
from decimal import Decimal
from typing import Annotated

from formats.en16931.italy import ItalianInvoice
from formats.en16931.line import Line
from formats.en16931.party import Buyer, Delivery, Payee, Seller, TaxRepresentative
from formats.en16931.terms import Attachment, Group, Identifier, term

# UNTDID 1001 codes that EN 16931 sends as a credit note (BR-CL-01, UBL CreditNote/CreditNoteTypeCode).
CREDIT_NOTE_TYPES = frozenset(
    {
        "81",
        "83",
        "261",
        "262",
        "296",
        "308",
        "381",
        "396",
        "420",
        "458",
        "502",
        "503",
        "532",
    }
)
# UNTDID 1001 codes of documents that the buyer issues in the seller's name.
SELF_BILLED_TYPES = frozenset({"261", "389", "471", "473", "500", "501", "502", "527"})


class Note(Group, frozen=True, kw_only=True):
    """INVOICE NOTE, BG-1."""

    subject_code: Annotated[str | None, term("BT-21", "Invoice note subject code")] = None
    text: Annotated[str | None, term("BT-22", "Invoice note")] = None


class ProcessControl(Group, frozen=True, kw_only=True):
    """PROCESS CONTROL, BG-2."""

    business_process: Annotated[str | None, term("BT-23", "Business process type")] = None
    specification: Annotated[str | None, term("BT-24", "Specification identifier")] = None


class PrecedingInvoice(Group, frozen=True, kw_only=True):
    """PRECEDING INVOICE REFERENCE, BG-3."""

    number: Annotated[str | None, term("BT-25", "Preceding Invoice reference")] = None
    issue_date: Annotated[datetime.date | None, term("BT-26", "Preceding Invoice issue date")] = None


class CreditTransfer(Group, frozen=True, kw_only=True):
    """CREDIT TRANSFER, BG-17."""

    account: Annotated[str | None, term("BT-84", "Payment account identifier")] = None
    account_name: Annotated[str | None, term("BT-85", "Payment account name")] = None
    service_provider: Annotated[str | None, term("BT-86", "Payment service provider identifier")] = None


class PaymentCard(Group, frozen=True, kw_only=True):
    """PAYMENT CARD INFORMATION, BG-18."""

    account_number: Annotated[str | None, term("BT-87", "Payment card primary account number")] = None
    holder: Annotated[str | None, term("BT-88", "Payment card holder name")] = None


class DirectDebit(Group, frozen=True, kw_only=True):
    """DIRECT DEBIT, BG-19."""

    mandate: Annotated[str | None, term("BT-89", "Mandate reference identifier")] = None
    creditor: Annotated[str | None, term("BT-90", "Bank assigned creditor identifier")] = None
    debited_account: Annotated[str | None, term("BT-91", "Debited account identifier")] = None


class PaymentInstructions(Group, frozen=True, kw_only=True):
    """PAYMENT INSTRUCTIONS, BG-16."""

    means_code: Annotated[str | None, term("BT-81", "Payment means type code")] = None
    means_text: Annotated[str | None, term("BT-82", "Payment means text")] = None
    remittance_information: Annotated[str | None, term("BT-83", "Remittance information")] = None
    credit_transfers: Annotated[tuple[CreditTransfer, ...], term("BG-17", "CREDIT TRANSFER")] = ()
    card: Annotated[PaymentCard | None, term("BG-18", "PAYMENT CARD INFORMATION")] = None
    direct_debit: Annotated[DirectDebit | None, term("BG-19", "DIRECT DEBIT")] = None


class AllowanceCharge(Group, frozen=True, kw_only=True):
    """DOCUMENT LEVEL ALLOWANCES, BG-20, and DOCUMENT LEVEL CHARGES, BG-21. Amounts are positive in both."""

    amount: Annotated[Decimal | None, term("", "Amount")] = None
    base: Annotated[Decimal | None, term("", "Base amount")] = None
    percentage: Annotated[Decimal | None, term("", "Percentage")] = None
    vat_category: Annotated[str | None, term("", "VAT category code")] = None
    vat_rate: Annotated[Decimal | None, term("", "VAT rate")] = None
    reason: Annotated[str | None, term("", "Reason")] = None
    reason_code: Annotated[str | None, term("", "Reason code")] = None


class Totals(Group, frozen=True, kw_only=True):
    """DOCUMENT TOTALS, BG-22, in the invoice currency; BT-111 alone is in the VAT accounting currency."""

    line_net: Annotated[Decimal | None, term("BT-106", "Sum of Invoice line net amount")] = None
    allowances: Annotated[Decimal | None, term("BT-107", "Sum of allowances on document level")] = None
    charges: Annotated[Decimal | None, term("BT-108", "Sum of charges on document level")] = None
    without_vat: Annotated[Decimal | None, term("BT-109", "Invoice total amount without VAT")] = None
    vat: Annotated[Decimal | None, term("BT-110", "Invoice total VAT amount")] = None
    vat_in_accounting_currency: Annotated[
        Decimal | None,
        term("BT-111", "Invoice total VAT amount in accounting currency"),
    ] = None
    with_vat: Annotated[Decimal | None, term("BT-112", "Invoice total amount with VAT")] = None
    paid: Annotated[Decimal | None, term("BT-113", "Paid amount")] = None
    rounding: Annotated[Decimal | None, term("BT-114", "Rounding amount")] = None
    due: Annotated[Decimal | None, term("BT-115", "Amount due for payment")] = None


class VatBreakdown(Group, frozen=True, kw_only=True):
    """VAT BREAKDOWN, BG-23: one for each VAT category and rate. `rate` in percent."""

    taxable: Annotated[Decimal | None, term("BT-116", "VAT category taxable amount")] = None
    tax: Annotated[Decimal | None, term("BT-117", "VAT category tax amount")] = None
    category: Annotated[str | None, term("BT-118", "VAT category code")] = None
    rate: Annotated[Decimal | None, term("BT-119", "VAT category rate")] = None
    exemption_reason: Annotated[str | None, term("BT-120", "VAT exemption reason text")] = None
    exemption_code: Annotated[str | None, term("BT-121", "VAT exemption reason code")] = None


class SupportingDocument(Group, frozen=True, kw_only=True):
    """ADDITIONAL SUPPORTING DOCUMENTS, BG-24."""

    reference: Annotated[str | None, term("BT-122", "Supporting document reference")] = None
    description: Annotated[str | None, term("BT-123", "Supporting document description")] = None
    location: Annotated[str | None, term("BT-124", "External document location")] = None
    attachment: Annotated[Attachment | None, term("BT-125", "Attached document")] = None


class Invoice(Group, frozen=True, kw_only=True):
    """An invoice or credit note (EN 16931-1 section 6.3)."""

    number: Annotated[str | None, term("BT-1", "Invoice number")] = None
    issue_date: Annotated[datetime.date | None, term("BT-2", "Invoice issue date")] = None
    type_code: Annotated[str | None, term("BT-3", "Invoice type code")] = None
    currency: Annotated[str | None, term("BT-5", "Invoice currency code")] = None
    vat_currency: Annotated[str | None, term("BT-6", "VAT accounting currency code")] = None
    tax_point_date: Annotated[datetime.date | None, term("BT-7", "Value added tax point date")] = None
    tax_point_code: Annotated[str | None, term("BT-8", "Value added tax point date code")] = None
    due_date: Annotated[datetime.date | None, term("BT-9", "Payment due date")] = None
    buyer_reference: Annotated[str | None, term("BT-10", "Buyer reference")] = None
    project_reference: Annotated[str | None, term("BT-11", "Project reference")] = None
    contract_reference: Annotated[str | None, term("BT-12", "Contract reference")] = None
    order_reference: Annotated[str | None, term("BT-13", "Purchase order reference")] = None
    sales_order_reference: Annotated[str | None, term("BT-14", "Sales order reference")] = None
    receiving_advice_reference: Annotated[str | None, term("BT-15", "Receiving advice reference")] = None
    despatch_advice_reference: Annotated[str | None, term("BT-16", "Despatch advice reference")] = None
    tender_reference: Annotated[str | None, term("BT-17", "Tender or lot reference")] = None
    object_identifier: Annotated[Identifier | None, term("BT-18", "Invoiced object identifier")] = None
    accounting_reference: Annotated[str | None, term("BT-19", "Buyer accounting reference")] = None
    payment_terms: Annotated[str | None, term("BT-20", "Payment terms")] = None
    notes: Annotated[tuple[Note, ...], term("BG-1", "INVOICE NOTE")] = ()
    process: Annotated[ProcessControl | None, term("BG-2", "PROCESS CONTROL")] = None
    preceding_invoices: Annotated[tuple[PrecedingInvoice, ...], term("BG-3", "PRECEDING INVOICE REFERENCE")] = ()
    seller: Annotated[Seller | None, term("BG-4", "SELLER")] = None
    buyer: Annotated[Buyer | None, term("BG-7", "BUYER")] = None
    payee: Annotated[Payee | None, term("BG-10", "PAYEE")] = None
    tax_representative: Annotated[TaxRepresentative | None, term("BG-11", "SELLER TAX REPRESENTATIVE PARTY")] = None
    delivery: Annotated[Delivery | None, term("BG-13", "DELIVERY INFORMATION")] = None
    payment: Annotated[PaymentInstructions | None, term("BG-16", "PAYMENT INSTRUCTIONS")] = None
    allowances: Annotated[
        tuple[AllowanceCharge, ...],
        term(
            "BG-20",
            "DOCUMENT LEVEL ALLOWANCES",
            amount="BT-92",
            base="BT-93",
            percentage="BT-94",
            vat_category="BT-95",
            vat_rate="BT-96",
            reason="BT-97",
            reason_code="BT-98",
        ),
    ] = ()
    charges: Annotated[
        tuple[AllowanceCharge, ...],
        term(
            "BG-21",
            "DOCUMENT LEVEL CHARGES",
            amount="BT-99",
            base="BT-100",
            percentage="BT-101",
            vat_category="BT-102",
            vat_rate="BT-103",
            reason="BT-104",
            reason_code="BT-105",
        ),
    ] = ()
    totals: Annotated[Totals | None, term("BG-22", "DOCUMENT TOTALS")] = None
    vat_breakdown: Annotated[tuple[VatBreakdown, ...], term("BG-23", "VAT BREAKDOWN")] = ()
    supporting_documents: Annotated[
        tuple[SupportingDocument, ...], term("BG-24", "ADDITIONAL SUPPORTING DOCUMENTS")
    ] = ()
    lines: Annotated[tuple[Line, ...], term("BG-25", "INVOICE LINE")] = ()
    italy: Annotated[ItalianInvoice | None, term("IT-D", "Italian document")] = None

    @property
    def is_credit_note(self) -> bool:
        """Whether the type code (BT-3) makes it a credit note."""
        return self.type_code in CREDIT_NOTE_TYPES

    @property
    def is_self_billed(self) -> bool:
        """Whether the type code (BT-3) says that the buyer issues it in the seller's name, and the seller receives."""
        return self.type_code in SELF_BILLED_TYPES
