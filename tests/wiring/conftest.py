"""Throw-away certificates for the doors."""

from datetime import UTC, datetime

import pytest

from simulators.pki import Pki, make_pki


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("doors") / "keys", datetime.now(UTC))
