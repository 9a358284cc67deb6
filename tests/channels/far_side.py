"""The other end of a line, for what the twin never does: it says exactly what the test tells it to."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator

from simulators.listener import Listener, Reply, Request


class FarSide:
    """A service on loopback. `says` are its replies in order, the last one for ever; None closes the connection."""

    def __init__(self, *says: Reply | None, tls: ssl.SSLContext | None = None) -> None:
        self.says: list[Reply | None] = list(says)
        self.heard: list[Request] = []
        self.is_quiet = threading.Event()
        self._listener = Listener("far-side", self._answer, tls)
        self.url = self._listener.url

    def __enter__(self) -> "FarSide":
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_quiet.set()
        # Stopping takes a tenth of a second, which no test has to wait for.
        threading.Thread(target=self._listener.stop).start()

    def _answer(self, request: Request) -> Reply | None:
        self.heard.append(request)
        if not self.says:
            self.is_quiet.wait()
            return None
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]


def told(data: object, status: int = 200, **headers: str) -> Reply:
    """A JSON reply."""
    return Reply(status, json.dumps(data).encode(), headers=headers)


@contextlib.contextmanager
def babbling(raw: bytes) -> Iterator[str]:
    """The address of a service that reads one request, says these bytes and closes."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            with contextlib.suppress(OSError):  # the test closed the server before anybody called
                connection, _ = server.accept()
                with connection:
                    connection.recv(65_536)
                    connection.sendall(raw)

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.close()
        thread.join(2)


def nobody_there() -> str:
    """An address on this machine where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"
