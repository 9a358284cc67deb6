"""Where in the model a business term goes: from `BT-131` in a mapping to the field that holds it.

A mapping names terms by their number: `BT-131`, or with the group's position where a group repeats and more
than the first is meant: `BG-17[2]/BT-84`. The scheme and the scheme version of an identifier have numbers of
their own, as in the published specification: `BT-34-1` is the scheme of `BT-34`.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Generic, TypeVar, get_args, get_type_hints

import msgspec

from formats.en16931 import Attachment, Identifier, Invoice, Line
from formats.en16931.terms import Term, terms_of

LINES = "BG-25"
_STEP = re.compile(r"((?:BT|BG|IT)-[0-9A-Z]+)(?:\[([1-9][0-9]?)\])?")
_PART = re.compile(r"(BT-[0-9]+(?:\[[1-9][0-9]?\])?)-([12])")
_PARTS = {"1": "scheme", "2": "scheme_version"}

# Shapes that several groups share: what the standard puts before the name of their terms.
_WHOSE = {
    "BG-5": "Seller", "BG-6": "Seller", "BG-8": "Buyer", "BG-9": "Buyer", "BG-12": "Tax representative",
    "BG-14": "Invoicing", "BG-15": "Deliver to", "BG-20": "Document level allowance",
    "BG-21": "Document level charge", "BG-26": "Invoice line", "BG-27": "Invoice line allowance",
    "BG-28": "Invoice line charge",
}  # fmt: skip

AnyGroup = TypeVar("AnyGroup", bound=msgspec.Struct)


class Kind(Enum):
    """What a term holds, which says how its text is read."""

    TEXT = str
    AMOUNT = Decimal
    DATE = datetime.date
    TRUTH = bool
    IDENTIFIER = Identifier
    FILE = Attachment


@dataclass(frozen=True, slots=True)
class Step:
    """One step down from a group: the field, its number, and the position wanted where it repeats (0: does not)."""

    field: str
    number: str
    position: int
    group: type[msgspec.Struct] | None


@dataclass(frozen=True, slots=True)
class Slot:
    """A term's place in the invoice, or in a line where `in_line`.

    number:  as the mapping writes it: `BT-131`, `BG-17[2]/BT-84`, `BT-34-1`
    name:    the name in EN 16931-1
    part:    which value of an identifier: `value`, `scheme` or `scheme_version`
    """

    number: str
    name: str
    steps: tuple[Step, ...]
    kind: Kind
    in_line: bool
    part: str = "value"

    @property
    def term(self) -> str:
        """The bare number of the term: `BT-84`."""
        return self.steps[-1].number

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()

    def path(self, prefix: str = "") -> str:
        """Where the value would stand if it were there: `BG-16/BG-17[1]/BT-84`."""
        return prefix + "/".join(f"{one.number}[{one.position}]" if one.position else one.number for one in self.steps)


@cache
def slot_of(written: str) -> Slot | None:
    """The slot that a mapping means by `BT-131`, None where there is no such term or it is a group."""
    part = _PART.fullmatch(written.rpartition("/")[2])
    bare = written.removesuffix(f"-{part[2]}") if part else written
    steps = [_STEP.fullmatch(step) for step in bare.split("/")]
    known = _known().get(steps[-1][1]) if steps[-1] else None
    if known is None or not all(steps):
        return None
    wanted = {step[1]: int(step[2]) for step in steps if step and step[2]}
    if part and known.kind is not Kind.IDENTIFIER:
        return None
    if any(number not in {one.number for one in known.steps if one.position} for number in wanted):
        return None
    if any(step and step[1] not in {one.number for one in known.steps} for step in steps):
        return None
    return Slot(
        written,
        known.name + (f" ({_PARTS[part[2]].replace('_', ' ')})" if part else ""),
        tuple(Step(one.field, one.number, wanted.get(one.number, one.position), one.group) for one in known.steps),
        known.kind,
        known.in_line,
        _PARTS[part[2]] if part else "value",
    )


def all_slots() -> Iterator[Slot]:
    """Every term of the model, in the order of the standard; the first of each repeating group."""
    return iter(_known().values())


@cache
def _known() -> dict[str, Slot]:
    found: dict[str, Slot] = {}
    for in_line, top in ((False, Invoice), (True, Line)):
        for slot in _below(top, (), (), in_line):
            found.setdefault(slot.number, slot)
    return found


def _below(
    group: type[msgspec.Struct], numbers: tuple[tuple[str, str], ...], above: tuple[Step, ...], in_line: bool
) -> Iterator[Slot]:
    hints = get_type_hints(group)
    for term in terms_of(group, numbers):
        if term.number == LINES:
            continue
        steps = (*above, Step(term.field, term.number, int(term.repeats), term.group))
        if term.group is not None:
            yield from _below(term.group, term.numbers, steps, in_line)
        else:
            whose = _WHOSE.get(above[-1].number) if above else None
            name = f"{whose} {_continued(term.name)}" if whose else term.name
            yield Slot(term.number, name, steps, _kind(term, hints[term.field]), in_line)


def _continued(name: str) -> str:
    """A name as it goes on after another word: `Country code` -> `country code`, but `VAT rate`."""
    return name if name[:2].isupper() else name[0].lower() + name[1:]


def _kind(term: Term, hint: object) -> Kind:
    alternatives = {hint, *get_args(hint)}
    for kind in Kind:
        if kind.value in alternatives:
            return kind
    raise TypeError(f"{term.number} holds {hint}, which no column of a table can hold")


@dataclass(slots=True)
class Node:
    """A group, or an identifier, while its values come together: values, groups, and groups that repeat, by field."""

    group: type[msgspec.Struct]
    values: dict[str, object] = field(default_factory=dict)
    groups: dict[str, "Node"] = field(default_factory=dict)
    repeating: dict[str, dict[int, "Node"]] = field(default_factory=dict)

    def fields(self) -> dict[str, object]:
        """What the finished group is made of."""
        return (
            self.values
            | {name: below.group(**below.fields()) for name, below in self.groups.items()}
            | {name: tuple(one.group(**one.fields()) for one in all_.values()) for name, all_ in self.repeating.items()}
        )

    def below(self, step: Step) -> tuple["Node", str]:
        """The group or identifier one step down, made where it is not there yet, and its position as paths write it."""
        if not step.position:
            return self.groups.setdefault(step.field, Node(step.group or Identifier)), ""
        members = self.repeating.setdefault(step.field, {})
        if step.position not in members:
            members[step.position] = Node(step.group or Identifier)
        return members[step.position], f"[{list(members).index(step.position) + 1}]"

    def seen(self, step: Step) -> "Node | None":
        """The group or identifier one step down, None where nothing has been kept there."""
        if not step.position:
            return self.groups.get(step.field)
        return self.repeating.get(step.field, {}).get(step.position)


@dataclass(slots=True)
class Draft(Generic[AnyGroup]):
    """An invoice, or one of its lines, until all its values are there.

    Groups that repeat are numbered in the order in which they are first filled, so that no number is left out.
    prefix: the path of the line in the invoice: `BG-25[2]/`
    """

    group: type[AnyGroup]
    prefix: str = ""
    root: Node = field(init=False)

    def __post_init__(self) -> None:
        self.root = Node(self.group)

    def put(self, slot: Slot, value: object) -> str:
        """Keep a value and answer its path in the finished invoice: `BG-25[2]/BG-29/BT-146`.

        The scheme of an identifier that has no value is not kept: its path is "".
        """
        if slot.part != "value" and self._seen(slot.steps) is None:
            return ""
        path, node = self.prefix, self.root
        *groups, leaf = slot.steps
        for step in groups:
            node, position = node.below(step)
            path += f"{step.number}{position}/"
        if slot.kind is not Kind.IDENTIFIER:
            node.values[leaf.field] = value
            return path + leaf.number
        node, position = node.below(leaf)
        node.values[slot.part] = value
        return f"{path}{leaf.number}{position}"

    def get(self, slot: Slot) -> object | None:
        """The value kept for a slot, None where there is none."""
        if slot.kind is Kind.IDENTIFIER:
            identifier = self._seen(slot.steps)
            return identifier.values.get(slot.part) if identifier else None
        group = self._seen(slot.steps[:-1])
        return group.values.get(slot.steps[-1].field) if group else None

    def _seen(self, steps: tuple[Step, ...]) -> Node | None:
        node: Node | None = self.root
        for step in steps:
            node = node.seen(step) if node else None
        return node

    def built(self) -> AnyGroup:
        """The finished invoice or line."""
        return self.group(**self.root.fields())
