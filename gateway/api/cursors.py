"""Pages by cursor: what a caller passes back to get the next one. Its inside is ours and may change."""

import base64
import binascii
import datetime
import uuid
from typing import Annotated

from fastapi import Query

from gateway.errors import WrongContent
from gateway.store.log import Cursor

Limit = Annotated[int, Query(ge=1, le=200, description="Rows of a page.")]
CursorText = Annotated[
    str | None, Query(max_length=200, description="`next` of the page before; the first page has none.")
]


def write_cursor(cursor: Cursor | None) -> str | None:
    """A cursor as text; None after the last page."""
    if cursor is None:
        return None
    return base64.urlsafe_b64encode(f"{cursor.at.isoformat()} {cursor.id}".encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> Cursor | None:
    """A cursor that came back. Raises WrongContent for one that we never gave."""
    if not text:
        return None
    try:
        at, _, row = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").partition(" ")
        return Cursor(datetime.datetime.fromisoformat(at).astimezone(datetime.UTC), uuid.UUID(row))
    except (ValueError, binascii.Error, OverflowError):
        raise WrongContent("cursor", "it is not the `next` of a page of this gateway") from None
