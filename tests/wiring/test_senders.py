"""What a sender's settings may say, when they are made and when they are used."""

import uuid
from collections.abc import Mapping

import pytest

from formats.erp.mapping import Mapping as CsvMapping
from gateway.errors import SettingWrong, WrongContent
from gateway.store.records import Sender
from gateway.wiring.letter_terms import LetterTerms, over
from gateway.wiring.senders import options_of, read_options, settings_of

MAPPING = """mapping: north
version: 1
language: 1
columns:
  BT-1: Rechnungsnummer
"""
EVERYTHING = {
    "language": "de-AT",
    "country": "AT",
    "peppol_participant": "0088:9876543210982",
    "sdi_transmitter": "IT01234560157",
    "mail_from": "Nordlicht <faktura@nordlicht.example>",
    "post": {"window": "de-din5008-a", "return_lines": ["Nordlicht", "8010 Graz"], "paper": "100"},
    "tags": ["health-service"],
}


def sender(settings: Mapping[str, object]) -> Sender:
    return Sender(uuid.UUID(int=1), uuid.UUID(int=2), "ERP North", settings)


def test_everything_that_may_be_said_is_understood() -> None:
    said = settings_of(sender(EVERYTHING))
    assert said.post == LetterTerms(window="de-din5008-a", return_lines=("Nordlicht", "8010 Graz"), paper=100)
    assert (said.language, said.tags) == ("de-AT", ("health-service",))
    assert options_of(EVERYTHING) == {}


def test_saying_nothing_is_enough() -> None:
    assert settings_of(sender({})).post == LetterTerms()
    assert read_options(sender({})) == {}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"langauge": "de"}, "langauge"),
        ({"language": "German"}, "language"),
        ({"country": "at"}, "country"),
        ({"peppol_participant": "9876543210982"}, "peppol_participant"),
        ({"sdi_transmitter": "01234560157"}, "`01234560157` is no transmitter"),
        ({"tags": "health-service"}, "tags"),
        ({"tags": [""]}, "tags"),
        ({"post": {"widnow": "x"}}, "widnow"),
    ],
)
def test_what_is_none_is_refused_when_it_is_made_and_held_when_it_is_used(
    settings: dict[str, object], words: str
) -> None:
    with pytest.raises(WrongContent, match=words):
        options_of(settings)
    with pytest.raises(SettingWrong, match=rf"senders\.ERP North.*{words}"):
        settings_of(sender(settings))


def test_a_mapping_is_an_option_of_the_reader() -> None:
    assert isinstance(read_options(sender({"mapping": MAPPING}))["mapping"], CsvMapping)


def test_a_broken_mapping_names_its_lines_to_who_writes_it_and_its_sender_to_the_operator() -> None:
    broken = {"mapping": MAPPING.replace("BT-1", "BT-999")}
    with pytest.raises(WrongContent, match="BT-999"):
        options_of(broken)
    with pytest.raises(SettingWrong, match=r"senders\.ERP North\.mapping.*BT-999"):
        read_options(sender(broken))


def test_a_broken_letter_of_a_sender_does_not_keep_its_files_from_being_read() -> None:
    assert read_options(sender({"post": {"widnow": "x"}})) == {}


@pytest.mark.parametrize(
    ("stronger", "weaker", "expected"),
    [
        # Both order something else.
        (LetterTerms(paper=100), LetterTerms(speed="bulk"), LetterTerms(paper=100, speed="bulk")),
        # Both order the same: the stronger one counts.
        (LetterTerms(paper=100), LetterTerms(paper=80), LetterTerms(paper=100)),
        # Nobody orders anything.
        (LetterTerms(), LetterTerms(), LetterTerms()),
    ],
)
def test_the_stronger_order_of_a_letter_counts(
    stronger: LetterTerms, weaker: LetterTerms, expected: LetterTerms
) -> None:
    assert over(stronger, weaker) == expected
