"""The points at which a process of the gateway can be ended: around every commit, sending, archiving and job.

Laid around the rooms of an installation from outside, by the test's own wiring: `commit` stands once in the store,
`send` once in each channel, `put` once in the archive. A point is called for what goes on there:

    before the commit of dispatch claim mail          after the send over sdi
    before the archiving of prepare write             after the job collect.peppol
"""

import os
import signal
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from sqlalchemy.pool import PoolProxiedConnection

from channels.contract import Channel, Notice, Parcel, Receipt
from gateway.archive import Archive
from gateway.pipeline import jobs
from gateway.pipeline.house import House, Packed, Packer, Packing
from gateway.store.session import Store
from gateway.wiring import building

_ROOMS = ("gateway.pipeline.", "gateway.intake.")


@dataclass(slots=True)
class Points:
    """What this process passes, and where it ends. journal: a file with a line for each point that was passed.

    end:  the point at which this process kills itself with SIGKILL; "" where it does not
    """

    journal: Path
    end: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def passes(self, point: str) -> None:
        """The process is at this point; it goes no further where this is its end."""
        with self.lock:
            with self.journal.open("a", encoding="utf-8") as journal:
                journal.write(f"{point}\n")
            if point == self.end:
                os.kill(os.getpid(), signal.SIGKILL)

    @contextmanager
    def around(self, what: str) -> Iterator[None]:
        """Before and after something; "" is nothing that a point is called for."""
        if what:
            self.passes(f"before {what}")
        yield
        if what:
            self.passes(f"after {what}")


def _hop() -> str:
    """Which function of which hop is at work, and for which channel; "" where none is."""
    frame: FrameType | None = sys._getframe(1)
    name = ""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if not name and module.startswith(_ROOMS):
            name = f"{module.rpartition('.')[2]} {frame.f_code.co_name.strip('_')}".replace("_", " ")
        channel = frame.f_locals.get("channel_name")
        if name and module.startswith(_ROOMS) and isinstance(channel, str):
            return f"{name} {channel}"
        frame = frame.f_back
    return name


class WatchedChannel:
    """A channel with a point on each side of its sending."""

    def __init__(self, channel: Channel, points: Points) -> None:
        self._channel, self._points = channel, points
        self.name, self.recognises_repeats = channel.name, channel.recognises_repeats

    def destination(self, parcel: Parcel) -> str:
        return self._channel.destination(parcel)

    def send(self, parcel: Parcel) -> Receipt:
        with self._points.around(f"the send over {self.name}"):
            return self._channel.send(parcel)

    def ask(self, parcel: Parcel, reference: str) -> Receipt | None:
        return self._channel.ask(parcel, reference)

    def collect(self, references: Mapping[str, str]) -> Iterator[Notice]:
        return self._channel.collect(references)

    def close(self) -> None:
        close = getattr(self._channel, "close", None)
        if close is not None:
            close()


def lay(points: Points, poison: str = "") -> None:
    """Lay the points around whatever is built in this process from now on.

    poison: the number of a document whose packing ends the process, as a fault in a C library would
    """
    built, hops = vars(building), vars(jobs)
    open_store: Callable[..., Store] = built["open_store"]
    open_archive: Callable[[str], Archive] = built["open_archive"]
    build_channels: Callable[..., Mapping[str, Channel]] = built["build_channels"]
    packers: Callable[..., Mapping[str, Packer]] = built["packers"]
    jobs_of: Callable[[House], Mapping[str, jobs.Job]] = hops["jobs_of"]

    def watched_store(url: str, **settings: int) -> Store:
        store = open_store(url, **settings)
        _watch_commits(store, points)
        return store

    def watched_archive(location: str) -> Archive:
        archive = open_archive(location)
        vars(archive).update({name: _archiving(points, getattr(archive, name)) for name in ("put", "put_all")})
        return archive

    built.update(
        open_store=watched_store,
        open_archive=watched_archive,
        build_channels=lambda *given: {
            name: WatchedChannel(channel, points) for name, channel in build_channels(*given).items()
        },
        packers=lambda *given: {name: _poisoned(packer, poison) for name, packer in packers(*given).items()},
    )
    hops["jobs_of"] = lambda house: {name: _working(points, name, job) for name, job in jobs_of(house).items()}


def _watch_commits(store: Store, points: Points) -> None:
    dialect = store.engine.dialect
    commit = dialect.do_commit

    def do_commit(connection: PoolProxiedConnection) -> None:
        hop = _hop()
        with points.around(f"the commit of {hop}" if hop else ""):
            commit(connection)

    vars(dialect)["do_commit"] = do_commit


def _archiving(points: Points, put: Callable[..., object]) -> Callable[..., object]:
    # The threads that share the work of `put_all` belong to no hop, and pass no point.
    def watched(*given: object) -> object:
        hop = _hop()
        with points.around(f"the archiving of {hop}" if hop else ""):
            return put(*given)

    return watched


def _working(points: Points, name: str, job: jobs.Job) -> jobs.Job:
    def watched(tenant: uuid.UUID) -> int:
        with points.around(f"the job {name}"):
            return job(tenant)

    return watched


def _poisoned(packer: Packer, number: str) -> Packer:
    def packs(packing: Packing) -> Packed:
        if number and packing.invoice.number == number:
            os._exit(139)
        return packer(packing)

    return packs
