"""A wire between the channel and the print house that a test can cut, at once or after so many bytes."""

import contextlib
import socket
import threading


class Wire:
    """Passes bytes on in both directions, for any number of connections."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._server = socket.create_server(("127.0.0.1", 0))
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._left: int | None = None
        self.port = int(self._server.getsockname()[1])
        self.connections = 0

    def __enter__(self) -> "Wire":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.cut()
        for thread in self._threads:
            thread.join(2)

    def cut(self) -> None:
        """Cut every connection."""
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def cut_after(self, size: int) -> None:
        """Cut every connection once so many more bytes have gone to the house."""
        self._left = size

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._server.accept()
                far = socket.create_connection(self._target)
                self.connections += 1
                self._ends += [near, far]
                for source, target, counts in ((near, far, True), (far, near, False)):
                    self._threads.append(threading.Thread(target=self._pass, args=(source, target, counts)))
                    self._threads[-1].start()

    def _pass(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(4096):
                target.sendall(data)
                if counts and self._left is not None:
                    self._left -= len(data)
                    if self._left <= 0:
                        self._left = None
                        self.cut()
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        source.close()
