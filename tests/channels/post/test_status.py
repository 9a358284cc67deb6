"""Status files are foreign: whatever they hold, it becomes notices, and the others are read."""

import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.contract import Notice
from channels.post.channel import PostChannel
from channels.post.reasons import ABOUT_THE_ADDRESS, REASONS, SIGNALS
from channels.post.status import StatusFile, batch_in, notices
from gateway.signals import SIGNALS as LIFECYCLE
from simulators.twin import Twin
from tests.channels.post.conftest import Open
from tests.channels.post.letters import parcel

KEY = "9b2c0a4e-0000-4000-8000-000000000001"
BATCH = f"B-{KEY}"
NAME = f"{BATCH}.1.status.json"


def event(event: str = "posted", **more: object) -> dict[str, object]:
    return {"id": "E-1", "piece": KEY, "at": "2026-11-23T03:12:00+01:00", "event": event, "reason": None} | more


def status(*events: object, **more: object) -> bytes:
    return json.dumps({"status_version": "1", "batch": BATCH, "sequence": 1, "events": events} | more).encode()


def told(*contents: bytes) -> list[Notice]:
    return list(notices(BATCH, KEY, [StatusFile(f"{BATCH}.{n}.status.json", one) for n, one in enumerate(contents)]))


def test_an_event_becomes_a_notice() -> None:
    content = status(event("returned", reason="address_unknown", detail="no such street", sheets=1, extra=[]))
    assert told(content) == [
        Notice(
            key=f"{BATCH}/E-1",
            parcel_key=KEY,
            reference=BATCH,
            signal="post.returned",
            said_at=datetime.datetime(2026, 11, 23, 2, 12, tzinfo=datetime.UTC),
            code="address_unknown",
            text="the address does not exist, or nobody knows the addressee there: no such street",
            raw=content,
            raw_media_type="application/json",
            file_name=f"{BATCH}.0.status.json",
        )
    ]


@pytest.mark.parametrize(
    ("line", "signal", "text"),
    [
        (event("batch_received", piece=None), "post.accepted", "batch received"),
        (event("batch_refused", piece=None, reason="other", detail="bad hash"), "post.batch_refused", "bad hash"),
        (event("rejected", reason="fonts"), "post.rejected", "a font is missing in the PDF"),
        (event("rejected", reason="box_closed"), "post.rejected.address", "the post office box is closed"),
        # the rejection of a repeat says nothing bad about the letter
        (event("rejected", reason="duplicate"), "post.accepted", "the letter was printed before, and is not printed"),
        (event("rejected", reason="smudged_ink"), "post.rejected", "smudged ink"),  # a word of their own
        (event("on_hold", reason="no_credit"), "post.on_hold", "our account at the print house has no credit"),
        (event("forwarded", new_address="Nyg. 2, 111 33 Y"), "post.forwarded", "Nyg. 2, 111 33 Y"),
        (event("tracked", detail="in Malmö", tracking="RR1"), "post.tracked", "in Malmö: tracking number RR1"),
        (event("delivered", tracking="RR1"), "post.delivered", "tracking number RR1"),
        (event("delivered"), "post.tracked", "delivered"),  # nobody scanned it
        (event("eaten_by_dog"), "post.unknown", "eaten by dog"),
    ],
)
def test_each_event_says_what_it_means_for_the_letter(line: dict[str, object], signal: str, text: str) -> None:
    [notice] = told(status(line))
    assert (notice.signal, notice.parcel_key, notice.reference) == (signal, KEY, BATCH)
    assert notice.text.startswith(text)


def test_every_signal_stands_in_the_table_of_the_lifecycle() -> None:
    assert {*SIGNALS.values(), "post.rejected.address", "post.uploaded"} <= LIFECYCLE.keys()
    assert REASONS.keys() >= ABOUT_THE_ADDRESS


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "can't be read"),
        (b"<status/>", "can't be read"),
        (b"[" * 100_000, "can't be read"),  # deeper than any stack
        (b'{"status_version": "1"', "can't be read"),  # half of it
        (status(event()).replace(b"posted", b"p\xffsted"), "can't be read"),  # not UTF-8
        (json.dumps({"status_version": "1", "batch": BATCH}).encode(), "events"),
        (status(event(), status_version="2"), "version 2"),
        (status(event(), batch="B-another-one"), "speaks of batch B-another-one"),
        (status("posted"), "an event in"),
        (status(event(id="")), "an event in"),
        (status(event(id=7)), "an event in"),
    ],
)
def test_what_cannot_be_read_is_a_notice_for_a_person_and_the_rest_is_read(content: bytes, words: str) -> None:
    first, second = sorted(told(content, status(event(id="E-2"), sequence=9)), key=lambda one: one.signal)
    assert (first.signal, second.signal) == ("post.posted", "post.unreadable")
    assert words in second.text
    assert (second.parcel_key, second.reference, second.raw) == (KEY, BATCH, content)
    assert second.key == told(content)[0].key


def test_an_event_about_another_letter_is_not_told_of_this_one() -> None:
    [notice] = told(status(event(piece="9b2c0a4e-0000-4000-8000-000000000099")))
    assert (notice.parcel_key, notice.reference) == ("9b2c0a4e-0000-4000-8000-000000000099", "")


@pytest.mark.parametrize("moment", [None, "yesterday", "2026-11-23T03:12:00", "2026-11-23"])
def test_a_moment_that_is_none_is_not_made_up(moment: str | None) -> None:
    assert told(status(event(at=moment)))[0].said_at is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["status_version", "batch", "events", "sequence", "id", "event", "piece", "at"]), inner
            )
        ),
    )
)
def test_no_content_stops_the_reading(data: object) -> None:
    for content in (json.dumps(data).encode(), status(data), status(event(), sequence=data)):
        for notice in told(content):
            assert notice.signal.startswith("post.")
            assert notice.key


@pytest.mark.parametrize(
    ("name", "batch"),
    [
        (NAME, BATCH),
        (f"{BATCH}.status.json", BATCH),
        (f"{BATCH}.20261123T031200Z.status.json", BATCH),
        (f".{NAME}.part", ""),
        (f"{NAME}.part", ""),
        (f"{BATCH}.job.json", ""),
        (f"{BATCH}./../../x.status.json", ""),
        ("report.csv", ""),
    ],
)
def test_a_status_file_is_known_by_its_name(name: str, batch: str) -> None:
    assert batch_in(name) == batch


def put(twin: Twin, name: str, content: bytes) -> None:
    (twin.work / "print" / "out" / name).write_bytes(content)


def open_and_collect(channel: PostChannel, *keys: str) -> list[Notice]:
    return list(channel.collect(dict.fromkeys(keys, "")))


def test_only_the_files_of_the_letters_asked_about_are_read(twin: Twin, open_channel: Open) -> None:
    one, two = parcel().key, parcel().key
    for number, key in enumerate((one, two)):
        content = status(event(id=f"E-{number}", piece=key), batch=f"B-{key}")
        put(twin, f"B-{key}.1.status.json", content)
    found = open_and_collect(open_channel(), two, parcel().key)
    assert [(notice.parcel_key, notice.signal) for notice in found] == [(two, "post.posted")]


def test_a_file_that_is_too_large_is_read_to_the_limit_and_no_further(twin: Twin, open_channel: Open) -> None:
    key = parcel().key
    put(twin, f"B-{key}.1.status.json", status(event(piece=key), batch=f"B-{key}", more="x" * 2000))
    put(twin, f"B-{key}.2.status.json", status(event(piece=key), batch=f"B-{key}"))
    found = open_and_collect(open_channel(largest_status=1000), key)
    assert [notice.signal for notice in found] == ["post.unreadable", "post.posted"]
    assert len(found[0].raw) == 1000
    assert "largest_status" in found[0].text
