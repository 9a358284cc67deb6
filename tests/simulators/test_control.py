"""The control panel, the clock and the script."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from simulators.clock import Agenda, Clock
from simulators.pace import PACES, read_pace
from simulators.script import RuleError, Script, read_rule
from tests.simulators.messages import Panel


def test_the_twin_is_up(panel: Panel) -> None:
    assert panel.client.get("/health").json() == {"status": "UP", "parties": ["ap", "sdi", "smtp", "print"]}


def test_the_clock_moves_forward_alone(panel: Panel) -> None:
    before = datetime.fromisoformat(panel.client.get("/clock").json()["now"])
    panel.advance(86_400)
    after = panel.client.get("/clock").json()
    assert datetime.fromisoformat(after["now"]) - before >= timedelta(days=1)
    assert after["offset"] == 86_400
    assert panel.client.post("/clock/advance", json={"seconds": -1}).status_code == 400
    assert panel.client.post("/clock/advance", json={"seconds": "1"}).status_code == 400


RULES = {
    # what is wrong with the rule: the rule
    "no behaviour": {"match": {}},
    "an unknown behaviour": {"behaviour": "explode", "match": {}},
    "an unknown entry": {"behaviour": "accept", "match": {}, "recipient": "x"},
    "an unknown word to match by": {"behaviour": "accept", "match": {"colour": "red"}},
    "a time that is none": {"behaviour": "delay", "seconds": -1},
    "never used": {"behaviour": "accept", "times": 0},
    "a step of another party": {"behaviour": "accept", "then": [{"say": "posted"}]},
    "a step without words": {"behaviour": "accept", "then": ["RE"]},
    "an unknown stage": {"behaviour": "reject", "stage": "helo"},
    "no object": "accept",
}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rule_that_can_not_be_meant_is_refused(panel: Panel, rule: object) -> None:
    answer = panel.client.post("/script/ap", json=rule)
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert panel.client.get("/script/ap").json() == []


def test_an_unknown_party_is_refused(panel: Panel) -> None:
    assert panel.client.post("/script/fax", json={"behaviour": "accept"}).status_code == 400
    assert panel.client.get("/seen/fax").status_code == 404


def test_rules_are_shown_with_their_use_and_forgotten_together(panel: Panel) -> None:
    panel.script("ap", behaviour="accept", match={})
    panel.client.post("/script/smtp", json=[{"behaviour": "drop"}, {"behaviour": "hang"}]).raise_for_status()
    assert [rule["used"] for rule in panel.client.get("/script/smtp").json()] == [0, 0]
    assert panel.client.delete("/script").status_code == 204
    assert panel.client.get("/script/smtp").json() == []


def test_rules_are_used_in_order_and_as_often_as_they_say() -> None:
    script = Script(Clock())
    script.add("ap", read_rule("ap", {"behaviour": "reject", "match": {"number": "INV-*"}, "times": 1}))
    script.add("ap", read_rule("ap", {"behaviour": "drop", "match": {"number": "INV-*", "recipient": "0088:1"}}))
    facts = {"number": ("INV-1",), "recipient": ("0088:1",)}
    found = [rule and rule.behaviour for rule in (script.pick("ap", facts) for _ in range(3))]
    assert found == ["reject", "drop", "drop"]
    assert script.pick("ap", {"number": ("INV-1",)}) is None
    assert script.pick("sdi", facts) is None


def test_the_directory_is_written_over_the_panel(panel: Panel) -> None:
    participants = {"0088:1": None, "0088:2": ["urn:a::B##c::1"]}
    panel.client.post("/directory", json={"participants": participants}).raise_for_status()
    entries = panel.client.get("/directory").json()
    assert (len(entries["0088:1"]), entries["0088:2"]) == (2, ["urn:a::B##c::1"])
    assert panel.client.delete("/directory/0088:1").status_code == 204
    assert panel.client.delete("/directory/0088:1").status_code == 404


def test_what_the_panel_does_not_know_is_not_found(panel: Panel) -> None:
    assert panel.client.get("/no/such/thing").status_code == 404
    assert panel.client.put("/clock").status_code == 405
    assert panel.client.post("/clock/advance", content=b"{").status_code == 400


PACE_FAULTS = {
    # words that are no pace
    "": "no pace",
    "hasty": "no pace",
    "demo,speed=1": "no field",
    "demo,mls": "could not convert",
}


@pytest.mark.parametrize("words", PACE_FAULTS)
def test_words_that_are_no_pace_are_refused(words: str) -> None:
    with pytest.raises(ValueError, match=PACE_FAULTS[words]):
        read_pace(words)


def test_a_pace_may_be_changed_in_parts() -> None:
    assert read_pace("real,mls=30").mls == 30
    assert read_pace("real,mls=30").dt == PACES["real"].dt


def test_a_rule_of_no_party_is_refused() -> None:
    with pytest.raises(RuleError, match="no party"):
        read_rule("fax", {"behaviour": "accept"})


def test_entries_about_one_thing_keep_their_order() -> None:
    clock = Clock()
    agenda = Agenda(clock)
    agenda.start()
    done: list[int] = []
    for moment in (3, 1, 2):
        agenda.at(datetime.now(UTC) + timedelta(hours=moment), "one thing", partial(done.append, moment))
    clock.advance(86_400)
    assert agenda.settle(5)
    assert done == [1, 2, 3]
    agenda.stop()


def test_a_broken_entry_does_not_stop_the_agenda(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    agenda = Agenda(clock)
    agenda.start()
    done = threading.Event()

    def fail() -> None:
        raise RuntimeError("broken on purpose")

    agenda.after(0, "one thing", fail)
    agenda.after(0, "one thing", done.set)
    assert agenda.settle(5)
    assert done.is_set()
    assert "broken on purpose" in caplog.text
    agenda.stop()
