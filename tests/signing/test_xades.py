"""XAdES signatures of FatturaPA documents: others verify them, the schemas allow them, and any change breaks them."""

import datetime
import shutil
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import etree
from signxml.exceptions import InvalidDigest, InvalidSignature
from signxml.xades.xades import XAdESVerifier

from formats.xml import XmlRefused
from gateway.errors import AlreadySigned, SigningCertificateEarly, SigningCertificateExpired
from gateway.signing.keys import SigningKey
from gateway.signing.xades import sign_xades
from tests.corpus import documents
from tests.signing.authority import Issued

NAMESPACE = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"
NAMES = {"ds": "http://www.w3.org/2000/09/xmldsig#", "xades": "http://uri.etsi.org/01903/v1.3.2#"}
SIGNED_AT = datetime.datetime(2026, 11, 12, 9, 30, 15, 250_000, tzinfo=datetime.UTC)
FATTURA = f"""<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica versione="FPA12" xmlns:p="{NAMESPACE}">
  <FatturaElettronicaHeader>
    <CessionarioCommittente><Denominazione>Comune di Rivalta &amp; Città</Denominazione></CessionarioCommittente>
  </FatturaElettronicaHeader>
  <FatturaElettronicaBody>
    <Numero>2026-0042</Numero><!-- a remark --><ImportoTotaleDocumento>72.83</ImportoTotaleDocumento>
  </FatturaElettronicaBody>
</p:FatturaElettronica>
""".encode()


@pytest.fixture(scope="module")
def signed(key: SigningKey) -> bytes:
    """The document, signed."""
    return sign_xades(FATTURA, key, SIGNED_AT)


@pytest.fixture(scope="module")
def xmlsec(issued: Issued, tmp_path_factory: pytest.TempPathFactory) -> Callable[[bytes], str]:
    """Verify with the command `xmlsec1`, another implementation in another language: `OK`, or what it says."""
    command = shutil.which("xmlsec1")
    if command is None:
        pytest.skip("xmlsec1 is not installed (Debian: apt install xmlsec1)")
    folder = tmp_path_factory.mktemp("xmlsec")
    certificate, document = folder / "certificate.pem", folder / "document.xml"
    certificate.write_bytes(issued.pem)
    ids = [f"--id-attr:Id {NAMES['xades']}:SignedProperties", f"--id-attr:Id {NAMES['ds']}:KeyInfo"]
    arguments = [word for one in ids for word in one.split()]

    def verify(content: bytes) -> str:
        document.write_bytes(content)
        done = subprocess.run(
            [command, "--verify", "--pubkey-cert-pem", certificate, *arguments, document],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = done.stderr + done.stdout
        return "OK" if done.returncode == 0 and "References (ok/all): 3/3" in said else said

    return verify


def verify(content: bytes, issued: Issued) -> None:
    """Verify with signxml against the one certificate."""
    XAdESVerifier().verify(content, x509_cert=issued.pem.decode())


def one(content: bytes, path: str) -> etree._Element:
    """The element at this path."""
    found = etree.fromstring(content).find(path.replace("//", ".//"), NAMES)
    assert found is not None
    return found


# --- what is written -------------------------------------------------------------------------------------------------


def test_signxml_verifies_a_signature(signed: bytes, issued: Issued) -> None:
    verify(signed, issued)


def test_the_signature_is_the_last_child_of_the_root(signed: bytes) -> None:
    children = list(etree.fromstring(signed))
    assert [etree.QName(child).localname for child in children][-1] == "Signature"
    assert signed.count(b"<ds:Signature ") == 1


def test_the_document_itself_is_not_changed(signed: bytes) -> None:
    root = etree.fromstring(signed)
    root.remove(root[-1])
    assert etree.tostring(root, method="c14n") == etree.tostring(etree.fromstring(FATTURA), method="c14n")


def test_the_signing_time_is_the_one_given_in_utc_to_the_second(signed: bytes) -> None:
    assert one(signed, "//xades:SigningTime").text == "2026-11-12T09:30:15Z"


def test_a_signing_time_of_another_zone_is_the_same_moment(key: SigningKey) -> None:
    rome = SIGNED_AT.astimezone(datetime.timezone(datetime.timedelta(hours=1)))
    assert one(sign_xades(FATTURA, key, rome), "//xades:SigningTime").text == "2026-11-12T09:30:15Z"


def test_the_certificate_goes_with_the_signature_and_the_bare_key_does_not(signed: bytes, issued: Issued) -> None:
    text = "".join((one(signed, "//ds:X509Certificate").text or "").split())
    assert text in "".join(issued.pem.decode().split())
    assert b"KeyValue" not in signed
    assert b"SigningCertificateV2" in signed


STYLED = FATTURA.replace(b"?>\n", b'?>\n<?xml-stylesheet type="text/xsl" href="page.xsl"?>\n<!-- hello -->\n', 1)


def in_encoding(encoding: str) -> bytes:
    """The document in another encoding."""
    return FATTURA.decode().replace("UTF-8", encoding, 1).encode(encoding)


UNUSUAL = [STYLED, in_encoding("windows-1252"), in_encoding("UTF-16"), FATTURA.replace(b"\n", b"\r\n")]


@pytest.mark.parametrize("content", UNUSUAL, ids=["style sheet", "windows-1252", "UTF-16", "CRLF"])
def test_an_unusual_file_is_signed_as_well_and_leaves_in_utf_8(key: SigningKey, issued: Issued, content: bytes) -> None:
    signed = sign_xades(content, key, SIGNED_AT)
    assert "Città".encode() in signed
    verify(signed, issued)


def test_one_key_signs_in_many_threads(key: SigningKey, issued: Issued) -> None:
    with ThreadPoolExecutor(4) as threads:
        signed = list(threads.map(lambda _: sign_xades(FATTURA, key, SIGNED_AT), range(24)))
    for each in signed:
        verify(each, issued)


# --- what breaks it --------------------------------------------------------------------------------------------------


CHANGES = [
    (b">72.83<", b">72.84<"),  # the amount
    (b'versione="FPA12"', b'versione="FPR12"'),
    (b"<Numero>2026-0042</Numero>", b""),
    (b"<FatturaElettronicaBody>", b"<FatturaElettronicaBody><Aggiunta/>"),
    (b"2026-11-12T09:30:15Z", b"2026-11-12T09:30:16Z"),  # the signing time
    (b"<xades:MimeType>text/xml<", b"<xades:MimeType>text/sql<"),
]


def changed(signed: bytes, before: bytes, after: bytes) -> bytes:
    """The signed document with one thing changed."""
    assert signed.count(before) == 1
    return signed.replace(before, after)


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_a_change_after_signing_is_found(signed: bytes, issued: Issued, before: bytes, after: bytes) -> None:
    with pytest.raises((InvalidDigest, InvalidSignature)):
        verify(changed(signed, before, after), issued)


def test_xmlsec_judges_the_same(signed: bytes, key: SigningKey, xmlsec: Callable[[bytes], str]) -> None:
    for content in (FATTURA, *UNUSUAL):
        assert xmlsec(sign_xades(content, key, SIGNED_AT)) == "OK"
    for before, after in CHANGES:
        assert xmlsec(changed(signed, before, after)) != "OK"


# --- what is refused -------------------------------------------------------------------------------------------------


def test_nothing_is_signed_with_a_certificate_that_is_not_in_force(key: SigningKey) -> None:
    certificate, second = key.certificate, datetime.timedelta(seconds=1)
    with pytest.raises(SigningCertificateExpired):
        sign_xades(FATTURA, key, certificate.not_valid_after_utc + second)
    with pytest.raises(SigningCertificateEarly):
        sign_xades(FATTURA, key, certificate.not_valid_before_utc - second)


def test_a_signed_document_is_not_signed_again(key: SigningKey, signed: bytes) -> None:
    with pytest.raises(AlreadySigned, match="The document FatturaElettronica carries a signature already"):
        sign_xades(signed, key, SIGNED_AT)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "GW-XML-SYNTAX"),
        (FATTURA[:200], "GW-XML-SYNTAX"),
        (FATTURA.replace(b"<p:F", b"<!DOCTYPE x [<!ENTITY e 'e'>]><p:F", 1), "GW-XML-DOCTYPE"),
    ],
    ids=["empty", "cut off", "with a DOCTYPE"],
)
def test_what_is_no_plain_xml_is_not_signed(key: SigningKey, content: bytes, code: str) -> None:
    with pytest.raises(XmlRefused) as refused:
        sign_xades(content, key, SIGNED_AT)
    assert refused.value.code == code


# --- official schemas and documents ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("standard", "examples"), [("Schema_VFPA12_V1.2.3.xsd", "*_FPA*.xml"), ("Schema_VFPR12_v1.2.3.xsd", "*_FPR*.xml")]
)
def test_a_signed_official_example_is_valid_by_the_official_schema(
    shared: Path, key: SigningKey, issued: Issued, standard: str, examples: str
) -> None:
    official = etree.XMLSchema(etree.parse(shared / "standards" / "fatturapa" / "split-1.2.3" / standard))
    # one of the four that the authority publishes is not valid itself
    valid = [
        file
        for file in documents(shared, "fatturapa/official-examples", examples)
        if official.validate(etree.parse(file))
    ]
    assert valid
    for file in valid:
        signed = sign_xades(file.read_bytes(), key, SIGNED_AT)
        official.assertValid(etree.fromstring(signed))
        verify(signed, issued)


def test_the_signed_properties_are_valid_by_the_schema_of_xades(shared: Path, signed: bytes) -> None:
    folder = shared / "standards" / "xml-security"
    # The schema of XAdES does not say where that of signatures lies.
    both = f"""<schema xmlns="http://www.w3.org/2001/XMLSchema">
      <import namespace="{NAMES["ds"]}" schemaLocation="{folder / "xmldsig-core-schema.xsd"}"/>
      <import namespace="{NAMES["xades"]}" schemaLocation="{folder / "XAdES01903v132-201601.xsd"}"/>
    </schema>"""
    etree.XMLSchema(etree.fromstring(both)).assertValid(one(signed, "//xades:QualifyingProperties"))
