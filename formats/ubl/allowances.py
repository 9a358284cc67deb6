"""Allowances and charges of the document (BG-20, BG-21) and of a line (BG-27, BG-28): `cac:AllowanceCharge`.

UBL keeps both in one list and tells them apart by `cbc:ChargeIndicator`; the model keeps two lists.
"""

from collections.abc import Iterator

from formats.en16931 import AllowanceCharge, Invoice, Line, LineAllowanceCharge
from formats.ubl.node import Node
from formats.ubl.party import numbers_of
from formats.ubl.pen import Pen, group
from formats.ubl.vat import read_category_and_rate, write_category

NAME = "cac:AllowanceCharge"


def read_allowances(document: Node) -> tuple[tuple[AllowanceCharge, ...], tuple[AllowanceCharge, ...]]:
    """The allowances (BG-20) and the charges (BG-21) of the document."""
    numbers = numbers_of(Invoice, "allowances"), numbers_of(Invoice, "charges")
    found: tuple[list[AllowanceCharge], list[AllowanceCharge]] = ([], [])
    for node, is_charge in _told_apart(document, "BG-20", "BG-21"):
        terms = numbers[is_charge]
        category, rate = read_category_and_rate(node, "cac:TaxCategory", terms["vat_category"], terms["vat_rate"])
        found[is_charge].append(
            AllowanceCharge(
                amount=node.amount("cbc:Amount", terms["amount"]),
                base=node.amount("cbc:BaseAmount", terms["base"]),
                percentage=node.decimal("cbc:MultiplierFactorNumeric", terms["percentage"]),
                vat_category=category,
                vat_rate=rate,
                reason=node.text("cbc:AllowanceChargeReason", terms["reason"]),
                reason_code=node.text("cbc:AllowanceChargeReasonCode", terms["reason_code"]),
            )
        )
    return tuple(found[False]), tuple(found[True])


def write_allowances(invoice: Invoice, pen: Pen) -> str:
    """The allowances and charges of the document."""
    return "".join(
        group(
            NAME, _stated(one, is_charge, pen), write_category("cac:TaxCategory", one.vat_category, one.vat_rate, pen)
        )
        for is_charge, several in enumerate((invoice.allowances, invoice.charges))
        for one in several
    )


def read_line_allowances(line: Node) -> tuple[tuple[LineAllowanceCharge, ...], tuple[LineAllowanceCharge, ...]]:
    """The allowances (BG-27) and the charges (BG-28) of a line."""
    numbers = numbers_of(Line, "allowances"), numbers_of(Line, "charges")
    found: tuple[list[LineAllowanceCharge], list[LineAllowanceCharge]] = ([], [])
    for node, is_charge in _told_apart(line, "BG-27", "BG-28"):
        terms = numbers[is_charge]
        found[is_charge].append(
            LineAllowanceCharge(
                amount=node.amount("cbc:Amount", terms["amount"]),
                base=node.amount("cbc:BaseAmount", terms["base"]),
                percentage=node.decimal("cbc:MultiplierFactorNumeric", terms["percentage"]),
                reason=node.text("cbc:AllowanceChargeReason", terms["reason"]),
                reason_code=node.text("cbc:AllowanceChargeReasonCode", terms["reason_code"]),
            )
        )
    return tuple(found[False]), tuple(found[True])


def write_line_allowances(line: Line, pen: Pen) -> str:
    """The allowances and charges of a line."""
    return "".join(
        group(NAME, _stated(one, is_charge, pen))
        for is_charge, several in enumerate((line.allowances, line.charges))
        for one in several
    )


def _told_apart(owner: Node, allowance: str, charge: str) -> Iterator[tuple[Node, bool]]:
    """Every allowance or charge with what it is; one that does not say it is a finding and stays behind."""
    counts = [0, 0]
    for node in owner.nodes(NAME):
        is_charge = node.boolean("cbc:ChargeIndicator", "")
        if is_charge is None:
            node.leave()
            continue
        counts[is_charge] += 1
        node.stands_for(f"{charge if is_charge else allowance}[{counts[is_charge]}]")
        yield node, is_charge


def _stated(one: AllowanceCharge | LineAllowanceCharge, is_charge: int, pen: Pen) -> str:
    return "".join(
        (
            pen.text("cbc:ChargeIndicator", "true" if is_charge else "false"),
            pen.text("cbc:AllowanceChargeReasonCode", one.reason_code),
            pen.text("cbc:AllowanceChargeReason", one.reason),
            pen.decimal("cbc:MultiplierFactorNumeric", one.percentage),
            pen.amount("cbc:Amount", one.amount),
            pen.amount("cbc:BaseAmount", one.base),
        )
    )
