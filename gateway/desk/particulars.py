"""The particulars of a document: how everybody calls it, and its amounts as the canonical invoice states them."""

from collections.abc import Iterator

from formats.en16931 import Identifier, Invoice, VatBreakdown
from formats.en16931.json_form import restored
from gateway.desk import spelling, wording
from gateway.desk.raw_text import Shelf
from gateway.store.log import Whole

Pairs = tuple[tuple[str, str], ...]


def invoice_of(whole: Whole, shelf: Shelf) -> Invoice | None:
    """The canonical invoice; None where the file could not be read, or the archive does not give it."""
    kept = next((one for one in whole.artefacts if one.role == "canonical"), None)
    content = shelf.bytes_of(kept) if kept else None
    return restored(content) if content is not None else None


def identifiers_of(whole: Whole, invoice: Invoice | None) -> Iterator[tuple[str, str]]:
    """(whose or what, identifier), the gateway's own first."""
    yield "Gateway", whole.document.public_id
    for name, value in _stated(invoice) if invoice else ():
        if value:
            yield name, value
    for one in whole.deliveries:
        way = wording.way(one.channel).name
        if one.reference:
            yield f"{way}, their number", one.reference
        yield f"{way}, our key", one.key
    yield "File received", whole.submission.file_name
    yield "Received by", wording.DOORS.get(whole.submission.door, whole.submission.door)
    yield "Submission", str(whole.submission.id)


def _stated(invoice: Invoice) -> Iterator[tuple[str, str | None]]:
    seller, buyer = invoice.seller, invoice.buyer
    yield "Sender, VAT", seller.vat_identifier if seller else None
    yield "Sender, address", _electronic(seller.electronic_address if seller else None)
    yield "Buyer, VAT", buyer.vat_identifier if buyer else None
    yield "Buyer, address", _electronic(buyer.electronic_address if buyer else None)
    yield "Buyer's reference", invoice.buyer_reference
    yield "Order", invoice.order_reference
    yield "Contract", invoice.contract_reference
    for preceding in invoice.preceding_invoices:
        yield "Earlier invoice", preceding.number


def _electronic(address: Identifier | None) -> str | None:
    return ":".join(part for part in (address.scheme, address.value) if part) if address else None


def amounts_of(invoice: Invoice) -> Iterator[tuple[str, str]]:
    """(name, amount) of the totals, the amount to pay last."""
    totals, currency = invoice.totals, invoice.currency
    if totals is None:
        return
    yield "Without VAT", spelling.amount(totals.without_vat, currency)
    for one in invoice.vat_breakdown:
        yield _vat(one), spelling.amount(one.tax, currency)
    yield "With VAT", spelling.amount(totals.with_vat, currency)
    if totals.paid:
        yield "Paid before", spelling.amount(totals.paid, currency)
    if totals.rounding:
        yield "Rounding", spelling.amount(totals.rounding, currency)
    yield "To pay", spelling.amount(totals.due, currency)


def _vat(one: VatBreakdown) -> str:
    rate = f" {one.rate.normalize():f} %" if one.rate is not None else ""
    return f"VAT{rate}, category {one.category or 'not stated'}"
