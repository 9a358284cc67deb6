"""What SDI says of a file as it leaves: its name, the moment, its signature."""

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa

from formats.checking import run
from formats.fatturapa.sdi_sending import SENDING_CONTROLS, Sending, check_sending
from formats.fatturapa.signature import Signature, signature_of
from formats.fatturapa.writer import write
from gateway.signing.keys import SigningKey
from gateway.signing.xades import sign_xades
from tests.fatturapa.simple import simplified_invoice
from tests.samples import sample_italian_invoice

NAME = "IT01234560157_00001.xml"
PLAIN = write(sample_italian_invoice()).content  # dated 2026-03-02
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
OTHER_USE = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=True,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def found(content: bytes, name: str = NAME, at: datetime.datetime = NOON) -> set[str]:
    """The ids of what is found, all of it fatal."""
    report = check_sending(name, content, at)
    assert report.findings == report.fatal
    assert report.applied[0].checks == len(SENDING_CONTROLS.checks)
    for one in report.findings:
        assert "…" not in one.message + one.fix
    return {one.id for one in report.findings}


NAMES = [
    # name of the file -> whether SDI takes it
    ("IT01234560157_00001.xml", True),
    ("IT01234560157_a.xml.p7m", True),
    ("ITRSSMRA80A01H501U_Zz9.zip", True),
    ("FR11123456782_1.xml", True),
    ("IT0123456015_00001.xml", False),  # ten characters
    ("IT01234560157_000001.xml", False),  # six in the progressive
    ("IT01234560157_.xml", False),
    ("IT01234560157-00001.xml", False),
    ("IT01234560157_00001.XML", False),
    ("IT01234560157_00001.pdf", False),
    ("it01234560157_00001.xml", False),
    ("IT01234560157_00001.xml\n", False),
]


@pytest.mark.parametrize(("name", "is_taken"), NAMES)
def test_a_name_that_sdi_does_not_take_is_found(name: str, is_taken: bool) -> None:
    assert found(PLAIN, name) == (set() if is_taken else {"00001"})


def test_an_empty_file_is_found() -> None:
    assert found(b"") == {"EI01"}


DAYS = [
    # when it is sent, by the clock of Greenwich -> whether 2 March lies ahead in Italy
    ("2026-03-01T22:59:59+00:00", True),  # one second before midnight in Rome
    ("2026-03-01T23:00:00+00:00", False),  # midnight in Rome
    ("2026-03-02T12:00:00+00:00", False),
    ("2030-01-01T00:00:00+00:00", False),
]


@pytest.mark.parametrize(("moment", "is_ahead"), DAYS)
def test_no_document_is_of_tomorrow(moment: str, is_ahead: bool) -> None:
    at = datetime.datetime.fromisoformat(moment)
    assert found(PLAIN, at=at) == ({"00403"} if is_ahead else set())
    assert found(simplified_invoice(), at=at) == ({"00403"} if is_ahead else set())


def test_in_summer_the_day_begins_two_hours_before_greenwich() -> None:
    july = PLAIN.replace(b"<Data>2026-03-02<", b"<Data>2026-07-02<")
    assert found(july, at=datetime.datetime(2026, 7, 1, 21, 59, 59, tzinfo=datetime.UTC)) == {"00403"}
    assert found(july, at=datetime.datetime(2026, 7, 1, 22, tzinfo=datetime.UTC)) == set()


# --- signatures ---


@pytest.fixture(scope="module")
def signed(key: SigningKey) -> bytes:
    """The file, signed at noon."""
    return sign_xades(PLAIN, key, NOON)


def test_a_file_without_signature_has_no_findings_about_one() -> None:
    assert signature_of(PLAIN) is None
    assert found(PLAIN) == set()


def test_a_signature_of_ours_holds(signed: bytes) -> None:
    assert found(signed) == set()


DAMAGES = [
    # what is changed after signing
    (b"<PrezzoTotale>59.70<", b"<PrezzoTotale>59.71<"),  # the document
    (b"2026-03-02T12:00:00Z", b"2026-03-02T11:00:00Z"),  # the signed time
    (b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"),
    (b"<ds:X509Certificate>", b"<ds:X509Certificate>AAAA"),
    (b"xmldsig-more#rsa-sha256", b"xmldsig-more#rsa-md5"),
]


@pytest.mark.parametrize(("old", "new"), DAMAGES)
def test_what_was_changed_after_signing_is_found(signed: bytes, old: bytes, new: bytes) -> None:
    assert old in signed
    assert found(signed.replace(old, new)) == {"00102"}


def test_a_signature_without_its_time_is_found(signed: bytes) -> None:
    assert found(signed.replace(b"2026-03-02T12:00:00Z", b"")) == {"00102", "00103"}


def test_a_signature_of_the_future_is_found(signed: bytes) -> None:
    assert found(signed, at=NOON - SECOND) == {"00105"}
    assert found(signed, at=NOON) == set()


@pytest.mark.parametrize("beyond", [False, True])
def test_a_certificate_that_was_not_in_force_is_found(key: SigningKey, beyond: bool) -> None:
    certificate = key.certificate
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    for edge, step in ((begins, -SECOND), (ends, SECOND)):
        signature = Signature(certificate, edge + step if beyond else edge, holds=True)
        assert said_of(signature) == ({"00100"} if beyond else set())


def test_a_certificate_for_another_use_is_found(private: rsa.RSAPrivateKey) -> None:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Officine Pratoverde S.r.l.")])
    certificate = (
        x509.CertificateBuilder(name, name, private.public_key(), 7, NOON - SECOND, NOON + SECOND)
        .add_extension(OTHER_USE, critical=True)
        .sign(private, hashes.SHA256())
    )
    assert said_of(Signature(certificate, NOON, holds=True)) == {"00107"}


def said_of(signature: Signature) -> set[str]:
    """The ids of what is found about a signature."""
    sending = Sending(NAME, 1, None, signature, datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC))
    return {one.id for one in run(SENDING_CONTROLS, sending).findings}
