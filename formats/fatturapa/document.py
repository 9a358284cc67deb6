"""A FatturaPA document as blocks: what reader and controls look at, and what the writer hands in.

Reading: `Block` is one element with its children by name; it remembers which of its values were read, so that the
reader can say what it did not take over. Writing: a `Content` is plain nested mappings in any order; the table of
elements puts them in the order of the schema and formats each value by its type.
"""

import base64
import datetime
import html
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from lxml import etree

from formats.en16931.money import rounded
from formats.fatturapa.elements import ROOT_TYPE, Form

Leaf: TypeAlias = str | int | Decimal | datetime.date | bytes
Content: TypeAlias = Mapping[str, "Leaf | Content | Sequence[Content | Leaf] | None"]

_MOST_DECIMALS: Final = {"Amount2DecimalType": 2, "RateType": 2, "Amount8DecimalType": 8, "QuantitaType": 8}
# As XML Schema spells them: no exponent, no digits of other scripts. Longer numbers are no amounts.
_DECIMAL: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_MOST_DIGITS: Final = 40
_MIDNIGHT: Final = datetime.time()


class Block:
    """One element of a document: a group with children, or a leaf with a text.

    name, line:  of the element; namespaces are left off, as only the root has one
    taken:       whether somebody read the text
    """

    __slots__ = ("_text", "_xpath", "children", "line", "name", "parent", "position", "taken")

    def __init__(self, element: etree._Element, parent: "Block | None", position: int) -> None:
        self.name = _local_name(element)
        self.line = element.sourceline
        self.parent, self.position = parent, position
        self.taken = False
        self.children: dict[str, list[Block]] = {}
        self._xpath = ""
        for child in element.iterchildren(etree.Element):
            siblings = self.children.setdefault(_local_name(child), [])
            siblings.append(Block(child, self, len(siblings) + 1))
        self._text = None if self.children else _text_of(element)

    @property
    def xpath(self) -> str:
        """Its location path; a position only where the element repeats."""
        if not self._xpath:
            several = self.parent is not None and len(self.parent.children[self.name]) > 1
            above = self.parent.xpath if self.parent is not None else ""
            self._xpath = f"{above}/{self.name}" + (f"[{self.position}]" if several else "")
        return self._xpath

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"line {self.line}, {self.xpath}"

    def first(self, *names: str) -> "Block | None":
        """The first element down this way, None where there is none."""
        block: Block | None = self
        for name in names:
            found = block.children.get(name) if block is not None else None
            block = found[0] if found else None
        return block

    def each(self, *names: str) -> Iterator["Block"]:
        """Every element down this way, in the order of the file."""
        for child in self.children.get(names[0], ()):
            if len(names) == 1:
                yield child
            else:
                yield from child.each(*names[1:])

    def text(self, *names: str) -> str | None:
        """The text of the first element down this way without blanks at its ends, None where it is empty or absent."""
        leaf = self.first(*names)
        return (leaf.raw_text.strip() or None) if leaf is not None and not leaf.children else None

    def peek(self) -> str:
        """Its own text without blanks at its ends; it does not count as read by this."""
        return (self._text or "").strip()

    @property
    def raw_text(self) -> str:
        """Its own text as it stands."""
        self.taken = True
        return self._text or ""

    def amount(self, *names: str) -> Decimal | None:
        """A decimal down this way, None where it is absent or no decimal."""
        return decimal_in(self.text(*names))

    def untaken(self) -> Iterator["Block"]:
        """The leaves that hold a text which nobody read."""
        if self._text is not None:
            if not self.taken and self._text.strip():
                yield self
            return
        for siblings in self.children.values():
            for child in siblings:
                yield from child.untaken()


def _local_name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text_of(leaf: etree._Element) -> str:
    """The text of an element without children; comments do not cut it in two."""
    text = leaf.text or ""
    return text + "".join(comment.tail or "" for comment in leaf) if len(leaf) else text


def decimal_in(text: str | None) -> Decimal | None:
    """The decimal that a text spells, None where it spells none."""
    return Decimal(text) if text and len(text) <= _MOST_DIGITS and _DECIMAL.fullmatch(text) else None


def date_in(text: str | None) -> datetime.date | None:
    """The day that a date or a date with time names (a time zone behind it does not change the day)."""
    try:
        return datetime.date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def blocks_of(root: etree._Element) -> Block:
    """A parsed document as blocks."""
    return Block(root, None, 1)


def serialized(form: Form, version: str, system: str, content: Content) -> bytes:
    """A document in UTF-8, its elements in the order of the table.

    version: FPA12, FPR12 or FSM10. system: what SistemaEmittente says. A name that the table does not know is a
    mistake in the program (KeyError).
    """
    root = f'p:{form.root} xmlns:p="{form.namespace}" versione="{version}" SistemaEmittente="{html.escape(system)}"'
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n', f"<{root}>\n"]
    _add_group(parts, form, ROOT_TYPE, content, "")
    parts.append(f"</p:{form.root}>\n")
    return "".join(parts).encode()


def _add_group(parts: list[str], form: Form, group: str, content: Content, indent: str) -> None:
    elements = form.groups[group]
    if unknown := content.keys() - form.names[group]:
        raise KeyError(f"{group} has no element {', '.join(sorted(unknown))}")
    for element in elements:
        value = content.get(element.name)
        if value is None:
            continue
        for member in value if isinstance(value, list | tuple) else (value,):
            if isinstance(member, dict):
                parts.append(f"{indent}<{element.name}>\n")
                _add_group(parts, form, element.type, member, indent + "  ")
                parts.append(f"{indent}</{element.name}>\n")
            else:
                parts.append(f"{indent}<{element.name}>{_spelled(member, element.type)}</{element.name}>\n")


def _spelled(value: Leaf, type_name: str) -> str:
    if isinstance(value, str):
        return html.escape(value, quote=False).replace("\r", "&#13;")
    if isinstance(value, Decimal):
        return spelled_amount(value, _MOST_DECIMALS[type_name])
    if isinstance(value, datetime.date):
        moment = datetime.datetime.combine(value, _MIDNIGHT)
        return moment.isoformat() if type_name == "xs:dateTime" else value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return str(value)


def spelled_amount(amount: Decimal, most_decimals: int) -> str:
    """A decimal with two decimals at least and no more than are needed, rounded half up at the most."""
    whole, _, decimals = f"{amount:f}".partition(".")
    if len(decimals) > most_decimals:
        whole, _, decimals = f"{rounded(amount, most_decimals):f}".partition(".")
    spelled = f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"
    return spelled if amount else spelled.removeprefix("-")
