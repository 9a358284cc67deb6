"""Invoices with many lines: bounded in memory, and complete even where the page does not list them."""

import csv
import io

import msgspec
import pytest

from formats.contract import CannotWrite
from formats.en16931 import Invoice, Item
from formats.pdf.press import LONG
from formats.pdf.writer import LINES_FILE, write
from tests.pdf.printing import attached, pages_of, printed, words_of
from tests.samples import sample_invoice


def with_lines(count: int) -> Invoice:
    """The sample invoice with many lines."""
    line = sample_invoice().lines[0]
    lines = (msgspec.structs.replace(line, identifier=str(at), item=Item(name=f"Item {at}")) for at in range(count))
    return msgspec.structs.replace(sample_invoice(), lines=tuple(lines))


def test_every_line_of_a_long_invoice_stands_on_its_pages() -> None:
    said = words_of(printed(with_lines(LONG + 20), {"language": "en"}))
    assert all(f"Item {at} " in said for at in range(LONG + 20))


def test_above_the_limit_the_page_shows_the_sums_and_the_lines_are_a_file_inside() -> None:
    content = printed(with_lines(60), {"most_lines": 50, "language": "en"})
    (said,) = pages_of(content)
    assert "60 lines" in said
    assert LINES_FILE in said
    assert "EUR 100.44" in said
    rows = list(csv.reader(io.StringIO(attached(content)[LINES_FILE].decode("utf-8-sig"), newline=""), delimiter=";"))
    assert len(rows) == 61
    assert rows[0] == ["No.", "Description", "Quantity", "", "Unit price", "VAT", "Amount EUR"]
    assert rows[60] == ["59", "Item 59", "3", "pcs", "19.90", "20%", "59.70"]


def test_ten_thousand_lines_make_a_page_with_a_file() -> None:
    content = printed(with_lines(10_000))
    assert len(pages_of(content)) == 1
    assert attached(content)[LINES_FILE].count(b"\r\n") == 10_001


def test_a_letter_cannot_carry_a_file_so_too_many_lines_are_refused() -> None:
    with pytest.raises(CannotWrite, match="GW-PDF-LINES"):
        write(with_lines(60), {"most_lines": 50, "window": "de-din5008-b"})


def test_a_cell_that_looks_like_a_formula_is_text_in_the_file() -> None:
    line = sample_invoice().lines[0]
    lines = tuple(msgspec.structs.replace(line, item=Item(name=name)) for name in ("=1+1", "@x", "-5 mm", "+a"))
    invoice = msgspec.structs.replace(sample_invoice(), lines=lines)
    text = attached(printed(invoice, {"most_lines": 1}))[LINES_FILE].decode("utf-8-sig")
    names = [row[1] for row in csv.reader(io.StringIO(text, newline=""), delimiter=";")][1:]
    assert names == ["'=1+1", "'@x", "-5 mm", "'+a"]
