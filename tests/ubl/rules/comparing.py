"""Some of our rules of EN 16931 beside the official ones: what the two say of a document."""

from formats.ubl.assertions import UNDECIDABLE, RuleSet
from formats.ubl.checks import EN16931
from tests import judge
from tests.judges.sides import Pair, compare, found_by

PAIR = Pair(EN16931, judge.EN16931)


def official_difference(rules: RuleSet, document: bytes) -> str:
    """What the official rules with the ids of ours say otherwise of a document; empty where nothing.

    Where they break, ours must call the document undecidable, and nowhere else.
    """
    both = compare(PAIR, document, within=rules.ids | {UNDECIDABLE})
    if both.official is not None:
        return "" if both.difference is None else str(both.difference)
    is_undecidable = any(rule_id == UNDECIDABLE for rule_id, _ in found_by(EN16931, document))
    return "" if is_undecidable else "the official rules break, ours do not"
