"""Every clean invoice and credit note of the corpus is read, written back, and is still right and the same."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings

from formats.checking import Severity
from formats.contract import Reading
from formats.en16931 import Invoice
from formats.ubl.reader import read
from formats.ubl.verdict import check_bytes
from formats.ubl.writer import write
from tests import judge
from tests.carried import without
from tests.corpus import document, verdicts
from tests.strategies import invoices

FOLDERS = ("peppol-examples/", "en16931-examples/", "xrechnung/")
RULE_SET = f"EN16931-UBL {judge.VERSION}"
AT_LEAST = 100


def _clean_documents() -> list[str]:
    """The paths of the documents whose verdict is clean; none where the corpus is not here (the fixture skips then)."""
    shared = Path(os.environ.get("GATEWAY_SHARED") or Path(__file__).parents[3] / "shared")
    if not (shared / "corpus").is_dir():
        return []
    return [one.path for one in verdicts(shared, RULE_SET, FOLDERS) if one.xsd and one.is_clean(RULE_SET)]


CLEAN = _clean_documents()


def _reading(content: bytes) -> Reading:
    (reading,) = read(content)
    return reading


def test_the_corpus_is_here_and_large(shared: Path) -> None:
    assert len(CLEAN) >= AT_LEAST, f"only {len(CLEAN)} clean documents below {shared}"


@pytest.mark.parametrize("path", CLEAN)
def test_a_clean_document_is_read_and_written_back(shared: Path, path: str) -> None:
    content = document(shared, path)
    reading = _reading(content)
    assert [one for one in reading.findings if one.severity is Severity.FATAL] == []
    assert reading.invoice is not None
    assert check_bytes(content).is_valid

    written = write(reading.invoice)
    assert written.not_carried == ()
    assert check_bytes(written.content).is_valid
    assert [rule for rule in judge.official_findings(written.content) if rule[1] == "fatal"] == []
    assert _reading(written.content).invoice == reading.invoice


@settings(max_examples=100)
@given(invoices() | invoices(italy=True))
def test_what_is_written_can_be_read(invoice: Invoice) -> None:
    written = write(invoice)
    read_back = _reading(written.content)
    left = [one.path for one in written.not_carried]
    assert read_back.findings == ()
    assert read_back.invoice is not None
    assert without(read_back.invoice) == without(invoice, left)


@settings(max_examples=30)
@given(invoices() | invoices(italy=True))
def test_what_is_written_is_right_by_schema_and_official_rules(invoice: Invoice) -> None:
    content = write(invoice).content
    assert check_bytes(content).is_valid
    assert [rule for rule in judge.official_findings(content) if rule[1] == "fatal"] == []
