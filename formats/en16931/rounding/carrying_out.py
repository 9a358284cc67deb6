"""The invoice as a plan would have it: nothing of it changes but what the plan names."""

from collections.abc import Sequence

from msgspec.structs import replace

from formats.en16931.invoice import AllowanceCharge, Invoice, Totals, VatBreakdown
from formats.en16931.line import Line, LineAllowanceCharge
from formats.en16931.money import ZERO
from formats.en16931.rounding.cents import amount_of, count
from formats.en16931.rounding.lines import ROUNDING_REASON, Move
from formats.en16931.rounding.plans import Plan
from formats.en16931.rounding.proposal import Change


def carried_out(invoice: Invoice, plan: Plan) -> Invoice:
    """The invoice, in cents already, after a plan."""
    lines = list(invoice.lines)
    for moves in plan.moves:
        for move in moves.moves:
            lines[move.index] = _line(lines[move.index], move)
    rows = invoice.vat_breakdown
    return replace(
        invoice,
        lines=tuple(lines),
        allowances=(*invoice.allowances, *_parts(rows, [-min(one, 0) for one in plan.document])),
        charges=(*invoice.charges, *_parts(rows, [max(one, 0) for one in plan.document])),
        vat_breakdown=tuple(
            _row(row, taxable, tax) for row, taxable, tax in zip(rows, plan.taxable, plan.taxes, strict=True)
        ),
        totals=_totals(invoice.totals or Totals(), plan),
    )


def _line(line: Line, move: Move) -> Line:
    line = replace(line, net_amount=(line.net_amount or ZERO) + amount_of(move.cents))
    if move.price is not None:
        return replace(line, price=move.price)
    if move.means is not Change.LINE:
        return line
    part = LineAllowanceCharge(amount=amount_of(abs(move.cents)), reason=ROUNDING_REASON)
    if move.cents < 0:
        return replace(line, allowances=(*line.allowances, part))
    return replace(line, charges=(*line.charges, part))


def _parts(rows: Sequence[VatBreakdown], amounts: Sequence[int]) -> list[AllowanceCharge]:
    return [
        AllowanceCharge(amount=amount_of(cents), vat_category=row.category, vat_rate=row.rate, reason=ROUNDING_REASON)
        for row, cents in zip(rows, amounts, strict=True)
        if cents
    ]


def _row(row: VatBreakdown, taxable: int, tax: int) -> VatBreakdown:
    if (count(row.taxable), count(row.tax)) == (taxable, tax):
        return row
    return replace(
        row,
        taxable=row.taxable if count(row.taxable) == taxable else amount_of(taxable),
        tax=row.tax if count(row.tax) == tax else amount_of(tax),
    )


def _totals(totals: Totals, plan: Plan) -> Totals:
    """What is right stays as it is written: 10 and not 10.00."""
    planned = {
        "line_net": plan.lines,
        "allowances": plan.allowances,
        "charges": plan.charges,
        "without_vat": plan.without_vat,
        "vat": plan.vat,
        "with_vat": plan.with_vat,
        "rounding": plan.rounding,
    }
    changes = {}
    for field, cents in planned.items():
        stated = getattr(totals, field)
        if cents is not None and (stated is None or count(stated) != cents):
            changes[field] = amount_of(cents)
    return replace(totals, **changes)
