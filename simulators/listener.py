"""An HTTP or HTTPS listener on a free loopback port, with the whole power over its sockets.

The twin must be able to close a connection between the last byte of a request and the first of the answer, which is
what a crash in the wrong moment looks like from outside; frameworks hide the socket, so this stands on `http.server`.
"""

import contextlib
import json
import logging
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import cast
from urllib.parse import parse_qsl, unquote

log = logging.getLogger(__name__)

LOOPBACK = "127.0.0.1"
LARGEST_BODY = 200_000_000
HANDSHAKE_SECONDS = 10.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    """As sent: a segment may hold percent-encoded slashes and hashes."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes
    peer: str = ""
    """Common name of the verified client certificate."""

    @property
    def segments(self) -> tuple[str, ...]:
        return tuple(unquote(segment) for segment in self.path.strip("/").split("/"))


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: bytes = b""
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Callable[[Request], Reply | None]
"""None closes the connection without a word."""


def json_reply(data: object, status: int = 200) -> Reply:
    return Reply(status, json.dumps(data, ensure_ascii=False, indent=1).encode())


def text_reply(text: str, status: int = 200) -> Reply:
    return Reply(status, text.encode(), "text/plain; charset=utf-8")


class Listener:
    """Serves one party; a thread a connection."""

    def __init__(self, name: str, answer: Answer, tls: ssl.SSLContext | None = None) -> None:
        self.answer = answer
        self._tls = tls
        self._socket = socket.create_server((LOOPBACK, 0), backlog=128)
        self._thread = threading.Thread(target=self._accept, name=f"twin-{name}", daemon=True)
        self._lock = threading.Lock()
        self._calls: dict[threading.Thread, socket.socket] = {}
        self._closing = False
        self.port = int(self._socket.getsockname()[1])
        self.url = f"{'https' if tls else 'http'}://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Take no more calls, close every open connection and wait for their threads."""
        self._closing = True
        wake(self._socket)
        if self._thread.is_alive():
            self._thread.join()
        self._socket.close()
        with self._lock:
            calls = dict(self._calls)
        for thread, connection in calls.items():
            cut(connection)
            thread.join()

    def _accept(self) -> None:
        while True:
            connection, _ = self._socket.accept()
            if self._closing:
                connection.close()
                return
            thread = threading.Thread(target=self._serve, args=(connection,), name="twin-call", daemon=True)
            with self._lock:
                self._calls[thread] = connection
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        thread = threading.current_thread()
        try:
            if self._tls is not None:
                connection.settimeout(HANDSHAKE_SECONDS)
                # The wrapped socket takes the descriptor over: it is the one to cut from now on.
                connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                with self._lock:
                    self._calls[thread] = connection
                connection.do_handshake()
                connection.settimeout(None)
            _Connection(connection, self)
        except (OSError, ValueError) as error:
            log.debug("a connection of the twin ended: %s", error)
        finally:
            cut(connection)
            with self._lock:
                self._calls.pop(thread, None)


def wake(listening: socket.socket) -> None:
    """Make a blocking accept() return, on every system: closing the socket does not do it everywhere."""
    with contextlib.suppress(OSError):
        socket.create_connection(listening.getsockname(), timeout=1).close()


def cut(connection: socket.socket) -> None:
    """Close a connection at once, below TLS: the other side sees the line go dead, without a farewell."""
    with contextlib.suppress(OSError):  # the other side was faster
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    socket.socket.close(connection)


def _reply_or_500(answer: Answer, request: Request) -> Reply | None:
    try:
        return answer(request)
    except Exception:
        log.exception("the twin could not answer %s %s", request.method, request.path)
        return text_reply("the twin itself is broken here; its log says where", HTTPStatus.INTERNAL_SERVER_ERROR)


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "network-twin"
    sys_version = ""
    wbufsize = -1
    disable_nagle_algorithm = True

    def __init__(self, connection: socket.socket, listener: Listener) -> None:
        self._answer = listener.answer
        super().__init__(connection, (LOOPBACK, 0), listener)  # type: ignore[arg-type]  # the base class keeps it and asks nothing of it

    def _serve(self) -> None:
        body = self._body()
        if body is None:
            self._send(text_reply("the body is too large or has no length", HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            self.close_connection = True
            return
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        values = dict(parse_qsl(query, keep_blank_values=True))
        reply = _reply_or_500(self._answer, Request(self.command, path, values, headers, body, self._peer()))
        if reply is None:
            self.close_connection = True
            cut(self.connection)
            return
        self._send(reply)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815  (the names http.server looks for)

    def _body(self) -> bytes | None:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._chunks()
        length = int(self.headers.get("Content-Length", "0"))
        return self.rfile.read(length) if 0 <= length <= LARGEST_BODY else None

    def _chunks(self) -> bytes | None:
        content = bytearray()
        while size := int(self.rfile.readline(1_000).split(b";")[0], 16):
            if len(content) + size > LARGEST_BODY:
                return None
            content += self.rfile.read(size)
            self.rfile.readline(10)
        while self.rfile.readline(65_536).strip():
            pass  # trailers
        return bytes(content)

    def _peer(self) -> str:
        if not isinstance(self.connection, ssl.SSLSocket):
            return ""
        certificate = self.connection.getpeercert() or {}
        names = cast(tuple[tuple[tuple[str, str], ...], ...], certificate.get("subject", ()))
        return next((value for parts in names for key, value in parts if key == "commonName"), "")

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.media_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)
