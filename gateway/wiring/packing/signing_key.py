"""The signing key as its files hold it now: a successor that is put in their place is used from the next document on.

Loading one takes longer than signing, so it is kept until the files change.
"""

import threading
from pathlib import Path

import structlog

from gateway.errors import SigningKeyUnusable
from gateway.settings import SigningSettings
from gateway.signing.keys import SigningKey, load_signing_key

log = structlog.get_logger()


class KeptKey:
    """Gives the signing key of these settings."""

    def __init__(self, given: SigningSettings) -> None:
        one_for_both = given.key_file is None
        self._key_file = given.key_file or given.certificate_file or Path()
        self._certificate_file = None if one_for_both else given.certificate_file
        self._password_file = given.password_file
        self._loading = threading.Lock()
        self._kept: SigningKey | None = None
        self._as_of: tuple[object, ...] = ()

    def __call__(self) -> SigningKey:
        """The key. Raises SigningKeyUnusable where there never was a usable one."""
        with self._loading:
            now = tuple(map(_stamp, (self._key_file, self._certificate_file, self._password_file)))
            if self._kept is None or now != self._as_of:
                self._kept, self._as_of = self._loaded(), now
            return self._kept

    def _loaded(self) -> SigningKey:
        try:
            return load_signing_key(self._key_file, self._password_file, self._certificate_file)
        except SigningKeyUnusable as error:
            if self._kept is None:
                raise
            # Its files are being replaced one after the other: the next one makes them fit.
            log.warning("the new signing key cannot be used, the one before it still is", reason=str(error))
            return self._kept


def _stamp(file: Path | None) -> object:
    """What changes when a file does."""
    try:
        found = file.stat() if file is not None else None
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns) if found is not None else None
