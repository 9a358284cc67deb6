"""A document in its envelope is read like one without."""

import pytest

from formats.checking import Severity
from formats.peppol import FORMAT
from formats.peppol.reader import check_bytes, read, recognises
from formats.ubl.reader import recognises as is_ubl
from tests.peppol.envelopes import DOCUMENT, ENVELOPE
from tests.samples import sample_invoice


def test_an_envelope_is_recognised_and_a_bare_document_is_left_to_ubl() -> None:
    assert recognises(ENVELOPE)
    assert not recognises(DOCUMENT)
    assert is_ubl(DOCUMENT)
    assert not is_ubl(ENVELOPE)
    assert not recognises(b"")


@pytest.mark.parametrize("content", [ENVELOPE, DOCUMENT], ids=["envelope", "document"])
def test_the_invoice_is_the_same_with_and_without_an_envelope(content: bytes) -> None:
    (reading,) = read(content)
    assert reading.findings == ()
    assert reading.invoice == sample_invoice()
    assert check_bytes(content).is_valid


def test_the_source_is_the_document_and_places_are_those_in_the_file() -> None:
    (reading,) = read(ENVELOPE)
    assert reading.source in DOCUMENT
    assert reading.source.startswith(b"<Invoice")
    place = reading.provenance.place_of("BT-1")
    assert place is not None
    assert place.xpath == "/sh:StandardBusinessDocument/ubl:Invoice/cbc:ID"
    assert place.line == ENVELOPE[: ENVELOPE.index(b"<cbc:ID>2026-0042")].count(b"\n") + 1


def test_a_fault_of_the_envelope_and_one_of_the_document_are_both_said() -> None:
    damaged = ENVELOPE.replace(b">AT</sh:", b">Austria</sh:").replace(
        b"2026-03-02</cbc:IssueDate>", b"?</cbc:IssueDate>"
    )
    (reading,) = read(damaged)
    fatal = [one for one in reading.findings if one.severity is Severity.FATAL]
    assert [one.id for one in fatal] == ["GW-SBDH-COUNTRY", "GW-UBL-DATE"]
    assert fatal[1].where.endswith("/sh:StandardBusinessDocument/ubl:Invoice/cbc:IssueDate")


@pytest.mark.parametrize(
    ("content", "identifier"),
    [
        (b"", "GW-XML-SYNTAX"),
        (ENVELOPE[: len(ENVELOPE) // 2], "GW-XML-SYNTAX"),
        (ENVELOPE.replace(b"xsd:Invoice-2", b"xsd:Order-2").replace(b"Invoice", b"Order"), "GW-UBL-ROOT"),
        (b"<a/>", "GW-UBL-ROOT"),
    ],
)
def test_what_holds_no_invoice_is_refused_with_a_reason(content: bytes, identifier: str) -> None:
    (reading,) = read(content)
    assert reading.invoice is None
    assert identifier in {one.id for one in reading.findings}
    assert not check_bytes(content).is_valid


def test_an_empty_envelope_is_refused() -> None:
    start, end = ENVELOPE.index(b"<Invoice"), ENVELOPE.index(b"</sh:StandardBusinessDocument>")
    empty = ENVELOPE[:start] + ENVELOPE[end:]
    (reading,) = read(empty)
    assert reading.invoice is None
    assert [one.id for one in reading.findings] == ["GW-SBDH-DOCUMENT"]
    assert not check_bytes(empty).is_valid


def test_the_format_says_what_it_is() -> None:
    assert (FORMAT.name, FORMAT.suffix, FORMAT.media_type) == ("peppol-bis-3", ".xml", "application/xml")
    assert [one.name for one in FORMAT.profiles] == ["xrechnung", "peppol-bis-3-self-billing", "peppol-bis-3"]
