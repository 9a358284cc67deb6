"""The envelope of Peppol: written, read, and refused where a network would refuse it."""

import copy
import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from formats.checking import Severity
from formats.peppol.header import Sbdh, UnusableHeader
from formats.peppol.identifiers import DocumentTypeId, ParticipantId, ProcessId
from formats.peppol.sbdh import MismatchedDocument, read_sbdh, write_sbdh
from formats.ubl.names import CREDIT_NOTE
from formats.xml import XmlRefused, parse
from tests.corpus import documents
from tests.peppol.envelopes import DOCUMENT, ENVELOPE, HEADER

BARE = DOCUMENT[DOCUMENT.index(b"?>") + 2 :].strip()


def canonical(element: etree._Element) -> bytes:
    """An element as it is whatever prefixes and envelopes are around it."""
    return etree.tostring(copy.deepcopy(element), method="c14n", exclusive=True)


def test_an_envelope_gives_back_its_header_and_the_very_bytes_of_its_document() -> None:
    envelope = read_sbdh(ENVELOPE)
    assert envelope.findings == ()
    assert envelope.header == HEADER
    assert envelope.document == BARE
    assert BARE in ENVELOPE


def test_all_scopes_come_back() -> None:
    header = replace(
        HEADER,
        mls_to=ParticipantId("0242:000001"),
        mls_type="ALWAYS_SEND",
        further=(("CUSTOMER", "<a & b>"), ("BATCH", "7")),
        created=datetime.datetime(2026, 3, 2, 9, 30, 15, 123456, datetime.timezone(datetime.timedelta(hours=2))),
    )
    envelope = read_sbdh(write_sbdh(DOCUMENT, header))
    assert envelope.findings == ()
    assert envelope.header == header


def test_the_envelope_says_what_the_document_is() -> None:
    root = parse(ENVELOPE)
    names = {"s": "http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"}
    said = {
        name: root.xpath(f"string(//s:DocumentIdentification/s:{name})", namespaces=names)
        for name in ("Standard", "TypeVersion", "Type", "CreationDateAndTime")
    }
    assert said == {
        "Standard": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
        "TypeVersion": "2.1",
        "Type": "Invoice",
        "CreationDateAndTime": "2026-03-02T09:30:15Z",
    }


# Documents that go into an envelope: what is special, and their bytes.
DOCUMENTS = [
    ("no declaration", BARE),
    ("a byte order mark", b"\xef\xbb\xbf" + DOCUMENT),
    ("a comment before and behind", b"<!-- <a> -->\n" + BARE + b"<!-- </b> -->"),
    ("a declaration without encoding", b"<?xml version='1.0'?>" + BARE),
    ("ISO 8859-1", DOCUMENT.replace(b"UTF-8", b"ISO-8859-1").decode().encode("latin-1")),
    ("UTF-16", DOCUMENT.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
    ("prefixes of its own", BARE.replace(b"cac:", b"sh:").replace(b"xmlns:cac", b"xmlns:sh")),
]  # fmt: skip


@pytest.mark.parametrize("document", [row[1] for row in DOCUMENTS], ids=[row[0] for row in DOCUMENTS])
def test_any_document_goes_in_and_comes_out_the_same(document: bytes) -> None:
    envelope = read_sbdh(write_sbdh(document, HEADER))
    assert envelope.findings == ()
    assert canonical(parse(envelope.document)) == canonical(parse(document))


# Envelopes of others around the same document: what is special, the envelope.
SH = b"http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
HEAD = ENVELOPE[ENVELOPE.index(b"<sh:StandardBusinessDocumentHeader>") : ENVELOPE.index(b"<Invoice")]
LIKE_THE_END = b"<!-- </sh:StandardBusinessDocumentHeader><Invoice> -->"
CLOSED = b"</sh:StandardBusinessDocument>"
OPEN = b'<sh:StandardBusinessDocument xmlns:sh="' + SH + b'">'
PLAIN_OPEN = OPEN.replace(b"sh:", b"").replace(b":sh", b"")
STRANGE = [
    ("the default namespace", PLAIN_OPEN + HEAD.replace(b"sh:", b"") + BARE + CLOSED.replace(b"sh:", b"")),
    ("a comment that looks like the end", OPEN + LIKE_THE_END + HEAD + BARE + CLOSED),
    ("a `>` in an attribute", OPEN.replace(b">", b' note="a>b">') + HEAD + BARE + CLOSED),
    ("a comment behind the document", OPEN + HEAD + BARE + b"<!-- </a> -->" + CLOSED),
    ("a comment behind the envelope", OPEN + HEAD + BARE + CLOSED + b"<!-- </a> -->\n"),
    ("CDATA in the header", OPEN + HEAD.replace(b">AT<", b"><![CDATA[AT]]><") + BARE + CLOSED),
]  # fmt: skip


@pytest.mark.parametrize("content", [row[1] for row in STRANGE], ids=[row[0] for row in STRANGE])
def test_the_document_is_cut_out_byte_for_byte_of_any_envelope(content: bytes) -> None:
    envelope = read_sbdh(content)
    assert envelope.findings == ()
    assert envelope.header == HEADER
    assert envelope.document == BARE


def test_a_document_that_needs_the_envelope_is_written_anew_and_means_the_same() -> None:
    declared = BARE[: BARE.index(b">")]
    inner = BARE.replace(declared, b"<ubl:Invoice").replace(b"</Invoice>", b"</ubl:Invoice>")
    outer = OPEN.replace(b">", declared[len(b"<Invoice") :].replace(b'xmlns="', b'xmlns:ubl="') + b">")
    envelope = read_sbdh(outer + HEAD + inner + CLOSED)
    assert envelope.findings == ()
    assert envelope.document != inner
    assert envelope.element is not None
    assert canonical(parse(envelope.document)) == canonical(envelope.element)


def test_an_envelope_in_another_encoding_gives_a_document_in_utf_8() -> None:
    content = ENVELOPE.replace(b'"UTF-8"', b'"ISO-8859-1"').replace(b"Atelier", "Atélier".encode("latin-1"))
    document = read_sbdh(content).document
    assert "Atélier".encode() in document
    assert parse(document) is not None


def test_a_header_of_another_document_is_refused() -> None:
    with pytest.raises(MismatchedDocument):
        write_sbdh(DOCUMENT, replace(HEADER, document_type=DocumentTypeId.of_document(CREDIT_NOTE, "urn:x")))
    with pytest.raises(MismatchedDocument):
        write_sbdh(b"no XML", HEADER)
    with pytest.raises(XmlRefused):
        write_sbdh(BARE.replace(b"<Invoice", b"<!DOCTYPE Invoice><Invoice", 1), HEADER)


# Headers that Peppol would refuse cannot be made.
@pytest.mark.parametrize(
    "change",
    [
        {"country": "at"},
        {"country": "AUT"},
        {"instance_identifier": " "},
        {"created": datetime.datetime(2026, 3, 2)},  # noqa: DTZ001 - without a zone: what is refused
        {"mls_type": "always_SEND"},
    ],
)
def test_an_unusable_header_cannot_be_made(change: dict[str, object]) -> None:
    with pytest.raises(UnusableHeader):
        replace(HEADER, **change)  # type: ignore[arg-type]  # a table of any field


# Damage to an envelope: what is replaced by what, and the finding.
DAMAGE = [
    (b"<sh:HeaderVersion>1.0</sh:HeaderVersion>\n", b"", "GW-SBDH-VERSION"),
    (b"<sh:Sender>", b"<sh:Manifest/><sh:Sender>", "GW-SBDH-HEADER"),
    (b"<sh:Sender>", b"<sh:Extra/><sh:Sender>", "GW-SBDH-HEADER"),
    (b">1.0<", b">1.2<", "GW-SBDH-VERSION"),
    (b'Authority="iso6523-actorid-upis">0088:9', b'Authority="GLN">0088:9', "GW-SBDH-SENDER"),
    (b">0088:4000000123453<", b"><", "GW-SBDH-RECEIVER"),
    (b"<sh:Receiver>", b"<sh:Receiver/><sh:Receiver>", "GW-SBDH-RECEIVER"),
    (b"<sh:Sender>", b"<sh:Sender/><sh:Sender>", "GW-SBDH-SENDER"),
    (b">7d9f2c1e-0000-4000-8000-000000000001<", b"> <", "GW-SBDH-INSTANCE"),
    (b">2026-03-02T09:30:15Z<", b">2026-03-02<", "GW-SBDH-CREATED"),
    (b">2026-03-02T09:30:15Z<", b">2026-13-02T09:30:15Z<", "GW-SBDH-CREATED"),
    (b"<sh:Standard>urn:", b"<sh:Standard>urm:", "GW-SBDH-STANDARD"),
    (b"<sh:Type>Invoice<", b"<sh:Type>CreditNote<", "GW-SBDH-TYPE"),
    (b"<sh:TypeVersion>2.1<", b"<sh:TypeVersion>2.0<", "GW-SBDH-TYPE-VERSION"),
    (b"<sh:Type>COUNTRY_C1<", b"<sh:Type>COUNTRY<", "GW-SBDH-SCOPE"),
    (b">PROCESSID<", b">DOCUMENTID<", "GW-SBDH-SCOPE"),
    (b">AT<", b">Austria<", "GW-SBDH-COUNTRY"),
    (b"<Invoice ", b"<x/><Invoice ", "GW-SBDH-DOCUMENT"),
    (BARE, b"", "GW-SBDH-DOCUMENT"),
    (b"StandardBusinessDocumentHeader>", b"Header>", "GW-SBDH-HEADER"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "instead", "identifier"), DAMAGE)
def test_a_damaged_envelope_is_refused_with_a_reason(what: bytes, instead: bytes, identifier: str) -> None:
    assert what in ENVELOPE
    envelope = read_sbdh(ENVELOPE.replace(what, instead))
    fatal = [one for one in envelope.findings if one.severity is Severity.FATAL]
    assert identifier in {one.id for one in fatal}
    assert all(one.message and one.fix and one.where for one in fatal)


def test_a_time_without_a_zone_is_taken_as_utc_with_a_warning() -> None:
    envelope = read_sbdh(ENVELOPE.replace(b"09:30:15Z", b"09:30:15"))
    assert [(one.id, one.severity) for one in envelope.findings] == [("GW-SBDH-CREATED", Severity.WARNING)]
    assert envelope.header == HEADER


def test_what_is_no_envelope_is_said_so() -> None:
    assert [one.id for one in read_sbdh(DOCUMENT).findings] == ["GW-SBDH-ROOT"]
    assert [one.id for one in read_sbdh(b"<a").findings] == ["GW-XML-SYNTAX"]
    assert [one.id for one in read_sbdh(ENVELOPE[:-60]).findings] == ["GW-XML-SYNTAX"]


def test_the_good_envelopes_of_the_corpus_are_good(shared: Path) -> None:
    for file in documents(shared, "peppol-edelivery/sbdh/good"):
        envelope = read_sbdh(file.read_bytes())
        assert [one for one in envelope.findings if one.severity is Severity.FATAL] == [], file.name
        assert isinstance(envelope.header, Sbdh), file.name
        assert envelope.element is not None
        assert canonical(parse(envelope.document)) == canonical(envelope.element), file.name


def test_the_bad_envelopes_of_the_corpus_are_bad(shared: Path) -> None:
    good = [
        file.name
        for file in documents(shared, "peppol-edelivery/sbdh/bad")
        if all(one.severity is not Severity.FATAL for one in read_sbdh(file.read_bytes()).findings)
    ]
    assert good == []


def test_a_process_and_a_type_stand_under_their_schemes() -> None:
    header = read_sbdh(ENVELOPE).header
    assert header is not None
    assert header.process == ProcessId("urn:fdc:peppol.eu:2017:poacc:billing:01:1.0")
    assert header.document_type.scheme == "busdox-docid-qns"
