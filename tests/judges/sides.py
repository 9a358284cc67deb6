"""The two sides of each comparison: what our rule set says of a document, and what the official one says."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from saxonche import PySaxonApiError

from formats.ubl.assertions import RuleSet
from formats.ubl.growing import grow
from tests import judge

Found = Counter[tuple[str, str]]
"""How often a rule fails, by its id and level: (`BR-CO-10`, `fatal`) -> 1."""


@dataclass(frozen=True)
class Pair:
    """A rule set of ours and the official one that it is to equal, by the name that `tests.judge` gives it."""

    ours: RuleSet
    official: str


@dataclass(frozen=True)
class Difference:
    """What two verdicts on a document disagree about.

    judge:    which pair it is
    missed:   what the official rule set finds and ours doesn't
    invented: what ours finds and the official one doesn't
    breaks:   what the official rule set broke at, where it broke and ours has no fatal finding
    """

    judge: str
    missed: Found
    invented: Found
    breaks: str = ""

    @property
    def kind(self) -> tuple[str, frozenset[str], bool]:
        """What two differences of the same cause have in common: the judge and the rules."""
        return self.judge, frozenset(rule for rule, _ in (*self.missed, *self.invented)), bool(self.breaks)

    def __str__(self) -> str:
        said = [f"{self.judge}:"]
        if self.breaks:
            said.append(f"the official rules break ({self.breaks}) and ours find nothing fatal")
        said += [f"missed {_told(self.missed)}"] if self.missed else []
        said += [f"invented {_told(self.invented)}"] if self.invented else []
        return " ".join(said)


def found_by(rules: RuleSet, document: bytes) -> Found:
    """What our rule set finds in a document."""
    failures = rules.failures_of(grow(document))
    return Counter((one.id, str(rules.severity_of(one.id))) for one in failures)


@dataclass(frozen=True)
class Comparison:
    """Both verdicts on a document.

    official:    what the official rule set finds; None where it broke
    difference:  None where the two agree
    """

    official: Found | None
    difference: Difference | None


def compare(pair: Pair, document: bytes, within: frozenset[str] | None = None) -> Comparison:
    """Both verdicts on a document. within: the only rules that are looked at, all where it is None."""
    ours = found_by(pair.ours, document)
    try:
        official = judge.official_failures(document, pair.official)
    except PySaxonApiError as error:
        # Somewhere XPath gave up on a value; the document is invalid for us as well, whatever else is said of it.
        agreed = within is not None or any(level == "fatal" for _, level in ours)
        why = str(error).strip().partition("\n")[0][:200]
        return Comparison(None, None if agreed else Difference(pair.official, Counter(), ours, why))
    if within is not None:
        ours, official = _limited(ours, within), _limited(official, within)
    return Comparison(official, difference(pair.official, ours, official))


def difference(name: str, ours: Found, official: Found) -> Difference | None:
    """What two verdicts disagree about, if they do. name: of the judge."""
    return None if ours == official else Difference(name, official - ours, ours - official)


def _limited(found: Found, rules: frozenset[str]) -> Found:
    return Counter({key: times for key, times in found.items() if key[0] in rules})


def _told(found: Mapping[tuple[str, str], int]) -> str:
    return ", ".join(f"{rule} {level} x{times}" for (rule, level), times in sorted(found.items()))
