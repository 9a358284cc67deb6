"""The elements of FatturaPA as a table: names, order, cardinality and simple types, for writer, schema and checks.

Two forms: the ordinary invoice (FPA12 to a public body, FPR12 to anybody else) and the simplified one (FSM10).
`data/elements.csv` has one row an element of a group, in the order in which it must stand; `data/types.csv` one row
a simple type. Source: Specifiche tecniche, Allegato A 1.9.1 (ordinary 1.2.3, simplified 1.0.2).
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

SIGNATURE_NAMESPACE: Final = "http://www.w3.org/2000/09/xmldsig#"
ROOT_TYPE: Final = "FatturaElettronicaType"
VERSION_TYPE: Final = "FormatoTrasmissioneType"
SYSTEM_TYPE: Final = "String10Type"

# The blocks of XML Schema in the letters of Python's `re`, the longer one first.
_BLOCKS: Final = (
    (r"[\p{IsBasicLatin}\p{IsLatin-1Supplement}]", r"[\x00-\xff]"),
    (r"\p{IsBasicLatin}", r"[\x00-\x7f]"),
)


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a group.

    at_most:      None where it may repeat without limit
    alternative:  A or B where the group holds the elements of one alternative or of the other
    type:         the group or simple type it is of
    default:      what an empty element means
    """

    name: str
    at_least: int
    at_most: int | None
    alternative: str
    type: str
    default: str


@dataclass(frozen=True, slots=True)
class SimpleType:
    """What a value may be. Lengths count characters; `pattern` is in the words of XML Schema; no codes: any value."""

    name: str
    base: str
    pattern: str
    min_length: int | None
    max_length: int | None
    low: str
    high: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the invoice: its root element; groups, the names of their elements, and simple types by name."""

    version: str
    root: str
    namespace: str
    groups: Mapping[str, tuple[Element, ...]]
    names: Mapping[str, frozenset[str]]
    types: Mapping[str, SimpleType]

    @property
    def root_tag(self) -> str:
        """The root element as `{namespace}local`."""
        return f"{{{self.namespace}}}{self.root}"


def rows(table: str) -> Iterator[dict[str, str]]:
    """The rows of one of this folder's data files."""
    text = (files("formats.fatturapa") / "data" / table).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@cache
def ordinary() -> Form:
    """FPA12 and FPR12, schema 1.2.3."""
    namespace = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2"
    return _form("1.2.3", "FatturaElettronica", namespace, "ordinary")


@cache
def simplified() -> Form:
    """FSM10, schema 1.0.2."""
    namespace = "http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0"
    return _form("1.0.2", "FatturaElettronicaSemplificata", namespace, "simplified")


def form_of(root_tag: str | None) -> Form | None:
    """The form that a root element `{namespace}local` belongs to, None for any other document."""
    return next((form for form in (ordinary(), simplified()) if form.root_tag == root_tag), None)


def _form(version: str, root: str, namespace: str, form: str) -> Form:
    groups = _groups(form)
    names = {group: frozenset(element.name for element in elements) for group, elements in groups.items()}
    return Form(version, root, namespace, groups, names, _types(form))


def _groups(form: str) -> Mapping[str, tuple[Element, ...]]:
    groups: dict[str, list[Element]] = {}
    for row in rows("elements.csv"):
        if row["form"] in (form, "both"):
            at_most = None if row["max"] == "n" else int(row["max"])
            element = Element(row["element"], int(row["min"]), at_most, row["alternative"], row["type"], row["default"])
            groups.setdefault(row["group"], []).append(element)
    return {name: tuple(elements) for name, elements in groups.items()}


def _types(form: str) -> Mapping[str, SimpleType]:
    return {
        row["type"]: SimpleType(
            name=row["type"],
            base=row["base"],
            pattern=row["pattern"],
            min_length=int(row["min_length"]) if row["min_length"] else None,
            max_length=int(row["max_length"]) if row["max_length"] else None,
            low=row["low"],
            high=row["high"],
            codes=tuple(row["codes"].split()),
        )
        for row in rows("types.csv")
        if row["form"] in (form, "both")
    }


@cache
def pattern_of(type_name: str) -> re.Pattern[str]:
    """The pattern of a text type of the ordinary form, to be matched in full."""
    simple = ordinary().types[type_name]
    if simple.codes:
        return re.compile("|".join(map(re.escape, simple.codes)))
    if not simple.pattern:
        return re.compile(rf"(?s:.{{{simple.min_length or 0},{simple.max_length or ''}}})")
    pattern = simple.pattern
    for block, letters in _BLOCKS:
        pattern = pattern.replace(block, letters)
    if simple.max_length:
        pattern = rf"(?=(?s:.{{{simple.min_length or 0},{simple.max_length}}})\Z)(?:{pattern})"
    return re.compile(pattern)


def fits(value: str, type_name: str) -> bool:
    """Whether a text is a value of this type as it stands. Blanks count as one character each, as in the schema."""
    return pattern_of(type_name).fullmatch(value) is not None


@dataclass(frozen=True, slots=True)
class Room:
    """How much text an element takes: characters at least and at most, and the last letter of its alphabet."""

    least: int
    most: int
    last_letter: str


BASIC_LATIN: Final = "\x7f"
LATIN_1: Final = "\xff"
ANY_LETTER: Final = "\U0010ffff"


@cache
def room_of(type_name: str) -> Room:
    """The room of a text type of the ordinary form."""
    simple = ordinary().types[type_name]
    counted = re.search(r"\{(\d+),(\d+)\}", simple.pattern)
    least, most = (int(counted[1]), int(counted[2])) if counted else (simple.min_length or 0, simple.max_length or 0)
    if "Latin-1Supplement" in simple.pattern:
        return Room(least, most, LATIN_1)
    return Room(least, most, BASIC_LATIN if simple.pattern else ANY_LETTER)
