"""`gateway explain`: a rule in plain words."""

import pytest

from formats.explanations import LANGUAGES
from tests.cli.conftest import Gateway


def test_a_rule_is_told_with_its_terms_and_who_can_repair_it(gateway: Gateway) -> None:
    said = gateway("explain", "br-co-10")
    assert said.code == 0
    assert said.text.startswith("BR-CO-10\n")
    assert "BT-106  Sum of Invoice line net amount" in said.text
    assert "en16931 1.3.16" in said.text
    assert "Who can repair it: whoever wrote the invoice." in said.text


def test_machines_get_the_same(gateway: Gateway) -> None:
    (said,) = gateway("explain", "DE-R-001", "--json").lines
    assert set(said) == {"id", "rule_sets", "terms", "owner", "message", "fix", "decided"}
    assert said["rule_sets"] == ["peppol-bis-3 2026.5"]


@pytest.mark.parametrize(
    ("code", "published", "decided"),
    [
        ("00421", "sdi-controls 2.0", "by the file alone."),
        ("00200", "fatturapa-schema 1.2.3", "by the file alone."),
        ("00403", "sdi-sending 2.0", "by its name, the moment and the signature."),
        ("00002", "answers of SDI", "by what it sent before."),
        ("00305", "sdi-controls 2.0", "SDI asks the tax register"),
        ("00311", "answers of SDI", "SDI alone decides it. Recipient codes are listed by"),
    ],
)
def test_a_code_of_sdi_is_told_with_who_can_decide_it(
    gateway: Gateway, code: str, published: str, decided: str
) -> None:
    said = gateway("explain", code)
    assert said.code == 0
    assert f"Published in: {published}." in said.text
    assert decided in " ".join(said.text.split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_in_every_language(gateway: Gateway, language: str) -> None:
    assert gateway("explain", "BR-01", "--language", language).code == 0


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("BR-CO-100",), "did you mean BR-CO-10"),
        (("BR-01", "--language", "fr"), "there is no fr; there are en, de, it, sv"),
    ],
)
def test_what_nobody_knows_is_answered_with_what_there_is(
    gateway: Gateway, words: tuple[str, ...], answer: str
) -> None:
    said = gateway("explain", *words)
    assert said.code == 2
    assert answer in said.err
