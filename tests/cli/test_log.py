"""`gateway log`, `status` and `resend` on a real database."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from channels.contract import Misconfigured
from formats.ubl import FORMAT as UBL
from gateway.intake.receive import Door, Incoming, receive
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.store.session import open_store
from tests.cli.conftest import Gateway
from tests.databases import database
from tests.pipeline.house import SENDER, TENANT, SmallHouse, small_house
from tests.samples import sample_invoice

HOSTILE = "A\u202e[bold]x[/]"


@contextmanager
def opened(url: str, folder: Path) -> Iterator[SmallHouse]:
    """A house with one document that was handed over, one that is held, one of a hostile sender, one that is wrong."""
    store = open_store(url, connections=2)
    house = small_house(store, folder / "archive")
    deliver(house, "N-1")
    house.channel.script = [Misconfigured("token", "the token is wrong")]
    deliver(house, "N-2")
    deliver(house, HOSTILE)
    deliver(house, "")
    yield house
    store.close()


@pytest.fixture
def small(gateway_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallHouse]:
    """Such a house for this test alone."""
    monkeypatch.setenv("DATABASE_URL", gateway_database)
    with opened(gateway_database, tmp_path) as house:
        yield house


@pytest.fixture(scope="module")
def shared_house(
    postgres_server: str, newest_schema: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, SmallHouse]]:
    with database(postgres_server, template=newest_schema) as url, opened(url, tmp_path_factory.mktemp("log")) as made:
        yield url, made


@pytest.fixture
def calm(shared_house: tuple[str, SmallHouse], monkeypatch: pytest.MonkeyPatch) -> SmallHouse:
    """Such a house, for tests that only look."""
    monkeypatch.setenv("DATABASE_URL", shared_house[0])
    return shared_house[1]


def deliver(small: SmallHouse, number: str) -> None:
    """Submit an invoice, and let it go through the hops; one without a number breaks a rule."""
    house = small.house
    small.clock.let_pass(datetime.timedelta(days=1))
    assert UBL.write is not None
    content = UBL.write(sample_invoice(number=number or None)).content
    receive(Door(house.store, house.archive, house.clock, 10**6), Incoming(TENANT, SENDER, "api", "in.xml", content))
    read_waiting(house, TENANT)
    prepare_waiting(house, TENANT)
    dispatch_waiting(house, TENANT, "obedient")


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ([], [None, HOSTILE, "N-2", "N-1"]),
        (["N-1"], ["N-1"]),
        (["--state", "action needed"], [None, "N-2"]),
        (["--state", "Delivered"], []),
        (["--channel", "obedient"], [HOSTILE, "N-2", "N-1"]),
        (["--recipient", "lac"], [None, HOSTILE, "N-2", "N-1"]),
        (["--from", "2026-11-14", "--to", "2026-11-14"], ["N-2"]),
        (["--limit", "2"], [None, HOSTILE]),
    ],
)
def test_the_log_is_searched_by_what_is_known(
    gateway: Gateway, calm: SmallHouse, words: list[str], numbers: list[str]
) -> None:
    ran = gateway("log", *words, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert [one["number"] for one in ran.lines] == numbers


def test_the_log_is_a_table_in_which_foreign_text_is_text(gateway: Gateway, calm: SmallHouse) -> None:
    ran = gateway("log")
    head, _, first, second, third = ran.text.splitlines()
    assert head.split() == ["id", "number", "recipient", "channel", "state", "what", "happens", "now"]
    assert "A [bold]x[/]" in first
    assert "Atelier du Lac SARL" in second
    assert "Action needed" in second
    assert "In progress" in third


def test_a_log_that_has_more_says_so(gateway: Gateway, calm: SmallHouse) -> None:
    assert "raise --limit" in gateway("log", "--limit", 3).text
    assert "raise --limit" not in gateway("log", "--limit", 4).text


def test_a_state_that_there_is_not_is_answered_with_those_that_there_are(gateway: Gateway, calm: SmallHouse) -> None:
    ran = gateway("log", "--state", "lost")
    assert (ran.code, ran.out) == (2, b"")
    assert "Action needed" in ran.err


def test_the_status_of_a_document_shows_the_verdict_first_and_then_what_proves_it(
    gateway: Gateway, calm: SmallHouse
) -> None:
    (held,) = gateway("log", "N-2", "--json").lines
    ran = gateway("status", held["id"])
    assert ran.code == 0
    first, second, third, *_ = ran.text.splitlines()
    assert first == f"{held['id']}  N-2  Action needed"
    assert second == held["sentence"]
    assert third.startswith(f"Next: {held['action']} (gateway operator")
    for heading in ("Deliveries", "Timeline", "Bytes"):
        assert f"\n{heading}\n" in ran.text
    assert "document.received" in ran.text
    assert held["because"] in ran.text


def test_the_status_for_machines_is_what_the_api_says(gateway: Gateway, calm: SmallHouse) -> None:
    (found,) = gateway("log", "N-1", "--json").lines
    (whole,) = gateway("status", found["id"].lower(), "--json").lines
    assert set(whole) == {"document", "submission", "deliveries", "events", "artefacts"}
    assert whole["document"] == found


def test_the_findings_of_a_document_are_in_its_status(gateway: Gateway, calm: SmallHouse) -> None:
    (found,) = gateway("log", "--state", "Action needed", "--limit", 1, "--json").lines
    ran = gateway("status", found["id"])
    assert "\nFindings\n" in ran.text
    assert "BR-02" in ran.text


@pytest.mark.parametrize("command", ["status", "resend"])
def test_a_document_that_there_is_not_is_said(gateway: Gateway, calm: SmallHouse, command: str) -> None:
    ran = gateway(command, "d-00000000")
    assert (ran.code, ran.out) == (2, b"")
    assert "d-00000000" in ran.err
    assert "[not-found]" in ran.err


def test_a_held_document_goes_again_and_the_log_says_why(gateway: Gateway, small: SmallHouse) -> None:
    (held,) = gateway("log", "N-2", "--json").lines
    ran = gateway("resend", held["id"], "--reason", "the token was renewed")
    assert ran.code == 0
    assert ran.text.strip()
    dispatch_waiting(small.house, TENANT, "obedient")
    (whole,) = gateway("status", held["id"], "--json").lines
    assert whole["document"]["delivery"] == "handed_over"
    (said,) = [one for one in whole["events"] if one["type"] == "document.resent"]
    assert said["actor"] == "command line"
    assert "the token was renewed" in said["sentence"]


def test_what_was_handed_over_does_not_go_again(gateway: Gateway, calm: SmallHouse) -> None:
    (found,) = gateway("log", "N-1", "--json").lines
    ran = gateway("resend", found["id"])
    assert ran.code == 2
    assert "handed over" in ran.err


def test_where_there_are_several_tenants_one_is_named(gateway: Gateway, small: SmallHouse) -> None:
    gateway("tenant", "add", "South")
    unnamed = gateway("log")
    assert unnamed.code == 2
    assert "North, South" in unnamed.err
    assert gateway("log", "--tenant", "South", "--json").lines == []
    assert len(gateway("log", "--tenant", "North", "--json").lines) == 4
    assert gateway("log", "--tenant", "West").code == 2


def test_a_database_that_is_not_there_is_no_traceback(gateway: Gateway, tmp_path: Path) -> None:
    ran = gateway("log", DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert ran.code == 2
    assert "[database-unavailable]" in ran.err
    assert "Traceback" not in ran.err
