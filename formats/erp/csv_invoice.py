"""The rows of one invoice become one Reading: values, their places, and what could not be read.

The invoice's own values stand on every row or on the first; where two rows disagree, that is a finding and the
first one stands. A cell that cannot be read refuses its invoice alone, and says what was expected.
"""

from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from formats.checking import Finding, Severity
from formats.contract import Reading
from formats.en16931 import Invoice, Line, Place, Provenance
from formats.erp.conversion import cleaned, looked_up, value_of
from formats.erp.csv_columns import Columns, Filled, Source
from formats.erp.csv_survey import meets
from formats.erp.csv_table import MAX_CELL, Row
from formats.erp.derived import VatReason, derived_invoice, derived_line
from formats.erp.mapping import Constant
from formats.erp.slots import Draft, Kind, Slot, slot_of
from formats.erp.spelling import DateOrder, NotReadable, NumberStyle

MAX_FINDINGS: Final = 200
_ENDPOINTS: Final = frozenset({"BT-34", "BT-49"})
_PLAIN: Final = NumberStyle(group=())

AnyGroup = TypeVar("AnyGroup", bound=msgspec.Struct)


@dataclass(slots=True)
class Notebook:
    """What is noted while an invoice is read: places of values, and findings, of which only so many are kept."""

    columns: Columns
    places: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    dropped: int = 0

    def find(self, finding: Finding) -> None:
        """Keep a finding, or only count it where there are too many."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(finding)
        else:
            self.dropped += 1

    def unreadable(self, slot: Slot, path: str, text: str, place: Place, expected: object) -> None:
        """Note a cell that is not what its column holds."""
        self.find(
            Finding(
                "GW-CSV-VALUE",
                path,
                f"{slot} cannot be read: {place} says `{_shown(text)}`.",
                f"Write {expected}.",
                where=str(place),
            )
        )


def invoice_of(rows: list[Row], columns: Columns, notes: tuple[Finding, ...]) -> Reading:
    """The invoice that these rows are. notes: findings about the file as a whole, told with each of its invoices."""
    book = Notebook(columns)
    book.places[""] = Place(line=rows[0].line)
    sound = [row for row in rows if _is_sound(row, book)]
    header = Draft(Invoice)
    _read_header(header, sound, book)
    lines, reasons = _read_lines(sound, book)
    invoice = msgspec.structs.replace(header.built(), lines=lines)
    invoice = derived_invoice(invoice, reasons, book.places, book.find)
    if book.dropped:
        book.findings.append(Finding("GW-CSV-MANY", "", f"{book.dropped:,} more findings are not listed."))
    return Reading(invoice, Provenance(book.places), (*book.findings, *notes))


def _is_sound(row: Row, book: Notebook) -> bool:
    """Whether a row can be read: as wide as the header, no endless cell, and not refused by the mapping."""
    extra = [cell for cell in row.cells[book.columns.width :] if cell.strip()]
    where = f"line {row.line}"
    if len(row.cells) < book.columns.width or extra:
        book.find(
            Finding(
                "GW-CSV-ROW",
                "",
                f"The row in {where} has {len(row.cells)} cells, the header has {book.columns.width}.",
                "Put texts and numbers that hold the delimiter in double quotes.",
                where=where,
            )
        )
        return False
    for test in book.columns.refused:
        if meets(row, test.indexes, test.condition.texts):
            because = test.condition.because or "the mapping refuses such rows"
            book.find(Finding("GW-CSV-REFUSED", "", f"The row in {where} is not read: {because}.", where=where))
    longest = max(map(len, row.cells))
    if longest > MAX_CELL:
        message = f"A cell in {where} has {longest:,} characters; the gateway reads at most {MAX_CELL:,}."
        book.find(Finding("GW-CSV-LIMIT", "", message, "Send long texts as an attachment.", where=where))
    return longest <= MAX_CELL


def _read_header(draft: Draft[Invoice], rows: list[Row], book: Notebook) -> None:
    """The values of the invoice itself: the first row that states them counts, and no other may differ."""
    for filled in book.columns.header:
        stated: tuple[Row, Source, str] | None = None
        for row in rows:
            for source in filled.sources:
                text = cleaned(row.cells[source.index])
                if not text:
                    continue
                if stated is None:
                    stated = (row, source, text)
                elif source is stated[1] and text != stated[2]:
                    book.find(_differs(filled.slot, stated, row, text))
                break
        if stated:
            _put(draft, filled.slot, stated[1], stated[2], stated[0].line, book)
        else:
            _put_default(draft, filled, rows[0].line if rows else 0, book)
    _put_constants(draft, book.columns.constants, book)


def _differs(slot: Slot, stated: tuple[Row, Source, str], row: Row, text: str) -> Finding:
    first, source, before = stated
    return Finding(
        "GW-CSV-DIFFERS",
        slot.path(),
        f"{slot} is `{_shown(before)}` in line {first.line} and `{_shown(text)}` in line {row.line} of one invoice.",
        "Rows of one invoice state its own values alike; give each invoice a number of its own.",
        where=f"line {row.line}, column {source.header}",
    )


def _read_lines(rows: list[Row], book: Notebook) -> tuple[tuple[Line, ...], dict[VatReason, None]]:
    lines: list[Line] = []
    reasons: dict[VatReason, None] = {}
    cells = [source.index for filled in book.columns.line for source in filled.sources]
    for row in rows:
        if not any(row.cells[index].strip() for index in cells):
            continue
        prefix = f"BG-25[{len(lines) + 1}]"
        book.places[prefix] = Place(line=row.line)
        draft = Draft(Line, f"{prefix}/")
        for filled in book.columns.line:
            if not _put_first(draft, filled, row, book):
                _put_default(draft, filled, row.line, book)
        _put_constants(draft, book.columns.line_constants, book)
        line = derived_line(draft.built(), len(lines) + 1, row.line, book.places, book.find)
        lines.append(line)
        if book.columns.reasons:
            reasons[_reason(line, row, book)] = None
    return tuple(lines), reasons


def _put_first(draft: Draft[AnyGroup], filled: Filled, row: Row, book: Notebook) -> bool:
    for source in filled.sources:
        text = cleaned(row.cells[source.index])
        if text:
            _put(draft, filled.slot, source, text, row.line, book)
            return True
    return False


def _put(draft: Draft[AnyGroup], slot: Slot, source: Source, text: str, line: int, book: Notebook) -> None:
    """Keep what a cell says, with its place; note what it cannot say."""
    place = Place(line=line, column=source.header)
    try:
        value = _value(slot, source, text, book)
    except NotReadable as expected:
        book.unreadable(slot, slot.path(draft.prefix), text, place, expected)
        return
    if value is None:
        return
    scheme = source.column.scheme
    if slot.kind is Kind.IDENTIFIER and slot.term in _ENDPOINTS and slot.part == "value" and not scheme:
        scheme, value = _endpoint(str(value))
    path = draft.put(slot, value)
    if path:
        book.places[path] = place
    if scheme and (part := slot_of(f"{slot.number}-1")):
        draft.put(part, scheme)


def _value(slot: Slot, source: Source, text: str, book: Notebook) -> object | None:
    """The value of a cell; where a code table is used, its entries are written as constants are."""
    if not source.column.table:
        return value_of(slot, text, source.style, source.order)
    found = looked_up(slot, text, book.columns.mapping.tables[source.column.table], source.column.table)
    return value_of(slot, found, _PLAIN, DateOrder.YMD) if found else None


def _endpoint(text: str) -> tuple[str, str]:
    """An electronic address as people write it, `0088:9876543210982` or a mail address, with its scheme apart."""
    scheme, colon, value = text.partition(":")
    if colon and len(scheme) in (2, 4) and scheme.isalnum() and value:
        return scheme.upper(), value
    return ("EM", text) if "@" in text else ("", text)


def _put_default(draft: Draft[AnyGroup], filled: Filled, line: int, book: Notebook) -> None:
    if filled.otherwise is None:
        return
    constant = Constant(filled.slot, filled.otherwise, 0)
    _put_constant(draft, constant, Place(line=line, computed=filled.because), book)


def _put_constants(draft: Draft[AnyGroup], constants: tuple[Constant, ...], book: Notebook) -> None:
    for one in constants:
        place = Place(computed=f"constant of the mapping {book.columns.mapping}, line {one.line}")
        _put_constant(draft, one, place, book)


def _put_constant(draft: Draft[AnyGroup], constant: Constant, place: Place, book: Notebook) -> None:
    try:
        path = draft.put(constant.slot, value_of(constant.slot, constant.text, _PLAIN, DateOrder.YMD))
    except NotReadable as expected:
        book.unreadable(constant.slot, constant.slot.path(draft.prefix), constant.text, place, expected)
        return
    if path:
        book.places[path] = place


def _reason(line: Line, row: Row, book: Notebook) -> VatReason:
    """Why no VAT is charged, as the row says for the VAT category and rate of its line."""
    said = {"BT-120": "", "BT-121": ""}
    for filled in book.columns.reasons:
        for source in filled.sources:
            text = cleaned(row.cells[source.index])
            try:
                value = _value(filled.slot, source, text, book) if text else None
            except NotReadable:
                value = None  # the same cell, looked up in the same table for BT-151, is noted there
            said[filled.slot.term] = said[filled.slot.term] or str(value or "")
    vat = line.vat
    return VatReason(vat.category if vat else None, vat.rate if vat else None, said["BT-120"], said["BT-121"])


def _shown(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def stray_row(row: Row, columns: Columns) -> Reading:
    """A row that belongs to no invoice, because its number is blank."""
    header = next(source.header for slot, source in columns.sources() if slot.number == "BT-1")
    return Reading(
        None,
        findings=(
            Finding(
                "GW-CSV-KEY",
                "BT-1",
                f"The row in line {row.line} states no invoice number in the column {header}.",
                "Write the number on each row; or, where only the first row of an invoice has it, leave its date,"
                " its buyer and all other values of the invoice blank too.",
                where=f"line {row.line}, column {header}",
            ),
        ),
    )


def skipped_note(count: int) -> tuple[Finding, ...]:
    """How many rows the mapping left out."""
    if not count:
        return ()
    message = f"{count:,} rows were left out, as the mapping says."
    return (Finding("GW-CSV-SKIPPED", "", message, severity=Severity.INFORMATION),)
