"""Passwords as the gateway keeps them: Argon2id hashes in PHC form (RFC 9106), for SFTP accounts and the desk.

Verifying takes about 20 ms and 19 MiB, whoever guesses or logs in: callers bound how many run at once, and compare
with some hash also where there is no account, so that the time of an answer tells nothing.
"""

from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from gateway.errors import WrongContent

LONGEST: Final = 1_024

# OWASP Password Storage Cheat Sheet: Argon2id with 19 MiB, two passes, one lane. A hash carries its own parameters, so
# that these can be raised without touching the hashes that exist.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hash_password(password: str) -> str:
    """What is kept of a password: `$argon2id$...`, with a salt of its own. Raises WrongContent for one too long."""
    spelled = _bytes(password)
    if spelled is None:
        raise WrongContent("password", f"it has more than {LONGEST:,} bytes, or signs that are no text")
    return _HASHER.hash(spelled)


def verify_password(password_hash: str, password: str) -> bool:
    """Whether this is the password; False also for a hash that is none."""
    spelled = _bytes(password)
    try:
        return spelled is not None and _HASHER.verify(password_hash, spelled)
    except (Argon2Error, InvalidHashError):
        return False


def _bytes(password: str) -> bytes | None:
    """A password in UTF-8, None where it is too long or cannot be spelled (a lone surrogate)."""
    try:
        spelled = password.encode()
    except UnicodeEncodeError:
        return None
    return spelled if len(spelled) <= LONGEST else None
