"""Signed files (.p7m) are opened: DER and BER, in one piece and in several, plain and in base64."""

import base64
import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7

from formats.fatturapa.envelope import NoEnvelope, content_of, is_envelope
from formats.fatturapa.reader import read, recognises
from formats.fatturapa.writer import write
from tests.corpus import document
from tests.samples import sample_italian_invoice
from tests.signing.authority import issue

CONTENT = write(sample_italian_invoice()).content


@pytest.fixture(scope="module")
def signed() -> bytes:
    """The sample in a CMS SignedData, as another library makes it."""
    begins = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    signer = issue(ec.generate_private_key(ec.SECP256R1()), begins, begins + datetime.timedelta(days=365))
    builder = pkcs7.PKCS7SignatureBuilder().set_data(CONTENT)
    builder = builder.add_signer(signer.certificate, signer.private, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def in_pieces(*pieces: bytes, nested: bool = False) -> bytes:
    """A SignedData in BER: indefinite lengths, and the content in several octet strings, as some signers write it."""
    end = b"\x00\x00"
    octets = b"".join(b"\x04" + len(piece).to_bytes() + piece for piece in pieces)
    string = b"\x24\x80" + octets + end
    if nested:
        string = b"\x24\x80" + string + end
    data = b"\x06\x09" + bytes.fromhex("2a864886f70d010701")
    inner = b"\x30\x80" + data + b"\xa0\x80" + string + end + end
    digests = b"\x31\x80\x30\x80\x06\x01\x2a" + end + end
    body = b"\x30\x80\x02\x01\x01" + digests + inner + end
    return b"\x30\x80\x06\x09" + bytes.fromhex("2a864886f70d010702") + b"\xa0\x80" + body + end + end


def test_a_signed_file_is_opened(signed: bytes) -> None:
    assert is_envelope(signed)
    assert content_of(signed) == CONTENT


def test_base64_with_and_without_line_ends_and_pem_lines_is_taken_off(signed: bytes) -> None:
    plain = base64.b64encode(signed)
    lines = base64.encodebytes(signed)
    for wrapped in (
        plain,
        lines,
        lines.replace(b"\n", b"\r\n"),
        b"-----BEGIN PKCS7-----\n" + lines + b"-----END PKCS7-----\n",
    ):
        assert is_envelope(wrapped)
        assert content_of(wrapped) == CONTENT


@pytest.mark.parametrize("nested", [False, True])
def test_content_in_several_pieces_is_put_together(nested: bool) -> None:
    envelope = in_pieces(b"<a>", b"b", b"</a>", nested=nested)
    assert is_envelope(envelope)
    assert content_of(envelope) == b"<a>b</a>"


def test_a_signed_invoice_is_recognised_and_read(signed: bytes) -> None:
    assert recognises(signed)
    (reading,) = read(signed)
    assert reading.invoice is not None
    assert reading.invoice.number == "2026-0042"


@pytest.mark.parametrize("share", [0.01, 0.02, 0.05, 0.3, 0.6])
def test_a_file_that_is_cut_off_is_refused(signed: bytes, share: float) -> None:
    with pytest.raises(NoEnvelope):
        content_of(signed[: int(len(signed) * share)])


def test_every_damaged_byte_of_the_head_is_refused_or_harmless(signed: bytes) -> None:
    for at in range(64):
        for change in (0x01, 0x80, 0xFF):
            damaged = bytearray(signed)
            damaged[at] ^= change
            try:
                content_of(bytes(damaged))
            except NoEnvelope:
                continue


def test_a_detached_signature_has_nothing_to_read() -> None:
    data = b"\x30\x0b\x06\x09" + bytes.fromhex("2a864886f70d010701")
    body = b"\x02\x01\x01\x31\x00" + data
    signed = b"\x30" + len(body).to_bytes() + body
    inner = b"\xa0" + len(signed).to_bytes() + signed
    outer = b"\x06\x09" + bytes.fromhex("2a864886f70d010702") + inner
    with pytest.raises(NoEnvelope):
        content_of(b"\x30" + len(outer).to_bytes() + outer)


def test_deep_nesting_is_refused() -> None:
    deep = b"\x24\x80" * 100 + b"\x04\x01a" + b"\x00\x00" * 100
    with pytest.raises(NoEnvelope):
        content_of(in_pieces(b"a").replace(b"\x24\x80\x04\x01a\x00\x00", deep))


@pytest.mark.parametrize("content", [b"", b"<a/>", CONTENT, b"AAAA", b"\x30\x03\x02\x01\x01", b"PK\x03\x04"])
def test_other_files_are_no_envelopes(content: bytes) -> None:
    assert not is_envelope(content)


REAL = [
    # BER in pieces, the same in base64, and in base64 with CRLF
    ("fatturapa/dotnet/IT02182030391_31.xml.p7m", True),
    ("fatturapa/dotnet/IT02182030391_31.Base64.xml.p7m", True),
    ("fatturapa/dotnet/IT02182030391_31.Base64.CRLF.xml.p7m", True),
    # tampered with: text was changed as if it were UTF-8
    ("fatturapa/dotnet/IT02182030391_31_tampered.xml.p7m", False),
    ("fatturapa/dotnet/IT02182030391_31_tampered.Base64.xml.p7m", False),
    # no invoice inside, and no envelope at all
    ("fatturapa/a38/test.txt.p7m", False),
    ("fatturapa/oca-in/IT05979361218_fake.xml.p7m", False),
]


@pytest.mark.parametrize(("path", "is_readable"), REAL)
def test_real_signed_files_are_read_or_explained(path: str, is_readable: bool, shared: Path) -> None:
    (reading,) = read(document(shared, path))
    assert (reading.invoice is not None) == is_readable
    assert is_readable or reading.findings[0].fix
