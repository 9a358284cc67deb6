"""Towns for the tests of the desk: a busy one that nobody changes, and an empty one for each test that acts."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.store.session import Store, open_store
from tests.databases import database
from tests.desk.house import Town, other_tenant, town
from tests.desk.stories import tell_all


@dataclass(frozen=True, slots=True)
class BusyTown:
    """A town with a document in every state. ids: story -> public id."""

    town: Town
    ids: dict[str, str]


@pytest.fixture(scope="session")
def busy(postgres_server: str, newest_schema: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyTown]:
    """Everything is there; tests look and change nothing."""
    with database(postgres_server, template=newest_schema) as url:
        store = open_store(url)
        with town(store, tmp_path_factory.mktemp("archive")) as made:
            ids = tell_all(made)
            other_tenant(store, made.house.clock.now())
            yield BusyTown(made, ids)
        store.close()


@pytest.fixture
def store(gateway_database: str) -> Iterator[Store]:
    """A store of this test's own."""
    opened = open_store(gateway_database)
    yield opened
    opened.close()


@pytest.fixture
def quiet(store: Store, tmp_path: Path) -> Iterator[Town]:
    """A town in which nothing has happened yet."""
    with town(store, tmp_path / "archive") as made:
        yield made
