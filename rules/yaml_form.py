"""Rules and recipients as a YAML file that people write: export, import, and the set that ships (`default.yaml`).

    rules:
      - name: Over Peppol where it works
        when: {can_receive: peppol}
        then: {channel: peppol}
        fallback: [{channel: mail}]
    recipients:
      - id: atelier-du-lac
        name: Atelier du Lac SARL
        identifiers: ["vat:FR11123456782"]

The order of the file is the order of the rules. How YAML is read, and what is refused, stands in `exact_yaml`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Final, TypeVar

import msgspec

from rules.exact_yaml import read_yaml, write_yaml
from rules.plain_form import LISTS, Fault, WrongForm, from_plain, to_plain
from rules.recipient import Recipient, Route, Trouble
from rules.routing import Rule

LIMITS: Final = frozenset({"over", "at_least", "under", "at_most"})
Kind = TypeVar("Kind", Rule, Recipient)


@dataclass(frozen=True, slots=True)
class RuleBook:
    """What one file says: rules in their order (positions count from 1), and recipients."""

    rules: tuple[Rule, ...] = ()
    recipients: tuple[Recipient, ...] = ()


def nobody_looks(route: Route) -> str:
    """The trouble with a way for who asks for none, such as a test of the form alone."""
    del route
    return ""


def default_rules() -> tuple[Rule, ...]:
    """The rules that a new tenant starts with."""
    return read_rule_book((files("rules") / "default.yaml").read_text(encoding="utf-8")).rules


def read_rule_book(text: str, trouble: Trouble = nobody_looks) -> RuleBook:
    """The rules and recipients of a YAML file. Raises WrongForm with every fault, each with its line.

    trouble: looks at the ways, whose formats and options this room knows nothing of; without it they are not looked at
    """
    plain, lines = read_yaml(text)
    if not isinstance(plain, Mapping):
        raise WrongForm((Fault("", "the file must have `rules:` or `recipients:` in it", 1),))
    faults = [
        Fault(name, f"there is no `{name}` here; a file has `rules` and `recipients`", lines.get(name))
        for name in plain
        if name not in ("rules", "recipients")
    ]
    rules = _each(Rule, "rules", plain, trouble, faults)
    recipients = _each(Recipient, "recipients", plain, trouble, faults)
    faults += _doubles("rules", "name", [one.name for one in rules])
    faults += _doubles("recipients", "id", [one.id for one in recipients])
    if faults:
        raise WrongForm(tuple(replace(one, line=one.line or _line_of(one.path, lines)) for one in faults))
    return _numbered(rules, recipients)


def joined(books: Iterable[RuleBook]) -> RuleBook:
    """Several books as one: the rules of the second come after those of the first. Raises WrongForm for doubles."""
    known = tuple(books)
    rules = [rule for book in known for rule in book.rules]
    recipients = [recipient for book in known for recipient in book.recipients]
    faults = _doubles("rules", "name", [one.name for one in rules])
    faults += _doubles("recipients", "id", [one.id for one in recipients])
    if faults:
        raise WrongForm(tuple(faults))
    return _numbered(rules, recipients)


def _numbered(rules: Iterable[Rule], recipients: Iterable[Recipient]) -> RuleBook:
    """The order of the rules becomes their positions."""
    ordered = (msgspec.structs.replace(rule, position=place) for place, rule in enumerate(rules, 1))
    return RuleBook(tuple(ordered), tuple(recipients))


def write_rule_book(book: RuleBook) -> str:
    """The same as a YAML file: rules in the order of their positions, lists of one as the one."""
    parts: dict[str, object] = {}
    if book.rules:
        ordered = sorted(book.rules, key=lambda one: one.position)
        parts["rules"] = [_short(to_plain(msgspec.structs.replace(one, position=0))) for one in ordered]
    if book.recipients:
        parts["recipients"] = [_short(to_plain(one)) for one in book.recipients]
    return write_yaml(parts)


def wrong_ways(value: Rule | Recipient, trouble: Trouble) -> Iterator[Fault]:
    """The ways of a rule or recipient that cannot be gone, each with its place."""
    for place, way in value.named_ways:
        if found := trouble(way):
            yield Fault(place, found)


def _each(
    kind: type[Kind], name: str, plain: Mapping[str, object], trouble: Trouble, faults: list[Fault]
) -> list[Kind]:
    """The values of one list; what is wrong with each is added to the faults."""
    found = plain.get(name)
    if found is not None and not isinstance(found, list):
        faults.append(Fault(name, "a list must stand here"))
        return []
    values: list[Kind] = []
    for place, one in enumerate(found or []):
        try:
            values.append(from_plain(kind, one))
            found = tuple(wrong_ways(values[-1], trouble))
        except WrongForm as wrong:
            found = wrong.faults
        faults += [replace(fault, path=f"{name}[{place}].{fault.path}".rstrip(".")) for fault in found]
    return values


def _doubles(name: str, field: str, values: list[str]) -> list[Fault]:
    doubles = sorted({one for one in values if values.count(one) > 1})
    return [Fault(name, f"the {field} `{one}` is given more than once") for one in doubles]


def _line_of(path: str, lines: Mapping[str, int]) -> int | None:
    """The line of a path, or of the nearest thing around it that is in the file."""
    while path and path not in lines:
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return lines.get(path)


def _short(plain: object, name: str = "") -> object:
    """The same as people write it: a list of one as the one, a whole amount without quotes."""
    if isinstance(plain, dict):
        return {key: _short(inner, key) for key, inner in plain.items()}
    if isinstance(plain, list | tuple):
        return plain[0] if name in LISTS and len(plain) == 1 else [_short(one) for one in plain]
    return int(plain) if name in LIMITS and isinstance(plain, str) and plain.isdecimal() else plain
