"""The page is archivable and accessible, by the word of an independent validator, and the same every time."""

import re

import page
import pytest
from hypothesis import given, settings

from formats.checking import Finding
from formats.contract import CannotWrite
from formats.en16931 import Invoice
from formats.pdf.press import Job, Layout, PageTooLarge, _apart, _press
from formats.pdf.view import sheet_of
from formats.pdf.windows import PLAIN, windows
from formats.pdf.writer import write
from tests.pdf.printing import attached, printed
from tests.samples import sample_credit_note, sample_invoice, sample_italian_invoice
from tests.strategies import LATIN, invoices

XML = '<?xml version="1.0" encoding="UTF-8"?>\n<a>ä €</a>'.encode()


# The validator takes a carriage return that ends the data of a stream for part of the line end behind it.
_MISTAKEN_FOR_A_LINE_END = "PDFA3B-STREAM-LENGTH-001"
_STREAM = re.compile(rb"/Length (\d+)[^>]*?>>\s*stream\r?\n")


def broken_rules(content: bytes, profile: str) -> list[str]:
    """The rules of a profile that a file breaks; a false alarm about a stream's length is settled by counting."""
    failures = page.validate_pdf_bytes(content, profile=profile).failures
    return [str(one) for one in failures if one.rule_id != _MISTAKEN_FOR_A_LINE_END or not lengths_are_right(content)]


def lengths_are_right(content: bytes) -> bool:
    """Whether each stream ends where its /Length says (ISO 32000-1 section 7.3.8.1)."""
    ends = [found.end() + int(found[1]) for found in _STREAM.finditer(content)]
    return bool(ends) and all(re.match(rb"\r?\n?endstream", content[end : end + 12]) for end in ends)


@pytest.mark.parametrize(
    ("invoice", "options"),
    [
        (sample_invoice(), {}),
        (sample_credit_note(), {"language": "de"}),
        (sample_italian_invoice(), {"original": "sdi", "language": "it"}),
        (sample_invoice(), {"attach": {"invoice.xml": XML}}),
        (sample_invoice(), {"attach": {"invoice.xml": XML, "photo.png": bytes(range(256))}}),
        *((sample_invoice(), {"window": name}) for name in windows()),
    ],
)
def test_a_page_is_archivable_and_accessible(invoice: Invoice, options: dict[str, object]) -> None:
    content = printed(invoice, options)
    assert broken_rules(content, "3b") == []
    assert broken_rules(content, "ua1") == []


def test_a_wrong_length_of_a_stream_is_found() -> None:
    content = printed(sample_invoice())
    wrong = re.sub(rb"/Length (\d+)", lambda found: b"/Length %d" % (int(found[1]) - 1), content, count=1)
    assert lengths_are_right(content)
    assert not lengths_are_right(wrong)


@settings(max_examples=15)
@given(invoices(LATIN))
def test_any_invoice_makes_an_archivable_page(invoice: Invoice) -> None:
    content = printed(invoice)
    assert broken_rules(content, "3b") == []
    assert broken_rules(content, "ua1") == []


@settings(max_examples=15)
@given(invoices())
def test_an_invoice_in_any_letters_makes_a_page_or_is_refused_by_name(invoice: Invoice) -> None:
    refused: tuple[Finding, ...] = ()
    content = b""
    try:
        content = printed(invoice)
    except CannotWrite as error:
        refused = error.findings
    assert all((one.id, bool(one.path)) == ("GW-PDF-GLYPH", True) for one in refused)
    assert bool(content) != bool(refused)
    assert refused or broken_rules(content, "3b") == []


def test_a_page_that_will_be_sealed_claims_no_accessibility() -> None:
    """A signature field has no place in the structure that PDF/UA-1 asks for."""
    content = printed(sample_invoice(), {"level": "sealed"})
    assert broken_rules(content, "3b") == []
    assert broken_rules(content, "ua1") != []


def test_a_page_for_an_old_print_house_is_pdf_1_4_and_carries_no_file() -> None:
    assert printed(sample_invoice(), {"level": "print"}).startswith(b"%PDF-1.4")
    with pytest.raises(ValueError, match="no attachments"):
        printed(sample_invoice(), {"level": "print", "attach": {"a.xml": XML}})


def test_what_goes_in_as_a_file_comes_out_unchanged() -> None:
    files = {"invoice.xml": XML, "photo.png": bytes(range(256)) * 40, "empty.txt": b""}
    assert attached(printed(sample_invoice(), {"attach": files})) == files


def test_the_xml_is_marked_as_the_same_invoice_and_other_files_as_additions() -> None:
    content = printed(sample_invoice(), {"attach": {"invoice.xml": XML, "photo.png": bytes(range(256))}})
    assert b"/AFRelationship/Alternative" in content.replace(b" ", b"")
    assert b"/AFRelationship/Supplement" in content.replace(b" ", b"")


def test_the_same_invoice_gives_the_same_bytes() -> None:
    options = {"attach": {"invoice.xml": XML}, "language": "sv"}
    first = printed(sample_invoice(), options)
    printed(sample_credit_note())
    assert printed(sample_invoice(), options) == first


def the_job() -> Job:
    """A page to print by hand."""
    date = sample_invoice().issue_date
    assert date is not None
    return Job(sheet_of(sample_invoice()), Layout(PLAIN, 15), (), ("a-3b", "ua-1"), date)


def test_a_process_of_its_own_gives_the_same_bytes_as_the_kept_typesetter() -> None:
    assert _apart(the_job()) == _press().run(the_job())


def test_a_page_that_needs_too_much_memory_dies_alone() -> None:
    with pytest.raises(PageTooLarge, match="of memory"):
        _apart(the_job(), memory=60_000_000)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"window": "se-middle"}, ValueError),
        ({"level": "a-4"}, ValueError),
        ({"attach": ["invoice.xml"]}, TypeError),
        ({"attach": {"invoice.xml": "<a/>"}}, TypeError),
    ],
)
def test_an_option_that_makes_no_sense_is_our_own_mistake(options: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        write(sample_invoice(), options)


def test_attachments_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formats.pdf.writer._MOST_BYTES", 10)
    with pytest.raises(CannotWrite, match="GW-PDF-FILES"):
        write(sample_invoice(), {"attach": {"invoice.xml": XML}})
