"""Parcels for the post channel: made-up companies, a key of its own for each letter."""

import itertools
import uuid
from collections.abc import Mapping
from functools import cache

from channels.contract import Parcel
from tests.simulators.messages import pdf

ADDRESS = {
    "name": "Exempel AB",
    "line1": "Provgatan 1",
    "post_code": "11122",
    "city": "Stockholm",
    "country": "SE",
}
DETAILS = {
    "document": "INV-2026-7",
    "pages": "2",
    "sender": "nordlicht",
    "return_lines": "Nordlicht Handels GmbH\nPostfach 1\n99999 Musterstadt",
    "created_at": "2026-11-20T14:05:00Z",
    "window": "se-right",
    "posted_in": "SE",
    "language": "sv",
    "amount": "1190.00",
}

numbers = itertools.count(1)


@cache
def page() -> bytes:
    return pdf(2)


def parcel(address: Mapping[str, str] | None = None, /, **details: str) -> Parcel:
    """A letter of two pages under a key of its own."""
    key = str(uuid.UUID(int=next(numbers) << 64, version=4))
    return Parcel(key, page(), "application/pdf", f"{key}.pdf", address or ADDRESS, DETAILS | details)
