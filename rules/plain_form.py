"""Rules, recipients, conditions and decisions as plain values: for JSON, the database and YAML.

Strict about names and kinds; a fault names its path (`rules[2].when.amount`) in words for the person who wrote it.
Where a list of texts is meant, a single text may stand: `buyer_country: IT`. Amounts are texts or exact numbers.
"""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from rules.condition import Amount, Condition
from rules.recipient import (
    Addresses,
    Mailboxes,
    PeppolAddress,
    Plain,
    PostalAddress,
    Preference,
    Recipient,
    Route,
    SdiAddress,
)
from rules.routing import Considered, Decision, Rule

Value = TypeVar("Value", bound=Plain)

# Fields that hold several texts, where one may stand alone; and fields whose content is free.
LISTS: Final = frozenset(
    {"recipient", "buyer_country", "seller", "seller_country", "document", "tag", "can_receive", "never"}
    | {"identifiers", "tags", "to", "blocked", "document_types"}
)
FREE: Final = frozenset({"options", "other"})

_STRUCTS: Final = (
    Rule, Route, Condition, Amount, Decision, Considered,
    Recipient, Preference, Addresses, PeppolAddress, SdiAddress, Mailboxes, PostalAddress,
)  # fmt: skip
_NAMES: Final = sorted({one.encode_name for struct in _STRUCTS for one in msgspec.structs.fields(struct)})
_KINDS: Final = {
    "str": "text", "int": "a number", "bool": "true or false", "decimal": "a number", "float": "a fraction",
    "array": "a list", "object": "names with values", "null": "nothing",
}  # fmt: skip
_PATTERNS: Final = {
    "^[A-Z]{2}$": "a country code of two capitals, such as IT",
    "^[A-Z]{3}$": "a currency code of three capitals, such as EUR",
    "^(invoice|credit_note|[0-9]{2,3})$": "invoice, credit_note or a type code such as 381",
    r"^[0-9]{4}:\S+$": "a Peppol participant, such as 0088:4000000123453",
    "^[0-9A-Za-z]{6,7}$": "an SDI code of 6 or 7 letters and digits",
    r"^[^@\s<>,;]+@[^@\s<>,;]+$": "one e-mail address",
}
_IN_WORDS: Final = {
    "Invalid decimal string": "it must be a number, such as 5000 or 99.50",
    "Expected `array` of length >= 1": "it must not be empty",
    "Expected `str`": "every name must be text",
}
MOST_LEVELS: Final = 40


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a plain form. path: `rules[2].when.amount`; line: in the file, where there is one."""

    path: str
    message: str
    line: int | None = None

    def __str__(self) -> str:
        if not self.path:
            return f"line {self.line}: {self.message}" if self.line else self.message
        return f"{self.path} (line {self.line}): {self.message}" if self.line else f"{self.path}: {self.message}"


class WrongForm(Exception):
    """Something that is no rule, recipient or condition; `faults` say where and why."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def to_plain(value: Plain) -> dict[str, object]:
    """A value as text, numbers, lists and mappings; what says nothing is left out. Amounts become text."""
    plain: dict[str, object] = msgspec.to_builtins(value)
    return plain


def from_plain(kind: type[Value], plain: object) -> Value:
    """A value of this kind from its plain form. Raises WrongForm with the fault."""
    try:
        return msgspec.convert(_listed(plain), kind)
    except msgspec.ValidationError as error:
        raise WrongForm((_fault(str(error)),)) from None


def _listed(plain: object, levels: int = 0) -> object:
    """The same with every single text put in a list where a list is meant."""
    if levels > MOST_LEVELS:
        raise WrongForm((Fault("", f"this is nested more than {MOST_LEVELS} levels deep"),))
    if isinstance(plain, Mapping):
        return {name: _listed_field(name, inner, levels + 1) for name, inner in plain.items()}
    return [_listed(one, levels + 1) for one in plain] if isinstance(plain, list | tuple) else plain


def _listed_field(name: object, inner: object, levels: int) -> object:
    if name in LISTS and isinstance(inner, str):
        return [inner]
    return inner if name in FREE else _listed(inner, levels)


def _fault(message: str) -> Fault:
    text, _, place = message.partition(" - at `")
    path = place.rpartition("$")[2].rstrip("`").lstrip(".")
    return Fault(path, _in_words(text))


def _in_words(text: str) -> str:
    """A message of msgspec for the people who write rules."""
    if unknown := re.match(r"Object contains unknown field `(.*)`", text):
        near = difflib.get_close_matches(unknown[1], _NAMES, n=1)
        return f"there is no `{unknown[1]}` here" + (f"; did you mean `{near[0]}`?" if near else "")
    if missing := re.match(r"Object missing required field `(.*)`", text):
        return f"`{missing[1]}` is missing"
    if wrong := re.match(r"Expected `(.*)`, got `(.*)`", text):
        quotes = ": put it in quotes" if wrong[1] == "str" and wrong[2] in ("int", "bool", "decimal") else ""
        return f"{_kinds(wrong[2])} stands here, but it must be {_kinds(wrong[1])}{quotes}"
    if pattern := re.match(r"Expected `str` matching regex '(.*)'", text):
        return f"it must be {_PATTERNS.get(pattern[1].encode().decode('unicode_escape'), pattern[1])}"
    return _IN_WORDS.get(text, text)


def _kinds(names: str) -> str:
    words = [_KINDS.get(one, one) for one in names.split(" | ") if one != "null" or names == "null"]
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
