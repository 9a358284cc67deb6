"""The application: routes, errors, what stands around every call, and its own description."""

from importlib.metadata import version
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.routing import APIRoute

from gateway.api import artefacts, checks, description, documents, parties, submissions
from gateway.api.access import TheFigures, TheRooms
from gateway.api.bodies import HeldBodies
from gateway.api.calls import HEALTH, Calls
from gateway.api.figures import MEDIA_TYPE, Figures
from gateway.api.problems import Problem, answer_with_problems
from gateway.api.rooms import Rooms
from gateway.api.shapes import ResendOrder

OPENAPI: Final = "/v1/openapi.json"
_FILES_AT_ONCE: Final = 4  # of the largest size
_DESCRIPTION: Final = """
Submit invoices as your system exports them; the gateway checks, routes, sends and follows each of them until it is
final. Every answer that is not a success is a problem document (RFC 9457) with a stable `code`, a `request_id` and,
where a document or a request is to blame, `findings[]` with the place and what to do.

**Repeats.** The same `Idempotency-Key` with the same bytes answers 200 `same_key`; the same bytes under another key
answer 200 `same_bytes`; the same invoice (seller, number, year, type) in another file is taken (202) and becomes a
document with the state `duplicate`. None of the three is ever delivered twice. A known key with other bytes is refused
(422 `idempotency-key-reused`).

**Pages.** Lists go by cursor: ask again with `cursor` = `next` until `next` is null. What arrives meanwhile shifts
nothing. Events go by sequence: ask with `after` = `next`, any time.
"""


def create_app(rooms: Rooms) -> FastAPI:
    """The API on these rooms."""
    app = FastAPI(
        title="E-invoicing gateway",
        version=version("einvoice-gateway"),
        description=_DESCRIPTION,
        # Its own document is served below. No page of documentation: it would run a stranger's script beside the desk.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=_name_of,
    )
    app.state.rooms, app.state.figures = rooms, Figures(rooms.judges)
    app.state.bodies = HeldBodies(_FILES_AT_ONCE * rooms.door.max_bytes)
    answer_with_problems(app)
    for routes in (submissions, documents, artefacts, parties, checks):
        app.include_router(routes.router)
    app.add_api_route(HEALTH, _health, include_in_schema=False, response_class=PlainTextResponse)
    app.add_api_route("/metrics", _metrics, include_in_schema=False, response_class=Response)
    app.add_api_route(OPENAPI, _openapi, include_in_schema=False)
    app.add_middleware(Calls, figures=app.state.figures, clock=rooms.house.clock)
    return app


def _name_of(route: APIRoute) -> str:
    return route.name


def _health(rooms: TheRooms) -> PlainTextResponse:
    """Whether the database answers."""
    with rooms.house.store.across():
        return PlainTextResponse("ok\n")


def _metrics(figures: TheFigures) -> Response:
    """Figures of this process for Prometheus: none of them belongs to a tenant."""
    return Response(figures.text(), headers={"Content-Type": MEDIA_TYPE})


def _openapi(request: Request) -> JSONResponse:
    """What the API takes and answers. Public: it holds nothing that its documentation does not say."""
    app: FastAPI = request.app
    if app.openapi_schema is None:
        kinds = (Problem, ResendOrder)
        schemas = [(one.__name__, one.model_json_schema(ref_template="#/components/schemas/{model}")) for one in kinds]
        app.openapi_schema = description.document(app, *schemas)
    return JSONResponse(app.openapi_schema)
