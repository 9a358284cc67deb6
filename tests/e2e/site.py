"""A whole installation beside the twin of its network, in one process: real doors, real channels, a clock by hand.

A site stands for the tests of a module; each test has an office in it: a tenant of its own, which sees nothing of the
others. The hops are run by hand, so that a test knows when they have run.
"""

import datetime
import io
import itertools
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from formats.en16931 import Invoice
from formats.ubl import FORMAT as UBL
from gateway.intake.accounts import add_key, add_sender, add_sftp_account, add_tenant
from gateway.intake.rule_books import import_rule_book
from gateway.pipeline.absorb import collect_notices
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.pipeline.release import Resend, resend
from gateway.pipeline.timers import run_timers
from gateway.settings import Settings
from gateway.store import log, parties
from gateway.store.log import Search, Whole
from gateway.wiring.building import Installation, open_installation
from gateway.wiring.serving import doors
from simulators.script import read_rule
from simulators.sdi_courier import Endpoint
from simulators.twin import Twin
from tests.clocks import MovableClock
from tests.e2e.cable import Cable

PATIENCE = 30.0
POLLED = ("peppol", "post")
LARGEST = 3_000_000  # bytes of a file: small, so that a test need not make a large one

_numbers = itertools.count(1)


def table_of(data: Mapping[str, object], name: str) -> dict[str, object]:
    """A table inside a table."""
    found = data[name]
    assert isinstance(found, dict)
    return found


def settings_for(twin: Twin, database: str, folder: Path, relay_port: int) -> Settings:
    """Every address and key that the twin gives; attempts and rests short enough to be lived through.

    relay_port: where the mail relay is reached
    """
    ready = twin.ready()
    notices = table_of(table_of(ready, "sdi"), "notices")
    return Settings.model_validate(
        {
            "DATABASE_URL": database,
            "data": folder,
            "api": {"port": 0},
            "sftp": {"port": 0},
            "limits": {"file": LARGEST},
            "notices": {
                "port": 0,
                "certificate_file": notices["server_certificate"],
                "key_file": notices["server_key"],
                "client_ca_file": notices["client_ca"],
                "client_name": notices["client_common_name"],
            },
            "signing": {"certificate_file": folder / "sign.pem", "key_file": folder / "sign.key"},
            "work": {"retry_first": 10, "retry_attempts": 3, "breaker_threshold": 2, "breaker_rest": 60},
            "channels": channels_of(ready, relay_port),
        }
    )


def channels_of(ready: Mapping[str, object], relay_port: int) -> dict[str, object]:
    """The tables of the four channels."""
    ap, sdi, smtp, house = (table_of(ready, name) for name in ("access_point", "sdi", "smtp", "print"))
    return {
        "peppol": {"kind": "phoss-ap", "url": ap["url"], "token": ap["token"], "ca_file": ap["ca"]},
        "sdi": {
            "url": sdi["url"],
            "certificate_file": sdi["client_certificate"],
            "key_file": sdi["client_key"],
            "ca_file": sdi["ca"],
        },
        "mail": {
            **{name: smtp[name] for name in ("host", "username", "password", "security")},
            "port": relay_port,
            "ca_file": smtp["ca"],
            "packing": {"from": "Invoices <invoices@gateway.example>"},
        },
        "post": {
            **{name: house[name] for name in ("host", "port", "username", "password", "host_key")},
            "drop_folder": house["drop"],
            "status_folder": house["status"],
        },
    }


@dataclass(frozen=True, slots=True)
class Site:
    """The installation, the twin beside it, and where the doors are.

    cable:  between the gateway and the mail relay
    """

    twin: Twin
    cable: Cable
    installation: Installation
    where: Mapping[str, object]
    clock: MovableClock
    folder: Path

    @property
    def api(self) -> str:
        """Where the API is."""
        return str(self.where["api"])

    def let_pass(self, **time_of_it: float) -> None:
        """Time goes by, here and at the far ends: `let_pass(hours=1)`. What becomes due there is done."""
        passed = datetime.timedelta(**time_of_it)
        self.clock.let_pass(passed)
        assert self.twin.advance(passed.total_seconds()), "the twin has not finished what became due"

    def script(self, party: str, behaviour: str, **rule: object) -> None:
        """How a party of the twin behaves: see `simulators/script.py`."""
        self.twin.script.add(party, read_rule(party, {"behaviour": behaviour, **rule}))

    def install_signing(self, certificate: Path, key: Path) -> None:
        """The signing certificate and its key, put in the place of those before them."""
        for source, name in ((key, "sign.key"), (certificate, "sign.pem")):
            new = self.folder / f"{name}.new"
            new.write_bytes(source.read_bytes())
            new.chmod(0o600)
            new.replace(self.folder / name)


@contextmanager
def site(database: str, folder: Path) -> Iterator[Site]:
    """A site, its doors open, SDI told where its notices go."""
    with Twin(pace="real") as twin, ExitStack() as stack:
        cable = Cable(twin.smtp.port)
        stack.callback(cable.cut)
        clock = MovableClock(twin.clock.now())
        settings = settings_for(twin, database, folder, cable.port)
        with open_installation(settings, clock=clock) as installation, doors(installation) as where:
            twin.notify(Endpoint(f"{where['notices']}/TrasmissioneFatture"))
            made = Site(twin, cable, installation, where, clock, folder)
            made.install_signing(twin.pki.signer.certificate, twin.pki.signer.key)
            yield made


def new_key() -> paramiko.Ed25519Key:
    """A key of an SFTP client."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    return paramiko.Ed25519Key(file_obj=io.StringIO(pem.decode()))


@dataclass(frozen=True, slots=True)
class Office:
    """A tenant of a site, with one sender and its ways in."""

    site: Site
    tenant: uuid.UUID
    sender_id: uuid.UUID
    api_key: str
    username: str
    sftp_key: paramiko.Ed25519Key = field(repr=False)

    # --- in

    def submit(self, content: bytes, name: str = "in.xml", key: str | None = None) -> httpx.Response:
        """A file comes in over the API, a second after the one before."""
        self.site.let_pass(seconds=1)
        headers = {"Authorization": f"Bearer {self.api_key}", **({"Idempotency-Key": key} if key else {})}
        return httpx.post(
            f"{self.site.api}/v1/submissions",
            params={"file_name": name},
            content=content,
            headers=headers,
            trust_env=False,
            timeout=PATIENCE,
        )

    def send(self, *invoices: Invoice) -> None:
        """Invoices come in over the API, one file each, and go as far as they get."""
        for invoice in invoices:
            answer = self.submit(as_ubl(invoice), f"{str(invoice.number).replace('/', '-')}.xml")
            assert answer.status_code == 202, answer.text
        self.work()

    @contextmanager
    def sftp(self) -> Iterator[paramiko.SFTPClient]:
        """A client of the SFTP door."""
        port = table_of(self.site.where, "sftp")["port"]
        transport = paramiko.Transport(("127.0.0.1", int(str(port))))
        try:
            transport.connect(username=self.username, pkey=self.sftp_key)
            client = paramiko.SFTPClient.from_transport(transport)
            assert client is not None
            yield client
        finally:
            transport.close()

    # --- the hops

    def work(self) -> None:
        """Every hop, again and again until nothing is due: a fallback has its turn as well."""
        house = self.site.installation.house
        hops: list[Callable[[], int]] = [
            lambda: read_waiting(house, self.tenant),
            lambda: prepare_waiting(house, self.tenant),
            *(self._dispatching(name) for name in house.channels),
        ]
        for _ in range(20):
            if not sum(hop() for hop in hops):
                return
        raise AssertionError("there is no end to it")

    def _dispatching(self, channel: str) -> Callable[[], int]:
        return lambda: dispatch_waiting(self.site.installation.house, self.tenant, channel)

    def later(self, **time_of_it: float) -> None:
        """Time goes by, the far ends have spoken, and we have asked, concluded and worked."""
        self.site.let_pass(**time_of_it)
        house = self.site.installation.house
        for channel in POLLED:
            collect_notices(house, self.tenant, channel)
        run_timers(house, self.tenant)
        self.work()

    # --- the log

    def all(self) -> list[Whole]:
        """Every document, oldest first."""
        with self.site.installation.store.of(self.tenant) as transaction:
            shown = log.search(transaction, Search(limit=500)).documents
            found = [log.document(transaction, one.public_id) for one in shown]
        return [one for one in reversed(found) if one is not None]

    def one(self, number: str | None = None) -> Whole:
        """The one document there is, or the one that has this number and is not a double."""
        found = [one for one in self.all() if number in (None, one.document.number)]
        assert len(found) == 1, [(one.document.number, one.document.processing) for one in found]
        return found[0]

    def raw(self, sha256: str) -> bytes:
        """What the archive holds under a hash."""
        return self.site.installation.archive.get(self.tenant, sha256)

    def release(self, whole: Whole, reason: str = "looked at it") -> str:
        """Support sets a document going again, and it goes as far as it gets."""
        order = Resend(whole.document.public_id, "mira@support.example", reason)
        with self.site.installation.store.of(self.tenant) as transaction:
            said = resend(transaction, order, self.site.clock.now())
        self.work()
        return said

    def rules(self, book: str) -> None:
        """This rule book, in the place of the default one; as an older gateway kept it, whose ways nobody looked at."""
        with self.site.installation.store.of(self.tenant) as transaction:
            import_rule_book(transaction, book.encode(), "test", self.site.clock.now(), lambda way: "")


def office(at: Site, settings: Mapping[str, object] | None = None) -> Office:
    """A new office, with the default rules."""
    number, store, now, key = next(_numbers), at.installation.store, at.clock.now(), new_key()
    tenant = add_tenant(store, f"Office {number}", now)
    with store.of(tenant) as transaction:
        sender_id = add_sender(transaction, "ERP", settings or {}, now)
        token = add_key(transaction, sender_id, "erp", now).text
        (sender,) = parties.senders(transaction)
    username = f"erp-{number}"
    add_sftp_account(store, sender, username, now, public_keys=[f"{key.get_name()} {key.get_base64()}"])
    return Office(at, tenant, sender_id, token, username, key)


def as_ubl(invoice: Invoice) -> bytes:
    """The invoice as a sender would send it."""
    assert UBL.write is not None
    return UBL.write(invoice).content


def eventually(what: Callable[[], bool]) -> None:
    """Wait until it is so; fail where it does not become so."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)
