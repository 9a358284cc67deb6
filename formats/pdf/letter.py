"""The message that brings the page: subject, plain text and HTML, in the reader's language.

The sentences come from the Sheet, as the page's do; the templates set them in order and hold no words themselves.
Everything from an invoice is escaped: no markup of a sender's reaches a reader.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import jinja2

from formats.contract import NO_OPTIONS, Options
from formats.en16931 import Invoice
from formats.pdf.sheet import Sheet
from formats.pdf.view import sheet_of, wording_of


@dataclass(frozen=True, slots=True)
class CoveringLetter:
    """A message: its subject (one line), the same words as plain text and as HTML, and their language."""

    subject: str
    text: str
    html: str
    language: str


def covering_letter(invoice: Invoice, files: Sequence[str] = (), options: Options = NO_OPTIONS) -> CoveringLetter:
    """The message for an invoice.

    files:    names of attached data files (XML) that the text shall mention
    options:  as for the page, so that letter and page speak one language
    """
    sheet = sheet_of(invoice, options)
    data = wording_of(invoice, options).say("letter", "xml", files=", ".join(files)) if files else ""
    return letter_of(sheet, data)


def letter_of(sheet: Sheet, data: str = "") -> CoveringLetter:
    """The message for a Sheet. data: a sentence about attached data files, "" for none."""
    values = {"sheet": sheet, "letter": sheet.letter, "due": sheet.sums[-1] if sheet.sums else None, "data": data}
    return CoveringLetter(
        subject=sheet.letter.subject,
        text=_templates().get_template("letter.txt").render(values).strip() + "\n",
        html=_templates().get_template("letter.html").render(values),
        language=sheet.language,
    )


@cache
def _templates() -> jinja2.Environment:
    """HTML is escaped, plain text is not; a name that is missing is an error, not an empty word."""
    return jinja2.Environment(
        loader=jinja2.PackageLoader("formats.pdf", "letters"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
