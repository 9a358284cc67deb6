"""Allowances and charges of the invoice (BG-20, BG-21) and of its lines (BG-27, BG-28): amounts and reasons.

Whether a reason in words says the same as its code (BR-CO-05 to BR-CO-08) no machine can tell; nor do the official
rules try.
"""

from collections.abc import Mapping
from typing import Final

from formats.ubl.assertions import Fail, pattern, rule
from formats.ubl.checks.conditions import (
    has_vat_category_code,
    is_allowance,
    is_charge,
    is_in_document,
    is_in_line,
)
from formats.ubl.checks.decimals import two_decimals
from formats.ubl.tree import Element

_REASONS: Final = ("cbc:AllowanceChargeReason", "cbc:AllowanceChargeReasonCode")
_ALLOWANCE_DECIMALS: Final = {"cbc:Amount": "BR-DEC-01", "cbc:BaseAmount": "BR-DEC-02"}
_CHARGE_DECIMALS: Final = {"cbc:Amount": "BR-DEC-05", "cbc:BaseAmount": "BR-DEC-06"}
_LINE_ALLOWANCE_DECIMALS: Final = {"cbc:Amount": "BR-DEC-24", "cbc:BaseAmount": "BR-DEC-25"}
_LINE_CHARGE_DECIMALS: Final = {"cbc:Amount": "BR-DEC-27", "cbc:BaseAmount": "BR-DEC-28"}


def _is_allowance_of_document(element: Element) -> bool:
    return is_in_document(element) and is_allowance(element)


def _is_charge_of_document(element: Element) -> bool:
    return is_in_document(element) and is_charge(element)


def _is_allowance_of_line(element: Element) -> bool:
    return is_in_line(element) and is_allowance(element)


def _is_charge_of_line(element: Element) -> bool:
    return is_in_line(element) and is_charge(element)


@rule(
    "cac:AllowanceCharge",
    asserts="BR-31 BR-32 BR-33 BR-CO-05 BR-CO-21 BR-DEC-01 BR-DEC-02",
    matches=_is_allowance_of_document,
)
def allowance(stated: Element, fail: Fail) -> None:
    """BG-20: amount (BT-92), VAT category (BT-95), reason (BT-97 or BT-98)."""
    if not has_vat_category_code(stated):
        fail("BR-32", stated)
    _amount_and_reason(stated, "BR-31", ("BR-33", "BR-CO-21"), _ALLOWANCE_DECIMALS, fail)


@rule(
    "cac:AllowanceCharge",
    asserts="BR-36 BR-37 BR-38 BR-CO-06 BR-CO-22 BR-DEC-05 BR-DEC-06",
    matches=_is_charge_of_document,
)
def charge(stated: Element, fail: Fail) -> None:
    """BG-21: amount (BT-99), VAT category (BT-102), reason (BT-104 or BT-105)."""
    if not has_vat_category_code(stated):
        fail("BR-37", stated)
    _amount_and_reason(stated, "BR-36", ("BR-38", "BR-CO-22"), _CHARGE_DECIMALS, fail)


@rule(
    "cac:AllowanceCharge",
    asserts="BR-41 BR-42 BR-CO-07 BR-CO-23 BR-DEC-24 BR-DEC-25",
    matches=_is_allowance_of_line,
)
def allowance_of_line(stated: Element, fail: Fail) -> None:
    """BG-27: amount (BT-136), reason (BT-139 or BT-140)."""
    _amount_and_reason(stated, "BR-41", ("BR-42", "BR-CO-23"), _LINE_ALLOWANCE_DECIMALS, fail)


@rule(
    "cac:AllowanceCharge",
    asserts="BR-43 BR-44 BR-CO-08 BR-CO-24 BR-DEC-27 BR-DEC-28",
    matches=_is_charge_of_line,
)
def charge_of_line(stated: Element, fail: Fail) -> None:
    """BG-28: amount (BT-141), reason (BT-144 or BT-145)."""
    _amount_and_reason(stated, "BR-43", ("BR-44", "BR-CO-24"), _LINE_CHARGE_DECIMALS, fail)


def _amount_and_reason(
    stated: Element, no_amount: str, no_reason: tuple[str, str], decimals: Mapping[str, str], fail: Fail
) -> None:
    """One demand under two numbers: the standard states it as an integrity constraint and again as a condition."""
    if not stated.has("cbc:Amount"):
        fail(no_amount, stated)
    if not any(stated.has(name) for name in _REASONS):
        for assertion in no_reason:
            fail(assertion, stated)
    two_decimals(stated, decimals, fail)


PATTERNS: Final = (pattern(allowance, charge, allowance_of_line, charge_of_line),)
