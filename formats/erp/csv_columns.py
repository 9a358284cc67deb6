"""Which column of the file fills which term: the mapping meets the header.

A term may have several columns: the first cell of them that is not blank counts. A header in a list of usual names
is passed over where a term before it has taken it; a header that is named alone, or read through a code table, may
fill several terms.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Final

from formats.checking import Finding, Severity
from formats.erp.csv_table import TableRefused
from formats.erp.mapping import Column, Constant, Mapping, RowCondition, folded
from formats.erp.slots import Kind, Slot
from formats.erp.spelling import DateOrder, NumberStyle

_SELLER_KEYS: Final = ("BT-31", "BT-30", "BT-27")
_LIKE: Final = 60  # percent of their letters that two names must have in common to be told as near
_REASONS: Final = ("BT-120", "BT-121")


@dataclass(frozen=True, slots=True)
class Source:
    """One column of the file as it fills a term: its position, its name, and how it is written."""

    index: int
    header: str
    column: Column
    style: NumberStyle = field(default_factory=NumberStyle)
    order: DateOrder | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """A term with the columns of the file that fill it.

    otherwise, because:  what it means that all of them are blank, and why; None: nothing
    """

    slot: Slot
    sources: tuple[Source, ...]
    otherwise: str | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class RowTest:
    """A condition on a row with the positions of its columns."""

    indexes: tuple[int, ...]
    condition: RowCondition


@dataclass(frozen=True, slots=True)
class Columns:
    """A mapping that has met a header.

    key:            positions of the columns that tell one invoice from another: its number, then its seller
    header, line:   the terms of the invoice and those of its lines; schemes of identifiers come last
    reasons:        BT-120 and BT-121, which stand in the VAT breakdown but which a row states for its own VAT
    constants, line_constants:  the terms that no column fills
    unused:         the headers that fill nothing and were not meant to
    """

    mapping: Mapping
    width: int
    key: tuple[int, ...]
    header: tuple[Filled, ...]
    line: tuple[Filled, ...]
    reasons: tuple[Filled, ...]
    constants: tuple[Constant, ...]
    line_constants: tuple[Constant, ...]
    skipped: tuple[RowTest, ...]
    refused: tuple[RowTest, ...]
    unused: tuple[str, ...]

    def sources(self) -> Iterator[tuple[Slot, Source]]:
        """Every column in use with its term."""
        for filled in (*self.header, *self.line, *self.reasons):
            for source in filled.sources:
                yield filled.slot, source

    def written(self, styles: dict[int, NumberStyle], orders: dict[int, DateOrder]) -> "Columns":
        """The same columns, each with how it is written, where that had to be found out."""
        return replace(
            self,
            header=tuple(_written(one, styles, orders) for one in self.header),
            line=tuple(_written(one, styles, orders) for one in self.line),
        )


def _written(filled: Filled, styles: dict[int, NumberStyle], orders: dict[int, DateOrder]) -> Filled:
    sources = (
        replace(one, style=styles.get(one.index, one.style), order=orders.get(one.index, one.order))
        for one in filled.sources
    )
    return replace(filled, sources=tuple(sources))


def bind(mapping: Mapping, header: tuple[str, ...], header_line: int) -> Columns:
    """The mapping on this header. Raises TableRefused where a required column is missing."""
    positions: dict[str, int] = {}
    for index, name in enumerate(header):
        positions.setdefault(folded(name), index)
    found = dict(_found(mapping, positions, header))
    _refuse_missing(mapping, found, header, header_line)
    filled = sorted(_filled(mapping, found), key=lambda one: one.slot.part != "value")
    constants = sorted(mapping.constants, key=lambda one: one.slot.part != "value")
    keys = [
        one.sources[0].index
        for name in ("BT-1", *_SELLER_KEYS)
        for one in filled
        if one.slot.number == name and one.sources
    ]
    used = {source.index for one in filled for source in one.sources} | {
        positions[folded(name)]
        for condition in (*mapping.skipped, *mapping.refused)
        for name in condition.headers
        if folded(name) in positions
    }
    meant = {folded(name) for name in mapping.ignored}
    return Columns(
        mapping=mapping,
        width=len(header),
        key=tuple(keys),
        header=tuple(one for one in filled if not one.slot.in_line and one.slot.term not in _REASONS),
        line=tuple(one for one in filled if one.slot.in_line),
        reasons=tuple(one for one in filled if one.slot.term in _REASONS),
        constants=tuple(one for one in constants if not one.slot.in_line),
        line_constants=tuple(one for one in constants if one.slot.in_line),
        skipped=tuple(_tests(mapping.skipped, positions)),
        refused=tuple(_tests(mapping.refused, positions)),
        unused=tuple(
            name for index, name in enumerate(header) if name and index not in used and folded(name) not in meant
        ),
    )


def _found(mapping: Mapping, positions: dict[str, int], header: tuple[str, ...]) -> Iterator[tuple[Column, Source]]:
    """Each column of the mapping that the file has."""
    taken: set[int] = set()
    for column in mapping.columns:
        shared = len(column.headers) == 1 or bool(column.table)
        for name in column.headers:
            index = positions.get(folded(name))
            if index is None or (index in taken and not shared):
                continue
            taken.add(index)
            style = column.number or mapping.source.number or NumberStyle()
            yield column, Source(index, header[index], column, style, column.date or mapping.source.date)
            break


def _filled(mapping: Mapping, found: dict[Column, Source]) -> Iterator[Filled]:
    by_term: dict[str, list[Column]] = {}
    for column in mapping.columns:
        by_term.setdefault(column.slot.number, []).append(column)
    for columns in by_term.values():
        sources = tuple(found[column] for column in columns if column in found)
        default = next((column for column in columns if column.otherwise is not None), None)
        if sources or default:
            yield Filled(
                columns[0].slot, sources, default.otherwise if default else None, default.because if default else ""
            )


def _tests(conditions: tuple[RowCondition, ...], positions: dict[str, int]) -> Iterator[RowTest]:
    for condition in conditions:
        indexes = tuple(positions[folded(name)] for name in condition.headers if folded(name) in positions)
        if indexes:
            yield RowTest(indexes, condition)


def _refuse_missing(mapping: Mapping, found: dict[Column, Source], header: tuple[str, ...], line: int) -> None:
    have = {one.slot.number for one in mapping.constants} | {one.slot.number for one in found}
    have |= (
        {one.slot.number for one in mapping.columns if one.otherwise is not None} if mapping.required is None else set()
    )
    needed = mapping.required or tuple(dict.fromkeys((one.slot,) for one in mapping.columns))
    free = [name for index, name in enumerate(header) if index not in {one.index for one in found.values()}]
    lacking = [slots for slots in needed if not any(slot.number in have for slot in slots)]
    if lacking:
        raise TableRefused(*(_missing(mapping, slots, free, line) for slots in lacking))


def _missing(mapping: Mapping, slots: tuple[Slot, ...], free: list[str], line: int) -> Finding:
    wanted = [name for one in mapping.columns if one.slot in slots for name in one.headers]
    near = _nearest(wanted, free)
    nearest = f" The nearest is `{near}`." if near else f" Not in use: {', '.join(free[:12]) or 'no column at all'}."
    return Finding(
        "GW-CSV-COLUMN",
        slots[0].number,
        f"No column for {' or '.join(map(str, slots))} was found in the header in line {line}.{nearest}",
        f"Name the column `{wanted[0]}`, or say in a mapping file which column it is.",
        where=f"line {line}",
    )


def _nearest(wanted: list[str], free: list[str]) -> str:
    """The header most like one of the names that were looked for, "" where none is."""
    best, found = _LIKE, ""
    for name in free:
        for other in wanted:
            likeness = int(100 * SequenceMatcher(None, folded(name), folded(other)).ratio())
            if likeness > best:
                best, found = likeness, name
    return found


def unused_columns(columns: Columns) -> tuple[Finding, ...]:
    """The columns that fill nothing, told once: what a sender exports may be meant."""
    if not columns.unused:
        return ()
    listed = ", ".join(f"`{name}`" for name in columns.unused[:20]) + (", ..." if len(columns.unused) > 20 else "")
    return (
        Finding(
            "GW-CSV-UNUSED",
            "",
            f"Seen and not used: {listed}.",
            "A mapping file can say which terms they are, or that they are meant to be ignored.",
            Severity.INFORMATION,
        ),
    )


def number_columns(columns: Columns) -> dict[int, str]:
    """The columns whose decimal mark must be found out, with their names."""
    if columns.mapping.source.number:
        return {}
    return {
        source.index: source.header
        for slot, source in columns.sources()
        if slot.kind is Kind.AMOUNT and not source.column.number and not source.column.table
    }


def date_columns(columns: Columns) -> dict[int, str]:
    """The columns whose order of day and month must be found out, with their names."""
    return {
        source.index: source.header
        for slot, source in columns.sources()
        if slot.kind is Kind.DATE and source.order is None and not source.column.table
    }
