"""Settings as people write them in YAML: texts, lists and tables, each with its line.

A strict, small part of YAML 1.2: every scalar is text (no yes/no, no 1e3), an anchor, an alias, a tag or a merge
key is refused, a key may stand once, and size and depth have limits. So a file says what it seems to say, and
every complaint about it can name a line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

MAX_LENGTH: Final = 500_000
MAX_DEPTH: Final = 8


class Unwritten(Exception):
    """A text that is not read as settings; `line` is counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message, self.line = message, line


@dataclass(frozen=True, slots=True)
class Text:
    """One value."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Several:
    """A list."""

    members: "tuple[Written, ...]"
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """Keys with what stands behind them, in the order of the file; `lines` says where each key stands."""

    entries: "dict[str, Written]"
    lines: dict[str, int]
    line: int


Written = Text | Several | Table


def read_written(text: str) -> Table:
    """The settings that a text holds. Raises Unwritten."""
    if len(text) > MAX_LENGTH:
        raise Unwritten(f"The file has {len(text):,} characters; at most {MAX_LENGTH:,} are read.", 1)
    events = YAML(typ="safe", pure=True).parse(StringIO(text))
    try:
        found = _documents(events)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise Unwritten(f"This is not YAML: {problem}.", mark.line + 1 if mark else 1) from None
    if not isinstance(found, Table):
        raise Unwritten("A mapping file begins with keys, such as `mapping: my-erp`.", 1)
    return found


def _documents(events: Iterator[Event]) -> Written | None:
    found: Written | None = None
    for event in events:
        if isinstance(event, DocumentStartEvent) and found is not None:
            raise Unwritten("The file holds a second document (---); one file is one mapping.", _line(event))
        if isinstance(event, NodeEvent):
            found = _node(event, events, 1)
    return found


def _node(event: Event, events: Iterator[Event], depth: int) -> Written:
    line = _line(event)
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        raise Unwritten("Anchors (&) and aliases (*) are not read: write the value where it is meant.", line)
    if getattr(event, "ctag", None) is not None or getattr(event, "tag", None):
        raise Unwritten("Tags (!) are not read: every value is text.", line)
    if depth > MAX_DEPTH:
        raise Unwritten(f"More than {MAX_DEPTH} levels stand inside each other.", line)
    if isinstance(event, ScalarEvent):
        return Text(str(event.value), line)
    if isinstance(event, SequenceStartEvent):
        return Several(tuple(_members(events, depth + 1)), line)
    if isinstance(event, MappingStartEvent):
        return _table(events, line, depth + 1)
    raise Unwritten("This is not read.", line)


def _members(events: Iterator[Event], depth: int) -> Iterator[Written]:
    for event in events:
        if isinstance(event, SequenceEndEvent):
            return
        yield _node(event, events, depth)


def _table(events: Iterator[Event], line: int, depth: int) -> Table:
    entries: dict[str, Written] = {}
    lines: dict[str, int] = {}
    for event in events:
        if isinstance(event, MappingEndEvent):
            break
        key = _node(event, events, depth)
        if not isinstance(key, Text):
            raise Unwritten("A key is one text.", key.line)
        if key.text == "<<":
            raise Unwritten("Merge keys (<<) are not read: write the entries where they are meant.", key.line)
        if key.text in entries:
            raise Unwritten(f"`{key.text}` stands here and in line {lines[key.text]}.", key.line)
        entries[key.text], lines[key.text] = _node(next(events), events, depth), key.line
    return Table(entries, lines, line)


def _line(event: Event) -> int:
    return int(event.start_mark.line) + 1
