"""The SOAP messages of SdICoop: as the published types have them, plain and with attachments."""

import base64
import datetime
from pathlib import Path

import pytest
import xmlschema
from lxml import etree

from formats.fatturapa import sdicoop
from formats.fatturapa.mtom import put_together
from formats.fatturapa.sdicoop import (
    OPERATIONS,
    SOAP,
    TYPES,
    XOP,
    Notification,
    SoapRefused,
    UploadAnswer,
    read_notification,
    read_upload_answer,
    write_acknowledgement,
    write_fault,
    write_upload,
    write_upload_with_attachment,
)

NAME = "IT01234560157_0000A.xml"
FILE = b"<a>\r\n\x00\xff--boundary\r\n</a>"


def envelope(inner: str) -> bytes:
    """A SOAP 1.1 envelope, as another system writes it."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{head}<S:Envelope xmlns:S="{SOAP}"><S:Header/><S:Body>{inner}</S:Body></S:Envelope>'.encode()


def answer(inner: str) -> bytes:
    """rispostaSdIRiceviFile."""
    return envelope(f'<ns2:rispostaSdIRiceviFile xmlns:ns2="{TYPES}">{inner}</ns2:rispostaSdIRiceviFile>')


def call(element: str, file: str = base64.b64encode(FILE).decode()) -> bytes:
    """One call of TrasmissioneFatture."""
    parts = f"<IdentificativoSdI>98765</IdentificativoSdI><NomeFile>N_RC_001.xml</NomeFile><File>{file}</File>"
    return envelope(f'<n:{element} xmlns:n="{TYPES}">{parts}</n:{element}>')


# --- upload ---


def test_an_upload_is_what_the_published_types_say(shared: Path) -> None:
    types = shared / "standards" / "sdi" / "SdIRiceviFile" / "TrasmissioneTypes_v1.0.xsd"
    if not types.exists():
        pytest.skip(f"the published types are not here: {types}")
    body = etree.fromstring(write_upload(NAME, FILE)).find(f"{{{SOAP}}}Body")
    assert body is not None
    schema = xmlschema.XMLSchema(types)
    schema.validate(body[0])  # type: ignore[arg-type]  # it takes elements of lxml
    assert body[0].findtext("NomeFile") == NAME
    assert base64.b64decode(body[0].findtext("File") or "") == FILE


def test_an_upload_with_attachment_holds_the_file_as_it_is() -> None:
    content_type, body = write_upload_with_attachment(NAME, FILE)
    assert content_type.startswith('multipart/related; type="application/xop+xml"; start="<envelope@')
    assert b"\r\n\r\n" + FILE + b"\r\n--" in body
    assert f'xmlns:xop="{XOP}"'.encode() in body


def test_an_answer_names_the_number_that_sdi_gave_the_file() -> None:
    said = read_upload_answer(
        answer(
            "<IdentificativoSdI>98765</IdentificativoSdI><DataOraRicezione>2026-03-02T10:00:00.000+01:00</DataOraRicezione>"
        )
    )
    moment = datetime.datetime(2026, 3, 2, 9, tzinfo=datetime.UTC)
    assert said == UploadAnswer(identifier="98765", received_at=moment)


@pytest.mark.parametrize("error", ["EI01", "EI02", "EI03"])
def test_an_answer_names_the_error(error: str) -> None:
    said = read_upload_answer(
        answer(
            f"<IdentificativoSdI>0</IdentificativoSdI><DataOraRicezione>x</DataOraRicezione><Errore>{error}</Errore>"
        )
    )
    assert (said.error, said.fault, said.received_at) == (error, "", None)


def test_a_fault_is_an_answer_too() -> None:
    said = read_upload_answer(
        envelope("<S:Fault><faultcode>S:Client</faultcode><faultstring>Nome &lt;file&gt;</faultstring></S:Fault>")
    )
    assert said == UploadAnswer(fault="Client", text="Nome <file>")


def test_our_own_faults_can_be_read() -> None:
    assert read_upload_answer(write_fault("no < way", is_callers=True)) == UploadAnswer(fault="Client", text="no < way")
    assert read_upload_answer(write_fault("later", is_callers=False)).fault == "Server"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><body>502</body></html>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        envelope(""),
        envelope("<a/>"),
        answer(""),
        envelope("").replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope"),  # SOAP 1.2
    ],
)
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    with pytest.raises(SoapRefused):
        read_upload_answer(content)


# --- notifications ---


@pytest.mark.parametrize(("element", "operation"), OPERATIONS.items())
def test_each_operation_is_read(element: str, operation: str) -> None:
    assert read_notification(call(element)) == Notification(operation, "98765", "N_RC_001.xml", FILE)


def test_the_operations_are_those_of_the_published_service(shared: Path) -> None:
    service = shared / "standards" / "sdi" / "TrasmissioneFatture" / "TrasmissioneFatture_v1.1.wsdl"
    if not service.exists():
        pytest.skip(f"the published service is not here: {service}")
    found = etree.parse(str(service)).findall(".//{*}portType/{*}operation")
    assert {one.get("name") for one in found} == set(OPERATIONS.values())


INCLUDE = f'<xop:Include xmlns:xop="{XOP}" href="cid:notice%40sdi.example"/>'


def test_a_notification_with_attachment_is_read_byte_for_byte() -> None:
    content_type, body = put_together(call("ricevutaConsegna", INCLUDE), "notice@sdi.example", FILE)
    assert read_notification(body, content_type).content == FILE
    # some servers put the parameters in another order and leave quotes and start out
    plain = f"Multipart/Related;boundary={content_type.rpartition('boundary=')[2].strip(chr(34))}; type=text/xml"
    assert read_notification(body, plain).content == FILE


def test_a_part_may_begin_with_nothing_but_line_feeds() -> None:
    content_type, body = put_together(call("ricevutaConsegna", INCLUDE), "notice@sdi.example", b"x")
    assert read_notification(body.replace(b"\r\n", b"\n"), content_type).content == b"x"


BROKEN_MESSAGES = [
    (call("notificaAltro"), "text/xml", "no operation"),
    (call("ricevutaConsegna").replace(b"98765", b""), "text/xml", "IdentificativoSdI"),
    (call("ricevutaConsegna", "!!"), "text/xml", "not base64"),
    (call("ricevutaConsegna", ""), "text/xml", "empty"),
    (call("ricevutaConsegna", INCLUDE), "text/xml", "does not have"),
    (call("ricevutaConsegna").replace(b"<File>", b"<Altro>").replace(b"</File>", b"</Altro>"), "text/xml", "no File"),
    (b"", "text/xml", "well-formed"),
    (b"--x\r\n\r\n<a/>\r\n--x--", "multipart/related; boundary=x", "envelope"),
    (b"--x\r\n\r\n<a/>\r\n--x--", "multipart/related", "boundary"),
    (b"nothing", "multipart/related; boundary=x", "no part"),
    (b"--x\r\nContent-Type: a", "multipart/related; boundary=x", "empty line"),
    (b"--x\r\n\r\n<a/>\r\n--x--", 'multipart/related; boundary=x; start="<b>"', "lacks the part"),
    (b"--x\r\n\r\na\r\n" * 40 + b"--x--", "multipart/related; boundary=x", "parts"),
]


@pytest.mark.parametrize(("content", "content_type", "words"), BROKEN_MESSAGES)
def test_a_broken_message_is_refused_with_the_reason(content: bytes, content_type: str, words: str) -> None:
    with pytest.raises(SoapRefused) as caught:
        read_notification(content, content_type)
    assert words in str(caught.value)


def test_a_notification_is_acknowledged_by_an_empty_body() -> None:
    assert write_acknowledgement() == b""


def test_the_house_finds_the_names_of_files_here() -> None:
    assert sdicoop.file_name("IT", "01234560157", 1) == "IT01234560157_00001.xml"
    assert sdicoop.progressive(1) == "00001"
