"""Places for objects that go wrong on purpose, and a small S3 of our own."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from gateway.archive.disk import Disk
from gateway.archive.store import Objects

Result = TypeVar("Result")


@dataclass
class Trouble:
    """Counts calls, and fails the k-th: before it has any effect, or after it had all of it (the answer is lost)."""

    failing: int = 0
    after: bool = False
    calls: int = 0

    def around(self, work: Callable[[], Result]) -> Result:
        """Do the work, or fail before or after it."""
        self.calls += 1
        if self.calls == self.failing and not self.after:
            raise OSError(28, "No space left on device")
        loses_its_answer = self.calls == self.failing
        try:
            return work()
        finally:
            if loses_its_answer:
                raise OSError(5, "Input/output error")


@dataclass
class FailingObjects:
    """A place for objects with trouble around each call."""

    objects: Objects
    trouble: Trouble

    def put(self, path: str, file: bytes, *, mode: Literal["create", "overwrite"], use_multipart: bool) -> object:
        """Put, or fail."""
        return self.trouble.around(lambda: self.objects.put(path, file, mode=mode, use_multipart=use_multipart))

    def get(self, path: str) -> object:
        """Get, or fail."""
        return self.trouble.around(lambda: self.objects.get(path))

    def head(self, path: str) -> object:
        """Look, or fail."""
        return self.trouble.around(lambda: self.objects.head(path))


@dataclass
class FailingDisk:
    """A disk with trouble around each call."""

    disk: Disk
    trouble: Trouble

    def settle(self, path: str) -> None:
        """Settle, or fail."""
        self.trouble.around(lambda: self.disk.settle(path))


@dataclass
class Bucket:
    """What a small S3 holds, and what it was asked. refuses: answer everything with 403."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    refuses: bool = False


@contextmanager
def bucket() -> Iterator[Bucket]:
    """A small S3 on the loopback: PUT with If-None-Match, GET and HEAD."""
    held = Bucket()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Request", (_Request,), {"held": held}))
    server.daemon_threads = True
    held.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Request(http.server.BaseHTTPRequestHandler):
    """One connection to the bucket."""

    held: Bucket
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in several small writes would wait 40 ms for the other side

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_PUT(self) -> None:
        """Keep an object."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("If-None-Match") == "*" and self.path in self.held.objects:
            self._answer(412)
            return
        if not self.held.refuses:
            self.held.objects[self.path] = content
        self._answer(200)

    def do_GET(self) -> None:
        """Give an object."""
        content = self.held.objects.get(self.path)
        self._answer(404 if content is None else 200, content or b"")

    def do_HEAD(self) -> None:
        """Say whether there is one."""
        self.do_GET()

    def _answer(self, status: int, content: bytes = b"") -> None:
        named = {name.lower(): value for name, value in self.headers.items()}
        self.held.requests.append((self.command, self.path, named))
        self.send_response(403 if self.held.refuses else status)
        for name, value in {"Content-Length": str(len(content)), "ETag": '"1"', "Last-Modified": _LONG_AGO}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
        self.wfile.flush()


_LONG_AGO = "Thu, 01 Jan 2026 00:00:00 GMT"
