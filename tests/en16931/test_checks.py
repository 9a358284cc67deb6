"""The rules of EN 16931 on an invoice of any format: what passes, what fails, where, and in which words."""

import pytest
from hypothesis import given

from formats.checking import Finding
from formats.contract import Reading
from formats.en16931 import Invoice
from formats.ubl.checks import EN16931
from formats.ubl.verdict import by_rules
from tests.en16931.failing import Failing, failing
from tests.en16931.full import full_invoice, invoice_under
from tests.en16931.vat_categories import CATEGORIES, VatCategory
from tests.strategies import invoices, sample_credit_note, sample_invoice, sample_italian_invoice

check = by_rules(EN16931)
FAILING = tuple(failing())
IDS = [f"{row}: {one.rule} at {one.path}" for row, one in enumerate(FAILING, 1)]


# What no invoice of the model can break: it has a currency, and an identifier without its value is none.
OF_THE_SYNTAX = {"BR-CL-03", *(f"BR-CO-{number:02}" for number in (5, 6, 7, 8))}


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
    of_the_model = {one for one in EN16931.ids if one.startswith("BR-")}
    assert of_the_model - {one.rule for one in FAILING} == OF_THE_SYNTAX


def test_an_invoice_that_says_nothing_is_told_all_that_is_missing() -> None:
    report = check(Reading(Invoice()))
    assert not report.is_valid
    assert {f"BR-{number:02}" for number in range(1, 17)} - {"BR-09", "BR-11"} <= {one.id for one in report.findings}
    assert "GW-CHECK-FAILED" not in {one.id for one in report.findings}


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("BR-21", "Line 2 has no line identifier."),
        ("BR-41", "Allowance 1 of line 1 has no amount."),
        ("BR-29", "The invoicing period ends on 2026-02-28, before it starts on 2026-03-01."),
        ("BR-CO-14", "The rows of the VAT breakdown add up to 23.88, the invoice says 23.87."),
        ("BR-DEC-23", "Line 2 states 59.700 as net amount: 3 decimals."),
        ("BR-CL-04", "'EURO' is none of the currency codes (ISO 4217)."),
        ("BR-S-05", "Line 1 states the VAT rate 0 under category S (standard rate), which has a rate above 0."),
        ("BR-IC-12", "An intra-Community supply does not say to which country the goods went."),
    ],
)
def test_a_message_speaks_of_the_document_and_its_values(rule: str, message: str) -> None:
    case = next(one for one in FAILING if one.rule == rule)
    assert message in [one.message for one in findings(case.invoice) if one.id == rule]
