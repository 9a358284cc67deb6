"""A desk to be looked at: a real database, archive and HTTP server; channels that do as they are told."""

import datetime
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from channels.contract import Notice
from formats.en16931 import Invoice
from formats.ubl import FORMAT as UBL
from gateway.api.app import create_app
from gateway.api.rooms import Rooms
from gateway.desk import create_desk
from gateway.intake.passwords import hash_password
from gateway.intake.receive import Door, Incoming, receive
from gateway.pipeline.absorb import absorb
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.house import Extra, House, Packed, Packing
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.pipeline.verdict import Judged
from gateway.settings import ApiSettings
from gateway.store import access, log, parties
from gateway.store.log import Search, Whole
from gateway.store.records import DocumentView, Sender
from gateway.store.session import Store
from rules.recipient import Recipient, Route
from rules.routing import Decision, Rule
from tests.pipeline.house import SENDER, TENANT, ObedientChannel, plain_packer, small_house

OTHER_TENANT = uuid.UUID(int=11)
MIRA, NOOR, PASSWORD = "mira@support.example", "noor@south.example", "a long enough password"
PLAIN = ApiSettings(secure_cookies=False)
# The smallest file that says what it is: enough where nobody looks inside.
A_PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
_NAMES = ("peppol", "sdi", "mail", "post")


class WayChannel(ObedientChannel):
    """An obedient channel whose receipts are called as those of the real one."""

    @property
    def signal(self) -> str:
        return {
            "peppol": "peppol.handed_over",
            "sdi": "sdi.accepted",
            "mail": "mail.250",
            "post": "post.uploaded",
        }[self.name]


def by_country(invoice: Invoice, recipient: Recipient, rules: tuple[Rule, ...], tags: tuple[str, ...]) -> Decision:
    """Italian buyers by SDI, French ones by Peppol and then by mail, Swiss ones by mail, all others by post."""
    country = invoice.buyer.address.country if invoice.buyer and invoice.buyer.address else None
    ways = {"IT": ("sdi",), "FR": ("peppol", "mail"), "CH": ("mail",)}.get(country or "", ("post",))
    first, *others = (Route(channel=one, format="ubl") for one in ways)
    return Decision(route=first, fallbacks=tuple(others), because=f"the rule for buyers in {country} says so")


def packer_with_page(packing: Packing) -> Packed:
    """As the plain one, with the page that a mail carries."""
    packed = plain_packer(packing)
    return replace(packed, extras=(Extra("page", f"{packing.invoice.number}.pdf", "application/pdf", A_PDF),))


@dataclass(slots=True)
class Town:
    """A house with a desk, and the handles by which a test moves it.

    origin: where its server listens
    """

    house: House
    channels: dict[str, WayChannel]
    let_pass: Callable[[datetime.timedelta], None]
    origin: str

    def submit(self, content: bytes, name: str = "in.xml") -> DocumentView:
        """A file goes from the door as far as it gets; the last of its documents."""
        self.let_pass(datetime.timedelta(seconds=7))
        door = Door(self.house.store, self.house.archive, self.house.clock, 10_000_000)
        receive(door, Incoming(TENANT, SENDER, "sftp", name, content))
        self.work()
        return self.newest()

    def send(self, invoice: Invoice, name: str = "") -> DocumentView:
        """The same with an invoice in UBL."""
        assert UBL.write is not None
        return self.submit(UBL.write(invoice).content, name or f"{str(invoice.number).replace('/', '-')}.xml")

    def work(self) -> None:
        """Every hop, in its order, until a fallback has had its turn as well."""
        for _ in range(2):
            read_waiting(self.house, TENANT)
            prepare_waiting(self.house, TENANT)
            self.let_pass(datetime.timedelta(seconds=1))
            for name in _NAMES:
                dispatch_waiting(self.house, TENANT, name)

    def hear(self, document: DocumentView, signal: str, text: str = "", code: str = "") -> None:
        """The other side says something about a document, some minutes later."""
        self.let_pass(datetime.timedelta(minutes=3, seconds=11))
        last = self.whole(document.public_id).deliveries[-1]
        raw = f'<Notice signal="{signal}">\n  <Code>{code}</Code>\n  <Text>{text}</Text>\n</Notice>\n'.encode()
        said = Notice(f"{last.key}-{signal}", last.key, "", signal, None, code, text, raw, "application/xml")
        assert absorb(self.house, last.channel, [said]) == 1

    def newest(self) -> DocumentView:
        """The document that came last."""
        with self.house.store.of(TENANT) as transaction:
            return log.search(transaction, Search()).documents[0]

    def whole(self, public_id: str) -> Whole:
        """Everything about a document."""
        with self.house.store.of(TENANT) as transaction:
            found = log.document(transaction, public_id)
        assert found is not None
        return found

    @contextmanager
    def visitor(self) -> Iterator["Visitor"]:
        """A browser of somebody who is not signed in."""
        with httpx.Client(base_url=self.origin, headers={"Origin": self.origin}, timeout=20) as client:
            yield Visitor(client)

    @contextmanager
    def mira(self) -> Iterator["Visitor"]:
        """A browser in which Mira is signed in."""
        with self.visitor() as visitor:
            assert visitor.sign_in().status_code == 303
            yield visitor


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser as far as HTTP goes: it keeps cookies and fills forms in."""

    client: httpx.Client

    def get(self, path: str, **query: str) -> httpx.Response:
        """A page of the desk."""
        return self.client.get(f"/desk/{path}", params=query or None)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
        """A form comes back to the desk."""
        return self.client.post(f"/desk/{path}", data=fields, headers=headers)

    def token_on(self, path: str) -> str:
        """What the forms on a page carry."""
        return form_token(self.get(path))

    def sign_in(self, email: str = MIRA, password: str = PASSWORD, **more: str) -> httpx.Response:
        """The sign-in form, filled in."""
        return self.post("login", {"form_token": self.token_on("login"), "email": email, "password": password, **more})


def form_token(page: httpx.Response) -> str:
    """What the forms on a page carry."""
    found = re.search(r'name="form_token" value="(\w+)"', page.text)
    assert found is not None, page.text
    return found[1]


@contextmanager
def town(store: Store, folder: Path, settings: ApiSettings = PLAIN) -> Iterator[Town]:
    """A town with one tenant, Mira at its desk, and nothing in its log; its server runs as long as the block."""
    small = small_house(store, folder)
    channels = {name: WayChannel(name, recognises_repeats=name != "mail") for name in _NAMES}
    packers = {name: packer_with_page if name == "mail" else plain_packer for name in _NAMES}
    house = replace(small.house, channels=channels, packers=packers, route=by_country)
    person(store, TENANT, MIRA, "Mira Lindqvist", small.clock.now())
    with serving(desk_app(house, settings)) as origin:
        yield Town(house, channels, small.clock.let_pass, origin)


def desk_app(house: House, settings: ApiSettings = PLAIN, page: Callable[[Invoice], bytes] | None = None) -> FastAPI:
    """The API with the desk on it, as `gateway serve` puts them together."""
    door = Door(house.store, house.archive, house.clock, 1_000_000)
    rooms = Rooms(
        house=house,
        door=door,
        trouble=lambda way: "",
        judge=_judge_nothing,
        propose=lambda _: None,
        page=page or (lambda _: A_PDF),
    )
    app = create_app(rooms)
    app.mount("/desk", create_desk(rooms, settings))
    return app


def _judge_nothing(*_: object) -> Iterator[Judged]:
    yield from ()


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """An application on a free port of loopback."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, http="h11", log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.005)
        assert thread.is_alive()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def person(
    store: Store, tenant: uuid.UUID, email: str, name: str, now: datetime.datetime, role: str = "support"
) -> uuid.UUID:
    """Somebody with an account at the desk; the password is the one of all tests."""
    with store.of(tenant) as transaction:
        return access.add_person(
            transaction, email=email, name=name, password_hash=hash_password(PASSWORD), role=role, now=now
        )


def other_tenant(store: Store, now: datetime.datetime) -> None:
    """A second organisation in the same installation, with Noor at its desk."""
    with store.of(OTHER_TENANT) as transaction:
        parties.add_tenant(transaction, OTHER_TENANT, "South", now)
        parties.add_sender(transaction, Sender(OTHER_TENANT, uuid.UUID(int=12), "erp", {}), now)
    person(store, OTHER_TENANT, NOOR, "Noor", now)
