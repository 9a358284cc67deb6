"""A UBL document as its rules look at it: one pass over the parsed file, children by name, elements by name.

UBL tells two kinds of elements apart. A basic component (`cbc:ID`) holds a value: it stays the element of lxml that
it is, with `text` and `get("schemeID")`. An aggregate component (`cac:Party`) holds others: it becomes an `Aggregate`.
Names are written with the usual prefixes whatever prefixes the file uses; a name of no UBL namespace is `{…}local`.

The questions an aggregate answers are those of XPath 2.0, because the official rules are written in it:

    exists(cac:Party/cbc:EndpointID)           party.has("cac:Party", "cbc:EndpointID")
    cac:Party/cac:PartyTaxScheme               party.all("cac:Party", "cac:PartyTaxScheme")
    normalize-space(cbc:ID)                    line.trimmed("cbc:ID")
    xs:decimal(cbc:TaxAmount)                  subtotal.decimal("cbc:TaxAmount")

What makes XPath give up (two values where one is needed, `abc` as a number) raises `Undecidable` here.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, TypeVar

from lxml import etree

from formats.ubl.lexical import BLANKS, DECIMAL
from formats.ubl.names import ROOTS, name_of, usual_name

Value = TypeVar("Value")
NONE: Final[tuple["Element", ...]] = ()


class Undecidable(Exception):
    """A rule cannot be decided on this element: for the official rule set the whole document is in error then.

    element: the value at which it stops, or the group around it
    """

    def __init__(self, element: "Element", why: str) -> None:
        super().__init__(why)
        self.element = element


class Aggregate:
    """An element that holds others.

    name:     `cac:Party`
    element:  the element of lxml
    parent:   the aggregate around it, None for the document's root
    first:    the first child of each name
    more:     the other children of a name, in order, for the names that repeat
    """

    __slots__ = ("element", "first", "more", "name", "parent")

    def __init__(self, name: str, element: etree._Element, parent: "Aggregate | None") -> None:
        self.name, self.element, self.parent = name, element, parent
        self.first: dict[str, Element] = {}
        self.more: dict[str, list[Element]] | None = None

    @property
    def text(self) -> str:
        """Its string value: all text below it."""
        return "".join(self.element.itertext())

    def get(self, attribute: str) -> str | None:
        """An attribute, None where it is absent."""
        return self.element.get(attribute)

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
            found = [child for one in found if isinstance(one, Aggregate) for child in one.named(name)]
        return found

    def groups(self, *path: str) -> "list[Aggregate]":
        """The same, of those that are aggregates."""
        return [one for one in self.all(*path) if isinstance(one, Aggregate)]

    def has(self, *path: str) -> bool:
        """exists(a/b/c)"""
        if len(path) == 1:
            return path[0] in self.first
        return bool(self.all(*path))

    def count(self, *path: str) -> int:
        """count(a/b/c)"""
        return len(self.all(*path))

    def one(self, *path: str) -> "Element | None":
        """The element at a path where XPath takes a single item; None for none. Raises Undecidable for several."""
        if self.more is None and len(path) == 1:
            return self.first.get(path[0])
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

    def above(self, name: str) -> "Aggregate | None":
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


Element = etree._Element | Aggregate  # noqa: SLF001 - lxml names the type of its elements so


class Document:
    """A UBL document.

    root:      its root
    elements:  all elements by their name, each list in the order of the file; of another document its root is among
               them, of an invoice it is not
    """

    __slots__ = ("_facts", "elements", "root")

    def __init__(self, root: Aggregate, elements: dict[str, list[Element]]) -> None:
        self.root, self.elements = root, elements
        self._facts: dict[object, object] = {}

    def named(self, name: str) -> Sequence[Element]:
        """//name: all elements of this name, wherever they stand."""
        return self.elements.get(name, NONE)

    def groups(self, name: str) -> list[Aggregate]:
        """The same, of those that are aggregates."""
        return [one for one in self.named(name) if isinstance(one, Aggregate)]

    def fact(self, asked: Callable[["Document"], Value]) -> Value:
        """What a function says of this document: it is asked once."""
        if asked not in self._facts:
            self._facts[asked] = asked(self)
        return self._facts[asked]  # type: ignore[return-value]  # the function's own answer


def grow(root: etree._Element) -> Document:
    """The document below an element that was parsed `bare`: without comments and processing instructions."""
    names: dict[object, tuple[str, list[Element]]] = {}

    def fill(group: Aggregate) -> None:
        first = group.first
        for element in group.element:
            tag: object = element.tag
            known = names.get(tag)
            if known is None:
                known = names[tag] = (usual_name(tag), [])
            name, same = known
            child: Element = element
            if name.startswith("cac:") or len(element):
                child = Aggregate(name, element, group)
                same.append(child)
                fill(child)
            else:
                same.append(child)
            if name not in first:
                first[name] = child
            elif group.more is None:
                group.more = {name: [child]}
            else:
                group.more.setdefault(name, []).append(child)

    top = Aggregate(name_of(root), root, None)
    if root.tag not in ROOTS:
        names[root.tag] = (top.name, [top])
    fill(top)
    return Document(top, dict(names.values()))


def lxml_of(element: Element) -> etree._Element:
    """The element of lxml."""
    return element.element if isinstance(element, Aggregate) else element


def string_of(element: Element) -> str:
    """string(.)"""
    return element.text or ""


def content_of(element: Element) -> str:
    """The value that an element holds, without blanks around it."""
    text = element.text
    return text.strip(BLANKS) if text else ""


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
