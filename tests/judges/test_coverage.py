"""Our rule sets have every rule of the official ones, no other, and each at its level."""

from collections.abc import Callable

import pytest

from tests import judge
from tests.judges.pairs import PAIRS
from tests.judges.sides import Pair
from tests.judges.tally import COVERED


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.official)
def test_the_rules_and_their_levels_are_the_official_ones(
    pair: Pair, record_property: Callable[[str, object], None]
) -> None:
    official = judge.rules(pair.official)
    record_property(COVERED, (pair.official, len(pair.ours.ids & official), len(official)))
    ours = {(rule, str(pair.ours.severity_of(rule))) for rule in pair.ours.ids}
    assert ours == judge.levels(pair.official)
