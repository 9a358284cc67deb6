"""SOAP with attachments (MTOM, XOP): a multipart/related message whose envelope points at its binary parts.

Source: RFC 2387, SOAP Message Transmission Optimization Mechanism (W3C 2005).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MOST_PARTS: Final = 20
_PARAMETER: Final = re.compile(r';\s*([A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))')
_CONTENT_ID: Final = re.compile(rb"^content-id:[ \t]*<?([^>\r\n]+?)>?[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ESCAPED: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_BREAK: Final = re.compile(rb"\r?\n\r?\n")


class MultipartRefused(ValueError):
    """The message is no multipart/related message that can be taken apart."""


@dataclass(frozen=True, slots=True)
class Multipart:
    """A message taken apart: its envelope, and its other parts by their Content-ID."""

    envelope: bytes
    attachments: Mapping[str, bytes]

    def attachment(self, href: str) -> bytes | None:
        """The part that `cid:...` points at."""
        name = href.removeprefix("cid:").encode(errors="replace")
        return self.attachments.get(_ESCAPED.sub(_unescaped, name).decode(errors="replace"))


def _unescaped(escaped: re.Match[bytes]) -> bytes:
    """One octet of a URL (RFC 2392 has Content-IDs escaped in it)."""
    return bytes.fromhex(escaped[1].decode("ascii"))


def is_multipart(content_type: str) -> bool:
    """Whether a Content-Type announces several parts."""
    return content_type.strip().lower().startswith("multipart/")


def take_apart(content: bytes, content_type: str) -> Multipart:
    """The parts of a message, byte for byte. Raises MultipartRefused."""
    parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(content_type)}
    boundary = parameters.get("boundary", "")
    if not boundary:
        raise MultipartRefused("the Content-Type names no boundary")
    pieces = (b"\r\n" + content.lstrip(b"\r\n")).split(b"\n--" + boundary.encode())
    if len(pieces) > MOST_PARTS:
        raise MultipartRefused(f"the message has more than {MOST_PARTS} parts")
    parts: dict[str, bytes] = {}
    for piece in pieces[1:]:
        if piece.startswith(b"--"):
            break
        head, body = _split(piece)
        named = _CONTENT_ID.search(head)
        parts[named[1].decode(errors="replace") if named else f"part {len(parts)}"] = body
    if not parts:
        raise MultipartRefused("the message has no part between its boundaries")
    start = parameters.get("start", "").strip("<>") or next(iter(parts))
    if start not in parts:
        raise MultipartRefused(f"the message lacks the part {start} that it begins with")
    return Multipart(parts.pop(start), parts)


def _split(piece: bytes) -> tuple[bytes, bytes]:
    """Header and body of a part; the line end before the next boundary belongs to the boundary."""
    first_line, _, rest = piece.partition(b"\n")
    if first_line.strip():
        raise MultipartRefused("a boundary is followed by something on its line")
    if rest.startswith((b"\r\n", b"\n")):
        head, body = b"", rest.removeprefix(b"\r").removeprefix(b"\n")
    else:
        end = _BREAK.search(rest)
        if end is None:
            raise MultipartRefused("a part has no empty line behind its header")
        head, body = rest[: end.start()], rest[end.end() :]
    return head, body.removesuffix(b"\r")


def put_together(envelope: bytes, content_id: str, attachment: bytes) -> tuple[str, bytes]:
    """Content-Type and body of a message with one attachment, which the envelope points at by `cid:`."""
    boundary = f"part-{hashlib.sha256(attachment).hexdigest()[:32]}"
    start = "<envelope@einvoice-gateway>"
    body = b"\r\n".join(
        (
            f"--{boundary}".encode(),
            b'Content-Type: application/xop+xml; charset=UTF-8; type="text/xml"',
            b"Content-Transfer-Encoding: 8bit",
            f"Content-ID: {start}".encode(),
            b"",
            envelope,
            f"--{boundary}".encode(),
            b"Content-Type: application/octet-stream",
            b"Content-Transfer-Encoding: binary",
            f"Content-ID: <{content_id}>".encode(),
            b"",
            attachment,
            f"--{boundary}--".encode(),
            b"",
        )
    )
    kind = f'multipart/related; type="application/xop+xml"; start="{start}"; start-info="text/xml"'
    return f'{kind}; boundary="{boundary}"', body
