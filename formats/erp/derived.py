"""What follows from the cells of a table though no cell says it, each with its reason in the provenance.

Sums are not made here (`formats.en16931.totals` makes them for every format); this is only what tables leave out
because their readers know it: that lines are counted, that a discount in percent is an amount, that a positive
rate is the standard rate, that an IBAN is paid by credit transfer. And one thing is looked at that no sum shows: a
line whose amount is not its quantity times its price was read wrongly, or holds VAT.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Final, NamedTuple

from msgspec.structs import replace
from stdnum import iban

from formats.checking import Finding, Severity
from formats.en16931 import (
    Invoice,
    Line,
    LineAllowanceCharge,
    PaymentInstructions,
    Place,
    Totals,
    VatBreakdown,
)
from formats.en16931.money import CENT, ZERO, percentage_of, product, quotient
from formats.en16931.totals import line_net_amount

Find = Callable[[Finding], None]
Places = dict[str, Place]

_DISCOUNT: Final = "95"  # UNTDID 5189
_SEPA_TRANSFER: Final = "58"  # UNTDID 4461
_TRANSFER: Final = "30"
_SLACK: Final = CENT * 2
_WRONG: Final = Decimal("0.01")  # the share of a line's amount from which a difference is no rounding


class VatReason(NamedTuple):
    """Why no VAT is charged under a category and rate (BT-118 to BT-121)."""

    category: str | None
    rate: Decimal | None
    text: str
    code: str


def derived_line(line: Line, position: int, row: int, places: Places, find: Find) -> Line:
    """The line with what follows from its own cells. row: the line of the file it stands in."""
    path = f"BG-25[{position}]"

    def note(term: str, how: str) -> None:
        places[f"{path}/{term}"] = Place(line=row, computed=how)

    if line.identifier is None:
        note("BT-126", "lines are counted")
        line = replace(line, identifier=str(position))
    if line.allowances:
        line = _with_discount(line, note)
    if line.vat and line.vat.category is None and line.vat.rate:
        note("BG-30/BT-151", "a rate above zero is the standard category")
        line = replace(line, vat=replace(line.vat, category="S"))
    finding = _disagreement(line, path)
    if finding:
        find(finding)
    return line


def _with_discount(line: Line, note: Callable[[str, str], None]) -> Line:
    """The allowances with base, amount and reason; those of nothing are no allowances."""
    full = _before_discount(line)
    kept: list[LineAllowanceCharge] = []
    for one in line.allowances:
        if not one.amount and not one.percentage:
            continue
        group = f"BG-27[{len(kept) + 1}]"
        if one.amount is None and one.percentage is not None and full is not None:
            note(f"{group}/BT-137", "quantity x price")
            note(f"{group}/BT-136", f"{one.percentage} % of {full}")
            one = replace(one, base=full, amount=percentage_of(full, one.percentage))  # noqa: PLW2901
        if one.reason is None and one.reason_code is None:
            note(f"{group}/BT-140", "a discount")
            one = replace(one, reason_code=_DISCOUNT)  # noqa: PLW2901
        kept.append(one)
    return replace(line, allowances=tuple(kept))


def _before_discount(line: Line) -> Decimal | None:
    """Quantity times price."""
    return line_net_amount(replace(line, allowances=(), charges=()))


def _disagreement(line: Line, path: str) -> Finding | None:
    """A stated amount far from quantity x price: a wrong decimal mark, or an amount that includes VAT."""
    computed = line_net_amount(line)
    stated = line.net_amount
    if computed is None or stated is None or abs(computed - stated) <= max(_SLACK, abs(computed) * _WRONG):
        return None
    rate = line.vat.rate if line.vat and line.vat.rate else ZERO
    with_vat = product(computed, 1 + quotient(rate, Decimal(100)))
    what = "the amount seems to include VAT" if rate and abs(with_vat - stated) <= _SLACK else "they do not agree"
    return Finding(
        "GW-CSV-AMOUNT",
        f"{path}/BT-131",
        f"The line amount is {stated}, but its quantity, price and discount come to {computed}: {what}.",
        "Export the line amount without VAT, with the same decimal mark as the price; or leave the column out.",
    )


def derived_invoice(invoice: Invoice, reasons: dict[VatReason, None], places: Places, find: Find) -> Invoice:
    """The invoice with what follows from its own cells."""
    if reasons and not invoice.vat_breakdown:
        invoice = replace(invoice, vat_breakdown=tuple(map(_row_of, _one_a_kind(reasons))))
    if invoice.payment and invoice.payment.credit_transfers and invoice.payment.means_code is None:
        invoice = replace(invoice, payment=_with_means(invoice, invoice.payment, places))
    if invoice.is_credit_note and _is_negative(invoice):
        find(
            Finding(
                "GW-CSV-SIGN",
                "BT-3",
                "The credit note stated negative amounts. They were made positive: its type already says credit.",
                severity=Severity.INFORMATION,
            )
        )
        invoice = _turned(invoice)
    return invoice


def _one_a_kind(reasons: dict[VatReason, None]) -> list[VatReason]:
    """One reason for each category and rate: the first that says something."""
    by_kind: dict[tuple[str | None, Decimal | None], VatReason] = {}
    for one in reasons:
        known = by_kind.get((one.category, one.rate))
        if known is None or not (known.text or known.code):
            by_kind[one.category, one.rate] = one
    return list(by_kind.values())


def _row_of(reason: VatReason) -> VatBreakdown:
    return VatBreakdown(
        category=reason.category,
        rate=reason.rate,
        exemption_reason=reason.text or None,
        exemption_code=reason.code or None,
    )


def _with_means(invoice: Invoice, payment: PaymentInstructions, places: Places) -> PaymentInstructions:
    account = payment.credit_transfers[0].account or ""
    sepa = invoice.currency == "EUR" and iban.is_valid(account)
    places["BG-16/BT-81"] = Place(computed="an account is stated, so payment is by credit transfer")
    return replace(payment, means_code=_SEPA_TRANSFER if sepa else _TRANSFER)


def _is_negative(invoice: Invoice) -> bool:
    amounts = [line.net_amount if line.net_amount is not None else line.quantity for line in invoice.lines]
    stated = [amount for amount in amounts if amount is not None]
    return bool(stated) and sum(stated) < 0


def _turned(invoice: Invoice) -> Invoice:
    """The same credit note with the opposite signs: of quantities and amounts, never of prices."""
    totals = invoice.totals
    return replace(
        invoice,
        lines=tuple(map(_turned_line, invoice.lines)),
        totals=totals and Totals(**{name: _opposite(getattr(totals, name)) for name in totals.__struct_fields__}),
    )


def _turned_line(line: Line) -> Line:
    return replace(
        line,
        quantity=_opposite(line.quantity),
        net_amount=_opposite(line.net_amount),
        allowances=tuple(
            replace(one, amount=_opposite(one.amount), base=_opposite(one.base)) for one in line.allowances
        ),
        charges=tuple(replace(one, amount=_opposite(one.amount), base=_opposite(one.base)) for one in line.charges),
    )


def _opposite(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount
