"""A document is grown while the parser reads it: no tree of lxml is made on the way."""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Final

from lxml import etree

from formats.ubl.names import usual_name
from formats.ubl.tree import NO_CHILDREN, Document, Element
from formats.xml import feed, no_doctype, parse, refuse_wide

_VALUE: Final = "cbc:"


def grow(content: bytes) -> Document:
    """The document in the bytes of a file. Raises XmlRefused."""
    return grow_valid(content, partial(parse, content), None)[0]


def grow_valid(
    content: bytes, again: Callable[[], etree._Element], schema: etree.XMLSchema | None
) -> tuple[Document, bool]:
    """The same, and whether it conforms to the schema.

    again: gives the document's element once more, for what nobody but a finding asks
    """
    sapling = _Sapling()
    conforms = feed(content, sapling, schema)
    return Document(sapling.root, dict(sapling.names.values()), again), conforms


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Nothing that is read is garbage: to look for some again and again takes as long as reading (10,000 lines)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Names(dict[str, tuple[str, list[Element]]]):
    """By the parser's name of an element: its usual name, and all elements of it so far."""

    def __missing__(self, tag: str) -> tuple[str, list[Element]]:
        known = self[tag] = (usual_name(tag), [])
        return known


class _Sapling:
    """What the parser tells of becomes elements.

    The parser calls `start`, `data` and `end` for each element of a document, so these three say everything in one
    place, and the rare cases (a name that repeats, elements or comments inside a value) are told elsewhere.
    """

    def __init__(self) -> None:
        self.names = _Names()
        self._same: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}
        self._texts: list[str] = []
        self._inner: Element | None = None
        self.data = self._texts.append

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        around = self._inner
        name, same = self.names[tag]
        self._inner = element = Element(name, around)
        same.append(element)
        if attributes:
            refuse_wide(len(attributes))
            # Thousands of elements say the same: currencyID="EUR".
            element.attributes = self._same.setdefault(tuple(attributes.items()), attributes)
        if around is None:
            self.root = element
            return
        first, texts = around.first, self._texts
        if around.name.startswith(_VALUE):
            self._what_was_said_before(element, around)
        elif texts:
            if len(texts) > 1 or not texts[0].isspace():
                self._keep_text(around, is_value=False)
            texts.clear()
        if first is NO_CHILDREN:
            around.first = {name: element}
        elif name not in first:
            first[name] = element
        else:
            _another(around, element)

    def end(self, tag: str) -> None:
        del tag
        element = self._inner
        assert element is not None  # noqa: S101 - the parser ends only what it began
        texts = self._texts
        if texts:
            if len(texts) == 1 and element.first is NO_CHILDREN and element.pieces is None:
                element.text = texts[0]
            else:
                self._keep_text(element, is_value=not element.first)
            texts.clear()
        self._inner = element.parent

    def comment(self, text: str) -> None:
        del text
        if self._texts and self._inner is not None and self._inner.name.startswith(_VALUE):
            self._cut(self._inner)
            self._keep_text(self._inner, is_value=True)

    def pi(self, target: str, data: str | None = None) -> None:
        del data
        self.comment(target)

    doctype = staticmethod(no_doctype)

    def close(self) -> None:
        """All of it was told."""

    def _what_was_said_before(self, element: Element, around: Element) -> None:
        if around.first is NO_CHILDREN and around.name.startswith(_VALUE):
            self._cut(around)
        if self._texts:
            self._keep_text(around, is_value=False)
        if around.pieces is not None:
            around.pieces.append(element)

    def _cut(self, element: Element) -> None:
        """From here on what is in a value is kept piece by piece."""
        if element.pieces is None:
            element.pieces = []

    def _keep_text(self, element: Element, is_value: bool) -> None:
        texts = self._texts
        text = texts[0] if len(texts) == 1 else "".join(texts)
        texts.clear()
        if element.pieces is not None:
            element.pieces.append(text)
        if is_value or not text.isspace():
            element.text += text


def _another(around: Element, element: Element) -> None:
    """One more child of a name that was there before."""
    if around.more is None:
        around.more = {element.name: [element]}
    else:
        around.more.setdefault(element.name, []).append(element)
