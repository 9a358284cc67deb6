"""One site for the tests of a module, one office for each test."""

from collections.abc import Iterator

import pytest

from tests.databases import database
from tests.e2e.site import Office, Site, office, site


@pytest.fixture(scope="module")
def here(postgres_server: str, newest_schema: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of this module."""
    with database(postgres_server, template=newest_schema) as url, site(url, tmp_path_factory.mktemp("site")) as made:
        yield made


@pytest.fixture
def erp(here: Site) -> Iterator[Office]:
    """An office with the default rules; whatever a test told the far ends is forgotten after it."""
    yield office(here)
    here.twin.script.clear()
    here.cable.mend()
