"""One session, packet by packet: every request gets its answer, whatever stands in it."""

import struct
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.intake.receive import Door, Incoming
from gateway.intake.sftp import taking
from gateway.intake.sftp.disk import Caps
from gateway.intake.sftp.requests import answer
from gateway.intake.sftp.root import Root
from gateway.intake.sftp.session import Session
from gateway.intake.sftp.taking import Taker
from gateway.intake.sftp.wire import Flag, Kind, Malformed, Reader, Status
from gateway.store.submissions import Intake, Taken
from tests.clocks import FixedClock

NEW = Flag.WRITE | Flag.CREATE | Flag.TRUNCATE
STATUS, HANDLE, DATA, NAMES, ATTRIBUTES = 101, 102, 103, 104, 105


class Shop:
    """A session and what it handed over. Taking in is seen here, and works unless `breaks` says otherwise."""

    def __init__(self, folder: Path, caps: Caps) -> None:
        self.root = Root(folder, uuid.UUID(int=1), uuid.UUID(int=2), caps)
        self.received: list[Incoming] = []
        self.breaks: Exception | None = None
        # Nothing but its clock is asked for: receiving itself is played here.
        self.session = Session(self.root, Taker(Door(None, None, FixedClock(), 1_000)), FixedClock())  # type: ignore[arg-type]

    def receive(self, _door: Door, incoming: Incoming) -> Intake:
        if self.breaks is not None:
            raise self.breaks
        self.received.append(incoming)
        return Intake(Taken.ACCEPTED, uuid.UUID(int=3))

    def ask(self, kind: int, *fields: bytes) -> Reader:
        return Reader(answer(self.session, struct.pack(">BI", kind, 7) + b"".join(fields)))

    def status(self, kind: int, *fields: bytes) -> tuple[int, str]:
        reader = self.ask(kind, *fields)
        assert (reader.byte(), reader.number()) == (STATUS, 7)
        return reader.number(), reader.text()

    def handle(self, kind: int, *fields: bytes) -> bytes:
        reader = self.ask(kind, *fields)
        assert (reader.byte(), reader.number()) == (HANDLE, 7)
        return reader.string()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    opened = Shop(tmp_path / "root", Caps(1_000, 50, 10_000))
    monkeypatch.setattr(taking, "receive", opened.receive)
    return opened


def s(content: str | bytes) -> bytes:
    """A string as it goes over the line."""
    spelled = content.encode() if isinstance(content, str) else content
    return struct.pack(">I", len(spelled)) + spelled


def n(number: int) -> bytes:
    return struct.pack(">I", number)


def o(number: int) -> bytes:
    return struct.pack(">Q", number)


def opening(path: str, flags: int = NEW) -> tuple[bytes, ...]:
    return s(path), n(flags), n(0)


def test_the_version_is_3_whatever_the_client_speaks(shop: Shop) -> None:
    assert answer(shop.session, struct.pack(">BI", Kind.INIT, 6)).startswith(struct.pack(">BI", 2, 3))


def test_an_upload_is_taken_in_by_its_close_with_all_its_bytes(shop: Shop) -> None:
    handle = shop.handle(Kind.OPEN, *opening("in/a.xml"))
    assert shop.status(Kind.WRITE, s(handle), o(2), s("cd"))[0] == Status.OK
    assert shop.status(Kind.WRITE, s(handle), o(0), s("ab"))[0] == Status.OK
    assert shop.received == []
    assert shop.status(Kind.CLOSE, s(handle))[0] == Status.OK
    (incoming,) = shop.received
    assert (incoming.file_name, incoming.content, incoming.door) == ("a.xml", b"abcd", "sftp")
    assert (incoming.tenant, incoming.sender_id) == (uuid.UUID(int=1), uuid.UUID(int=2))


def test_a_file_that_cannot_be_taken_in_is_kept_and_its_close_says_so(shop: Shop) -> None:
    shop.breaks = RuntimeError("secret of the database")
    handle = shop.handle(Kind.OPEN, *opening("in/a.xml"))
    status, text = shop.status(Kind.CLOSE, s(handle))
    assert status == Status.FAILURE
    assert "need not upload it again" in text
    assert "secret" not in text
    assert [one.name for one in shop.root.waiting()] == ["a.xml"]


def test_the_end_of_a_session_completes_nothing(shop: Shop) -> None:
    shop.handle(Kind.OPEN, *opening("in/a.xml"))
    shop.session.end()
    assert shop.received == []
    assert shop.root.waiting() == []


def test_a_session_that_ends_frees_its_places(shop: Shop) -> None:
    for _ in range(20):
        for number in range(16):
            shop.handle(Kind.OPEN, *opening(f"in/{number}.part"))
        shop.session.end()


def test_too_many_open_files_are_refused(shop: Shop) -> None:
    for number in range(16):
        shop.handle(Kind.OPEN, *opening(f"in/{number}.part"))
    assert shop.status(Kind.OPEN, *opening("in/17.part")) == (Status.FAILURE, "Too many files are open. Close some.")


def test_a_file_that_was_taken_can_still_be_looked_at_by_who_uploaded_it(shop: Shop) -> None:
    handle = shop.handle(Kind.OPEN, *opening("in/a.xml"))
    shop.status(Kind.WRITE, s(handle), o(0), s("abc"))
    shop.status(Kind.CLOSE, s(handle))
    for kind in (Kind.STAT, Kind.LSTAT):
        reader = shop.ask(kind, s("/in/a.xml"))
        assert (reader.byte(), reader.number(), reader.attributes().size) == (ATTRIBUTES, 7, 3)
    # As upload programs do: the time and the rights of the file at home.
    assert shop.status(Kind.SETSTAT, s("in/a.xml"), n(0xC), n(0o644), n(1), n(1))[0] == Status.OK
    assert shop.status(Kind.OPEN, *opening("in/a.xml", Flag.READ))[0] == Status.NO_SUCH_FILE
    assert shop.status(Kind.STAT, s("out/a.xml"))[0] == Status.NO_SUCH_FILE
    other = Session(shop.root, shop.session.taker, FixedClock())
    assert Reader(answer(other, struct.pack(">BI", Kind.STAT, 7) + s("in/a.xml"))).byte() == STATUS


def test_a_file_above_the_cap_is_refused_and_its_sender_finds_the_reason_in_errors(shop: Shop) -> None:
    handle = shop.handle(Kind.OPEN, *opening("in/a.xml"))
    status, text = shop.status(Kind.WRITE, s(handle), o(10**12), s("x"))
    assert (status, "1,000 bytes" in text) == (Status.FAILURE, True)
    assert shop.status(Kind.CLOSE, s(handle))[0] == Status.FAILURE
    assert shop.received == []
    download = shop.handle(Kind.OPEN, *opening("errors/a.xml.txt", Flag.READ))
    reader = shop.ask(Kind.READ, s(download), o(0), n(4_000))
    assert (reader.byte(), reader.number()) == (DATA, 7)
    assert "GW-FILE-TOO-LARGE" in reader.text()


def test_a_file_above_the_cap_again_has_one_answer(shop: Shop) -> None:
    for _ in range(3):
        handle = shop.handle(Kind.OPEN, *opening("in/a.xml"))
        shop.status(Kind.FSETSTAT, s(handle), n(1), o(10**12))
        shop.status(Kind.CLOSE, s(handle))
    listing = shop.handle(Kind.OPENDIR, s("errors"))
    reader = shop.ask(Kind.READDIR, s(listing))
    assert (reader.byte(), reader.number(), reader.number()) == (NAMES, 7, 2)


def test_a_long_folder_is_told_in_pieces(tmp_path: Path) -> None:
    shop = Shop(tmp_path, Caps(1_000, 1_000, 10_000))
    for number in range(250):
        shop.root.put("out", f"{number:03}.txt", b"")
    listing = shop.handle(Kind.OPENDIR, s("/out"))
    pieces = []
    while (reader := shop.ask(Kind.READDIR, s(listing))).byte() == NAMES:
        reader.number()
        pieces.append(reader.number())
    assert pieces == [100, 100, 50]


@pytest.mark.parametrize(
    ("kind", "fields", "status"),
    [
        (Kind.SYMLINK, (s("/etc/passwd"), s("in/link")), Status.PERMISSION_DENIED),
        (Kind.SYMLINK, (s("in/link"), s("/etc/passwd")), Status.PERMISSION_DENIED),
        (Kind.READLINK, (s("in/a.xml"),), Status.PERMISSION_DENIED),
        (Kind.EXTENDED, (s("hardlink@openssh.com"), s("in/a.xml"), s("in/b.xml")), Status.UNSUPPORTED),
        (Kind.EXTENDED, (s("check-file"), s("0"), s("md5"), o(0), o(2**60), n(0)), Status.UNSUPPORTED),
        (Kind.EXTENDED, (s("statvfs@openssh.com"), s("/")), Status.UNSUPPORTED),
        (Kind.EXTENDED, (s("copy-data"),), Status.UNSUPPORTED),
        (Kind.MKDIR, (s("in/sub"), n(0)), Status.PERMISSION_DENIED),
        (Kind.RMDIR, (s("in"),), Status.PERMISSION_DENIED),
        (Kind.SETSTAT, (s("in/none.xml"), n(0)), Status.NO_SUCH_FILE),
        (Kind.OPEN, (s("../../etc/passwd"), n(Flag.READ), n(0)), Status.PERMISSION_DENIED),
        (Kind.OPEN, (s("out/a.txt"), n(NEW), n(0)), Status.PERMISSION_DENIED),
        (Kind.OPEN, (s("in"), n(Flag.READ), n(0)), Status.FAILURE),
        (Kind.OPENDIR, (s("in/none"),), Status.FAILURE),
        (Kind.RENAME, (s("in/none"), s("in/some")), Status.NO_SUCH_FILE),
        (Kind.REMOVE, (s("/"),), Status.FAILURE),
        (Kind.READ, (s("no handle"), o(0), n(10)), Status.FAILURE),
        (Kind.WRITE, (s("no handle"), o(0), s("x")), Status.FAILURE),
        (Kind.CLOSE, (s("0"),), Status.FAILURE),
        (Kind.OPEN, (s("in/a.xml"),), Status.BAD_MESSAGE),  # cut off
        (Kind.STAT, (s(b"\xff\xfe"),), Status.BAD_MESSAGE),  # not UTF-8
        (Kind.OPEN, (n(2**32 - 1),), Status.BAD_MESSAGE),
        (99, (), Status.UNSUPPORTED),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(
    shop: Shop, kind: int, fields: tuple[bytes, ...], status: Status
) -> None:
    found, text = shop.status(kind, *fields)
    assert found == status
    assert text.endswith(".")


def test_a_download_cannot_be_written_and_a_folder_not_read(shop: Shop) -> None:
    shop.root.put("out", "a.txt", b"abc")
    download = shop.handle(Kind.OPEN, *opening("out/a.txt", Flag.READ))
    listing = shop.handle(Kind.OPENDIR, s("out"))
    assert shop.status(Kind.WRITE, s(download), o(0), s("x"))[0] == Status.PERMISSION_DENIED
    assert shop.status(Kind.FSETSTAT, s(download), n(1), o(0))[0] == Status.PERMISSION_DENIED
    assert shop.status(Kind.READ, s(listing), o(0), n(10))[0] == Status.FAILURE
    assert shop.status(Kind.READDIR, s(download))[0] == Status.FAILURE
    assert shop.status(Kind.READ, s(download), o(2**64 - 1), n(10))[0] == Status.END_OF_FILE


def test_a_full_disk_is_told_without_our_folders_and_the_file_is_not_taken(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device", "/var/lib/gateway/open/a.xml")

    handle = shop.handle(Kind.OPEN, *opening("in/a.xml"))
    monkeypatch.setattr("os.pwrite", full)
    status, text = shop.status(Kind.WRITE, s(handle), o(0), s("x"))
    assert (status, "full" in text, "/var" in text) == (Status.FAILURE, True, False)
    assert shop.status(Kind.CLOSE, s(handle))[0] == Status.FAILURE
    assert shop.received == []


PATHS = st.sampled_from(["in/a.xml", "in/a.part", "out/x.txt", "in", "/", "..", "in/\x00"]) | st.text(max_size=10)
HANDLES = st.sampled_from([b"0", b"1", b"2", b""])
FIELD = st.one_of(
    PATHS.map(lambda path: s(path.encode(errors="ignore"))),
    HANDLES.map(s),
    st.integers(0, 2**32 - 1).map(n),
    st.sampled_from([Flag.READ, NEW, Flag.WRITE]).map(n),
    st.integers(0, 2_000).map(o),
    st.integers(0, 2**64 - 1).map(o),
    st.binary(max_size=30),
    st.just(s("posix-rename@openssh.com")),
)
PACKETS = st.tuples(
    st.sampled_from([int(kind) for kind in Kind]) | st.integers(0, 255), st.lists(FIELD, max_size=4).map(b"".join)
)


@pytest.fixture
def empty_rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    def rooms() -> Iterator[Shop]:
        number = 0
        while True:
            number += 1
            shop = Shop(tmp_path / str(number), Caps(1_000, 50, 10_000))
            monkeypatch.setattr(taking, "receive", shop.receive)
            yield shop

    return rooms()


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PACKETS, max_size=20))
def test_any_packets_get_their_answers_and_leave_nothing_open(
    empty_rooms: Iterator[Shop], packets: list[tuple[int, bytes]]
) -> None:
    shop = next(empty_rooms)
    for kind, fields in packets:
        if kind == Kind.INIT:
            continue
        reader = shop.ask(kind, fields)
        said = reader.byte()
        assert said in (STATUS, HANDLE, DATA, NAMES, ATTRIBUTES)
        assert reader.number() == 7
        if said == STATUS:
            reader.number()
            assert "broke down" not in reader.text()
    shop.session.end()
    for _ in range(128):
        assert shop.root.handles.acquire(blocking=False)


@given(st.binary(max_size=4))
def test_less_than_a_request_is_malformed(noise: bytes) -> None:
    if not noise.startswith(b"\x01"):
        with pytest.raises(Malformed):
            answer(None, noise)  # type: ignore[arg-type]  # there is no session yet that could be asked
