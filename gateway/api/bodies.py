"""Bodies of calls: read only when the key was found good, never beyond a limit, and not too much of them at once.

FastAPI would read a JSON body whole before it asks who calls; so every body is read here, as a dependency behind the
key, and nothing of a call that is refused takes memory.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

import msgspec
from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from gateway.api.access import TheCaller, TheRooms
from gateway.errors import TooBusy, TooLarge, WrongContent

MOST_JSON: Final = 1_000_000
_SECONDS_TO_WAIT: Final = 5

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class HeldBodies:
    """How many bytes of bodies are in memory, of all calls. The event loop alone touches it: it needs no lock."""

    most: int
    held: int = 0

    def take(self, size: int) -> None:
        """Room for so many more bytes. Raises TooBusy where there is none."""
        if self.held + size > self.most:
            raise TooBusy("many large files arrive together", _SECONDS_TO_WAIT)
        self.held += size


@asynccontextmanager
async def _read(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body, for as long as the call lasts. Raises TooLarge before a byte too many is kept."""
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated[:20]) > limit:
        raise TooLarge(limit)
    held: HeldBodies = request.app.state.bodies
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            if size + len(part) > limit:
                raise TooLarge(limit)
            held.take(len(part))
            size += len(part)
            parts.append(part)
        yield b"".join(parts)
    finally:
        held.held -= size


async def body(request: Request, rooms: TheRooms, _: TheCaller) -> AsyncIterator[bytes]:
    """The raw body: a file."""
    async with _read(request, rooms.door.max_bytes) as content:
        yield content


TheBody = Annotated[bytes, Depends(body)]


def json_of(kind: type[Model]) -> Callable[..., AsyncIterator[Model]]:
    """A dependency: the body as JSON of this kind; an empty body is an empty object."""

    async def read(request: Request, _: TheCaller) -> AsyncIterator[Model]:
        async with _read(request, MOST_JSON) as content:
            try:
                given = kind.model_validate_json(content or b"{}", strict=True)
            except ValidationError as error:
                found = [{**one, "loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
                raise RequestValidationError(found) from None
            yield given

    return read


async def plain_json(request: Request, _: TheCaller) -> AsyncIterator[dict[str, object]]:
    """The body as a JSON object whose form somebody else knows. Raises WrongContent where it is none."""
    async with _read(request, MOST_JSON) as content:
        try:
            yield msgspec.json.decode(content, type=dict[str, object])
        except (msgspec.DecodeError, RecursionError) as error:
            raise WrongContent("body", str(error)) from None
