"""Failures of a rule set as findings: in words, with the business term and the place of what they are about."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from formats.checking import Finding
from formats.en16931 import Place
from formats.en16931.standing import groups_around
from formats.en16931.terms import number_of
from formats.explanations import entry_of, explain
from formats.ubl.assertions import Failure, RuleSet
from formats.ubl.tree import Document, Element, normal

LINES: Final = ("cac:InvoiceLine", "cac:CreditNoteLine")
_QUOTED: Final = 60


class Teller:
    """Tells findings about one document.

    places:  the place of each value of the invoice by its path (`BG-25[2]/BT-131`); asked on the first failure
    above:   the location path of an envelope around the document
    """

    def __init__(self, document: Document, places: Mapping[str, Place], above: str = "") -> None:
        self._document, self._places, self._above = document, places, above
        self._steps: dict[Element, dict[Element, str]] = {}

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
                str(Place(line=self._document.line_of(failure.element), xpath=self._above + _xpath(steps))),
                {name: str(value) for name, value in values.items()},
            )

    def _values(self, failure: Failure, steps: tuple[str, ...]) -> dict[str, object]:
        """What every text may quote: the element by its name, what it says, and the position of the line around it."""
        said = "" if failure.element.first else normal(failure.element.text)
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
        return _told_at(entry.terms, here, self._places) if entry is not None and entry.terms else here

    @cached_property
    def _paths(self) -> dict[str, str]:
        return {place.xpath: path for path, place in self._places.items() if place.xpath is not None}

    def _steps_to(self, element: Element) -> tuple[str, ...]:
        """The location path step by step, with the position where siblings have the same name."""
        steps: list[str] = []
        current: Element | None = element
        while current is not None:
            around = current.parent
            steps.append(current.name if around is None else self._named_in(around)[current])
            current = around
        return tuple(reversed(steps))

    def _named_in(self, around: Element) -> dict[Element, str]:
        known = self._steps.get(around)
        if known is None:
            known = self._steps[around] = {
                child: f"{name}[{position}]" if len(same) > 1 else name
                for name in around.first
                for same in (around.named(name),)
                for position, child in enumerate(same, 1)
            }
        return known


def _told_at(terms: Sequence[str], here: str, stated: Container[str]) -> str:
    """The path of the term to be repaired.

    terms:   those that the rule is about, the one to be repaired first
    here:    the path of the value or group of the invoice in which it fails
    stated:  the paths of all that the invoice says
    """
    names = tuple(one.partition("[")[0] for one in here.split("/")) if here else ()
    if number_of(here) in terms:
        lacking = (f"{here}/{term}" for term in terms if groups_around(term) == names)
        return next((path for path in lacking if path not in stated), here)
    inside = names if names[-1:] and names[-1].startswith("BG-") else names[:-1]
    # The unit of a price (BT-150) where that is wrong, and not the unit of its line (BT-130), which is told of first.
    term = next((one for one in terms if inside and groups_around(one) == inside), terms[0])
    around = groups_around(term)
    shared = next(count for count in range(len(around), -1, -1) if names[:count] == around[:count])
    return "/".join((*here.split("/")[:shared], *around[shared:], term))


def _xpath(steps: tuple[str, ...]) -> str:
    return "/" + "/".join(steps)


def _position(step: str) -> str:
    return step.partition("[")[2].rstrip("]") or "1"
