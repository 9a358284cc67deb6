"""Number, dates and references: the block beside the address."""

from collections.abc import Iterator
from typing import Final

from formats.en16931 import Invoice, Period
from formats.pdf.inert import one_line
from formats.pdf.parties import REGISTERS
from formats.pdf.sheet import Entry
from formats.pdf.wording import Wording

# Reference terms in the order in which a clerk looks for them: label and field of the invoice.
_REFERENCES: Final = (
    ("buyer_reference", "buyer_reference"),
    ("order", "order_reference"),
    ("sales_order", "sales_order_reference"),
    ("contract", "contract_reference"),
    ("project", "project_reference"),
    ("tender", "tender_reference"),
    ("despatch", "despatch_advice_reference"),
    ("receiving", "receiving_advice_reference"),
    ("accounting", "accounting_reference"),
)
# What BT-3 makes of a document; any other code is an invoice or a credit note.
_TITLES: Final = {
    "326": "partial_invoice",
    "384": "corrected_invoice",
    "386": "prepayment_invoice",
    "389": "self_billed_invoice",
    "261": "self_billed_credit_note",
    "527": "self_billed_invoice",
    "500": "self_billed_invoice",
    "501": "self_billed_invoice",
    "473": "self_billed_invoice",
    "471": "self_billed_invoice",
    "502": "self_billed_credit_note",
}


def title(invoice: Invoice, words: Wording) -> str:
    """What the document is called: `Rechnung`, `Kreditfaktura`."""
    usual = "credit_note" if invoice.is_credit_note else "invoice"
    return words.say("document", _TITLES.get(invoice.type_code or "", usual))


def facts(invoice: Invoice, words: Wording) -> tuple[Entry, ...]:
    """Number, dates and references with their labels."""
    entries = (Entry(words.say("facts", label), value) for label, value in _values(invoice, words) if value)
    return tuple(entries)


def _values(invoice: Invoice, words: Wording) -> Iterator[tuple[str, str]]:
    yield "number", one_line(invoice.number)
    yield "date", words.date(invoice.issue_date) if invoice.issue_date else ""
    yield "due", words.date(invoice.due_date) if invoice.due_date else ""
    yield from _delivery(invoice, words)
    yield "tax_point", words.date(invoice.tax_point_date) if invoice.tax_point_date else ""
    for before in invoice.preceding_invoices:
        number = one_line(before.number)
        date = words.date(before.issue_date) if before.issue_date else ""
        yield "preceding", words.say("facts", "preceding_of", number=number, date=date) if date else number
    for label, field in _REFERENCES:
        yield label, one_line(getattr(invoice, field))
    if invoice.object_identifier:
        yield "object", one_line(invoice.object_identifier.value)
    yield from _buyer(invoice)


def _delivery(invoice: Invoice, words: Wording) -> Iterator[tuple[str, str]]:
    if invoice.delivery is not None:
        yield "delivered", words.date(invoice.delivery.date) if invoice.delivery.date else ""
        yield "period", period(invoice.delivery.period, words)


def _buyer(invoice: Invoice) -> Iterator[tuple[str, str]]:
    buyer = invoice.buyer
    if buyer is None:
        return
    if buyer.identifier and buyer.identifier.scheme not in REGISTERS:
        yield "customer", one_line(buyer.identifier.value)
    if buyer.vat_identifier:
        yield "buyer_vat", one_line(buyer.vat_identifier)
    elif buyer.legal_registration:
        yield "buyer_registration", one_line(buyer.legal_registration.value)


def period(span: Period | None, words: Wording) -> str:
    """A span of days; "" for none."""
    if span is None:
        return ""
    ends = (words.date(one) if one else "" for one in (span.start, span.end))
    return " – ".join(ends).strip()
