"""The other sides of the channels, on loopback."""

import datetime

import pytest

from simulators.pki import Pki, make_pki


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    """Throw-away keys and certificates of both sides."""
    return make_pki(tmp_path_factory.mktemp("channels") / "pki", datetime.datetime.now(datetime.UTC))
