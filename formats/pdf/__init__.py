"""The page that a person reads, as PDF/A-3b and PDF/UA-1, and the letter that goes with it.

view       an Invoice as finished strings in the reader's language: a Sheet
writer     the format `pdf`: Sheet -> typst -> PDF
letter     subject, text and HTML of the message that brings the page
wording    labels, numbers and dates of each language
windows    where an address must stand for which envelope
glyphs     which letters the fonts have
press      the typesetter, kept for short pages and apart for long ones
"""

from formats.contract import Format
from formats.pdf.letter import CoveringLetter, covering_letter
from formats.pdf.sheet import Sheet
from formats.pdf.view import sheet_of
from formats.pdf.writer import write

__all__ = ["FORMAT", "CoveringLetter", "Sheet", "covering_letter", "sheet_of"]

FORMAT = Format(
    name="pdf",
    title="PDF page",
    media_type="application/pdf",
    suffix=".pdf",
    recognises=lambda content: content[:1024].lstrip().startswith(b"%PDF-"),
    write=write,
)
