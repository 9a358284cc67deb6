"""Just enough ASN.1 to open a CAdES file (.p7m) and to verify it: CMS SignedData, one signer (RFC 5652)."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
SIGNING_TIME = bytes.fromhex("2a864886f70d010905")
SET, OCTETS, OCTETS_IN_PIECES, CONTEXT_0 = 0x31, 0x04, 0x24, 0xA0


class CmsRefused(ValueError):
    """The file is no CMS SignedData, or its signature does not hold."""


@dataclass(frozen=True)
class Opened:
    content: bytes
    signer: x509.Certificate
    signing_time: datetime | None


@dataclass(frozen=True)
class _Node:
    tag: int
    value: bytes
    raw: bytes

    def children(self) -> list["_Node"]:
        return list(_nodes(self.value))

    def octets(self) -> bytes:
        """An octet string in one piece, or in many (BER)."""
        if self.tag == OCTETS_IN_PIECES:
            return b"".join(child.octets() for child in self.children())
        if self.tag != OCTETS:
            raise CmsRefused("the content is no octet string")
        return self.value


def open_signed(file: bytes) -> Opened:
    """The content and its signer, verified. The file may be binary or, as some senders have it, base64."""
    der = file if file[:1] == b"\x30" else _from_base64(file)
    try:
        return _verify(der)
    except CmsRefused:
        raise
    except (ValueError, IndexError, StopIteration, KeyError, RecursionError) as error:
        raise CmsRefused("the structure is not that of a CMS SignedData with one signer") from error


def _from_base64(file: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(file.split()), validate=True)
    except binascii.Error as error:
        raise CmsRefused("neither ASN.1 nor base64") from error


def _nodes(data: bytes) -> Iterator[_Node]:
    position = 0
    while position < len(data):
        node = _node(data, position)
        yield node
        position += len(node.raw)


def _node(data: bytes, position: int) -> _Node:
    """One element at a position; large signers write BER, with lengths that are only known at the end."""
    tag, length, start = data[position], data[position + 1], position + 2
    if length == 0x80:
        end = start
        while data[end : end + 2] != b"\0\0":
            end += len(_node(data, end).raw)
        return _Node(tag, data[start:end], data[position : end + 2])
    if length > 0x80:
        start += length - 0x80
        length = int.from_bytes(data[position + 2 : start], "big")
    if start + length > len(data):
        raise CmsRefused("a length points behind the end of the file")
    return _Node(tag, data[start : start + length], data[position : start + length])


def _verify(der: bytes) -> Opened:
    kind, wrapped = _node(der, 0).children()
    if kind.value != SIGNED_DATA:
        raise CmsRefused("not a CMS SignedData")
    parts = wrapped.children()[0].children()
    content = parts[2].children()[1].children()[0].octets()
    certificates = [child.raw for part in parts if part.tag == CONTEXT_0 for child in part.children()]
    signers = parts[-1].children()
    if len(signers) != 1:
        raise CmsRefused(f"{len(signers)} signers instead of one")
    fields = signers[0].children()
    attributes = next(field for field in fields if field.tag == CONTEXT_0)
    signature = next(field for field in fields if field.tag == OCTETS).value
    values = {pair.children()[0].value: pair.children()[1].children()[0] for pair in attributes.children()}
    if values[MESSAGE_DIGEST].value != sha256(content).digest():
        raise CmsRefused("the digest is not that of the content")
    # Signed is the attribute list as a SET, stored is the same list under a context tag (RFC 5652 section 5.4).
    signed = bytes([SET]) + attributes.raw[1:]
    signing_time = _moment(values[SIGNING_TIME]) if SIGNING_TIME in values else None
    return Opened(content, _signer(certificates, signed, signature), signing_time)


def _signer(certificates: list[bytes], signed: bytes, signature: bytes) -> x509.Certificate:
    """The enclosed certificate whose key made the signature."""
    for certificate in map(x509.load_der_x509_certificate, certificates):
        key = certificate.public_key()
        try:
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
            elif isinstance(key, ec.EllipticCurvePublicKey):
                key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
            else:
                continue
        except InvalidSignature:
            continue
        return certificate
    raise CmsRefused("the signature was made by none of the enclosed certificates")


def _moment(node: _Node) -> datetime:
    """UTCTime (two digits of year, RFC 5280 section 4.1.2.5.1) or GeneralizedTime."""
    text = node.value.decode("ascii")
    pattern = "%y%m%d%H%M%SZ" if node.tag == 0x17 else "%Y%m%d%H%M%SZ"
    return datetime.strptime(text, pattern).replace(tzinfo=UTC)
