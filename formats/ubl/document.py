"""The document as a whole: BT-1 to BT-20, the notes (BG-1) and the process (BG-2), and the groups around the lines."""

import re
from collections.abc import Callable
from typing import TypeVar

from formats.en16931 import Invoice, Note, ProcessControl
from formats.en16931.terms import Group
from formats.ubl.allowances import read_allowances, write_allowances
from formats.ubl.attachments import read_additional_documents, write_additional_documents
from formats.ubl.delivery import read_delivery, write_delivery, write_invoicing_period
from formats.ubl.lines import read_line, write_line
from formats.ubl.node import Node
from formats.ubl.party import (
    read_buyer,
    read_payee,
    read_seller,
    read_tax_representative,
    write_buyer,
    write_payee,
    write_seller,
    write_tax_representative,
)
from formats.ubl.payment import read_payment, read_payment_terms, write_payment, write_payment_terms
from formats.ubl.pen import Pen
from formats.ubl.references import (
    read_order_references,
    read_preceding_invoices,
    read_reference,
    write_order_references,
    write_preceding_invoices,
    write_reference,
)
from formats.ubl.totals import read_totals, write_totals
from formats.ubl.tree import content_of

AnyGroup = TypeVar("AnyGroup", bound=Group)

_NOTE = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)


def read_invoice(document: Node, is_credit_note: bool) -> Invoice:
    """The invoice that a UBL Invoice or CreditNote states."""
    book = document.book
    document.skip("cbc:UBLVersionID")
    book.currency = currency = document.text("cbc:DocumentCurrencyCode", "BT-5")
    book.vat_currency = vat_currency = document.text("cbc:TaxCurrencyCode", "BT-6")
    order, sales_order = read_order_references(document)
    supporting_documents, invoiced_object, project = read_additional_documents(document, is_credit_note)
    delivery, tax_point_code = read_delivery(document)
    seller = _read_party(document, "cac:AccountingSupplierParty", "BG-4", read_seller)
    buyer = _read_party(document, "cac:AccountingCustomerParty", "BG-7", read_buyer)
    payee = document.group("cac:PayeeParty", "BG-10", read_payee)
    payment, due_date = read_payment(document, is_credit_note)
    allowances, charges = read_allowances(document)
    totals, vat_breakdown = read_totals(document)
    line, quantity = _LINES[is_credit_note]
    type_code = "cbc:CreditNoteTypeCode" if is_credit_note else "cbc:InvoiceTypeCode"
    return Invoice(
        number=document.text("cbc:ID", "BT-1"),
        issue_date=document.date("cbc:IssueDate", "BT-2"),
        type_code=document.text(type_code, "BT-3"),
        currency=currency,
        vat_currency=vat_currency,
        tax_point_date=document.date("cbc:TaxPointDate", "BT-7"),
        tax_point_code=tax_point_code,
        due_date=due_date if is_credit_note else document.date("cbc:DueDate", "BT-9"),
        buyer_reference=document.text("cbc:BuyerReference", "BT-10"),
        project_reference=project if is_credit_note else read_reference(document, "cac:ProjectReference", "BT-11"),
        contract_reference=read_reference(document, "cac:ContractDocumentReference", "BT-12"),
        order_reference=order,
        sales_order_reference=sales_order,
        receiving_advice_reference=read_reference(document, "cac:ReceiptDocumentReference", "BT-15"),
        despatch_advice_reference=read_reference(document, "cac:DespatchDocumentReference", "BT-16"),
        tender_reference=read_reference(document, "cac:OriginatorDocumentReference", "BT-17"),
        object_identifier=invoiced_object,
        accounting_reference=document.text("cbc:AccountingCost", "BT-19"),
        payment_terms=read_payment_terms(document),
        notes=_read_notes(document),
        process=_read_process(document),
        preceding_invoices=read_preceding_invoices(document),
        seller=seller,
        buyer=buyer,
        payee=payee,
        tax_representative=document.group("cac:TaxRepresentativeParty", "BG-11", read_tax_representative),
        delivery=delivery,
        payment=payment,
        allowances=allowances,
        charges=charges,
        totals=totals,
        vat_breakdown=vat_breakdown,
        supporting_documents=supporting_documents,
        lines=tuple(read_line(node, quantity) for node in document.nodes(line, "BG-25", numbered=True)),
    )


def write_invoice(invoice: Invoice, pen: Pen) -> list[str]:
    """The content of a UBL Invoice or CreditNote, element by element, in the order of its schema."""
    is_credit_note = invoice.is_credit_note
    creditor = invoice.payment.direct_debit.creditor if invoice.payment and invoice.payment.direct_debit else None
    return [
        *_write_head(invoice, pen),
        write_invoicing_period(invoice, pen),
        write_order_references(invoice, pen),
        write_preceding_invoices(invoice, pen),
        *_write_references(invoice, pen),
        write_seller(invoice.seller, None if invoice.payee else creditor, pen),
        write_buyer(invoice.buyer, pen),
        write_payee(invoice.payee, creditor, pen),
        write_tax_representative(invoice.tax_representative, pen),
        write_delivery(invoice.delivery, pen),
        write_payment(invoice, pen),
        write_payment_terms(invoice.payment_terms, pen),
        write_allowances(invoice, pen),
        write_totals(invoice, pen),
        *(write_line(line, position, is_credit_note, pen) for position, line in enumerate(invoice.lines, 1)),
    ]


_LINES = (("cac:InvoiceLine", "cbc:InvoicedQuantity"), ("cac:CreditNoteLine", "cbc:CreditedQuantity"))


def _write_head(invoice: Invoice, pen: Pen) -> tuple[str, ...]:
    """The values before the groups; an invoice and a credit note have two of them in different places."""
    process = invoice.process or ProcessControl()
    tax_point = pen.date("cbc:TaxPointDate", invoice.tax_point_date)
    notes = "".join(_write_note(note, pen) for note in invoice.notes)
    if invoice.is_credit_note:
        dated = tax_point + pen.text("cbc:CreditNoteTypeCode", invoice.type_code) + notes
    else:
        due = pen.date("cbc:DueDate", invoice.due_date)
        dated = due + pen.text("cbc:InvoiceTypeCode", invoice.type_code) + notes + tax_point
    return (
        pen.text("cbc:CustomizationID", process.specification),
        pen.text("cbc:ProfileID", process.business_process),
        pen.text("cbc:ID", invoice.number),
        pen.date("cbc:IssueDate", invoice.issue_date),
        dated,
        pen.text("cbc:DocumentCurrencyCode", invoice.currency),
        pen.text("cbc:TaxCurrencyCode", invoice.vat_currency),
        pen.text("cbc:AccountingCost", invoice.accounting_reference),
        pen.text("cbc:BuyerReference", invoice.buyer_reference),
    )


def _write_references(invoice: Invoice, pen: Pen) -> tuple[str, ...]:
    """The references in the order of the schema, which is another one in a credit note."""
    despatch = write_reference("cac:DespatchDocumentReference", invoice.despatch_advice_reference, pen)
    receipt = write_reference("cac:ReceiptDocumentReference", invoice.receiving_advice_reference, pen)
    tender = write_reference("cac:OriginatorDocumentReference", invoice.tender_reference, pen)
    contract = write_reference("cac:ContractDocumentReference", invoice.contract_reference, pen)
    documents = write_additional_documents(invoice, pen)
    if invoice.is_credit_note:
        return despatch, receipt, contract, documents, tender
    project = write_reference("cac:ProjectReference", invoice.project_reference, pen)
    return despatch, receipt, tender, contract, documents, project


def _read_party(document: Node, name: str, number: str, read: Callable[[Node], AnyGroup]) -> AnyGroup | None:
    node = document.node(name)
    if node is None:
        return None
    party = node.group("cac:Party", number, read)
    node.close()
    return party


def _read_process(document: Node) -> ProcessControl | None:
    process = ProcessControl(
        business_process=document.text("cbc:ProfileID", "BG-2/BT-23"),
        specification=document.text("cbc:CustomizationID", "BG-2/BT-24"),
    )
    return process if process != ProcessControl() else None


def _read_notes(document: Node) -> tuple[Note, ...]:
    """INVOICE NOTE, BG-1. UBL has no place for the subject code (BT-21), so it stands in the text: `#AAI#…`."""
    notes: list[Note] = []
    for node in document.nodes("cbc:Note"):
        text = content_of(node.element)
        if not text:
            continue
        node.stands_for(f"BG-1[{len(notes) + 1}]")
        subject = _NOTE.fullmatch(text)
        notes.append(Note(subject_code=subject[1], text=subject[2] or None) if subject else Note(text=text))
        node.locate("BT-22")
        if subject:
            node.locate("BT-21")
    return tuple(notes)


def _write_note(note: Note, pen: Pen) -> str:
    subject = f"#{note.subject_code}#" if note.subject_code else ""
    return pen.text("cbc:Note", f"{subject}{note.text or ''}")
