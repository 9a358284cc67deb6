"""The JSON Schema (2020-12) of canonical JSON, which `gateway schema` prints.

Titles are BT and BG numbers, descriptions the names of EN 16931-1. A group whose shape several places share (an
address, a period, an allowance) gets its numbers from the place: `x-terms` there maps its fields to them.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from formats.en16931.invoice import Invoice
from formats.en16931.terms import terms_of

SCHEMA_ID: Final = "urn:einvoice-gateway:invoice:1"
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_AMOUNT: Final[dict[str, object]] = {
    "description": "A decimal number: a string, which the gateway writes, or a JSON number.",
    "anyOf": [
        {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?([Ee][+-]?[0-9]{1,2})?$"},
        {"type": "number"},
    ],
}


def schema() -> dict[str, object]:
    """The JSON Schema of one invoice or credit note."""
    _, groups = msgspec.json.schema_components((Invoice,), ref_template="#/$defs/{name}")
    for group, field, numbers in _shared_shapes(Invoice):
        groups[group]["properties"][field]["x-terms"] = dict(numbers)
    return {
        "$schema": DIALECT,
        "$id": SCHEMA_ID,
        "title": "Invoice or credit note",
        "$ref": "#/$defs/Invoice",
        "$defs": {**{name: _with_amounts(group) for name, group in groups.items()}, "Amount": _AMOUNT},
    }


def _shared_shapes(group: type[msgspec.Struct]) -> Iterator[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """The fields that give numbers to a shared shape: the name of their group, their own, and the numbers."""
    for term in terms_of(group):
        if term.numbers:
            yield group.__name__, term.field, term.numbers
        elif term.group is not None:
            yield from _shared_shapes(term.group)


def _with_amounts(part: object) -> object:
    """The same, where every decimal is an Amount."""
    if isinstance(part, list):
        return [_with_amounts(member) for member in part]
    if not isinstance(part, dict):
        return part
    if part.get("format") == "decimal":
        return {"$ref": "#/$defs/Amount"}
    return {name: _with_amounts(member) for name, member in part.items()}
