"""A sender's folders on the disk: what is complete and what is not, what there may be, and nothing but plain files."""

import os
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from gateway.errors import TooLarge
from gateway.intake.sftp.disk import Caps
from gateway.intake.sftp.names import Place
from gateway.intake.sftp.root import Root
from gateway.intake.sftp.uploads import Upload
from gateway.intake.sftp.wire import Flag, Refusal, Status

NEW = Flag.WRITE | Flag.CREATE | Flag.TRUNCATE
A, PART = Place("in", "a.xml"), Place("in", "a.xml.part")
CAPS = Caps(max_file=1_000, max_files=5, max_bytes=2_000)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    return the_root(tmp_path)


def the_root(folder: Path, caps: Caps = CAPS) -> Root:
    return Root(folder, uuid.UUID(int=1), uuid.UUID(int=2), caps)


def begin(root: Root, where: Place = A, content: bytes = b"<a/>", flags: int = NEW) -> Upload:
    upload = root.write(where, flags)
    upload.write(0, content)
    return upload


def names(root: Root, folder: str = "in") -> list[str]:
    return sorted(entry.name for entry in root.entries(Place(folder)))


def content(root: Root, where: Place) -> bytes:
    download = root.read(where)
    try:
        return download.read(0, 10_000)
    finally:
        download.close()


def put(root: Root, where: Place = A, content: bytes = b"<a/>") -> None:
    root.let_go(begin(root, where, content))


def bytes_on_disk(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*") if path.is_file())


# --- complete, and not


def test_a_file_that_was_not_closed_stays_under_its_name_and_is_not_complete(root: Root) -> None:
    put(root)
    assert names(root) == ["a.xml"]
    assert root.waiting() == []


def test_a_complete_file_waits_for_one_taker_and_leaves_in_when_it_is_taken(root: Root) -> None:
    complete = root.complete(begin(root), uuid.UUID(int=9))
    assert (complete.name, complete.size, complete.path.read_bytes()) == ("a.xml", 4, b"<a/>")
    assert root.waiting() == []
    root.postpone(complete)
    assert root.waiting() == [complete]
    assert root.waiting() == []
    root.taken(complete)
    assert names(root) == []


def test_after_a_restart_what_was_complete_waits_under_the_same_key_and_what_was_not_does_not(tmp_path: Path) -> None:
    before = the_root(tmp_path)
    complete = before.complete(begin(before), uuid.UUID(int=9))
    begin(before, Place("in", "b.xml"))
    after = the_root(tmp_path)
    assert [(one.name, one.key) for one in after.waiting()] == [("a.xml", complete.key)]
    assert names(after) == ["a.xml", "b.xml"]


def test_files_that_wait_are_taken_in_the_order_in_which_they_came(root: Root) -> None:
    for number in (3, 1, 2):
        root.postpone(root.complete(begin(root, Place("in", f"{number}.xml")), uuid.UUID(int=number)))
    assert [one.name for one in root.waiting()] == ["1.xml", "2.xml", "3.xml"]


def test_a_complete_file_can_be_read_but_neither_removed_nor_renamed(root: Root) -> None:
    root.complete(begin(root), uuid.UUID(int=9))
    assert content(root, A) == b"<a/>"
    attempts: list[Callable[[], object]] = [lambda: root.remove(A), lambda: root.rename(A, PART, replaces=True)]
    for attempt in attempts:
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.status is Status.PERMISSION_DENIED


def test_a_second_file_of_the_same_name_can_come_while_the_first_is_taken(root: Root) -> None:
    first = root.complete(begin(root, A, b"first"), uuid.UUID(int=8))
    second = root.complete(begin(root, A, b"second"), uuid.UUID(int=9))
    assert (first.path.read_bytes(), second.path.read_bytes()) == (b"first", b"second")
    assert first.key != second.key


def test_a_broken_upload_can_be_gone_on_with(root: Root) -> None:
    put(root, A, b"0123")
    upload = root.write(A, Flag.WRITE)
    upload.write(4, b"4567")
    assert root.complete(upload, uuid.UUID(int=9)).path.read_bytes() == b"01234567"


def test_appending_writes_at_the_end_wherever_the_client_says(root: Root) -> None:
    put(root, A, b"0123")
    upload = root.write(A, Flag.WRITE | Flag.APPEND)
    upload.write(0, b"45")
    upload.write(0, b"67")
    assert content(root, A) == b"01234567"


def test_whoever_begins_a_name_again_takes_it_over_from_a_session_that_hangs(root: Root) -> None:
    hanging = begin(root, A, b"old and longer")
    again = begin(root, A, b"new")
    with pytest.raises(Refusal, match="Another session"):
        hanging.write(3, b"late")
    with pytest.raises(Refusal, match="Another session"):
        root.complete(hanging, uuid.UUID(int=8))
    root.let_go(hanging)
    assert root.complete(again, uuid.UUID(int=9)).path.read_bytes() == b"new"


# --- renaming and removing


def test_an_upload_becomes_complete_by_a_rename_from_its_temporary_name(root: Root) -> None:
    put(root, PART)
    upload = root.rename(PART, A, replaces=False)
    assert upload is not None
    assert root.complete(upload, uuid.UUID(int=9)).path.read_bytes() == b"<a/>"


def test_a_rename_to_another_temporary_name_completes_nothing(root: Root) -> None:
    put(root, PART)
    assert root.rename(PART, Place("in", "b.tmp"), replaces=False) is None
    assert names(root) == ["b.tmp"]


def test_a_rename_replaces_another_file_only_where_that_was_asked_for(root: Root) -> None:
    put(root, PART, b"new")
    put(root, A, b"old")
    with pytest.raises(Refusal, match="already"):
        root.rename(PART, A, replaces=False)
    upload = root.rename(PART, A, replaces=True)
    assert upload is not None
    assert content(root, A) == b"new"


def test_a_file_that_is_still_written_cannot_be_renamed(root: Root) -> None:
    begin(root, PART)
    with pytest.raises(Refusal, match="still open"):
        root.rename(PART, A, replaces=True)


@pytest.mark.parametrize(
    ("source", "target"),
    [
        (A, Place("out", "a.xml")),  # an answer of one's own making
        (A, Place("errors", "a.xml")),
        (Place("out", "a.xml.txt"), A),  # an answer as an upload
        (Place("out", "a.xml.txt"), Place("out", "b.txt")),
    ],
)
def test_nothing_is_renamed_from_or_to_the_answers(root: Root, source: Place, target: Place) -> None:
    put(root)
    root.put("out", "a.xml.txt", b"answer")
    with pytest.raises(Refusal) as refused:
        root.rename(source, target, replaces=True)
    assert refused.value.status is Status.PERMISSION_DENIED


@pytest.mark.parametrize("folder", ["out", "errors"])
def test_answers_can_be_read_and_removed_and_not_written(root: Root, folder: str) -> None:
    where = Place(folder, "a.xml.txt")
    root.put(folder, "a.xml.txt", b"answer")
    with pytest.raises(Refusal) as refused:
        root.write(where, NEW)
    assert refused.value.status is Status.PERMISSION_DENIED
    assert content(root, where) == b"answer"
    root.remove(where)
    assert names(root, folder) == []


def test_an_upload_that_was_given_up_can_be_removed_even_while_its_session_hangs(root: Root) -> None:
    hanging = begin(root)
    root.remove(A)
    with pytest.raises(Refusal):
        hanging.write(0, b"late")
    assert names(root) == []


def test_what_is_not_there_is_not_there(root: Root) -> None:
    for attempt in (
        lambda: root.look(A),
        lambda: root.read(A),
        lambda: root.remove(A),
        lambda: root.rename(A, PART, replaces=True),
        lambda: root.write(A, Flag.WRITE),
    ):
        with pytest.raises(Refusal) as refused:
            attempt()
        assert refused.value.status is Status.NO_SUCH_FILE


def test_a_file_that_must_be_new_is_refused_where_there_is_one(root: Root) -> None:
    put(root)
    with pytest.raises(Refusal, match="already"):
        root.write(A, NEW | Flag.EXCLUSIVE)


# --- how much there may be


def test_a_file_above_the_cap_leaves_the_disk_at_once(root: Root, tmp_path: Path) -> None:
    upload = begin(root, A, b"x" * 900)
    with pytest.raises(TooLarge):
        upload.write(900, b"x" * 101)
    assert names(root) == []
    assert bytes_on_disk(tmp_path) == 0
    with pytest.raises(Refusal, match="1,000 bytes"):
        upload.write(0, b"x")
    with pytest.raises(Refusal, match="1,000 bytes"):
        root.complete(upload, uuid.UUID(int=9))


@pytest.mark.parametrize("offset", [1_000, 2**31, 100 * 2**30, 2**63 - 1, 2**64 - 1])
def test_a_sparse_file_is_as_large_as_it_says(root: Root, tmp_path: Path, offset: int) -> None:
    upload = begin(root)
    with pytest.raises(TooLarge):
        upload.write(offset, b"x")
    assert bytes_on_disk(tmp_path) == 0


def test_a_file_cannot_be_made_large_by_its_attributes(root: Root) -> None:
    upload = begin(root)
    with pytest.raises(TooLarge):
        upload.resize(100 * 2**30)
    assert names(root) == []


def test_a_sender_has_no_more_bytes_than_its_cap_until_it_removes_some(root: Root) -> None:
    put(root, A, b"x" * 1_000)
    put(root, Place("in", "b.xml"), b"x" * 900)
    third = begin(root, Place("in", "c.xml"), b"x" * 100)
    with pytest.raises(Refusal, match="2,000 bytes"):
        third.write(100, b"x")
    with pytest.raises(Refusal, match="2,000 bytes"):
        root.complete(third, uuid.UUID(int=9))
    root.remove(A)
    again = begin(root, Place("in", "c.xml"), b"x" * 1_000)
    assert root.complete(again, uuid.UUID(int=9)).size == 1_000


def test_a_sender_has_no_more_files_than_its_cap_answers_included(root: Root) -> None:
    root.put("out", "1.txt", b"")
    root.put("errors", "2.txt", b"")
    for number in (3, 4, 5):
        put(root, Place("in", f"{number}.xml"))
    with pytest.raises(Refusal, match="5 files"):
        root.write(Place("in", "6.xml"), NEW)
    root.remove(Place("out", "1.txt"))
    put(root, Place("in", "6.xml"))


def test_files_that_somebody_else_removed_are_not_held_against_a_sender(root: Root, tmp_path: Path) -> None:
    for number in range(5):
        put(root, Place("in", f"{number}.xml"), b"x" * 400)
    for left in (tmp_path / "open").iterdir():
        left.unlink()
    put(root, A, b"x" * 1_000)


def test_answers_are_written_even_where_a_sender_is_at_its_caps(root: Root) -> None:
    for number in range(5):
        put(root, Place("in", f"{number}.xml"), b"x" * 400)
    root.put("errors", "a.txt", b"x" * 1_000)
    assert names(root, "errors") == ["a.txt"]


def test_overwriting_a_file_counts_its_bytes_once(root: Root) -> None:
    for _ in range(10):
        put(root, A, b"x" * 1_000)
    put(root, Place("in", "b.xml"), b"x" * 1_000)


# --- answers, whole or not at all


def test_an_answer_is_on_the_disk_before_it_can_be_seen(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[str]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        seen.append(names(root, "out"))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    root.put("out", "a.txt", b"whole")
    assert seen == [[]]
    assert content(root, Place("out", "a.txt")) == b"whole"
    assert list((tmp_path / "making").iterdir()) == []


def test_half_an_answer_of_a_process_that_died_is_cleared_away(tmp_path: Path) -> None:
    the_root(tmp_path)
    (tmp_path / "making" / "0").write_bytes(b"hal")
    after = the_root(tmp_path)
    assert list((tmp_path / "making").iterdir()) == []
    after.put("out", "a.txt", b"whole")
    assert content(after, Place("out", "a.txt")) == b"whole"


# --- plain files alone


@pytest.mark.parametrize("folder", ["in", "out", "errors"])
def test_links_that_lie_in_a_folder_are_neither_seen_nor_followed(root: Root, tmp_path: Path, folder: str) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (tmp_path / ("open" if folder == "in" else folder) / "link").symlink_to(secret)
    where = Place(folder, "link")
    assert names(root, folder) == []
    for attempt in (lambda: root.look(where), lambda: root.read(where), lambda: root.remove(where)):
        with pytest.raises(Refusal):
            attempt()
    if folder == "in":
        with pytest.raises(OSError, match="symbolic"):
            root.write(where, NEW)
    assert secret.read_bytes() == b"secret"


def test_a_pipe_that_lies_in_a_folder_holds_nobody_up(root: Root, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "out" / "pipe")
    assert names(root, "out") == []
    with pytest.raises(Refusal):
        root.read(Place("out", "pipe"))


def test_folders_are_for_their_owner_alone(root: Root, tmp_path: Path) -> None:
    put(root)
    assert {path.stat().st_mode & 0o077 for path in tmp_path.rglob("*")} == {0}
