"""The door for SDI's notices: acknowledged when durable and not before; otherwise SDI delivers again."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx
import pytest
import structlog

from gateway.api.notices import MAX_BODY, create_notices_app
from tests.api.conftest import served

Take = Callable[[bytes, str], object]


@contextmanager
def door(take: Take) -> Iterator[httpx.Client]:
    with (
        served(create_notices_app(take)) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        yield client


@pytest.fixture
def taken() -> list[tuple[bytes, str]]:
    return []


@pytest.fixture
def opened(taken: list[tuple[bytes, str]]) -> AbstractContextManager[httpx.Client]:
    return door(lambda body, media_type: taken.append((body, media_type)))


def test_a_notice_is_acknowledged_once_it_was_kept(
    opened: AbstractContextManager[httpx.Client], taken: list[tuple[bytes, str]]
) -> None:
    """WSDL TrasmissioneFatture: one-way operations, so 202 and nothing more."""
    with opened as sdi:
        answer = sdi.post("/", content=b"<notice/>", headers={"Content-Type": "text/xml"})
    assert (answer.status_code, answer.content) == (202, b"")
    assert taken == [(b"<notice/>", "text/xml")]


def test_any_address_is_taken_and_no_other_method(opened: AbstractContextManager[httpx.Client]) -> None:
    with opened as sdi:
        assert sdi.post("/ricevi/notifica", content=b"<x/>").status_code == 202
        assert sdi.get("/").status_code == 405
        assert sdi.get("/openapi.json").status_code == 405


def test_what_cannot_be_kept_now_is_answered_with_a_fault_that_shows_nothing() -> None:
    def away(body: bytes, media_type: str) -> None:
        raise RuntimeError("database at 10.0.0.7 is down")

    with door(away) as sdi, structlog.testing.capture_logs() as logged:
        answer = sdi.post("/", content=b"<notice/>")
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/xml")
    assert "<faultcode>s:Server</faultcode>" in answer.text
    assert "10.0.0.7" not in answer.text
    (entry,) = logged
    assert entry["request_id"] in answer.text
    assert entry["exc_info"]


def test_more_than_any_notice_has_is_refused_and_not_kept(
    opened: AbstractContextManager[httpx.Client], taken: list[tuple[bytes, str]]
) -> None:
    parts = (b"x" * 1_000_000 for _ in range(MAX_BODY // 1_000_000 + 1))
    with opened as sdi:
        answer = sdi.post("/", content=parts)
    assert answer.status_code == 500
    assert "<faultcode>s:Client</faultcode>" in answer.text
    assert taken == []
