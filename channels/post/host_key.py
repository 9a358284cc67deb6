"""The print house's host key, pinned: whoever shows another one is not the print house."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

# Type of a key as known_hosts writes it -> signature algorithms with which it may prove itself (RFC 8332: never SHA-1).
_ALGORITHMS: Final[Mapping[str, tuple[str, ...]]] = {
    "ssh-ed25519": ("ssh-ed25519",),
    "ecdsa-sha2-nistp256": ("ecdsa-sha2-nistp256",),
    "ecdsa-sha2-nistp384": ("ecdsa-sha2-nistp384",),
    "ecdsa-sha2-nistp521": ("ecdsa-sha2-nistp521",),
    "ssh-rsa": ("rsa-sha2-512", "rsa-sha2-256"),
}


@dataclass(frozen=True, slots=True)
class HostKeys:
    """The keys that are accepted, in SSH's binary form, and the algorithms to ask for."""

    blobs: frozenset[bytes]
    algorithms: tuple[str, ...]


def read_host_keys(text: str) -> HostKeys:
    """The keys of known_hosts lines; several are for the time in which a house changes its key.

    Raises ValueError naming what is wrong.
    """
    lines = [line.split() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise ValueError("host_key is empty: it holds the house's public key, `ssh-ed25519 AAAA...`")
    keys = [_read(words) for words in lines]
    return HostKeys(
        frozenset(blob for _, blob in keys),
        tuple(dict.fromkeys(algorithm for kind, _ in keys for algorithm in _ALGORITHMS[kind])),
    )


def _read(words: list[str]) -> tuple[str, bytes]:
    place = next((place for place, word in enumerate(words[:2]) if word in _ALGORITHMS), None)
    if place is None or len(words) < place + 2:
        raise ValueError(f"host_key must be one of {', '.join(_ALGORITHMS)} and the key in base64, a line each")
    kind = words[place]
    try:
        blob = base64.b64decode(words[place + 1], validate=True)
    except binascii.Error as error:
        raise ValueError(f"host_key: the key is not base64: {error}") from error
    if blob[4 : 4 + len(kind)] != kind.encode():
        raise ValueError(f"host_key: this is no key of type {kind}")
    return kind, blob
