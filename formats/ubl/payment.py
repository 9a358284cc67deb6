"""How it is paid: BG-16 to BG-19 as `cac:PaymentMeans`, and the payment terms (BT-20).

The model has one means of payment with any number of credit transfers; UBL repeats `cac:PaymentMeans` for each
of them, with the same code and reference (UBL-SR-44, UBL-SR-47).
"""

import datetime
from dataclasses import dataclass, field

import msgspec

from formats.en16931 import CreditTransfer, DirectDebit, Invoice, PaymentCard, PaymentInstructions
from formats.ubl import faults
from formats.ubl.node import Node
from formats.ubl.party import CREDITOR
from formats.ubl.pen import Pen, group

NAME = "cac:PaymentMeans"
# UBL wants to know the network of a card; EN 16931 has no term for it.
UNKNOWN_NETWORK = "NA"


@dataclass(slots=True)
class _Told:
    """What the means of payment say together."""

    code: str | None = None
    text: str | None = None
    reference: str | None = None
    due: datetime.date | None = None
    card: PaymentCard | None = None
    debit: DirectDebit | None = None
    transfers: list[CreditTransfer] = field(default_factory=list)

    def listen(self, means: Node, is_credit_note: bool) -> None:
        """Add what one `cac:PaymentMeans` says; where it contradicts an earlier one, that is a finding."""
        self.text = means.agreed("BT-82", self.text, means.attribute("cbc:PaymentMeansCode", "name", "BT-82"))
        self.code = means.agreed("BT-81", self.code, means.text("cbc:PaymentMeansCode", "BT-81"))
        self.reference = means.agreed("BT-83", self.reference, means.text("cbc:PaymentID", "BT-83"))
        if is_credit_note:
            self.due = means.agreed("/BT-9", self.due, means.date("cbc:PaymentDueDate", "/BT-9"))
        self.card = means.agreed("BG-18", self.card, means.group("cac:CardAccount", "BG-18", _read_card))
        self.debit = means.agreed("BG-19", self.debit, means.group("cac:PaymentMandate", "BG-19", _read_mandate))
        transfer = means.group("cac:PayeeFinancialAccount", f"BG-17[{len(self.transfers) + 1}]", _read_transfer)
        self.transfers.extend([transfer] if transfer else [])

    def together(self) -> PaymentInstructions | None:
        """The payment instructions, None where nobody said anything."""
        payment = PaymentInstructions(
            means_code=self.code,
            means_text=self.text,
            remittance_information=self.reference,
            credit_transfers=tuple(self.transfers),
            card=self.card,
            direct_debit=self.debit,
        )
        return payment if payment != PaymentInstructions() else None


def read_payment(document: Node, is_credit_note: bool) -> tuple[PaymentInstructions | None, datetime.date | None]:
    """PAYMENT INSTRUCTIONS, BG-16; and the due date (BT-9), which a credit note states here.

    The parties must have been read before: one of them may state the creditor (BT-90).
    """
    told = _Told()
    for means in document.nodes(NAME, "BG-16"):
        told.listen(means, is_credit_note)
    payment, creditor = told.together(), document.book.creditor
    if payment is None and creditor is not None:
        # Many sellers always state it. It is no way to pay: kept, it would ask for a means code (BR-49).
        document.add(faults.creditor_alone(creditor), CREDITOR)
    elif payment is not None and creditor is not None:
        debit = msgspec.structs.replace(payment.direct_debit or DirectDebit(), creditor=creditor)
        payment = msgspec.structs.replace(payment, direct_debit=debit)
    return payment, told.due


def write_payment(invoice: Invoice, pen: Pen) -> str:
    """PAYMENT INSTRUCTIONS, BG-16, without the creditor (BT-90), who stands with the parties."""
    due = invoice.due_date if invoice.is_credit_note else None
    payment = invoice.payment
    if payment is None or payment.means_code is None:
        if due is not None:
            pen.leave(
                "BT-9", due, "a UBL credit note states its due date with the means of payment (BT-81), and has none"
            )
        if payment is not None and payment.means_text:
            pen.leave(
                "BG-16/BT-82", payment.means_text, "UBL states it as a name of the code (BT-81), which is missing"
            )
    if payment is None:
        return ""
    code = payment.means_code
    parts = (
        pen.marked("cbc:PaymentMeansCode", code, name=payment.means_text),
        pen.date("cbc:PaymentDueDate", due if code else None),
        pen.text("cbc:PaymentID", payment.remittance_information),
        _write_card(payment.card, pen),
        *(_write_transfer(one, pen) for one in payment.credit_transfers[:1]),
        _write_mandate(payment.direct_debit, pen),
    )
    more = (
        group(
            NAME,
            pen.text("cbc:PaymentMeansCode", code),
            pen.text("cbc:PaymentID", payment.remittance_information),
            _write_transfer(one, pen),
        )
        for one in payment.credit_transfers[1:]
    )
    return group(NAME, *parts) + "".join(more)


def read_payment_terms(document: Node) -> str | None:
    """Payment terms, BT-20, with the blanks around them: a German cash discount ends with a line break (BR-DE-18)."""
    terms: str | None = None
    for node in document.nodes("cac:PaymentTerms"):
        terms = node.agreed("/BT-20", terms, node.verbatim("cbc:Note", "/BT-20"))
    return terms


def write_payment_terms(terms: str | None, pen: Pen) -> str:
    """Payment terms, BT-20."""
    return group("cac:PaymentTerms", pen.text("cbc:Note", terms))


def _read_transfer(account: Node) -> CreditTransfer:
    return CreditTransfer(
        account=account.text("cbc:ID", "BT-84"),
        account_name=account.text("cbc:Name", "BT-85"),
        service_provider=account.inside("cac:FinancialInstitutionBranch", "cbc:ID", number="BT-86"),
    )


def _write_transfer(transfer: CreditTransfer, pen: Pen) -> str:
    return group(
        "cac:PayeeFinancialAccount",
        pen.text("cbc:ID", transfer.account),
        pen.text("cbc:Name", transfer.account_name),
        group("cac:FinancialInstitutionBranch", pen.text("cbc:ID", transfer.service_provider)),
    )


def _read_card(card: Node) -> PaymentCard:
    if card.peek("cbc:NetworkID") == UNKNOWN_NETWORK:
        card.skip("cbc:NetworkID")
    return PaymentCard(
        account_number=card.text("cbc:PrimaryAccountNumberID", "BT-87"), holder=card.text("cbc:HolderName", "BT-88")
    )


def _write_card(card: PaymentCard | None, pen: Pen) -> str:
    if card is None:
        return ""
    return group(
        "cac:CardAccount",
        pen.text("cbc:PrimaryAccountNumberID", card.account_number),
        pen.text("cbc:NetworkID", UNKNOWN_NETWORK),
        pen.text("cbc:HolderName", card.holder),
    )


def _read_mandate(mandate: Node) -> DirectDebit:
    return DirectDebit(
        mandate=mandate.text("cbc:ID", "BT-89"),
        debited_account=mandate.inside("cac:PayerFinancialAccount", "cbc:ID", number="BT-91"),
    )


def _write_mandate(debit: DirectDebit | None, pen: Pen) -> str:
    if debit is None:
        return ""
    return group(
        "cac:PaymentMandate",
        pen.text("cbc:ID", debit.mandate),
        group("cac:PayerFinancialAccount", pen.text("cbc:ID", debit.debited_account)),
    )
