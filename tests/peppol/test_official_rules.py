"""Our rules of Peppol and XRechnung say what the official ones say, on the documents of the corpus."""

from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from formats.checking import CheckSet, run
from formats.en16931 import Invoice
from formats.peppol.checks import PEPPOL_CHECKS, SELF_BILLING_CHECKS, XRECHNUNG_CHECKS
from formats.ubl.reader import read
from tests.corpus import document, documents, verdicts
from tests.en16931.official_unit_tests import UnitTest, unit_tests

RULE_SETS = [
    ("PEPPOL 2026.5", PEPPOL_CHECKS, 50),
    ("PEPPOL-SB 2026.5", SELF_BILLING_CHECKS, 5),
    ("XRechnung 3.0.2", XRECHNUNG_CHECKS, 30),
]
# Documents whose verdict hangs on XML that has no place in the model: the total VAT is stated twice.
WITHOUT_A_TERM = {"xrechnung-kosit-config/cen-unit-test/ubl-br-co-15-no-multiple-bt-110-allowed-test.xml"}

# Unit tests that hang on XML that has no place in the model, by file and number.
FRAGMENTS_WITHOUT_A_TERM = {
    # elements outside of any document that has them, or several of what the model has once
    *("PEPPOL-COMMON-EAS.xml 2", "PEPPOL-EN16931-CL001.xml 2", "PEPPOL-EN16931-CL006.xml 2"),
    *("PEPPOL-EN16931-CL007.xml 2", "PEPPOL-EN16931-CL008.xml 2", "PEPPOL-EN16931-CL008.xml 4"),
    # a type code of the other document: the UBL reader says so (BR-CL-01)
    *("PEPPOL-EN16931-P0100.xml 4", "PEPPOL-EN16931-P0101.xml 4"),
    # empty elements, which the official rule takes for stated ones
    *("PEPPOL-EN16931-R002.xml 3", "PEPPOL-EN16931-R054.xml 1", "PEPPOL-EN16931-R061.xml 1"),
    *("PEPPOL-EN16931-R003.xml 1", "PEPPOL-EN16931-R003.xml 2", "PEPPOL-EN16931-R003.xml 3"),
    # allowances that do not say whether they are charges
    *(f"PEPPOL-EN16931-R04{rule}.xml {number}" for rule in (1, 2) for number in (2, 4, 6, 8)),
    "PEPPOL-EN16931-R054.xml 3",
    # the total VAT, twice
    "PEPPOL-EN16931-R053.xml 3",
}

Found = Counter[tuple[str, str]]


def ours(checks: CheckSet[Invoice], content: bytes) -> Found:
    """How often each of our rules fires on a UBL document."""
    (reading,) = read(content)
    assert reading.invoice is not None
    return Counter((one.id, str(one.severity)) for one in run(checks, reading.invoice).findings)


@pytest.mark.parametrize(("rule_set", "checks", "at_least"), RULE_SETS, ids=[row[0] for row in RULE_SETS])
def test_every_ubl_document_of_the_corpus_is_judged_as_officially(
    shared: Path, rule_set: str, checks: CheckSet[Invoice], at_least: int
) -> None:
    rules = {one.id for one in checks.checks}
    judged = [one for one in verdicts(shared, rule_set) if _is_ubl(one.root) and one.path not in WITHOUT_A_TERM]
    assert len(judged) >= at_least
    differing = {}
    for verdict in judged:
        official = Counter({rule: times for rule, times in verdict.rules[rule_set].items() if rule[0] in rules})
        found = ours(checks, document(shared, verdict.path))
        if found != official:
            differing[verdict.path] = (official, found)
    assert differing == {}


def test_the_official_unit_tests_pass(shared: Path) -> None:
    rules = {one.id for one in PEPPOL_CHECKS.checks}
    tests = [
        test
        for file in documents(shared, "peppol-unit", "*.xm*")
        for test in unit_tests(file)
        if _is_about(test, rules) and _is_an_invoice(test)
    ]
    assert len(tests) > 100
    failed = [test.name for test in tests if not test.agrees_with(ours(PEPPOL_CHECKS, test.document), rules)]
    assert {name.partition("/")[2] for name in failed} == FRAGMENTS_WITHOUT_A_TERM


def _is_about(test: UnitTest, rules: set[str]) -> bool:
    return bool(rules & (test.passes | {rule for rule, _ in test.breaks}))


def _is_an_invoice(test: UnitTest) -> bool:
    return _is_ubl(etree.QName(etree.fromstring(test.document)).localname)


def _is_ubl(root: str | None) -> bool:
    return root in ("Invoice", "CreditNote")
