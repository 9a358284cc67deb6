"""The other sides of the channels, on loopback."""

import datetime
from collections.abc import Iterator

import pytest

from simulators.pki import Pki, make_pki
from simulators.twin import Twin


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Throw-away keys and certificates of both sides."""
    return make_pki(tmp_path_factory.mktemp("channels") / "pki", datetime.datetime.now(datetime.UTC))


@pytest.fixture(scope="session")
def running_twin() -> Iterator[Twin]:
    """One twin a process. It takes the real parties' time: nothing comes until a test moves the clock."""
    with Twin(pace="real") as twin:
        yield twin


@pytest.fixture
def twin(running_twin: Twin) -> Iterator[Twin]:
    """The twin, well behaved again for each test. Its ledger remembers what came before: use keys of your own."""
    running_twin.script.clear()
    yield running_twin
    running_twin.script.clear()
