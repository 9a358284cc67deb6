"""A verdict is one of rules that were applied, and of nothing else."""

from dataclasses import replace

import pytest

from formats.checking import Applied, Report
from formats.ubl import FORMAT as UBL
from gateway.wiring.judging import judge
from tests.samples import sample_invoice


@pytest.mark.parametrize("report", [Report(), Report(applied=(Applied("empty", "1", 0),))])
def test_a_document_to_which_no_rule_was_applied_is_not_valid_although_its_schema_lets_it_pass(report: Report) -> None:
    assert UBL.write is not None
    (general,) = UBL.profiles
    without_rules = replace(UBL, profiles=(replace(general, check=lambda _: report, rules=()),))
    (judged,) = judge({"ubl": without_rules}, UBL.write(sample_invoice()).content, "a.xml", general.name)
    assert not judged.is_valid
    assert not judged.may_leave
    assert [one["id"] for one in judged.findings] == ["GW-NOTHING-CHECKED"]
