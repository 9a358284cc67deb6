"""BT and BG numbers: metadata of the model's fields, and the paths that name one value in one invoice.

A path is written `BG-25[2]/BG-30/BT-151`: the groups from the document down, with the position (counted
from 1) where a group or term may repeat. Findings, provenance and "not carried" lists all speak in paths.

Some groups have one shape under several numbers: an address is BG-5, BG-8, BG-12 or BG-15. Such a shape is
one struct with unnumbered fields, and the field that holds it says which number each of them has there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Union, get_args, get_origin, get_type_hints

import msgspec


def term(number: str, name: str, /, **numbers: str) -> msgspec.Meta:
    """The business term or group that a field holds (EN 16931-1 section 6.3).

    number:   `BT-131`; empty in a shape that several groups share
    name:     its name in the standard
    numbers:  for a shared shape, the number of each of its fields here: `line1="BT-35"`
    """
    return msgspec.Meta(title=number or None, description=name, extra={"numbers": numbers})


class Group(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
):
    """A business group: frozen, by keyword, compact as JSON, and strict about names it does not know."""


@dataclass(frozen=True, slots=True)
class Term:
    """One field of the model.

    number:   BT or BG number, or a house number of the Italian extension (`IT-1`)
    name:     the name in EN 16931-1
    field:    the attribute that holds it
    group:    the struct that a business group is made of, None for a term
    repeats:  whether the field is a tuple of values
    numbers:  for a group of shared shape, the numbers of its fields
    """

    number: str
    name: str
    field: str
    group: type[msgspec.Struct] | None
    repeats: bool
    numbers: tuple[tuple[str, str], ...] = ()


class Identifier(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An identifier with its scheme (EN 16931-1 section 6.5.4): an ICD, EAS, UNTDID 1153 or UNTDID 7143 code.

    One business term, although it is made of several values.
    """

    value: str
    scheme: str | None = None
    scheme_version: str | None = None

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}" if self.scheme else self.value


class Attachment(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A file inside the invoice (BT-125): its bytes with their media type and name. One business term."""

    content: bytes
    media_type: str | None = None
    file_name: str | None = None


_COMPOUND_TERMS = (Identifier, Attachment)


@cache
def terms_of(group: type[msgspec.Struct], numbers: tuple[tuple[str, str], ...] = ()) -> tuple[Term, ...]:
    """The terms and groups directly below a business group, in the order of the standard."""
    return tuple(_described(group, dict(numbers)))


def _described(group: type[msgspec.Struct], numbers: Mapping[str, str]) -> Iterator[Term]:
    for field, hint in get_type_hints(group, include_extras=True).items():
        if get_origin(hint) is not Annotated:
            continue
        inner, *metadata = get_args(hint)
        for meta in metadata:
            if isinstance(meta, msgspec.Meta):
                below = tuple((meta.extra or {}).get("numbers", {}).items())
                number = numbers.get(field) or meta.title
                if number:
                    yield Term(
                        number,
                        meta.description or "",
                        field,
                        _group_in(inner),
                        _repeats(inner),
                        below,
                    )


def _alternatives(hint: object) -> tuple[object, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _repeats(hint: object) -> bool:
    return any(get_origin(one) is tuple for one in _alternatives(hint))


def _group_in(hint: object) -> type[msgspec.Struct] | None:
    for one in _alternatives(hint):
        candidate = get_args(one)[0] if get_origin(one) is tuple else one
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            return None if candidate in _COMPOUND_TERMS else candidate
    return None


def values_of(
    group: msgspec.Struct, prefix: str = "", numbers: tuple[tuple[str, str], ...] = ()
) -> Iterator[tuple[str, Term, object]]:
    """Every value that a group holds with its path: (path, term, value), in the order of the standard.

    Groups appear through their values; empty values (None, an empty tuple) do not appear.
    """
    for described in terms_of(type(group), numbers):
        value = getattr(group, described.field)
        if value is None or value == ():
            continue
        members = enumerate(value, 1) if described.repeats else ((0, value),)
        for position, member in members:
            path = f"{prefix}{described.number}" + (f"[{position}]" if position else "")
            if described.group is not None:
                yield from values_of(member, f"{path}/", described.numbers)
            else:
                yield path, described, member


def number_of(path: str) -> str:
    """The term or group that a path ends in: `BG-25[2]/BT-131` -> `BT-131`."""
    return path.rpartition("/")[2].partition("[")[0]
