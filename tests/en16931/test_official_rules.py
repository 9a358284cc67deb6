"""Our checks and the official rules of EN 16931 say the same about the same document."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given

from formats.checking import run
from formats.contract import CannotWrite
from formats.en16931 import Invoice
from formats.en16931.checks import CHECKS, VERSION
from formats.ubl import FORMAT
from tests import judge
from tests.corpus import document, documents, verdicts
from tests.en16931.failing import Failing, failing
from tests.en16931.mutations import mutated
from tests.en16931.official_unit_tests import unit_tests
from tests.strategies import invoices

RULE_SET = f"EN16931-UBL {VERSION}"
OURS = {one.id for one in CHECKS.checks}
JUDGED = [case for case in failing() if case.in_ubl]
IDS = [f"{row}: {one.rule} at {one.path}" for row, one in enumerate(JUDGED, 1)]

Found = Counter[tuple[str, str]]

# Documents whose verdict hangs on XML that has no place in the model: the rules of the syntax have to judge it.
WITHOUT_A_TERM = {
    # the breakdown states a tax that is not VAT
    "erp-exports/gobl-ubl-parse/en16931/credit-note1.xml",
    "erp-exports/gobl-ubl-parse/en16931/custom-namespace-prefixes.xml",
    # the total VAT is stated twice
    "xrechnung-kosit-config/cen-unit-test/ubl-br-co-15-no-multiple-bt-110-allowed-test.xml",
}
# The same among the fragments of CEN's unit tests, by file and number in `invoice/` and `creditnote/`.
FRAGMENTS_WITHOUT_A_TERM = {
    *("BR-08.xml 2", "BR-09.xml 2", "BR-09.xml 3", "BR-10.xml 2", "BR-11.xml 2", "BR-11.xml 3"),  # an empty group
    *("BR-17.xml 2", "BR-19.xml 3", "BR-20.xml 2", "BR-20.xml 3", "BR-50.xml 4", "BR-50.xml 5"),  # an empty group
    *("BR-56.xml 2", "BR-56.xml 3", "BR-CO-19.xml 4", "BR-CO-20.xml 4"),  # an empty group
    *("BR-CL-10.xml 2", "BR-CL-11.xml 2", "BR-CL-21.xml 2"),  # identifiers with a scheme and nothing else
    *("BR-CL-14.xml 2", "BR-CL-17.xml 2", "BR-G-08.xml 1"),  # parties and taxes that no business term is about
    "BR-03.xml 1",  # a date that is none
    "BR-CO-15.xml 8",  # the total VAT, twice
}


def written(invoice: Invoice) -> bytes:
    """The invoice as UBL."""
    assert FORMAT.write is not None
    return FORMAT.write(invoice).content


def ours(content: bytes) -> Found:
    """What our checks find in a UBL document: how often each rule fires."""
    assert FORMAT.read is not None
    reading = next(iter(FORMAT.read(content)))
    assert reading.invoice is not None
    return Counter((one.id, str(one.severity)) for one in run(CHECKS, reading.invoice).findings)


def restricted(found: Found) -> Found:
    """Those findings that are about rules of ours."""
    return Counter({key: times for key, times in found.items() if key[0] in OURS})


def test_we_have_a_check_for_every_official_rule_on_the_model() -> None:
    undecidable = {f"BR-CO-{number:02}" for number in (5, 6, 7, 8)}  # no document can break them
    in_the_syntax = {"BR-CL-03"}  # the currency of each single amount
    official = {rule for rule in judge.rules() if rule.startswith("BR-")}
    assert official - undecidable - in_the_syntax == OURS


@given(invoices())
def test_a_good_invoice_is_good_for_the_official_rules(invoice: Invoice) -> None:
    assert judge.official_findings(written(invoice)) == Counter()


@pytest.mark.parametrize("case", JUDGED, ids=IDS)
def test_an_invoice_that_breaks_a_rule_breaks_it_officially(case: Failing) -> None:
    content = written(case.invoice)
    official = restricted(judge.official_findings(content))
    assert case.rule in {rule for rule, _ in official}
    assert ours(content) == official


@given(mutated())
def test_any_mistake_is_judged_as_the_official_rules_judge_it(invoice: Invoice) -> None:
    try:
        content = written(invoice)
    except CannotWrite:  # nothing to compare: without a currency there is no UBL
        assert invoice.currency is None
        return
    assert ours(content) == restricted(judge.official_findings(content))


def test_every_ubl_document_of_the_corpus_is_judged_as_officially(shared: Path) -> None:
    differing = {
        verdict.path: (restricted(Counter(verdict.rules[RULE_SET])), found)
        for verdict in verdicts(shared, RULE_SET)
        if (found := ours(document(shared, verdict.path))) != restricted(Counter(verdict.rules[RULE_SET]))
    }
    assert {path: both for path, both in differing.items() if path not in WITHOUT_A_TERM} == {}


@pytest.mark.parametrize("folder", ["invoice", "creditnote"])
def test_the_official_unit_tests_pass(shared: Path, folder: str) -> None:
    tests = [test for file in documents(shared, f"en16931-unit/{folder}") for test in unit_tests(file)]
    assert len(tests) > 100
    differing = [test.name for test in tests if not test.agrees_with(ours(test.document), OURS)]
    assert [name for name in differing if name.partition("/")[2] not in FRAGMENTS_WITHOUT_A_TERM] == []
