"""Takes a signed file out of its CAdES envelope (.xml.p7m): DER, BER, or either of them in base64.

Only the content is taken out; who signed it and whether the signature holds is for the signing room to say. The
reader of the encoding is our own: CMS content needs five kinds of element, and files in the wild are BER with
indefinite lengths and octet strings in pieces, which strict DER parsers refuse (RFC 5652 section 5, X.690).
"""

import binascii
import re
from dataclasses import dataclass
from typing import Final

SIGNED_DATA: Final = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _OBJECT_IDENTIFIER, _OCTET_STRING, _EXPLICIT_0 = 0x30, 0x06, 0x04, 0xA0
_CONSTRUCTED_OCTETS: Final = 0x24
_END_OF_CONTENTS: Final = 0x00
_INDEFINITE: Final = 0x80
_MOST_LENGTH_BYTES: Final = 4
_MOST_DEPTH: Final = 16
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/=\s]+")
_PEM: Final = re.compile(rb"-----[A-Z0-9 ]+-----")


class NoEnvelope(Exception):
    """The file looks like a signed envelope and cannot be opened: it is cut off, damaged, or holds no content."""


@dataclass(frozen=True, slots=True)
class _Element:
    """One element of the encoding: its tag, and where its contents begin and end (end None: indefinite)."""

    tag: int
    start: int
    end: int | None


def is_envelope(content: bytes) -> bool:
    """Whether a file is a CMS SignedData, as DER, BER or base64."""
    return SIGNED_DATA in _decoded(content[:4096])[:64]


def content_of(envelope: bytes) -> bytes:
    """The signed file inside. Raises NoEnvelope."""
    data = _decoded(envelope)
    try:
        outer = _expect(data, 0, len(data), _SEQUENCE)
        oid = _expect(data, outer.start, _end(outer, data), _OBJECT_IDENTIFIER)
        if data[oid.start : oid.end] != SIGNED_DATA:
            raise NoEnvelope("it is not a CMS SignedData")
        explicit = _expect(data, _after(data, oid), _end(outer, data), _EXPLICIT_0)
        signed = _expect(data, explicit.start, _end(explicit, data), _SEQUENCE)
        inner = _encapsulated(data, signed)
        content_type = _expect(data, inner.start, _end(inner, data), _OBJECT_IDENTIFIER)
        wrapped = _expect(data, _after(data, content_type), _end(inner, data), _EXPLICIT_0)
        return _octets(data, _element(data, wrapped.start, _end(wrapped, data)), 0)
    except IndexError:
        raise NoEnvelope("it ends too early") from None


def _decoded(content: bytes) -> bytes:
    """The bytes of the encoding; base64, with or without PEM lines, is taken off."""
    text = _PEM.sub(b"", content)
    if not _BASE64.fullmatch(text):
        return content
    plain = b"".join(text.split())
    try:
        return binascii.a2b_base64(plain[: len(plain) - len(plain) % 4])
    except binascii.Error:
        return content


def _element(data: bytes, at: int, limit: int) -> _Element:
    if at + 2 > limit:
        raise NoEnvelope("it ends too early")
    tag, length = data[at], data[at + 1]
    start = at + 2
    if length == _INDEFINITE:
        return _Element(tag, start, None)
    if length > _INDEFINITE:
        count = length - _INDEFINITE
        if count > _MOST_LENGTH_BYTES:
            raise NoEnvelope("it states an impossible length")
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    if start + length > limit:
        raise NoEnvelope("it ends too early")
    return _Element(tag, start, start + length)


def _expect(data: bytes, at: int, limit: int, tag: int) -> _Element:
    element = _element(data, at, limit)
    if element.tag != tag:
        raise NoEnvelope(f"it holds an element of kind {element.tag:#x} where {tag:#x} belongs")
    return element


def _end(element: _Element, data: bytes) -> int:
    return len(data) if element.end is None else element.end


def _after(data: bytes, element: _Element, depth: int = 0) -> int:
    """Where the element after this one begins; an indefinite one is walked through to its end."""
    if element.end is not None:
        return element.end
    if depth > _MOST_DEPTH:
        raise NoEnvelope("it is nested too deeply")
    at = element.start
    while True:
        child = _element(data, at, len(data))
        at = _after(data, child, depth + 1)
        if child.tag == _END_OF_CONTENTS:
            return at


def _encapsulated(data: bytes, signed: _Element) -> _Element:
    """EncapsulatedContentInfo: the third element of SignedData, behind version and digest algorithms."""
    at, limit = signed.start, _end(signed, data)
    for _ in range(2):
        at = _after(data, _element(data, at, limit))
    return _expect(data, at, limit, _SEQUENCE)


def _octets(data: bytes, element: _Element, depth: int) -> bytes:
    """The contents of an octet string; one in pieces is put together."""
    if element.tag == _OCTET_STRING and element.end is not None:
        return data[element.start : element.end]
    if element.tag != _CONSTRUCTED_OCTETS or depth > _MOST_DEPTH:
        raise NoEnvelope("it holds no octets: the signature is detached, or of a kind that SDI does not take")
    pieces: list[bytes] = []
    at, limit = element.start, _end(element, data)
    while at < limit:
        piece = _element(data, at, limit)
        if piece.tag == _END_OF_CONTENTS:
            break
        pieces.append(_octets(data, piece, depth + 1))
        at = _after(data, piece)
    return b"".join(pieces)
