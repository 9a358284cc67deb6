"""A parcel for mail: a message that a person reads, in the right language, with the page and the data."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from msgspec.structs import replace

from formats.checking import Severity
from formats.en16931 import Contact, Invoice
from gateway.errors import SettingWrong
from gateway.pipeline.house import Packed
from gateway.wiring import normalising
from gateway.wiring.packing.mail import MailPacker
from rules.derived import recipient_from
from rules.recipient import Addresses, Mailboxes, Recipient
from tests.pdf.printing import words_of
from tests.samples import BUYER, SELLER, sample_credit_note, sample_invoice, sample_italian_invoice
from tests.wiring.packets import KEY, PUBLIC_ID, format_named, known, packing, reasons

FROM = "Invoices <invoices@gateway.example>"


def recipient(*to: str, language: str | None = None) -> Recipient:
    made = recipient_from(sample_invoice())
    return replace(made, language=language, addresses=Addresses(mail=Mailboxes(to=to or ("ap@atelier.example",))))


def pack(invoice: Invoice, sender: str = FROM, **how: object) -> Packed:
    packer = MailPacker(format_named, normalising.by_speciality(known().profiles), sender)
    return packer(packing(invoice, "mail", **{"recipient": recipient(), **how}))  # type: ignore[arg-type]  # by name


def message_of(packed: Packed) -> EmailMessage:
    assert packed.parcel is not None, packed.report.fatal
    read = email.message_from_bytes(packed.parcel.content, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def attachments(packed: Packed) -> dict[str, tuple[str, bytes]]:
    """name -> (media type, content)."""
    found = {}
    for part in message_of(packed).iter_attachments():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        found[str(part.get_filename())] = (part.get_content_type(), content)
    return found


def test_the_message_brings_the_page_from_us_to_all_mailboxes() -> None:
    packed = pack(sample_invoice(), recipient=recipient("ap@atelier.example", "chef@atelier.example"))
    message = message_of(packed)
    assert str(message["From"]) == "Invoices <invoices@gateway.example>"
    assert [one.addr_spec for one in message["To"].addresses] == ["ap@atelier.example", "chef@atelier.example"]
    assert str(message["Message-ID"]) == f"<{KEY}@gateway.example>"
    ((name, (media_type, page)),) = attachments(packed).items()
    assert (name, media_type) == ("2026-0042.pdf", "application/pdf")
    assert "2026-0042" in words_of(page)
    assert packed.parcel is not None
    assert (packed.parcel.key, packed.parcel.file_name) == (KEY, f"{PUBLIC_ID}.eml")
    assert packed.parcel.address == {
        "to": "ap@atelier.example, chef@atelier.example",
        "from": "invoices@gateway.example",
    }
    assert [(one.role, one.file_name) for one in packed.extras] == [("page", "2026-0042.pdf")]


@pytest.mark.parametrize(
    ("own", "of_the_sender", "expected"),
    [
        # The recipient's own language wins.
        ("it", {"language": "de"}, "it"),
        # Then the sender's.
        (None, {"language": "de"}, "de"),
        # Then that of the buyer's country.
        (None, {}, "fr"),
    ],
)
def test_message_and_page_speak_the_recipients_language(
    own: str | None, of_the_sender: dict[str, object], expected: str
) -> None:
    packed = pack(sample_invoice(), recipient=recipient(language=own), settings=of_the_sender)
    words = {"it": "Fattura", "de": "Rechnung", "fr": "Facture"}[expected]
    assert str(message_of(packed)["Content-Language"]) == expected
    assert words in str(message_of(packed)["Subject"])
    assert words in words_of(attachments(packed)["2026-0042.pdf"][1])


def test_a_credit_note_is_called_one() -> None:
    assert "Gutschrift" in str(message_of(pack(sample_credit_note(), recipient=recipient(language="de")))["Subject"])


# --- who writes


def test_a_sender_with_an_address_of_its_own_writes_from_it() -> None:
    message = message_of(pack(sample_invoice(), settings={"mail_from": "Nordlicht <faktura@nordlicht.example>"}))
    assert str(message["From"]) == "Nordlicht <faktura@nordlicht.example>"


def test_an_address_without_a_name_goes_under_the_sellers() -> None:
    message = message_of(pack(sample_invoice(), sender="invoices@gateway.example"))
    assert message["From"].addresses[0].display_name == "Nordlicht Werkzeuge GmbH"


@pytest.mark.parametrize(
    ("sender", "settings", "setting"),
    [
        # Nobody says from which address.
        ("", {}, r"channels\.mail\.packing\.from"),
        # Somebody says something that is none.
        (FROM, {"mail_from": "Nordlicht"}, r"senders\.ERP North\.mail_from"),
    ],
)
def test_without_an_address_to_write_from_it_is_said_where_to_set_it(
    sender: str, settings: dict[str, object], setting: str
) -> None:
    with pytest.raises(SettingWrong, match=setting):
        pack(sample_invoice(), sender=sender, settings=settings)


def test_answers_go_to_the_seller() -> None:
    assert str(message_of(pack(sample_invoice()))["Reply-To"]) == "rechnung@nordlicht.example"


def test_a_contact_that_is_no_address_costs_the_answers_and_not_the_mail() -> None:
    """ERP systems hold `see website` in that field; the buyer's mail would be refused for it."""
    odd = sample_invoice(seller=replace(SELLER, contact=Contact(name="Rechnungswesen", email="siehe Webseite")))
    packed = pack(odd)
    assert message_of(packed)["Reply-To"] is None
    (doubt,) = packed.report.findings
    assert (doubt.id, doubt.term, doubt.severity) == ("GW-MAIL-ADDRESS", "BT-43", Severity.WARNING)
    assert "siehe Webseite" in doubt.message


def test_an_address_that_cannot_be_written_to_is_a_finding() -> None:
    """A recipient's data was entered by hand: what cannot stand in an envelope is found before anything is sent."""
    packed = pack(sample_invoice(), recipient=recipient("ap@-atelier.example"))
    assert reasons(packed) == ["GW-MAIL-ADDRESS"]
    first = packed.report.fatal[0]
    assert "ap@-atelier.example" in first.message
    assert "recipient's data" in first.fix


# --- what goes along


@pytest.mark.parametrize(
    ("attach", "invoice", "name", "words"),
    [
        (True, sample_invoice(), "2026-0042.xml", b"urn:fdc:peppol.eu:2017:poacc:billing:3.0"),
        ("ubl", sample_invoice(), "2026-0042.xml", b"Invoice-2"),
        ("fatturapa", sample_italian_invoice(), "2026-0042.xml", b"FatturaElettronica"),
        ("json", sample_invoice(), "2026-0042.json", b'"number"'),
    ],
)
def test_a_data_file_goes_along_where_the_rule_asks_for_one(
    attach: bool | str, invoice: Invoice, name: str, words: bytes
) -> None:
    packed = pack(invoice, options={"attach": attach})
    found = attachments(packed)
    assert list(found) == ["2026-0042.pdf", name]
    assert words in found[name][1]
    body = message_of(packed).get_body(("plain",))
    assert body is not None
    assert name in body.get_content()
    assert [one.role for one in packed.extras] == ["page", "document"]


def test_where_it_cannot_be_written_the_mail_goes_without_and_says_so() -> None:
    packed = pack(sample_invoice(buyer_reference=None), options={"attach": True})
    assert list(attachments(packed)) == ["2026-0042.pdf"]
    said = [(one.id, one.severity) for one in packed.report.findings]
    assert said[:2] == [("GW-MAIL-DATA", Severity.WARNING), ("PEPPOL-EN16931-R003", Severity.WARNING)]
    assert not packed.report.fatal


def test_a_rule_may_send_the_data_alone() -> None:
    packed = pack(sample_invoice(), format_name="ubl")
    assert list(attachments(packed)) == ["2026-0042.xml"]
    assert packed.format == "ubl"
    assert "BR-CL-04" in reasons(pack(sample_invoice(currency="XXY"), format_name="ubl"))


@pytest.mark.parametrize("attach", ["edifact", "csv"])
def test_a_file_that_nobody_writes_holds_the_document(attach: str) -> None:
    with pytest.raises(SettingWrong, match=f"`{attach}` cannot be written"):
        pack(sample_invoice(), options={"attach": attach})


def test_a_misspelt_option_holds_the_document() -> None:
    with pytest.raises(SettingWrong, match="may hold attach"):
        pack(sample_invoice(), options={"atach": True})


# --- after another way


def test_after_sdi_it_is_a_courtesy_copy_and_says_where_the_original_lies() -> None:
    """Art. 1 D.Lgs. 127/2015: what is handed over beside SDI says that it is a copy."""
    invoice = sample_italian_invoice()
    italian = recipient(language="it")
    copy = words_of(attachments(pack(invoice, recipient=italian, tried=("sdi",)))["2026-0042.pdf"][1])
    original = words_of(attachments(pack(invoice, recipient=italian, tried=("peppol",)))["2026-0042.pdf"][1])
    assert "Sistema di Interscambio" in copy
    assert "Sistema di Interscambio" not in original


def test_what_the_page_cannot_print_is_not_sent() -> None:
    packed = pack(sample_invoice(buyer=replace(BUYER, name="深圳 Atelier")))
    assert reasons(packed) == ["GW-PDF-GLYPH"]


def test_a_text_of_an_invoice_adds_no_header_to_the_mail() -> None:
    message = message_of(pack(sample_invoice(number="1\r\nBcc: all@nordlicht.example")))
    assert message["Bcc"] is None
