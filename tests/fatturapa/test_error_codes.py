"""Every code that SDI answers with has its words, who has to act, and who can decide it; what can be decided, is."""

import csv
from pathlib import Path

import pytest

from formats.explanations import LANGUAGES, Mender, blanks_of, entry_of, ids
from formats.fatturapa.checks import READABILITY, SDI_CONTROLS
from formats.fatturapa.error_codes import Decided, codes, explain
from formats.fatturapa.schema import SCHEMA_CHECKS
from formats.fatturapa.sdi_identifiers import IDENTIFIER_CONTROLS
from formats.fatturapa.sdi_sending import SENDING_CONTROLS

CONTROLS = {
    Decided.FILE: SDI_CONTROLS.ids | SCHEMA_CHECKS.ids | READABILITY.ids,
    Decided.SENDING: SENDING_CONTROLS.ids,
    Decided.WARNING: {one.id for one in IDENTIFIER_CONTROLS},
}
# Which ways of deciding answer to what the specification says of a control.
DECIDABLE = {
    "yes": {Decided.FILE, Decided.SENDING},
    "partly": {Decided.FILE, Decided.SENDING, Decided.LEDGER},
    "no": {Decided.SDI, Decided.WARNING, Decided.ANSWER},
    "n/a": {Decided.ANSWER},
}
# Decidable in part by what the gateway does not have: lists of the day, and an archive that it does not send.
NOT_AT_HAND = {"00101": Decided.SDI, "00104": Decided.SDI, "ET02": Decided.ANSWER}


@pytest.fixture
def facts(shared: Path) -> list[dict[str, str]]:
    """What the specification says of each code."""
    table = shared / "facts" / "sdi-error-codes.csv"
    if not table.exists():
        pytest.skip(f"the table of facts is not here: {table}")
    with table.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_code_of_the_specification_is_decided_by_whom_it_can_be(facts: list[dict[str, str]]) -> None:
    known = codes()
    for row in facts:
        code, decided = row["code"], known[row["code"]].decided
        if code in NOT_AT_HAND:
            assert decided is NOT_AT_HAND[code], code
        else:
            assert decided in DECIDABLE[row["checkable_locally"]], code


def test_no_other_code_is_in_the_table_but_a_historical_one(facts: list[dict[str, str]]) -> None:
    assert codes().keys() - {row["code"] for row in facts} == {"00459"}


@pytest.mark.parametrize("decided", CONTROLS)
def test_what_can_be_decided_has_a_control(decided: Decided) -> None:
    stated = {one.code for one in codes().values() if one.decided is decided}
    others = {one.id for one in IDENTIFIER_CONTROLS} if decided is Decided.FILE else set()
    assert stated == CONTROLS[decided] - others


def test_what_others_decide_says_why() -> None:
    for one in codes().values():
        if one.decided not in (Decided.FILE, Decided.SENDING):
            assert one.why.endswith("."), one.code


def test_the_gateway_keeps_what_only_a_memory_can_decide() -> None:
    assert {one.code for one in codes().values() if one.decided is Decided.LEDGER} == {"00002", "00404"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_words_in_every_language(language: str) -> None:
    assert codes().keys() <= ids(language)
    for code in codes():
        said = explain(code, language)
        assert isinstance(said.owner, Mender), code
        for text in (said.meaning, said.fix):
            assert len(text) > 3, (code, text)
            assert text.endswith("."), (code, text)
            assert "…" not in text, (code, text)
            assert not blanks_of(text), (code, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_every_language_quote_what_the_english_ones_quote(language: str) -> None:
    for code in (*codes(), *(f"{family}*" for family in ("000", "001", "002", "003", "004")), "SDI-UNKNOWN"):
        english, other = entry_of(code), entry_of(code, language)
        assert english is not None
        assert other is not None
        assert blanks_of(other.what) == blanks_of(english.what), code
        assert blanks_of(other.fix) == blanks_of(english.fix), code
        assert language == "en" or other.what != english.what, code


def test_a_code_is_found_however_it_is_written() -> None:
    assert explain(" 00404 ").owner is Mender.CLERK
    assert explain("ei03").code == "EI03"


UNKNOWN = [
    # the code -> who looks at it
    ("00399999", Mender.MASTER_DATA),  # something about parties
    ("00499", Mender.CLERK),  # something about the invoice
    ("00199", Mender.OPERATOR),  # something about the signature
    ("00999", Mender.OPERATOR),  # nobody knows
    ("QQ", Mender.OPERATOR),
    ("SDI-UNKNOWN", Mender.OPERATOR),
    ("", Mender.OPERATOR),
]


@pytest.mark.parametrize(("code", "owner"), UNKNOWN)
def test_an_unknown_code_is_explained_by_its_family(code: str, owner: Mender) -> None:
    said = explain(code)
    assert (said.known, said.owner) == (None, owner)
    assert code in said.meaning
