"""The first pass over a table: what can only be known from all its rows.

Where each invoice ends, whether its values stand on every row or on the first alone, and which decimal mark and
date order the columns show. Whatever stays open is asked, never guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from formats.checking import Finding
from formats.erp.conversion import cleaned
from formats.erp.csv_columns import Columns, date_columns, number_columns
from formats.erp.csv_table import CsvTable, Row, TableRefused
from formats.erp.mapping import Layout, folded
from formats.erp.spelling import DateOrder, Marks, NumberStyle, Orders

MAX_INVOICES: Final = 20_000
MAX_LINES: Final = 100_000
_REMEMBERED: Final = 5_000
_TRAILERS: Final = frozenset(
    folded(word)
    for word in (
        *("Total", "Totals", "Grand total", "Sum", "Sum total", "Summe", "Gesamt", "Gesamtsumme", "Totale", "Totaal"),
        *("Totalt", "Summa", "Yhteensä", "Suma", "Total general", "Antal rader", "End", "Ende", "Fine", "Slut"),
    )
)

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """What the first pass found.

    last_line:  for each invoice the line in which its last row begins
    layout:     how the rows of an invoice hang together
    columns:    the columns with their number style and date order
    skipped:    how many rows belong to no invoice, as the mapping says
    """

    last_line: dict[Key, int]
    layout: Layout
    columns: Columns
    skipped: int


@dataclass(slots=True)
class _Evidence:
    """What the columns show. seen: of each column the texts that were heard, with the line where each came first."""

    marks: dict[int, Marks]
    orders: dict[int, Orders]
    seen: dict[int, dict[str, int]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Listen to the numbers and dates of a row."""
        for index, marks in self.marks.items():
            if text := self._news(row, index):
                marks.add(text)
        for index, orders in self.orders.items():
            if text := self._news(row, index):
                orders.add(text)

    def _news(self, row: Row, index: int) -> str:
        """The text of a cell, "" where it is blank or was heard already and so says nothing new."""
        text = cleaned(row.cells[index]) if index < len(row.cells) else ""
        seen = self.seen.setdefault(index, {})
        if text in seen:
            return ""
        if len(seen) < _REMEMBERED:
            seen[text] = row.line
        return text

    def place(self, index: int, name: str, *texts: str) -> str:
        """The cell to look at: the last of those that said one of these texts first; the column where it is unknown."""
        lines = [self.seen.get(index, {}).get(text, 0) for text in texts]
        return f"line {max(lines)}, column {name}" if all(lines) else f"column {name}"


@dataclass(slots=True)
class Keys:
    """Tells each row's invoice: its number, and the seller where a column states it (blank means as above)."""

    columns: Columns
    full: dict[str, Key] = field(default_factory=dict)

    def of(self, row: Row) -> Key:
        """The invoice of a row, () where its number is blank."""
        number, *seller = (cleaned(row.cells[one]) if one < len(row.cells) else "" for one in self.columns.key)
        if not number or (number.isalpha() and folded(number) in _TRAILERS):
            return ()
        if not any(seller) and number in self.full:
            return self.full[number]
        self.full[number] = (number, *seller)
        return self.full[number]


def is_trailer(row: Row) -> bool:
    """Whether a row without an invoice number is a total at the end of the file."""
    return folded(next(cell for cell in row.cells if cell.strip())) in _TRAILERS


def is_skipped(row: Row, columns: Columns) -> bool:
    """Whether the mapping says that this row belongs to no invoice."""
    return any(meets(row, test.indexes, test.condition.texts) for test in columns.skipped)


def meets(row: Row, indexes: tuple[int, ...], texts: frozenset[str]) -> bool:
    """Whether one of these cells says one of these texts."""
    return any(" ".join(row.cells[index].split()).casefold() in texts for index in indexes if index < len(row.cells))


def survey(table: CsvTable, columns: Columns) -> Survey:
    """Read the table once. Raises TableRefused where something about the file as a whole stays open."""
    evidence = _Evidence(
        {index: Marks() for index in number_columns(columns)}, {index: Orders() for index in date_columns(columns)}
    )
    last: dict[Key, int] = {}
    lines: dict[Key, int] = {}
    skipped = 0
    current: Key = ()
    keys = Keys(columns)
    blank_keys = _BlankKeys(tuple(source.index for one in columns.header for source in one.sources))
    for row in table.rows():
        if is_skipped(row, columns):
            skipped += 1
            continue
        key = keys.of(row)
        if not key and is_trailer(row):
            continue
        evidence.add(row)
        current = key or blank_keys.continued(row, current)
        if current:
            last[current] = row.line
            lines[current] = lines.get(current, 0) + 1
            _refuse_too_many(last, lines[current], row)
    if not last:
        raise TableRefused(Finding("GW-CSV-EMPTY", "", "No row holds an invoice number.", "Export the file again."))
    return Survey(
        last,
        columns.mapping.source.layout or (Layout.FIRST_ROW if blank_keys.all_continue else Layout.REPEATED_HEADER),
        columns.written(_styles(evidence, columns), _orders(evidence, columns)),
        skipped,
    )


@dataclass(slots=True)
class _BlankKeys:
    """Rows without an invoice number: they continue the row above if they say nothing of the invoice at all."""

    header_indexes: tuple[int, ...]
    count: int = 0
    continuing: int = 0

    def continued(self, row: Row, current: Key) -> Key:
        """The invoice that such a row belongs to if the layout is `first_row`."""
        self.count += 1
        bare = not any(row.cells[index].strip() for index in self.header_indexes if index < len(row.cells))
        self.continuing += bool(bare and current)
        return current

    @property
    def all_continue(self) -> bool:
        """Whether the file shows the layout `first_row`."""
        return self.count > 0 and self.continuing == self.count


def _refuse_too_many(last: dict[Key, int], lines: int, row: Row) -> None:
    for count, most, what in ((len(last), MAX_INVOICES, "invoices"), (lines, MAX_LINES, "lines in one invoice")):
        if count > most:
            raise TableRefused(
                Finding(
                    "GW-CSV-LIMIT",
                    "",
                    f"The file has more than {most:,} {what}.",
                    "Split the file.",
                    where=f"line {row.line}",
                )
            )


def _styles(evidence: _Evidence, columns: Columns) -> dict[int, NumberStyle]:
    """The number style of each column: what it proves itself, else what all other columns agree on."""
    names = number_columns(columns)
    findings = list(_contradictions(evidence, names))
    agreed = {mark for marks in evidence.marks.values() for mark in marks.proofs}
    styles: dict[int, NumberStyle] = {}
    for index, marks in evidence.marks.items():
        if len(marks.proofs) == 1:
            styles[index] = NumberStyle.of(next(iter(marks.proofs)))
        elif len(agreed) == 1:
            styles[index] = NumberStyle.of(next(iter(agreed)))
        elif marks.ambiguous:
            findings.append(
                _open_decimal(names[index], marks.ambiguous, evidence.place(index, names[index], marks.ambiguous))
            )
    if findings:
        raise TableRefused(*findings)
    return styles


def _contradictions(evidence: _Evidence, names: dict[int, str]) -> Iterator[Finding]:
    for index, marks in evidence.marks.items():
        if len(marks.proofs) > 1:
            shown = " and ".join(f"`{example}`" for example in marks.proofs.values())
            yield Finding(
                "GW-CSV-DECIMAL",
                "",
                f"The column {names[index]} writes numbers in two ways, {shown}, so none of them can be trusted.",
                "Export all numbers with one decimal mark.",
                where=evidence.place(index, names[index], *marks.proofs.values()),
            )


def _open_decimal(name: str, example: str, where: str) -> Finding:
    whole, fraction = (part for part in example.replace(",", ".").split(".", 1))
    return Finding(
        "GW-CSV-DECIMAL",
        "",
        f"`{example}` in the column {name} may be {whole}{fraction} or {whole}.{fraction}: no number in the file shows"
        " which mark parts decimals.",
        'Say it in the mapping file: source: {number: {decimal: ","}}; or write amounts with two decimals.',
        where=where,
    )


def _orders(evidence: _Evidence, columns: Columns) -> dict[int, DateOrder]:
    """The date order of each column: what it proves itself, else what all other columns agree on."""
    names = date_columns(columns)
    agreed = {order for orders in evidence.orders.values() for order in orders.proofs}
    found: dict[int, DateOrder] = {}
    for index, orders in evidence.orders.items():
        proofs = set(orders.proofs) or agreed
        if len(proofs) == 1:
            found[index] = next(iter(proofs))
        elif orders.ambiguous or proofs:
            texts = (orders.ambiguous,) if orders.ambiguous else tuple(orders.proofs.values())
            shown = " and ".join(texts)
            raise TableRefused(
                Finding(
                    "GW-CSV-DATE-ORDER",
                    "",
                    f"The column {names[index]} holds {shown}: nothing shows whether the day or the month comes first.",
                    "Say it in the mapping file: source: {date: DMY}; or export dates as 2026-12-31.",
                    where=evidence.place(index, names[index], *texts),
                )
            )
    return found
