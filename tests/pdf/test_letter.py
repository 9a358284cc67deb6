"""The message that brings the page."""

import msgspec
import pytest

from formats.en16931 import Invoice
from formats.pdf import covering_letter
from formats.pdf.wording import languages
from tests.samples import sample_credit_note, sample_invoice

change = msgspec.structs.replace


@pytest.mark.parametrize("language", languages())
def test_text_and_html_say_the_same_in_every_language(language: str) -> None:
    letter = covering_letter(sample_invoice(), ("invoice.xml",), {"language": language})
    assert letter.language == language
    assert f'<html lang="{language}">' in letter.html
    for fact in (
        "2026-0042",
        "Nordlicht Werkzeuge GmbH",
        "invoice.xml",
        "AT61\u00a01904\u00a03002\u00a03457\u00a03201",
    ):
        assert fact in letter.text
        assert fact in letter.html
    assert "2026-0042" in letter.subject
    assert "{" not in letter.subject + letter.text


def test_a_letter_asks_for_the_amount_and_names_the_day() -> None:
    letter = covering_letter(sample_invoice(), options={"language": "en"})
    assert letter.subject == "Invoice 2026-0042 from Nordlicht Werkzeuge GmbH"
    assert "Please pay EUR\u00a0100.44 by 1\u00a0April\u00a02026." in letter.text
    assert "also attached as data" not in letter.text


def test_the_letter_of_a_credit_note_asks_for_nothing() -> None:
    letter = covering_letter(sample_credit_note(), options={"language": "en"})
    assert letter.subject.startswith("Credit note")
    assert "Please pay" not in letter.text
    assert "IBAN" not in letter.text


def test_no_markup_of_a_sender_reaches_the_reader() -> None:
    invoice = sample_invoice()
    assert invoice.seller is not None
    evil = change(invoice, number='1"><script>alert(1)</script>', seller=change(invoice.seller, name="<b>x</b> & Co"))
    letter = covering_letter(evil)
    assert "<script>" not in letter.html
    assert "&lt;b&gt;x&lt;/b&gt; &amp; Co" in letter.html
    assert "<b>x</b> & Co" in letter.text  # plain text is plain


def test_a_subject_is_one_line_whatever_the_invoice_says() -> None:
    invoice = sample_invoice()
    letter = covering_letter(change(invoice, number="1\r\nBcc: all@example.com\x00"))
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject


def test_an_empty_invoice_still_makes_a_letter() -> None:
    assert covering_letter(Invoice()).text
