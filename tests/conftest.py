"""What every test may ask for: a PostgreSQL, a browser, the shared specifications, and the same dice everywhere."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from gateway.store.embedded import embedded_postgres
from tests.corpus import shared_folder
from tests.databases import IN_A_HURRY, database, folder_for_a_server, name_of
from tests.judges.tally import lines_of, reports_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# A slow machine is not a wrong answer. In CI the same examples each time, so that red means the change.
hypothesis.settings.register_profile("gateway", deadline=None, max_examples=50)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("gateway"), derandomize=True)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "gateway")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of specifications and corpora beside the repository, which is not part of it."""
    folder = shared_folder()
    if not folder.is_dir():
        pytest.skip(f"the specifications are not here: {folder} (GATEWAY_SHARED names another folder)")
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The superuser's URL of a server of this test process; TEST_DATABASE_URL names another one.

    One a process, not one for all: roles and settings belong to a server, and two test processes would meet in them.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    with folder_for_a_server() as folder, embedded_postgres(folder, IN_A_HURRY) as url:
        yield url


@pytest.fixture(scope="session")
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty database for this test process. For one of its own, a test uses `tests.databases.database`."""
    with database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def newest_schema(postgres_server: str) -> Iterator[str]:
    """The name of a database at the newest schema, with nothing in it: made once, to be copied."""
    from gateway.store.upgrade import upgrade  # noqa: PLC0415 - Alembic takes a second that most tests have no use for

    with database(postgres_server) as url:
        upgrade(url)
        yield name_of(url)


@pytest.fixture
def gateway_database(postgres_server: str, newest_schema: str) -> Iterator[str]:
    """A database of the gateway for this test alone, at the newest schema: the URL of its owner."""
    with database(postgres_server, template=newest_schema) as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The Chromium of this machine, without a window. Each test opens a context of its own in it."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium libatomic1")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - few tests have a use for it

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium)
        yield started
        started.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end what was compared with the official rule sets, and which of them were missing."""
    lines = list(lines_of(reports_of(terminalreporter.stats)))
    if lines:
        terminalreporter.section("official rule sets")
        for line in lines:
            terminalreporter.write_line(line)
