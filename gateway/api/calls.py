"""Around every call: its id, its line in the log, its time, and an answer even where something broke.

Written against ASGI itself: only so is the answer to a broken call ours, with its id, and the error in the log once.
"""

from datetime import timedelta
from typing import Final

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

from gateway.api.figures import Figures
from gateway.api.problems import fault, problem_of
from gateway.clock import Clock
from gateway.errors import TooBusy
from gateway.ids import public_id

log = structlog.get_logger()

MOST_AT_ONCE: Final = 200
HEALTH: Final = "/health"
_SECONDS_TO_WAIT: Final = 2
_ALWAYS: Final = (
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
)


class _Answer:
    """What goes back to a caller: watched, and completed with the headers that every answer has."""

    def __init__(self, send: Send, request_id: str) -> None:
        self._send, self._request_id = send, request_id
        self.status: int | None = None
        self.is_complete = False

    async def send(self, message: Message) -> None:
        """Pass a message on."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": self._completed(list(message["headers"]))}
        elif message["type"] == "http.response.body":
            self.is_complete = not message.get("more_body", False)
        await self._send(message)

    def _completed(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        known = {name.lower() for name, _ in headers}
        missing = [(name.encode(), value.encode()) for name, value in _ALWAYS if name.encode() not in known]
        return [*headers, *missing, (b"x-request-id", self._request_id.encode())]


class Calls:
    """The outermost layer of the application. Only the event loop counts the calls: that needs no lock."""

    def __init__(self, app: ASGIApp, figures: Figures, clock: Clock, most_at_once: int = MOST_AT_ONCE) -> None:
        self._app, self._figures, self._clock, self._most = app, figures, clock, most_at_once
        self._now = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = public_id("r")
        scope.setdefault("state", {})["request_id"] = request_id
        answer, began = _Answer(send, request_id), self._clock.elapsed()
        self._now += 1
        try:
            with bound_contextvars(request_id=request_id):
                await self._carry_out(scope, receive, answer)
                self._note(scope, answer, self._clock.elapsed() - began)
        finally:
            self._now -= 1

    async def _carry_out(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        try:
            if self._now > self._most and scope["path"] != HEALTH:
                busy = problem_of(TooBusy("many calls arrive together", _SECONDS_TO_WAIT), scope["state"]["request_id"])
                await busy(scope, receive, answer.send)
            else:
                await self._app(scope, receive, answer.send)
        except ClientDisconnect:
            log.info("a caller went away")
        except Exception:
            log.exception("a call broke")
            if answer.status is None:
                await fault(scope["state"]["request_id"])(scope, receive, answer.send)
            elif not answer.is_complete:
                raise  # half an answer is out: the server cuts the connection, so that nobody takes it for a whole one

    def _note(self, scope: Scope, answer: _Answer, took: timedelta) -> None:
        """One line and one figure a call. The address stays in its encoded form: it may hold anything."""
        status = answer.status or 499
        route = f"{scope.get('root_path', '')}{getattr(scope.get('route'), 'path', '')}" or "(none)"
        self._figures.answered(scope["method"], route, status, took)
        if route != HEALTH:
            path = scope.get("raw_path", b"").decode("ascii", "backslashreplace")
            milliseconds = round(took.total_seconds() * 1000, 1)
            log.info("answered", method=scope["method"], path=path[:300], status=status, ms=milliseconds)
