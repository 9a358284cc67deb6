"""A transmitter's endpoint for SDI's notices: mutual TLS, made of the standard library alone."""

import base64
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lxml import etree

from simulators.pki import Pki


@dataclass(frozen=True)
class Received:
    operation: str
    element: str
    identifier: str
    name: str
    content: bytes


@dataclass
class Transmitter:
    """`answers`: the HTTP status of each call to come; 200 when there are no more."""

    url: str
    answers: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def names(self) -> list[str]:
        return [notice.name for notice in self.received]


@contextmanager
def transmitter(pki: Pki) -> Iterator[Transmitter]:
    found = Transmitter("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = found.answers.pop(0) if found.answers else 200
            if status == 200:
                found.received.append(read(self.headers["SOAPAction"], self.headers["Content-Type"], body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """A test is not interested."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pki.gateway_server.certificate, pki.gateway_server.key)
    context.load_verify_locations(pki.tls_ca)
    context.verify_mode = ssl.CERT_REQUIRED
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    found.url = f"https://localhost:{server.server_address[1]}/sdi/notices"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def read(action: str, content_type: str, body: bytes) -> Received:
    """One call, inline or MTOM; the children must be unqualified and in order."""
    attachment = None
    if content_type.startswith("multipart/related"):
        found = re.search('boundary="([^"]+)"', content_type)
        assert found is not None
        parts = body.split(b"--" + found[1].encode())
        body = parts[1].partition(b"\r\n\r\n")[2]
        attachment = parts[2].partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
    root = etree.fromstring(body)
    call = root[0][0]
    assert [child.tag for child in call] == ["IdentificativoSdI", "NomeFile", "File"]
    content = attachment if attachment is not None else base64.b64decode(call[2].text or "")
    operation = action.strip('"').rpartition("/")[2]
    return Received(operation, etree.QName(call).localname, call[0].text or "", call[1].text or "", content)
