"""Submitting: taken once, durably, whatever is repeated; refused before anything is kept."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.store.submissions import Taken
from tests.api.conftest import MOST_BYTES, Api, as_ubl


def submissions(api: Api) -> list[dict[str, object]]:
    found: list[dict[str, object]] = api.get("/v1/submissions").json()["submissions"]
    return found


def test_a_file_is_taken_and_found_where_the_answer_says(api: Api) -> None:
    content = as_ubl()
    answer = api.submit(content)
    assert (answer.status_code, answer.json()["answer"]) == (202, "accepted")
    assert answer.headers["location"] == answer.json()["href"]
    found = api.get(answer.headers["location"]).json()
    assert found["state"] == "received"
    assert (found["file_name"], found["size"]) == ("in.xml", len(content))
    assert found["sha256"] == hashlib.sha256(content).hexdigest()
    api.deliver()
    (document,) = api.get(f"{answer.json()['href']}/documents").json()["documents"]
    assert (document["number"], document["delivery"]) == ("2026-0042", "handed_over")


def test_where_the_gateway_has_a_public_address_the_answer_leads_there(fresh: Api) -> None:
    fresh.app.state.rooms = replace(fresh.app.state.rooms, public_url="https://gateway.example/north/")
    answer = fresh.submit(as_ubl())
    assert answer.headers["location"] == f"https://gateway.example/north{answer.json()['href']}"


def test_submissions_are_counted_by_their_answer(fresh: Api) -> None:
    for key in ("a", "a", "b"):
        fresh.submit(as_ubl(), idempotency_key=key)
    said = fresh.get("/metrics", key="").text
    for answer in ("accepted", "same_key", "same_bytes"):
        assert f'gateway_submissions_total{{answer="{answer}"}} 1.0' in said
    assert f"gateway_submitted_bytes_total {3 * len(as_ubl())}.0" in said


def test_the_same_call_again_is_answered_with_the_first_submission(api: Api) -> None:
    first, again = (api.submit(as_ubl(), idempotency_key="run-1") for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 200)
    assert again.json()["answer"] == "same_key"
    assert again.headers["location"] == first.headers["location"]
    assert len(submissions(api)) == 1


def test_the_same_bytes_under_another_key_are_a_duplicate_that_names_the_original(api: Api) -> None:
    first, again = api.submit(as_ubl(), idempotency_key="run-1"), api.submit(as_ubl(), idempotency_key="run-2")
    assert (again.status_code, again.json()["answer"]) == (200, "same_bytes")
    assert again.json()["original"] == first.json()["submission"]
    assert api.get(again.headers["location"]).json()["state"] == "duplicate"


def test_the_same_invoice_in_other_bytes_is_taken_and_its_document_is_a_duplicate(api: Api) -> None:
    api.submit(as_ubl())
    api.deliver()
    again = api.submit(as_ubl().replace(b"?>", b"?>\n<!-- exported again -->", 1))
    assert (again.status_code, again.json()["answer"]) == (202, "accepted")
    api.deliver()
    (document,) = api.get(f"{again.json()['href']}/documents").json()["documents"]
    assert document["processing"] == "duplicate"


def test_none_of_the_three_repeats_is_delivered_twice(api: Api) -> None:
    content = as_ubl()
    api.submit(content, idempotency_key="a")
    api.submit(content, idempotency_key="a")
    api.submit(content, idempotency_key="b")
    api.submit(content.replace(b"?>", b"?>\n", 1), idempotency_key="c")
    api.deliver()
    assert list(api.small.channel.inbox.values()) == [1]


def test_a_key_with_other_content_is_refused_and_nothing_of_it_is_kept(api: Api) -> None:
    api.submit(as_ubl(), idempotency_key="run-1")
    refused = api.submit(as_ubl(number="2026-0043"), idempotency_key="run-1")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency-key-reused")
    assert len(submissions(api)) == 1


@pytest.mark.parametrize("key", ["", "a b", "k" * 256, "ü"])
def test_an_idempotency_key_is_a_short_word(calm: Api, key: str) -> None:
    answer = calm.ask("POST", "/v1/submissions", headers={b"Idempotency-Key": key.encode("latin-1")}, content=b"x")  # type: ignore[dict-item]  # raw bytes, as a caller may send them
    assert answer.status_code == 422
    assert answer.json()["findings"][0]["where"] == "header.Idempotency-Key"
    assert submissions(calm) == []


def chunks(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b"x" * 10_000


def test_a_file_that_says_it_is_too_large_is_refused_unread(calm: Api) -> None:
    answer = calm.submit(b"x" * (MOST_BYTES + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert submissions(calm) == []


def test_a_file_that_grows_too_large_is_refused_while_it_arrives(calm: Api) -> None:
    answer = calm.ask("POST", "/v1/submissions", content=chunks(MOST_BYTES // 10_000 + 5))
    assert answer.status_code == 413
    assert submissions(calm) == []
    assert calm.archived() == []


def test_a_file_of_just_the_limit_is_taken_in_parts_or_whole(api: Api) -> None:
    assert api.ask("POST", "/v1/submissions", content=chunks(MOST_BYTES // 10_000)).status_code == 202
    assert api.submit(b"y" * MOST_BYTES).status_code == 202


def test_an_empty_file_is_taken_and_refused_with_its_reason(api: Api) -> None:
    """It came in: so it stands in the log, as a file without any invoice."""
    answer = api.submit(b"")
    assert answer.status_code == 202
    api.deliver()
    found = api.get(answer.headers["location"]).json()
    assert found["state"] == "refused"
    assert found["findings"]


@pytest.mark.parametrize("name", ["a\nb", "\x00", "x" * 256, ""])
def test_a_file_name_is_one_line(calm: Api, name: str) -> None:
    answer = calm.ask("POST", "/v1/submissions", params={"file_name": name}, content=b"x")
    assert answer.status_code == 422


def test_every_answer_of_the_store_is_documented() -> None:
    """KEY_CONFLICT is a problem; the other three are answers."""
    assert set(Taken) == {"accepted", "same_key", "same_bytes", "key_conflict"}


def test_a_submission_of_nobody_is_not_found(calm: Api) -> None:
    for path in ("", "/documents"):
        answer = calm.get(f"/v1/submissions/00000000-0000-7000-8000-000000000000{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
