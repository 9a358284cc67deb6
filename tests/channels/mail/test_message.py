"""The message: what a mail program reads is what was written, and no text can be more than a text."""

import datetime
import email
import email.policy
import re
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.mail import Attachment, Draft, attachment_name, compose
from channels.mail.mailbox import on_the_wire, split_addresses
from tests.channels.mail.letters import DRAFT, PDF

FIELDS = [
    "Date",
    "From",
    "Reply-To",
    "To",
    "Subject",
    "Message-ID",
    "Content-Language",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "MIME-Version",
    "Content-Type",
]


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_a_mail_program_reads_what_was_written() -> None:
    message = read(compose(DRAFT))
    assert message.keys() == FIELDS
    assert message["From"] == "Nordlicht Handels GmbH <rechnung@invoices.example.com>"
    assert message["Reply-To"] == "debitoren@seller.example"
    assert message["To"] == "accounts@buyer.example"
    assert message["Subject"] == "Rechnung 2026/7 über 1.190,00 €"
    assert message["Date"].datetime == DRAFT.date
    assert message["Message-ID"] == "<5b1f0c9e-0000-4000-8000-000000000001@invoices.example.com>"
    assert message["Content-Language"] == "de"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert [one.get_content().splitlines() for one in (plain, html)] == [
        DRAFT.text.splitlines(),
        DRAFT.html.splitlines(),
    ]
    files = [(one.get_filename(), one.get_content_type(), one.get_content()) for one in message.iter_attachments()]
    assert files == [("Rechnung-2026-7.pdf", "application/pdf", PDF)]


def test_text_and_html_are_one_choice_beside_the_files() -> None:
    kinds = [part.get_content_type() for part in read(compose(DRAFT)).walk()]
    assert kinds == ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf"]


def test_a_message_without_html_and_files_is_a_text() -> None:
    message = read(compose(replace(DRAFT, html="", attachments=())))
    assert message.get_content_type() == "text/plain"
    assert message.get_content().splitlines() == DRAFT.text.splitlines()


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert compose(DRAFT) == compose(replace(DRAFT))
    elsewhere = replace(DRAFT, date=DRAFT.date.astimezone(datetime.UTC))
    assert compose(elsewhere) == compose(DRAFT)
    assert compose(replace(DRAFT, key="another-key")) != compose(DRAFT)


header_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=150)
body_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


@given(
    subject=header_text,
    name=header_text,
    text=body_text,
    html=body_text,
    content=st.binary(max_size=300),
    to=st.lists(
        st.from_regex(r"[a-z]{1,30}(\.[a-z0-9]{1,30})?@[a-z]{1,60}\.example", fullmatch=True), min_size=1, max_size=9
    ),
)
def test_whatever_the_texts_are_the_message_is_well_formed_and_says_them(
    subject: str, name: str, text: str, html: str, content: bytes, to: list[str]
) -> None:
    files = (Attachment("a.pdf", "application/pdf", content),)
    draft = replace(
        DRAFT, subject=subject, sender_name=name, text=text, html=html, to=tuple(to), attachments=files, reply_to=""
    )
    written = compose(draft)
    assert written.isascii()
    assert written.count(b"\r\n") == written.count(b"\r") == written.count(b"\n")
    assert max(map(len, written.split(b"\r\n"))) <= 998
    header = written.partition(b"\r\n\r\n")[0]
    assert re.findall(rb"(?m)^([\w-]+): ?", header) == [one.encode() for one in FIELDS if one != "Reply-To"]
    message = read(written)
    assert message.keys() == [one for one in FIELDS if one != "Reply-To"]
    assert words(shown(written, "Subject")) == words(subject)
    assert [one.addr_spec for one in message["From"].addresses] == [DRAFT.sender]
    assert words(shown(written, "From")) == [*words(name), f"<{DRAFT.sender}>"]
    assert [one.addr_spec for one in message["To"].addresses] == to
    bodies = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    assert [one.splitlines() for one in bodies] == [
        one.splitlines() or [""] for one in ([text, html] if html else [text])
    ]
    assert [one.get_content() for one in message.iter_attachments()] == [content]


def shown(content: bytes, field: str) -> str:
    """A field as a mail program shows it: decoded, without the quotes around a name (RFC 2047 section 6.2)."""
    raw = str(email.message_from_bytes(content)[field])
    text = str(make_header(decode_header(raw)))
    quoted = re.match(r'"((?:[^"\\]|\\.)*)" ', raw)
    return text.replace(quoted[0], re.sub(r"\\(.)", r"\1", quoted[1]) + " ") if quoted and field == "From" else text


def words(text: str) -> list[str]:
    """A text of the header without its control characters, however the blanks between its words stand."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", text).split()


@pytest.mark.parametrize(
    "text",
    [
        "Invoice\r\nBcc: thief@example.org",
        "Invoice\nBcc: thief@example.org",
        "Invoice\rBcc: thief@example.org",
        "Invoice\x0b\x0c\x1c\x85\u2028\u2029Bcc: thief@example.org",
        "=?utf-8?q?Invoice=0D=0ABcc:_thief@example.org?=",  # a reader that decodes it finds a line end
        "Invoice\r\n\r\n<script>",
        "Invoice\x00\x07\x1b[31m\x7f",
        'Seller" <thief@example.org>, "x',
        "\\",
        "Seller <thief@example.org>,",
        "x" * 3000,
        "Müller, Söhne & Co. KG (vormals: Meier; Schulze) " * 4,
    ],
)
def test_no_text_adds_a_field_or_an_address(text: str) -> None:
    written = compose(replace(DRAFT, subject=text, sender_name=text))
    message = read(written)
    assert message.keys() == FIELDS
    assert b"\r\nBcc:" not in written
    assert not re.search(rb"[^ -~]", written.partition(b"\r\n\r\n")[0].replace(b"\r\n", b""))
    assert message["Bcc"] is None
    assert [one.addr_spec for one in message["From"].addresses] == [DRAFT.sender]
    assert words(shown(written, "Subject")) == words(text)
    assert words(shown(written, "From")) == [*words(text), f"<{DRAFT.sender}>"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"to": ()}, "somebody"),
        ({"to": ("a@b.example\r\nBcc: x@y.example",)}, "not a mail address"),
        ({"to": ("a b@c.example",)}, "not a mail address"),
        ({"to": ("<a@c.example>",)}, "not a mail address"),
        ({"to": ("a@käu fer.example",)}, "domain"),
        ({"sender": "grüße@c.example"}, "ASCII"),
        ({"sender": ""}, "not a mail address"),
        ({"reply_to": "nobody"}, "nobody"),
        ({"key": "a>b"}, "Message-ID"),
        ({"language": "de\r\nX: y"}, "language"),
        ({"date": datetime.datetime(2026, 11, 20)}, "UTC"),  # noqa: DTZ001 - that is what is wrong
        ({"attachments": (Attachment("a b.pdf", "application/pdf", b""),)}, "a b"),
        ({"attachments": (Attachment("../a.pdf", "application/pdf", b""),)}, "called"),
        ({"attachments": (Attachment("a.pdf", "application/pdf\r\nX: y", b""),)}, "media type"),
    ],
)
def test_what_cannot_be_written_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        compose(replace(DRAFT, **change))  # type: ignore[arg-type]  # a row of the table


def test_a_recipient_beyond_ascii_makes_the_header_utf_8_and_nothing_else() -> None:
    written = compose(replace(DRAFT, to=("grüße@käufer.example",)))
    assert "\r\nTo: grüße@xn--kufer-gra.example\r\n".encode() in written
    assert b"Subject: =?utf-8?" in written


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("Rechnung 2026/7", "Rechnung-2026-7.pdf"),
        ("../../etc/passwd", "etc-passwd.pdf"),
        ("Größe №1", "Gr-e-1.pdf"),
        ("счёт", "document.pdf"),
        ("x" * 80, "x" * 56 + ".pdf"),
    ],
)
def test_names_of_files_are_plain(stem: str, name: str) -> None:
    assert attachment_name(stem, "pdf") == name
    compose(replace(DRAFT, attachments=(Attachment(name, "application/pdf", b"x"),)))


def test_addresses_are_read_once_each_and_written_for_the_wire() -> None:
    assert split_addresses(" a@x.example ,, b@y.example,a@x.example") == ("a@x.example", "b@y.example")
    assert on_the_wire("Accounts.Payable+inv@Buyer.example") == "Accounts.Payable+inv@Buyer.example"
    assert on_the_wire("a@straße.example") == "a@xn--strae-oqa.example"  # IDNA 2008; the older one says strasse
    assert on_the_wire("a@Käufer.example") == "a@xn--kufer-gra.example"


@pytest.mark.parametrize(
    "address",
    ["", "a", "@x", "a@", "a@@x", "a@x..y", "a@.x", ".a@x", "a..b@x", "a@x-.y\n", "a\u2028b@x", "a@" + "x" * 64],
)
def test_what_is_no_address_is_named(address: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(address))):
        on_the_wire(address)


def draft_of(attachment: int) -> Draft:
    return replace(DRAFT, attachments=(Attachment("a.pdf", "application/pdf", b"x" * attachment),))


def test_base64_lines_have_76_characters() -> None:
    for size in (0, 1, 56, 57, 58, 114):
        [file] = read(compose(draft_of(size))).iter_attachments()
        assert file.get_content() == b"x" * size
