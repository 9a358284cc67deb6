"""What a mutation works with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from lxml import etree

from tests.judges.vocabulary import Vocabulary, place_of


@dataclass(frozen=True)
class Workshop:
    """What a mutation works with: the dice, words worth using, and documents to take parts from."""

    random: Random
    words: Vocabulary
    spare: Sequence[bytes]

    def element(self, root: etree._Element) -> etree._Element:
        """Any element but the root, as long as there is another."""
        found = list(root.iter(etree.Element))
        return self._one_of(found[1:] or found)

    def leaf(self, root: etree._Element) -> etree._Element:
        """An element that holds no others."""
        return self._one_of([one for one in root.iter(etree.Element) if len(one) == 0])

    def group(self, root: etree._Element) -> etree._Element:
        """An element that holds others; the root where none other does."""
        found = [one for one in root.iter(etree.Element) if len(one)]
        return self.random.choice(found) if found else root

    def _one_of(self, elements: Sequence[etree._Element]) -> etree._Element:
        """One of these; half of the time what stands once has the same chance as what stands in each line."""
        if self.random.random() < 0.5:
            return self.random.choice(elements)
        by_place: dict[str, list[etree._Element]] = {}
        for one in elements:
            by_place.setdefault(place_of(one), []).append(one)
        return self.random.choice(by_place[self.random.choice(list(by_place))])


Mutation = Callable[[etree._Element, Workshop], etree._Element]
"""Changes a document and returns its root, which may be another one than before."""
