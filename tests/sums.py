"""The totals of an invoice by hand: exact fractions, and on purpose nothing in common with formats.en16931.totals."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from formats.en16931 import AllowanceCharge, Invoice, Line, Totals, VatBreakdown

Kind = tuple[str | None, Decimal | None]  # VAT category and rate

NO_REASONS: Mapping[str | None, tuple[str | None, str | None]] = {}


def cents(amount: Fraction) -> Decimal:
    """The amount in cents, half away from zero."""
    whole = int(abs(amount) * 100 + Fraction(1, 2))
    return Decimal(whole if amount >= 0 else -whole).scaleb(-2)


def cents_of_percent(base: Decimal, percentage: Decimal) -> Decimal:
    """So many percent of the base, in cents."""
    return cents(Fraction(base) * Fraction(percentage) / 100)


def line_net(line: Line) -> Decimal:
    """What a line comes to: quantity x price + charges - allowances."""
    price = line.price
    assert price is not None
    amount = Fraction(line.quantity or 0) * Fraction(price.net or 0) / Fraction(price.base_quantity or 1)
    return cents(amount + _sum(one.amount for one in line.charges) - _sum(one.amount for one in line.allowances))


def summed_up(
    invoice: Invoice,
    paid: Decimal | None = None,
    rounding: Decimal | None = None,
    reasons: Mapping[str | None, tuple[str | None, str | None]] = NO_REASONS,
) -> Invoice:
    """The invoice with line net amounts, totals and VAT breakdown. reasons: exemption text and code a VAT category."""
    lines = tuple(msgspec.structs.replace(line, net_amount=line_net(line)) for line in invoice.lines)
    breakdown = tuple(_broken_down(lines, invoice, reasons))
    net = _sum(line.net_amount for line in lines)
    less, more = _sum(one.amount for one in invoice.allowances), _sum(one.amount for one in invoice.charges)
    vat = _sum(one.tax for one in breakdown)
    totals = Totals(
        line_net=cents(net),
        allowances=cents(less) if invoice.allowances else None,
        charges=cents(more) if invoice.charges else None,
        without_vat=cents(net - less + more),
        vat=cents(vat),
        vat_in_accounting_currency=cents(vat * 11) if invoice.vat_currency else None,
        with_vat=cents(net - less + more + vat),
        paid=paid,
        rounding=rounding,
        due=cents(net - less + more + vat - Fraction(paid or 0) + Fraction(rounding or 0)),
    )
    return msgspec.structs.replace(invoice, lines=lines, vat_breakdown=breakdown, totals=totals)


def _broken_down(
    lines: tuple[Line, ...], invoice: Invoice, reasons: Mapping[str | None, tuple[str | None, str | None]]
) -> Iterable[VatBreakdown]:
    taxable: dict[Kind, Fraction] = {}
    for line in lines:
        assert line.vat is not None
        kind = (line.vat.category, line.vat.rate)
        taxable[kind] = taxable.get(kind, Fraction(0)) + Fraction(line.net_amount or 0)
    for sign, several in ((-1, invoice.allowances), (1, invoice.charges)):
        for one in several:
            taxable[_kind(one)] = taxable.get(_kind(one), Fraction(0)) + sign * Fraction(one.amount or 0)
    for (category, rate), base in taxable.items():
        reason, code = reasons.get(category, (None, None))
        yield VatBreakdown(
            taxable=cents(base),
            tax=cents(base * Fraction(rate or 0) / 100),
            category=category,
            rate=rate,
            exemption_reason=reason,
            exemption_code=code,
        )


def _kind(one: AllowanceCharge) -> Kind:
    return one.vat_category, one.vat_rate


def _sum(amounts: Iterable[Decimal | None]) -> Fraction:
    return sum((Fraction(amount) for amount in amounts if amount is not None), Fraction(0))
