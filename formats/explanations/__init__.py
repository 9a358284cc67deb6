"""What a finding means in plain words, and what to do about it: by the id of its rule, in four languages.

The words are data: a file for each publication and language (`en/en16931.toml`). English stands with what is the same
in every language: the business terms a rule is about, and who can repair it. A text has blanks for the document's own
values: `The lines add up to {lines}, the invoice says {stated}.`

    ["BR-CO-10"]
    terms = ["BT-106", "BT-131"]
    owner = "clerk"
    what = "The lines add up to {lines}, but the sum of the invoice lines is given as {stated}."
    fix = "State {proposed}, or correct the lines."

An id that ends in `*` speaks for every id that begins so and has no entry of its own. Where two publications have one
rule under two names, English says so (`same_as = "BR-DE-1"`), and the words of the one are those of the other.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Final

LANGUAGES: Final = ("en", "de", "it", "sv")
ENGLISH: Final = "en"


class Mender(StrEnum):
    """Who can repair what is wrong."""

    CLERK = "clerk"
    """Whoever wrote the invoice: an amount, a date, a text."""
    MASTER_DATA = "master_data"
    """Whoever keeps the sender's data of customers, articles and of the own company."""
    OPERATOR = "operator"
    """Whoever runs the gateway."""
    RECIPIENT = "recipient"
    """The buyer, who has to tell something first: a reference, an address."""
    NOBODY = "nobody"
    """Nobody: nothing is wrong, or it passes by itself."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a rule whatever document it fails on.

    terms:  the business terms it is about, the one to be repaired first; empty where it is about the syntax alone
    owner:  who can repair it
    what, fix: the texts in one language, with blanks
    """

    id: str
    terms: tuple[str, ...]
    owner: Mender
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The words about one finding."""

    what: str
    fix: str


def entry_of(rule_id: str, language: str = ENGLISH) -> Entry | None:
    """The entry of a rule, None where nothing is known of it; in English where a language lacks it."""
    rule_id = _other_names().get(rule_id, rule_id)
    for one in dict.fromkeys((language, ENGLISH)):
        entries = _entries(one)
        found = entries.get(rule_id) or entries.get(_family(entries, rule_id))
        if found is not None:
            return found
    return None


def explain(rule_id: str, values: Mapping[str, object], language: str = ENGLISH) -> Explanation:
    """What failed and what to do, with the document's own values in the blanks; a blank without a value shows as …."""
    entry = entry_of(rule_id, language)
    if entry is None:
        return Explanation(f"The rule {rule_id} does not hold.", "")
    return Explanation(_filled(entry.what, values), _filled(entry.fix, values))


def ids(language: str) -> frozenset[str]:
    """The ids that have an entry in a language."""
    entries = _entries(language)
    return frozenset(entries) | {name for name, same in _other_names().items() if same in entries}


def blanks_of(text: str) -> frozenset[str]:
    """The names of the blanks in a text."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name)


class _Values(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "…"


def _filled(text: str, values: Mapping[str, object]) -> str:
    return text.format_map(_Values(values))


def _family(entries: Mapping[str, Entry], rule_id: str) -> str:
    return next((f"{rule_id[:end]}*" for end in range(len(rule_id), 0, -1) if f"{rule_id[:end]}*" in entries), "")


@cache
def _entries(language: str) -> Mapping[str, Entry]:
    english = {} if language == ENGLISH else _entries(ENGLISH)
    return {one.id: one for file in _files(language) for one in _read(file, english)}


def _files(language: str) -> Iterator[Traversable]:
    folder = files(__name__) / language
    return (one for one in sorted(folder.iterdir(), key=lambda each: each.name) if one.name.endswith(".toml"))


@cache
def _other_names() -> Mapping[str, str]:
    """`DE-R-001` -> `BR-DE-1`: a rule that has its words under another name."""
    return {
        rule_id: said["same_as"]
        for file in _files(ENGLISH)
        for rule_id, said in tomllib.loads(file.read_text("utf-8")).items()
        if "same_as" in said
    }


def _read(file: Traversable, english: Mapping[str, Entry]) -> Iterator[Entry]:
    for rule_id, said in tomllib.loads(file.read_text("utf-8")).items():
        if "same_as" in said:
            continue
        same = english.get(rule_id)
        terms = same.terms if same else tuple(said["terms"])
        yield Entry(rule_id, terms, same.owner if same else Mender(said["owner"]), said["what"], said["fix"])
