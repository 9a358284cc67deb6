"""What UBL has room for and EN 16931 has no term for: the table behind the rules UBL-CR-* and UBL-DT-08 to -28.

`unwanted.txt` holds it, a rule and a path a line; this module makes of it what a document can be held against at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Final, NamedTuple

_ANYWHERE: Final = "//"


@dataclass(slots=True)
class Step:
    """One name in the paths from the root.

    ids:    the rules that forbid an element at the path so far
    below:  the names that go on
    """

    ids: list[str] = field(default_factory=list)
    below: "dict[str, Step]" = field(default_factory=dict)


class Place(NamedTuple):
    """Where a rule forbids something: in elements of which these are the names above, the nearest last.

    is_from_root:  whether the first of them stands right in the document
    """

    id: str
    above: tuple[str, ...]
    is_from_root: bool


Owner = tuple[str, str]
"""The element that carries an attribute, and its parent: their names, empty where any will do.

The parent is "/" where the element must stand right in the document.
"""


def _lines() -> Iterator[tuple[str, str]]:
    for line in files("formats.ubl.checks").joinpath("unwanted.txt").read_text("ascii").splitlines():
        rule_id, _, path = line.partition(" ")
        if path and rule_id != "#":
            yield rule_id, path


def _tree(paths: Iterable[tuple[str, str]]) -> Step:
    root = Step()
    for rule_id, path in paths:
        if path.startswith(_ANYWHERE) or "@" in path:
            continue
        steps = [root]
        for names in path.split("/"):
            steps = [step.below.setdefault(name, Step()) for step in steps for name in names.split("|")]
        for step in steps:
            step.ids.append(rule_id)
    return root


def _anywhere(paths: Iterable[tuple[str, str]]) -> Mapping[str, list[Place]]:
    found: dict[str, list[Place]] = {}
    for rule_id, path in paths:
        if path.startswith(_ANYWHERE) and "@" not in path:
            *above, name = path.removeprefix(_ANYWHERE).split("/")
            found.setdefault(name, []).append(Place(rule_id, tuple(above), is_from_root=False))
    return found


def _attributes(paths: Iterable[tuple[str, str]]) -> Mapping[str, Mapping[Owner, list[Place]]]:
    found: dict[str, dict[Owner, list[Place]]] = {}
    for rule_id, path in paths:
        owner, at, attribute = path.partition("@")
        if not at:
            continue
        names = tuple(name for name in owner.removeprefix(_ANYWHERE).split("/") if name)
        is_from_root = not owner.startswith(_ANYWHERE)
        *above, name = names or ("",)
        parent = above[-1] if above else "/" if is_from_root else ""
        place = Place(rule_id, tuple(above), is_from_root)
        found.setdefault(attribute, {}).setdefault((name, parent), []).append(place)
    return found


_LINES: Final = tuple(_lines())
FROM_ROOT: Final = _tree(_LINES)
ANYWHERE: Final = _anywhere(_LINES)
ATTRIBUTES: Final = _attributes(_LINES)
IDS: Final = frozenset(rule_id for rule_id, _ in _LINES)
