"""Totals and VAT: BG-22 as `cac:LegalMonetaryTotal` and `cac:TaxTotal`, BG-23 as `cac:TaxSubtotal`.

The VAT total stands in one `cac:TaxTotal` in the invoice currency, with the breakdown, and again in one in the
VAT accounting currency (BT-111); the currency of the amount tells them apart.
"""

from decimal import Decimal

from formats.en16931 import Invoice, Totals, VatBreakdown
from formats.ubl.node import Node
from formats.ubl.pen import Pen, group
from formats.ubl.vat import vat_category, write_category

# The totals of the document in the order of the schema: element, business term, field of the model.
_TERMS = (
    ("cbc:LineExtensionAmount", "BT-106", "line_net"),
    ("cbc:TaxExclusiveAmount", "BT-109", "without_vat"),
    ("cbc:TaxInclusiveAmount", "BT-112", "with_vat"),
    ("cbc:AllowanceTotalAmount", "BT-107", "allowances"),
    ("cbc:ChargeTotalAmount", "BT-108", "charges"),
    ("cbc:PrepaidAmount", "BT-113", "paid"),
    ("cbc:PayableRoundingAmount", "BT-114", "rounding"),
    ("cbc:PayableAmount", "BT-115", "due"),
)


def read_totals(document: Node) -> tuple[Totals | None, tuple[VatBreakdown, ...]]:
    """DOCUMENT TOTALS, BG-22, and VAT BREAKDOWN, BG-23."""
    vat: Decimal | None = None
    in_accounting_currency: Decimal | None = None
    breakdown: list[VatBreakdown] = []
    for node in document.nodes("cac:TaxTotal", "BG-22"):
        if _is_in_accounting_currency(node):
            amount = node.amount("cbc:TaxAmount", "BT-111", node.book.vat_currency)
            in_accounting_currency = node.agreed("BT-111", in_accounting_currency, amount)
            continue
        amount = node.amount("cbc:TaxAmount", "BT-110")
        if vat is not None and amount is not None:  # even the same once more: BR-CO-15 wants exactly one
            node.repeats("BT-110", vat, amount)
        vat = amount if vat is None else vat
        for subtotal in node.nodes("cac:TaxSubtotal"):
            subtotal.stands_for(f"/BG-23[{len(breakdown) + 1}]")
            breakdown.append(_read_breakdown(subtotal))
    node_of_sums = document.node("cac:LegalMonetaryTotal", "BG-22")
    sums = {field: node_of_sums.amount(name, number) for name, number, field in _TERMS} if node_of_sums else {}
    if node_of_sums is not None:
        node_of_sums.close()
    totals = Totals(vat=vat, vat_in_accounting_currency=in_accounting_currency, **sums)
    return (totals if totals != Totals() else None), tuple(breakdown)


def write_totals(invoice: Invoice, pen: Pen) -> str:
    """DOCUMENT TOTALS, BG-22, and VAT BREAKDOWN, BG-23."""
    totals = invoice.totals or Totals()
    sums = group("cac:LegalMonetaryTotal", *(pen.amount(name, getattr(totals, field)) for name, _, field in _TERMS))
    return "".join(
        (
            group(
                "cac:TaxTotal",
                pen.amount("cbc:TaxAmount", totals.vat),
                *(_write_breakdown(one, pen) for one in invoice.vat_breakdown),
            ),
            _write_vat_in_accounting_currency(invoice, totals, pen),
            sums or ("<cac:LegalMonetaryTotal/>\n" if pen.is_draft else ""),
        )
    )


def _is_in_accounting_currency(tax_total: Node) -> bool:
    book = tax_total.book
    stated = tax_total.attribute("cbc:TaxAmount", "currencyID")
    return stated is not None and stated == book.vat_currency and stated != book.currency


def _write_vat_in_accounting_currency(invoice: Invoice, totals: Totals, pen: Pen) -> str:
    amount = totals.vat_in_accounting_currency
    if amount is None:
        return ""
    if not invoice.vat_currency or invoice.vat_currency == invoice.currency:
        reason = "UBL tells it from the VAT total by its currency, so BT-6 must be stated and differ from BT-5"
        pen.leave("BG-22/BT-111", amount, reason)
        return ""
    return group("cac:TaxTotal", pen.amount("cbc:TaxAmount", amount, invoice.vat_currency))


def _read_breakdown(subtotal: Node) -> VatBreakdown:
    taxable, tax = subtotal.amount("cbc:TaxableAmount", "BT-116"), subtotal.amount("cbc:TaxAmount", "BT-117")
    breakdown = VatBreakdown(taxable=taxable, tax=tax)
    for node in vat_category(subtotal, "cac:TaxCategory"):
        breakdown = VatBreakdown(
            taxable=taxable,
            tax=tax,
            category=node.text("cbc:ID", "BT-118"),
            rate=node.decimal("cbc:Percent", "BT-119"),
            exemption_reason=node.text("cbc:TaxExemptionReason", "BT-120"),
            exemption_code=node.text("cbc:TaxExemptionReasonCode", "BT-121"),
        )
    return breakdown


def _write_breakdown(breakdown: VatBreakdown, pen: Pen) -> str:
    return group(
        "cac:TaxSubtotal",
        pen.amount("cbc:TaxableAmount", breakdown.taxable),
        pen.amount("cbc:TaxAmount", breakdown.tax),
        write_category(
            "cac:TaxCategory",
            breakdown.category,
            breakdown.rate,
            pen,
            pen.text("cbc:TaxExemptionReasonCode", breakdown.exemption_code),
            pen.text("cbc:TaxExemptionReason", breakdown.exemption_reason),
        ),
    )
