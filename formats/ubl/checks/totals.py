"""The totals of the invoice (BG-22) add up (EN 16931-1 section 6.4.2)."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Final

from formats.en16931.money import ZERO
from formats.ubl.assertions import Fail, pattern, rule
from formats.ubl.checks.amounts import EXACT, NOTHING, in_cents, plain, total
from formats.ubl.checks.conditions import LINES, is_allowance, is_charge
from formats.ubl.checks.decimals import two_decimals
from formats.ubl.tree import Document, Element, Undecidable, normal, string_of

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
def totals_are_complete(totals: Element, fail: Fail) -> None:
    """BT-106, BT-109, BT-112 and BT-115 are stated, and all are in cents."""
    for assertion, name in _MANDATORY.items():
        if name not in totals.first:
            fail(assertion, totals)
    two_decimals(totals, _DECIMALS, fail)


@rule("cac:LegalMonetaryTotal", asserts="BR-CO-10")
def lines_add_up(totals: Element, fail: Fail) -> None:
    """BT-106 is the sum of all BT-131."""
    _is_as_computed("BR-CO-10", totals, _LINES, lambda: fail.document.fact(sum_of_lines), fail)


def sum_of_lines(document: Document) -> Decimal:
    """The net amounts of all lines, added up and rounded to cents. Raises Undecidable."""
    lines = (line for name in LINES for line in document.named(name))
    return in_cents(total(line.decimal(_LINES) for line in lines))


@rule("cac:LegalMonetaryTotal", asserts="BR-CO-11")
def allowances_add_up(totals: Element, fail: Fail) -> None:
    """BT-107 is the sum of all BT-92, or there are neither."""
    allowances = [one for one in _allowances_and_charges(totals) if is_allowance(one)]
    if allowances or totals.has(_ALLOWANCES):
        _is_as_computed("BR-CO-11", totals, _ALLOWANCES, lambda: _sum_of(allowances), fail)


@rule("cac:LegalMonetaryTotal", asserts="BR-CO-12")
def charges_add_up(totals: Element, fail: Fail) -> None:
    """BT-108 is the sum of all BT-99, or there are neither."""
    charges = [one for one in _allowances_and_charges(totals) if is_charge(one)]
    if charges or totals.has(_CHARGES):
        _is_as_computed("BR-CO-12", totals, _CHARGES, lambda: _sum_of(charges), fail)


def _allowances_and_charges(totals: Element) -> Sequence[Element]:
    return totals.parent.all("cac:AllowanceCharge") if totals.parent is not None else ()


def _sum_of(stated: Iterable[Element]) -> Decimal:
    return in_cents(total(one.decimal("cbc:Amount") for one in stated))


@rule("cac:LegalMonetaryTotal", asserts="BR-CO-13")
def total_without_vat_follows(totals: Element, fail: Fail) -> None:
    """BT-109 = BT-106 - BT-107 + BT-108."""
    _is_as_computed("BR-CO-13", totals, _WITHOUT_VAT, lambda: _without_vat(totals), fail)


def _without_vat(totals: Element) -> Decimal | None:
    """None where there is nothing to start from. It is rounded only where something is added or taken off."""
    lines = totals.decimal(_LINES)
    if lines is None or not (totals.has(_CHARGES) or totals.has(_ALLOWANCES)):
        return lines
    charges, allowances = totals.decimal(_CHARGES) or ZERO, totals.decimal(_ALLOWANCES) or ZERO
    return in_cents(EXACT.subtract(EXACT.add(lines, charges), allowances))


@rule("cac:LegalMonetaryTotal", asserts="BR-CO-16")
def amount_due_follows(totals: Element, fail: Fail) -> None:
    """BT-115 = BT-112 - BT-113 + BT-114; what stands alone on its side of that is not rounded."""
    due = totals.decimal(_DUE)
    try:
        rounding, unpaid = totals.decimal(_ROUNDING), _unpaid(totals)
    except Undecidable:
        if due is not None:
            raise
        rounding = unpaid = None
    before_rounding = due if due is None or rounding is None else in_cents(EXACT.subtract(due, rounding))
    if before_rounding is None or before_rounding != unpaid:
        expected = None if unpaid is None else EXACT.add(unpaid, rounding or ZERO)
        _differs("BR-CO-16", totals, _DUE, expected, fail)


def _unpaid(totals: Element) -> Decimal | None:
    with_vat = totals.decimal(_WITH_VAT)
    paid = None if with_vat is None else totals.decimal(_PAID)
    return with_vat if with_vat is None or paid is None else in_cents(EXACT.subtract(with_vat, paid))


def _is_as_computed(
    assertion: str, totals: Element, name: str, compute: Callable[[], Decimal | None], fail: Fail
) -> None:
    """An amount is stated and equals another. What is wrong with that one doesn't matter where none is stated."""
    stated = totals.decimal(name)
    try:
        expected = compute()
    except Undecidable:
        if stated is not None:
            raise
        expected = None
    if stated is None or stated != expected:
        _differs(assertion, totals, name, expected, fail)


def _differs(assertion: str, totals: Element, name: str, expected: Decimal | None, fail: Fail) -> None:
    """Tell what is stated and what was expected, as far as that can be said."""
    element = totals.first.get(name)
    about: dict[str, object] = {"stated": NOTHING if element is None else normal(string_of(element))}
    if expected is None:
        about["expected"] = NOTHING
    else:
        about["expected"] = about["proposed"] = plain(expected)
    fail(assertion, element if element is not None else totals, **about)


PATTERNS: Final = (
    pattern(totals_are_complete),
    pattern(lines_add_up),
    pattern(allowances_add_up),
    pattern(charges_add_up),
    pattern(total_without_vat_follows),
    pattern(amount_due_follows),
)
