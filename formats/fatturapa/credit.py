"""An invoice over a negative total as the credit note that it is: FatturaPA states credits as TD04, positive."""

from decimal import Decimal

from msgspec.structs import replace

from formats.en16931 import Invoice, Line, Totals, VatBreakdown
from formats.en16931.money import ZERO

CREDIT_NOTE_TYPE = "381"


def is_credit_in_disguise(invoice: Invoice) -> bool:
    """Whether an invoice that names no document type of its own comes to less than nothing."""
    total = invoice.totals.with_vat if invoice.totals is not None else None
    names_type = invoice.italy is not None and invoice.italy.document_type is not None
    return total is not None and total < 0 and not invoice.is_credit_note and not names_type


def as_credit_note(invoice: Invoice) -> Invoice:
    """The same with every amount of the opposite sign; what lowered it now raises it, and the other way round."""
    return replace(
        invoice,
        type_code=CREDIT_NOTE_TYPE,
        lines=tuple(_line(line) for line in invoice.lines),
        allowances=invoice.charges,
        charges=invoice.allowances,
        vat_breakdown=tuple(_row(row) for row in invoice.vat_breakdown),
        totals=_totals(invoice.totals),
    )


def _negative(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else ZERO - amount


def _line(line: Line) -> Line:
    return replace(
        line,
        quantity=_negative(line.quantity),
        net_amount=_negative(line.net_amount),
        allowances=line.charges,
        charges=line.allowances,
    )


def _row(row: VatBreakdown) -> VatBreakdown:
    return replace(row, taxable=_negative(row.taxable), tax=_negative(row.tax))


def _totals(totals: Totals | None) -> Totals | None:
    if totals is None:
        return None
    return Totals(
        line_net=_negative(totals.line_net),
        allowances=totals.charges,
        charges=totals.allowances,
        without_vat=_negative(totals.without_vat),
        vat=_negative(totals.vat),
        vat_in_accounting_currency=_negative(totals.vat_in_accounting_currency),
        with_vat=_negative(totals.with_vat),
        paid=_negative(totals.paid),
        rounding=_negative(totals.rounding),
        due=_negative(totals.due),
    )
