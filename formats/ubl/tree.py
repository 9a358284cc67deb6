"""A UBL document as its reader and its rules look at it (how it is grown from a file: `growing`).

Elements are named with the usual prefixes whatever prefixes the file uses; a name of no UBL namespace is `{…}local`.
Comments and processing instructions are left out: what they cut in two is one value, of two text nodes.

The questions an element answers are those of XPath 2.0, because the official rules are written in it:

    exists(cac:Party/cbc:EndpointID)           party.has("cac:Party", "cbc:EndpointID")
    cac:Party/cac:PartyTaxScheme               party.all("cac:Party", "cac:PartyTaxScheme")
    normalize-space(cbc:ID)                    line.trimmed("cbc:ID")
    xs:decimal(cbc:TaxAmount)                  subtotal.decimal("cbc:TaxAmount")

What makes XPath give up (two values where one is needed, `abc` as a number) raises `Undecidable` here.

No tree of lxml is kept: it takes eleven times the document's bytes. Where a line number is asked for, the file is
parsed once more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, TypeVar

from lxml import etree

from formats.ubl.lexical import BLANKS, DECIMAL
from formats.ubl.names import tag_of

Value = TypeVar("Value")
NONE: Final[tuple["Element", ...]] = ()
NO_CHILDREN: Final[dict[str, "Element"]] = {}
NO_ATTRIBUTES: Final[Mapping[str, str]] = {}


class Undecidable(Exception):
    """A rule cannot be decided on this element: for the official rule set the whole document is in error then.

    element: the value at which it stops, or the group around it
    """

    def __init__(self, element: "Element", why: str) -> None:
        super().__init__(why)
        self.element = element


class Element:
    """One element.

    name:        `cac:Party`
    text:        the text between its tags, without that of its children; what is blank around children is left out
    attributes:  by their names
    parent:      the element around it, None for the document's root
    first:       the first child of each name
    more:        the other children of a name, in order, for the names that repeat
    pieces:      of a value (`cbc:…`) that is cut in two or has elements in it, its texts and elements as they come
    """

    __slots__ = ("attributes", "first", "more", "name", "parent", "pieces", "text")

    def __init__(self, name: str, parent: "Element | None") -> None:
        self.name, self.parent = name, parent
        self.text = ""
        self.attributes = NO_ATTRIBUTES
        self.first = NO_CHILDREN
        self.more: dict[str, list[Element]] | None = None
        self.pieces: list[str | Element] | None = None

    @property
    def texts(self) -> Sequence[str]:
        """text(): its own text nodes, without the text of elements in it."""
        if self.pieces is None:
            return (self.text,) if self.text else ()
        return [piece for piece in self.pieces if isinstance(piece, str)]

    def get(self, attribute: str) -> str | None:
        """An attribute, None where it is absent."""
        return self.attributes.get(attribute)

    def named(self, name: str) -> Sequence["Element"]:
        """The children of one name."""
        found = self.first.get(name)
        if found is None:
            return NONE
        more = self.more
        return (found, *more[name]) if more is not None and name in more else (found,)

    def all(self, *path: str) -> "list[Element]":
        """All elements at a path of names below it, in the order of the file."""
        found: list[Element] = [self]
        for name in path:
            found = [child for one in found for child in one.named(name)]
        return found

    def has(self, *path: str) -> bool:
        """exists(a/b/c)"""
        if len(path) == 1:
            return path[0] in self.first
        here: Element | None = self
        for name in path:
            if here is None or here.more is not None:
                return here is not None and bool(self.all(*path))
            here = here.first.get(name)
        return here is not None

    def count(self, *path: str) -> int:
        """count(a/b/c)"""
        return len(self.all(*path))

    def one(self, *path: str) -> "Element | None":
        """The element at a path where XPath takes a single item; None for none. Raises Undecidable for several."""
        here: Element | None = self
        for name in path:
            if here is None or here.more is not None:
                break
            here = here.first.get(name)
        else:
            return here
        if here is None:
            return None
        found = self.all(*path)
        if len(found) > 1:
            raise Undecidable(found[1], f"{'/'.join(path)} is stated {len(found)} times where one value is needed")
        return found[0] if found else None

    def string(self, *path: str) -> str:
        """string(a/b): the value as it stands; "" where it is absent. Raises Undecidable."""
        found = self.one(*path)
        return "" if found is None else string_of(found)

    def trimmed(self, *path: str) -> str:
        """normalize-space(a/b). Raises Undecidable."""
        found = self.one(*path)
        return "" if found is None else normal(string_of(found))

    def decimal(self, *path: str) -> Decimal | None:
        """xs:decimal(a/b); None where it is absent. Raises Undecidable."""
        found = self.one(*path)
        return None if found is None else decimal_of(found)

    def above(self, name: str) -> "Element | None":
        """ancestor::name, the nearest one."""
        around = self.parent
        while around is not None and around.name != name:
            around = around.parent
        return around

    def lies_in(self, *names: str) -> bool:
        """Whether its parent has the last of these names, the parent of that the one before, and so on."""
        around = self.parent
        for name in reversed(names):
            if around is None or around.name != name:
                return False
            around = around.parent
        return True

    def children(self) -> Iterator["Element"]:
        """All children, those of one name together."""
        for name in self.first:
            yield from self.named(name)


class Document:
    """A UBL document.

    root:      its root
    elements:  all elements by their name, each list in the order of the file
    """

    __slots__ = ("_again", "_facts", "_lines", "_parsed", "elements", "root")

    def __init__(self, root: Element, elements: dict[str, list[Element]], again: Callable[[], etree._Element]) -> None:
        """again: parses the file once more, for what nobody but a finding asks"""
        self.root, self.elements = root, elements
        self._again = again
        self._parsed: etree._Element | None = None
        self._facts: dict[object, object] = {}
        self._lines: dict[str, dict[Element, int | None]] = {}

    def __del__(self) -> None:
        """Let the tree go: an element and its parent hold each other, and would wait for the collector together."""
        for same in self.elements.values():
            for one in same:
                one.parent = None

    def named(self, name: str) -> Sequence[Element]:
        """//name: all elements of this name, wherever they stand."""
        return self.elements.get(name, NONE)

    def fact(self, asked: Callable[["Document"], Value]) -> Value:
        """What a function says of this document: it is asked once."""
        if asked not in self._facts:
            self._facts[asked] = asked(self)
        return self._facts[asked]  # type: ignore[return-value]  # the function's own answer

    def line_of(self, element: Element) -> int | None:
        """The line of the file in which an element begins, counted from 1."""
        if element.name not in self._lines:
            lines = (one.sourceline for one in self.parsed_again().iter(tag_of(element.name)))
            self._lines[element.name] = dict(zip(self.named(element.name), lines, strict=False))
        return self._lines[element.name].get(element)

    def parsed_again(self) -> etree._Element:
        """The element of lxml that this document was grown from."""
        if self._parsed is None:
            self._parsed = self._again()
        return self._parsed


def string_of(element: Element) -> str:
    """string(.): its text and that of all elements below it."""
    if element.pieces is not None:
        return "".join(piece if isinstance(piece, str) else string_of(piece) for piece in element.pieces)
    if not element.first:
        return element.text
    return element.text + "".join(string_of(child) for child in element.children())


def content_of(element: Element) -> str:
    """The value that an element holds, without blanks around it."""
    return string_of(element).strip(BLANKS)


def normal(text: str) -> str:
    """normalize-space(): the blanks of XML, not every blank that Unicode knows."""
    return " ".join(text.split()) if text.isascii() else " ".join(part for part in _split(text) if part)


def _split(text: str) -> Iterable[str]:
    return text.translate(_TO_BLANK).split(" ")


_TO_BLANK: Final = {ord(one): " " for one in BLANKS}


def decimal_of(element: Element) -> Decimal:
    """xs:decimal(.). Raises Undecidable where the value is no decimal number."""
    text = string_of(element).strip(BLANKS)
    if DECIMAL.fullmatch(text) is None:
        raise Undecidable(element, f"“{text[:60]}” is not a decimal number")
    return Decimal(text)
