"""`gateway submit`: a client of the API, tried on the API itself."""

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import structlog

from tests.api.conftest import MOST_BYTES, Api, opened
from tests.cli.conftest import Gateway
from tests.databases import database


@pytest.fixture(scope="module")
def api(postgres_server: str, newest_schema: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The API, for all tests of this file."""
    with database(postgres_server, template=newest_schema) as url, opened(url, tmp_path_factory.mktemp("api")) as made:
        yield made


@pytest.fixture(autouse=True)
def _silent(gateway: Gateway) -> None:
    """The API runs in this process: what it logs is not what the command prints."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def where(api: Api) -> str:
    return str(api.client.base_url)


def test_a_file_is_submitted_and_the_answer_says_where_to_ask(
    gateway: Gateway, api: Api, files: Mapping[str, Path]
) -> None:
    ran = gateway("submit", files["ubl"], "--url", where(api), GATEWAY_API_KEY=api.own)
    assert (ran.code, ran.err) == (0, "")
    first, second = ran.text.splitlines()
    assert first.startswith("accepted: submission ")
    found = api.get(second.removeprefix(where(api).rstrip("/")).removesuffix("/documents")).json()
    assert found["file_name"] == "invoice.xml"
    assert found["size"] == files["ubl"].stat().st_size


def test_the_same_call_again_is_said_to_be_one(gateway: Gateway, api: Api, files: Mapping[str, Path]) -> None:
    call = ("submit", files["json"], "--url", where(api), "--key", api.own, "--idempotency-key", "run-1")
    assert [gateway(*call).text.split(":")[0] for _ in range(2)] == ["accepted", "same_key"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"--key": "gw_7KQ2M9TX_x"}, "answered 401"),
        ({"--key": "geheim\u00fc"}, ""),  # no header can carry it
        ({"--url": "http://127.0.0.1:1"}, "does not answer"),
        ({"--url": "gateway.example"}, "This address cannot be taken: gateway.example is none, such as https://"),
        ({"--url": "http://[::1"}, "This address cannot be taken"),
        ({"--url": "ftp://gateway.example"}, "This address cannot be taken"),
        ({"--idempotency-key": "a b"}, "answered 422"),
    ],
)
def test_what_is_refused_or_does_not_answer_is_said_with_the_way_out(
    gateway: Gateway, api: Api, files: Mapping[str, Path], change: dict[str, str], told: str
) -> None:
    words = {"--url": where(api), "--key": api.own} | change
    ran = gateway("submit", files["csv"], *(word for pair in words.items() for word in pair))
    assert (ran.code, ran.out) == (2, b"")
    assert told in ran.err
    assert "Traceback" not in ran.err
    assert api.own not in ran.err


def test_a_file_that_is_too_large_is_answered_by_the_gateway(gateway: Gateway, api: Api, tmp_path: Path) -> None:
    file = tmp_path / "large.xml"
    file.write_bytes(b"x" * (MOST_BYTES + 1))
    ran = gateway("submit", file, "--url", where(api), "--key", api.own)
    assert ran.code == 2
    assert "answered 413" in ran.err


def test_a_file_that_is_not_there_is_said_before_anybody_is_called(gateway: Gateway, tmp_path: Path) -> None:
    ran = gateway("submit", tmp_path / "missing", "--url", "http://127.0.0.1:1", "--key", "x")
    assert ran.code == 2
    assert "[file-unreadable]" in ran.err


class _Stranger(BaseHTTPRequestHandler):
    """Answers anything with a page."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Please sign in to the \x1b[31mguest network</html>")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def stranger() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), _Stranger)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_server_that_is_no_gateway_is_not_believed(gateway: Gateway, files: Mapping[str, Path]) -> None:
    """It said 200, and nothing was taken."""
    with stranger() as url:
        ran = gateway("submit", files["ubl"], "--url", url, "--key", "x")
    assert (ran.code, ran.out) == (2, b"")
    assert "this is no gateway" in ran.err
    assert "\x1b[31m" not in ran.err
