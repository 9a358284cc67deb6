"""The sums in the order of BG-22: what is there, from the lines down to the amount due."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from formats.en16931 import AllowanceCharge, Invoice, Totals, VatBreakdown
from formats.en16931.money import ZERO
from formats.pdf.inert import one_line
from formats.pdf.sheet import SumRow
from formats.pdf.wording import Wording

_RATED: Final = frozenset({"S", "L", "M", "B", None})


def sums(invoice: Invoice, words: Wording) -> tuple[SumRow, ...]:
    """The rows of the sums; the last one is the amount due, or the amount credited."""
    totals, currency = invoice.totals or Totals(), invoice.currency or ""
    return (
        *_without_vat(invoice, totals, currency, words),
        *_vat_rows(invoice, totals, currency, words),
        *_row("with_vat", totals.with_vat, currency, words, "total"),
        *_row("paid", totals.paid and -totals.paid, currency, words),
        *_row("rounding", totals.rounding, currency, words),
        *_held_back(invoice, currency, words),
        *_due(invoice, currency, words),
    )


def payable(invoice: Invoice) -> Decimal | None:
    """What the buyer transfers: the amount due (BT-115), in Italy less what it pays to the state."""
    totals, italy = invoice.totals or Totals(), invoice.italy
    if totals.due is None or italy is None:
        return totals.due
    withheld = sum((one.amount or ZERO for one in italy.withholdings), ZERO)
    return totals.due - withheld - ((totals.vat or ZERO) if italy.split_payment else ZERO)


def _held_back(invoice: Invoice, currency: str, words: Wording) -> Iterator[SumRow]:
    """Split payment (DPR 633/1972 art. 17-ter) and withholding taxes, which the buyer does not transfer."""
    totals, italy = invoice.totals or Totals(), invoice.italy
    if italy is None:
        return
    if italy.split_payment:
        yield from _row("split_vat", totals.vat and -totals.vat, currency, words)
    for one in italy.withholdings:
        if one.amount is not None:
            rate = words.percent(one.rate) if one.rate is not None else ""
            yield SumRow(words.say("sums", "withheld", rate=rate).strip(), words.amount(-one.amount, currency))


def _row(label: str, amount: Decimal | None, currency: str, words: Wording, weight: str = "plain") -> Iterator[SumRow]:
    if amount is not None:
        yield SumRow(words.say("sums", label), words.amount(amount, currency), weight)


def _without_vat(invoice: Invoice, totals: Totals, currency: str, words: Wording) -> Iterator[SumRow]:
    """From the sum of the lines over allowances and charges to the total without VAT."""
    if invoice.allowances or invoice.charges:
        yield from _row("lines", totals.line_net, currency, words)
    yield from _changes(invoice.allowances, currency, words, "discount", -1)
    if len(invoice.allowances) > 1:
        yield from _row("allowances", totals.allowances and -totals.allowances, currency, words)
    yield from _changes(invoice.charges, currency, words, "surcharge", 1)
    if len(invoice.charges) > 1:
        yield from _row("charges", totals.charges, currency, words)
    yield from _row("without_vat", totals.without_vat, currency, words, "total")


def _vat_rows(invoice: Invoice, totals: Totals, currency: str, words: Wording) -> Iterator[SumRow]:
    """VAT for each category and rate, and in all; also in the currency of the seller's accounts where that differs."""
    for one in invoice.vat_breakdown:
        yield _vat(one, currency, words)
    if len(invoice.vat_breakdown) != 1:
        yield from _row("vat_total", totals.vat, currency, words)
    if totals.vat_in_accounting_currency is not None and invoice.vat_currency:
        label = words.say("sums", "vat_in_currency", currency=invoice.vat_currency)
        yield SumRow(label, words.amount(totals.vat_in_accounting_currency, invoice.vat_currency))


def _changes(
    changes: tuple[AllowanceCharge, ...], currency: str, words: Wording, usual: str, sign: int
) -> Iterator[SumRow]:
    """Allowances and charges, each with its reason and how it was worked out."""
    for one in changes:
        if one.amount is None:
            continue
        label = one_line(one.reason) or words.say("line", usual)
        if one.percentage is not None and one.base is not None:
            base, percent = words.amount(one.base, currency), words.percent(one.percentage)
            label = words.say("line", "percent_of", reason=label, percent=percent, base=base)
        yield SumRow(label, words.amount(one.amount * sign, currency), "detail")


def _vat(one: VatBreakdown, currency: str, words: Wording) -> SumRow:
    rate = words.percent(one.rate) if one.rate is not None else ""
    base = words.amount(one.taxable, currency) if one.taxable is not None else ""
    key = "vat" if one.category in _RATED else "vat_exempt"
    label = words.say("sums", key, rate=rate, base=base, category=one.category or "").replace("  ", " ")
    return SumRow(label, words.amount(one.tax, currency) if one.tax is not None else "", "detail")


def _due(invoice: Invoice, currency: str, words: Wording) -> Iterator[SumRow]:
    due = payable(invoice)
    if due is None:
        return
    amount = words.money_of(due, currency)
    if invoice.is_credit_note:
        yield SumRow(words.say("sums", "credit"), amount, "due")
    elif due <= 0:
        yield SumRow(words.say("sums", "nothing_due"), amount, "due")
    else:
        by = words.say("sums", "due_by", date=words.date(invoice.due_date)) if invoice.due_date else ""
        yield SumRow(words.say("sums", "due"), amount, "due", by)
