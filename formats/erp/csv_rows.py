"""CSV with one row a line: many invoices in one file, each accepted or refused on its own.

Two passes: the first finds out what only all rows together show (where each invoice ends, how numbers and dates are
written), the second hands out one invoice at a time, as soon as its last row has been read. Memory is therefore
that of the invoices whose rows are still open, which is one where the rows of an invoice stand together.

options: `mapping`, a `formats.erp.Mapping`: what the sender says about the file; without it the default mapping.
"""

import csv
import io
from collections.abc import Iterator
from typing import Final

from formats.checking import Finding
from formats.contract import NO_OPTIONS, Format, Options, Reading
from formats.erp.csv_columns import Columns, bind, unused_columns
from formats.erp.csv_invoice import invoice_of, skipped_note, stray_row
from formats.erp.csv_survey import Key, Keys, Survey, is_skipped, is_trailer, survey
from formats.erp.csv_table import CsvTable, Row, TableRefused, open_table
from formats.erp.language import default_mapping
from formats.erp.mapping import Layout, Mapping, folded

_BOOKINGS: Final = frozenset({"EXTF", "DTVF"})
_OTHER_KINDS: Final = (b"<", b"{", b"[", b"%PDF", b"PK\x03\x04", b"\x89PNG", b"UNA", b"UNB", b"\x30\x82", b"\x30\x80")
_SNIFFED: Final = 8_192


def recognises(content: bytes) -> bool:
    """Whether a file looks like a table: text whose first rows have the same three or more cells."""
    head = content[:_SNIFFED].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head or head.startswith(_OTHER_KINDS):
        return False
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "cp1252"
    text = content[:_SNIFFED].decode(encoding, errors="replace")
    if any(sign < " " and sign not in "\t\r\n" for sign in text):
        return False
    return any(_parts_alike(text, delimiter, len(content) > _SNIFFED) for delimiter in ";,\t|")


def _parts_alike(text: str, delimiter: str, is_cut: bool) -> bool:
    """Whether two of the first rows have the same number of cells, three or more."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if any(row)]
    except csv.Error:
        return False
    widths = [len(row) for row in (rows[:-1] if is_cut else rows)][:25]
    return any(width >= 3 and widths.count(width) >= 2 for width in widths) or (len(widths) == 1 and widths[0] >= 5)


def read(content: bytes, options: Options = NO_OPTIONS) -> Iterator[Reading]:
    """One Reading an invoice, in the order in which their rows end; one without invoice for what belongs to none."""
    mapping = options.get("mapping") or default_mapping()
    if not isinstance(mapping, Mapping):
        raise TypeError(f"The option `mapping` is a {type(mapping).__name__}, not a formats.erp.Mapping.")
    try:
        yield from _readings(content, mapping)
    except TableRefused as refused:
        yield Reading(None, findings=refused.findings)


def _readings(content: bytes, mapping: Mapping) -> Iterator[Reading]:
    known = {folded(name) for column in mapping.columns for name in column.headers}
    table = open_table(content, mapping.source, known)
    _refuse_bookings(table)
    columns = bind(mapping, table.header, table.header_line)
    found = survey(table, columns)
    notes = (*table.notes, *unused_columns(columns), *skipped_note(found.skipped))
    yield from _groups(table, found, notes)


def _groups(table: CsvTable, found: Survey, notes: tuple[Finding, ...]) -> Iterator[Reading]:
    """Gather the rows of each invoice and hand it out with its last row."""
    columns: Columns = found.columns
    keys = Keys(columns)
    open_rows: dict[Key, list[Row]] = {}
    current: Key = ()
    for row in table.rows():
        if is_skipped(row, columns):
            continue
        key = keys.of(row)
        if not key and is_trailer(row):
            continue
        current = key or current
        if key or (current and found.layout is Layout.FIRST_ROW):
            open_rows.setdefault(current, []).append(row)
        else:
            yield stray_row(row, columns)
        if current and found.last_line[current] == row.line:
            yield invoice_of(open_rows.pop(current), columns, notes)


def _refuse_bookings(table: CsvTable) -> None:
    """A ledger export (DATEV) has postings, no items and no addresses: no invoice can be made of it."""
    with io.BytesIO(table.content[:200]) as head:
        first = head.readline().decode(table.encoding, errors="ignore").lstrip("\ufeff").split(table.delimiter)[0]
    if first.strip().strip('"') in _BOOKINGS:
        raise TableRefused(
            Finding(
                "GW-CSV-BOOKINGS",
                "",
                "This is an export of ledger postings (DATEV), which holds neither items nor addresses.",
                "Export the invoices themselves, with one row for each line.",
                where="line 1",
            )
        )


FORMAT = Format(
    name="csv",
    title="CSV, one row a line",
    media_type="text/csv",
    suffix=".csv",
    recognises=recognises,
    read=read,
)
