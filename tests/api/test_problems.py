"""Whatever is refused or breaks is answered with a problem document, under an id that the log knows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import structlog
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from gateway import errors
from gateway.api.bodies import HeldBodies
from gateway.api.calls import Calls
from gateway.api.figures import Figures
from gateway.api.problems import STATUS, TITLES, status_of
from gateway.api.rooms import Rooms
from gateway.errors import DatabaseUnavailable, GatewayError, MissingFromArchive
from gateway.store.session import open_store
from tests.api.conftest import Api, as_ubl, served
from tests.clocks import FixedClock

FIELDS = {"type", "title", "status", "detail", "code", "request_id", "findings"}

REFUSED: list[tuple[str, str, dict[str, Any], int, str]] = [
    ("GET", "/v1/nothing", {}, 404, "http-404"),
    ("GET", "/", {}, 404, "http-404"),
    ("GET", "/v1/documents/", {}, 404, "http-404"),  # nothing is redirected to where the caller did not ask
    ("DELETE", "/v1/documents", {}, 405, "http-405"),
    ("GET", "/v1/documents/d-00000000", {}, 404, "not-found"),
    ("GET", "/v1/documents/d-00000000/events", {}, 404, "not-found"),
    ("POST", "/v1/documents/d-00000000/resend", {}, 404, "not-found"),
    ("GET", "/v1/deliveries/00000000-0000-7000-8000-000000000000", {}, 404, "not-found"),
    ("GET", "/v1/deliveries/x", {}, 422, "wrong-request"),
    ("GET", f"/v1/artefacts/{'0' * 64}", {}, 404, "not-found"),
    ("GET", "/v1/artefacts/x", {}, 422, "wrong-request"),
    ("GET", "/v1/recipients/nobody", {}, 404, "not-found"),
    ("DELETE", "/v1/recipients/nobody", {}, 404, "not-found"),
    ("GET", "/v1/documents?limit=0", {}, 422, "wrong-request"),
    ("GET", "/v1/documents?limit=many", {}, 422, "wrong-request"),
    ("GET", "/v1/documents?headline=Lost", {}, 422, "wrong-request"),
    ("GET", "/v1/documents?q=%00", {}, 422, "wrong-request"),
    ("GET", "/v1/documents?received_to=9999-12-31", {}, 422, "wrong-request"),
    ("GET", "/v1/documents?cursor=abc", {}, 400, "wrong-content"),
    ("GET", "/v1/events?after=-1", {}, 422, "wrong-request"),
    ("GET", "/v1/events?after=99999999999999999999", {}, 422, "wrong-request"),
    ("POST", "/v1/check?profile=nobodys", {"content": b"<x/>"}, 400, "wrong-content"),
    ("POST", "/v1/documents/d-00000000/resend", {"content": b"{"}, 422, "wrong-request"),
    ("POST", "/v1/documents/d-00000000/resend", {"json": {"why": "x"}}, 422, "wrong-request"),
    ("POST", "/v1/documents/d-00000000/resend", {"json": {"reason": 1}}, 422, "wrong-request"),
    ("POST", "/v1/documents/d-00000000/resend", {"content": b" " * 1_000_001}, 413, "too-large"),
    ("PUT", "/v1/recipients/x", {"content": b"[" * 200_000}, 400, "wrong-content"),
    ("PUT", "/v1/recipients/x", {"content": b'{"name": NaN}'}, 400, "wrong-content"),
    ("PUT", "/v1/recipients/x", {"json": {"nam": "x"}}, 400, "wrong-content"),
    ("PUT", "/v1/recipients/x", {"json": {"name": "a\x00b"}}, 400, "wrong-content"),
    ("PUT", "/v1/rules", {"content": b"rules: [{}]"}, 400, "wrong-content"),
    ("PUT", "/v1/rules", {"content": b"\xff\xfe"}, 400, "wrong-content"),
    ("PUT", "/v1/rules", {"content": b'"\\ud8f9": 1'}, 400, "wrong-content"),  # half a pair, which no JSON can quote
]


@pytest.mark.parametrize(("method", "path", "given", "status", "code"), REFUSED)
def test_a_refusal_is_a_problem_document_with_a_stable_code(
    calm: Api, method: str, path: str, given: dict[str, Any], status: int, code: str
) -> None:
    answer = calm.ask(method, path, **given)
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert set(said) == FIELDS
    assert (answer.status_code, said["status"], said["code"]) == (status, status, code)
    assert said["request_id"] == answer.headers["x-request-id"]
    assert said["title"] == TITLES[status]
    assert said["detail"]


def test_a_method_that_is_not_taken_comes_with_those_that_are(calm: Api) -> None:
    assert calm.ask("DELETE", "/v1/documents").headers["allow"] == "GET"


def test_a_wrong_request_says_where_and_what_for_each_fault(calm: Api) -> None:
    findings = calm.get("/v1/documents?limit=0&received_from=yesterday").json()["findings"]
    assert [one["where"] for one in findings] == ["query.received_from", "query.limit"]
    assert all(one["message"] for one in findings)


@pytest.fixture
def broken(fresh: Api) -> Callable[[str, Exception], None]:
    """Let an address of the API break in a given way."""

    def break_at(path: str, error: Exception) -> None:
        def endpoint() -> None:
            raise error

        fresh.app.add_api_route(path, endpoint)

    return break_at


def test_what_breaks_shows_nothing_of_its_inside_but_is_in_the_log_once(
    fresh: Api, broken: Callable[[str, Exception], None]
) -> None:
    broken("/broken", RuntimeError("password=hunter2"))
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logged:
        answer = fresh.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "fault")
    assert "hunter2" not in answer.text
    (entry,) = [one for one in logged if one["log_level"] == "error"]
    assert entry["request_id"] == answer.headers["x-request-id"] == answer.json()["request_id"]
    assert entry["exc_info"]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (DatabaseUnavailable("host 10.0.0.7 refused"), 503),
        (MissingFromArchive("0" * 64), 500),
    ],
)
def test_a_fault_of_ours_is_told_to_the_operator_and_not_to_the_caller(
    fresh: Api, broken: Callable[[str, Exception], None], error: GatewayError, status: int
) -> None:
    broken("/broken", error)
    with structlog.testing.capture_logs() as logged:
        answer = fresh.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (status, error.code)
    assert "10.0.0.7" not in answer.text
    assert "0" * 64 not in answer.text
    assert str(error) in {one.get("error") for one in logged}
    assert answer.headers.get("retry-after") == ("5" if status == 503 else None)


def test_every_call_has_one_line_in_the_log_and_no_two_the_same_id(calm: Api) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logged:
        ids = [calm.get(f"/v1/documents/%1b%5b31m{number}").headers["x-request-id"] for number in range(3)]
    lines = [one for one in logged if one["event"] == "answered"]
    assert [one["request_id"] for one in lines] == ids
    assert len(set(ids)) == 3
    assert lines[0]["path"] == "/v1/documents/%1b%5b31m0"
    assert {one["status"] for one in lines} == {422}


def test_every_answer_forbids_to_keep_it_and_to_guess_its_type(calm: Api) -> None:
    for path in ("/v1/documents", "/v1/nothing", "/health"):
        headers = calm.get(path).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


def test_the_health_of_a_gateway_is_that_of_its_database(api: Api) -> None:
    assert api.get("/health", key="").text == "ok\n"


def test_while_the_database_is_away_callers_are_asked_to_come_back(fresh: Api) -> None:
    rooms: Rooms = fresh.app.state.rooms
    away = open_store("postgresql://nobody:hunter2@127.0.0.1:1/nothing")
    fresh.app.state.rooms = replace(rooms, house=replace(rooms.house, store=away))
    for path in ("/v1/documents", "/health"):
        answer = fresh.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "database-unavailable")
        assert answer.headers["retry-after"] == "5"
        assert "127.0.0.1" not in answer.text
    away.close()


def test_too_many_calls_at_once_are_asked_to_come_back(api: Api) -> None:
    crowded = Calls(api.app, Figures(), FixedClock(), most_at_once=0)
    with served(crowded) as url:
        answer = httpx.get(f"{url}/v1/documents", trust_env=False)
        assert (answer.status_code, answer.json()["code"]) == (429, "too-busy")
        assert int(answer.headers["retry-after"]) > 0
        assert httpx.get(f"{url}/health", trust_env=False).status_code == 200


def test_bodies_have_room_together_only_up_to_a_limit_and_give_it_back(fresh: Api) -> None:
    bodies: HeldBodies = fresh.app.state.bodies
    bodies.most = 5_000
    assert fresh.submit(as_ubl()).status_code == 202
    assert fresh.submit(b"x" * 6_000).status_code == 429
    assert bodies.held == 0


@pytest.mark.parametrize("kind", STATUS)
def test_every_family_of_errors_has_a_status(kind: type[GatewayError]) -> None:
    assert issubclass(kind, errors.GatewayError)
    assert STATUS[kind] in TITLES


def leaves(kind: type[GatewayError]) -> list[type[GatewayError]]:
    """The errors of a family that can happen."""
    below = kind.__subclasses__()
    return [leaf for one in below for leaf in leaves(one)] if below else [kind]


@pytest.mark.parametrize("kind", leaves(GatewayError))
def test_every_error_has_a_status_of_its_family(kind: type[GatewayError]) -> None:
    status = status_of(kind.__new__(kind))
    ours = status >= 500
    assert ours == issubclass(kind, errors.WeMustRepair | errors.TryAgain) or kind is errors.TooBusy


def test_half_an_answer_is_cut_and_never_looks_like_a_whole_one(fresh: Api) -> None:
    async def stops_halfway(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"10")]})
        await send({"type": "http.response.body", "body": b"12345", "more_body": True})
        raise RuntimeError("the disk is gone")

    sub: FastAPI = fresh.app
    sub.mount("/half", stops_halfway)
    with pytest.raises(httpx.RemoteProtocolError):
        fresh.get("/half/x")


@pytest.mark.parametrize(("method", "path"), [("GET", "/docs"), ("GET", "/"), ("DELETE", "/v1/rules")])
def test_who_lost_the_way_is_told_where_the_addresses_are(calm: Api, method: str, path: str) -> None:
    detail = calm.ask(method, path).json()["detail"]
    assert f"{method} {path}" in detail
    assert "/v1/openapi.json" in detail
