"""The scene of a crash: seven example invoices for four channels, with a network twin, a database and an archive.

Everything speaks its real protocol over loopback. The documents wait in a database that is copied for each run; what
happens from there on is the business of the processes of the gateway.
"""

import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gateway.api.notices import create_notices_app
from gateway.archive import Archive, open_archive
from gateway.clock import SystemClock
from gateway.intake.receive import Door, Incoming, receive
from gateway.intake.rule_books import import_rule_book
from gateway.lifecycle import Headline
from gateway.pipeline.absorb import absorb
from gateway.pipeline.house import House
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.settings import LimitSettings, Settings, WorkSettings
from gateway.store import log, parties
from gateway.store.log import Search, Whole
from gateway.store.records import Sender
from gateway.store.session import Store, open_store
from gateway.wiring.building import open_installation
from gateway.wiring.listening import Tls, listening
from gateway.wiring.notices import read_sdi_delivery
from simulators.pki import Pki
from simulators.sdi_courier import Endpoint
from simulators.twin import Twin
from tests.crash.stable import Process, Stable
from tests.databases import database

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = ("seeblick-R-26-0401.xml", "other-companies.json", "rechnungen-november.csv")
# number -> the channels by which it goes, first choice first
WAYS = {
    "R-26-0401": ("peppol",),
    "2026/PA-5": ("sdi",),
    "FE-26-118": ("mail",),
    "R-26-0311": ("mail",),
    "R-26-0312": ("post",),
    "R-26-0313": ("post",),
    "R-26-0314": ("peppol", "mail"),  # the access point does not know the buyer
}
PACE = "demo,mls=0.05,rc=0.05,ne=0.05,dt=0.05,notice_retry=0.1,taken=0.05,printed=0.05,posted=0.05"
WORK = {
    "lease": 3.0,  # longer than a slow machine takes for one parcel: what is merely slow must not count as dead
    "tick": 0.25,
    "batch": 3,
    "collect_every": 0.3,
    "quiet_mail": 0.2,
    "quiet_post": 0.2,
    "retry_first": 0.2,
    "breaker_rest": 0.2,
}
TENANT, SENDER = uuid.UUID(int=1), uuid.UUID(int=2)
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Prepared:
    """What every run begins with. templates: by how far the documents have come, a database to copy.

    unread:  the submissions are taken in, nothing else
    packed:  every document has its way and its parcel; nothing has left
    """

    server: str
    templates: Mapping[str, str]
    archive: Path
    keys: Pki
    stable: Stable


def take_in(url: str, archive: Path) -> None:
    """Fill a database and an archive: a tenant, its rules and recipients, and the submissions, unread."""
    clock = SystemClock()
    with closing(open_store(url, connections=1)) as store:
        door = Door(store, open_archive(str(archive)), clock, 1_000_000)
        with store.of(TENANT) as transaction:
            parties.add_tenant(transaction, TENANT, "North", clock.now())
            parties.add_sender(transaction, Sender(TENANT, SENDER, "erp", {}), clock.now())
            for book in ("rules.yaml", "recipients.yaml"):
                import_rule_book(transaction, (EXAMPLES / book).read_bytes(), "the test", clock.now(), lambda way: "")
        for name in FILES:
            receive(door, Incoming(TENANT, SENDER, "sftp", name, (EXAMPLES / "erp" / name).read_bytes()))


def pack(url: str, folder: Path, keys: Pki) -> None:
    """Read and prepare what was taken in, as a worker does."""
    with Twin(folder / "twin", pki=keys) as twin:
        given = settings(twin, url, folder) | {"work": WORK | {"lease": PATIENCE}}
        with open_installation(Settings.model_validate(given), connections=2) as installation:
            for hop in (read_waiting, prepare_waiting):
                while hop(installation.house, TENANT):
                    pass


@dataclass(frozen=True, slots=True)
class Scene:
    """One run: its twin, its database and archive, and the processes that it starts."""

    folder: Path
    twin: Twin
    url: str
    store: Store
    archive: Archive
    settings: dict[str, object]
    stable: Stable
    started: list[Process]

    def start(self, role: str = "work", *, end: str = "", poison: str = "", **work: object) -> Process:
        """A process of the gateway with these settings; work: settings of its work that differ."""
        settings = {**self.settings, "work": WORK | work}
        ready = str(self.folder / "ready.json")
        process = self.stable.start(role, self.folder, settings, end=end, poison=poison, ready=ready)
        self.started.append(process)
        return process

    def end(self) -> None:
        """None of its processes is left."""
        for process in self.started:
            process.kill()

    @property
    def journal(self) -> list[str]:
        """The points that its processes passed."""
        return [point for process in self.started for point in process.journal]

    def documents(self) -> list[Whole]:
        """Every document with all that belongs to it."""
        with self.store.of(TENANT) as transaction:
            page = log.search(transaction, Search(limit=200)).documents
            found = [log.document(transaction, one.public_id) for one in page]
        return [one for one in found if one is not None]

    def is_drained(self) -> bool:
        """Whether every document has come to an end, or to a person."""
        with self.store.of(TENANT) as transaction:
            unread = any(one.state == "received" for one in log.submissions(transaction, after=None, limit=100))
            return not unread and log.count(transaction, Search(headline=Headline.IN_PROGRESS)) == 0

    def wait(self, for_what: Callable[[], bool], words: str) -> None:
        """Wait for real processes, at most so long."""
        until = time.monotonic() + PATIENCE
        while not for_what():
            if time.monotonic() > until:
                logs = "\n\n".join(one.log[-2000:] for one in self.started)
                states = [(one.document.number, one.document.sentence) for one in self.documents()]
                raise AssertionError(f"{words}, not within {PATIENCE} seconds: {states}\n{logs}")
            time.sleep(0.1)

    def drain(self) -> None:
        """A worker that nothing happens to works until there is nothing left to do."""
        worker = self.start()
        self.wait(self.is_drained, "every document at its end")
        worker.kill()


@contextmanager
def scene(prepared: Prepared, folder: Path, stage: str) -> Iterator[Scene]:
    """A run of its own; whatever it started is gone afterwards. stage: how far the documents have come."""
    folder.mkdir(parents=True)
    shutil.copytree(prepared.archive, folder / "archive")
    archive = open_archive(str(folder / "archive"))
    with ExitStack() as stack:
        url = stack.enter_context(database(prepared.server, prepared.templates[stage]))
        store = stack.enter_context(closing(open_store(url, connections=3)))
        endpoint = stack.enter_context(_notices_door(prepared.keys, store, archive))
        twin = stack.enter_context(_twin(prepared.keys, folder, endpoint))
        run = Scene(folder, twin, url, store, archive, settings(twin, url, folder), prepared.stable, [])
        stack.callback(run.end)
        yield run


@contextmanager
def _twin(keys: Pki, folder: Path, endpoint: str) -> Iterator[Twin]:
    with Twin(folder / "twin", pace=PACE, pki=keys) as twin:
        twin.directory.register("0106:99999001")
        twin.notify(Endpoint(f"{endpoint}/TrasmissioneFatture"))
        yield twin


@contextmanager
def _notices_door(keys: Pki, store: Store, archive: Archive) -> Iterator[str]:
    """SDI's notices come in here, at a door that is never killed."""
    tls = Tls(keys.gateway_server.certificate, keys.gateway_server.key, keys.tls_ca, "sdi")
    take = partial(absorb, _house_of(store, archive), "sdi")
    app = create_notices_app(lambda body, media_type: take([read_sdi_delivery(body, media_type)]))
    with listening(app, "notices", "127.0.0.1", 0, tls) as url:
        yield url


def _house_of(store: Store, archive: Archive) -> House:
    """As much of a house as taking a notice needs."""
    return House(
        store=store,
        archive=archive,
        clock=SystemClock(),
        chance=lambda: 0.5,
        work=WorkSettings.model_validate(WORK),
        limits=LimitSettings(),
        recognise=lambda content, name: None,
        read_options=lambda sender: {},
        check=_never,  # type: ignore[arg-type]  # no hop that checks is run here
        settle_rounding=_never,  # type: ignore[arg-type]  # nor one that rounds
        route=_never,  # type: ignore[arg-type]  # nor one that decides
        channels={},
        packers={},
    )


def _never(*given: object) -> object:
    raise AssertionError(f"nobody asked for this: {given}")


def settings(twin: Twin, url: str, folder: Path) -> dict[str, object]:
    """The settings of a gateway whose network is the twin (as `simulators.stage` writes them)."""
    where: Mapping[str, object] = twin.ready()
    ap, sdi, smtp, house, signing = (
        _table(where, name) for name in ("access_point", "sdi", "smtp", "print", "signing")
    )
    return {
        "data": str(folder / "data"),
        "archive_url": str(folder / "archive"),
        "DATABASE_URL": url,
        "api": {"port": 0, "secure_cookies": False},
        "sftp": {"port": 0},
        "signing": {"certificate_file": signing["certificate"], "key_file": signing["key"]},
        "channels": {
            "peppol": {"kind": "phoss-ap", "url": ap["url"], "token": ap["token"], "ca_file": ap["ca"]},
            "sdi": {
                "url": sdi["url"],
                "certificate_file": sdi["client_certificate"],
                "key_file": sdi["client_key"],
                "ca_file": sdi["ca"],
            },
            "mail": {name: smtp[name] for name in ("host", "port", "username", "password", "security")}
            | {"ca_file": smtp["ca"], "packing": {"from": "Invoices <invoices@gateway.example>"}},
            "post": {name: house[name] for name in ("host", "port", "username", "password", "host_key")}
            | {"drop_folder": house["drop"], "status_folder": house["status"]},
        },
    }


def _table(where: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = where[name]
    assert isinstance(found, dict)
    return found
