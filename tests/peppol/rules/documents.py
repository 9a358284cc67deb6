"""Fragments of UBL documents to try single rules on, and what our rules and the official ones say of them."""

from formats.peppol.rules import PEPPOL, SELF_BILLING
from formats.ubl.assertions import Failure, RuleSet
from formats.ubl.tree import grow
from tests import judge
from tests.judges.sides import Difference, Pair, compare

_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
PEPPOL_PAIR = Pair(PEPPOL, judge.PEPPOL)
SELF_BILLING_PAIR = Pair(SELF_BILLING, judge.SELF_BILLING)


def fragment(inside: str, root: str = "Invoice") -> bytes:
    """A document that has nothing but this in it."""
    return (
        f'<{root} xmlns="{_UBL}:{root}-2" xmlns:cac="{_UBL}:CommonAggregateComponents-2"'
        f' xmlns:cbc="{_UBL}:CommonBasicComponents-2">{inside}</{root}>'
    ).encode()


def failures(rules: RuleSet, document: bytes, rule_id: str) -> list[Failure]:
    """The failures of one rule on a document."""
    return [one for one in rules.failures_of(grow(document)) if one.id == rule_id]


def official_difference(document: bytes) -> Difference | None:
    """What the official rules of both specifications say otherwise of a document than ours, if anything."""
    for pair in (PEPPOL_PAIR, SELF_BILLING_PAIR):
        if (found := compare(pair, document).difference) is not None:
            return found
    return None
