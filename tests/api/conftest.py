"""The API as it is served: real HTTP, real database, real archive, two tenants with a key each."""

import socket
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from formats.ubl import FORMAT as UBL
from gateway.api.app import create_app
from gateway.api.rooms import Rooms
from gateway.ids import row_id
from gateway.intake.accounts import add_key, add_sender
from gateway.intake.receive import Door
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.registry import formats_at_hand
from gateway.store import parties
from gateway.store.session import Store, open_store
from gateway.wiring.judging import judge
from gateway.wiring.packing.orders import trouble
from gateway.wiring.rounding import proposed
from tests.clocks import NOON
from tests.databases import database
from tests.pipeline.house import SENDER, TENANT, SmallHouse, small_house
from tests.samples import sample_invoice

MOST_BYTES = 200_000


@dataclass(frozen=True)
class Api:
    """The API and the handles by which a test moves what is behind it.

    tenant, sender:         whose the calls are
    own, foreign:           keys of two tenants
    """

    client: httpx.Client
    small: SmallHouse
    folder: Path
    app: FastAPI
    tenant: uuid.UUID = TENANT
    sender: uuid.UUID = SENDER
    own: str = ""
    foreign_tenant: uuid.UUID = TENANT
    foreign: str = ""

    def ask(
        self, method: str, path: str, key: str | None = None, headers: dict[str, str] | None = None, **given: object
    ) -> httpx.Response:
        """One call with the own key, or another one; key="" sends none."""
        key = self.own if key is None else key
        sent = {"Authorization": f"Bearer {key}"} if key else {}
        return self.client.request(method, path, headers=sent | (headers or {}), **given)  # type: ignore[arg-type]  # as httpx takes them

    def get(self, path: str, **given: object) -> httpx.Response:
        """Read."""
        return self.ask("GET", path, **given)  # type: ignore[arg-type]  # as `ask` takes them

    def submit(self, content: bytes, key: str | None = None, **headers: str) -> httpx.Response:
        """Submit a file."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", "/v1/submissions?file_name=in.xml", key, headers=named, content=content)

    def deliver(self) -> None:
        """Everything that waits goes through the hops."""
        read_waiting(self.small.house, self.tenant)
        prepare_waiting(self.small.house, self.tenant)
        dispatch_waiting(self.small.house, self.tenant, "obedient")

    def archived(self) -> list[Path]:
        """What lies in the archive for this tenant."""
        return [one for one in (self.folder / "archive" / str(self.tenant)).rglob("*") if one.is_file()]

    def only_document(self) -> str:
        """The id of the one document that there is."""
        (found,) = self.get("/v1/documents").json()["documents"]
        return str(found["id"])


def as_ubl(**changes: object) -> bytes:
    """The sample invoice as UBL."""
    assert UBL.write is not None
    return UBL.write(sample_invoice(**changes)).content


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """An application behind HTTP on a free port, as the gateway serves it: uvicorn with h11. Yields its URL."""
    with socket.create_server(("127.0.0.1", 0)) as line:
        server = uvicorn.Server(uvicorn.Config(app, http="h11", log_config=None, access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, args=([line],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{line.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Api]:
    """The API on this database, with two tenants."""
    store = open_store(url, connections=4)
    small = small_house(store, folder / "archive")
    door = Door(store, small.house.archive, small.clock, MOST_BYTES)
    app = create_app(
        Rooms(
            house=small.house,
            door=door,
            trouble=partial(trouble, formats_at_hand()),
            judge=partial(judge, formats_at_hand()),
            propose=partial(proposed, formats_at_hand()),
        )
    )
    with served(app) as where, httpx.Client(base_url=where, trust_env=False) as client:
        yield with_new_tenants(Api(client, small, folder, app))
    store.close()


def with_new_tenants(api: Api) -> Api:
    """The same API as two new tenants see it: to them it is empty. The clock stands at noon again."""
    api.small.clock.moment = NOON
    api.small.channel.script.clear()
    api.small.channel.inbox.clear()
    tenant, sender, own = _settled(api.small.house.store)
    foreign_tenant, _, foreign = _settled(api.small.house.store)
    return replace(api, tenant=tenant, sender=sender, own=own, foreign_tenant=foreign_tenant, foreign=foreign)


def _settled(store: Store) -> tuple[uuid.UUID, uuid.UUID, str]:
    """A new tenant without rules, its sender, and a key."""
    tenant = row_id(NOON)
    with store.of(tenant) as transaction:
        parties.add_tenant(transaction, tenant, str(tenant), NOON)
        sender = add_sender(transaction, "erp", {}, NOON)
        return tenant, sender, add_key(transaction, sender, "erp", NOON).text


@pytest.fixture(scope="session")
def calm(postgres_server: str, newest_schema: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An API for tests that change nothing, or nothing that another of them would notice."""
    with database(postgres_server, template=newest_schema) as url, opened(url, tmp_path_factory.mktemp("calm")) as made:
        yield made


@pytest.fixture
def api(calm: Api) -> Api:
    """The API as tenants see it that only this test has."""
    return with_new_tenants(calm)


@pytest.fixture(scope="module")
def filled(calm: Api) -> Api:
    """The API as tenants see it that the tests of one file fill once and then only read."""
    return with_new_tenants(calm)


@pytest.fixture
def fresh(gateway_database: str, tmp_path: Path) -> Iterator[Api]:
    """An API that this test alone may break."""
    with opened(gateway_database, tmp_path) as made:
        yield made
