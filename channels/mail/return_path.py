"""The return path of one parcel (VERP): whoever sends a notice back says with it which parcel it is about.

    bounce@mail.example.com  ->  bounce+9b2c0a4e-...-k3v7q2xa@mail.example.com

The last part is a keyed hash of the key, so that a made-up notice falls out. A notice is a claim all the same: the
recipient sees the address (`Return-Path`).
"""

import base64
import hashlib
import hmac
import re
from typing import Final

from channels.mail.mailbox import on_the_wire

_KEY: Final = re.compile(r"[A-Za-z0-9._-]+")
_LONGEST_LOCAL: Final = 64  # RFC 5321 4.5.3.1.1


def return_path(bounce_address: str, key: str, secret: str) -> str:
    """The bounce mailbox with the parcel's key in it. Raises ValueError where that makes no address."""
    local, _, domain = on_the_wire(bounce_address).partition("@")
    named = f"{local}+{key}-{_proof(key, secret)}"
    if not _KEY.fullmatch(key) or len(named) > _LONGEST_LOCAL:
        raise ValueError(f"{key!r} can't stand in a return path of {bounce_address}: at most 64 characters before @")
    return f"{named}@{domain}"


def _proof(key: str, secret: str) -> str:
    """Forty bits: eight characters, in letters that survive a server which ignores their case."""
    digest = hmac.digest(secret.encode(), key.encode(), hashlib.sha256)
    return base64.b32encode(digest[:5]).decode().lower()
