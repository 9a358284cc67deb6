"""The sections of a mapping file: source, columns, constants, tables and row conditions.

Each reader answers what it could read and notes what it could not; nothing is read by guessing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from formats.checking import Finding
from formats.erp.conversion import value_of
from formats.erp.mapping import CodeTable, Column, Constant, Layout, RowCondition, Source, folded_code
from formats.erp.slots import Kind, Slot, slot_of
from formats.erp.spelling import DateOrder, NotReadable, NumberStyle
from formats.erp.written import Several, Table, Text, Written

_DELIMITERS: Final = {";": ";", ",": ",", "|": "|", "tab": "\t", "\t": "\t", ":": ":"}
_ENCODINGS: Final = ("utf-8", "utf-16", "cp1252", "iso-8859-1", "iso-8859-15", "cp850", "cp1250", "cp437")
_SOURCE_KEYS: Final = ("kind", "encoding", "delimiter", "number", "date", "layout")
_COLUMN_KEYS: Final = ("column", "table", "scheme", "else", "because", "date", "number")
_NUMBER_KEYS: Final = ("decimal", "group", "suffix")
_CONDITION: Final = re.compile(r"row where col\((.+?)\) in \((.*)\)")
_QUOTED: Final = re.compile(r'"([^"]*)"(?:\s*,\s*|$)')
_MOST_CODES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Problems:
    """What is wrong with a mapping file, each with its line."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, line: int, message: str, fix: str = "") -> None:
        """Note a problem."""
        self.findings.append(Finding(code, "", message, fix, where=f"line {line}"))

    def unknown_keys(self, table: Table, known: tuple[str, ...], place: str) -> None:
        """Note every key that has no meaning here, with the nearest one that has."""
        for key, line in table.lines.items():
            if key not in known:
                near = get_close_matches(key, known, 1)
                meant = f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(known)}."
                self.add("GW-MAPPING-KEY", line, f"`{key}` has no meaning in {place}.", meant)

    def text(self, value: Written | None, place: str) -> str | None:
        """The one text that must stand here, None where there is nothing or something else."""
        if value is None or isinstance(value, Text):
            return value.text if value else None
        self.add("GW-MAPPING-VALUE", value.line, f"{place} is one text.")
        return None

    def texts(self, value: Written | None, place: str) -> tuple[str, ...]:
        """One text or a list of them."""
        if isinstance(value, Several):
            return tuple(text for one in value.members if (text := self.text(one, place)) is not None)
        text = self.text(value, place)
        return () if text is None else (text,)

    def choice(self, value: Written | None, known: tuple[str, ...], place: str) -> str | None:
        """One of a few words."""
        text = self.text(value, place)
        if value is None or text is None or text in known:
            return text
        self.add("GW-MAPPING-VALUE", value.line, f"{place} cannot be `{text}`.", f"Write one of: {', '.join(known)}.")
        return None

    def slot(self, written: str, line: int) -> Slot | None:
        """The term that is meant by `BT-131`; one that no table can hold is a problem too."""
        slot = slot_of(written)
        if slot is not None and slot.kind is not Kind.FILE:
            return slot
        self.add(
            "GW-MAPPING-TERM",
            line,
            f"`{written}` is no term of EN 16931 that a column can fill.",
            "Write a term's number such as BT-131, or with the position of its group: BG-17[2]/BT-84.",
        )
        return None


def read_source(table: Table, problems: Problems) -> Source:
    """The section `source`: how the file is written."""
    problems.unknown_keys(table, _SOURCE_KEYS, "`source`")
    entries = table.entries
    problems.choice(entries.get("kind"), ("csv",), "`kind`")
    delimiter = problems.choice(entries.get("delimiter"), tuple(_DELIMITERS), "`delimiter`")
    layout = problems.choice(entries.get("layout"), tuple(one.value for one in Layout), "`layout`")
    encodings = problems.texts(entries.get("encoding"), "`encoding`")
    for one in encodings:
        if one.lower() not in _ENCODINGS:
            problems.add(
                "GW-MAPPING-VALUE",
                entries["encoding"].line,
                f"`encoding` cannot be `{one}`.",
                f"Write one or more of: {', '.join(_ENCODINGS)}.",
            )
    return Source(
        encodings=tuple(one.lower() for one in encodings) or Source().encodings,
        delimiter=_DELIMITERS[delimiter] if delimiter else None,
        number=_number(entries.get("number"), problems),
        date=_order(entries.get("date"), problems),
        layout=Layout(layout) if layout else None,
    )


def _number(value: Written | None, problems: Problems) -> NumberStyle | None:
    """`number: {decimal: ",", group: ["."], suffix: [kr]}`."""
    if value is None:
        return None
    if not isinstance(value, Table):
        problems.add("GW-MAPPING-VALUE", value.line, "`number` is a table.", 'Write number: {decimal: ","}.')
        return None
    problems.unknown_keys(value, _NUMBER_KEYS, "`number`")
    decimal = problems.choice(value.entries.get("decimal"), (",", "."), "`decimal`")
    if decimal is None:
        problems.add("GW-MAPPING-VALUE", value.line, "`number` needs its decimal mark.", 'Write decimal: ",".')
        return None
    suffixes = problems.texts(value.entries.get("suffix"), "`suffix`")
    style = NumberStyle.of(decimal, suffixes)
    groups = problems.texts(value.entries.get("group"), "`group`")
    if decimal in groups:
        problems.add("GW-MAPPING-VALUE", value.line, f"`{decimal}` cannot part thousands and be the decimal mark.")
    return NumberStyle(decimal, groups, suffixes) if groups else style


def _order(value: Written | None, problems: Problems) -> DateOrder | None:
    text = problems.choice(value, tuple(DateOrder), "`date`")
    return DateOrder(text) if text else None


def read_columns(table: Table, problems: Problems) -> Iterator[Column]:
    """The section `columns`: term: column. A list holds what is tried in turn."""
    for written, value in table.entries.items():
        slot = problems.slot(written, table.lines[written])
        if slot is None:
            continue
        members = value.members if isinstance(value, Several) else (value,)
        plain = (problems.text(one, f"The column of {written}") for one in members if not isinstance(one, Table))
        headers = tuple(text for text in plain if text)
        if headers:
            yield Column(slot, headers, table.lines[written])
        for one in members:
            if isinstance(one, Table):
                yield from _column(slot, one, table.lines[written], problems)


def _column(slot: Slot, table: Table, line: int, problems: Problems) -> Iterator[Column]:
    problems.unknown_keys(table, _COLUMN_KEYS, f"the column of {slot.number}")
    entries = table.entries
    headers = problems.texts(entries.get("column"), "`column`")
    otherwise = problems.text(entries.get("else"), "`else`")
    because = problems.text(entries.get("because"), "`because`") or ""
    if not headers and otherwise is None:
        problems.add("GW-MAPPING-VALUE", table.line, f"{slot.number} names no column.", "Write column: Name.")
        return
    if otherwise is not None and not because:
        problems.add(
            "GW-MAPPING-VALUE",
            table.line,
            f"{slot.number} has `else` without `because`.",
            "Say why a blank means that.",
        )
    yield Column(
        slot,
        headers,
        line,
        table=problems.text(entries.get("table"), "`table`") or "",
        scheme=problems.text(entries.get("scheme"), "`scheme`") or "",
        otherwise=otherwise,
        because=because,
        date=_order(entries.get("date"), problems),
        number=_number(entries.get("number"), problems),
    )


def read_constants(table: Table, problems: Problems) -> Iterator[Constant]:
    """The section `constants`: term: value, numbers with a decimal point and dates as 2026-12-31."""
    for written, value in table.entries.items():
        line = table.lines[written]
        slot, text = problems.slot(written, line), problems.text(value, f"The constant {written}")
        if slot is None or text is None:
            continue
        try:
            value_of(slot, text.strip(), NumberStyle(group=()), DateOrder.YMD)
        except NotReadable as expected:
            problems.add("GW-MAPPING-VALUE", line, f"{slot} cannot be `{text}`.", f"Write {expected}.")
            continue
        yield Constant(slot, text.strip(), line)


def read_tables(table: Table, problems: Problems) -> dict[str, CodeTable]:
    """The section `tables`: name: {code: value} or name: {code: {term: value}}."""
    found: dict[str, CodeTable] = {}
    for name, value in table.entries.items():
        if not isinstance(value, Table) or len(value.entries) > _MOST_CODES:
            line = table.lines[name]
            problems.add("GW-MAPPING-VALUE", line, f"The table `{name}` is a list of at most {_MOST_CODES:,} codes.")
            continue
        rows: dict[str, str | dict[str, str]] = {}
        for code, row in value.entries.items():
            if folded_code(code) in rows:
                problems.add("GW-MAPPING-VALUE", value.lines[code], f"`{code}` stands twice in the table `{name}`.")
            rows[folded_code(code)] = _row(row, problems)
        found[name] = rows
    return found


def _row(row: Written, problems: Problems) -> str | dict[str, str]:
    if not isinstance(row, Table):
        return problems.text(row, "What a code means") or ""
    for written, line in row.lines.items():
        problems.slot(written, line)
    return {written: problems.text(value, written) or "" for written, value in row.entries.items()}


def read_conditions(value: Written | None, problems: Problems, place: str) -> Iterator[RowCondition]:
    """A list of `row where col("Status") in ("draft", "void")`, alone or as {when: ..., because: ...}."""
    if value is None:
        return
    for one in value.members if isinstance(value, Several) else (value,):
        if isinstance(one, Table):
            problems.unknown_keys(one, ("when", "because"), place)
            text = problems.text(one.entries.get("when"), "`when`")
            because = problems.text(one.entries.get("because"), "`because`") or ""
        else:
            text, because = problems.text(one, place), ""
        matched = _CONDITION.fullmatch(text.strip()) if text else None
        if matched is None:
            problems.add(
                "GW-MAPPING-VALUE",
                one.line,
                f"{place} holds conditions on a row.",
                'Write row where col("Status") in ("draft", "void").',
            )
            continue
        headers, texts = (tuple(_QUOTED.findall(part.strip())) for part in matched.groups())
        yield RowCondition(headers, frozenset(folded_code(text) for text in texts), because)
