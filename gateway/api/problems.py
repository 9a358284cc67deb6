"""Errors as problem documents (RFC 9457): the one place that knows HTTP status codes.

Every problem has a stable `code`, the `request_id` under which the log speaks of it, and `findings[]` where a document
is to blame. A fault of ours shows nothing of its inside.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from gateway import errors
from gateway.errors import GatewayError, TooBusy
from gateway.ids import public_id

log = structlog.get_logger()

MEDIA_TYPE: Final = "application/problem+json"
STATUS: Final[Mapping[type[GatewayError], int]] = {
    errors.NotFound: 404,
    errors.AccessRefused: 401,
    errors.NotAllowed: 409,
    errors.KeyReused: 422,
    errors.TooLarge: 413,
    errors.TooBusy: 429,
    errors.SenderMustCorrect: 400,
    errors.TryAgain: 503,
    errors.WeMustRepair: 500,
}
_TITLES: Final[Mapping[int, str]] = {
    400: "The request cannot be carried out as it is",
    401: "Access refused",
    404: "Not found",
    405: "This address does not take this method",
    409: "Not possible in this state",
    413: "Too large",
    422: "The request is not what this address takes",
    429: "Too many requests",
    500: "The gateway must be repaired",
    503: "Not now",
}


def problem(
    status: int, code: str, detail: str, request_id: str, *, findings: Sequence[Mapping[str, object]] = ()
) -> JSONResponse:
    """One problem document."""
    body = {
        "type": "about:blank",
        "title": _TITLES.get(status, "The request was refused"),
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": request_id,
        "findings": [dict(one) for one in findings],
    }
    return JSONResponse(body, status, media_type=MEDIA_TYPE)


def answer_with_problems(app: FastAPI) -> None:
    """See that whatever goes wrong is answered with a problem document."""
    app.add_exception_handler(GatewayError, _gateway_error)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _fault)


def status_of(error: GatewayError) -> int:
    """The status of an error: its own, or that of its family."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def _gateway_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GatewayError)  # noqa: S101 - registered for it
    status, request_id = status_of(error), _request_id(request)
    if status >= 500:
        log.error("a request failed", request_id=request_id, code=error.code, error=str(error))
    detail = str(error) if status != 500 else "Something in the gateway must be repaired; its operator was told."
    answer = problem(status, error.code, detail, request_id)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        answer.headers["Retry-After"] = "5"
    if isinstance(error, TooBusy):
        answer.headers["Retry-After"] = str(error.retry_after)
    return answer


def _wrong_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    findings = [
        {
            "id": "GW-REQUEST",
            "severity": "fatal",
            "where": ".".join(str(part) for part in one["loc"]),
            "message": one["msg"],
        }
        for one in error.errors()
    ]
    detail = "; ".join(f"{one['where']}: {one['message']}" for one in findings)
    return problem(422, "wrong-request", detail, _request_id(request), findings=findings)


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    detail = f"{request.method} {request.url.path}: {error.detail}"
    answer = problem(error.status_code, f"http-{error.status_code}", detail, _request_id(request))
    answer.headers.update(error.headers or {})
    return answer


def _fault(request: Request, error: Exception) -> JSONResponse:
    request_id = _request_id(request)
    log.error("a request broke", request_id=request_id, exc_info=error)
    return problem(500, "fault", "Something broke in the gateway; its operator was told.", request_id)


def _request_id(request: Request) -> str:
    known = getattr(request.state, "request_id", None)
    return str(known) if known else public_id("r")
