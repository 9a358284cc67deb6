"""The canonical model as JSON; its JSON Schema is in `json_schema.py`.

Names are those of the model, dates are ISO 8601, files are base64, and an amount is a string such as "12.50" (a plain
number is read, too). Nothing is ever a binary float. Reading is strict: an unknown or repeated name, a wrong type, an
amount that is not a plain number or a character that no tax document may hold is refused, with the place.
"""

import json
import re
from decimal import Decimal
from functools import cache
from typing import Final, NoReturn, TypeVar

import msgspec
from msgspec.structs import fields, replace

from formats.en16931.invoice import Invoice
from formats.en16931.terms import terms_of

MOST_DIGITS: Final = 40  # before the decimal point, and after it

_STEP: Final = re.compile(r"\.([a-z0-9_]+)|\[(\d+)\]")
# What XML 1.0 has no way to write, and so no format of ours.
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
AnyGroup = TypeVar("AnyGroup", bound=msgspec.Struct)
_DECODER: Final = msgspec.json.Decoder(Invoice)


class JsonRefused(Exception):
    """Canonical JSON that is not read. `code` is a house id, `fix` says what the sender can do.

    GW-JSON-SYNTAX, GW-JSON-NAME, GW-JSON-VALUE, GW-JSON-AMOUNT, GW-JSON-TEXT

    path:   the business term it is about, `BG-25[2]/BT-131`, or ""
    where:  the same as a JSON path, `$.lines[1].net_amount`
    """

    def __init__(self, code: str, message: str, fix: str, where: str = "$") -> None:
        super().__init__(f"{where}: {message}")
        self.code, self.message, self.fix, self.where = code, message, fix, where
        self.path = term_path(where)


def encode(invoice: Invoice) -> bytes:
    """The invoice as canonical JSON in UTF-8, without what it does not state."""
    return msgspec.json.encode(invoice)


def restored(content: bytes) -> Invoice:
    """The invoice that `encode` wrote: bytes of our own, read without suspicion."""
    return _DECODER.decode(content)


def decode(content: bytes) -> Invoice:
    """The invoice that canonical JSON from outside states. Raises JsonRefused."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        invoice = _DECODER.decode(content)
    except msgspec.ValidationError as error:
        _refuse_value(str(error))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise JsonRefused("GW-JSON-SYNTAX", f"The file is not JSON in UTF-8: {error}.", "Export it again.") from None
    _refuse_repeated_names(content)
    return _plain(invoice, "$")


def _refuse_value(complaint: str) -> NoReturn:
    """Say what msgspec says (`Expected ... - at `$.lines[1]``) in the terms of this module."""
    message, _, where = complaint.partition(" - at ")
    unknown = "unknown field" in message
    raise JsonRefused(
        "GW-JSON-NAME" if unknown else "GW-JSON-VALUE",
        f"{message}.",
        "Compare the names and types with the JSON Schema that `gateway schema` prints.",
        where.strip("`") or "$",
    )


def _refuse_repeated_names(content: bytes) -> None:
    """A name that stands twice would mean one thing here and another elsewhere."""

    def unique(pairs: list[tuple[str, object]]) -> None:
        names = [name for name, _ in pairs]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            message = f"The name {twice!r} stands twice in one object."
            raise JsonRefused("GW-JSON-NAME", message, "State each name once.")

    json.loads(content, object_pairs_hook=unique, parse_float=str, parse_int=str)


@cache
def _field_names(group: type[msgspec.Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(group))


def _plain(group: AnyGroup, where: str) -> AnyGroup:
    """The group with plain decimals (1E+2 is 100), after a look at each amount and text in it."""
    changes: dict[str, object] = {}
    for name in _field_names(type(group)):
        value = getattr(group, name)
        if value is None or value == ():
            continue
        plain = _plain_value(value, f"{where}.{name}")
        if plain is not value:
            changes[name] = plain
    return replace(group, **changes) if changes else group


def _plain_value(value: object, where: str) -> object:
    match value:
        case str():
            _refuse_unwritable(value, where)
        case Decimal():
            return _plain_amount(value, where)
        case tuple():
            members = tuple(_plain_value(member, f"{where}[{position}]") for position, member in enumerate(value))
            return value if all(a is b for a, b in zip(members, value, strict=True)) else members
        case msgspec.Struct():
            return _plain(value, where)
    return value


def _plain_amount(amount: Decimal, where: str) -> Decimal:
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or not -MOST_DIGITS <= exponent <= amount.adjusted() < MOST_DIGITS:
        raise JsonRefused(
            "GW-JSON-AMOUNT",
            f"{str(amount)[:60]} is not an amount, or has more than {MOST_DIGITS} digits on one side of the point.",
            'Write amounts as plain decimal numbers, such as "1234.50".',
            where,
        )
    return amount if exponent <= 0 else Decimal(f"{amount:f}")


def _refuse_unwritable(text: str, where: str) -> None:
    found = _UNWRITABLE.search(text)
    if found is not None:
        raise JsonRefused(
            "GW-JSON-TEXT",
            f"The text holds the character U+{ord(found[0]):04X}, which no electronic invoice can carry.",
            "Remove control characters from the text.",
            where,
        )


def term_path(json_path: str) -> str:
    """The path of the business term at a JSON path: `$.lines[1].net_amount` is `BG-25[2]/BT-131`; "" where none is."""
    group: type[msgspec.Struct] | None = Invoice
    numbers: tuple[tuple[str, str], ...] = ()
    steps: list[str] = []
    for name, position in _STEP.findall(json_path):
        if position and steps:
            steps[-1] += f"[{int(position) + 1}]"
            continue
        term = next((one for one in terms_of(group, numbers) if one.field == name), None) if group else None
        if term is None:
            break
        steps.append(term.number)
        group, numbers = term.group, term.numbers
    return "/".join(steps)
