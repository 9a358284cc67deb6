"""Our rules find in every UBL document of the corpus what the official rules found in it, as the corpus has kept it."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpus import Verdict, document, shared_folder, verdicts
from tests.judges.pairs import PAIRS
from tests.judges.sides import Pair, difference, found_by
from tests.judges.tally import COMPARED

TITLES = dict(zip(("EN16931-UBL 1.3.16", "PEPPOL 2026.5", "PEPPOL-SB 2026.5", "XRechnung 3.0.2"), PAIRS, strict=True))
CASES = [
    pytest.param(title, verdict, id=f"{title} {verdict.path}")
    for title in TITLES
    if (shared_folder() / "corpus" / "oracle-verdicts.json").is_file()
    for verdict in verdicts(shared_folder(), title)
    if verdict.root in ("Invoice", "CreditNote")
]


def test_all_of_them_are_judged(shared: Path) -> None:
    judged = Counter(str(one.values[0]) for one in CASES)
    assert judged == {"EN16931-UBL 1.3.16": 164, "PEPPOL 2026.5": 89, "PEPPOL-SB 2026.5": 6, "XRechnung 3.0.2": 40}


@pytest.mark.parametrize(("title", "verdict"), CASES)
def test_it_is_judged_as_officially(
    shared: Path, title: str, verdict: Verdict, record_property: Callable[[str, object], None]
) -> None:
    pair: Pair = TITLES[title]
    ours = found_by(pair.ours, document(shared, verdict.path))
    assert difference(pair.official, ours, Counter(verdict.rules[title])) is None
    record_property(COMPARED, (pair.official, "documents", 1))
