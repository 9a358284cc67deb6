"""What was compared in a test run, and which judges were missing: the lines at its end.

Tests take down what they compared, `record_property(COMPARED, ("en16931", "mutants", 75))`, and how many rules there
are; that comes along with the reports of whichever process ran them. Nothing of ours is loaded for it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import pytest

COMPARED: Final = "compared with a judge"
COVERED: Final = "rules of a judge"
_MISSING: Final = re.compile(r"the official rule set ([a-z0-9-]+) is not installed")


def lines_of(reports: Iterable[pytest.TestReport]) -> Iterator[str]:
    """The lines at the end of a test run."""
    compared, covered, missing = Counter[tuple[str, str]](), dict[str, str](), Counter[str]()
    for report in reports:
        if report.when == "call":
            for judge, what, count in _noted(report, COMPARED):
                compared[str(judge), str(what)] += int(str(count))
            covered |= {str(judge): f"{ours} of {official} rules" for judge, ours, official in _noted(report, COVERED)}
        if report.skipped and (found := _MISSING.search(str(report.longrepr))):
            missing[found[1]] += 1
    for judge in dict.fromkeys((*covered, *(judge for judge, _ in compared))):
        told = [f"{count:,} {what}" for (judged, what), count in sorted(compared.items()) if judged == judge]
        rules = covered.get(judge, "rules not counted")
        yield f"{judge}: {rules}; verdicts compared on {', '.join(told) or 'nothing'}"
    for judge, tests in sorted(missing.items()):
        yield f"{judge}: the official rule set is MISSING, {tests} tests were skipped (run `make judges`)"


def reports_of(stats: Mapping[str, Sequence[object]]) -> Iterator[pytest.TestReport]:
    """The reports of single tests among what a run counts."""
    for several in stats.values():
        yield from (one for one in several if isinstance(one, pytest.TestReport))


def _noted(report: pytest.TestReport, name: str) -> Iterator[tuple[object, object, object]]:
    for noted, value in report.user_properties:
        if noted == name and isinstance(value, Sequence):
            judge, what, count = value
            yield judge, what, count
