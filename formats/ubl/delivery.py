"""Delivery and periods: BG-13 to BG-15 as `cac:Delivery` and `cac:InvoicePeriod`, BG-26 of a line.

In UBL the invoicing period (BG-14) stands beside the delivery, and holds the VAT point code (BT-8) as well.
"""

from formats.en16931 import Delivery, Invoice, Line, Period
from formats.ubl.node import Node
from formats.ubl.party import Numbers, numbers_of, read_address, write_address
from formats.ubl.pen import Pen, group

PERIOD = "cac:InvoicePeriod"


def read_period(node: Node, numbers: Numbers) -> Period:
    """A span of days."""
    return Period(start=node.date("cbc:StartDate", numbers["start"]), end=node.date("cbc:EndDate", numbers["end"]))


def read_line_period(line: Node) -> Period | None:
    """INVOICE LINE PERIOD, BG-26."""
    return line.group(PERIOD, "BG-26", read_period, numbers_of(Line, "period"))


def write_period(period: Period | None, tax_point_code: str | None, pen: Pen) -> str:
    """A span of days; tax_point_code: BT-8, in the period of the document."""
    return group(
        PERIOD,
        pen.date("cbc:StartDate", period.start if period else None),
        pen.date("cbc:EndDate", period.end if period else None),
        pen.text("cbc:DescriptionCode", tax_point_code),
    )


def read_delivery(document: Node) -> tuple[Delivery | None, str | None]:
    """DELIVERY INFORMATION, BG-13, with the invoicing period; and the VAT point code (BT-8)."""
    period, tax_point_code = _read_invoicing_period(document)
    node = document.node("cac:Delivery", "BG-13")
    if node is None:
        return (Delivery(period=period) if period else None), tax_point_code
    name = _read_party_name(node)
    location = node.node("cac:DeliveryLocation")
    delivery = Delivery(
        name=name,
        location=location.identifier("cbc:ID", "BT-71") if location else None,
        date=node.date("cbc:ActualDeliveryDate", "BT-72"),
        period=period,
        address=location.group("cac:Address", "BG-15", read_address, numbers_of(Delivery, "address"))
        if location
        else None,
    )
    if location is not None:
        location.close()
    node.close()
    return (delivery if delivery != Delivery() else None), tax_point_code


def write_delivery(delivery: Delivery | None, pen: Pen) -> str:
    """DELIVERY INFORMATION, BG-13, without its period."""
    if delivery is None:
        return ""
    return group(
        "cac:Delivery",
        pen.date("cbc:ActualDeliveryDate", delivery.date),
        group(
            "cac:DeliveryLocation",
            pen.identifier("cbc:ID", delivery.location),
            write_address("cac:Address", delivery.address, pen),
        ),
        group("cac:DeliveryParty", group("cac:PartyName", pen.text("cbc:Name", delivery.name))),
    )


def write_invoicing_period(invoice: Invoice, pen: Pen) -> str:
    """INVOICING PERIOD, BG-14, and the VAT point code, BT-8."""
    return write_period(invoice.delivery.period if invoice.delivery else None, invoice.tax_point_code, pen)


def _read_invoicing_period(document: Node) -> tuple[Period | None, str | None]:
    node = document.node(PERIOD, "BG-13/BG-14")
    if node is None:
        return None, None
    period = read_period(node, numbers_of(Delivery, "period"))
    tax_point_code = node.text("cbc:DescriptionCode", "/BT-8")
    node.close()
    return (period if period != Period() else None), tax_point_code


def _read_party_name(delivery: Node) -> str | None:
    return delivery.inside("cac:DeliveryParty", "cac:PartyName", "cbc:Name", number="BT-70")
