"""An application behind a port of its own, in a thread: HTTP, or TLS with callers known by their certificate."""

import socket
import ssl
import threading
from asyncio import Transport
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol  # h11 refuses an oversized header, which httptools takes

from gateway.errors import SettingWrong

log = structlog.get_logger()

_SECONDS_TO_STOP: Final = 3  # for answers that are being given; a peer that keeps its line open is not waited for
_SECONDS_OF_SILENCE: Final = 5  # between two requests on one line
_BACKLOG: Final = 2048


@dataclass(frozen=True, slots=True)
class Tls:
    """TLS with a caller's certificate: our chain and key, the authority of the callers, and who of them may call.

    client_name: common name, or a DNS name, in the caller's certificate: its authority signs those of others as well
    """

    certificate_file: Path
    key_file: Path
    client_ca_file: Path
    client_name: str


@contextmanager
def listening(app: FastAPI, setting: str, host: str, port: int, tls: Tls | None = None) -> Iterator[str]:
    """Its URL, for as long as the block runs; port 0 takes a free one. setting: the table that names host and port.

    Raises SettingWrong where the port is taken or a certificate cannot be used.
    """
    config = uvicorn.Config(
        app,
        http=H11Protocol if tls is None else _known_as(tls.client_name),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=_SECONDS_OF_SILENCE,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
        **(_settings(tls) if tls is not None else {}),  # type: ignore[arg-type]  # by name
    )
    try:
        config.load()
    except OSError as error:  # of which the errors of TLS are a kind
        raise SettingWrong(setting, f"its certificates cannot be used: {error}") from None
    line = _bound(setting, host, port)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([line],), name=f"{setting} {host}:{port}", daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        if not thread.is_alive():
            raise RuntimeError(f"the application behind {setting} did not start; the log says why")
    try:
        chosen = line.getsockname()[1]
        yield f"{'http' if tls is None else 'https'}://{f'[{host}]' if ':' in host else host}:{chosen}"
    finally:
        server.should_exit = True
        thread.join()


def _bound(setting: str, host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        problem = f"nobody can listen on {host}:{port}: {error.strerror}"
        raise SettingWrong(setting, problem, "Name another port, or end who listens there.") from None


def _settings(tls: Tls) -> Mapping[str, object]:
    return {
        "ssl_certfile": str(tls.certificate_file),
        "ssl_keyfile": str(tls.key_file),
        "ssl_ca_certs": str(tls.client_ca_file),
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
    }


def _known_as(client_name: str) -> type[H11Protocol]:
    """Hangs up on callers of another name; that their certificate is genuine was seen in the handshake."""

    class KnownCaller(H11Protocol):
        def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn itself has it
            super().connection_made(transport)
            certificate = transport.get_extra_info("peercert") or {}
            if client_name.casefold() not in names_in(certificate):
                log.warning("a caller with a certificate of somebody else was turned away", known_as=certificate)
                transport.abort()

        def shutdown(self) -> None:
            # Before the first request there is no cycle, which uvicorn's types do not say.
            if getattr(self.cycle, "response_complete", True):
                # Nothing is under way, so the other side's goodbye (TLS close_notify) is not waited for. At once: a
                # transport of asyncio that was closed twice cannot be aborted any more.
                self.transport.abort()
            else:
                super().shutdown()

    return KnownCaller


def names_in(certificate: Mapping[str, object]) -> frozenset[str]:
    """The common names and DNS names of a certificate as `ssl` gives it, in small letters."""
    stated = [pair for part in _pairs(certificate.get("subject")) for pair in _pairs(part)]
    stated += _pairs(certificate.get("subjectAltName"))
    return frozenset(
        str(name).casefold()
        for kind, name in (pair for pair in stated if isinstance(pair, tuple) and len(pair) == 2)
        if kind in ("commonName", "DNS")
    )


def _pairs(value: object) -> list[object]:
    return list(value) if isinstance(value, tuple) else []
