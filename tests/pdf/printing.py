"""Pages for tests: print, and read back what stands where."""

import io
from dataclasses import dataclass

import pypdf

from formats.contract import Options
from formats.en16931 import Invoice
from formats.pdf.writer import write

POINTS_A_MM = 72 / 25.4
PAGE_HEIGHT = 297


@dataclass(frozen=True)
class Placed:
    """A piece of text: where its base line begins, in millimetres from the upper left corner of the page."""

    text: str
    left: float
    base: float


def printed(invoice: Invoice, options: Options | None = None) -> bytes:
    """The page as bytes."""
    return write(invoice, options or {}).content


def words_of(content: bytes) -> str:
    """All text of a PDF in one line, blanks of every kind made one."""
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return " ".join(text.replace("\u200b", "").split())


def pages_of(content: bytes) -> list[str]:
    """The text of each page."""
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(content)).pages]


def placed_on_first_page(content: bytes) -> list[Placed]:
    """Every piece of text of the first page with its place."""
    found: list[Placed] = []

    def visit(text: str, matrix: list[float], text_matrix: list[float], font: object, size: float) -> None:
        if text.strip():
            x = text_matrix[4] * matrix[0] + matrix[4]
            y = text_matrix[5] * matrix[3] + matrix[5]
            found.append(Placed(text.strip(), x / POINTS_A_MM, PAGE_HEIGHT - y / POINTS_A_MM))

    pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text(visitor_text=visit)
    return found


def attached(content: bytes) -> dict[str, bytes]:
    """The files inside a PDF."""
    return {name: several[0] for name, several in pypdf.PdfReader(io.BytesIO(content)).attachments.items()}
