"""The rule sets of Peppol are complete, weigh as the official ones, and explain themselves."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from formats.checking import Severity
from formats.explanations import blanks_of, entry_of
from formats.peppol.rules import PEPPOL, SELF_BILLING, codes
from formats.ubl.assertions import RuleSet
from formats.ubl.growing import grow
from formats.ubl.telling import Teller
from tests import judge
from tests.corpus import documents
from tests.en16931.official_unit_tests import unit_tests
from tests.peppol.rules.documents import failures, fragment

SETS = [(PEPPOL, judge.PEPPOL), (SELF_BILLING, judge.SELF_BILLING)]
OFFICIAL_LISTS: Mapping[str, frozenset[str]] = {
    "ISO4217": codes.CURRENCIES,
    "MIMECODE": codes.MEDIA_TYPES,
    "UNCL2005": codes.VAT_POINT_DATES,
    "UNCL5189": codes.ALLOWANCE_REASONS,
    "UNCL7161": codes.CHARGE_REASONS,
    "eaid": codes.ENDPOINT_SCHEMES,
}


@pytest.mark.parametrize(("ours", "official"), SETS)
def test_every_official_rule_is_there_with_its_level(ours: RuleSet, official: str) -> None:
    assert {(one, str(ours.severity_of(one))) for one in ours.ids} == set(judge.levels(official))


@pytest.mark.parametrize("official", [official for _, official in SETS])
@pytest.mark.parametrize("name", OFFICIAL_LISTS)
def test_code_lists_are_those_of_the_release(name: str, official: str) -> None:
    stated = re.search(rf"name=\"{name}\" select=\"tokenize\('([^']*)'", judge.stylesheet(official))
    assert stated is not None
    assert OFFICIAL_LISTS[name] == frozenset(stated[1].split())


def test_every_rule_has_words() -> None:
    ours = {one for one in PEPPOL.ids | SELF_BILLING.ids if one.startswith("PEPPOL-")}
    assert [one for one in sorted(ours) if entry_of(one) is None] == []


def test_a_failure_is_told_with_its_own_numbers() -> None:
    line = (
        "<cbc:InvoicedQuantity>3</cbc:InvoicedQuantity><cbc:LineExtensionAmount>10</cbc:LineExtensionAmount>"
        "<cac:Price><cbc:PriceAmount>1.5</cbc:PriceAmount></cac:Price>"
    )
    document = grow(fragment(f"<cac:InvoiceLine/><cac:InvoiceLine>{line}</cac:InvoiceLine>"))
    failed = [one for one in PEPPOL.failures_of(document) if one.id == "PEPPOL-EN16931-R120"]
    (told,) = Teller(document, {}).told(PEPPOL, failed)
    assert (told.message, told.severity) == (
        "Line 2 comes to 4.50: 3 at 1.5 for 1, charges 0, allowances 0. Its net amount is given as 10.",
        Severity.FATAL,
    )
    assert told.fix == "State 4.50, or correct what it is computed from."


REPAIRS = [
    # a percentage, of an allowance
    (
        "PEPPOL-EN16931-R040",
        (
            "<cac:AllowanceCharge><cbc:Amount>1</cbc:Amount><cbc:BaseAmount>33.33</cbc:BaseAmount>"
            "<cbc:MultiplierFactorNumeric>5</cbc:MultiplierFactorNumeric></cac:AllowanceCharge>"
        ),
        "1.67",
    ),
    # a net price
    (
        "PEPPOL-EN16931-R046",
        (
            "<cac:Price><cbc:PriceAmount>8</cbc:PriceAmount><cac:AllowanceCharge><cbc:Amount>1.5</cbc:Amount>"
            "<cbc:BaseAmount>10</cbc:BaseAmount></cac:AllowanceCharge></cac:Price>"
        ),
        "8.5",
    ),
    # a VAT category
    (
        "PEPPOL-EN16931-P0107",
        (
            "<cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:TaxExemptionReasonCode>VATEX-EU-AE</cbc:TaxExemptionReasonCode>"
            "</cac:TaxCategory>"
        ),
        "AE",
    ),
    # a currency
    (
        "PEPPOL-EN16931-R051",
        '<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cbc:Amount currencyID="SEK">1</cbc:Amount>',
        "EUR",
    ),
    # a unit
    (
        "PEPPOL-EN16931-R130",
        (
            '<cac:InvoiceLine><cbc:InvoicedQuantity unitCode="KGM">1</cbc:InvoicedQuantity><cac:Price>'
            '<cbc:BaseQuantity unitCode="C62">1</cbc:BaseQuantity></cac:Price></cac:InvoiceLine>'
        ),
        "KGM",
    ),
]


@pytest.mark.parametrize(("rule", "inside", "proposed"), REPAIRS)
def test_what_would_be_right_is_proposed(rule: str, inside: str, proposed: str) -> None:
    (failure,) = failures(PEPPOL, fragment(inside), rule)
    assert failure.values["proposed"] == proposed


def test_words_quote_nothing_that_a_failure_does_not_give(shared: Path) -> None:
    published = [test.document for file in documents(shared, "peppol-unit", "*.xm*") for test in unit_tests(file)]
    lacking = set()
    for document in (*published, *(fragment(inside) for _, inside, _ in REPAIRS)):
        for failure in (*PEPPOL.failures_of(grow(document)), *SELF_BILLING.failures_of(grow(document))):
            if failure.id.startswith("PEPPOL-") and (entry := entry_of(failure.id)) is not None:
                given = {*failure.values, "element", "value", "line"}
                lacking |= {(failure.id, blank) for blank in blanks_of(entry.what + entry.fix) - given}
    assert lacking == set()
