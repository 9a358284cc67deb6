"""The desk as an application of its own, to be mounted at `/desk`: its pages, its errors, its stylesheet."""

from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from gateway.api.problems import status_of
from gateway.api.rooms import Rooms
from gateway.desk import pages, sign_in
from gateway.desk.attempts import Attempts
from gateway.desk.forms import ForeignForm
from gateway.desk.room import Desk, TheDesk, desk_of
from gateway.desk.visitors import SignInFirst
from gateway.errors import GatewayError, NotFound
from gateway.ids import public_id
from gateway.settings import ApiSettings

log = structlog.get_logger()


def create_desk(rooms: Rooms, settings: ApiSettings) -> FastAPI:
    """The desk on these rooms. Its pages describe themselves: it has no OpenAPI document."""
    app = FastAPI(title="Gateway desk", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.desk = Desk(rooms, settings, Attempts(rooms.house.clock))
    app.state.gate = sign_in.Gate()
    app.include_router(sign_in.router)
    app.include_router(pages.router)
    app.add_api_route("/static/{tag}/desk.css", _stylesheet)
    app.add_api_route("/static/icon.svg", _icon)
    app.add_exception_handler(SignInFirst, _sign_in_first)
    app.add_exception_handler(ForeignForm, _foreign_form)
    app.add_exception_handler(GatewayError, _gateway_error)
    app.add_exception_handler(RequestValidationError, _no_such_page)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(Exception, _fault)
    return app


def _stylesheet(desk: TheDesk, tag: str) -> Response:
    """The stylesheet, whatever version its address asks for."""
    del tag
    return desk.own_file(desk.stylesheet, "text/css")


def _icon(desk: TheDesk) -> Response:
    """The icon in the browser's tab."""
    return desk.own_file(desk.icon, "image/svg+xml")


def _sign_in_first(request: Request, _: Exception) -> Response:
    """To the sign-in form, and from there to where the person wanted to go."""
    wanted = request.url.path if request.method == "GET" else ""
    query = f"?{request.url.query}" if wanted and request.url.query else ""
    return desk_of(request).redirect(request, f"login?next={quote(wanted + query, safe='')}" if wanted else "login")


def _foreign_form(request: Request, _: Exception) -> Response:
    said = "Your sign-in may have ended, or another site sent it. Nothing was changed. Go back, reload, and try again."
    return _message(request, 403, "This form can't be taken", said)


def _gateway_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, GatewayError)  # noqa: S101 - registered for it
    status = status_of(error)
    if isinstance(error, NotFound):
        said = f"There is no {error.kind} “{error.identifier[:80]}” here. Look at the number, or search for it."
        return _message(request, status, "Not found", said)
    if status < 500:
        return _message(request, status, "This can't be done", str(error))
    return _incident(request, status, error)


def _no_such_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 405:
        return _message(request, status, "This can't be done here", "The address doesn't take this kind of request.")
    return _message(request, status, "Not found", "There is no page at this address.")


def _fault(request: Request, error: Exception) -> Response:
    return _incident(request, 500, error)


def _incident(request: Request, status: int, error: Exception) -> Response:
    """A fault of ours: a number for the operator, and nothing of its inside."""
    incident = public_id("e")
    log.error("a page of the desk broke", incident=incident, path=request.url.path, exc_info=error)
    said = f"Something in the gateway didn't work. Nothing was changed. Give the operator this number: {incident}"
    return _message(request, status, "This page can't be shown", said)


def _message(request: Request, status: int, title: str, said: str) -> Response:
    answer = desk_of(request).page(request, "message.html", status, title=title, said=said)
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer
