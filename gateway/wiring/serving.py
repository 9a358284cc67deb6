"""The doors of one installation, open until told to close: API and desk, SFTP, SDI's notices; workers beside them."""

import json
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType

import structlog
from fastapi.responses import RedirectResponse

from formats.contract import CannotWrite, Format
from formats.en16931 import Invoice
from gateway.api.app import create_app
from gateway.api.notices import create_notices_app
from gateway.api.rooms import Rooms
from gateway.desk import create_desk
from gateway.errors import NotConverted, SettingWrong
from gateway.intake.receive import Door
from gateway.intake.sftp import SftpDoor
from gateway.pipeline.absorb import absorb
from gateway.settings import Settings
from gateway.wiring.building import Installation, open_installation
from gateway.wiring.doctor import refuse_strangers
from gateway.wiring.judging import judge
from gateway.wiring.listening import Tls, listening
from gateway.wiring.notices import read_sdi_delivery
from gateway.wiring.packing.orders import format_of, trouble
from gateway.wiring.rounding import proposed
from gateway.wiring.workers import workers as beside

log = structlog.get_logger()


def serve(settings: Settings, ready: Path | None = None, *, workers: int = 0) -> None:
    """Open every door, tell where they are, and stay until SIGTERM or SIGINT.

    ready: a file that says where the doors are, as long as they are open
    """
    refuse_strangers()
    stop = threading.Event()

    def told(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, told)
    with ExitStack() as stack:
        if ready is not None:
            _forget(ready)  # one that is left of a process that was killed tells of doors that are closed
            stack.callback(_forget, ready)
        installation = stack.enter_context(open_installation(settings, connections=20))
        where = stack.enter_context(doors(installation))
        stack.enter_context(beside(workers))
        if ready is not None:
            _tell(ready, where)
        log.info("the doors are open", **where)
        stop.wait()
        log.info("the doors close")


def _page(pdf: Format, invoice: Invoice) -> bytes:
    """The page of an invoice that went out without one. Raises NotConverted where it cannot be printed."""
    assert pdf.write is not None  # noqa: S101 - `format_of` gives no other
    try:
        return pdf.write(invoice).content
    except CannotWrite as refused:
        raise NotConverted(invoice.number or "the invoice", pdf.title, str(refused)) from None


def _desk_itself() -> RedirectResponse:
    """The desk lives below its own address."""
    return RedirectResponse("/desk/")


@contextmanager
def doors(installation: Installation) -> Iterator[dict[str, object]]:
    """Every door that is set, for as long as the block runs: name -> where it is. Raises SettingWrong."""
    settings, house = installation.settings, installation.house
    door = Door(house.store, house.archive, house.clock, settings.limits.file)
    rooms = Rooms(
        house=house,
        door=replace(door, max_bytes=min(settings.api.max_body, settings.limits.file)),
        trouble=partial(trouble, installation.registry.formats),
        judge=partial(judge, installation.registry.formats),
        propose=partial(proposed, installation.registry.formats),
        public_url=settings.api.public_url,
        judges=installation.judges.counts,
        page=partial(_page, format_of(installation.registry.formats, "pdf")),
    )
    with ExitStack() as stack:
        app = create_app(rooms)
        app.add_api_route("/desk", _desk_itself, include_in_schema=False)
        app.mount("/desk", create_desk(rooms, settings.api))
        url = stack.enter_context(listening(app, "api", settings.api.host, settings.api.port))
        where: dict[str, object] = {"pid": os.getpid(), "api": url, "desk": f"{url}/desk/"}
        try:
            sftp = stack.enter_context(SftpDoor(settings.sftp, settings.data.absolute() / "sftp", door))
        except OSError as error:
            problem = f"nobody can listen on {settings.sftp.host}:{settings.sftp.port}: {error.strerror}"
            raise SettingWrong("sftp", problem, "Name another port, or end who listens there.") from None
        where["sftp"] = {"host": settings.sftp.host, "port": sftp.port, "host_key": sftp.host_key}
        if settings.notices.port is not None:
            where["notices"] = stack.enter_context(_notices(installation))
        yield where


@contextmanager
def _notices(installation: Installation) -> Iterator[str]:
    """The door for SDI's notices: TLS with SDI's own certificate, or no connection."""
    given = installation.settings.notices
    take = partial(absorb, installation.house, "sdi")
    app = create_notices_app(lambda body, media_type: take([read_sdi_delivery(body, media_type)]))
    certificate, key, authority = given.certificate_file, given.key_file, given.client_ca_file
    # The settings are not taken without them.
    assert certificate and key and authority and given.port is not None  # noqa: S101, PT018
    tls = Tls(certificate, key, authority, given.client_name)
    with listening(app, "notices", given.host, given.port, tls) as url:
        yield url


def _tell(ready: Path, where: Mapping[str, object]) -> None:
    """Write where the doors are, whole or not at all."""
    temporary = ready.with_name(f".{ready.name}.new")
    try:
        temporary.write_text(json.dumps(where, indent=2), encoding="utf-8")
        temporary.replace(ready)
    except OSError as error:
        raise _no_ready_file(ready, error) from None


def _forget(ready: Path) -> None:
    try:
        ready.unlink(missing_ok=True)
    except OSError as error:
        raise _no_ready_file(ready, error) from None


def _no_ready_file(ready: Path, error: OSError) -> SettingWrong:
    return SettingWrong("--ready", f"{ready} cannot be written: {error.strerror}", "Name another file.")
