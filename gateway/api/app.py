"""The application: routes, errors, OpenAPI."""

from collections.abc import Awaitable, Callable
from importlib.metadata import version
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from gateway.api import checks, documents, parties, submissions
from gateway.api.problems import answer_with_problems
from gateway.api.rooms import Rooms
from gateway.ids import public_id

_DESCRIPTION: Final = """
Submit invoices as your system exports them; the gateway checks, routes, sends and follows each of them until it is
final. Every answer that is not a success is a problem document (RFC 9457) with a stable `code`, a `request_id` and,
where a document is to blame, `findings[]` with the place in your file and what to do.

**Repeats.** The same `Idempotency-Key` with the same bytes answers 200 `same_key`; the same bytes under another key
answer 200 `same_bytes`; the same invoice (seller, number, year, type) in another file is taken (202) and becomes a
document with the state `duplicate`. None of the three is ever delivered twice.
"""


def create_app(rooms: Rooms) -> FastAPI:
    """The API on these rooms."""
    app = FastAPI(
        title="E-invoicing gateway",
        version=version("einvoice-gateway"),
        description=_DESCRIPTION,
        openapi_url="/v1/openapi.json",
        docs_url="/v1/docs",
        redoc_url=None,
    )
    app.state.rooms = rooms
    answer_with_problems(app)
    for routes in (submissions, documents, parties, checks):
        app.include_router(routes.router)
    app.middleware("http")(_with_request_id)
    app.add_api_route("/health", _health, response_class=PlainTextResponse, include_in_schema=False)
    return app


async def _with_request_id(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
    request.state.request_id = public_id("r")
    response = await call(request)
    response.headers["X-Request-Id"] = request.state.request_id
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _health(request: Request) -> PlainTextResponse:
    """Whether the database answers."""
    rooms: Rooms = request.app.state.rooms
    with rooms.house.store.across():
        return PlainTextResponse("ok\n")
