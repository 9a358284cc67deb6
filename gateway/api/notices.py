"""The TLS door at which SDI delivers its notices (TrasmissioneFatture): the caller is known by its certificate.

A notice is acknowledged only when it is durable. Where it cannot be taken now, SDI gets a fault and delivers again.
"""

from collections.abc import Callable

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from gateway.ids import public_id

log = structlog.get_logger()

MAX_BODY = 10_000_000
_XML = "text/xml; charset=utf-8"
_FAULT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><s:Fault>'
    "<faultcode>s:{side}</faultcode><faultstring>{text}</faultstring>"
    "</s:Fault></s:Body></s:Envelope>"
)


def create_notices_app(take: Callable[[bytes, str], object]) -> FastAPI:
    """The door. take: keeps one delivery (body, media type) and comes back when it is durable."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    async def delivered(request: Request) -> Response:
        body = await _body(request)
        if body is None:
            return Response(_FAULT.format(side="Client", text="too large"), 500, media_type=_XML)
        try:
            await run_in_threadpool(take, body, request.headers.get("content-type", ""))
        except Exception as error:
            request_id = public_id("r")
            log.exception("a notice could not be taken", request_id=request_id, error=type(error).__name__)
            return Response(_FAULT.format(side="Server", text=f"not now ({request_id})"), 500, media_type=_XML)
        # One-way operations (WSDL TrasmissioneFatture): 202 with an empty body.
        return Response(status_code=202)

    app.add_api_route("/{path:path}", delivered, methods=["POST"], response_class=Response)
    return app


async def _body(request: Request) -> bytes | None:
    """The body, None where it is larger than any notice."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY:
            return None
        parts.append(part)
    return b"".join(parts)
