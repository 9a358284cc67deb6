"""What the official rules speak of: the paths, values and attributes in them. Mutations that use these reach the rules.

They are read from the installed rule sets while the tests run; nothing of them is kept here.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from lxml import etree

from tests import judge

_XPATH: Final = re.compile(r'\b(?:test|select|match)="([^"]*)"')
_LITERAL: Final = re.compile(r"'([^'<>&]*)'")
_PATH: Final = re.compile(r"\b(?:cac|cbc|ext):[A-Za-z]+(?:/(?:cac|cbc|ext):[A-Za-z]+)*")
_ATTRIBUTE: Final = re.compile(r"@([A-Za-z]+)")
_LIST: Final = 60  # a longer literal is a list of codes


@dataclass(frozen=True)
class Vocabulary:
    """The words of rule sets.

    paths:       `cac:Party/cbc:EndpointID`
    phrases:     values and parts of values that a rule compares with: `VATEX-EU-AE`, `#`, `false`
    codes:       the codes of its lists
    attributes:  `schemeID`
    values:      by the names of an element and the one around it, what valid documents say in it
    marks:       by attribute name, what valid documents say in it
    """

    paths: tuple[str, ...]
    phrases: tuple[str, ...]
    codes: tuple[str, ...]
    attributes: tuple[str, ...]
    values: dict[str, tuple[str, ...]]
    marks: dict[str, tuple[str, ...]]


def vocabulary(rule_sets: Iterable[str], documents: Iterable[bytes]) -> Vocabulary:
    """The words of these official rule sets, and of valid documents."""
    paths, literals, attributes = set[str](), set[str](), set[str]()
    for name in rule_sets:
        for expression in _expressions(name):
            paths.update(_PATH.findall(expression))
            literals.update(_LITERAL.findall(expression))
            attributes.update(_ATTRIBUTE.findall(expression))
    lists = [literal for literal in literals if len(literal) > _LIST]
    values, marks = dict[str, set[str]](), dict[str, set[str]]()
    for content in documents:
        for element in etree.fromstring(content).iter(etree.Element):
            if len(element) == 0:
                values.setdefault(place_of(element), set()).add((element.text or "")[:_LIST])
            for key, value in element.attrib.items():
                marks.setdefault(str(key), set()).add(str(value))
    return Vocabulary(
        tuple(sorted(paths)),
        tuple(sorted(literals.difference(lists))),
        tuple(sorted({code for one in lists for code in one.split()})),
        tuple(sorted(attributes)),
        {key: tuple(sorted(found)) for key, found in values.items()},
        {key: tuple(sorted(found)) for key, found in marks.items()},
    )


def place_of(element: etree._Element) -> str:
    """The names of an element and of the one around it."""
    around = element.getparent()
    return f"{'' if around is None else str(around.tag)}/{element.tag!s}"


@cache
def _expressions(rule_set: str) -> tuple[str, ...]:
    text = judge.stylesheet(rule_set)
    return tuple(one.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"') for one in _XPATH.findall(text))
