"""Our rules pass the unit tests that CEN and Peppol publish with theirs, and find what the official rules find in them.

Those of the Invoice Response (T111) are about another document.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests import judge
from tests.corpus import shared_folder
from tests.en16931.official_unit_tests import UnitTest, unit_tests
from tests.judges.pairs import CORE, PAIRS
from tests.judges.sides import Pair, compare, found_by
from tests.judges.tally import COMPARED

PEPPOL = PAIRS[1]
# The rule was changed after its tests were written.
OUTDATED = {"common/PEPPOL-COMMON-R048.xml 2"}
TITLES = {"invoice", "creditnote", "common"} | {
    f"UBL-{one}" for one in ("PEPPOL", "DE", "DK", "GR", "IT", "NL", "NO", "SE")
}


def published(folder: str) -> list[UnitTest]:
    """The unit tests on invoices below a folder of the corpus; none where the corpus is not here."""
    files = sorted(shared_folder().glob(f"corpus/{folder}/*/*.xm*"))
    return [test for file in files if file.parent.name in TITLES for test in unit_tests(file)]


CASES = [
    pytest.param(pair, test, id=test.name)
    for pair, folder in ((CORE, "en16931-unit"), (PEPPOL, "peppol-unit"))
    for test in published(folder)
]


def test_all_of_them_are_run(shared: Path) -> None:
    assert [sum(1 for one in CASES if one.values[0] is pair) for pair in (CORE, PEPPOL)] == [807, 362]


@pytest.mark.parametrize(("pair", "test"), [one for one in CASES if one.id not in OUTDATED])
def test_it_passes(pair: Pair, test: UnitTest) -> None:
    found = found_by(pair.ours, test.document)
    assert test.agrees_with(found, {rule for rule, _ in test.breaks})


@pytest.mark.parametrize(("pair", "test"), CASES)
def test_its_document_is_judged_as_officially(
    pair: Pair, test: UnitTest, record_property: Callable[[str, object], None]
) -> None:
    judge.stylesheet(pair.official)  # skips where it is not installed
    assert compare(pair, test.document).difference is None
    record_property(COMPARED, (pair.official, "unit tests", 1))
