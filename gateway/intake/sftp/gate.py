"""Who may come in: by public key or by password, to the SFTP subsystem and to nothing else.

Whoever guesses learns nothing: for an unknown name, a disabled account and a wrong secret the answer and the work for
it are the same.
"""

import base64
import binascii
import threading
import uuid
from collections.abc import Collection
from typing import Final

import paramiko
import structlog
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_FAILED_RESOURCE_SHORTAGE,
    OPEN_SUCCEEDED,
)

from gateway.errors import TooBusy
from gateway.ids import session_token
from gateway.intake.passwords import hash_password, verify_password
from gateway.intake.sftp.guests import Guest, Guests
from gateway.store import access
from gateway.store.access import SftpAccount
from gateway.store.session import Store

log = structlog.get_logger()

_VERIFIED_AT_ONCE: Final = 2
_LONGEST_NAME: Final = 64
_SHORTEST_RSA: Final = 2_048
_CHANNELS: Final = 1_000
_SESSIONS: Final = 8


class Doorkeeper:
    """Knows the accounts; shared by all connections, because verifying a password takes 19 MiB."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._nobody = hash_password(session_token())
        self._at_once = threading.BoundedSemaphore(_VERIFIED_AT_ONCE)

    def by_password(self, username: str, password: str) -> SftpAccount | None:
        """The account that this name and password open."""
        account = self._open_account(username)
        kept = account.password_hash if account is not None else None
        with self._at_once:
            is_right = verify_password(kept or self._nobody, password)
        return account if is_right and kept else None

    def by_key(self, username: str, key: paramiko.PKey) -> SftpAccount | None:
        """The account that this name and key open; that the client holds the key is proved by its signature."""
        account = self._open_account(username)
        if account is None or (key.get_name() == "ssh-rsa" and key.get_bits() < _SHORTEST_RSA):
            return None
        return account if key.asbytes() in _keys(account) else None

    def shut_out(self, accounts: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
        """Those of these accounts that were disabled since they came in."""
        if not accounts:
            return frozenset()
        with self._store.across() as across:
            return frozenset(accounts) - access.open_sftp_accounts(across, accounts)

    def _open_account(self, username: str) -> SftpAccount | None:
        if len(username) > _LONGEST_NAME or not username.isprintable():
            return None
        with self._store.across() as across:
            account = access.sftp_account(across, username)
        return account if account is not None and not account.disabled else None


class Gate(paramiko.ServerInterface):
    """The decisions about one connection, asked by paramiko. All that is not answered here is refused by it."""

    def __init__(self, doorkeeper: Doorkeeper, guests: Guests, guest: Guest) -> None:
        self.account: SftpAccount | None = None
        self.guest = guest
        self._doorkeeper, self._guests = doorkeeper, guests
        self._channels = 0
        self._sessions: set[int] = set()

    def get_allowed_auths(self, username: str) -> str:
        """The same for everybody."""
        del username
        return "publickey,password"

    def check_auth_password(self, username: str, password: str | bytes) -> int:
        """By name and password; it comes as bytes where it is not UTF-8, and opens nothing then."""
        if not isinstance(password, str):
            return self._decided(username, "password", None)
        return self._decide(username, "password", password)

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        """By name and key."""
        return self._decide(username, "public key", key)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        """A session for who has logged in, as long as there is room; no forwarding of any kind."""
        del chanid
        self._channels += 1
        if kind != "session" or self.account is None:
            return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED
        try:
            self._guests.enter(self.guest, self.account.id)
        except TooBusy as error:
            log.warning("a session was refused", username=self.account.username, reason=error.problem)
            return OPEN_FAILED_RESOURCE_SHORTAGE
        return OPEN_SUCCEEDED if self._channels <= _CHANNELS else OPEN_FAILED_RESOURCE_SHORTAGE

    def check_channel_subsystem_request(self, channel: paramiko.Channel, name: str) -> bool:
        """SFTP, once a channel; paramiko starts it where it is registered."""
        if channel.chanid in self._sessions or len(self._sessions) >= _SESSIONS:
            return False
        self._sessions.add(channel.chanid)
        return super().check_channel_subsystem_request(channel, name)

    def session_ended(self, channel: paramiko.Channel) -> None:
        """A channel is through; another one may be opened."""
        self._sessions.discard(channel.chanid)

    def _decide(self, username: str, way: str, proof: str | paramiko.PKey) -> int:
        if not self._guests.may_try(self.guest):
            return self._decided(username, way, None)
        try:
            if isinstance(proof, str):
                account = self._doorkeeper.by_password(username, proof)
            else:
                account = self._doorkeeper.by_key(username, proof)
        except Exception:
            log.exception("nobody could be let in at the SFTP door")
            return AUTH_FAILED
        return self._decided(username, way, account)

    def _decided(self, username: str, way: str, account: SftpAccount | None) -> int:
        self.account = account
        if account is None:
            self._guests.failed(self.guest)
            # A name that was typed may be a password in the wrong field: cut, and without signs that break the line.
            shown = ascii(username[:_LONGEST_NAME])
            log.warning("a login failed at the SFTP door", username=shown, way=way, network=self.guest.network)
            return AUTH_FAILED
        return AUTH_SUCCESSFUL


def _keys(account: SftpAccount) -> list[bytes]:
    """The public keys of an account as they go over the wire, whatever options and comments stand around them."""
    found = []
    for line in account.public_keys:
        for word in line.split():
            if word.startswith("AAAA"):
                try:
                    found.append(base64.b64decode(word, validate=True))
                except binascii.Error:
                    log.warning("a public key of an SFTP account is broken", username=account.username)
    return found
