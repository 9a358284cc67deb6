"""The archive on a local folder, in memory and on S3: one contract."""

import hashlib
import os
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from obstore.exceptions import GenericError, PermissionDeniedError, UnauthenticatedError
from obstore.store import MemoryStore

from gateway.archive import Archive, open_archive
from gateway.archive.store import Objects
from gateway.errors import (
    ArchiveDamaged,
    ArchiveRefused,
    ArchiveUnavailable,
    MissingFromArchive,
    SettingWrong,
    TryAgain,
    WeMustRepair,
)
from tests.archive.objects import Bucket, bucket

TENANT, OTHER = uuid.UUID(int=1), uuid.UUID(int=2)
HELLO = b"<Invoice>hello</Invoice>"
SHA256 = hashlib.sha256(HELLO).hexdigest()
NOTHING = "0" * 64


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """A small S3, and the variables that lead to it."""
    with bucket() as held:
        for name, value in {
            "AWS_ENDPOINT_URL": held.url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "eu-south-1",
            "AWS_ACCESS_KEY_ID": "nobody",
            "AWS_SECRET_ACCESS_KEY": "nothing",
        }.items():
            monkeypatch.setenv(name, value)
        yield held


@pytest.fixture(params=["folder", "memory", "s3"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    """An empty archive of each kind."""
    if request.param == "memory":
        return Archive(MemoryStore())
    if request.param == "s3":
        request.getfixturevalue("s3")
        return open_archive("s3://documents/gateway")
    return open_archive(str(tmp_path / "archive"))


def test_what_was_put_is_read_by_its_hash(archive: Archive) -> None:
    assert archive.put(TENANT, HELLO) == SHA256
    assert archive.get(TENANT, SHA256) == HELLO
    assert archive.exists(TENANT, SHA256)


def test_the_same_again_changes_nothing(archive: Archive) -> None:
    assert [archive.put(TENANT, HELLO) for _ in range(3)] == [SHA256] * 3
    assert archive.get(TENANT, SHA256) == HELLO


def test_one_tenant_does_not_see_what_another_put(archive: Archive) -> None:
    archive.put(TENANT, HELLO)
    assert not archive.exists(OTHER, SHA256)
    with pytest.raises(MissingFromArchive, match=SHA256):
        archive.get(OTHER, SHA256)


def test_what_was_never_put_is_missing(archive: Archive) -> None:
    assert not archive.exists(TENANT, NOTHING)
    with pytest.raises(WeMustRepair, match=f"nothing under {NOTHING}"):
        archive.get(TENANT, NOTHING)


@pytest.mark.parametrize("content", [b"", os.urandom(6_000_000)], ids=["nothing", "six megabytes"])
def test_the_smallest_and_large_documents_are_kept_whole(archive: Archive, content: bytes) -> None:
    assert archive.get(TENANT, archive.put(TENANT, content)) == content


def test_several_are_kept_at_once_in_their_order(archive: Archive) -> None:
    contents = [b"%d" % number for number in range(20)] + [HELLO, HELLO]
    hashes = archive.put_all(TENANT, contents)
    assert [archive.get(TENANT, one) for one in hashes] == contents
    assert archive.put_all(TENANT, []) == ()


def test_many_threads_put_the_same_and_other_bytes(archive: Archive) -> None:
    contents = [b"%d" % (number % 5) for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        hashes = list(threads.map(lambda content: archive.put(TENANT, content), contents))
    assert [archive.get(TENANT, one) for one in hashes] == contents


@pytest.mark.parametrize(
    "address", ["", "x", SHA256.upper(), SHA256[:-1], f"../{SHA256}", f"{SHA256}/..", SHA256 + "\n"]
)
def test_what_is_no_hash_leads_nowhere(archive: Archive, address: str) -> None:
    for ask in (archive.get, archive.exists):
        with pytest.raises(ValueError, match="the address of archived bytes is a SHA-256"):
            ask(TENANT, address)


@given(st.binary(max_size=100))
def test_any_bytes_are_read_as_they_were_put(content: bytes) -> None:
    archive = Archive(MemoryStore())
    sha256 = archive.put(TENANT, content)
    assert (sha256, archive.get(TENANT, sha256)) == (hashlib.sha256(content).hexdigest(), content)


# --- damage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damaged", [b"", HELLO[:-1], HELLO.replace(b"h", b"H"), HELLO + b"\n"])
def test_damaged_bytes_are_never_read_and_are_healed_by_putting_the_right_ones(damaged: bytes) -> None:
    objects = MemoryStore()
    archive = Archive(objects)
    objects.put(f"{TENANT}/{SHA256[:2]}/{SHA256}", damaged)
    with pytest.raises(ArchiveDamaged, match=f"they hash to {hashlib.sha256(damaged).hexdigest()}"):
        archive.get(TENANT, SHA256)
    archive.put(TENANT, HELLO)
    assert archive.get(TENANT, SHA256) == HELLO


# --- failures of the store -------------------------------------------------------------------------------------------


class Raising:
    """A place for objects where everything fails in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def put(self, path: str, file: bytes, *, mode: str, use_multipart: bool) -> object:
        raise self._error

    def get(self, path: str) -> object:
        raise self._error

    head = get


@pytest.mark.parametrize(
    ("error", "family", "leaf", "words"),
    [
        (GenericError("timed out\n\nDebug source: secret"), TryAgain, ArchiveUnavailable, "as it should: timed out. "),
        (OSError(28, "No space left on device"), TryAgain, ArchiveUnavailable, "No space left on device"),
        (GenericError(""), TryAgain, ArchiveUnavailable, "GenericError"),
        (PermissionDeniedError("no"), WeMustRepair, ArchiveRefused, "refused access: no. Repair its credentials"),
        (UnauthenticatedError("who?"), WeMustRepair, ArchiveRefused, "refused access: who?"),
        (PermissionError(13, "Permission denied"), WeMustRepair, ArchiveRefused, "Permission denied"),
    ],
)
def test_a_failure_of_the_store_says_who_has_to_act(
    error: Exception, family: type[Exception], leaf: type[Exception], words: str
) -> None:
    objects: Objects = Raising(error)  # type: ignore[assignment]  # it answers nothing, so what it would answer does not matter
    archive = Archive(objects)
    for ask in (
        lambda: archive.put(TENANT, HELLO),
        lambda: archive.get(TENANT, SHA256),
        lambda: archive.exists(TENANT, SHA256),
    ):
        with pytest.raises(leaf) as failed:
            ask()
        assert isinstance(failed.value, family)
        assert words in str(failed.value)
        assert "secret" not in str(failed.value)


# --- S3 --------------------------------------------------------------------------------------------------------------


def test_an_upload_carries_its_checksum_and_the_condition_that_nothing_is_there(s3: Bucket) -> None:
    open_archive("s3://documents/gateway").put(TENANT, HELLO)
    ((method, path, headers),) = s3.requests
    assert (method, path) == ("PUT", f"/documents/gateway/{TENANT}/{SHA256[:2]}/{SHA256}")
    assert headers["if-none-match"] == "*"
    assert headers["x-amz-content-sha256"] == SHA256
    assert "x-amz-checksum-sha256" in headers


def test_a_bucket_that_refuses_is_for_the_operator_to_repair(s3: Bucket) -> None:
    s3.refuses = True
    with pytest.raises(ArchiveRefused):
        open_archive("s3://documents/gateway").put(TENANT, HELLO)


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_folder_is_named_by_its_path_or_as_a_url(tmp_path: Path) -> None:
    sha256 = open_archive(str(tmp_path / "a")).put(TENANT, HELLO)
    assert open_archive(f"file://{tmp_path}/a").get(TENANT, sha256) == HELLO
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("location", ["archive", "ftp://documents", "https://documents.example", "s3://"])
def test_a_place_that_is_none_is_refused_with_the_name_of_the_setting(location: str) -> None:
    with pytest.raises(SettingWrong, match="The setting archive_url is wrong"):
        open_archive(location)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SettingWrong, match="cannot be used"):
        open_archive(str(tmp_path / "file" / "archive"))
