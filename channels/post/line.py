"""One SFTP connection to the print house: host key pinned, login by key or password, every failure sorted.

An operation ends in its result, in an OSError that the house said (FileNotFoundError, PermissionError, ...), or in
LineBroke: no answer came, and what was asked for may have been done.
"""

import contextlib
import io
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import paramiko
from paramiko.pkey import UnknownKeyType
from paramiko.ssh_exception import IncompatiblePeer

from channels.contract import ChannelFailure, Misconfigured, Unavailable
from channels.post.host_key import HostKeys
from channels.settings import Secret

Result = TypeVar("Result")


class LineBroke(Exception):
    """The connection broke, or the house was silent for too long."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are at the house. With a key and a password both are given where the house asks for both."""

    username: str
    password: Secret | None
    key: paramiko.PKey | None


@dataclass(frozen=True, slots=True)
class Gate:
    """Where the house is, by what it is known, and how long (in seconds) each step may take."""

    host: str
    port: int
    host_keys: HostKeys
    connect: float
    answer: float

    @property
    def name(self) -> str:
        return f"{self.host}:{self.port}"


class Line:
    """An open connection."""

    def __init__(self, transport: paramiko.Transport, sftp: paramiko.SFTPClient, folder: str) -> None:
        """folder: one that must be there, to ask after."""
        self._transport, self._sftp, self._folder = transport, sftp, folder

    def is_alive(self) -> bool:
        """Whether the house still answers."""
        try:
            self._ask(lambda: self._sftp.stat(self._folder))
        except (LineBroke, OSError):
            return False
        return True

    def close(self) -> None:
        """Close the connection and end its thread."""
        self._transport.close()

    def make_folder(self, path: str) -> None:
        self._ask(lambda: self._sftp.mkdir(path))

    def exists(self, path: str) -> bool:
        try:
            self._ask(lambda: self._sftp.stat(path))
        except FileNotFoundError:
            return False
        return True

    def names(self, folder: str) -> list[str]:
        """The names in a folder, in no order."""
        return self._ask(lambda: [entry.filename for entry in self._sftp.listdir_iter(folder)])

    def read(self, path: str, limit: int) -> bytes:
        """The first bytes of a file, one more than `limit` where it is larger."""
        with io.BytesIO() as content:

            def fetch() -> bytes:
                with self._sftp.open(path, "rb") as file:
                    content.write(file.read(limit + 1))
                return content.getvalue()

            return self._ask(fetch)

    def write(self, path: str, content: bytes) -> None:
        """A whole file, in place of one of that name. The house says its size afterwards, which is compared."""
        self._ask(lambda: self._sftp.putfo(io.BytesIO(content), path, len(content), confirm=True))

    def rename(self, path: str, target: str) -> None:
        """Fails where the target is there (draft-ietf-secsh-filexfer-02, 6.5)."""
        self._ask(lambda: self._sftp.rename(path, target))

    def remove(self, path: str) -> None:
        self._ask(lambda: self._sftp.remove(path))

    def _ask(self, step: Callable[[], Result]) -> Result:
        try:
            return step()
        except (paramiko.SSHException, paramiko.SFTPError, EOFError, TimeoutError, ConnectionError) as error:
            raise LineBroke(str(error) or type(error).__name__) from error
        except OSError as error:
            channel = self._sftp.get_channel()
            if not self._transport.is_active() or channel is None or channel.closed:
                raise LineBroke(str(error)) from error
            raise


def connect(gate: Gate, account: Account, folder: str) -> Line:
    """A new connection. Raises Unavailable, Misconfigured; nothing was handed over then."""
    try:
        with contextlib.ExitStack() as stack:
            transport = _transport(gate, stack)
            _check_host_key(gate, transport)
            _log_in(transport, account)
            sftp = paramiko.SFTPClient.from_transport(transport)
            if sftp is None:
                raise paramiko.SSHException("the house opened no SFTP session")
            channel = sftp.get_channel()
            if channel is not None:
                channel.settimeout(gate.answer)
            stack.pop_all()
            return Line(transport, sftp, folder)
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _failure(gate, error) from error


def _transport(gate: Gate, stack: contextlib.ExitStack) -> paramiko.Transport:
    line = socket.create_connection((gate.host, gate.port), gate.connect)
    stack.callback(line.close)
    transport = paramiko.Transport(line)
    stack.callback(transport.close)
    transport.banner_timeout = transport.handshake_timeout = gate.connect
    transport.auth_timeout = transport.channel_timeout = gate.connect
    transport.get_security_options().key_types = gate.host_keys.algorithms
    transport.start_client(timeout=gate.connect)
    return transport


def _check_host_key(gate: Gate, transport: paramiko.Transport) -> None:
    shown = transport.get_remote_server_key()
    if shown.asbytes() not in gate.host_keys.blobs:
        text = (
            f"{gate.name} shows another host key than the one in `host_key`: {shown.get_name()} {shown.fingerprint}. "
            "Nothing was sent, not even our login. Ask the print house whether it changed its key; if it did not, "
            "somebody stands between us"
        )
        raise Misconfigured("post.host_key", text)


def _log_in(transport: paramiko.Transport, account: Account) -> None:
    if account.key is not None:
        still_wanted = transport.auth_publickey(account.username, account.key)
        if not still_wanted:
            return
    if account.password is None:
        raise paramiko.AuthenticationException("the house wants more than a key")
    transport.auth_password(account.username, account.password.reveal())


def _failure(gate: Gate, error: Exception) -> ChannelFailure:
    if isinstance(error, IncompatiblePeer):
        text = f"{gate.name} and we have no algorithm in common: {error}. Check the type of key in `host_key`"
        return Misconfigured("post.algorithms", text)
    # Paramiko says with the same class that the login was refused and that no answer to it came.
    if isinstance(error, paramiko.AuthenticationException) and not _is_silence(error):
        text = f"{gate.name} does not let us in: {error}. Check `username`, `password` and `key_file`"
        return Misconfigured("post.credentials", text)
    why = str(error) or type(error).__name__
    return Unavailable("post.unreachable", f"{gate.name} can't be reached: {why}. Nothing was sent")


def _is_silence(error: paramiko.AuthenticationException) -> bool:
    return any(words in str(error) for words in ("timeout", "shut down"))


def load_key(path: Path, password: Secret | None) -> paramiko.PKey:
    """A private key. Raises ValueError saying why it can't be opened, without a word of it."""
    opening = password.reveal().encode() if password is not None else None
    try:
        return paramiko.PKey.from_path(path, opening)  # type: ignore[arg-type]  # cryptography behind it wants bytes
    except UnknownKeyType:
        raise ValueError(f"{path} holds a key that is not Ed25519, ECDSA or RSA") from None
    except (paramiko.SSHException, TypeError, ValueError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise ValueError(f"{path} can't be opened as a private key: {reason}") from None
