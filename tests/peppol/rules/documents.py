"""Fragments of UBL documents to try single rules on, and what our rules and the official ones say of them."""

from formats.explanations import blanks_of, entry_of
from formats.peppol.rules import PEPPOL, SELF_BILLING
from formats.peppol.rules.xrechnung import XRECHNUNG
from formats.ubl.assertions import Failure, RuleSet
from formats.ubl.growing import grow
from formats.ubl.telling import Teller
from tests import judge
from tests.judges.sides import Difference, Pair, compare

_UBL = "urn:oasis:names:specification:ubl:schema:xsd"
PEPPOL_PAIR = Pair(PEPPOL, judge.PEPPOL)
SELF_BILLING_PAIR = Pair(SELF_BILLING, judge.SELF_BILLING)
XRECHNUNG_PAIR = Pair(XRECHNUNG, judge.XRECHNUNG)


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


def every_blank_is_filled(rules: RuleSet, document: bytes) -> bool:
    """Whether what is told of a document has a value for each blank of its words."""
    grown = grow(document)
    for told in Teller(grown, {}).told(rules, rules.failures_of(grown)):
        entry = entry_of(told.id)
        assert entry is not None, told.id
        assert blanks_of(entry.what) | blanks_of(entry.fix) <= set(told.values), told.id
    return True
