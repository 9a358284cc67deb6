"""Tenants are apart on every operation: what belongs to another is not there, and never merely forbidden."""

import hashlib
from collections.abc import Callable

import pytest

from channels.contract import Misconfigured
from tests.api.conftest import Api, as_ubl
from tests.api.operations import Operation, operations

RECIPIENT = {"name": "Atelier du Lac SARL"}


@pytest.fixture(scope="module")
def places(filled: Api) -> dict[str, str]:
    """An API with one of everything, and where each is."""
    filled.small.channel.script = [Misconfigured("token", "the token is wrong")]
    content = as_ubl()
    submission = filled.submit(content).json()["submission"]
    filled.deliver()
    document = filled.only_document()
    (delivery,) = filled.get(f"/v1/documents/{document}").json()["deliveries"]
    filled.ask("PUT", "/v1/recipients/atelier", json=RECIPIENT)
    return {
        "submission": submission,
        "document": document,
        "delivery": delivery["id"],
        "sha256": hashlib.sha256(content).hexdigest(),
        "reference": "atelier",
    }


def test_without_a_key_every_operation_is_refused_in_the_same_way(filled: Api, places: dict[str, str]) -> None:
    asked = list(operations(filled))
    assert len(asked) >= 15
    for one in asked:
        answer = filled.ask(one.method, one.at(**places), key="", content=b"")
        assert (answer.status_code, answer.json()["code"]) == (401, "access-refused"), one


def test_the_owner_finds_what_the_test_is_about(filled: Api, places: dict[str, str]) -> None:
    for one in operations(filled):
        if one.method == "GET":
            assert filled.get(one.at(**places)).status_code == 200, one


def test_with_the_key_of_another_tenant_nothing_of_ours_is_there(filled: Api, places: dict[str, str]) -> None:
    """404, not 403: the other tenant does not even learn that there is something."""
    nowhere = dict.fromkeys(places, "00000000-0000-7000-8000-000000000000")
    nowhere |= {"sha256": "0" * 64, "document": "d-00000000"}
    for one in operations(filled):
        if "{" in one.path and one.method != "PUT":
            answer = filled.ask(one.method, one.at(**places), key=filled.foreign, content=b"")
            unknown = filled.ask(one.method, one.at(**nowhere), key=filled.foreign, content=b"")
            assert answer.status_code == unknown.status_code == 404, one
            assert answer.json()["code"] == unknown.json()["code"]
    assert filled.get(f"/v1/recipients/{places['reference']}").status_code == 200


EMPTY: dict[str, Callable[[dict[str, object]], object]] = {
    "/v1/submissions": lambda said: said["submissions"],
    "/v1/documents": lambda said: said["documents"],
    "/v1/events": lambda said: said["events"],
}


@pytest.mark.parametrize("path", EMPTY)
def test_the_lists_of_another_tenant_hold_nothing_of_ours(filled: Api, places: dict[str, str], path: str) -> None:
    assert EMPTY[path](filled.get(path, key=filled.foreign).json()) == []
    assert EMPTY[path](filled.get(path).json())


def test_recipients_and_rules_of_another_tenant_are_its_own(filled: Api, places: dict[str, str]) -> None:
    assert filled.get("/v1/recipients", key=filled.foreign).json()["recipients"] == []
    assert "atelier" not in filled.get("/v1/rules", key=filled.foreign).text
    changed = filled.ask("PUT", "/v1/recipients/atelier", filled.foreign, json={"name": "Somebody else"})
    assert changed.status_code == 200
    assert filled.get("/v1/recipients/atelier").json()["name"] == RECIPIENT["name"]


def test_the_same_bytes_and_key_of_two_tenants_are_two_submissions(api: Api) -> None:
    """Neither learns from the answer that the other has sent the same."""
    for key in (api.own, api.foreign):
        answer = api.submit(as_ubl(), key, idempotency_key="run-1")
        assert (answer.status_code, answer.json()["answer"]) == (202, "accepted")


def test_a_cursor_of_another_tenant_shows_nothing_of_it(filled: Api, places: dict[str, str]) -> None:
    filled.submit(as_ubl(number="second"))
    cursor = filled.get("/v1/submissions?limit=1").json()["next"]
    assert cursor
    assert filled.get(f"/v1/submissions?cursor={cursor}", key=filled.foreign).json()["submissions"] == []


def test_what_is_asked_about_every_operation_is_asked_about_all_of_them(filled: Api) -> None:
    """A path with a place that the tests above have no value for would fail here first."""
    named = {name for one in operations(filled) for name in parameters(one)}
    assert named == {"submission", "document", "delivery", "sha256", "reference"}


def parameters(one: Operation) -> set[str]:
    """The names in its path."""
    return {found["name"] for found in one.described.get("parameters", []) if found["in"] == "path"}
