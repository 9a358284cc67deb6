"""Pages of our PDFs are counted along their references, whatever stands in their texts."""

import io

import pypdf
import pytest

from formats.contract import Options
from formats.en16931 import Invoice
from formats.pdf.pages import page_count
from formats.pdf.writer import write
from tests.samples import sample_invoice, sample_line

LONG = sample_invoice(lines=tuple(sample_line(str(at)) for at in range(1, 301)))


@pytest.mark.parametrize(
    ("invoice", "options"),
    [
        (sample_invoice(), {}),
        (sample_invoice(), {"window": "de-din5008-b", "level": "print"}),
        # What is attached is no page, whatever it says.
        (sample_invoice(), {"attach": {"lines.txt": b"xref\n0 1\ntrailer /Root 1 0 R startxref 0 %%EOF"}}),
        # The title stands readable in the file.
        (sample_invoice(number="/Type /Pages /Count 99 endobj trailer /Root 1 0 R"), {}),
        (LONG, {}),
    ],
    ids=["one", "for print", "attachment", "title", "long"],
)
def test_another_reader_counts_the_same(invoice: Invoice, options: Options) -> None:
    content = write(invoice, options).content
    assert page_count(content) == len(pypdf.PdfReader(io.BytesIO(content)).pages)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7\n", write(sample_invoice()).content[:-40]])
def test_what_is_no_whole_pdf_has_no_pages_to_count(content: bytes) -> None:
    with pytest.raises(ValueError, match="this PDF"):
        page_count(content)
