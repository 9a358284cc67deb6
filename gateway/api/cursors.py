"""Pages by cursor: what a caller passes back to get the next one. Its inside is ours and may change."""

import base64
import datetime
import uuid
from typing import Annotated, Final

from fastapi import Query

from gateway.errors import WrongContent
from gateway.store.log import Cursor

_REFERENCE: Final = b"reference "

Limit = Annotated[int, Query(ge=1, le=200, description="Rows of a page.")]
CursorText = Annotated[
    str | None, Query(max_length=200, description="`next` of the page before; the first page has none.")
]

# A reference of 200 letters, each of four bytes.
ReferenceCursorText = Annotated[
    str | None, Query(max_length=1_100, description="`next` of the page before; the first page has none.")
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
        at, _, row = _inside(text).decode("ascii").partition(" ")
        return Cursor(datetime.datetime.fromisoformat(at).astimezone(datetime.UTC), uuid.UUID(row))
    except (ValueError, OverflowError):
        raise _not_ours() from None


def write_reference(reference: str | None) -> str | None:
    """A recipient's reference as a cursor; None after the last page."""
    if reference is None:
        return None
    return base64.urlsafe_b64encode(_REFERENCE + reference.encode()).decode().rstrip("=")


def read_reference(text: str | None) -> str:
    """The reference behind which a page begins, "" for the first page. Raises WrongContent for one we never gave."""
    if not text:
        return ""
    try:
        inside = _inside(text)
        reference = inside.removeprefix(_REFERENCE).decode()
    except ValueError:
        raise _not_ours() from None
    if not inside.startswith(_REFERENCE) or not reference.isprintable():
        raise _not_ours()
    return reference


def _inside(text: str) -> bytes:
    """Raises ValueError, which binascii.Error is."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _not_ours() -> WrongContent:
    return WrongContent("cursor", "it is not the `next` of a page of this gateway")
