"""An SFTP door with real senders behind it: database, archive, accounts, and clients that knock."""

import io
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from formats.ubl import FORMAT as UBL
from gateway.clock import Clock, SystemClock
from gateway.intake.passwords import hash_password
from gateway.intake.receive import Door
from gateway.intake.sftp import SftpDoor
from gateway.intake.sftp.answering import Answerer
from gateway.intake.sftp.disk import Caps
from gateway.intake.sftp.roots import Roots
from gateway.pipeline.house import House
from gateway.pipeline.read import read_waiting
from gateway.settings import SftpSettings
from gateway.store import access, log, parties
from gateway.store.records import Sender, SubmissionView
from gateway.store.session import Store
from tests.pipeline.house import SENDER, TENANT, small_house
from tests.samples import sample_invoice

OTHER_TENANT, OTHER_SENDER = uuid.UUID(int=11), uuid.UUID(int=12)
USER, OTHER_USER = "north-erp", "south-erp"
PASSWORD = "a long enough password"
PATIENCE = 20.0


def ubl(number: str = "2026-0001") -> bytes:
    """A sound invoice with this number."""
    assert UBL.write is not None
    return UBL.write(sample_invoice(number=number)).content


def new_key() -> paramiko.Ed25519Key:
    """A key of a client."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return paramiko.Ed25519Key(file_obj=io.StringIO(pem.decode()))


def eventually(what: Callable[[], bool]) -> None:
    """Wait until it is so; fail where it does not become so."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


@dataclass(slots=True)
class Premises:
    """What stands behind a door, and the keys that open it."""

    house: House
    receiving: Door
    folder: Path
    key: paramiko.Ed25519Key = field(default_factory=new_key)
    other_key: paramiko.Ed25519Key = field(default_factory=new_key)

    @contextmanager
    def door(self, **settings: object) -> Iterator[SftpDoor]:
        """The door, open."""
        given = SftpSettings.model_validate({"port": 0, **settings})
        with SftpDoor(given, self.folder, self.receiving) as door:
            yield door

    def answerer(self) -> Answerer:
        """What answers, without a door."""
        return Answerer(self.receiving, Roots(self.folder, Caps(1_000_000, 1_000, 10_000_000)))

    def read(self, tenant: uuid.UUID = TENANT) -> None:
        """The worker reads what has come in."""
        while read_waiting(self.house, tenant):
            pass

    def submissions(self, tenant: uuid.UUID = TENANT) -> list[SubmissionView]:
        """What was taken in, oldest first."""
        with self.house.store.of(tenant) as transaction:
            return list(reversed(log.submissions(transaction, limit=1_000)))

    def folder_of(self, name: str, tenant: uuid.UUID = TENANT, sender: uuid.UUID = SENDER) -> list[str]:
        """The names in one of a sender's real folders."""
        return sorted(one.name for one in (self.folder / str(tenant) / str(sender) / name).iterdir())


def premises(store: Store, folder: Path, clock: Clock | None = None, max_bytes: int = 1_000_000) -> Premises:
    """Two tenants with a sender and an account each."""
    small = small_house(store, folder / "archive")
    clock = clock or SystemClock()
    made = Premises(small.house, Door(store, small.house.archive, clock, max_bytes), folder / "sftp")
    with store.of(OTHER_TENANT) as transaction:
        parties.add_tenant(transaction, OTHER_TENANT, "South", clock.now())
        parties.add_sender(transaction, Sender(OTHER_TENANT, OTHER_SENDER, "erp", {}), clock.now())
    for tenant, sender, user, key in (
        (TENANT, SENDER, USER, made.key),
        (OTHER_TENANT, OTHER_SENDER, OTHER_USER, made.other_key),
    ):
        with store.of(tenant) as transaction:
            access.add_sftp_account(
                transaction,
                sender_id=sender,
                username=user,
                password_hash=hash_password(PASSWORD),
                public_keys=[f"{key.get_name()} {key.get_base64()} somebody@example"],
                now=clock.now(),
            )
    return made


@contextmanager
def line(door: SftpDoor) -> Iterator[paramiko.Transport]:
    """A connection that knows the door's key and has not logged in."""
    transport = paramiko.Transport(("127.0.0.1", door.port))
    try:
        transport.start_client(timeout=PATIENCE)
        assert f"{door.host_key.split()[1]}" == transport.get_remote_server_key().get_base64()
        yield transport
    finally:
        transport.close()


@contextmanager
def client(door: SftpDoor, key: paramiko.PKey, user: str = USER) -> Iterator[paramiko.SFTPClient]:
    """A client that has logged in by its key."""
    with line(door) as transport:
        transport.auth_publickey(user, key)
        opened = paramiko.SFTPClient.from_transport(transport)
        assert opened is not None
        with opened:
            yield opened


def drop(sftp: paramiko.SFTPClient, path: str, content: bytes) -> None:
    """A plain upload that looks at the answer to each write; `put` looks back at the file instead."""
    with sftp.open(path, "wb") as file:
        file.write(content)
