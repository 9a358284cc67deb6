"""A relay that says exactly what the test tells it to, for what the twin's never does."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from typing import BinaryIO

HANG_UP = b""
"""In place of a reply: the line goes dead."""

OFFERS = (b"STARTTLS", b"AUTH PLAIN", b"SIZE 1000000", b"ENHANCEDSTATUSCODES")
USUAL = {"GREETING": b"220 here", "STARTTLS": b"220 go on", "AUTH": b"235 in", "DATA": b"354 go on", "QUIT": b"221 bye"}

Says = Mapping[str, Sequence[bytes]]


class ScriptedRelay:
    """Says 250 to everything but what `says` has: by verb, the replies in order, the last one for ever.

    Three words are no verbs: `GREETING` is said first, `BODY` behind the final dot, `MIDST` hangs up before it.
    """

    def __init__(
        self,
        tls: ssl.SSLContext,
        says: Says | None = None,
        offers: Sequence[bytes] = OFFERS,
        *,
        speaks_tls_first: bool = False,
    ) -> None:
        self._says = {verb: [reply] for verb, reply in USUAL.items()}
        self._says["EHLO"] = [
            b"250-relay.example\r\n" + b"\r\n".join(b"250-" + one for one in offers) + b"\r\n250 HELP"
        ]
        self._says |= {verb: list(replies) for verb, replies in (says or {}).items()}
        self._tls, self._speaks_tls_first = tls, speaks_tls_first
        self._server = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self.port = int(self._server.getsockname()[1])
        self.connections = 0
        self.heard: list[str] = []
        self.messages: list[bytes] = []

    def __enter__(self) -> "ScriptedRelay":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.hang_up()
        for thread in self._threads:
            thread.join(2)

    def hang_up(self) -> None:
        """Cut every line."""
        for line in self._lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def count(self, verb: str) -> int:
        return sum(line.upper().startswith(verb) for line in self.heard)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = self._server.accept()
                self.connections += 1
                self._threads.append(threading.Thread(target=self._serve, args=(line,)))
                self._threads[-1].start()

    def _serve(self, line: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            if self._speaks_tls_first:
                line = self._tls.wrap_socket(line, server_side=True)
            self._lines.append(stack.enter_context(line))
            file = stack.enter_context(line.makefile("rb"))
            if not self._say(line, "GREETING"):
                return
            while raw := file.readline():
                self.heard.append(raw.decode(errors="replace").strip())
                verb = self.heard[-1].split(" ")[0].upper()
                reply = self._say(line, verb)
                if not reply or verb == "QUIT":
                    return
                if verb == "STARTTLS" and reply.startswith(b"220"):
                    line = stack.enter_context(self._tls.wrap_socket(line, server_side=True))
                    self._lines.append(line)
                    file = stack.enter_context(line.makefile("rb"))
                if verb == "DATA" and reply.startswith(b"354") and not self._take(file, line):
                    return

    def _take(self, file: BinaryIO, line: socket.socket) -> bytes:
        """Read a message as RFC 5321 4.5.2 says, and answer it."""
        if "MIDST" in self._says:
            return HANG_UP
        lines = []
        while (raw := file.readline()) not in (b".\r\n", b""):
            lines.append(raw.removeprefix(b"."))
        self.messages.append(b"".join(lines))
        return self._say(line, "BODY")

    def _say(self, line: socket.socket, verb: str) -> bytes:
        replies = self._says.get(verb, [b"250 2.0.0 fine"])
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply:
            line.sendall(reply + b"\r\n")
        return reply
