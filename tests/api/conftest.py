"""The API as it is served: real HTTP, real database, real archive, two tenants with a key each."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from formats.ubl import FORMAT as UBL
from gateway.api.app import create_app
from gateway.api.rooms import Rooms
from gateway.intake.accounts import add_key, add_sender, add_tenant
from gateway.intake.receive import Door
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.registry import formats_at_hand
from gateway.store.session import open_store
from gateway.wiring.judging import judge
from gateway.wiring.serving import _listening
from tests.databases import database
from tests.pipeline.house import SENDER, TENANT, SmallHouse, small_house
from tests.samples import sample_invoice

MOST_BYTES = 200_000


@dataclass(frozen=True)
class Api:
    """The API and the handles by which a test moves what is behind it. own, foreign: keys of two tenants."""

    client: httpx.Client
    small: SmallHouse
    own: str
    foreign: str
    foreign_tenant: uuid.UUID
    folder: Path
    app: FastAPI

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
        read_waiting(self.small.house, TENANT)
        prepare_waiting(self.small.house, TENANT)
        dispatch_waiting(self.small.house, TENANT, "obedient")

    def archived(self) -> list[Path]:
        """What lies in the archive."""
        return [one for one in (self.folder / "archive").rglob("*") if one.is_file()]

    def only_document(self) -> str:
        """The id of the one document that there is."""
        (found,) = self.get("/v1/documents").json()["documents"]
        return str(found["id"])


def as_ubl(**changes: object) -> bytes:
    """The sample invoice as UBL."""
    assert UBL.write is not None
    return UBL.write(sample_invoice(**changes)).content


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Api]:
    """The API on this database, with a tenant of its own and a foreign one."""
    store = open_store(url, connections=4)
    small = small_house(store, folder / "archive")
    house, now = small.house, small.clock.now()
    foreign_tenant = add_tenant(store, "South", now)
    with store.of(TENANT) as transaction:
        own = add_key(transaction, SENDER, "erp", now).text
    with store.of(foreign_tenant) as transaction:
        foreign = add_key(transaction, add_sender(transaction, "other", {}, now), "other", now).text
    door = Door(house.store, house.archive, house.clock, MOST_BYTES)
    app = create_app(Rooms(house=house, door=door, judge=partial(judge, formats_at_hand())))
    with _listening(app, "127.0.0.1", 0) as where, httpx.Client(base_url=where, trust_env=False) as client:
        yield Api(client, small, own, foreign, foreign_tenant, folder, app)
    store.close()


@pytest.fixture
def api(gateway_database: str, tmp_path: Path) -> Iterator[Api]:
    """The API of this test alone."""
    with opened(gateway_database, tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def calm(postgres_server: str, newest_schema: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An API for tests that change nothing, or nothing that another of them would notice."""
    with database(postgres_server, template=newest_schema) as url, opened(url, tmp_path_factory.mktemp("calm")) as made:
        yield made


@pytest.fixture(scope="module")
def filled(postgres_server: str, newest_schema: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """An API that the tests of one file fill once and then only read."""
    with database(postgres_server, template=newest_schema) as url, opened(url, tmp_path_factory.mktemp("own")) as made:
        yield made
