"""Delivery (BG-13, BG-15) and despatch advice (BT-16) as DatiTrasporto and DatiDDT (2.1.8, 2.1.9)."""

from formats.en16931 import Address, Delivery, Invoice
from formats.fatturapa.address import DELIVERY_ADDRESS, read_address, write_address
from formats.fatturapa.document import Block, Content
from formats.fatturapa.elements import fits
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook

_NO_DAY = "DatiDDT needs the day of the despatch note, which only the delivery date (BT-72) could give."


def write_despatch_advice(invoice: Invoice, manifest: Manifest) -> Content | None:
    """DatiDDT, which needs a number and a day."""
    day = invoice.delivery.date if invoice.delivery is not None else None
    if day is None:
        manifest.leave("BT-16", _NO_DAY)
        return None
    number = manifest.code("BT-16", invoice.despatch_advice_reference, "String20Type")
    return {"NumeroDDT": number, "DataDDT": day} if number is not None else None


def write_delivery(delivery: Delivery | None, manifest: Manifest) -> Content | None:
    """DatiTrasporto with the day and, where it is complete, the address of the delivery."""
    if delivery is None:
        return None
    address = delivery.address
    is_complete = address is not None and address.line1 and address.city and fits(_country(address), "NazioneType")
    content: Content = {
        "IndirizzoResa": write_address(address, DELIVERY_ADDRESS, None, manifest) if address and is_complete else None,
        "DataOraConsegna": manifest.date("BG-13/BT-72", delivery.date),
    }
    return content if any(content.values()) else None


def _country(address: Address) -> str:
    return (address.country or "").upper()


def read_despatch_advice(general: Block, notebook: Notebook) -> str | None:
    """BT-16; its day is taken where it is the delivery date as well."""
    first = general.first("DatiDDT")
    number = notebook.text("BT-16", first, "NumeroDDT")
    delivered = general.first("DatiTrasporto", "DataOraConsegna")
    day = first.first("DataDDT") if first is not None else None
    if day is not None and delivered is not None and delivered.peek()[:10] == day.peek():
        _ = day.raw_text
    return number


def read_delivery(general: Block, notebook: Notebook) -> Delivery | None:
    """BG-13 from DatiTrasporto."""
    block = general.first("DatiTrasporto")
    if block is None:
        return None
    delivery = Delivery(
        date=notebook.date("BG-13/BT-72", block, "DataOraConsegna"),
        address=_address_or_nothing(read_address(block.first("IndirizzoResa"), DELIVERY_ADDRESS, notebook)),
    )
    return delivery if delivery != Delivery() else None


def _address_or_nothing(address: Address | None) -> Address | None:
    return address if address != Address() else None
