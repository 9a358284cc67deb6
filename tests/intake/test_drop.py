"""Files dropped at the SFTP door: taken in once, when they are complete, and answered."""

import io
import json
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path

import paramiko
import pytest
from sqlmodel import select

from gateway.errors import ArchiveUnavailable
from gateway.intake.receive import Door, Incoming, receive
from gateway.intake.sftp import taking
from gateway.intake.sftp.root import Root
from gateway.store.session import Store
from gateway.store.submissions import Intake
from gateway.store.tables import DocumentRow
from tests.intake.house import (
    OTHER_SENDER,
    OTHER_TENANT,
    OTHER_USER,
    USER,
    Premises,
    client,
    drop,
    eventually,
    premises,
    ubl,
)
from tests.pipeline.house import SENDER, TENANT


def put(sftp: paramiko.SFTPClient, path: str, content: bytes, *, confirm: bool = True) -> None:
    sftp.putfo(io.BytesIO(content), path, confirm=confirm)


def fetched(sftp: paramiko.SFTPClient, path: str) -> bytes:
    into = io.BytesIO()
    sftp.getfo(path, into)
    return into.getvalue()


def taken(made: Premises, tenant: uuid.UUID = TENANT) -> list[tuple[str, str]]:
    """(file name, state) of what was taken in, oldest first."""
    return [(one.file_name, one.state) for one in made.submissions(tenant)]


# --- when a file is taken


def test_a_plain_upload_is_taken_in_when_it_is_closed(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as sftp:
        put(sftp, "in/a.xml", ubl())
        assert taken(made) == [("a.xml", "received")]
        assert sftp.listdir("in") == []
    (one,) = made.submissions()
    assert made.house.archive.get(TENANT, one.sha256) == ubl()


def test_an_upload_under_a_temporary_name_is_taken_in_once_by_its_rename(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as sftp:
        for temporary, name in (("a.xml.part", "a.xml"), (".b.xml", "b.xml"), ("c.filepart", "c.xml")):
            put(sftp, f"in/{temporary}", ubl(name))
            assert (name, "received") not in taken(made)
            sftp.rename(f"in/{temporary}", f"in/{name}")
        sftp.putfo(io.BytesIO(ubl("d")), "in/d.tmp")
        sftp.posix_rename("in/d.tmp", "in/d.xml")
        assert [name for name, _ in taken(made)] == ["a.xml", "b.xml", "c.xml", "d.xml"]
        assert sftp.listdir("in") == []


def test_an_upload_whose_line_breaks_is_not_taken_and_can_be_gone_on_with(made: Premises) -> None:
    content = ubl()
    with made.door() as door:
        with suppress(EOFError), client(door, made.key) as sftp:
            file = sftp.open("in/a.xml", "wb")
            file.write(content[:1_000])
            file.flush()
            channel = sftp.get_channel()
            assert channel is not None
            channel.get_transport().sock.close()
        with client(door, made.key) as sftp:
            eventually(lambda: made.folder_of("open") == ["a.xml"])
            assert sftp.stat("in/a.xml").st_size == 1_000
            assert taken(made) == []
            with sftp.open("in/a.xml", "r+b") as file:
                file.seek(1_000)
                file.write(content[1_000:])
            (one,) = made.submissions()
            assert made.house.archive.get(TENANT, one.sha256) == content


def test_what_was_not_complete_is_still_not_after_a_restart(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as sftp:
        put(sftp, "in/a.xml.part", ubl())
    with made.door() as door, client(door, made.key) as sftp:
        assert sftp.listdir("in") == ["a.xml.part"]
        sftp.rename("in/a.xml.part", "in/a.xml")
        assert taken(made) == [("a.xml", "received")]


def test_fifty_sessions_at_once_drop_files_and_each_is_taken_in_once(made: Premises) -> None:
    everybody = threading.Barrier(50, timeout=60)

    def session(number: int) -> None:
        with client(door, made.key) as sftp:
            everybody.wait()
            for turn in range(3):
                put(sftp, f"in/{number}-{turn}.xml.part", ubl(f"{number}-{turn}"))
                sftp.rename(f"in/{number}-{turn}.xml.part", f"in/{number}-{turn}.xml")
            everybody.wait()

    with made.door() as door, ThreadPoolExecutor(50) as threads:
        list(threads.map(session, range(50)))
        assert made.folder_of("open") == made.folder_of("complete") == []
    found = taken(made)
    assert sorted(found) == sorted((f"{number}-{turn}.xml", "received") for number in range(50) for turn in range(3))


def test_of_two_sessions_with_the_same_name_the_later_one_drops_its_file_whole(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as one, client(door, made.key) as other:
        first = one.open("in/a.xml", "wb")
        first.write(b"1" * 200)
        second = other.open("in/a.xml", "wb")
        second.write(b"2" * 100)
        with pytest.raises(OSError, match="Another session"):
            first.write(b"1" * 100)
        first.close()
        assert made.submissions() == []
        second.close()
    (only,) = made.submissions()
    assert made.house.archive.get(TENANT, only.sha256) == b"2" * 100


# --- nothing lost, nothing twice


def test_a_file_that_cannot_be_taken_in_now_is_kept_and_taken_in_later(
    made: Premises, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_down = threading.Event()
    is_down.set()

    def received(door: Door, incoming: Incoming) -> Intake:
        if is_down.is_set():
            raise ArchiveUnavailable("it is down")
        return receive(door, incoming)

    monkeypatch.setattr(taking, "receive", received)
    monkeypatch.setattr("gateway.intake.sftp.door._LOOKS_BETWEEN_LEFTOVERS", 1)
    with made.door() as door, client(door, made.key) as sftp:
        put(sftp, "in/a.xml.part", ubl())
        with pytest.raises(OSError, match="need not upload it again"):
            sftp.rename("in/a.xml.part", "in/a.xml")
        assert sftp.listdir("in") == ["a.xml"]
        assert taken(made) == []
        is_down.clear()
        eventually(lambda: sftp.listdir("in") == [])
    assert taken(made) == [("a.xml", "received")]


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_door_that_is_killed_while_it_takes_a_file_in_loses_nothing_and_takes_nothing_twice(
    made: Premises, tmp_path: Path, gateway_database: str, moment: str
) -> None:
    """Killed before the archive and the database have the file, and after both have it and it still lies in in/."""
    words = [sys.executable, "-m", "tests.intake.doomed", gateway_database, str(tmp_path), moment]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as doomed, ExitStack() as ending:
        ending.callback(doomed.kill)
        assert doomed.stdout is not None
        port = next(int(line.split()[1]) for line in doomed.stdout if line.startswith("open "))
        transport = ending.enter_context(paramiko.Transport(("127.0.0.1", port)))
        transport.connect(None, USER, pkey=made.key)
        sftp = paramiko.SFTPClient.from_transport(transport)
        assert sftp is not None
        with suppress(paramiko.SSHException, EOFError, OSError):
            put(sftp, "in/a.xml", ubl(), confirm=False)
        assert doomed.wait(30) == -signal.SIGKILL
    assert len(made.folder_of("complete")) == 1
    with made.door():
        eventually(lambda: made.folder_of("complete") == [])
    assert taken(made) == [("a.xml", "received")]


def test_the_same_bytes_again_are_answered_as_a_duplicate_and_not_sent_again(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as sftp:
        put(sftp, "in/a.xml", ubl())
        put(sftp, "in/again.xml", ubl())
        made.read()
        eventually(lambda: len(sftp.listdir("out")) == 4)
        said = json.loads(fetched(sftp, "out/again.xml.ack.json"))
        first = json.loads(fetched(sftp, "out/a.xml.ack.json"))
    assert (first["status"], said["status"]) == ("accepted", "duplicate")
    assert said["original"]["submission"] == first["submission"]
    assert said["documents"] == first["documents"]
    assert taken(made) == [("a.xml", "read"), ("again.xml", "duplicate")]


def test_a_repeat_waits_with_its_answer_until_its_original_was_read(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as sftp:
        put(sftp, "in/a.xml", ubl())
        put(sftp, "in/a.xml", ubl())
    assert made.answerer().answer_waiting() == 0
    made.read()
    assert made.answerer().answer_waiting() == 2
    assert made.answerer().answer_waiting() == 0
    assert made.folder_of("out") == ["a-2.xml.ack.json", "a-2.xml.txt", "a.xml.ack.json", "a.xml.txt"]


# --- answers


def test_a_refused_file_is_put_back_beside_its_reason(made: Premises) -> None:
    broken = ubl().replace(b"<cbc:ID>2026-0001</cbc:ID>", b"")
    with made.door() as door, client(door, made.key) as sftp:
        put(sftp, "in/broken.xml", broken)
        put(sftp, "in/rubbish.xml", b"\x00\x01 no invoice")
        made.read()
        eventually(lambda: len(sftp.listdir("errors")) == 6)
        assert fetched(sftp, "errors/broken.xml") == broken
        said = json.loads(fetched(sftp, "errors/broken.xml.ack.json"))
        text = fetched(sftp, "errors/broken.xml.txt").decode()
        assert said["status"] == said["documents"][0]["state"] == "refused"
        ids = [one["id"] for one in said["documents"][0]["findings"]]
        assert "BR-02" in ids
        assert all(one in text for one in ids)
        assert "Way out:" in text
        for name in sftp.listdir("errors"):
            sftp.remove(f"errors/{name}")
        assert sftp.listdir("errors") == []


def test_every_answer_of_many_tenants_lies_where_its_sender_looks(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as north, client(door, made.other_key, OTHER_USER) as south:
        put(north, "in/a.xml", ubl("N-1"))
        put(south, "in/a.xml", ubl("S-1"))
        made.read(TENANT)
        made.read(OTHER_TENANT)
        eventually(lambda: len(north.listdir("out")) == len(south.listdir("out")) == 2)
        assert json.loads(fetched(north, "out/a.xml.ack.json"))["documents"][0]["number"] == "N-1"
        assert json.loads(fetched(south, "out/a.xml.ack.json"))["documents"][0]["number"] == "S-1"


def test_answers_that_cannot_be_written_are_written_later_and_hold_up_no_others(
    made: Premises, monkeypatch: pytest.MonkeyPatch
) -> None:
    with made.door() as door, client(door, made.key) as sftp:
        put(sftp, "in/a.xml", ubl("1"))
        put(sftp, "in/b.xml", ubl("2"))
    made.read()
    real = Root.put

    def put_but_a(root: Root, folder: str, name: str, content: bytes) -> None:
        if name.startswith("a."):
            raise OSError(28, "No space left on device")
        real(root, folder, name, content)

    with monkeypatch.context() as patch:
        patch.setattr(Root, "put", put_but_a)
        assert made.answerer().answer_waiting() == 1
    assert made.folder_of("out") == ["b.xml.ack.json", "b.xml.txt"]
    assert made.answerer().answer_waiting() == 1
    assert made.answerer().answer_waiting() == 0


def test_a_file_of_many_invoices_is_answered_document_by_document(made: Premises, store: Store) -> None:
    with made.door() as door, client(door, made.key) as sftp:
        put(sftp, "in/a.xml", ubl())
    made.read()
    with store.of(TENANT) as transaction:
        # A file of 600 documents, as its reader would have written them down.
        first = transaction.session.exec(select(DocumentRow)).one().model_dump()
        for position in range(2, 601):
            own = {"id": uuid.UUID(int=position), "public_id": f"d-{position}", "position": position, "identity": None}
            transaction.session.add(DocumentRow(**{**first, **own}))
    made.answerer().answer_waiting()
    said = json.loads((made.folder / str(TENANT) / str(SENDER) / "out" / "a.xml.ack.json").read_bytes())
    assert [one["position"] for one in said["documents"]] == list(range(1, 601))


# --- too much, and elsewhere


def test_a_file_above_the_cap_is_refused_while_it_comes_in_with_a_clear_answer(store: Store, tmp_path: Path) -> None:
    made = premises(store, tmp_path)
    with made.door(max_file=300_000) as door, client(door, made.key) as sftp:
        with pytest.raises(OSError, match="300,000 bytes"):
            drop(sftp, "in/big.xml", b"x" * 2_000_000)
        assert sorted(sftp.listdir("errors")) == ["big.xml.ack.json", "big.xml.txt"]
        said = json.loads(fetched(sftp, "errors/big.xml.ack.json"))
        assert (said["status"], said["findings"][0]["id"]) == ("refused", "GW-FILE-TOO-LARGE")
        assert sftp.listdir("in") == []
        sparse = sftp.open("in/sparse.xml", "wb")
        sparse.seek(100 * 2**30)
        with pytest.raises(OSError, match="300,000 bytes"):
            sparse.write(b"x")
        long = sftp.open("in/long.xml", "wb")
        with pytest.raises(OSError, match="300,000 bytes"):
            long.truncate(2**40)
    assert taken(made) == []
    files = [path for path in made.folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_blocks * 512 for path in files) < 100_000


def test_a_sender_whose_folders_are_full_is_told_so(made: Premises) -> None:
    with made.door(max_files=3) as door, client(door, made.key) as sftp:
        for number in range(3):
            put(sftp, f"in/{number}.part", b"")
        with pytest.raises(OSError, match="3 files"):
            sftp.open("in/4.part", "wb")


def test_a_sender_sees_nothing_of_another_tenant(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as north, client(door, made.other_key, OTHER_USER) as south:
        put(north, "in/secret.part", b"north's own")
        there = f"{TENANT}/{SENDER}"
        for path in (
            "in/secret.part",
            f"/{there}/open/secret.part",
            f"../../{there}/open/secret.part",
            f"in/../../../{there}/in/secret.part",
            str(made.folder / there / "open" / "secret.part"),
        ):
            with pytest.raises(OSError):  # noqa: PT011 - not found or not allowed, by path
                south.open(path)
            with pytest.raises(OSError):  # noqa: PT011 - as above
                south.stat(path)
        assert south.listdir("in") == []
        put(south, "in/secret.part", b"south's own")
        assert fetched(north, "in/secret.part") == b"north's own"
    assert made.folder_of("open", OTHER_TENANT, OTHER_SENDER) == ["secret.part"]


OUTSIDE = [
    "../a.xml",  # above the root
    "/a.xml",  # in the root itself
    "/etc/a.xml",  # beside our folders
    "in/../a.xml",
    "in/sub/a.xml",  # a folder that is not there
    "out/a.xml",  # an answer of one's own making
    "in/a\x00.xml",
    "in/..\\a.xml",
    "in/" + "a" * 300,
]


def test_nothing_is_written_outside_in(made: Premises) -> None:
    with made.door() as door, client(door, made.key) as sftp:
        attempts: list[Callable[[], object]] = [
            *(partial(drop, sftp, path, ubl()) for path in OUTSIDE),
            lambda: sftp.symlink("/etc/passwd", "in/link"),
            lambda: sftp.readlink("in/link"),
            lambda: sftp.mkdir("in/sub"),
            lambda: sftp.rmdir("out"),
        ]
        for refused in attempts:
            with pytest.raises(OSError):  # noqa: PT011 - not found or not allowed, by path
                refused()
    assert {one.name for one in made.folder.rglob("*") if one.is_file()} == {"host_key", "door.lock"}
    assert made.submissions() == []


def test_a_door_that_closes_finishes_what_it_takes_in(made: Premises, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = threading.Event()

    def slowly(door: Door, incoming: Incoming) -> Intake:
        begun.set()
        threading.Event().wait(0.3)
        return receive(door, incoming)

    monkeypatch.setattr(taking, "receive", slowly)
    with ExitStack() as outside, ThreadPoolExecutor(1) as thread:
        with made.door() as door:
            sftp = outside.enter_context(client(door, made.key))
            upload = thread.submit(lambda: put(sftp, "in/a.xml", ubl(), confirm=False))
            assert begun.wait(20)
        upload.result()
    assert taken(made) == [("a.xml", "received")]
    assert made.folder_of("complete") == []
