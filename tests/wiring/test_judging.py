"""A verdict is one of rules that were applied, and of nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from formats.checking import Applied, Report
from formats.ubl import FORMAT as UBL
from gateway.registry import formats_at_hand
from gateway.wiring.judging import judge
from tests.corpus import document, verdicts
from tests.samples import sample_invoice

CORE = "EN16931-UBL 1.3.16"
# The rule sets that a profile adds to the core, as the corpus calls them.
PROFILES = {
    "en16931": (),
    "peppol-bis-3": ("PEPPOL 2026.5",),
    "peppol-bis-3-self-billing": ("PEPPOL-SB 2026.5",),
    "xrechnung": ("XRechnung 3.0.2",),
}


@pytest.mark.parametrize("report", [Report(), Report(applied=(Applied("empty", "1", 0),))])
def test_a_document_to_which_no_rule_was_applied_is_not_valid_although_its_schema_lets_it_pass(report: Report) -> None:
    assert UBL.write is not None
    (general,) = UBL.profiles
    without_rules = replace(UBL, profiles=(replace(general, check=lambda _: report, rules=()),))
    (judged,) = judge({"ubl": without_rules}, UBL.write(sample_invoice()).content, "a.xml", general.name)
    assert not judged.is_valid
    assert not judged.may_leave
    assert [one["id"] for one in judged.findings] == ["GW-NOTHING-CHECKED"]


@pytest.mark.parametrize("profile", PROFILES)
def test_a_document_is_valid_where_schema_and_official_rules_let_it_pass_and_nowhere_else(
    shared: Path, profile: str
) -> None:
    formats, differ = formats_at_hand(), []
    sets = (CORE, *PROFILES[profile])
    for one in verdicts(shared, sets[-1]):
        official = bool(one.xsd) and all(one.is_clean(rule_set) for rule_set in sets)
        (judged,) = judge(formats, document(shared, one.path), one.path, profile)
        differ += [] if judged.is_valid is official else [one.path]
    assert differ == []
