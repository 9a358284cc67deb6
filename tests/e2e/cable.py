"""A cable between the gateway and somebody: it can be cut, and mended, and nobody knows but by what happens."""

import socket
import threading
from contextlib import suppress


class Cable:
    """Carries connections from a port of its own to another port of this machine."""

    def __init__(self, towards: int) -> None:
        self._towards = towards
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._lines: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._is_whole = False
        self.mend()

    def mend(self) -> None:
        """From now on connections reach the other end."""
        if self._is_whole:
            return
        if self._listener.fileno() < 0:
            self._listener = socket.create_server(("127.0.0.1", self.port))
        self._is_whole = True
        self._begin(self._accept, self._listener)

    def cut(self) -> None:
        """Those that are open break, and new ones are refused."""
        self._is_whole = False
        _end(self._listener)
        while self._lines:
            _end(self._lines.pop())
        for thread in self._threads:
            thread.join(5)
        self._threads.clear()

    def _begin(self, work: object, *given: object) -> None:
        thread = threading.Thread(target=work, args=given, daemon=True)  # type: ignore[arg-type]  # one of the two below
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while self._is_whole:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._towards))
            except OSError:
                return
            self._lines |= {near, far}
            self._begin(self._carry, near, far)
            self._begin(self._carry, far, near)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while content := source.recv(65_536):
                target.sendall(content)
        for one in (source, target):
            _end(one)
            self._lines.discard(one)


def _end(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
    line.close()
