"""The page a person reads: an invoice becomes a PDF that is archivable (PDF/A-3b) and accessible (PDF/UA-1).

options:
    language   of the reader, `de` or `de-AT`; see formats/pdf/view.py
    address    lines of the postal address where the letter goes elsewhere than to the buyer's address (BG-8)
    original   `sdi` where this is a copy of an invoice in the Italian exchange system
    window     id of the envelope's window (`windows.csv`) for a page that goes by post
    attach     files inside the PDF: name -> bytes, such as the invoice as XML
    level      `archive` (default) PDF/A-3b and PDF/UA-1; `sealed` PDF/A-3b alone, for a page that will carry a
               signature field; `print` PDF 1.4, for old print houses, which takes no attachments
    most_lines above so many lines (default 2,000) the page shows the sums, and the lines are a CSV file inside
"""

import csv
import datetime
import io
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

import msgspec

from formats.checking import Finding
from formats.contract import NO_OPTIONS, CannotWrite, NotCarried, Options, Written
from formats.en16931 import Invoice
from formats.en16931.terms import values_of
from formats.pdf import glyphs
from formats.pdf.inert import breakable, several_lines
from formats.pdf.press import File, Job, Layout, LetterMissing, PageTooLarge, printed_pages
from formats.pdf.sheet import Sheet
from formats.pdf.view import sheet_of, wording_of
from formats.pdf.windows import PLAIN, Window, windows
from formats.pdf.wording import Wording

MOST_LINES: Final = 2_000
LINES_FILE: Final = "lines.csv"
_MOST_BYTES: Final = 30_000_000
_LOW: Final = Decimal(30)  # a window that begins higher than this leaves less room for the letterhead
_LEVELS: Final[Mapping[str, tuple[str, ...]]] = {
    "archive": ("a-3b", "ua-1"),
    "sealed": ("a-3b",),
    "print": ("1.4",),
}
_MEDIA_TYPES: Final[Mapping[str, str]] = {
    ".xml": "application/xml",
    ".json": "application/json",
    ".csv": "text/csv",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}
# A date for the file of an invoice that states none: the bytes must not depend on the day of printing.
_UNDATED: Final = datetime.date(2000, 1, 1)


def write(invoice: Invoice, options: Options = NO_OPTIONS) -> Written:
    """The invoice as a page.

    Raises CannotWrite where a letter has no glyph in any font, where the window has no room for the address, and
    where the page would be too long.
    """
    window = _window(options)
    files = dict(_files(options))
    sheet = sheet_of(invoice, options)
    if window is not None:
        _refuse_tall(sheet, window)
    replaced = tuple(_replaced(invoice, sheet))
    if len(sheet.lines) > _most_lines(options):
        if window is not None or options.get("level") == "print":
            raise CannotWrite((_too_many(len(sheet.lines), "a letter carries no file that could list them"),))
        files[LINES_FILE] = lines_as_csv(sheet)
        sheet = _without_lines(sheet, wording_of(invoice, options))
    job = _job(sheet, window or PLAIN, files, options, invoice.issue_date or _UNDATED)
    try:
        return Written(printed_pages(job), replaced)
    except PageTooLarge as error:
        raise CannotWrite((_too_many(len(sheet.lines), str(error)),)) from None
    except LetterMissing as error:
        raise CannotWrite((_without_glyph("", f"Some letters cannot be printed: {error}"),)) from None


def _window(options: Options) -> Window | None:
    wanted = options.get("window")
    if not wanted:
        return None
    if str(wanted) not in windows():
        raise ValueError(f"There is no window `{wanted}`; there are {', '.join(windows())}.")
    return windows()[str(wanted)]


def _most_lines(options: Options) -> int:
    most = options.get("most_lines")
    return most if isinstance(most, int) else MOST_LINES


def _files(options: Options) -> Iterator[tuple[str, bytes]]:
    attached = options.get("attach") or {}
    if not isinstance(attached, Mapping):
        raise TypeError(f"The option `attach` is a {type(attached).__name__}, not a mapping of names to bytes.")
    for name, content in attached.items():
        if not isinstance(content, bytes):
            raise TypeError(f"The attachment `{name}` is a {type(content).__name__}, not bytes.")
        yield str(name), content
    if sum(map(len, attached.values())) > _MOST_BYTES:
        message = f"The files to attach are larger than {_MOST_BYTES:,} bytes in all."
        raise CannotWrite((Finding("GW-PDF-FILES", "BG-24", message, "Send large files apart from the invoice."),))


def _replaced(invoice: Invoice, sheet: Sheet) -> Iterator[NotCarried]:
    """The values that are printed in other letters than their own; CannotWrite where no other letters would do."""
    gone = glyphs.missing(msgspec.json.encode(_with_qr(sheet, "")).decode())
    if not gone:
        return
    hopeless = frozenset(letter for letter in gone if glyphs.substitute(letter) is None)
    findings: list[Finding] = []
    for path, _, value in values_of(invoice):
        text = several_lines(value if isinstance(value, str) else getattr(value, "value", ""))
        lost = sorted(hopeless.intersection(text))
        if lost:
            shown = ", ".join(f"{letter} (U+{ord(letter):04X})" for letter in lost[:8])
            message = f"`{text[:60]}` cannot be printed: the fonts have no {shown}."
            findings.append(_without_glyph(path, message))
        elif gone.intersection(text):
            yield NotCarried(path, text, f"printed as `{glyphs.printed(text)}`: the fonts lack some of its letters")
    if findings:
        raise CannotWrite(tuple(findings))


def _without_glyph(path: str, message: str) -> Finding:
    return Finding("GW-PDF-GLYPH", path, message, "State it in Latin, Greek or Cyrillic letters.")


def _refuse_tall(sheet: Sheet, window: Window) -> None:
    taken = window.lines_of(sheet.address)
    if taken > window.lines:
        message = f"The address takes {taken} lines, the window of the envelope shows {window.lines}."
        fix = "Leave out the trading name, the contact or an address line, or use an envelope with a larger window."
        raise CannotWrite((Finding("GW-PDF-ADDRESS", "BG-7/BG-8", message, fix),))


def _too_many(lines: int, why: str) -> Finding:
    return Finding(
        "GW-PDF-LINES",
        "BG-25",
        f"The invoice has {lines:,} lines, too many for a page: {why}.",
        "Send it in a structured format, by mail with the lines as a file inside the PDF, or as several invoices.",
    )


def lines_as_csv(sheet: Sheet) -> bytes:
    """The lines as a table for a spreadsheet: the words and numbers that the page would show."""
    out = io.StringIO(newline="")
    rows = csv.writer(out, delimiter=";", lineterminator="\r\n")
    columns = sheet.columns
    rows.writerow((columns.position, columns.item, columns.quantity, "", columns.price, columns.vat, columns.net))
    for line in sheet.lines:
        item = "\n".join((line.name, *line.details))
        rows.writerow(
            _unguarded(cell) for cell in (line.position, item, line.quantity, line.unit, line.price, line.vat, line.net)
        )
    return ("\ufeff" + out.getvalue()).encode()


def _unguarded(cell: str) -> str:
    """A cell that a spreadsheet takes for text: one that begins like a formula gets an apostrophe (CWE-1236)."""
    looks_like_number = cell[1:2].isdigit() and cell[0] in "+-"
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@") and not looks_like_number else cell


def _without_lines(sheet: Sheet, words: Wording) -> Sheet:
    count = words.quantity(Decimal(len(sheet.lines)))
    said = words.say("statements", "lines_attached", count=count, file=LINES_FILE)
    return msgspec.structs.replace(sheet, lines=(), notes=(*sheet.notes, said))


def _job(sheet: Sheet, window: Window, files: Mapping[str, bytes], options: Options, date: datetime.date) -> Job:
    attached, contents = [], []
    for name, content in files.items():
        text, binary = _as_text(content)
        relationship = "alternative" if name.endswith(".xml") else "supplement"
        media_type = _MEDIA_TYPES.get(f".{name.rpartition('.')[2].lower()}", "application/octet-stream")
        description = f"{sheet.title} {sheet.number}".strip()
        attached.append(File(name, media_type, description, relationship, binary))
        contents.append(text)
    level = str(options.get("level") or "archive")
    if level not in _LEVELS:
        raise ValueError(f"There is no level `{level}` of a page; there are {', '.join(_LEVELS)}.")
    if level == "print" and attached:
        raise ValueError("A page of level `print` takes no attachments.")
    head_top = 10 if window.top < _LOW else 15
    return Job(_printable(sheet), Layout(window, head_top, tuple(attached)), tuple(contents), _LEVELS[level], date)


def _as_text(content: bytes) -> tuple[str, bool]:
    """The content as the typesetter takes it, and whether that is one character a byte."""
    try:
        return content.decode(), False
    except UnicodeDecodeError:
        return content.decode("latin-1"), True


def _printable(sheet: Sheet) -> Sheet:
    """The sheet with every string in letters that can be printed and words that can be broken."""
    changed = _each_string(msgspec.to_builtins(_with_qr(sheet, "")))
    return _with_qr(msgspec.convert(changed, Sheet), sheet.payment.qr)


def _each_string(value: object) -> object:
    if isinstance(value, str):
        return breakable(glyphs.printed(value))
    if isinstance(value, dict):
        return {name: _each_string(one) for name, one in value.items()}
    return tuple(map(_each_string, value)) if isinstance(value, tuple | list) else value


def _with_qr(sheet: Sheet, qr: str) -> Sheet:
    return msgspec.structs.replace(sheet, payment=msgspec.structs.replace(sheet.payment, qr=qr))
