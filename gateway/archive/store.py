"""Put and get by hash. The address of bytes is their SHA-256, below their tenant: `<tenant>/<ab>/<sha256>`.

put   answers once the bytes are durable; the same bytes again change nothing
get   verifies the hash, so that nobody ever reads something else than was put

A crash between writing and answering leaves bytes that nobody names: harmless, and the next `put` of the same bytes
reads them back before it trusts them. So the order is: archive first, then the database commit that names the hash.
"""

import hashlib
import re
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final, Literal, Protocol, TypeVar
from urllib.parse import urlsplit

import structlog
from obstore.exceptions import AlreadyExistsError, BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import LocalStore, S3Store

from gateway.archive.disk import Disk, LocalDisk
from gateway.errors import ArchiveDamaged, ArchiveRefused, ArchiveUnavailable, MissingFromArchive, SettingWrong

log = structlog.get_logger()

Result = TypeVar("Result")

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_AT_ONCE: Final = 8
_GIVE_UP_AFTER: Final = timedelta(seconds=30)


class _Got(Protocol):
    def bytes(self) -> "_Buffer": ...


class _Buffer(Protocol):
    def to_bytes(self) -> bytes: ...


class Objects(Protocol):
    """The part of an obstore store that the archive needs: a local folder, S3 and its kin, or memory."""

    def put(self, path: str, file: bytes, *, mode: Literal["create", "overwrite"], use_multipart: bool) -> object: ...

    def get(self, path: str) -> _Got: ...

    def head(self, path: str) -> object: ...


class Archive:
    """Bytes by their hash, written once, apart by tenant. Safe to use from many threads and processes at once.

    objects:  where they lie
    disk:     makes a local folder durable; None where the store is durable when it answers
    """

    def __init__(self, objects: Objects, disk: Disk | None = None) -> None:
        self._objects, self._disk = objects, disk

    def put(self, tenant: uuid.UUID, content: bytes) -> str:
        """Keep bytes; returns their SHA-256 in hexadecimal once they are durable.

        Raises ArchiveUnavailable or ArchiveRefused; then nothing under that hash can be read that is not these bytes.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = _path(tenant, sha256)
        _asked(lambda: self._keep(path, content))
        return sha256

    def put_all(self, tenant: uuid.UUID, contents: Sequence[bytes]) -> tuple[str, ...]:
        """Keep several at once: waiting for the disk or the network is shared. In the order given."""
        if not contents:
            return ()
        with ThreadPoolExecutor(min(_AT_ONCE, len(contents))) as threads:
            return tuple(threads.map(lambda content: self.put(tenant, content), contents))

    def get(self, tenant: uuid.UUID, sha256: str) -> bytes:
        """The bytes with this hash, verified. Raises MissingFromArchive, ArchiveDamaged or ArchiveUnavailable."""
        path = _path(tenant, sha256)
        try:
            content = _asked(lambda: self._read(path))
        except FileNotFoundError:
            raise MissingFromArchive(sha256) from None
        found = hashlib.sha256(content).hexdigest()
        if found != sha256:
            raise ArchiveDamaged(sha256, found)
        return content

    def exists(self, tenant: uuid.UUID, sha256: str) -> bool:
        """Whether there is something under this hash; `get` says whether it is sound."""
        path = _path(tenant, sha256)
        try:
            _asked(lambda: self._objects.head(path))
        except FileNotFoundError:
            return False
        return True

    def _keep(self, path: str, content: bytes) -> None:
        try:
            self._write(path, content, "create")
        except AlreadyExistsError:
            # Usually the same bytes, put before. After a power cut it may be the torn half of them: then this heals it.
            if self._read(path) != content:
                log.warning("archived bytes were damaged and are put again", path=path)
                self._write(path, content, "overwrite")
        if self._disk is not None:
            self._disk.settle(path)

    def _write(self, path: str, content: bytes, mode: Literal["create", "overwrite"]) -> None:
        # In parts, a large document could not be created on condition, and an aborted one would leave parts behind.
        self._objects.put(path, content, mode=mode, use_multipart=False)

    def _read(self, path: str) -> bytes:
        return self._objects.get(path).bytes().to_bytes()


def open_archive(location: str) -> Archive:
    """The archive at a folder (`/var/lib/gateway/archive`), a `file://` or an `s3://bucket/prefix` URL.

    Credentials, region and endpoint of S3 come from the usual AWS_ variables, which obstore reads. Raises SettingWrong.
    """
    url = urlsplit(location)
    if url.scheme in ("", "file"):
        return _local(Path(url.path if url.scheme else location))
    if url.scheme == "s3":
        return _s3(location)
    raise SettingWrong("archive_url", f"`{url.scheme}://` is no place for documents", "Name a folder or an s3:// URL.")


def _local(folder: Path) -> Archive:
    if not folder.is_absolute():
        raise SettingWrong("archive_url", f"`{folder}` is not an absolute path", "Write the path from the root on.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Archive(LocalStore(folder), LocalDisk(folder))
    except (OSError, BaseError) as error:
        raise SettingWrong("archive_url", f"{folder} cannot be used ({_first_line(error)})") from None


def _s3(location: str) -> Archive:
    """Every upload carries its SHA-256 (Object Lock wants it) and a condition that nothing is there yet."""
    try:
        store = S3Store.from_url(
            location,
            config={"checksum_algorithm": "SHA256", "conditional_put": "etag"},
            retry_config={"max_retries": 5, "retry_timeout": _GIVE_UP_AFTER},
        )
    except (ValueError, BaseError) as error:
        raise SettingWrong("archive_url", f"{location} cannot be used ({_first_line(error)})") from None
    return Archive(store)


def _path(tenant: uuid.UUID, sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise ValueError("the address of archived bytes is a SHA-256 in small hexadecimal digits")
    return f"{tenant}/{sha256[:2]}/{sha256}"


def _asked(question: Callable[[], Result]) -> Result:
    """Ask the store; its failures become ours, but for a file that is not there."""
    try:
        return question()
    except FileNotFoundError:
        raise
    except (PermissionDeniedError, UnauthenticatedError, PermissionError) as error:
        raise ArchiveRefused(_first_line(error)) from error
    except (OSError, BaseError) as error:
        raise ArchiveUnavailable(_first_line(error)) from error


def _first_line(error: Exception) -> str:
    """What happened, without the debug dump that obstore puts below it."""
    return next(iter(str(error).splitlines()), type(error).__name__)
