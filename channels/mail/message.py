"""The message that a buyer gets: composed once, archived, and sent as it is archived, however often.

The same draft gives the same bytes. All of it is ASCII, whatever the texts (quoted-printable, base64, RFC 2047), so
that no server on the way has to convert it and a signature survives; only a recipient whose own address is not ASCII
makes the header UTF-8 (RFC 6532). The bodies are written here and not by `email.message`, which draws boundaries by
lot and takes 10 ms for an invoice of 170 kB where this takes one.
"""

import binascii
import datetime
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import format_datetime
from typing import Final

from channels.mail.header import field, phrase
from channels.mail.mailbox import domain_of, on_the_wire

_KEY: Final = re.compile(r"[A-Za-z0-9._-]{1,80}")
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9.+-]+")
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_BASE64_LINE: Final = 76


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along. file_name: `[A-Za-z0-9._-]`, at most 60 (see `attachment_name`)."""

    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """A message in finished strings.

    key:       the parcel's
    sender:    address in a domain for which the relay may sign; its domain stands in Message-ID
    to:        all of them stand in the header
    language:  of subject and texts, BCP 47
    text:      complete by itself: many read nothing else
    html:      the same for the eye, "" for none
    reply_to:  where people answer, "" for the sender
    """

    key: str
    date: datetime.datetime
    sender: str
    sender_name: str
    to: tuple[str, ...]
    subject: str
    language: str
    text: str
    html: str = ""
    reply_to: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """A MIME part: its own header fields, and its body with CRLF at the end."""

    header: tuple[str, ...]
    body: bytes


def attachment_name(stem: str, extension: str) -> str:
    """A file name that every program reads: `Rechnung 2026/7`, `pdf` -> `Rechnung-2026-7.pdf`.

    Names beyond ASCII are legal (RFC 2231) and mishandled by many accounts-payable programs.
    """
    plain = re.sub(r"[^A-Za-z0-9._]+", "-", stem).strip("-._")
    return f"{plain[: 59 - len(extension)] or 'document'}.{extension}"


def message_id(key: str, sender: str) -> str:
    """`<key@domain>` of a parcel: the same in every attempt.

    It is a soft key: no server refuses a repeat by it, though many mail stores hide one.
    """
    if not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} can't stand in a Message-ID")
    return f"<{key}@{domain_of(on_the_wire(sender))}>"


def compose(draft: Draft) -> bytes:
    """The complete message with CRLF line ends. Raises ValueError naming what of the draft can't be written.

    Line ends and other control characters in texts of the header become blanks: no text can add a header field.
    """
    mark = hashlib.sha256(draft.key.encode()).hexdigest()[:24]
    body = _text("plain", draft.text)
    if draft.html:
        body = _multipart("alternative", f"=_a{mark}", (body, _text("html", draft.html)))
    if draft.attachments:
        body = _multipart("mixed", f"=_m{mark}", (body, *map(_attached, draft.attachments)))
    return _written(_Part((*_header(draft), "MIME-Version: 1.0", *body.header), body.body))


def _header(draft: Draft) -> Iterable[str]:
    if not draft.to:
        raise ValueError("a message needs somebody to go to")
    if not _LANGUAGE.fullmatch(draft.language):
        raise ValueError(f"{draft.language!r} is not a language tag")
    if draft.date.tzinfo is None:
        raise ValueError("the date of a message needs its offset from UTC")
    sender = on_the_wire(draft.sender)
    if not sender.isascii():
        raise ValueError(f"the sender's address {sender!r} must be ASCII: not every server takes another")
    yield f"Date: {format_datetime(draft.date.astimezone(datetime.UTC))}"
    yield f"From: {phrase(draft.sender_name)}<{sender}>"
    if draft.reply_to:
        yield f"Reply-To: {on_the_wire(draft.reply_to)}"
    yield "To: " + ",\r\n ".join(map(on_the_wire, draft.to))
    yield field("Subject", draft.subject)
    yield f"Message-ID: {message_id(draft.key, draft.sender)}"
    yield f"Content-Language: {draft.language}"
    # RFC 3834 section 5, and its Microsoft cousin: polite robots don't answer.
    yield "Auto-Submitted: auto-generated"
    yield "X-Auto-Response-Suppress: OOF, AutoReply"


def _text(subtype: str, text: str) -> _Part:
    lines = "".join(f"{line}\r\n" for line in text.splitlines()) or "\r\n"
    header = (f'Content-Type: text/{subtype}; charset="utf-8"', "Content-Transfer-Encoding: quoted-printable")
    return _Part(header, binascii.b2a_qp(lines.encode()))


def _attached(attachment: Attachment) -> _Part:
    if not _FILE_NAME.fullmatch(attachment.file_name):
        raise ValueError(f"an attachment can't be called {attachment.file_name!r}")
    if not _MEDIA_TYPE.fullmatch(attachment.media_type):
        raise ValueError(f"{attachment.media_type!r} is not a media type")
    encoded = binascii.b2a_base64(attachment.content, newline=False)
    lines = (encoded[start : start + _BASE64_LINE] for start in range(0, len(encoded), _BASE64_LINE))
    header = (
        f'Content-Type: {attachment.media_type}; name="{attachment.file_name}"',
        "Content-Transfer-Encoding: base64",
        f'Content-Disposition: attachment; filename="{attachment.file_name}"',
    )
    return _Part(header, b"\r\n".join((*lines, b"")) or b"\r\n")


def _multipart(subtype: str, boundary: str, parts: Iterable[_Part]) -> _Part:
    """The boundary begins with `=_`, which stands in no quoted-printable and no base64 text (RFC 2045 6.7)."""
    delimiter = f"--{boundary}".encode()
    between = b"".join(delimiter + b"\r\n" + _written(part) + b"\r\n" for part in parts)
    header = (f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"',)
    return _Part(header, between + delimiter + b"--\r\n")


def _written(part: _Part) -> bytes:
    return "\r\n".join((*part.header, "", "")).encode() + part.body
