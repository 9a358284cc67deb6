"""A twin that takes the real parties' time, so that nothing happens before a test moves the clock."""

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from simulators.pki import Pki, client_context, make_pki
from simulators.twin import Twin
from tests.simulators.messages import Panel


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki") / "keys", datetime.now(UTC))


@pytest.fixture
def twin(pki: Pki) -> Iterator[Twin]:
    with Twin(pace="real", pki=pki) as twin:
        yield twin


@pytest.fixture
def panel(twin: Twin) -> Iterator[Panel]:
    """The control API, over HTTP."""
    with httpx.Client(base_url=twin.control.url, trust_env=False) as client:
        yield Panel(client)


@pytest.fixture
def access_point(twin: Twin) -> Iterator[httpx.Client]:
    """An HTTPS client with the access point's token."""
    twin.directory.register("0088:7300010000001")
    with httpx.Client(
        base_url=twin.access_point.url,
        headers={"X-Token": twin.token},
        verify=client_context(twin.pki.tls_ca, twin.pki.gateway_client),
        trust_env=False,
        timeout=5,
    ) as client:
        yield client


@pytest.fixture
def sdi(twin: Twin) -> Iterator[httpx.Client]:
    """An HTTPS client with the gateway's certificate."""
    context = client_context(twin.pki.tls_ca, twin.pki.gateway_client)
    with httpx.Client(base_url=twin.sdi.url, verify=context, trust_env=False, timeout=5) as client:
        yield client
