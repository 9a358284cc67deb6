"""The doors of one installation, open until told to close: API and desk, SFTP, SDI's notices; workers beside them."""

import json
import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI

from gateway.api.app import create_app
from gateway.api.notices import create_notices_app
from gateway.api.rooms import Rooms
from gateway.desk import create_desk
from gateway.intake.receive import Door
from gateway.intake.sftp import SftpDoor
from gateway.pipeline.absorb import absorb
from gateway.settings import Settings
from gateway.wiring.building import Installation, open_installation
from gateway.wiring.doctor import refuse_strangers
from gateway.wiring.judging import judge
from gateway.wiring.notices import read_sdi_delivery

log = structlog.get_logger()

_SECONDS_TO_STOP = 3  # for answers that are being given; a peer that keeps its line open is not waited for
_SECONDS_FOR_A_WORKER = 40
_SECONDS_BETWEEN_STARTS = 2.0
_LOOK_EVERY = 0.2


def serve(settings: Settings, ready: Path | None = None, *, workers: int = 0) -> None:
    """Open every door, tell where they are, and stay until SIGTERM or SIGINT."""
    refuse_strangers()
    stop = threading.Event()

    def told(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, told)
    with open_installation(settings, connections=20) as installation, ExitStack() as open_doors:
        where = open_doors.enter_context(doors(installation))
        for number in range(workers):
            open_doors.enter_context(_worker(number))
        if ready is not None:
            _tell(ready, where)
            open_doors.callback(ready.unlink, missing_ok=True)
        log.info("the doors are open", **where)
        stop.wait()
        log.info("the doors close")


@contextmanager
def doors(installation: Installation) -> Iterator[dict[str, object]]:
    """Every door that is set, for as long as the block runs: name -> where it is."""
    settings, house = installation.settings, installation.house
    door = Door(house.store, house.archive, house.clock, settings.limits.file)
    rooms = Rooms(
        house=house,
        door=replace(door, max_bytes=min(settings.api.max_body, settings.limits.file)),
        judge=partial(judge, installation.registry.formats),
        public_url=settings.api.public_url,
    )
    with ExitStack() as stack:
        app = create_app(rooms)
        app.mount("/desk", create_desk(rooms, settings.api))
        url = stack.enter_context(_listening(app, settings.api.host, settings.api.port))
        where: dict[str, object] = {"pid": os.getpid(), "api": url, "desk": f"{url}/desk/"}
        sftp = stack.enter_context(SftpDoor(settings.sftp, settings.data.absolute() / "sftp", door))
        where["sftp"] = {"host": settings.sftp.host, "port": sftp.port, "host_key": sftp.host_key}
        if settings.notices.port is not None:
            where["notices"] = stack.enter_context(_notices(installation))
        yield where


@contextmanager
def _notices(installation: Installation) -> Iterator[str]:
    """The door for SDI's notices: TLS with a certificate of SDI's own, or no connection."""
    given = installation.settings.notices
    take = partial(absorb, installation.house, "sdi")
    app = create_notices_app(lambda body, media_type: take([read_sdi_delivery(body, media_type)]))
    tls = {
        "ssl_certfile": given.certificate_file,
        "ssl_keyfile": given.key_file,
        "ssl_ca_certs": str(given.client_ca_file),
        "ssl_cert_reqs": ssl.CERT_REQUIRED,
    }
    with _listening(app, given.host, given.port or 0, tls) as url:
        yield url


@contextmanager
def _listening(app: FastAPI, host: str, port: int, tls: Mapping[str, object] | None = None) -> Iterator[str]:
    """An application on a port of its own; port 0 takes a free one. Yields its URL."""
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http="h11",  # refuses an oversized header, which httptools takes
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_STOP,
        **(tls or {}),  # type: ignore[arg-type]  # the TLS settings, by name
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name=f"http {host}:{port}", daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.01)
        if not thread.is_alive():
            raise OSError(f"nothing could be opened on {host}:{port}; see the log")
    chosen = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"{'https' if tls else 'http'}://{host}:{chosen}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def _worker(number: int) -> Iterator[None]:
    """A worker process beside the doors; one that dies is started again, and all are told to stop when they close."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep_a_worker, args=(number, stop), name=f"worker {number}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join()


def _keep_a_worker(number: int, stop: threading.Event) -> None:
    while not stop.is_set():
        process = subprocess.Popen([sys.executable, "-m", "gateway", "work"])
        log.info("a worker starts", number=number, pid=process.pid)
        while process.poll() is None and not stop.wait(_LOOK_EVERY):
            pass
        if process.poll() is None:
            _end(process)
        else:
            log.error("a worker died and is started again", number=number, exit_code=process.returncode)
            stop.wait(_SECONDS_BETWEEN_STARTS)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_SECONDS_FOR_A_WORKER)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tell(ready: Path, where: Mapping[str, object]) -> None:
    """Write where the doors are, whole or not at all."""
    temporary = ready.with_name(f".{ready.name}.new")
    temporary.write_text(json.dumps(where, indent=2), encoding="utf-8")
    temporary.replace(ready)
