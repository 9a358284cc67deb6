"""A port of one's own: opened or refused in words, closed at the end, and for known callers alone where it says so."""

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import structlog
from fastapi import FastAPI

from gateway.errors import SettingWrong
from gateway.wiring.listening import Tls, listening, names_in
from simulators.pki import Pair, Pki, client_context


def app() -> FastAPI:
    made = FastAPI(openapi_url=None)
    made.add_api_route("/hello", lambda: "hello")
    return made


@pytest.fixture
def tls(pki: Pki) -> Tls:
    return Tls(pki.gateway_server.certificate, pki.gateway_server.key, pki.tls_ca, "SDI")


@contextmanager
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as somebody:
        yield somebody.getsockname()[1]


def call(url: str, pki: Pki, pair: Pair) -> httpx.Response:
    context = client_context(pki.tls_ca, pair)
    with httpx.Client(verify=context, trust_env=False, timeout=5) as client:
        return client.get(f"{url.replace('127.0.0.1', 'localhost')}/hello")


def test_it_answers_while_the_block_runs_and_not_afterwards() -> None:
    with listening(app(), "api", "127.0.0.1", 0) as url, httpx.Client(trust_env=False, timeout=5) as client:
        answer = client.get(f"{url}/hello")
        assert answer.json() == "hello"
        assert "server" not in answer.headers
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/hello", trust_env=False, timeout=5)


def test_an_address_of_version_six_is_one_too() -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    try:
        with listening(app(), "api", "::1", 0) as url:
            assert httpx.get(f"{url}/hello", trust_env=False, timeout=5).status_code == 200
    except SettingWrong as error:
        pytest.skip(f"this machine has no loopback of version six: {error}")


def test_a_port_that_is_taken_is_said_with_its_setting() -> None:
    with taken_port() as port:
        words = rf"setting api is wrong: nobody can listen on 127\.0\.0\.1:{port}: Address already in use"
        with pytest.raises(SettingWrong, match=words), listening(app(), "api", "127.0.0.1", port):
            raise AssertionError("it opened")


def test_a_certificate_that_cannot_be_used_is_said_with_its_setting(tls: Tls, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("nothing", encoding="ascii")
    for broken in (
        replace(tls, certificate_file=tmp_path / "nowhere.pem"),
        replace(tls, certificate_file=tmp_path / "no.pem"),
        replace(tls, client_ca_file=tmp_path / "no.pem"),
    ):
        opening = listening(app(), "notices", "127.0.0.1", 0, broken)
        with pytest.raises(SettingWrong, match=r"notices.*its certificates cannot be used"), opening:
            raise AssertionError("it opened")


# --- callers who are known


def test_the_caller_that_is_named_comes_in(tls: Tls, pki: Pki) -> None:
    with listening(app(), "notices", "127.0.0.1", 0, tls) as url:
        assert url.startswith("https://")
        assert call(url, pki, pki.sdi_client).json() == "hello"


def test_another_transmitter_of_the_same_authority_is_turned_away_and_noted(tls: Tls, pki: Pki) -> None:
    """SDI's authority signs the certificates of every transmitter: each of them could report a delivery."""
    with structlog.testing.capture_logs() as said, listening(app(), "notices", "127.0.0.1", 0, tls) as url:
        with pytest.raises(httpx.TransportError):
            call(url, pki, pki.gateway_client)
        assert call(url, pki, pki.sdi_client).status_code == 200
    assert [one["event"] for one in said] == ["a caller with a certificate of somebody else was turned away"]


def test_nobody_comes_in_without_a_certificate_or_without_tls(tls: Tls, pki: Pki) -> None:
    with listening(app(), "notices", "127.0.0.1", 0, tls) as url:
        bare = ssl.create_default_context(cafile=str(pki.tls_ca))
        with httpx.Client(verify=bare, trust_env=False, timeout=5) as client, pytest.raises(httpx.TransportError):
            client.get(f"{url.replace('127.0.0.1', 'localhost')}/hello")
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{url.replace('https', 'http')}/hello", trust_env=False, timeout=5)


@pytest.mark.parametrize(
    ("certificate", "names"),
    [
        # As `ssl` gives them.
        ({"subject": ((("countryName", "IT"),), (("commonName", "Sdi.Example"),))}, {"sdi.example"}),
        ({"subject": (), "subjectAltName": (("DNS", "sdi.example"), ("IP Address", "::1"))}, {"sdi.example"}),
        # Nobody in particular.
        ({}, set()),
        ({"subject": ((("organizationName", "sdi"),),)}, set()),
    ],
)
def test_a_caller_is_called_by_its_common_name_or_dns_name(certificate: dict[str, object], names: set[str]) -> None:
    assert names_in(certificate) == names


def test_a_caller_that_keeps_an_idle_line_is_not_waited_for(
    tls: Tls, pki: Pki, monkeypatch: pytest.MonkeyPatch
) -> None:
    """uvicorn says goodbye to it after some seconds of silence, which the other side may never answer."""
    monkeypatch.setattr("gateway.wiring.listening._SECONDS_OF_SILENCE", 1)
    with httpx.Client(verify=client_context(pki.tls_ca, pki.sdi_client), trust_env=False) as client:
        with structlog.testing.capture_logs(), listening(app(), "notices", "127.0.0.1", 0, tls) as url:
            client.get(f"{url.replace('127.0.0.1', 'localhost')}/hello")
            time.sleep(1.2)
            begun = time.monotonic()
        assert time.monotonic() - begun < 2
