"""Pages: every row once, newest first, whatever arrives while somebody turns them."""

import datetime

import pytest

from gateway.api.cursors import read_cursor, write_cursor
from gateway.errors import WrongContent
from gateway.ids import row_id
from gateway.pipeline.read import read_waiting
from gateway.store.log import Cursor
from tests.api.conftest import Api, as_ubl
from tests.clocks import NOON

SECOND = datetime.timedelta(seconds=1)


def submit_some(api: Api, count: int, first: int = 1) -> None:
    """So many invoices, some of them read in the same moment."""
    for number in range(first, first + count):
        api.submit(as_ubl(number=f"N-{number}"))
        if number % 3:
            api.small.clock.let_pass(SECOND)
            read_waiting(api.small.house, api.tenant)
    read_waiting(api.small.house, api.tenant)


@pytest.mark.parametrize(("path", "rows"), [("/v1/documents", "documents"), ("/v1/submissions", "submissions")])
def test_turning_the_pages_shows_every_row_once_whatever_arrives_meanwhile(api: Api, path: str, rows: str) -> None:
    submit_some(api, 7)
    whole = [one["id"] for one in api.get(path).json()[rows]]
    assert len(whole) == 7
    seen: list[str] = []
    cursor: str | None = None
    for turn in range(10):
        page = api.get(path, params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [one["id"] for one in page[rows]]
        cursor = page["next"]
        if cursor is None:
            break
        submit_some(api, 1, first=100 + turn)
    assert seen == whole
    assert len(api.get(path).json()[rows]) > 7


def test_a_page_that_is_just_full_is_the_last_one(api: Api) -> None:
    submit_some(api, 2)
    assert api.get("/v1/documents?limit=2").json()["next"] is None
    assert api.get("/v1/submissions?limit=2").json()["next"] is None


def test_newest_come_first(api: Api) -> None:
    submit_some(api, 2)
    assert [one["number"] for one in api.get("/v1/documents").json()["documents"]] == ["N-2", "N-1"]


def test_the_documents_of_a_submission_are_turned_in_the_same_way(api: Api) -> None:
    submit_some(api, 1)
    (submission,) = api.get("/v1/submissions").json()["submissions"]
    page = api.get(f"/v1/submissions/{submission['id']}/documents?limit=1").json()
    assert ([one["number"] for one in page["documents"]], page["next"]) == (["N-1"], None)


def test_events_go_by_sequence_and_never_end(api: Api) -> None:
    submit_some(api, 3)
    whole = api.get("/v1/events?limit=200").json()
    seen, after = [], 0
    while True:
        page = api.get(f"/v1/events?after={after}&limit=2").json()
        if not page["events"]:
            break
        seen += page["events"]
        after = page["next"]
    assert seen == whole["events"]
    assert page["next"] == after == whole["next"]
    submit_some(api, 1, first=50)
    assert api.get(f"/v1/events?after={after}").json()["events"]


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("q=N-2", ["N-2"]),  # a number
        ("q=atelier", ["N-4", "N-2", "N-1"]),  # part of a name
        ("recipient=Lac&q=N-1", ["N-1"]),  # all that is given must hold
        ("recipient=nobody", []),
        ("channel=peppol", []),  # nothing has its way yet
        ("headline=In progress", ["N-4", "N-2", "N-1"]),
        ("headline=Delivered", []),
        (f"received_from={NOON:%Y-%m-%d}&received_to={NOON:%Y-%m-%d}", ["N-4", "N-2", "N-1"]),
        ("received_to=2026-11-11", []),
        ("received_from=2026-11-13", []),
        ("q=%25", []),  # a per cent sign is one, and no wildcard
        ("q=_-1", []),
    ],
)
def test_documents_are_found_by_what_is_known_of_them(searched: Api, query: str, numbers: list[str]) -> None:
    found = searched.get(f"/v1/documents?{query}").json()["documents"]
    assert [one["number"] for one in found] == numbers


@pytest.fixture(scope="module")
def searched(filled: Api) -> Api:
    """An API with three documents."""
    for number in (1, 2, 4):
        submit_some(filled, 1, first=number)
    return filled


def test_a_document_is_found_by_its_id_as_a_person_types_it(searched: Api) -> None:
    (first,) = searched.get("/v1/documents?q=N-1").json()["documents"]
    typed = first["id"].lower()
    assert searched.get(f"/v1/documents/{typed}").json()["document"]["id"] == first["id"]
    assert searched.get(f"/v1/documents?q={typed}").json()["documents"] == [first]


def test_a_cursor_comes_back_as_it_was() -> None:
    cursor = Cursor(NOON + datetime.timedelta(microseconds=1), row_id(NOON))
    assert read_cursor(write_cursor(cursor)) == cursor
    assert write_cursor(None) is None
    assert read_cursor(None) is None


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "%%%",
        "ü",
        "MjAyNg",  # a year alone
        # after the last day of all
        "OTk5OS0xMi0zMVQyMzo1OTo1OS0xNDowMCAwMTk5OGEzYy0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDA",
    ],
)
def test_a_cursor_that_nobody_gave_is_refused(text: str) -> None:
    with pytest.raises(WrongContent):
        read_cursor(text)


def put_some(api: Api, *references: str) -> None:
    for one in references:
        assert api.ask("PUT", f"/v1/recipients/{one}", json={"name": f"Name of {one}"}).status_code == 200


def test_recipients_are_turned_by_their_references_whatever_arrives_meanwhile(api: Api) -> None:
    put_some(api, "d", "b", "f", "größe-Ü", "a", "c")
    whole = [one["id"] for one in api.get("/v1/recipients").json()["recipients"]]
    assert len(whole) == 6
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(10):
        page = api.get("/v1/recipients", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [one["id"] for one in page["recipients"]]
        cursor = page["next"]
        if cursor is None:
            break
        api.ask("DELETE", f"/v1/recipients/{seen[-1]}")  # the last one that was shown is gone
        put_some(api, "a0", "z")  # one before, one behind
    assert seen == [*whole, "z"]


def test_a_page_of_recipients_that_is_just_full_is_the_last_one(api: Api) -> None:
    put_some(api, "a", "b")
    page = api.get("/v1/recipients?limit=2").json()
    assert ([one["id"] for one in page["recipients"]], page["next"]) == (["a", "b"], None)
    assert api.get("/v1/recipients?limit=0").status_code == 422 or api.get("/v1/recipients?limit=0").status_code == 400


def test_the_longest_reference_fits_into_a_cursor(api: Api) -> None:
    longest = "\N{MUSICAL SYMBOL G CLEF}" * 199
    put_some(api, f"{longest}a", f"{longest}b")
    cursor = api.get("/v1/recipients?limit=1").json()["next"]
    (second,) = api.get("/v1/recipients", params={"limit": 1, "cursor": cursor}).json()["recipients"]
    assert second["id"] == f"{longest}b"


@pytest.mark.parametrize("text", ["nonsense", "cmVmZXJlbmNlIAA", "\u00fc", "cmVmZXJlbmNlIP8", "A"])
def test_a_reference_cursor_that_we_never_gave_is_refused(api: Api, text: str) -> None:
    answer = api.get("/v1/recipients", params={"cursor": text})
    assert (answer.status_code, answer.json()["code"]) == (400, "wrong-content")
