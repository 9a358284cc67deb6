"""What the codes of SDI mean, who has to act, and what to do: `explain("00404")`.

One row a code in `data/error_codes.csv`: controls of a file (00...), answers of the channels (EI, ER, ES, ET), the
buyer's answers (EC, EN).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from formats.fatturapa.elements import rows


@dataclass(frozen=True, slots=True)
class Explanation:
    """One code in plain words.

    owner:  who has to act: sender (the clerk), master data, operator (of the gateway), recipient, nobody
    """

    code: str
    meaning: str
    owner: str
    fix: str


@cache
def explanations() -> Mapping[str, Explanation]:
    """Every code that SDI is known to answer with."""
    return {
        row["code"]: Explanation(row["code"], row["meaning"], row["owner"], row["fix"])
        for row in rows("error_codes.csv")
    }


def explain(code: str) -> Explanation:
    """What a code means. One that is not known is explained by what SDI itself wrote beside it."""
    known = explanations().get(code.strip().upper())
    if known is not None:
        return known
    return Explanation(
        code,
        f"SDI answered with {code}, which the gateway does not know.",
        "operator",
        "Read the description that SDI sent with the code, and tell the makers of the gateway about the code.",
    )
