"""Failures of a rule set as findings: in words, with the business term and the place of what they are about."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final

from lxml import etree

from formats.checking import Finding
from formats.en16931 import Place
from formats.en16931.terms import groups_around, number_of
from formats.explanations import entry_of, explain
from formats.ubl.assertions import Failure, RuleSet
from formats.ubl.names import name_of
from formats.ubl.tree import Aggregate, Element, lxml_of, normal, string_of

LINES: Final = ("cac:InvoiceLine", "cac:CreditNoteLine")
_QUOTED: Final = 60


class Teller:
    """Tells findings about one document.

    root:    of the document; there may be an envelope around it
    places:  finds the place of each value of the invoice by its path (`BG-25[2]/BT-131`); asked on the first failure
    above:   the location path of an envelope around the document
    """

    def __init__(self, root: etree._Element, places: Callable[[], Mapping[str, Place]], above: str = "") -> None:
        self._root, self._find, self._above = root, places, above
        self._steps: dict[etree._Element, dict[etree._Element, str]] = {}

    def told(self, rules: RuleSet, failures: Iterable[Failure]) -> Iterator[Finding]:
        """One finding for each failure, in the same order."""
        for failure in failures:
            steps = self._steps_to(failure.element)
            values = {**self._values(failure, steps), **failure.values}
            said = explain(failure.id, values)
            yield Finding(
                failure.id,
                self._path(failure.id, steps),
                said.what,
                said.fix,
                rules.severity_of(failure.id),
                str(Place(line=lxml_of(failure.element).sourceline, xpath=self._above + _xpath(steps))),
                {name: str(value) for name, value in values.items()},
            )

    def _values(self, failure: Failure, steps: tuple[str, ...]) -> dict[str, object]:
        """What every text may quote: the element by its name, what it says, and the position of the line around it."""
        said = "" if isinstance(failure.element, Aggregate) else normal(string_of(failure.element))
        line = next((_position(step) for step in steps if step.startswith(LINES)), "")
        quoted = said if len(said) <= _QUOTED else f"{said[:_QUOTED]}…"
        return {"element": steps[-1].partition("[")[0], "value": quoted, "line": line}

    def _path(self, rule_id: str, steps: tuple[str, ...]) -> str:
        """The path of the term that the rule is about, in the nearest group of the invoice that the element is in."""
        here = next(
            (found for end in range(len(steps), 0, -1) if (found := self._paths.get(_xpath(steps[:end]))) is not None),
            "",
        )
        entry = entry_of(rule_id)
        if entry is None or not entry.terms or number_of(here) in entry.terms:
            return here
        term = entry.terms[0]
        stands = here.split("/") if here else []
        names = [one.partition("[")[0] for one in stands]
        around = groups_around(term)
        shared = next((count for count in range(len(around), -1, -1) if tuple(names[:count]) == around[:count]), 0)
        return "/".join((*stands[:shared], *around[shared:], term))

    @cached_property
    def _paths(self) -> dict[str, str]:
        return {place.xpath: path for path, place in self._find().items() if place.xpath is not None}

    def _steps_to(self, element: Element) -> tuple[str, ...]:
        """The location path step by step, with the position where siblings have the same name."""
        steps: list[str] = []
        current: etree._Element | None = lxml_of(element)
        while current is not None:
            parent = None if current is self._root else current.getparent()
            steps.append(name_of(current) if parent is None else self._named_in(parent)[current])
            current = parent
        return tuple(reversed(steps))

    def _named_in(self, parent: etree._Element) -> dict[etree._Element, str]:
        known = self._steps.get(parent)
        if known is None:
            several: dict[str, list[etree._Element]] = {}
            for child in parent.iterchildren(etree.Element):
                several.setdefault(name_of(child), []).append(child)
            known = self._steps[parent] = {
                child: f"{name}[{position}]" if len(same) > 1 else name
                for name, same in several.items()
                for position, child in enumerate(same, 1)
            }
        return known


def _xpath(steps: tuple[str, ...]) -> str:
    return "/" + "/".join(steps)


def _position(step: str) -> str:
    return step.partition("[")[2].rstrip("]") or "1"
