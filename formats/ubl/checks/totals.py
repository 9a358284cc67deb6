"""The totals of the invoice (BG-22) add up (EN 16931-1 section 6.4.2)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from formats.en16931.money import ZERO
from formats.ubl.assertions import Fail, pattern, rule
from formats.ubl.checks.amounts import EXACT, NOTHING, in_cents, plain, total
from formats.ubl.checks.conditions import LINES, is_allowance, is_charge
from formats.ubl.checks.decimals import two_decimals
from formats.ubl.tree import Aggregate, Document, normal, string_of

_LINES: Final = "cbc:LineExtensionAmount"
_ALLOWANCES: Final = "cbc:AllowanceTotalAmount"
_CHARGES: Final = "cbc:ChargeTotalAmount"
_WITHOUT_VAT: Final = "cbc:TaxExclusiveAmount"
_WITH_VAT: Final = "cbc:TaxInclusiveAmount"
_PAID: Final = "cbc:PrepaidAmount"
_ROUNDING: Final = "cbc:PayableRoundingAmount"
_DUE: Final = "cbc:PayableAmount"

_MANDATORY: Final = {"BR-12": _LINES, "BR-13": _WITHOUT_VAT, "BR-14": _WITH_VAT, "BR-15": _DUE}
_DECIMALS: Final = {
    _LINES: "BR-DEC-09",
    _ALLOWANCES: "BR-DEC-10",
    _CHARGES: "BR-DEC-11",
    _WITHOUT_VAT: "BR-DEC-12",
    _WITH_VAT: "BR-DEC-14",
    _PAID: "BR-DEC-16",
    _ROUNDING: "BR-DEC-17",
    _DUE: "BR-DEC-18",
}


@rule("cac:LegalMonetaryTotal", asserts=" ".join((*_MANDATORY, *_DECIMALS.values())))
def totals_are_complete(totals: Aggregate, fail: Fail) -> None:
    """BT-106, BT-109, BT-112 and BT-115 are stated, and all are in cents."""
    for assertion, name in _MANDATORY.items():
        if name not in totals.first:
            fail(assertion, totals)
    two_decimals(totals, _DECIMALS, fail)


@rule("cac:LegalMonetaryTotal", asserts="BR-CO-10")
def lines_add_up(totals: Aggregate, fail: Fail) -> None:
    """BT-106 is the sum of all BT-131."""
    stated = totals.decimal(_LINES)
    added = None if stated is None else fail.document.fact(sum_of_lines)
    if stated is None or stated != added:
        _differs("BR-CO-10", totals, _LINES, added, fail)


def sum_of_lines(document: Document) -> Decimal:
    """The net amounts of all lines, added up and rounded to cents. Raises Undecidable."""
    lines = (line for name in LINES for line in document.groups(name))
    return in_cents(total(line.decimal(_LINES) for line in lines))


@rule("cac:LegalMonetaryTotal", asserts="BR-CO-11")
def allowances_add_up(totals: Aggregate, fail: Fail) -> None:
    """BT-107 is the sum of all BT-92."""
    _sum_of("BR-CO-11", totals, _ALLOWANCES, is_allowance, fail)


@rule("cac:LegalMonetaryTotal", asserts="BR-CO-12")
def charges_add_up(totals: Aggregate, fail: Fail) -> None:
    """BT-108 is the sum of all BT-99."""
    _sum_of("BR-CO-12", totals, _CHARGES, is_charge, fail)


def _sum_of(assertion: str, totals: Aggregate, name: str, counts: Callable[[Aggregate], bool], fail: Fail) -> None:
    """The total is the sum of the amounts that count, or there are neither."""
    beside = totals.parent.groups("cac:AllowanceCharge") if totals.parent is not None else []
    stated = totals.decimal(name)
    if stated is None:
        if any(counts(one) for one in beside):
            fail(assertion, totals, stated=NOTHING, expected=NOTHING)
        return
    added = in_cents(total(one.decimal("cbc:Amount") for one in beside if counts(one)))
    if stated != added:
        _differs(assertion, totals, name, added, fail)


@rule("cac:LegalMonetaryTotal", asserts="BR-CO-13")
def total_without_vat_follows(totals: Aggregate, fail: Fail) -> None:
    """BT-109 = BT-106 - BT-107 + BT-108."""
    stated = totals.decimal(_WITHOUT_VAT)
    lines = None if stated is None else totals.decimal(_LINES)
    expected = None
    if lines is not None:
        expected = lines
        if totals.has(_CHARGES) or totals.has(_ALLOWANCES):
            charges = totals.decimal(_CHARGES) or ZERO
            allowances = totals.decimal(_ALLOWANCES) or ZERO
            expected = in_cents(EXACT.subtract(EXACT.add(lines, charges), allowances))
    if expected is None or stated != expected:
        _differs("BR-CO-13", totals, _WITHOUT_VAT, expected, fail)


@rule("cac:LegalMonetaryTotal", asserts="BR-CO-16")
def amount_due_follows(totals: Aggregate, fail: Fail) -> None:
    """BT-115 = BT-112 - BT-113 + BT-114; what stands alone on its side of that is not rounded."""
    due = totals.decimal(_DUE)
    rounding = None if due is None else totals.decimal(_ROUNDING)
    with_vat = None if due is None else totals.decimal(_WITH_VAT)
    if due is None or with_vat is None:
        _differs("BR-CO-16", totals, _DUE, None, fail)
        return
    paid = totals.decimal(_PAID)
    before_rounding = due if rounding is None else in_cents(EXACT.subtract(due, rounding))
    unpaid = with_vat if paid is None else in_cents(EXACT.subtract(with_vat, paid))
    if before_rounding != unpaid:
        _differs("BR-CO-16", totals, _DUE, EXACT.add(unpaid, rounding or ZERO), fail)


def _differs(assertion: str, totals: Aggregate, name: str, expected: Decimal | None, fail: Fail) -> None:
    """Tell what is stated and what was expected, as far as that can be said."""
    element = totals.first.get(name)
    stated = NOTHING if element is None else normal(string_of(element))
    if expected is None:
        fail(assertion, totals, stated=stated, expected=NOTHING)
    else:
        fail(
            assertion,
            totals if element is None else element,
            stated=stated,
            expected=plain(expected),
            proposed=plain(expected),
        )


PATTERNS: Final = (
    pattern(totals_are_complete),
    pattern(lines_add_up),
    pattern(allowances_add_up),
    pattern(charges_add_up),
    pattern(total_without_vat_follows),
    pattern(amount_due_follows),
)
