"""The print house, visited by a plain SFTP client."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast
from unittest.mock import Mock

import paramiko
import pytest

from simulators import drop_folder
from simulators.drop_folder import Session, Visit
from simulators.twin import Twin
from tests.simulators.messages import Batch, House, Letter, Panel, batch, pdf, sftp_client

PICK_UP, DAY = 660.0, 86_400.0


@pytest.fixture
def house(twin: Twin) -> Iterator[House]:
    transport, client = sftp_client(twin)
    yield House(client)
    client.close()
    transport.close()
    transport.join()


def totals(house: House) -> dict[str, int]:
    return cast(dict[str, int], house.statuses()[-1]["totals"])


def test_a_batch_is_accepted_printed_and_posted_by_the_clock(house: House, panel: Panel) -> None:
    house.upload(batch())
    assert house.statuses() == []
    panel.advance(PICK_UP)
    assert house.events() == [("", "batch_received", ""), (Letter.key, "accepted", "")]
    panel.advance(7 * DAY)
    assert [event for _, event, _ in house.events()[2:]] == ["printed", "inserted", "posted"]
    assert totals(house) == {
        "accepted": 1,
        "rejected": 0,
        "printed": 1,
        "inserted": 1,
        "spoiled_reprinted": 0,
        "posted": 1,
        "returned": 0,
        "amount_hash": "1834.37",
    }
    assert house.client.listdir("/out") == [f"B-018F3C0000000001.{number}.status.json" for number in (1, 2, 3)]
    assert panel.counts("print", Letter.key) == (1, 1)


def test_what_was_taken_is_gone_from_the_folder_and_acknowledged(house: House, panel: Panel) -> None:
    house.upload(batch())
    assert house.client.listdir("/in") == ["B-018F3C0000000001"]
    panel.advance(PICK_UP)
    assert house.client.listdir("/in") == ["B-018F3C0000000001.ack"]


def test_the_ticket_may_come_into_sight_by_itself(house: House, panel: Panel) -> None:
    job = batch()
    folder = f"/in/{job.identifier}"
    house.client.mkdir(folder)
    for name, content in job.files.items():
        house.put(f"{folder}/{name}", content)
    house.put(f"{folder}/ticket.part", job.ticket)
    panel.advance(DAY)
    assert house.statuses() == []
    house.client.rename(f"{folder}/ticket.part", f"{folder}/{job.ticket_name}")
    panel.advance(PICK_UP)
    assert (Letter.key, "accepted", "") in house.events()


def test_a_ticket_in_sight_is_not_written_in_place(house: House) -> None:
    house.client.mkdir("/in/B-1")
    with pytest.raises(PermissionError):
        house.put("/in/B-1/B-1.job.json", b"{}")
    house.put("/in/B-1.job.json.part", b"{}")
    with pytest.raises(PermissionError):
        house.client.rename("/in/B-1.job.json.part", "/in/B-1.job.json")


def test_a_file_that_a_client_left_open_is_closed_when_it_goes(tmp_path: Path) -> None:
    """paramiko closes it as well, but not where its own goodbye fails on a line that was cut."""
    (tmp_path / "in" / "B-1.part").mkdir(parents=True)
    with closing(socket.socket()) as line:
        session = Session(paramiko.ServerInterface(), Visit(tmp_path, Mock(spec=drop_folder.House), line))
        handle = session.open("/in/B-1.part/letter.pdf", os.O_WRONLY | os.O_CREAT, paramiko.SFTPAttributes())
        assert isinstance(handle, paramiko.SFTPHandle)
        handle.write(0, b"half a letter")
        session.session_ended()
    with pytest.raises(ValueError, match="closed"):
        handle.write(13, b", and the rest")


FORBIDDEN = {
    # what a client may not do
    "write above the root": lambda house: house.put("/../../escaped", b"x"),
    "write beside the folders": lambda house: house.put("/note.txt", b"x"),
    "write a status": lambda house: house.put("/out/B-1.1.status.json", b"x"),
    "make a folder elsewhere": lambda house: house.client.mkdir("/elsewhere"),
    "move out of the drop folder": lambda house: house.client.rename("/in", "/out/in"),
    "link": lambda house: house.client.symlink("/etc/passwd", "/in/B-1"),
}


@pytest.mark.parametrize("attempt", FORBIDDEN)
def test_nothing_outside_the_drop_folder_can_be_reached(house: House, attempt: str) -> None:
    with pytest.raises(OSError, match=r"denied|Failure|unsupported"):
        FORBIDDEN[attempt](house)
    assert house.client.listdir("/") == ["in", "out"]


def test_a_stranger_is_not_let_in(twin: Twin) -> None:
    transport = paramiko.Transport(("127.0.0.1", twin.print_house.port))
    with pytest.raises(paramiko.AuthenticationException):
        transport.connect(username="gateway", password="guess")
    transport.close()
    transport.join()


def test_the_password_opens_as_the_key_does(twin: Twin) -> None:
    transport = paramiko.Transport(("127.0.0.1", twin.print_house.port))
    transport.connect(username="gateway", password=twin.sftp_password)
    key = transport.get_remote_server_key()
    assert f"{key.get_name()} {key.get_base64()}" == twin.print_house.host_key_line
    transport.close()
    transport.join()


def again(house: House, panel: Panel, job: Batch) -> None:
    house.upload(job)
    panel.advance(PICK_UP)


def test_the_same_batch_again_is_acknowledged_and_printed_once(house: House, panel: Panel) -> None:
    for _ in range(2):
        again(house, panel, batch())
    panel.advance(7 * DAY)
    assert [event for _, event, _ in house.events()].count("batch_received") == 2
    assert totals(house)["posted"] == 1
    assert panel.counts("print", "B-018F3C0000000001") == (2, 1)
    assert panel.seen("print")["twice"] == []


def test_the_same_batch_with_another_content_is_refused(house: House, panel: Panel) -> None:
    again(house, panel, batch())
    again(house, panel, batch(Letter(pages=3)))
    assert ("", "batch_refused", "other") in house.events()
    assert panel.outcomes("print") == ["new", "new", "refused"]


def test_a_letter_in_a_second_batch_is_a_duplicate(house: House, panel: Panel) -> None:
    again(house, panel, batch())
    again(house, panel, batch(identifier="B-018F3C0000000002"))
    assert (Letter.key, "rejected", "duplicate") in house.events()


def spoilt(old: str, new: str) -> Batch:
    job = batch()
    assert old in job.ticket.decode()
    return Batch(job.identifier, job.ticket.decode().replace(old, new).encode(), job.files)


def with_files(**changes: bytes | None) -> Batch:
    """The batch with files of the folder changed, added or left out."""
    job = batch()
    files = {**job.files, **{f"{name}.pdf".replace("_", "-"): content for name, content in changes.items()}}
    return Batch(job.identifier, job.ticket, {name: content for name, content in files.items() if content is not None})


TOTALS = {"pieces": 2, "pages": 1, "sheets": 1, "bytes": len(pdf()), "amount_hash": "1"}
REFUSED = {
    # what is wrong: (the batch, a word of the refusal)
    "no JSON": (Batch("B-018F3C0000000001", b"{", batch().files), "not JSON"),
    "an unknown entry": (spoilt('"profile":', '"colour": "red", "profile":'), "colour: unknown"),
    "a missing entry": (spoilt('"ticket_version": "1", ', ""), "ticket_version: missing"),
    "a word that is none": (spoilt('"economy"', '"slow"'), "service.speed"),
    "a number as text": (spoilt('"sheets": 1, "grams_estimated"', '"sheets": "1", "grams_estimated"'), "sheets"),
    "another content hash": (
        spoilt('"Provgatan 1", "11122 Stockholm"', '"Provgatan 2", "11122 Stockholm"'),
        "content_sha256",
    ),
    "totals that do not add up": (batch(totals=TOTALS), "totals.pieces"),
    "sheets that are not those of its pages": (batch(Letter(claimed_sheets=2)), "1 by its pages"),
    "a file that is not there": (with_files(P_018F3C0000000001=None), "not in the folder"),
    "a file that nobody speaks of": (with_files(P_other0001=pdf()), "not in the ticket"),
    "a file with other bytes": (with_files(P_018F3C0000000001=pdf(2)), "another hash"),
    "another name": (Batch("B-018F3C0000000009", batch().ticket, batch().files), "the ticket is called"),
    "days in the wrong order": (batch(post_not_after="2026-11-01"), "post_not_after"),
}


@pytest.mark.parametrize("fault", REFUSED)
def test_a_ticket_with_a_fault_refuses_the_batch(house: House, panel: Panel, fault: str) -> None:
    job, words = REFUSED[fault]
    again(house, panel, job)
    status = house.statuses()[0]
    event = cast(list[dict[str, str]], status["events"])[0]
    assert event["event"] == "batch_refused"
    assert words in event["detail"]
    assert panel.outcomes("print") == ["refused"]


LETTERS = {
    # reason: the letter
    "not_a4": Letter(content=pdf(1, 612, 792)),
    "unreadable": Letter(content=b"%PDF-1.7 but no more"),
    "other": Letter(content=pdf(1), pages=2),
    "address_incomplete": Letter(postcode=""),
    "expired": Letter(expires_at="2026-01-01T00:00:00Z"),
}


@pytest.mark.parametrize("reason", LETTERS)
def test_a_letter_that_cannot_be_printed_is_rejected_alone(house: House, panel: Panel, reason: str) -> None:
    again(house, panel, batch(LETTERS[reason], Letter(key="P-018F3C0000000002", document="INV-2")))
    assert house.events()[1:] == [(Letter.key, "rejected", reason), ("P-018F3C0000000002", "accepted", "")]


FATES = {
    # postcode: (how the letter is to be handled, what comes behind "inserted")
    "99999": ("report_and_destroy", [("posted", ""), ("returned", "address_unknown")]),
    "99998": ("report_and_destroy", [("posted", ""), ("returned", "moved_new_address")]),
    "99996": ("report_and_destroy", [("posted", ""), ("posted", "")]),
    "99997": ("report_and_destroy", []),
}


@pytest.mark.parametrize("postcode", FATES)
def test_some_postcodes_have_a_fate(house: House, panel: Panel, postcode: str) -> None:
    handling, behind = FATES[postcode]
    again(house, panel, batch(Letter(postcode=postcode, handling=handling)))
    panel.advance(30 * DAY)
    events = [(event, reason) for piece, event, reason in house.events() if piece]
    assert events[3:] == behind
    assert events[:1] == ([("accepted", "")] if behind else [])


def test_a_letter_to_be_forwarded_comes_with_the_new_address(house: House, panel: Panel) -> None:
    again(house, panel, batch(Letter(postcode="99998", handling="forward_and_report")))
    panel.advance(30 * DAY)
    last = cast(list[dict[str, str]], house.statuses()[-1]["events"])[0]
    assert (last["event"], bool(last["new_address"])) == ("forwarded", True)


def test_nothing_is_posted_before_its_day(house: House, panel: Panel, twin: Twin) -> None:
    day = twin.clock.now().date().replace(year=twin.clock.now().year + 1).isoformat()
    again(house, panel, batch(post_not_before=day, post_not_after=day))
    panel.advance(30 * DAY)
    assert "posted" not in [event for _, event, _ in house.events()]
    panel.advance(340 * DAY)
    assert "posted" in [event for _, event, _ in house.events()]


def test_the_script_returns_one_letter_of_two(house: House, panel: Panel) -> None:
    steps = [{"say": "printed"}, {"say": "posted"}, {"say": "returned", "code": "refused"}]
    panel.script("print", behaviour="accept", match={"number": "INV-2"}, then=steps)
    again(house, panel, batch(Letter(), Letter(key="P-018F3C0000000002", document="INV-2")))
    panel.advance(30 * DAY)
    returned = [(piece, reason) for piece, event, reason in house.events() if event == "returned"]
    assert returned == [("P-018F3C0000000002", "refused")]
    assert totals(house)["returned"] == 1


def test_the_script_rejects_one_letter_of_two(house: House, panel: Panel) -> None:
    panel.script("print", behaviour="reject", match={"key": Letter.key}, code="layout_margin", text="ink in the margin")
    again(house, panel, batch(Letter(), Letter(key="P-018F3C0000000002", document="INV-2")))
    assert house.events()[1:] == [(Letter.key, "rejected", "layout_margin"), ("P-018F3C0000000002", "accepted", "")]


def test_the_script_refuses_a_batch(house: House, panel: Panel) -> None:
    panel.script("print", behaviour="reject", match={"filename": "B-*"}, code="batch_refused", text="no credit")
    again(house, panel, batch())
    assert [event for _, event, _ in house.events()] == ["batch_refused"]


def test_a_lost_batch_is_never_heard_of(house: House, panel: Panel) -> None:
    panel.script("print", behaviour="silent", match={})
    again(house, panel, batch())
    panel.advance(30 * DAY)
    assert house.statuses() == []
    assert panel.counts("print", Letter.key) == (1, 1)


def test_counts_that_do_not_meet(house: House, panel: Panel) -> None:
    panel.script("print", behaviour="miscount", match={})
    again(house, panel, batch())
    panel.advance(30 * DAY)
    assert (totals(house)["accepted"], totals(house)["posted"]) == (1, 2)


def test_a_test_batch_is_not_printed(house: House, panel: Panel) -> None:
    again(house, panel, batch(test=True))
    panel.advance(30 * DAY)
    assert [event for _, event, _ in house.events()] == ["batch_received", "accepted"]


def test_a_dropped_line_hides_that_the_batch_was_taken(house: House, twin: Twin, panel: Panel) -> None:
    panel.script("print", behaviour="drop", match={}, times=1)
    with pytest.raises((EOFError, OSError, paramiko.SSHException)):
        house.upload(batch())
    panel.advance(PICK_UP)
    transport, client = sftp_client(twin)
    assert client.listdir("/in") == ["B-018F3C0000000001.ack"]
    transport.close()
    transport.join()


def test_a_hanging_house_takes_nothing(house: House, twin: Twin, panel: Panel) -> None:
    panel.script("print", behaviour="hang", match={}, times=1)
    channel = house.client.get_channel()
    assert channel is not None
    channel.settimeout(0.5)
    with pytest.raises(TimeoutError):
        house.upload(batch())
    panel.client.delete("/script")
    transport, client = sftp_client(twin)
    assert client.listdir("/in") == ["B-018F3C0000000001.part"]
    transport.close()
    transport.join()
