"""Recipients and rules: put, read, exported, taken back, changed as a whole or not at all."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.api.conftest import Api

RECIPIENT: dict[str, Any] = {
    "name": "Atelier du Lac SARL",
    "country": "FR",
    "identifiers": ["vat:FR11123456782"],
    "addresses": {"mail": {"to": ["factures@atelier.example"]}},
    "preference": {"routes": [{"channel": "mail", "format": "pdf", "options": {"attach": "ubl"}}]},
}
BOOK = b"""
rules:
  - name: All by mail
    then: {channel: mail}
recipients:
  - id: seal-point
    name: Seal Point Boatyard Ltd
    country: IE
"""


def put(api: Api, reference: str, **changes: object) -> httpx.Response:
    return api.ask("PUT", f"/v1/recipients/{reference}", json=RECIPIENT | changes)


@pytest.mark.parametrize("reference", ["atelier", "Kunde 7", "a/b", "ä"])
def test_a_recipient_is_kept_under_the_name_that_the_sender_gives_it(api: Api, reference: str) -> None:
    kept = put(api, reference)
    assert kept.status_code == 200
    assert kept.json() == RECIPIENT | {"id": reference}
    assert api.get(f"/v1/recipients/{reference}").json() == kept.json()
    assert api.get("/v1/recipients").json()["recipients"] == [kept.json()]


def test_what_was_read_may_be_put_back(api: Api) -> None:
    first = put(api, "atelier").json()
    again = api.ask("PUT", "/v1/recipients/atelier", json=first)
    assert (again.status_code, again.json()) == (200, first)


def test_a_change_replaces_all_that_was_known_and_is_an_event(api: Api) -> None:
    put(api, "atelier")
    put(api, "atelier", name="Atelier du Lac SAS", identifiers=[])
    assert api.get("/v1/recipients/atelier").json()["name"] == "Atelier du Lac SAS"
    assert "identifiers" not in api.get("/v1/recipients/atelier").json()
    changed = [one for one in api.get("/v1/events").json()["events"] if one["type"] == "recipient.changed"]
    assert [one["data"]["name"] for one in changed] == ["Atelier du Lac SARL", "Atelier du Lac SAS"]
    assert {one["actor"][:4] for one in changed} == {"key "}


def test_a_recipient_is_forgotten_once(api: Api) -> None:
    put(api, "atelier")
    assert api.ask("DELETE", "/v1/recipients/atelier").status_code == 204
    assert api.ask("DELETE", "/v1/recipients/atelier").status_code == 404
    assert api.get("/v1/events").json()["events"][-1]["type"] == "recipient.removed"


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": "France"},
        {"addresses": {"peppol": {"participant": "0088"}}},
        {"addresses": {"mail": {"to": []}}},
        {"colour": "blue"},
        {"name": None},
        {"name": "a\u0000b"},
        {"tags": ["\u001b[31m"]},
        {"addresses": {"other": {"fax": {"number": "\u0000"}}}},
    ],
)
def test_a_recipient_with_a_fault_is_refused_in_words_and_nothing_is_kept(calm: Api, wrong: dict[str, Any]) -> None:
    answer = put(calm, "faulty", **wrong)
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong-content")
    assert calm.get("/v1/recipients/faulty").status_code == 404


def test_two_who_add_the_same_recipient_at_once_both_succeed(api: Api) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda turn: put(api, "atelier", language=("fr", "de")[turn % 2]), range(8)))
    assert {one.status_code for one in answers} == {200}
    assert len(api.get("/v1/recipients").json()["recipients"]) == 1


def test_a_rule_book_replaces_the_rules_and_adds_recipients(api: Api) -> None:
    put(api, "atelier")
    answer = api.ask("PUT", "/v1/rules", content=BOOK)
    assert (answer.status_code, answer.json()) == (200, {"rules": 1, "recipients": 1})
    assert [one["id"] for one in api.get("/v1/recipients").json()["recipients"]] == ["atelier", "seal-point"]


def test_an_exported_rule_book_says_the_same_when_it_is_taken_back(api: Api) -> None:
    put(api, "atelier")
    api.ask("PUT", "/v1/rules", content=BOOK)
    exported = api.get("/v1/rules")
    assert exported.headers["content-type"].startswith("application/yaml")
    assert api.ask("PUT", "/v1/rules", content=exported.content).json() == {"rules": 1, "recipients": 2}
    assert api.get("/v1/rules").text == exported.text


@pytest.mark.parametrize(
    ("book", "told"),
    [
        (b"rules:\n  - name: x\n    then: {channel: pigeon}\n", "pigeon"),
        (b"rules:\n  - name: x\n    whem: {}\n    then: {channel: mail}\n", "line 2"),
        (b"rules: x", "a list"),
        (b"{", "line"),
        (b'recipients:\n  - id: "a\\0b"\n    name: x\n', "control"),
        (b'recipients:\n  - id: a\n    name: "\\ud800"\n', ""),
        (b"\xff", "UTF-8"),
        (b"a: &a [*a]", ""),
        # an option that nobody knows
        (
            b"rules:\n- {name: x, never: sdi}\n- {name: y, never: sdi, then: {channel: mail, options: {z: 1}}}",
            "rules[1].then (line 3): options of the way `mail`: Object contains unknown field `z`",
        ),
        # a format that nobody reads there, in what a recipient prefers
        (
            b"recipients:\n  - id: a\n    name: A\n    preference:\n      routes: [{channel: peppol, format: pdf}]\n",
            "recipients[0].preference.routes[0] (line 5): format of the way: nobody reads `pdf` over peppol",
        ),
    ],
)
def test_a_rule_book_with_a_fault_changes_nothing_and_says_where(api: Api, book: bytes, told: str) -> None:
    api.ask("PUT", "/v1/rules", content=BOOK)
    before = api.get("/v1/rules").text
    answer = api.ask("PUT", "/v1/rules", content=book)
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong-content")
    assert told in answer.json()["detail"]
    assert api.get("/v1/rules").text == before


def test_what_a_recipient_prefers_is_looked_at_when_it_is_put(api: Api) -> None:
    recipient = {"name": "A", "preference": {"routes": [{"channel": "post", "options": {"window": "porthole"}}]}}
    answer = api.ask("PUT", "/v1/recipients/a", json=recipient)
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong-content")
    assert "preference.routes[0]: terms of a letter: there is no window `porthole`" in answer.json()["detail"]
    assert api.get("/v1/recipients").json()["recipients"] == []


def test_two_rule_books_at_once_do_not_mix(api: Api) -> None:
    books = [BOOK.replace(b"All by mail", b"Rule %d" % turn) for turn in range(6)]
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda book: api.ask("PUT", "/v1/rules", content=book), books))
    assert {one.status_code for one in answers} == {200}
    assert api.get("/v1/rules").text.count("name: Rule") == 1
