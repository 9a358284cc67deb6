"""One stable, one set of keys and one filled database for all crashes; each run copies what it needs."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulators.pki import make_pki
from tests.crash.scene import Prepared, Scene, pack, scene, take_in
from tests.crash.stable import Stable
from tests.databases import database, name_of


@pytest.fixture(scope="session")
def stable() -> Iterator[Stable]:
    opened = Stable.opened()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def prepared(
    postgres_server: str, newest_schema: str, stable: Stable, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prepared]:
    folder = tmp_path_factory.mktemp("crash")
    keys = make_pki(folder / "keys", datetime.datetime.now(datetime.UTC))
    with database(postgres_server, template=newest_schema) as unread:
        take_in(unread, folder / "archive")
        with database(postgres_server, template=name_of(unread)) as packed:
            pack(packed, folder, keys)
            templates = {"unread": name_of(unread), "packed": name_of(packed)}
            yield Prepared(postgres_server, templates, folder / "archive", keys, stable)


@pytest.fixture
def unread(prepared: Prepared, tmp_path: Path) -> Iterator[Scene]:
    """A run for this test alone, from the submissions on."""
    with scene(prepared, tmp_path / "run", "unread") as one:
        yield one


@pytest.fixture
def packed(prepared: Prepared, tmp_path: Path) -> Iterator[Scene]:
    """A run for this test alone, from the parcels on."""
    with scene(prepared, tmp_path / "run", "packed") as one:
        yield one
