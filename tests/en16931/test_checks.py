"""The rules of EN 16931 on an invoice of any format: what passes, what fails, where, and in which words."""

import pytest
from hypothesis import given

from formats.checking import Finding
from formats.contract import Reading
from formats.en16931 import Invoice
from formats.ubl.checks import EN16931
from formats.ubl.checks.vat_categories import CATEGORIES, VatCategory
from formats.ubl.verdict import by_rules
from tests.en16931.failing import Failing, failing
from tests.en16931.full import full_invoice, invoice_under
from tests.strategies import invoices, sample_credit_note, sample_invoice, sample_italian_invoice

check = by_rules(EN16931)
FAILING = tuple(failing())
IDS = [f"{row}: {one.rule} at {one.path}" for row, one in enumerate(FAILING, 1)]


# What the UBL of no invoice breaks: one currency stands at all amounts, a period that says nothing is not written, that
# words and a code name the same reason cannot be checked, and the decimals of VAT totals are those of UBL-DT-01.
NEVER_BROKEN = {"BR-CL-03", *(f"BR-CO-{number:02}" for number in (5, 6, 7, 8, 19, 20)), "BR-DEC-13", "BR-DEC-15"}


def findings(invoice: Invoice) -> tuple[Finding, ...]:
    """What the checks find."""
    return check(Reading(invoice)).findings


@given(invoices() | invoices(italy=True))
def test_a_good_invoice_has_no_findings(invoice: Invoice) -> None:
    assert findings(invoice) == ()


@pytest.mark.parametrize("invoice", [sample_invoice(), sample_credit_note(), sample_italian_invoice(), full_invoice()])
def test_a_sample_has_no_findings(invoice: Invoice) -> None:
    assert findings(invoice) == ()


@pytest.mark.parametrize("category", CATEGORIES, ids=lambda category: category.code)
def test_a_good_invoice_under_one_vat_category_has_no_findings(category: VatCategory) -> None:
    assert findings(invoice_under(category)) == ()


@pytest.mark.parametrize("case", FAILING, ids=IDS)
def test_a_broken_rule_is_found_where_it_is_broken(case: Failing) -> None:
    found = [one for one in findings(case.invoice) if one.id == case.rule]
    assert case.path in [one.path for one in found]
    for one in found:
        assert one.message.endswith(".")
        assert one.fix.endswith(".")
        assert "None" not in one.message + one.fix


def test_every_check_is_broken_by_some_invoice() -> None:
    of_the_standard = {one for one in EN16931.ids if one.startswith("BR-")}
    assert of_the_standard - {one.rule for one in FAILING} == NEVER_BROKEN


def test_an_invoice_that_says_nothing_is_told_all_that_is_missing() -> None:
    report = check(Reading(Invoice()))
    assert not report.is_valid
    needed = {f"BR-{number:02}" for number in range(1, 17)} - {"BR-09", "BR-11"}
    assert {one.id for one in report.findings} == needed | {"BR-CO-10", "BR-CO-13", "BR-CO-16", "BR-CO-18"}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("BR-21", "The line at position 2 has no identifier."),
        ("BR-41", "An allowance on line 1 has no amount."),
        ("BR-29", "The invoiced period ends on 2026-02-28, before it begins on 2026-03-01."),
        ("BR-CO-14", "The VAT of all categories adds up to 23.88. The total VAT is stated as: 23.87."),
        ("BR-DEC-23", "The net amount of line 2 is written with 3 decimals: 59.700. Two are allowed."),
        ("BR-CL-04", "The invoice currency “EURO” is no currency code (ISO 4217)."),
        ("BR-S-05", "Line 1 is under category S (the standard rate) and needs a VAT rate above 0; stated is “0”."),
        ("BR-IC-12", "An intra-Community supply does not say to which country the goods went."),
        (
            "BR-CO-15",
            (
                "The total without VAT (119.40) and the total VAT in EUR (23.88) add up to 143.28."
                " The total with VAT is stated as: 143.27."
            ),
        ),
    ],
)
def test_a_message_speaks_of_the_document_and_its_values(rule: str, message: str) -> None:
    case = next(one for one in FAILING if one.rule == rule)
    assert message in [one.message for one in findings(case.invoice) if one.id == rule]
