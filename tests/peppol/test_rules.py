"""The rules of Peppol, self-billing and XRechnung on an invoice of any format: one change, the rule that it breaks."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import TypeVar

import msgspec
import pytest

from formats.checking import Report, Severity
from formats.contract import Reading
from formats.en16931 import (
    Address,
    AllowanceCharge,
    Attachment,
    Contact,
    CreditTransfer,
    Delivery,
    DirectDebit,
    Identifier,
    Invoice,
    LineAllowanceCharge,
    LineVat,
    Note,
    PaymentCard,
    PaymentInstructions,
    Period,
    Price,
    ProcessControl,
    SupportingDocument,
    Totals,
)
from formats.peppol.profiles import XRECHNUNG_SPECIFICATION as XRECHNUNG
from formats.peppol.rules import PEPPOL as PEPPOL_RULES
from formats.peppol.rules import SELF_BILLING as SELF_BILLED
from formats.peppol.rules.xrechnung import XRECHNUNG as XRECHNUNG_RULES
from formats.peppol.writer import BUSINESS_PROCESS, SELF_BILLING, SELF_BILLING_PROCESS
from formats.ubl.assertions import RuleSet
from formats.ubl.verdict import by_rules
from tests.samples import BUYER, SELLER, sample_credit_note, sample_invoice, sample_line

AnyGroup = TypeVar("AnyGroup", bound=msgspec.Struct)
Changes = dict[str, object]


def changed(group: AnyGroup | None, **changes: object) -> AnyGroup:
    """A group with some fields changed."""
    assert group is not None
    return msgspec.structs.replace(group, **changes)


def run(rules: RuleSet, invoice: Invoice) -> Report:
    """What the rules say of an invoice."""
    return by_rules(rules)(Reading(invoice))


def fired(checks: RuleSet, invoice: Invoice) -> set[str]:
    """The ids of the rules that an invoice breaks."""
    report = run(checks, invoice)
    assert all(one.message and one.fix for one in report.findings)
    return {one.id for one in report.findings}


def number(value: str, scheme: str) -> Changes:
    """The seller under another number."""
    return {"seller": changed(SELLER, legal_registration=Identifier(value, scheme))}


def seller_at(value: str, scheme: str) -> Changes:
    """The seller at another electronic address."""
    return {"seller": changed(SELLER, electronic_address=Identifier(value, scheme))}


def line(**changes: object) -> Changes:
    """One line, changed."""
    return {"lines": (msgspec.structs.replace(sample_line(), **changes),)}


def card(code: str) -> PaymentInstructions:
    """Payment by card under this code."""
    return PaymentInstructions(means_code=code, card=PaymentCard(account_number="0042"))


def reduced(amount: str, base: str | None, percentage: str | None) -> AllowanceCharge:
    """An allowance or charge: so many percent of a base."""
    return AllowanceCharge(
        amount=Decimal(amount),
        base=Decimal(base) if base else None,
        percentage=Decimal(percentage) if percentage else None,
    )


def claims(specification: str) -> ProcessControl:
    """The usual process under this specification."""
    return ProcessControl(business_process=BUSINESS_PROCESS, specification=specification)


def converted(amount: int) -> Totals:
    """The totals with a VAT total in accounting currency."""
    return changed(sample_invoice().totals, vat_in_accounting_currency=Decimal(amount))


def priced(**changes: object) -> Changes:
    """One line with its price changed."""
    return line(price=changed(sample_line().price, **changes))


def breakdown(**changes: object) -> Changes:
    """One row of the VAT breakdown, changed."""
    return {"vat_breakdown": (changed(sample_invoice().vat_breakdown[0], **changes),)}


DAY = datetime.date(2026, 3, 2)
ARCHIVE = Attachment(b"x", "application/zip")
PERIOD = Delivery(period=Period(start=DAY, end=DAY))
DEBIT = DirectDebit(mandate="M-1", creditor="AT61ZZZ01234567890", debited_account="AT611904300234573201")
TWO_NOTES = (Note(text="a"), Note(text="b"))
IN_GERMANY: Changes = {
    "seller": changed(SELLER, address=Address(city="Ulm", post_code="89073", country="DE")),
    "buyer": changed(BUYER, address=Address(city="Gera", post_code="07545", country="de")),
}

# The change to a valid invoice, and the rules of Peppol that it breaks.
PEPPOL: list[tuple[Changes, set[str]]] = [
    ({"process": None}, {"PEPPOL-EN16931-R001", "PEPPOL-EN16931-R004", "PEPPOL-EN16931-R007"}),
    ({"process": claims("urn:cen.eu:en16931:2017")}, {"PEPPOL-EN16931-R004"}),
    ({"notes": TWO_NOTES}, {"PEPPOL-EN16931-R002"}),
    ({"buyer_reference": None}, {"PEPPOL-EN16931-R003"}),
    # either of these is enough
    ({"buyer_reference": None, "order_reference": "O-1"}, set()),
    ({"buyer_reference": None, "sales_order_reference": "S-1"}, set()),
    ({"vat_currency": "EUR"}, {"PEPPOL-EN16931-R005", "PEPPOL-EN16931-R054"}),
    ({"buyer": changed(BUYER, electronic_address=None)}, {"PEPPOL-EN16931-R010"}),
    ({"seller": changed(SELLER, electronic_address=None)}, {"PEPPOL-EN16931-R020"}),
    ({"vat_breakdown": ()}, {"PEPPOL-EN16931-R053", "PEPPOL-EN16931-R054"}),
    ({"vat_currency": "PLN", "totals": converted(-1)}, {"PEPPOL-EN16931-R055"}),
    ({"payment": PaymentInstructions(means_code="49")}, {"PEPPOL-EN16931-R061"}),
    ({"type_code": "389"}, {"PEPPOL-EN16931-P0100"}),
    ({"type_code": "261"}, {"PEPPOL-EN16931-P0101"}),
    ({"type_code": "384"}, {"PEPPOL-EN16931-P0112"}),
    # a percentage of a base: wrong, without its base, without its percentage; two cents are allowed
    ({"allowances": (reduced("10.03", "100", "10"),)}, {"PEPPOL-EN16931-R040"}),
    ({"allowances": (reduced("10.02", "100", "10"),)}, set()),
    ({"charges": (reduced("10", None, "10"),)}, {"PEPPOL-EN16931-R041"}),
    (line(charges=(LineAllowanceCharge(amount=Decimal(0), base=Decimal(10)),)), {"PEPPOL-EN16931-R042"}),
    (priced(gross=Decimal("21.90"), discount=Decimal(1)), {"PEPPOL-EN16931-R046"}),
    ({"delivery": PERIOD, **line(period=Period(start=DAY - datetime.timedelta(1)))}, {"PEPPOL-EN16931-R110"}),
    ({"delivery": PERIOD, **line(period=Period(end=DAY + datetime.timedelta(1)))}, {"PEPPOL-EN16931-R111"}),
    ({"delivery": PERIOD, **line(period=Period(start=DAY, end=DAY))}, set()),
    (line(net_amount=Decimal("59.73")), {"PEPPOL-EN16931-R120"}),
    (line(net_amount=Decimal("59.72")), set()),
    (line(net_amount=Decimal("5.97"), price=Price(net=Decimal("19.90"), base_quantity=Decimal(10))), set()),
    (priced(base_quantity=Decimal(0)), {"PEPPOL-EN16931-R121"}),
    (priced(base_quantity=Decimal(1), base_unit="KGM"), {"PEPPOL-EN16931-R130"}),
    # an exemption under a category that is not its own
    (breakdown(exemption_code="vatex-eu-ic"), {"PEPPOL-EN16931-P0106"}),
    # codes off their lists
    ({"supporting_documents": (SupportingDocument(attachment=ARCHIVE),)}, {"PEPPOL-EN16931-CL001"}),
    ({"allowances": (AllowanceCharge(amount=Decimal(1), reason_code="FC"),)}, {"PEPPOL-EN16931-CL002"}),
    ({"charges": (AllowanceCharge(amount=Decimal(1), reason_code="95"),)}, {"PEPPOL-EN16931-CL003"}),
    ({"tax_point_code": "5"}, {"PEPPOL-EN16931-CL006"}),
    ({"currency": "STD"}, {"PEPPOL-EN16931-CL007"}),
    (seller_at("office@party.example", "EM"), {"PEPPOL-EN16931-CL008"}),
    # numbers that are none of their register
    (number("9876543210983", "0088"), {"PEPPOL-COMMON-R040"}),
    (number("123456784", "0192"), {"PEPPOL-COMMON-R041"}),
    (number("1234567", "0184"), {"PEPPOL-COMMON-R042"}),
    (number("0123456748", "0208"), {"PEPPOL-COMMON-R043"}),
    (number("ABCDE", "0201"), {"PEPPOL-COMMON-R044"}),
    (number("ABC", "0210"), {"PEPPOL-COMMON-R045"}),
    (seller_at("ABC", "9907"), {"PEPPOL-COMMON-R046", "PEPPOL-EN16931-CL008"}),
    (number("IT01234560158", "0211"), {"PEPPOL-COMMON-R047"}),
    (number("1234567890", "0007"), {"PEPPOL-COMMON-R049"}),
    (number("18123456788", "0151"), {"PEPPOL-COMMON-R050"}),
    (number("123", "0096"), {"PEPPOL-COMMON-R052"}),
    (number("12345678", "0198"), {"PEPPOL-COMMON-R053"}),
    (number("1", "0106"), {"PEPPOL-COMMON-R054"}),
    (number("1", "0190"), {"PEPPOL-COMMON-R055"}),
    (number("NL1", "9944"), {"PEPPOL-COMMON-R056-1"}),
    ({"buyer": changed(BUYER, vat_identifier="NL1")}, {"PEPPOL-COMMON-R056-2"}),
    (number("1", "0217"), {"PEPPOL-COMMON-R057"}),
    # between Germans, the rules of Germany apply, and two notes are allowed
    ({**IN_GERMANY, "notes": TWO_NOTES, "payment": None}, {"DE-R-001"}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rules"), PEPPOL)
def test_a_change_breaks_its_rule_of_peppol_and_no_other(changes: Changes, rules: set[str]) -> None:
    assert fired(PEPPOL_RULES, sample_invoice(**changes)) == rules


@pytest.mark.parametrize("invoice", [sample_invoice(), sample_credit_note(), sample_invoice(**IN_GERMANY)])
def test_a_valid_invoice_breaks_no_rule_of_peppol(invoice: Invoice) -> None:
    report = run(PEPPOL_RULES, invoice)
    assert report.findings == ()
    assert report.is_valid


def german(**changes: object) -> Invoice:
    """A valid XRechnung, changed."""
    return sample_invoice(**{"process": claims(XRECHNUNG), **changes})


def contact(**changes: object) -> Changes:
    """The seller with another contact."""
    return {"seller": changed(SELLER, contact=changed(SELLER.contact, **changes))}


def transfer(code: str, account: str) -> PaymentInstructions:
    """Payment by credit transfer to this account."""
    return PaymentInstructions(means_code=code, credit_transfers=(CreditTransfer(account=account),))


def debit(**changes: object) -> PaymentInstructions:
    """Payment by SEPA direct debit, changed."""
    return PaymentInstructions(means_code="59", direct_debit=changed(DEBIT, **changes))


FILE = Attachment(b"x", "text/csv", "a.csv")
SKONTO = "#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=50.00#"

# The change to a valid XRechnung, and the rules that it breaks.
XRECHNUNG_ROWS: list[tuple[Changes, set[str]]] = [
    ({"payment": None}, {"BR-DE-1"}),
    # a creditor alone is no means of payment
    ({"payment": PaymentInstructions(direct_debit=DirectDebit(creditor="X"))}, {"BR-DE-1"}),
    ({"seller": changed(SELLER, contact=None)}, {"BR-DE-2"}),
    ({"seller": changed(SELLER, address=Address(country="AT"))}, {"BR-DE-3", "BR-DE-4"}),
    (contact(name=None), {"BR-DE-5"}),
    (contact(telephone=None), {"BR-DE-6", "BR-DE-27"}),
    (contact(email=None), {"BR-DE-7", "BR-DE-28"}),
    # a contact that says nothing is none
    ({"seller": changed(SELLER, contact=Contact())}, {"BR-DE-2"}),
    ({"buyer": changed(BUYER, address=Address(country="FR"))}, {"BR-DE-8", "BR-DE-9"}),
    ({"delivery": Delivery(date=DAY, address=Address(country="FR"))}, {"BR-DE-10", "BR-DE-11"}),
    (breakdown(rate=None), {"BR-DE-14"}),
    ({"buyer_reference": None}, {"BR-DE-15"}),
    ({"seller": changed(SELLER, vat_identifier=None)}, {"BR-DE-16"}),
    # a tax number is as good, and outside of VAT nothing is needed
    ({"seller": changed(SELLER, vat_identifier=None, tax_registration="1")}, set()),
    ({"seller": changed(SELLER, vat_identifier=None), **line(vat=LineVat(category="O"))}, set()),
    ({"type_code": "82"}, {"BR-DE-17"}),
    ({"payment_terms": f"2 % for early birds\n{SKONTO}\n"}, set()),
    ({"payment_terms": f"{SKONTO}\n#SKONTO#TAGE=7#PROZENT=3.00#\nThank you"}, set()),
    ({"payment_terms": SKONTO}, {"BR-DE-18"}),
    ({"payment_terms": "#SKONTO#TAGE=14#PROZENT=2#\n"}, {"BR-DE-18"}),
    ({"payment_terms": "#VERZUG#TAGE=14#PROZENT=2.00#\n"}, {"BR-DE-18"}),
    ({"payment": transfer("58", "DE0012")}, {"BR-DE-19"}),
    ({"payment": PaymentInstructions(means_code="58")}, {"BR-DE-19", "BR-DE-23-a"}),
    ({"payment": transfer("30", "4711")}, set()),
    ({"payment": debit()}, set()),
    ({"payment": debit(debited_account="4711")}, {"BR-DE-20"}),
    ({"process": claims(f"{XRECHNUNG[:-3]}2.3")}, {"BR-DE-21"}),
    ({"supporting_documents": (SupportingDocument(attachment=FILE),) * 2}, {"BR-DE-22"}),
    ({"supporting_documents": (SupportingDocument(),) * 2}, set()),
    ({"payment": changed(sample_invoice().payment, card=PaymentCard(account_number="1"))}, {"BR-DE-23-b"}),
    ({"payment": changed(sample_invoice().payment, direct_debit=DirectDebit(creditor="X"))}, set()),
    ({"payment": PaymentInstructions(means_code="48")}, {"BR-DE-24-a"}),
    ({"payment": card("54")}, set()),
    ({"payment": changed(card("55"), direct_debit=DEBIT)}, {"BR-DE-24-b"}),
    ({"payment": PaymentInstructions(means_code="59")}, {"BR-DE-20", "BR-DE-25-a", "PEPPOL-EN16931-R061"}),
    ({"payment": changed(card("59"), direct_debit=DEBIT)}, {"BR-DE-25-b"}),
    ({"type_code": "384"}, {"BR-DE-26"}),
    (contact(telephone="1-2"), {"BR-DE-27"}),
    (contact(email="a@b"), {"BR-DE-28"}),
    (contact(email="a@@b.example"), {"BR-DE-28"}),
    ({"payment": debit(creditor=None)}, {"BR-DE-30"}),
    ({"payment": debit(debited_account=None)}, {"BR-DE-31", "BR-DE-20"}),
    ({"delivery": None}, {"BR-DE-TMP-32"}),
    ({"delivery": None, **line(period=Period(start=DAY))}, set()),
    ({"supporting_documents": (SupportingDocument(location="seller.example/x"),)}, {"BR-TMP-2"}),
    # two cents in euros, half a forint in Hungary, and only a warning
    (line(net_amount=Decimal("59.73")), {"PEPPOL-EN16931-R120"}),
    ({"currency": "HUF", **line(net_amount=Decimal("60.20"))}, set()),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rules"), XRECHNUNG_ROWS)
def test_a_change_breaks_its_rule_of_xrechnung_and_no_other(changes: Changes, rules: set[str]) -> None:
    assert fired(XRECHNUNG_RULES, german(**changes)) == rules


def test_a_valid_xrechnung_breaks_no_rule() -> None:
    assert run(XRECHNUNG_RULES, german()).is_valid


def test_the_line_sum_is_fatal_on_peppol_and_a_warning_in_germany() -> None:
    wrong = german(**line(net_amount=Decimal("59.73")))
    assert run(XRECHNUNG_RULES, wrong).is_valid
    assert _severities(run(PEPPOL_RULES, wrong), "PEPPOL-EN16931-R120") == [Severity.FATAL]


def test_a_german_rule_has_one_outcome_under_both_names() -> None:
    """Every row but two is in both rule sets; the numbers of the names differ for good reasons."""
    broken = german(**IN_GERMANY, payment=None, buyer_reference=None)
    peppol = {one for one in fired(PEPPOL_RULES, broken) if one.startswith("DE-R-")}
    assert peppol == {"DE-R-001", "DE-R-015"}
    assert {"BR-DE-1", "BR-DE-15"} <= fired(XRECHNUNG_RULES, broken)


# Self-billing differs in four rules.
SELF_BILLING_ROWS: list[tuple[Changes, set[str]]] = [
    ({}, set()),
    ({"type_code": "380"}, {"PEPPOL-EN16931-P0100"}),
    ({"type_code": "381"}, {"PEPPOL-EN16931-P0101"}),
    ({"process": claims(SELF_BILLING)}, {"PEPPOL-EN16931-R007"}),
    ({"process": sample_invoice().process}, {"PEPPOL-EN16931-R004", "PEPPOL-EN16931-R007"}),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "rules"), SELF_BILLING_ROWS)
def test_self_billing_has_its_own_process_and_types(changes: Changes, rules: set[str]) -> None:
    process = ProcessControl(business_process=SELF_BILLING_PROCESS, specification=SELF_BILLING)
    invoice = sample_invoice(**{"process": process, "type_code": "389", **changes})
    assert fired(SELF_BILLED, invoice) == rules


@pytest.mark.parametrize("rules", [PEPPOL_RULES, SELF_BILLED, XRECHNUNG_RULES], ids=lambda rules: rules.name)
def test_rules_can_be_decided_on_an_invoice_that_says_nothing(rules: RuleSet) -> None:
    assert fired(rules, Invoice()) <= rules.ids


def _severities(report: Report, rule: str) -> list[Severity]:
    return list(_of(report, rule))


def _of(report: Report, rule: str) -> Iterator[Severity]:
    return (one.severity for one in report.findings if one.id == rule)
