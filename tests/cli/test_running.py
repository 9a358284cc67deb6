"""Running it: the doors open and close as they are told, and the database comes to its schema."""

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest

from gateway.store.upgrade import newest_revision
from tests.cli.conftest import Gateway
from tests.databases import database

SECONDS_TO_START = 60


@contextmanager
def running(folder: Path, *words: str, **environment: str) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A gateway process; its file of addresses is named to it."""
    ready = folder / "ready.json"
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", *words, "--ready", str(ready)],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "GATEWAY_API__PORT": "0", "GATEWAY_SFTP__PORT": "0", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            yield process, ready
        finally:
            process.kill()


def wait_for(ready: Path, process: subprocess.Popen[bytes]) -> dict[str, object]:
    until = time.monotonic() + SECONDS_TO_START
    while not ready.exists():
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < until
        time.sleep(0.02)
    found: dict[str, object] = json.loads(ready.read_text(encoding="utf-8"))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_the_doors_open_say_where_they_are_and_close_when_told(
    gateway_database: str, tmp_path: Path, told: signal.Signals
) -> None:
    with running(tmp_path, "serve", DATABASE_URL=gateway_database) as (process, ready):
        where = wait_for(ready, process)
        assert where["pid"] == process.pid
        answer = httpx.get(f"{where['api']}/health", trust_env=False)
        assert (answer.status_code, answer.text) == (200, "ok\n")
        assert httpx.get(f"{where['api']}/v1/openapi.json", trust_env=False).status_code == 200
        process.send_signal(told)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out) == (0, b"")
        assert not ready.exists()
        events = [json.loads(line)["event"] for line in err.splitlines() if line.startswith(b"{")]
        assert "the doors close" in events


def test_a_port_that_is_taken_is_said(gateway_database: str, tmp_path: Path) -> None:
    with (
        taken_port() as port,
        running(tmp_path, "serve", DATABASE_URL=gateway_database, GATEWAY_API__PORT=str(port)) as (process, _),
    ):
        _, err = process.communicate(timeout=60)
        assert process.returncode != 0
        assert str(port).encode() in err


@contextmanager
def taken_port() -> Iterator[int]:
    """A port that somebody else has."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield taken.getsockname()[1]


def test_the_database_is_brought_to_its_schema_and_asking_twice_is_safe(
    gateway: Gateway, postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with database(postgres_server) as url:
        for _ in range(2):
            ran = gateway("db", "upgrade", DATABASE_URL=url)
            assert (ran.code, ran.text) == (0, f"The database is at {newest_revision()}.\n")
        with psycopg.connect(url) as connection:
            assert connection.execute("select count(*) from tenant").fetchone() == (0,)


@pytest.mark.parametrize("command", ["serve", "work", "up", "doctor", "log"])
def test_a_wrong_setting_stops_every_command_that_reads_them(
    gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = gateway(command, GATEWAY_API__PORT="many")
    assert (ran.code, ran.out) == (2, b"")
    assert "[setting-wrong]" in ran.err
    assert "api.port" in ran.err
