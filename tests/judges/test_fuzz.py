"""Our rules and the official ones say the same of mutated invoices; `make fuzz` asks about many more of them."""

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest
from lxml import etree

from formats.ubl.assertions import RuleSet
from tests import judge
from tests.judges.fuzz import compared, mutants_of
from tests.judges.minimising import minimised
from tests.judges.mutations import MUTATIONS
from tests.judges.pairs import PROFILES
from tests.judges.seeds import seeds_of
from tests.judges.sides import Pair, compare
from tests.judges.tally import COMPARED
from tests.judges.vocabulary import vocabulary
from tests.judges.workshop import Mutation, Workshop

SEED = 2026
MUTANTS = 75  # a profile
# What valid German documents break all the same: the extension goes beyond EN 16931, vehicles have their own class,
# and a rate is wanted even outside the scope of VAT.
UNAVOIDABLE = {"xrechnung": {"UBL-CR-470", "UBL-CR-646", "BR-CL-13", "BR-DE-14"}}


@pytest.mark.parametrize("profile", PROFILES)
def test_mutants_are_judged_as_officially(profile: str, record_property: Callable[[str, object], None]) -> None:
    done = compared(mutants_of(profile, SEED, None), range(MUTANTS))
    assert [(one.number, one.made_from, str(one.difference)) for one in done.found] == []
    for pair in PROFILES[profile]:
        record_property(COMPARED, (pair.official, "mutants", done.mutants))


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_mutated_is_valid(profile: str) -> None:
    """All that was written by hand; of what is drawn nearly all, for a profile wants more than the model knows."""
    drawn, invalid = 0, []
    for seed in seeds_of(profile):
        found = Counter[tuple[str, str]]()
        for pair in PROFILES[profile]:
            found += judge.official_findings(seed.content, pair.official)
        wrong = {rule for rule, _ in found} - UNAVOIDABLE.get(profile, set())
        assert not wrong or seed.group == "drawn", (seed.name, wrong)
        drawn += seed.group == "drawn"
        invalid += [(seed.name, wrong)] if wrong else []
    assert len(invalid) <= drawn / 10, invalid


def test_a_mutant_can_be_made_again() -> None:
    mutants = mutants_of("en16931", SEED, None)
    assert [mutants[number] for number in range(20)] == [mutants[number] for number in range(20)]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_each_mutation_changes_documents_and_leaves_them_xml(mutation: Mutation) -> None:
    seeds = [one.content for one in seeds_of("en16931")]
    words = vocabulary([judge.EN16931], seeds)
    changed = 0
    for number in range(40):
        random = Random(number)
        root = etree.fromstring(random.choice(seeds))
        before = etree.tostring(root, method="c14n")
        after = etree.tostring(mutation(root, Workshop(random, words, seeds)), method="c14n")
        etree.fromstring(after)
        changed += before != after
    assert changed >= 10


def test_a_rule_that_is_missing_shows_on_a_document_that_breaks_it_made_small() -> None:
    pair = Pair(RuleSet("nothing", "0", ()), judge.EN16931)
    broken = seeds_of("en16931")[0].content.replace(b"<cbc:ID>2026-0042</cbc:ID>", b"", 1)

    def differs(content: bytes) -> bool:
        one = compare(pair, content).difference
        return one is not None and ("BR-02", "fatal") in one.missed

    assert compare(pair, broken).difference is not None
    small = minimised(broken, differs, tries=200)
    assert differs(small)
    assert len(small) < len(broken) / 2


def test_where_the_official_rules_break_a_document_must_not_be_valid() -> None:
    broken = seeds_of("en16931")[0].content.replace(b">59.70<", b">much<")
    one = compare(Pair(RuleSet("nothing", "0", ()), judge.EN16931), broken)
    assert one.official is None
    assert one.difference is not None
    assert one.difference.missed == Counter()
    assert one.difference.breaks
