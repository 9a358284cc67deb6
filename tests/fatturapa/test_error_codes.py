"""Every code that SDI answers with is explained: meaning, who has to act, what to do."""

import csv
from pathlib import Path

import pytest

from formats.fatturapa.error_codes import explain, explanations


def test_every_code_of_the_specification_is_explained(shared: Path) -> None:
    facts = shared / "facts" / "sdi-error-codes.csv"
    if not facts.exists():
        pytest.skip(f"the table of facts is not here: {facts}")
    with facts.open(encoding="utf-8", newline="") as lines:
        codes = {row["code"] for row in csv.DictReader(lines)}
    assert codes <= explanations().keys()


def test_an_explanation_is_whole() -> None:
    for one in explanations().values():
        assert one.owner in ("sender", "master data", "operator", "recipient", "nobody"), one.code
        assert one.meaning.endswith("."), one.code
        assert one.fix.endswith("."), one.code


def test_a_code_is_found_however_it_is_written() -> None:
    assert explain(" 00404 ").owner == "sender"
    assert explain("ei03").code == "EI03"


def test_an_unknown_code_is_the_operators_to_look_at() -> None:
    unknown = explain("00999")
    assert (unknown.code, unknown.owner) == ("00999", "operator")
    assert "00999" in unknown.meaning
