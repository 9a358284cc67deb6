"""A CSV file as a table: its encoding, its delimiter, its header, and its rows one by one.

A file whose structure cannot be trusted (an undecodable byte, a quote that never closes, a limit) is refused as a
whole, before any invoice in it is accepted.
"""

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from formats.checking import Finding, Severity
from formats.erp.mapping import Source, folded

MAX_BYTES: Final = 100_000_000
MAX_COLUMNS: Final = 1_000
MAX_CELL: Final = 32_000
_HEADER_WITHIN: Final = 20
_SAMPLE_ROWS: Final = 50
_DELIMITERS: Final = (";", ",", "\t", "|")
_UTF8_LETTER: Final = re.compile(rb"\xc3[\x80-\xbf]")
_WESTERN: Final = frozenset({"cp1252", "iso8859-1", "iso8859-15"})
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class TableRefused(Exception):
    """A file that is not read as a table; `findings` say why."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("; ".join(one.message for one in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Row:
    """A row: the line of the file it begins in, counted from 1, and its cells."""

    line: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A file that was found to be a table.

    header:       the names of the columns
    header_line:  the line they stand in; what is above it is a title
    notes:        what was found out about the file, as information
    """

    content: bytes
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    header_line: int
    notes: tuple[Finding, ...] = ()

    def rows(self) -> Iterator[Row]:
        """The rows below the header that are not empty, lazily. Raises TableRefused where the structure breaks."""
        for row in _rows(self.content, self.encoding, self.delimiter):
            if row.line > self.header_line and any(cell and not cell.isspace() for cell in row.cells):
                yield row


def open_table(content: bytes, source: Source, known_headers: Collection[str]) -> CsvTable:
    """The table that a file is. known_headers: folded names of columns, to find the header by. Raises TableRefused."""
    if len(content) > MAX_BYTES:
        raise TableRefused(
            Finding(
                "GW-CSV-LIMIT",
                "",
                f"The file has {len(content):,} bytes; the gateway reads at most {MAX_BYTES:,}.",
                "Split the file.",
            )
        )
    encoding, notes = _encoding_of(content, source.encodings)
    announced = _announced_delimiter(content, encoding)
    candidates = (source.delimiter or announced or "",) if source.delimiter or announced else _DELIMITERS
    best = max(
        (_header_in(content, encoding, one, known_headers) for one in candidates),
        key=lambda found: (found.known, found.same_width, len(found.cells)),
    )
    if not best.cells:
        next(_rows(content, encoding, best.delimiter), None)  # refuses where even the first row cannot be taken apart
        raise TableRefused(Finding("GW-CSV-EMPTY", "", "The file holds no rows.", "Export the file again."))
    header = tuple(cell.strip().strip("\ufeff") for cell in best.cells)
    return CsvTable(content, encoding, best.delimiter, header, best.line, notes)


def _encoding_of(content: bytes, declared: tuple[str, ...]) -> tuple[str, tuple[Finding, ...]]:
    """By byte order mark, else strict UTF-8, else the declared ones; the last resort is told, never silent."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            _decoded(content, encoding)
            return encoding, ()
    if b"\0" in content:
        raise TableRefused(_undecodable("it holds zero bytes, as UTF-16 does without its byte order mark"))
    place = ""
    for encoding in ("utf-8", *declared):
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            place = place or _line_of(content, error.start)
            continue
        if encoding == "utf-8":
            return encoding, ()
        _refuse_a_mixture(content, encoding, place)
        return encoding, (_fallen_back(encoding),)
    raise TableRefused(_undecodable(f"it is neither UTF-8 nor {' nor '.join(declared)}", place))


def _refuse_a_mixture(content: bytes, encoding: str, place: str) -> None:
    """Raises TableRefused where a table that is not UTF-8 throughout is so in parts: read as one, names are spoilt.

    A Western letter as two bytes of UTF-8 would be `Ã` and a sign that no word has behind it.
    place: where the file is no UTF-8.
    """
    letter = _UTF8_LETTER.search(content) if codecs.lookup(encoding).name in _WESTERN else None
    if letter is not None:
        beside = _line_of(content, letter.start())
        raise TableRefused(_undecodable(f"it is UTF-8 in {beside}, but not in {place}", place))


def _decoded(content: bytes, encoding: str) -> None:
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        place = _line_of(content, error.start)
        raise TableRefused(_undecodable(f"byte {error.start:,} is not {encoding}", place)) from None


def _line_of(content: bytes, byte: int) -> str:
    line = content.count(b"\n", 0, byte) + 1
    return f"line {line}"


def _undecodable(why: str, where: str = "") -> Finding:
    return Finding(
        "GW-CSV-ENCODING",
        "",
        f"The letters of the file cannot be read: {why}.",
        "Export the file as UTF-8, or name its encoding in the mapping file.",
        where=where,
    )


def _fallen_back(encoding: str) -> Finding:
    return Finding(
        "GW-CSV-ENCODING",
        "",
        f"The file is not UTF-8; it was read as {encoding}.",
        "Look whether names with accents came out right; better, export the file as UTF-8.",
        Severity.INFORMATION,
    )


def _announced_delimiter(content: bytes, encoding: str) -> str:
    """The delimiter that spreadsheets announce in a first line `sep=;`, "" where there is none."""
    first = content[:40].decode(encoding, errors="ignore").split("\n", 1)[0].strip().lower()
    return first[4:] if first.startswith("sep=") and len(first) == 5 else ""


@dataclass(frozen=True, slots=True)
class _Header:
    """What the file looks like with one delimiter: its likeliest header, and how many rows are as wide as it is."""

    delimiter: str
    cells: list[str]
    line: int
    known: int
    same_width: int


def _header_in(content: bytes, encoding: str, delimiter: str, known: Collection[str]) -> _Header:
    """The row among the first that names most columns, else the first row that holds anything."""
    rows: list[Row] = []
    try:
        for row in _rows(content, encoding, delimiter):
            if any(row.cells) and not (len(row.cells) == 1 and row.cells[0].lower().startswith("sep=")):
                rows.append(row)
            if len(rows) == _SAMPLE_ROWS:
                break
    except TableRefused as refused:
        if any(one.id == "GW-CSV-LIMIT" for one in refused.findings):
            raise
        # Else a wrong delimiter breaks quoted cells; a row that is really broken is refused when the rows are read.
    named = [(sum(folded(cell) in known for cell in row.cells), row) for row in rows[:_HEADER_WITHIN]]
    count, best = max(named, key=lambda one: one[0], default=(0, Row(0, [])))
    same_width = sum(len(row.cells) == len(best.cells) for row in rows) if len(best.cells) > 1 else 0
    return _Header(delimiter, best.cells, best.line, count, same_width)


def _rows(content: bytes, encoding: str, delimiter: str) -> Iterator[Row]:
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > MAX_COLUMNS:
                raise TableRefused(_too_much(line, f"{len(cells):,} cells", f"{MAX_COLUMNS:,} cells a row"))
            yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise TableRefused(
            Finding(
                "GW-CSV-QUOTES",
                "",
                f"The row that begins in line {line} cannot be taken apart into cells: {error}.",
                "Put a cell that holds a quote, a delimiter or a line break in double quotes, and double its quotes.",
                where=f"line {line}",
            )
        ) from None


def _too_much(line: int, found: str, most: str) -> Finding:
    return Finding(
        "GW-CSV-LIMIT",
        "",
        f"The row in line {line} has {found}; the gateway reads at most {most}.",
        "Look at how the file was made.",
        where=f"line {line}",
    )
