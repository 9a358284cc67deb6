"""RiceviFile over mutual TLS, and the notices that come back."""

import hashlib
import io
import ssl
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder
from lxml import etree

from simulators.pki import Pair, client_context, make_pki
from simulators.signature import TrustedList, verify_xades
from simulators.twin import Twin
from tests.simulators.endpoint import Received, Transmitter, transmitter
from tests.simulators.messages import ACTION, Panel, fattura, signed, soap_call, upload

NAME = "IT01234567897_00001.xml"
HOUR, DAY = 3_600.0, 86_400.0
PRIVATE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0"
PUBLIC = "http://www.fatturapa.gov.it/sdi/messaggi/v1.0"


@pytest.fixture
def notices(twin: Twin, panel: Panel) -> Iterator[Transmitter]:
    """Our endpoint, told to SDI."""
    with transmitter(twin.pki) as endpoint:
        panel.client.put("/sdi/endpoint", json={"url": endpoint.url}).raise_for_status()
        yield endpoint


def texts(notice: Received, name: str) -> list[str]:
    return [element.text or "" for element in etree.fromstring(notice.content).iter(name)]


def codes(endpoint: Transmitter) -> list[str]:
    """The error codes of the last notice, which must be a rejection."""
    assert endpoint.received[-1].operation == "NotificaScarto"
    return texts(endpoint.received[-1], "Codice")


def test_a_private_invoice_is_numbered_at_once_and_receipted_later(
    sdi: httpx.Client, panel: Panel, notices: Transmitter
) -> None:
    answer = upload(sdi, NAME, fattura())
    assert set(answer) == {"IdentificativoSdI", "DataOraRicezione"}
    assert notices.received == []
    panel.advance(HOUR)
    notice = notices.received[0]
    assert (notice.operation, notice.element) == ("RicevutaConsegna", "ricevutaConsegna")
    assert notice.identifier == answer["IdentificativoSdI"]
    assert notice.name == "IT01234567897_00001_RC_001.xml"
    root = etree.fromstring(notice.content)
    assert root.tag == f"{{{PRIVATE}}}RicevutaConsegna"
    assert texts(notice, "Hash") == [hashlib.sha256(fattura()).hexdigest()]
    assert texts(notice, "Codice") == ["ABC1234"]


def test_notices_are_signed_by_sdi(sdi: httpx.Client, twin: Twin, panel: Panel, notices: Transmitter) -> None:
    upload(sdi, NAME, fattura())
    panel.advance(HOUR)
    root = etree.fromstring(notices.received[0].content)
    signer = twin.pki.sdi_signer.load_certificate()
    trusted = TrustedList((_authority(twin),))
    verify_xades(root, trusted, twin.clock.now())
    assert signer.subject.rfc4514_string().startswith("CN=Sistema")
    root.find("Hash").text = "0" * 64  # type: ignore[union-attr]  # the notice was checked above
    with pytest.raises(ValueError, match="does not hold"):
        verify_xades(root, trusted, twin.clock.now())


def _authority(twin: Twin) -> x509.Certificate:
    return x509.load_pem_x509_certificate(twin.pki.trusted_list.read_bytes())


def test_a_notice_is_sent_until_it_is_taken_and_never_changes(
    sdi: httpx.Client, panel: Panel, notices: Transmitter
) -> None:
    notices.answers = [500, 503]
    upload(sdi, NAME, fattura())
    for _ in range(4):
        panel.advance(HOUR)
    assert notices.names() == ["IT01234567897_00001_RC_001.xml"]
    report = panel.client.get("/sdi/notices").json()
    assert [(errand["attempts"], errand["delivered"]) for errand in report] == [(3, True)]


def test_notices_wait_for_an_endpoint(sdi: httpx.Client, twin: Twin, panel: Panel) -> None:
    upload(sdi, NAME, fattura())
    panel.advance(HOUR)
    assert panel.client.get("/sdi/notices").json()[0]["last"] == "no endpoint is set"
    with transmitter(twin.pki) as endpoint:
        panel.client.put("/sdi/endpoint", json={"url": endpoint.url, "form": "mtom"}).raise_for_status()
        panel.advance(HOUR)
        assert endpoint.names() == ["IT01234567897_00001_RC_001.xml"]
        assert etree.fromstring(endpoint.received[0].content).tag == f"{{{PRIVATE}}}RicevutaConsegna"


def test_sdi_calls_no_plain_address(panel: Panel) -> None:
    answer = panel.client.put("/sdi/endpoint", json={"url": "http://127.0.0.1:9/x"})
    assert (answer.status_code, "allow_plain" in answer.json()["error"]) == (400, True)


def test_a_name_is_used_up_for_ever(sdi: httpx.Client, panel: Panel, notices: Transmitter) -> None:
    first = upload(sdi, NAME, fattura())
    second = upload(sdi, NAME, fattura())
    panel.advance(HOUR)
    assert first["IdentificativoSdI"] != second["IdentificativoSdI"]
    outcomes = {notice.identifier: notice.operation for notice in notices.received}
    assert outcomes == {first["IdentificativoSdI"]: "RicevutaConsegna", second["IdentificativoSdI"]: "NotificaScarto"}
    rejection = next(notice for notice in notices.received if notice.operation == "NotificaScarto")
    assert texts(rejection, "Codice") == ["00002"]
    assert panel.counts("sdi", NAME) == (2, 1)


DUPLICATES = {
    # the second file: its content
    "the same bytes": fattura(),
    "the same seller, number and year": fattura(Data="2026-10-02"),
}


@pytest.mark.parametrize("again", DUPLICATES.values(), ids=DUPLICATES)
def test_an_invoice_is_taken_once_whatever_its_file_is_called(
    sdi: httpx.Client, panel: Panel, notices: Transmitter, again: bytes
) -> None:
    upload(sdi, NAME, fattura())
    upload(sdi, "IT01234567897_00002.xml", again)
    panel.advance(HOUR)
    rejections = [notice for notice in notices.received if notice.operation == "NotificaScarto"]
    assert [texts(notice, "Codice") for notice in rejections] == [["00404"]]


def test_a_corrected_file_is_taken_after_a_rejection(sdi: httpx.Client, panel: Panel, notices: Transmitter) -> None:
    upload(sdi, NAME, fattura(Imposta="40.00"))
    upload(sdi, "IT01234567897_00002.xml", fattura())
    panel.advance(HOUR)
    assert sorted(notice.operation for notice in notices.received) == ["NotificaScarto", "RicevutaConsegna"]


NAMES = {
    # file name, code of the rejection
    "IT01234567897_000001.xml": "00001",
    "IT0123456789700001.xml": "00001",
    "IT123_00001.xml": "00001",
    "IT01234567897_00001.pdf": "00001",
}


@pytest.mark.parametrize("name", NAMES)
def test_a_name_outside_the_pattern_is_rejected(
    sdi: httpx.Client, panel: Panel, notices: Transmitter, name: str
) -> None:
    upload(sdi, name, fattura())
    panel.advance(HOUR)
    assert codes(notices) == [NAMES[name]]


def test_a_name_that_the_wsdl_does_not_allow_is_a_fault(sdi: httpx.Client) -> None:
    body = soap_call("IT01234567897-00001.xml", fattura())
    answer = sdi.post("/ricevi_file", content=body, headers={"SOAPAction": ACTION, "Content-Type": "text/xml"})
    assert (answer.status_code, b"NomeFile" in answer.content) == (500, True)


FAULTS = {
    # what is wrong with the call: (body, headers)
    "another SOAPAction": (soap_call(NAME, fattura()), {"SOAPAction": '"RiceviFile"', "Content-Type": "text/xml"}),
    "qualified children": (soap_call(NAME, fattura(), "t:"), {"SOAPAction": ACTION, "Content-Type": "text/xml"}),
    "SOAP 1.2": (
        soap_call(NAME, fattura()).replace(b"http://schemas.xmlsoap.org/soap/envelope/", b"urn:other"),
        {"SOAPAction": ACTION, "Content-Type": "text/xml"},
    ),
    "JSON": (b"{}", {"SOAPAction": ACTION, "Content-Type": "application/json"}),
    "not base64": (
        soap_call(NAME, fattura()).replace(b"<File>", b"<File>%%"),
        {"SOAPAction": ACTION, "Content-Type": "text/xml"},
    ),
    "an entity": (b"<!DOCTYPE a><a/>", {"SOAPAction": ACTION, "Content-Type": "text/xml"}),
}


@pytest.mark.parametrize(("body", "headers"), FAULTS.values(), ids=FAULTS)
def test_a_call_that_is_not_of_the_wsdl_is_a_fault(
    sdi: httpx.Client, panel: Panel, body: bytes, headers: dict[str, str]
) -> None:
    answer = sdi.post("/ricevi_file", content=body, headers=headers)
    assert answer.status_code == 500
    assert b"faultstring" in answer.content
    assert panel.outcomes("sdi") == []


def test_an_empty_file_is_refused_in_the_answer(sdi: httpx.Client) -> None:
    assert upload(sdi, NAME, b"")["Errore"] == "EI01"


def test_a_file_may_travel_as_an_mtom_attachment(sdi: httpx.Client, panel: Panel, notices: Transmitter) -> None:
    content = fattura() + b"\r\n--almost-a-boundary\r\n\n"
    include = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:file%40gateway"/>'
    call = soap_call(NAME, b"").replace(b"<File></File>", f"<File>{include}</File>".encode())
    body = b"".join(
        [
            b'--edge\r\nContent-Type: application/xop+xml; charset=UTF-8; type="text/xml"\r\n',
            b"Content-ID: <envelope@gateway>\r\n\r\n",
            call,
            b"\r\n--edge\r\nContent-Type: application/octet-stream\r\nContent-ID: <file@gateway>\r\n\r\n",
            content,
            b"\r\n--edge--\r\n",
        ]
    )
    kind = 'multipart/related; type="application/xop+xml"; start="<envelope@gateway>"; start-info="text/xml"'
    headers = {"SOAPAction": ACTION, "Content-Type": f"{kind}; boundary=edge"}
    sdi.post("/ricevi_file", content=body, headers=headers).raise_for_status()
    sight = panel.seen("sdi")["keys"][NAME]  # type: ignore[index]  # JSON
    assert sight["sha256"] == [hashlib.sha256(content).hexdigest()]
    panel.advance(HOUR)
    assert codes(notices) == ["00200"]


def test_nobody_calls_without_a_client_certificate(twin: Twin) -> None:
    context = ssl.create_default_context(cafile=str(twin.pki.tls_ca))
    with (
        httpx.Client(base_url=twin.sdi.url, verify=context, trust_env=False) as stranger,
        pytest.raises(httpx.TransportError),
    ):
        stranger.post("/ricevi_file", content=soap_call(NAME, fattura()))


def test_a_certificate_of_somebody_else_is_not_enabled(twin: Twin) -> None:
    context = client_context(twin.pki.tls_ca, twin.pki.sdi_client)
    with httpx.Client(base_url=twin.sdi.url, verify=context, trust_env=False) as other:
        assert upload(other, NAME, fattura())["Errore"] == "EI03"


def test_a_public_invoice_must_be_signed(sdi: httpx.Client, panel: Panel, notices: Transmitter) -> None:
    upload(sdi, NAME, fattura("FPA12", "UFABCD"))
    panel.advance(HOUR)
    assert codes(notices) == ["00102"]
    assert etree.fromstring(notices.received[0].content).tag == f"{{{PUBLIC}}}NotificaScarto"


def test_a_signed_public_invoice_is_delivered_and_its_term_runs_out(
    sdi: httpx.Client, twin: Twin, panel: Panel, notices: Transmitter
) -> None:
    upload(sdi, NAME, signed(fattura("FPA12", "UFABCD"), twin.pki.signer))
    panel.advance(HOUR)
    assert etree.fromstring(notices.received[0].content).tag == f"{{{PUBLIC}}}RicevutaConsegna"
    panel.advance(14 * DAY)
    assert len(notices.received) == 1
    panel.advance(2 * DAY)
    assert notices.received[1].operation == "NotificaDecorrenzaTermini"
    assert texts(notices.received[1], "NumeroFattura") == ["2026/1"]


def wrapped(content: bytes, signer: Pair) -> bytes:
    builder = PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(signer.load_certificate(), signer.load_key(), SHA256())
    return builder.sign(Encoding.DER, [PKCS7Options.Binary])


def test_a_public_invoice_may_be_wrapped_in_a_p7m(
    sdi: httpx.Client, twin: Twin, panel: Panel, notices: Transmitter
) -> None:
    upload(sdi, f"{NAME}.p7m", wrapped(fattura("FPA12", "UFABCD"), twin.pki.signer))
    panel.advance(HOUR)
    assert notices.names() == ["IT01234567897_00001_RC_001.xml"]


def test_a_spoilt_p7m_is_rejected(sdi: httpx.Client, twin: Twin, panel: Panel, notices: Transmitter) -> None:
    whole = wrapped(fattura("FPA12", "UFABCD"), twin.pki.signer)
    upload(sdi, f"{NAME}.p7m", whole.replace(b"100.00", b"900.00"))
    upload(sdi, "IT01234567897_00002.xml.p7m", whole[:500])
    panel.advance(HOUR)
    assert [texts(notice, "Codice") for notice in notices.received] == [["00102"], ["00102"]]


def tampered(twin: Twin) -> bytes:
    return signed(fattura("FPA12", "UFABCD"), twin.pki.signer).replace(b"<Numero>2026/1", b"<Numero>2026/9")


def expired(twin: Twin) -> bytes:
    return signed(fattura("FPA12", "UFABCD"), twin.pki.expired_signer)


def untrusted(twin: Twin) -> bytes:
    strangers = make_pki(twin.work / "strangers", twin.clock.now())
    return signed(fattura("FPA12", "UFABCD"), strangers.signer)


def timeless(twin: Twin) -> bytes:
    whole = signed(fattura("FPA12", "UFABCD"), twin.pki.signer)
    return whole.replace(b"SigningTime>", b"SigningThyme>")


def privately_tampered(twin: Twin) -> bytes:
    return signed(fattura(), twin.pki.signer).replace(b"<Numero>2026/1", b"<Numero>2026/9")


SIGNATURES: dict[Callable[[Twin], bytes], str] = {
    # what was done to the file: the code of the rejection
    tampered: "00102",
    expired: "00100",
    untrusted: "00104",
    timeless: "00103",
    privately_tampered: "00102",
}


@pytest.mark.parametrize("make", SIGNATURES, ids=lambda make: make.__name__)
def test_a_signature_that_does_not_hold_is_rejected(
    sdi: httpx.Client, twin: Twin, panel: Panel, notices: Transmitter, make: Callable[[Twin], bytes]
) -> None:
    upload(sdi, NAME, make(twin))
    panel.advance(HOUR)
    assert codes(notices) == [SIGNATURES[make]]


COURSES = {
    # what SDI says by itself: CodiceDestinatario, operation
    "an accredited channel": ("ABC1234", "RicevutaConsegna"),
    "no channel known": ("0000000", "NotificaMancataConsegna"),
}


@pytest.mark.parametrize(("code", "operation"), COURSES.values(), ids=COURSES)
def test_what_sdi_says_depends_on_the_recipients_channel(
    sdi: httpx.Client, panel: Panel, notices: Transmitter, code: str, operation: str
) -> None:
    upload(sdi, NAME, fattura(code=code))
    panel.advance(3 * DAY)
    assert [notice.operation for notice in notices.received] == [operation]


def test_the_script_plays_an_office_that_refuses(
    sdi: httpx.Client, twin: Twin, panel: Panel, notices: Transmitter
) -> None:
    steps = [{"say": "RC", "after": 1}, {"say": "NE", "code": "EC02", "text": "importo errato", "after": 1}]
    panel.script("sdi", behaviour="accept", match={"recipient": "UFABCD"}, then=steps)
    upload(sdi, NAME, signed(fattura("FPA12", "UFABCD"), twin.pki.signer))
    panel.advance(3)
    assert [notice.operation for notice in notices.received] == ["RicevutaConsegna", "NotificaEsito"]
    assert texts(notices.received[1], "Esito") == ["EC02"]


def test_the_script_plays_an_attestation(sdi: httpx.Client, twin: Twin, panel: Panel, notices: Transmitter) -> None:
    content = signed(fattura("FPA12", "UFABCD"), twin.pki.signer)
    panel.script("sdi", behaviour="accept", match={"number": "2026/1"}, then=[{"say": "MC"}, {"say": "AT"}])
    upload(sdi, NAME, content)
    panel.advance(13 * DAY)
    assert notices.names() == ["IT01234567897_00001_MC_001.xml", "IT01234567897_00001_AT_001.zip"]
    with zipfile.ZipFile(io.BytesIO(notices.received[1].content)) as archive:
        assert archive.namelist() == [NAME, "IT01234567897_00001_AT_001.xml"]
        assert archive.read(NAME) == content


def test_a_scripted_rejection_names_its_code(sdi: httpx.Client, panel: Panel, notices: Transmitter) -> None:
    panel.script("sdi", behaviour="reject", match={"filename": "*_00001.xml"}, code="00305", text="partita IVA cessata")
    upload(sdi, NAME, fattura())
    panel.advance(HOUR)
    assert codes(notices) == ["00305"]
    assert panel.outcomes("sdi") == ["refused"]


ANSWERS = {
    # code of the script: HTTP status of the answer
    "EI02": 200,
    "503": 503,
    "fault": 500,
}


@pytest.mark.parametrize("code", ANSWERS)
def test_a_scripted_failure_of_the_service_keeps_nothing(sdi: httpx.Client, panel: Panel, code: str) -> None:
    panel.script("sdi", behaviour="reject", match={}, code=code, times=1)
    headers = {"SOAPAction": ACTION, "Content-Type": "text/xml"}
    answer = sdi.post("/ricevi_file", content=soap_call(NAME, fattura()), headers=headers)
    assert answer.status_code == ANSWERS[code]
    assert upload(sdi, NAME, fattura()).keys() == {"IdentificativoSdI", "DataOraRicezione"}
    assert panel.outcomes("sdi") == ["untaken", "new"]


def test_a_dropped_line_hides_that_the_file_was_taken(sdi: httpx.Client, panel: Panel, notices: Transmitter) -> None:
    panel.script("sdi", behaviour="drop", match={}, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        upload(sdi, NAME, fattura())
    panel.advance(HOUR)
    assert notices.names() == ["IT01234567897_00001_RC_001.xml"]


def test_every_file_of_a_zip_has_its_own_notice(sdi: httpx.Client, panel: Panel, notices: Transmitter) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("IT01234567897_00002.xml", fattura(number="2026/2"))
        archive.writestr("IT01234567897_00003.xml", fattura(number="2026/3", Imposta="1.00"))
    answer = upload(sdi, "IT01234567897_00001.zip", buffer.getvalue())
    panel.advance(HOUR)
    assert sorted(notices.names()) == ["IT01234567897_00002_RC_001.xml", "IT01234567897_00003_NS_001.xml"]
    for notice in notices.received:
        root = etree.fromstring(notice.content)
        assert root.findtext("RiferimentoArchivio/IdentificativoSdI") == answer["IdentificativoSdI"]


def test_the_official_schema_is_applied_where_it_is_given(twin: Twin, shared: Path) -> None:
    folder = shared / "standards" / "fatturapa" / "split-1.2.3"
    with Twin(pace="real", pki=twin.pki, fatturapa_schemas=folder) as strict:
        context = client_context(strict.pki.tls_ca, strict.pki.gateway_client)
        with httpx.Client(base_url=strict.sdi.url, verify=context, trust_env=False) as client:
            upload(client, NAME, fattura())
            upload(client, "IT01234567897_00002.xml", fattura(number="2026/2", TipoDocumento="TD99"))
        assert [sight.answer.split()[0] for sight in strict.ledger.sights("sdi")] == ["IdentificativoSdI", "00200"]


def test_notices_are_valid_by_the_published_schemas(
    sdi: httpx.Client, twin: Twin, panel: Panel, notices: Transmitter, shared: Path
) -> None:
    folder = shared / "standards" / "sdi" / "messaggi"
    schemas = {
        PUBLIC: _schema(folder / "MessaggiTypes_v1.1.xsd"),
        PRIVATE: _schema(folder / "MessaggiFatturaTypes_v1.0.xsd"),
    }
    said = [{"say": "RC"}, {"say": "MC"}, {"say": "NE", "code": "EC01"}, {"say": "DT"}, {"say": "NS", "code": "00305"}]
    panel.script("sdi", behaviour="accept", match={"recipient": "UFABCD"}, then=said)
    panel.script("sdi", behaviour="accept", match={"recipient": "ABC1234"}, then=[said[0], said[1], said[4]])
    upload(sdi, NAME, signed(fattura("FPA12", "UFABCD"), twin.pki.signer))
    upload(sdi, "IT01234567897_00002.xml", fattura(number="2026/2"))
    panel.advance(60 * DAY)
    assert len(notices.received) == 8
    for notice in notices.received:
        root = etree.fromstring(notice.content)
        schemas[str(etree.QName(root).namespace)].assertValid(root)


def _schema(path: Path) -> etree.XMLSchema:
    """The published file, its import of xmldsig turned to the file beside it."""
    text = path.read_text(encoding="utf-8")
    remote = "http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd"
    root = etree.fromstring(text.replace(remote, "xmldsig-core-schema.xsd").encode(), base_url=path.as_uri())
    return etree.XMLSchema(root)
