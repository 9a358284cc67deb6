"""The database goes away while the gateway works: workers go on by themselves, and who calls is told to come again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
import pytest

from gateway.clock import SystemClock
from gateway.intake.accounts import add_key
from gateway.store.embedded import embedded_postgres, start
from gateway.store.embedded_cluster import Cluster
from gateway.store.embedded_cluster import run as run_program
from gateway.store.upgrade import upgrade
from simulators.pki import make_pki
from tests.crash.invariants import check
from tests.crash.scene import EXAMPLES, SENDER, TENANT, Prepared, Scene, scene, take_in
from tests.crash.stable import Stable
from tests.databases import database, folder_for_a_server, name_of

CUT = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"
# No commit that was answered is lost by a crash of the server; only a crash of the machine could lose it.
CRASHES = {"fsync": "off", "full_page_writes": "off"}
BY_API = "fatture-vendita.csv"


def cut_all_lines(run: Scene) -> int:
    """End every connection to the database of this run, as a failover does; how many there were."""
    server = run.url.replace(f"/{name_of(run.url)}", "/postgres")
    with psycopg.connect(server, autocommit=True) as superuser:
        return len(superuser.execute(CUT, [name_of(run.url)]).fetchall())


@pytest.mark.slow
def test_a_worker_whose_connections_are_cut_goes_on_by_itself(unread: Scene) -> None:
    worker = unread.start()
    for number in range(1, 4):
        unread.wait(lambda number=number: len(worker.journal) > 20 * number, "some work")  # type: ignore[misc]  # mypy does not see the default's type
        assert cut_all_lines(unread) > 0
    unread.wait(unread.is_drained, "every document at its end")
    check(unread)
    worker.stop()


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL of its own, to be crashed."""

    folder: Path

    def crash(self) -> None:
        """It is gone without a word, as after a power cut of its own."""
        cluster = Cluster.of(self.folder)
        run_program(cluster, "pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(cluster.data))

    def begin_again(self) -> None:
        """It recovers from its log, at the same address."""
        start(self.folder, CRASHES)


@pytest.fixture
def crashing(stable: Stable, tmp_path: Path) -> Iterator[tuple[Scene, Server]]:
    keys = make_pki(tmp_path / "keys", SystemClock().now())
    with folder_for_a_server() as folder, embedded_postgres(folder, CRASHES) as server, database(server) as url:
        upgrade(url)
        take_in(url, tmp_path / "archive")
        prepared = Prepared(server, {"unread": name_of(url)}, tmp_path / "archive", keys, stable)
        with scene(prepared, tmp_path / "run", "unread") as run:
            yield run, Server(folder)


def submit(api: str, key: str) -> httpx.Response:
    """A sender's program submits a file; it may do so as often as it likes, under the same key."""
    return httpx.post(
        f"{api}/v1/submissions",
        params={"file_name": BY_API},
        content=(EXAMPLES / "erp" / BY_API).read_bytes(),
        headers={"Authorization": f"Bearer {key}", "Idempotency-Key": "once"},
        timeout=60,
    )


@pytest.mark.slow
def test_a_server_that_crashes_and_begins_again_stops_nobody_for_long(crashing: tuple[Scene, Server]) -> None:
    run, server = crashing
    with run.store.of(TENANT) as transaction:
        key = add_key(transaction, SENDER, "the test", SystemClock().now()).text
    run.start("serve")
    worker = run.start()
    ready = run.folder / "ready.json"
    run.wait(ready.exists, "open doors")
    api = str(json.loads(ready.read_text(encoding="utf-8"))["api"])
    run.wait(lambda: len(worker.journal) > 30, "some work")

    server.crash()
    for answer in (submit(api, key), httpx.get(f"{api}/health", timeout=60)):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
    refused = submit(api, key)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json()["code"] == "database-unavailable"

    server.begin_again()
    run.wait(lambda: submit(api, key).status_code in (200, 202), "the file taken")
    assert submit(api, key).json()["answer"] == "same_key"
    run.wait(run.is_drained, "every document at its end")
    check(run, besides=("2026/77", "2026/78", "2026/79"))
    worker.stop()
