"""What the invoice refers to: BT-11 to BT-18 and the preceding invoices (BG-3).

A credit note of UBL 2.1 has no `cac:ProjectReference`; there BT-11 is an additional document of type 50.
"""

from formats.en16931 import Identifier, Invoice, PrecedingInvoice
from formats.ubl.node import Node
from formats.ubl.pen import Pen, group

# UNTDID 1001 codes of an additional document that is a term of its own.
INVOICED_OBJECT = "130"
PROJECT = "50"
# A UBL order reference must have a number; this one says that there is none (Peppol BIS Billing 3, BT-13).
NO_ORDER = "NA"


def read_order_references(document: Node) -> tuple[str | None, str | None]:
    """Purchase order (BT-13) and sales order (BT-14)."""
    node = document.node("cac:OrderReference")
    if node is None:
        return None, None
    sales_order = node.text("cbc:SalesOrderID", "BT-14")
    order = node.text("cbc:ID", "BT-13")
    node.close()
    return (None if order == NO_ORDER and sales_order else order), sales_order


def write_order_references(invoice: Invoice, pen: Pen) -> str:
    """Purchase order (BT-13) and sales order (BT-14)."""
    sales_order = invoice.sales_order_reference
    return group(
        "cac:OrderReference",
        pen.text("cbc:ID", invoice.order_reference or (NO_ORDER if sales_order else None)),
        pen.text("cbc:SalesOrderID", sales_order),
    )


def read_preceding_invoices(document: Node) -> tuple[PrecedingInvoice, ...]:
    """PRECEDING INVOICE REFERENCE, BG-3."""
    found: list[PrecedingInvoice] = []
    for node in document.nodes("cac:BillingReference"):
        number = f"BG-3[{len(found) + 1}]"
        preceding = node.group("cac:InvoiceDocumentReference", number, _read_preceding_invoice)
        found.extend([preceding] if preceding else [])
    return tuple(found)


def write_preceding_invoices(invoice: Invoice, pen: Pen) -> str:
    """PRECEDING INVOICE REFERENCE, BG-3."""
    return "".join(
        group(
            "cac:BillingReference",
            group(
                "cac:InvoiceDocumentReference",
                pen.text("cbc:ID", preceding.number),
                pen.date("cbc:IssueDate", preceding.issue_date),
            ),
        )
        for preceding in invoice.preceding_invoices
    )


def read_reference(document: Node, name: str, number: str) -> str | None:
    """A reference that is a document number and no more: a contract, a tender, an advice, a project."""
    return document.inside(name, "cbc:ID", number=number)


def write_reference(name: str, reference: str | None, pen: Pen) -> str:
    """A reference that is a document number and no more."""
    return group(name, pen.text("cbc:ID", reference))


def write_typed_reference(name: str, identifier: Identifier | None, type_code: str, pen: Pen) -> str:
    """A document reference whose type code says what it is: an invoiced object (130), a project (50)."""
    stated = pen.identifier("cbc:ID", identifier)
    return group(name, stated, pen.text("cbc:DocumentTypeCode", type_code)) if stated else ""


def read_line_object(line: Node) -> Identifier | None:
    """Invoice line object identifier, BT-128. A document of another type than 130 has no term."""
    identifier: Identifier | None = None
    for node in line.nodes("cac:DocumentReference"):
        if node.peek("cbc:DocumentTypeCode") not in (INVOICED_OBJECT, ""):
            node.leave()
            continue
        node.skip("cbc:DocumentTypeCode")
        identifier = node.agreed("BT-128", identifier, node.identifier("cbc:ID", "BT-128"))
    return identifier


def _read_preceding_invoice(node: Node) -> PrecedingInvoice:
    return PrecedingInvoice(number=node.text("cbc:ID", "BT-25"), issue_date=node.date("cbc:IssueDate", "BT-26"))
