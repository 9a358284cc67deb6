"""The SFTP door: listens, lets in, sends away, takes in what was left, and answers.

    with SftpDoor(settings.sftp, folder, receiving) as door:
        door.port, door.host_key

One folder has one door: a second one on the same folder does not open. Two doors on two machines share a folder or have
senders of their own, since answers lie where the door is that writes them.
"""

import fcntl
import logging
import os
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import paramiko
import structlog

from gateway.errors import SettingWrong, TooBusy
from gateway.intake.receive import Door
from gateway.intake.sftp.answering import Answerer
from gateway.intake.sftp.disk import Caps
from gateway.intake.sftp.gate import Doorkeeper, Gate
from gateway.intake.sftp.guests import Guest, Guests
from gateway.intake.sftp.host_key import host_key, public_line
from gateway.intake.sftp.roots import Roots
from gateway.intake.sftp.session import Session
from gateway.intake.sftp.subsystem import BoundedPackets, Subsystem
from gateway.intake.sftp.taking import Taker
from gateway.settings import SftpSettings

log = structlog.get_logger()

_BACKLOG: Final = 128
_LOOK_EVERY: Final = 0.25
_ANSWER_EVERY: Final = 0.3
# SECURITY.md promises five seconds.
_LOOK_AT_ACCOUNTS_EVERY: Final = 2.0
_LOOKS_BETWEEN_LEFTOVERS: Final = 30
_TO_STOP: Final = 10.0
_TO_ANSWER: Final = 2.0
_TRANSPORT_LOG: Final = "gateway.sftp.transport"

# What paramiko still offers for the sake of old programs: CBC, 3DES, SHA-1 and MD5.
_TOO_OLD: Final = {
    "ciphers": ["aes128-cbc", "aes192-cbc", "aes256-cbc", "3des-cbc"],
    "macs": ["hmac-sha1", "hmac-md5", "hmac-sha1-96", "hmac-md5-96"],
}


@dataclass(frozen=True, slots=True, eq=False)
class _Connection:
    guest: Guest
    transport: paramiko.Transport


class SftpDoor:
    """The door while it is open. `port` and `host_key` are known once it is."""

    def __init__(self, settings: SftpSettings, folder: Path, receiving: Door) -> None:
        """folder: where the host key and all senders' files lie; receiving: what becomes of a complete upload."""
        caps = Caps(min(settings.max_file, receiving.max_bytes), settings.max_files, settings.max_bytes)
        self._settings, self._folder, self._clock = settings, folder, receiving.clock
        self._guests = Guests(settings, receiving.clock)
        self._doorkeeper = Doorkeeper(receiving.store)
        self._roots = Roots(folder, caps)
        self._taker = Taker(receiving)
        self._answerer = Answerer(receiving, self._roots)
        self._connections: list[_Connection] = []
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self.port = 0
        self.host_key = ""

    def start(self) -> None:
        """Open the door. Raises SettingWrong where the folder or the host key cannot be used, OSError for the port."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = _only_door(self._folder)
        try:
            self._key = host_key(self._folder)
            self._listener = socket.create_server((self._settings.host, self._settings.port), backlog=_BACKLOG)
        except BaseException:
            os.close(self._lock)
            raise
        self._listener.settimeout(_LOOK_EVERY)
        self.port = int(self._listener.getsockname()[1])
        self.host_key = public_line(self._key)
        # What strangers say on the line is logged as what it means (a failed login), not as a traceback a scan.
        logging.getLogger(_TRANSPORT_LOG).setLevel(logging.CRITICAL)
        self._threads = [
            threading.Thread(target=self._listen, name="sftp door", daemon=True),
            threading.Thread(target=self._answer, name="sftp answers", daemon=True),
            threading.Thread(target=self._shut_out, name="sftp accounts", daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        log.info("the SFTP door is open", host=self._settings.host, port=self.port)

    def stop(self) -> None:
        """Close the door: nobody comes in, what is being taken in is finished, and all lines are cut."""
        self._closing.set()
        for thread in self._threads:
            thread.join(_TO_STOP)
        self._listener.close()
        self._taker.close()
        self._guests.wait_for_answers(_TO_ANSWER)
        for connection in self._connections:
            connection.transport.close()
        for connection in self._connections:
            connection.transport.join(_TO_STOP)
        self._connections.clear()
        os.close(self._lock)
        log.info("the SFTP door is closed")

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- one thread: who comes and goes

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                line, address = self._listener.accept()
            except TimeoutError:
                self._send_away()
                continue
            except OSError as error:
                # Too many open files, mostly: those who are here will go.
                log.warning("nobody can come in at the SFTP door", reason=error.strerror)
                self._closing.wait(_LOOK_EVERY)
                self._send_away()
                continue
            self._send_away()
            self._receive(line, str(address[0]))

    def _receive(self, line: socket.socket, address: str) -> None:
        try:
            guest = self._guests.arrive(address)
        except TooBusy as error:
            log.warning("a connection to the SFTP door was refused", address=address, reason=error.problem)
            line.close()
            return
        try:
            self._let_in(line, guest)
        except (OSError, paramiko.SSHException) as error:
            log.info("a connection to the SFTP door ended at once", reason=str(error))
            self._guests.leave(guest)
            line.close()

    def _let_in(self, line: socket.socket, guest: Guest) -> None:
        # Without it, every small answer waits for the acknowledgement of the one before: half the files a second.
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = paramiko.Transport(line, disabled_algorithms=_TOO_OLD, packetizer_class=BoundedPackets)
        transport.local_version = "SSH-2.0-gateway"
        transport.set_log_channel(_TRANSPORT_LOG)
        transport.add_server_key(self._key)
        transport.set_subsystem_handler("sftp", Subsystem, self._guests, self._session)
        transport.start_server(threading.Event(), Gate(self._doorkeeper, self._guests, guest))
        guest.is_here = transport.is_active
        self._connections.append(_Connection(guest, transport))

    def _send_away(self) -> None:
        staying = []
        for connection in self._connections:
            if connection.transport.is_active() and not self._guests.is_overdue(connection.guest):
                staying.append(connection)
                continue
            connection.transport.close()
            self._guests.leave(connection.guest)
        self._connections = staying

    def _session(self, gate: Gate) -> Session:
        account = gate.account
        if account is None:
            raise paramiko.SSHException("no session without a login")
        log.info("a session begins at the SFTP door", username=account.username, tenant=str(account.tenant))
        return Session(self._roots.of(account.tenant, account.sender_id), self._taker, self._clock)

    # --- another thread: whose account was disabled

    def _shut_out(self) -> None:
        """Cut the lines of accounts that were disabled. While the database is away nobody is sent away for that."""
        while not self._closing.wait(_LOOK_AT_ACCOUNTS_EVERY):
            here = list(self._connections)
            try:
                shut_out = self._doorkeeper.shut_out({one.guest.account for one in here if one.guest.account})
            except Exception:
                log.exception("accounts of the SFTP door could not be looked at; tried again")
                continue
            for connection in here:
                if connection.guest.account in shut_out:
                    log.warning("a session was ended: its account is disabled", account=str(connection.guest.account))
                    connection.transport.close()

    # --- another thread: what was left, and the answers

    def _answer(self) -> None:
        looks = 0
        while not self._closing.is_set():
            try:
                if looks % _LOOKS_BETWEEN_LEFTOVERS == 0:
                    self._take_leftovers(everybodys=looks == 0)
                looks += 1
                while self._answerer.answer_waiting() and not self._closing.is_set():
                    pass
            except Exception:
                log.exception("senders could not be answered; the SFTP door tries again")
            self._closing.wait(_ANSWER_EVERY)

    def _take_leftovers(self, *, everybodys: bool) -> None:
        for root in self._roots.on_disk() if everybodys else self._roots.known():
            if taken := self._taker.take_waiting(root):
                log.info("files that were left waiting are taken in", tenant=str(root.tenant), count=taken)


def _only_door(folder: Path) -> int:
    """Hold the folder for this door alone. Raises SettingWrong where another one does."""
    descriptor = os.open(folder / "door.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise SettingWrong("data", f"another SFTP door has {folder} open", "Stop the other gateway first.") from None
    return descriptor
