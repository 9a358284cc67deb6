"""The list: found by what people know, narrowed by its address, read page by page."""

import re
from collections.abc import Iterator

import httpx
import pytest

from gateway.desk import listing
from tests.desk.conftest import BusyTown
from tests.desk.house import Town, Visitor


@pytest.fixture(scope="module")
def mira(busy: BusyTown) -> Iterator[Visitor]:
    with busy.town.mira() as visitor:
        yield visitor


def stories_on(page: httpx.Response, busy: BusyTown) -> list[str]:
    """The stories whose documents are on a page of the list, in its order."""
    assert page.status_code == 200, page.headers.get("location")
    names = {public_id: name for name, public_id in busy.ids.items()}
    return [names[one] for one in re.findall(r'class="number" href="/desk/documents/(d-\w+)"', page.text)]


def test_everything_is_there_newest_first(mira: Visitor, busy: BusyTown) -> None:
    page = mira.get("documents")
    assert stories_on(page, busy) == list(busy.ids)[::-1]
    assert "18 documents, newest first" in page.text


@pytest.mark.parametrize(
    ("query", "stories"),
    [
        ({"status": "refused"}, {"refused"}),
        ({"status": "accepted"}, {"accepted"}),
        ({"status": "cancelled"}, {"duplicate"}),
        ({"status": "delivered"}, {"delivered", "credit note"}),
        ({"channel": "post"}, {"held", "hostile", "posted"}),
        ({"recipient": "comune"}, {"accepted", "refused"}),
        ({"recipient": "comune", "status": "refused"}, {"refused"}),
        ({"q": "NW-26-1048"}, {"delivered", "duplicate", "handed over", "retry"}),  # the beginning of a number
        ({"q": "nordlicht", "status": "accepted"}, set()),
        ({"q": "100%"}, set()),  # a wildcard of the database is a sign like any other
        ({"since": "2026-11-12", "until": "2026-11-12", "status": "accepted"}, {"accepted"}),
        ({"since": "2026-11-13"}, set()),
        ({"until": "2026-11-11"}, set()),
        ({"status": "cancelled", "unknown": "x"}, {"duplicate"}),
    ],
)
def test_the_address_narrows_the_list(mira: Visitor, busy: BusyTown, query: dict[str, str], stories: set[str]) -> None:
    assert set(stories_on(mira.get("documents", **query), busy)) == stories


@pytest.mark.parametrize("what", ["number", "public id", "typed id", "our key", "their number", "file name"])
def test_a_key_that_hits_exactly_one_document_opens_it(mira: Visitor, busy: BusyTown, what: str) -> None:
    whole = busy.town.whole(busy.ids["turned away"])
    delivery = whole.deliveries[0]
    keys = {
        "number": str(whole.document.number),
        "public id": whole.document.public_id,
        "typed id": f" {whole.document.public_id.lower()} ",
        "our key": delivery.key,
        "their number": delivery.reference,
        "file name": delivery.file_name,
    }
    answer = mira.get("documents", q=keys[what])
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/desk/documents/{whole.document.public_id}"


def test_what_cannot_be_read_is_known_by_its_file(mira: Visitor, busy: BusyTown) -> None:
    """It has no number, no seller and no buyer: the name of the file is all that its sender can say of it."""
    address = f"/desk/documents/{busy.ids['unreadable']}"
    row = re.search(rf'<a class="number" href="{address}">.*?</td>', mira.get("documents").text)
    assert row is not None
    assert "scan-0042.ps" in row[0]
    assert mira.get("documents", q="SCAN-0042.ps").headers["location"] == address
    assert "document 1 of scan-0042.ps" in mira.get(f"documents/{busy.ids['unreadable']}").text


@pytest.mark.parametrize(
    "query",
    [
        {"q": "Uhrwerk Biel"},  # a name, though only one buyer has it
        {"q": "2026/00487"},  # the beginning of a number
        {"q": "2026/004871", "status": "action"},  # a filter is looked through, not jumped over
        {"q": "NW-26-10482"},  # two documents have this number
    ],
)
def test_anything_else_stays_a_list(mira: Visitor, query: dict[str, str]) -> None:
    assert mira.get("documents", **query).status_code == 200


def test_pages_follow_each_other_without_gaps_or_repeats(
    mira: Visitor, busy: BusyTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "ROWS", 5)
    page, seen, pages = mira.get("documents"), [], 1
    while True:
        seen += stories_on(page, busy)
        following = re.search(r'href="(\?[^"]+)" rel="next"', page.text)
        if following is None:
            break
        page, pages = mira.client.get("/desk/documents" + following[1].replace("&amp;", "&")), pages + 1
    assert pages == 4
    assert seen == list(busy.ids)[::-1]
    assert "Back to the first page" in page.text


def test_the_next_page_keeps_the_filters(mira: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ROWS", 1)
    page = mira.get("documents", status="delivered", channel="peppol")
    following = re.search(r'href="(\?[^"]+)" rel="next"', page.text)
    assert following is not None
    assert {"status=delivered", "channel=peppol"} <= set(following[1].replace("&amp;", "&").lstrip("?").split("&"))


def test_a_cursor_that_we_never_gave_is_refused_in_words(mira: Visitor) -> None:
    answer = mira.get("documents", after="nonsense")
    assert answer.status_code == 400
    assert "<h1>" in answer.text


def test_large_counts_are_not_counted_to_the_end(mira: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_COUNTED", 6)
    page = mira.get("documents")
    assert "more than 6 documents, newest first" in page.text
    assert re.search(r'Action needed <span class="count">more than 6<', page.text)


def test_nothing_found_says_what_was_looked_for(mira: Visitor) -> None:
    page = mira.get("documents", q='IT118204"><script>', status="action")
    assert "No document matches “<bdi>IT118204&#34;&gt;&lt;script&gt;</bdi>” with these filters." in page.text
    assert "We looked in numbers" in page.text


def test_an_empty_log_says_how_it_fills(quiet: Town) -> None:
    with quiet.mira() as mira:
        assert "Nothing has arrived yet." in mira.get("documents").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"since": "30.11.2026"}, "“30.11.2026” is not a date like 2026-11-30; it is left out."),
        ({"until": "0001-01-01"}, "is out of reach"),
        ({"status": "sent"}, "There is no status “sent”"),
    ],
)
def test_what_nobody_understands_in_the_address_is_said(mira: Visitor, query: dict[str, str], said: str) -> None:
    page = mira.get("documents", **query)
    assert said in page.text
    assert "18 documents" in page.text


def test_filters_that_hold_are_shown_and_can_be_taken_away(mira: Visitor) -> None:
    page = mira.get("documents", q="NW", channel="post", since="2026-11-01")
    assert 'href="?q=NW&amp;since=2026-11-01"' in page.text
    assert "Remove filter: Way Post" in page.text


def test_a_row_says_what_happens_now_who_acts_and_until_when(mira: Visitor, busy: BusyTown) -> None:
    page = mira.get("documents", recipient="Cantina")
    row = page.text[page.text.index(busy.ids["turned away"]) :]
    for said in ("Correct it and send it again with the same number and date.", "Billing clerk, by Tue 17 Nov"):
        assert said in row
    assert "€2,865.60" in row
    assert "SDI" in row
