"""A store of this test's own, and an SFTP door with two tenants behind it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.session import Store, open_store
from tests.intake.house import Premises, premises


@pytest.fixture
def store(gateway_database: str) -> Iterator[Store]:
    opened = open_store(gateway_database, connections=10)
    yield opened
    opened.close()


@pytest.fixture
def made(store: Store, tmp_path: Path) -> Premises:
    return premises(store, tmp_path)
