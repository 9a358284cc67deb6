"""Errors as problem documents (RFC 9457): the one place that knows HTTP status codes.

Every problem has a stable `code`, the `request_id` under which the log speaks of it, and `findings[]` where a document
or a request is to blame. A fault of ours shows nothing of its inside.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.exceptions import HTTPException

from formats.checking import Severity
from gateway import errors
from gateway.api.shapes import FindingShape, Shape
from gateway.errors import AccessRefused, GatewayError, TooBusy
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
TITLES: Final[Mapping[int, str]] = {
    400: "The request cannot be carried out as it is",
    401: "Access refused",
    404: "Not found",
    405: "This address does not take this method",
    409: "Not possible in this state",
    413: "Too large",
    422: "The request is not what this address takes",
    429: "Too much at once",
    500: "The gateway must be repaired",
    503: "Not now",
}
_HIDDEN: Final[Mapping[int, str]] = {
    500: "Something in the gateway must be repaired; its operator was told. Give the request id to ask about it.",
    503: "The gateway cannot do this now. Nothing of your call was kept; try again in a moment.",
}
_NOWHERE: Final[Mapping[int, str]] = {
    404: "There is nothing at {asked}. GET /v1/openapi.json describes every address of the API; people go to /desk/.",
    405: "There is no {asked}. GET /v1/openapi.json says which methods an address takes.",
}
_SECONDS_TO_WAIT: Final = "5"
_EXAMPLES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("wrong-content", "This cursor cannot be taken: it is not the `next` of a page of this gateway."),
    401: ("access-refused", "Access refused: the API key is unknown, has expired or was revoked."),
    404: ("not-found", "There is no document d-7KQ2M9TX here."),
    409: ("not-allowed", "d-7KQ2M9TX cannot be sent again: its delivery is handed over."),
    413: ("too-large", "This has more than 100,000,000 bytes, the most that is taken here."),
    422: ("wrong-request", "query.limit: Input should be less than or equal to 200"),
    429: ("too-busy", "Too much at once: many large files arrive together. Try again in 5 seconds."),
    500: ("fault", _HIDDEN[500]),
    503: ("database-unavailable", _HIDDEN[503]),
}


class Problem(Shape):
    """Why a call was not carried out."""

    type: str = Field(description="Always `about:blank`: `code` says what it is.", examples=["about:blank"])
    title: str = Field(description="The kind of problem, as its status says it.", examples=["Not found"])
    status: int = Field(description="The HTTP status once more.", examples=[404])
    detail: str = Field(
        description="What happened, and what to do.", examples=["There is no document d-7KQ2M9TX here."]
    )
    code: str = Field(description="Stable, for programs.", examples=["not-found"])
    request_id: str = Field(description="Under this the log of the gateway speaks of it.", examples=["r-4B8XK2PQ"])
    findings: list[FindingShape] = Field(description="What is wrong in the request or the document, one by one.")


def problem(
    status: int, code: str, detail: str, request_id: str, *, findings: Sequence[FindingShape] = ()
) -> JSONResponse:
    """One problem document."""
    made = Problem(
        type="about:blank",
        title=TITLES.get(status, "The request was refused"),
        status=status,
        # A detail may quote what was given, down to half a surrogate pair, which no JSON can say.
        detail=detail.encode("utf-8", "backslashreplace").decode(),
        code=code,
        request_id=request_id,
        findings=list(findings),
    )
    return JSONResponse(made.model_dump(mode="json"), status, media_type=MEDIA_TYPE)


def problem_of(error: GatewayError, request_id: str) -> JSONResponse:
    """An error of ours as a problem document; a fault of the gateway without its inside."""
    status = status_of(error)
    answer = problem(status, error.code, _HIDDEN.get(status, str(error)), request_id)
    if isinstance(error, AccessRefused):
        answer.headers["WWW-Authenticate"] = "Bearer"
    elif isinstance(error, TooBusy):
        answer.headers["Retry-After"] = str(error.retry_after)
    elif status == 503:
        answer.headers["Retry-After"] = _SECONDS_TO_WAIT
    return answer


def fault(request_id: str) -> JSONResponse:
    """The answer where something broke that nobody had thought of."""
    return problem(500, "fault", _HIDDEN[500], request_id)


def status_of(error: GatewayError) -> int:
    """The status of an error: its own, or that of its family."""
    return next(status for kind, status in STATUS.items() if isinstance(error, kind))


def answer_with_problems(app: FastAPI) -> None:
    """See that what is refused is answered with a problem document; what breaks is answered in `calls`."""
    app.add_exception_handler(GatewayError, _gateway_error)
    app.add_exception_handler(RequestValidationError, _wrong_request)
    app.add_exception_handler(HTTPException, _http_error)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These error answers for the OpenAPI document, and those that every address may give."""
    return {status: _described(status) for status in sorted({*statuses, 401, 422, 429, 500, 503})}


def _described(status: int) -> dict[str, object]:
    code, detail = _EXAMPLES[status]
    example = {"type": "about:blank", "title": TITLES[status], "status": status, "detail": detail, "code": code}
    example |= {"request_id": "r-4B8XK2PQ", "findings": []}
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    return {"description": TITLES[status], "content": content}


def _gateway_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GatewayError)  # noqa: S101 - registered for it
    if status_of(error) >= 500:
        log.error("a call failed", code=error.code, error=str(error))
    return problem_of(error, _request_id(request))


def _wrong_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    findings = [_finding(one["loc"], one["msg"]) for one in error.errors()]
    detail = "; ".join(f"{one.where}: {one.message}" for one in findings[:10])
    return problem(422, "wrong-request", detail, _request_id(request), findings=findings)


def _finding(place: Iterable[object], message: str) -> FindingShape:
    where = ".".join(str(part) for part in place)
    return FindingShape(id="GW-REQUEST", severity=Severity.FATAL, where=where, message=message)


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    asked = f"{request.method} {request.url.path}"
    detail = _NOWHERE.get(error.status_code, "{asked}: {said}").format(asked=asked, said=error.detail)
    answer = problem(error.status_code, f"http-{error.status_code}", detail, _request_id(request))
    answer.headers.update(error.headers or {})
    return answer


def _request_id(request: Request) -> str:
    known = getattr(request.state, "request_id", None)
    return str(known) if known else public_id("r")
