"""Whatever fails, at whichever call: an answer means durable, no answer means nothing wrong can be read."""

import hashlib
import os
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from gateway.archive import Archive, open_archive
from gateway.archive.disk import LocalDisk
from gateway.errors import ArchiveUnavailable
from tests.archive.objects import FailingDisk, FailingObjects, Trouble

TENANT = uuid.UUID(int=1)
CONTENT = b"<FatturaElettronica/>" * 500
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def files_below(folder: Path) -> list[Path]:
    """The files that stand under the name of a hash."""
    return [file for file in folder.rglob("*") if file.is_file() and len(file.name) == 64]


def test_bytes_and_directory_entries_are_on_the_disk_before_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    folder = tmp_path / "archive"
    archive = open_archive(str(folder))
    archive.put(TENANT, CONTENT)
    shelf = folder / str(TENANT) / SHA256[:2]
    file = str(shelf / SHA256)
    assert flushed[0] == file
    assert set(flushed) == {file, *map(str, (shelf, shelf.parent, folder, tmp_path))}
    # the second time only what is new: the file and its own directory
    flushed.clear()
    archive.put(TENANT, CONTENT)
    assert flushed == [file, str(shelf)]


def test_a_kept_file_can_be_read_by_the_service_and_written_by_nobody(tmp_path: Path) -> None:
    open_archive(str(tmp_path)).put(TENANT, CONTENT)
    (file,) = files_below(tmp_path)
    assert file == tmp_path / str(TENANT) / SHA256[:2] / SHA256
    assert file.stat().st_mode & 0o777 == 0o440


@pytest.mark.parametrize("after", [False, True], ids=["before it did anything", "after it did everything"])
@pytest.mark.parametrize("torn", [None, CONTENT[:100], CONTENT], ids=["new", "torn by a crash", "kept before"])
def test_the_kth_call_fails_and_nothing_wrong_can_be_read(tmp_path: Path, torn: bytes | None, after: bool) -> None:
    def put(trouble: Trouble, folder: Path) -> Archive:
        """Put the document with this trouble, into a folder where it may lie already."""
        folder.mkdir()
        if torn is not None:
            LocalStore(folder).put(f"{TENANT}/{SHA256[:2]}/{SHA256}", torn)
        objects = FailingObjects(LocalStore(folder), trouble)
        archive = Archive(objects, FailingDisk(LocalDisk(folder), trouble))  # type: ignore[arg-type]  # passes on what it wraps
        if trouble.failing:
            with pytest.raises(ArchiveUnavailable):
                archive.put(TENANT, CONTENT)
        else:
            archive.put(TENANT, CONTENT)
        return archive

    counted = Trouble()
    put(counted, tmp_path / "0")
    assert counted.calls == {None: 2, CONTENT[:100]: 4, CONTENT: 3}[torn]
    for k in range(1, counted.calls + 1):
        archive = put(Trouble(failing=k, after=after), tmp_path / str(k))
        for file in files_below(tmp_path / str(k)):
            assert file.read_bytes() in (CONTENT, torn)
        assert archive.put(TENANT, CONTENT) == SHA256, "it heals without a person"
        assert archive.get(TENANT, SHA256) == CONTENT


def test_one_failure_among_several_is_told_and_the_same_again_heals_it() -> None:
    contents = [b"%d" % number for number in range(6)]
    archive = Archive(FailingObjects(MemoryStore(), Trouble(failing=3)))  # type: ignore[arg-type]  # passes on what it wraps
    with pytest.raises(ArchiveUnavailable):
        archive.put_all(TENANT, contents)
    assert [archive.get(TENANT, one) for one in archive.put_all(TENANT, contents)] == contents


FULL = """
import resource, signal, sys, uuid
from gateway.archive import open_archive
from gateway.errors import ArchiveUnavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
archive, tenant = open_archive(sys.argv[1]), uuid.UUID(int=1)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, resource.RLIM_INFINITY))
try:
    archive.put(tenant, b"x" * 100_000)
except ArchiveUnavailable as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(archive.exists(tenant, sys.argv[2]), archive.put(tenant, b"x" * 100_000) == sys.argv[2])
"""


def test_a_disk_that_is_full_in_the_middle_of_a_document_leaves_no_half(tmp_path: Path) -> None:
    sha256 = hashlib.sha256(b"x" * 100_000).hexdigest()
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), sha256], capture_output=True, text=True, check=True, timeout=30
    )
    refused, healed = done.stdout.splitlines()
    assert "did not answer as it should" in refused
    assert healed == "False True"


ENDLESS = """
import os, sys, uuid
from gateway.archive import open_archive
archive, tenant = open_archive(sys.argv[1]), uuid.UUID(int=1)
while True:
    print(archive.put(tenant, os.urandom(50_000)), flush=True)
"""


def test_a_process_killed_at_any_moment_has_kept_what_it_answered_for(tmp_path: Path) -> None:
    archive = open_archive(str(tmp_path))
    for answers in range(1, 6):
        process = subprocess.Popen([sys.executable, "-c", ENDLESS, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        answered = [process.stdout.readline().strip() for _ in range(answers)]
        process.send_signal(signal.SIGKILL)
        answered += [line.strip() for line in process.stdout if len(line) == 65]
        process.stdout.close()
        assert process.wait() == -signal.SIGKILL
        for sha256 in answered:
            assert len(archive.get(TENANT, sha256)) == 50_000
    for file in files_below(tmp_path):
        assert hashlib.sha256(file.read_bytes()).hexdigest() == file.name
