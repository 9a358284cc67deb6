"""Forms that come back: small, from our own pages, and meant by the person who sends them."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request

from gateway.errors import TooLarge, WrongContent

MOST_BYTES: Final = 16_384
_MOST_FIELDS: Final = 30
TOKEN: Final = "form_token"  # noqa: S105 - the name of a field
_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"

Fields = Mapping[str, str]


class ForeignForm(Exception):
    """A form came from another site, or from a page whose sign-in has ended since. Nothing was changed."""


async def fields(request: Request) -> Fields:
    """The fields of a form, by name; of a field that is there twice the last. Raises TooLarge and WrongContent."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _MEDIA_TYPE:
        raise WrongContent("form", f"it is not {_MEDIA_TYPE}")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise TooLarge(MOST_BYTES)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS, separator="&"
        )
    except ValueError as error:
        raise WrongContent("form", str(error)) from None
    # PostgreSQL takes no NUL in a text; no field of ours has a use for one.
    return {name: value.replace("\0", "") for name, value in pairs}


TheFields = Annotated[Fields, Depends(fields)]


def token_for(secret: str) -> str:
    """What shows that a form's page was made for this browser: derived from its cookie, never the cookie itself."""
    return hmac.new(secret.encode(), b"desk form", hashlib.sha256).hexdigest()


def refuse_foreign(request: Request, given: Fields, secret: str, public_url: str) -> None:
    """Raises ForeignForm for a form that did not come from a page of ours in this browser."""
    is_ours = hmac.compare_digest(given.get(TOKEN, "").encode(), token_for(secret).encode())
    if not secret or not is_ours or not _is_same_origin(request, public_url):
        raise ForeignForm


def _is_same_origin(request: Request, public_url: str) -> bool:
    """Whether the browser says that the form came from this site. Behind a proxy the scheme is the proxy's own."""
    origin = request.headers.get("origin")
    if origin is None:
        return request.headers.get("sec-fetch-site") == "same-origin"
    came_from, public = urlsplit(origin), urlsplit(public_url)
    if public.netloc and (came_from.scheme, came_from.netloc) == (public.scheme, public.netloc):
        return True
    return bool(came_from.netloc) and came_from.netloc == request.headers.get("host")
