"""The language of mapping files: YAML text in, a Mapping or findings out, each naming its line.

    mapping: northwind-books                              name
    version: 1
    language: 1                                           of this language
    source: {delimiter: ";", number: {decimal: ","}, date: DMY}
    constants: {BT-5: SEK, BT-27: Northwind Books AB}
    columns:
      BT-1: Fakturanr                                     term: column
      BT-2: [Fakturadatum, Datum]                         the first of these that the file has
      BT-130: {column: Enhet, table: units, else: C62, because: blank means pieces}
      BT-151: {column: Momskod, table: vat}
      BT-152: {column: Momskod, table: vat}
    tables:
      units: {st: C62, tim: HUR}
      vat: {"1": {BT-151: S, BT-152: "25"}}

A mapping is checked whole before it is used: an unknown key or term, a term that is filled twice, a table that is
not there. Whatever the file leaves out of `source` is found out from the table itself.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Final

from formats.checking import Finding
from formats.erp.mapping import Column, Constant, Mapping, folded
from formats.erp.sections import Problems, read_columns, read_conditions, read_constants, read_source, read_tables
from formats.erp.slots import Kind, Slot, all_slots
from formats.erp.written import Several, Table, Text, Unwritten, Written, read_written

LANGUAGE: Final = "1"
_KEYS: Final = (
    *("mapping", "version", "language", "source", "constants", "columns", "tables"),
    *("required", "ignore", "skip", "refuse"),
)


def load_mapping(text: str) -> Mapping | tuple[Finding, ...]:
    """The mapping that a text holds, or what is wrong with it."""
    problems = Problems()
    try:
        table = read_written(text)
    except Unwritten as refused:
        problems.add("GW-MAPPING-YAML", refused.line, refused.message, "Correct this line of the mapping file.")
        return tuple(problems.findings)
    mapping = _read(table, problems, hashlib.sha256(text.encode()).hexdigest())
    _check_as_a_whole(mapping, problems)
    return tuple(problems.findings) or mapping


@cache
def default_mapping() -> Mapping:
    """The mapping for senders who have none: columns by their usual names in many languages, the rest found out."""
    text = (resources.files("formats.erp") / "data" / "default.yaml").read_text(encoding="utf-8")
    mapping = load_mapping(text)
    if not isinstance(mapping, Mapping):
        raise ValueError(f"The default mapping is broken: {mapping[0].where}: {mapping[0].message}")
    return _with_standard_names(mapping)


def _with_standard_names(mapping: Mapping) -> Mapping:
    """Every term of the model can also be called by its number or by its name in EN 16931, after all other names."""
    named = {folded(header) for column in mapping.columns for header in column.headers}
    constant = {one.slot for one in mapping.constants}
    more = (
        Column(slot, tuple(name for name in (slot.number, slot.name) if folded(name) not in named), 0)
        for slot in all_slots()
        if slot.kind is not Kind.FILE and slot not in constant
    )
    return replace(mapping, columns=(*mapping.columns, *(column for column in more if column.headers)))


def _read(table: Table, problems: Problems, digest: str) -> Mapping:
    problems.unknown_keys(table, _KEYS, "a mapping file")
    entries = table.entries
    problems.choice(entries.get("language"), (LANGUAGE,), "`language`")
    required = entries.get("required")
    return Mapping(
        name=problems.text(entries.get("mapping"), "`mapping`") or "",
        version=_version(entries.get("version"), problems),
        digest=digest,
        source=read_source(_section(entries, "source", problems), problems),
        columns=tuple(read_columns(_section(entries, "columns", problems), problems)),
        constants=tuple(read_constants(_section(entries, "constants", problems), problems)),
        tables=read_tables(_section(entries, "tables", problems), problems),
        required=None if required is None else tuple(_required(required, problems)),
        ignored=problems.texts(entries.get("ignore"), "`ignore`"),
        skipped=tuple(read_conditions(entries.get("skip"), problems, "`skip`")),
        refused=tuple(read_conditions(entries.get("refuse"), problems, "`refuse`")),
    )


def _section(entries: dict[str, Written], name: str, problems: Problems) -> Table:
    value = entries.get(name)
    if value is None or isinstance(value, Table):
        return value or Table({}, {}, 1)
    problems.add("GW-MAPPING-VALUE", value.line, f"`{name}` is a table of keys and values.")
    return Table({}, {}, value.line)


def _version(value: Written | None, problems: Problems) -> int:
    text = problems.text(value, "`version`") or ""
    if text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    problems.add("GW-MAPPING-VALUE", value.line if value else 1, "`version` is a whole number.", "Write version: 1.")
    return 0


def _required(value: Written, problems: Problems) -> Iterator[tuple[Slot, ...]]:
    """`[BT-1, [BT-131, BT-146]]`: BT-1, and at least one of the other two."""
    for one in value.members if isinstance(value, Several) else (value,):
        written = one.members if isinstance(one, Several) else (one,)
        slots = (problems.slot(term.text, term.line) for term in written if isinstance(term, Text))
        yield tuple(slot for slot in slots if slot)


def _check_as_a_whole(mapping: Mapping, problems: Problems) -> None:
    """What no single line shows: a name, the key of the invoices, tables that are there, terms filled once."""
    if not mapping.name:
        problems.add("GW-MAPPING-VALUE", 1, "The mapping has no name.", "Begin with mapping: and a name.")
    if not any(column.slot.number == "BT-1" for column in mapping.columns):
        problems.add("GW-MAPPING-TERM", 1, "No column fills BT-1, the invoice number.", "Add it to `columns`.")
    for column in mapping.columns:
        if column.table and column.table not in mapping.tables:
            problems.add(
                "GW-MAPPING-VALUE",
                column.line,
                f"{column.slot.number} uses the table `{column.table}`, which is not there.",
                f"Add it to `tables`, which holds: {', '.join(mapping.tables) or 'nothing'}.",
            )
    filled: dict[tuple[object, ...], int] = {}
    everything: tuple[Column | Constant, ...] = (*mapping.columns, *mapping.constants)
    for one in everything:
        key = (one.slot.steps, one.slot.part)
        first = filled.setdefault(key, one.line)
        if first != one.line and not (isinstance(one, Column) and _same_entry(mapping, one, first)):
            problems.add("GW-MAPPING-TERM", one.line, f"{one.slot} is filled here and in line {first}.", "Keep one.")


def _same_entry(mapping: Mapping, column: Column, first: int) -> bool:
    """Whether a column is a further choice of the same entry: `BT-2: [Date, {column: Datum, date: DMY}]`."""
    return any(other.line == first and other.slot.number == column.slot.number for other in mapping.columns)
