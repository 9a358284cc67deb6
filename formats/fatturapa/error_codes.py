"""What the codes of SDI mean, who has to act, what to do, and who can decide them: `explain("00404")`.

Controls of a file (00...), answers of the channels (EI, ER, ES, ET), the buyer's answers (EC, EN). The words stand in
`formats.explanations`; `data/error_codes.csv` says of each code who can decide it before the file is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from formats import explanations
from formats.explanations import ENGLISH, Mender, blanks_of, entry_of
from formats.fatturapa.elements import rows

_UNKNOWN: Final = "SDI-UNKNOWN"


class Decided(StrEnum):
    """By what a code is decided before the file is sent."""

    FILE = "file"
    """The file alone."""
    SENDING = "sending"
    """The file, its name and the moment of sending."""
    WARNING = "warning"
    """SDI alone; the file shows that it may be so."""
    LEDGER = "ledger"
    """What the gateway sent before: it keeps the names it gave, and the invoices."""
    SDI = "sdi"
    """SDI alone."""
    ANSWER = "answer"
    """Nothing: it is no control of a file."""


@dataclass(frozen=True, slots=True)
class Code:
    """One code. why: what of it SDI alone can decide, and why; empty where nothing."""

    code: str
    decided: Decided
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code in plain words, of whatever file it is said. known: None where the gateway does not know it."""

    code: str
    meaning: str
    owner: Mender
    fix: str
    known: Code | None


@cache
def codes() -> Mapping[str, Code]:
    """Every code that SDI is known to answer with."""
    return {row["code"]: Code(row["code"], Decided(row["decided"]), row["why"]) for row in rows("error_codes.csv")}


def explain(code: str, language: str = ENGLISH) -> Explanation:
    """What a code means. One that is not known is explained by its family, and by what SDI itself wrote beside it."""
    code = code.strip().upper()
    known = codes().get(code)
    entry = entry_of(code if known else _family(code), language)
    assert entry is not None  # noqa: S101 - a test holds that every code has its words
    if known is None:
        said = explanations.explain(entry.id, {"code": code}, language)
        return Explanation(code, said.what, entry.owner, said.fix, None)
    return Explanation(code, _general(entry.what), entry.owner, _general(entry.fix), known)


def _family(code: str) -> str:
    return code if entry_of(code) is not None else _UNKNOWN


def _general(text: str) -> str:
    """The sentences that quote no document."""
    sentences = text.removesuffix(".").split(". ")
    return ". ".join(one for one in sentences if not blanks_of(one)) + "."
