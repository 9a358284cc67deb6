"""The one place that makes ids and takes chances.

row_id        018f3c...          UUID version 7 of a row: sorts by time, so that indexes stay compact
public_id     d-7KQ2M9TX         what people read, say and type; nothing can be guessed from it
api_token     gw_7KQ2M9TX_...    a bearer key: a part that finds it and 256 bits that nobody guesses
session_token                    256 bits for a browser's cookie
message_key   9b2c...            the stable key of a parcel at its receiver; told to nobody before it is stored
"""

import base64
import datetime
import hashlib
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

Chance = Callable[[int], bytes]

# Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD: Final = str.maketrans("ILO", "110")
PUBLIC_LENGTH: Final = 8
TOKEN_PREFIX: Final = "gw"  # noqa: S105 - the visible first part of every token


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A new bearer key. Only its maker sees `text`; the gateway keeps `prefix` and `hash`.

    prefix:  finds the key, and may be shown and logged
    text:    the whole key, told once
    hash:    SHA-256 of the text in hexadecimal
    """

    prefix: str
    text: str = field(repr=False)
    hash: str


def row_id(now: datetime.datetime, chance: Chance = secrets.token_bytes) -> uuid.UUID:
    """A UUID version 7 (RFC 9562 section 5.7) with the microseconds of `now` in its first random bits (section 6.2)."""
    milliseconds, microseconds = divmod(_microseconds(now), 1000)
    random = int.from_bytes(chance(8), "big") & ((1 << 62) - 1)
    fraction = (microseconds << 12) // 1000
    return uuid.UUID(int=(milliseconds << 80) | (7 << 76) | (fraction << 64) | (2 << 62) | random)


def _microseconds(now: datetime.datetime) -> int:
    since = now - datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    return since // datetime.timedelta(microseconds=1)


def public_id(kind: str, chance: Chance = secrets.token_bytes) -> str:
    """A short id for people: a letter for the kind, a dash and eight characters (40 bits), `d-7KQ2M9TX`.

    Forty bits are not unique by themselves: the table's unique key decides, and a double is drawn again.
    """
    return f"{kind}-{_characters(PUBLIC_LENGTH, chance)}"


def read_public_id(text: str) -> str:
    """A public id as a person typed it: in small letters, with O for 0, with blanks around it."""
    kind, dash, rest = text.strip().partition("-")
    return f"{kind.lower()}{dash}{rest.upper().translate(_MISREAD)}"


def api_token(chance: Chance = secrets.token_bytes) -> ApiToken:
    """A new bearer key: `gw_`, the part that finds it, `_` and 256 random bits in base64url."""
    prefix = f"{TOKEN_PREFIX}_{_characters(PUBLIC_LENGTH, chance)}"
    text = f"{prefix}_{session_token(chance)}"
    return ApiToken(prefix, text, hash_of_token(text))


def token_prefix(text: str) -> str | None:
    """The part of a bearer key that finds it, None where this is no key of ours."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != TOKEN_PREFIX or len(parts[1]) != PUBLIC_LENGTH:
        return None
    return f"{parts[0]}_{parts[1]}"


def hash_of_token(text: str) -> str:
    """What the gateway keeps of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(text.encode()).hexdigest()


def session_token(chance: Chance = secrets.token_bytes) -> str:
    """256 random bits in base64url, without padding."""
    return base64.urlsafe_b64encode(chance(32)).rstrip(b"=").decode("ascii")


def message_key(chance: Chance = secrets.token_bytes) -> str:
    """The stable key of a parcel at its receiver: a random UUID (version 4), as SBDH and AS4 want it."""
    return str(uuid.UUID(bytes=chance(16), version=4))


def share() -> float:
    """A number in [0, 1), each as likely as any other."""
    return secrets.randbelow(1 << 53) / (1 << 53)


def _characters(count: int, chance: Chance) -> str:
    return "".join(ALPHABET[byte & 31] for byte in chance(count))
