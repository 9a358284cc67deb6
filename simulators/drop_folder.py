"""The SFTP server of a print house: `/in` for batches, `/out` for its status files, and nothing outside them.

A batch is a folder under `/in`. The house reads no folder whose name ends in `.part` and no ticket that was written
in place: a `*.job.json` comes into sight by a rename, or a client that dies half-way would have half a ticket printed.
"""

import errno
import logging
import os
import posixpath
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED, OPEN_SUCCEEDED
from paramiko.sftp import SFTP_FAILURE, SFTP_NO_SUCH_FILE, SFTP_OK, SFTP_PERMISSION_DENIED

from simulators.listener import LOOPBACK, cut, wake

log = logging.getLogger(__name__)

TICKET = ".job.json"
UNFINISHED = ".part"
GREETING_SECONDS = 15.0


@dataclass(frozen=True)
class Arrival:
    """What the house does with a batch that comes into sight."""

    is_taken: bool = True
    is_answered: bool = True
    rule: object = None
    """Whatever the house wants to know again when it collects the batch."""


class House(Protocol):
    def announce(self, ticket: Path) -> Arrival:
        """A rename is about to bring this ticket into sight."""

    def collect(self, folder: Path, arrival: Arrival) -> None:
        """It did: the batch lies in `folder`."""


@dataclass(frozen=True)
class Login:
    username: str
    password: str
    client_key: paramiko.PKey


class DropFolder:
    def __init__(self, root: Path, host_key: Path, login: Login, house: House) -> None:
        self._root = root
        self._host_key = paramiko.Ed25519Key(filename=str(host_key))
        self._login = login
        self._house = house
        self._listener = socket.create_server((LOOPBACK, 0), backlog=50)
        self._thread = threading.Thread(target=self._accept, name="twin-sftp", daemon=True)
        self._lock = threading.Lock()
        self._transports: list[paramiko.Transport] = []
        self._closing = False
        self.port = int(self._listener.getsockname()[1])
        for name in ("in", "out"):
            (root / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    @property
    def host_key_line(self) -> str:
        """As it stands in a known_hosts file, without the host."""
        return f"{self._host_key.get_name()} {self._host_key.get_base64()}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._closing = True
        wake(self._listener)
        if self._thread.is_alive():
            self._thread.join()
        self._listener.close()
        with self._lock:
            transports = list(self._transports)
        for transport in transports:
            transport.close()
            transport.join()

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._closing:
                connection.close()
                return
            self._serve(connection)

    def _serve(self, connection: socket.socket) -> None:
        transport = paramiko.Transport(connection)
        transport.banner_timeout = GREETING_SECONDS
        transport.add_server_key(self._host_key)
        visit = Visit(self._root, self._house, connection)
        transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Session, visit)
        with self._lock:
            self._transports = [known for known in self._transports if known.is_alive()] + [transport]
        try:
            transport.start_server(event=threading.Event(), server=_Gate(self._login))
        except (paramiko.SSHException, OSError, EOFError) as error:
            log.debug("an SFTP connection of the twin ended: %s", error)


class _Gate(paramiko.ServerInterface):
    """Password or key, and nothing but the SFTP subsystem."""

    def __init__(self, login: Login) -> None:
        self._login = login

    def get_allowed_auths(self, username: str) -> str:
        del username
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        is_known = (username, password) == (self._login.username, self._login.password)
        return AUTH_SUCCESSFUL if is_known else AUTH_FAILED

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        is_known = username == self._login.username and key == self._login.client_key
        return AUTH_SUCCESSFUL if is_known else AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        del chanid
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


@dataclass(frozen=True)
class Visit:
    """One connection: where it may walk, and the line that can be cut."""

    root: Path
    house: House
    connection: socket.socket


class Session(paramiko.SFTPServerInterface):
    """Files by virtual path. Two levels below `/in` (batch folder, file), one below `/out`; no links."""

    def __init__(self, server: paramiko.ServerInterface, visit: Visit) -> None:
        super().__init__(server)
        self._visit = visit
        self._handles: list[_Handle] = []

    def session_ended(self) -> None:
        """Close what the client left open: paramiko does it later, and not where its own goodbye finds the line cut."""
        for handle in self._handles:
            handle.close()

    def _real(self, path: str) -> Path:
        return self._visit.root / posixpath.normpath(f"/{path}").lstrip("/")

    def _parts(self, path: str) -> tuple[str, ...]:
        return tuple(posixpath.normpath(f"/{path}").strip("/").split("/"))

    def _is_open_for_writing(self, path: str) -> bool:
        """A file or batch folder below `/in` that is not a ticket in sight."""
        parts = self._parts(path)
        if parts[0] != "in" or len(parts) not in (2, 3):
            return False
        is_hidden = parts[1].endswith(UNFINISHED)
        return is_hidden or not parts[-1].endswith(TICKET)

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        try:
            entries = sorted(self._real(path).iterdir())
            return [paramiko.SFTPAttributes.from_stat(entry.stat(), entry.name) for entry in entries]
        except OSError as error:
            return _code(error)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self._real(path).stat())
        except OSError as error:
            return _code(error)

    def lstat(self, path: str) -> paramiko.SFTPAttributes | int:
        return self.stat(path)

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> paramiko.SFTPHandle | int:
        del attr
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND) and not self._is_open_for_writing(path):
            return SFTP_PERMISSION_DENIED
        try:
            handle = _Handle(self._real(path), flags)
        except OSError as error:
            return _code(error)
        self._handles.append(handle)
        return handle

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        del attr
        parts = self._parts(path)
        if parts[0] != "in" or len(parts) != 2:
            return SFTP_PERMISSION_DENIED
        return _try(lambda: self._real(path).mkdir(mode=0o700))

    def remove(self, path: str) -> int:
        if self._parts(path)[0] not in ("in", "out") or len(self._parts(path)) < 2:
            return SFTP_PERMISSION_DENIED
        return _try(self._real(path).unlink)

    def rmdir(self, path: str) -> int:
        if self._parts(path)[0] != "in" or len(self._parts(path)) != 2:
            return SFTP_PERMISSION_DENIED
        return _try(self._real(path).rmdir)

    def rename(self, oldpath: str, newpath: str) -> int:
        """Within `/in`, never onto something that is there: that is what makes a name a lock."""
        source, target = self._real(oldpath), self._real(newpath)
        places = [self._parts(path) for path in (oldpath, newpath)]
        if any(parts[0] != "in" or len(parts) not in (2, 3) for parts in places):
            return SFTP_PERMISSION_DENIED
        if target.exists() or not source.exists():
            return SFTP_FAILURE if target.exists() else SFTP_NO_SUCH_FILE
        ticket = _ticket_in_sight(source, target, len(places[1]))
        if ticket is None:
            is_stray = source.is_file() and target.name.endswith(TICKET) and len(places[1]) == 2
            return SFTP_PERMISSION_DENIED if is_stray else _try(lambda: source.rename(target))
        return self._hand_over(source, target, ticket)

    posix_rename = rename

    def _hand_over(self, source: Path, target: Path, ticket: Path) -> int:
        house = self._visit.house
        arrival = house.announce(ticket)
        if not arrival.is_taken:
            cut(self._visit.connection)
            return SFTP_FAILURE
        outcome = _try(lambda: source.rename(target))
        if outcome == SFTP_OK:
            house.collect(target if target.is_dir() else target.parent, arrival)
        if not arrival.is_answered:
            cut(self._visit.connection)
        return outcome


def _ticket_in_sight(source: Path, target: Path, depth: int) -> Path | None:
    """The ticket that this rename brings into sight, where it lies now; None when it brings none."""
    folder = target if depth == 2 else target.parent
    if folder.name.endswith(UNFINISHED):
        return None
    if depth == 3:
        return source if target.name.endswith(TICKET) else None
    return next(iter(sorted(source.glob(f"*{TICKET}"))), None) if source.is_dir() else None


class _Handle(paramiko.SFTPHandle):
    def __init__(self, path: Path, flags: int) -> None:
        super().__init__(flags)
        is_new = flags & (os.O_CREAT | os.O_TRUNC)
        mode = "wb" if is_new else "r+b" if flags & (os.O_WRONLY | os.O_RDWR) else "rb"
        if flags & os.O_EXCL and path.exists():
            raise FileExistsError(errno.EEXIST, "the file is there already", str(path))
        file = path.open(mode)
        self._file = file
        self.readfile = file
        self.writefile = file

    def stat(self) -> paramiko.SFTPAttributes | int:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self._file.fileno()))

    def chattr(self, attr: paramiko.SFTPAttributes) -> int:
        del attr
        return SFTP_OK


def _try(step: Callable[[], object]) -> int:
    try:
        step()
    except OSError as error:
        return _code(error)
    return SFTP_OK


def _code(error: OSError) -> int:
    return paramiko.SFTPServer.convert_errno(error.errno or errno.EIO)
