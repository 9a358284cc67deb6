"""A document that two verdicts differ on, made as small as it gets while they still differ about the same rules."""

from collections.abc import Callable

from lxml import etree

Differs = Callable[[bytes], bool]


def minimised(content: bytes, differs: Differs, tries: int = 400) -> bytes:
    """The smallest document found within so many tries. differs: whether it still shows the difference."""
    saw = _Saw(etree.fromstring(content), differs, tries)
    while saw.left > 0 and saw.cuts_once_around():
        pass
    return saw.document


class _Saw:
    """Takes parts off a document and keeps off what does not matter.

    document:  the smallest one so far
    left:      how often it may still be asked whether the difference is there
    """

    def __init__(self, root: etree._Element, differs: Differs, tries: int) -> None:
        self._root, self._differs, self.left = root, differs, tries
        self.document = self._written()

    def cuts_once_around(self) -> bool:
        """Try each element, the largest first, and each attribute; whether anything came off."""
        before = self.document
        elements = sorted(self._root.iter(etree.Element), key=lambda one: -sum(1 for _ in one.iter()))
        for element in elements:
            if self.left > 0 and element is not self._root and self._root in element.iterancestors():
                self._without(element)
        for element in list(self._root.iter(etree.Element)):
            for key in [str(key) for key in element.attrib]:
                value = element.attrib.pop(key)
                if not self._still():
                    element.set(key, str(value))
        return self.document != before

    def _without(self, element: etree._Element) -> None:
        around = element.getparent()
        assert around is not None
        at, tail = around.index(element), element.tail
        around.remove(element)
        if not self._still():
            around.insert(at, element)
            element.tail = tail

    def _still(self) -> bool:
        """Whether the difference is there in what is left of the document."""
        self.left -= 1
        smaller = self._written()
        if self.left < 0 or not self._differs(smaller):
            return False
        self.document = smaller
        return True

    def _written(self) -> bytes:
        return etree.tostring(self._root, encoding="UTF-8")
