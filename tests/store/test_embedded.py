"""The embedded PostgreSQL comes up after every kind of accident, and leaves when the last user leaves."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from gateway.errors import EmbeddedServerFailed
from gateway.store.embedded import EmbeddedServer, embedded_postgres, start
from tests.databases import IN_A_HURRY, folder_for_a_server, processes_in

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run the server as somebody else")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for a server."""
    with folder_for_a_server() as folder:
        yield folder


def postmaster_in(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row is not None
    return row[0]


def tell(url: str, command: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(command.encode())


def test_a_new_folder_becomes_a_server_and_what_is_written_is_still_there_after_a_restart(folder: Path) -> None:
    with embedded_postgres(folder) as url:
        tell(url, "create table kept as select 42 as answer")
    with embedded_postgres(folder) as url:
        assert ask(url, "select answer from kept") == 42


def test_stopping_leaves_no_process_and_stopping_twice_is_harmless(folder: Path) -> None:
    server = start(folder, IN_A_HURRY)
    assert processes_in(folder)
    server.stop()
    assert not processes_in(folder)
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.url)


def test_after_kill_9_of_the_postmaster_it_starts_at_once_with_everything_committed(folder: Path) -> None:
    killed = start(folder)
    tell(killed.url, "create table kept as select 42 as answer")
    with closing(
        psycopg.connect(killed.url)
    ) as busy:  # a child that outlives its postmaster and holds its shared memory
        busy.execute("select 1")
        os.kill(postmaster_in(folder), signal.SIGKILL)
        again = start(folder)
    assert ask(again.url, "select answer from kept") == 42
    killed.stop()
    again.stop()
    assert not processes_in(folder)


def test_a_stale_pid_file_with_the_number_of_a_stranger_stops_neither_the_start_nor_the_stranger(folder: Path) -> None:
    start(folder, IN_A_HURRY).stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        data = folder / "data"
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1700000000\n5432\n{data}\n\n  1 1\nready   \n")
        with embedded_postgres(folder, IN_A_HURRY) as url:
            assert ask(url, "select 1") == 1
            assert postmaster_in(folder) != stranger.pid
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_two_users_share_one_server_and_only_the_last_one_stops_it(folder: Path) -> None:
    first = start(folder, IN_A_HURRY)
    second = start(folder, IN_A_HURRY)
    assert first.url == second.url
    first.stop()
    assert ask(second.url, "select 1") == 1
    second.stop()
    assert not processes_in(folder)


def test_users_that_start_at_the_same_moment_get_the_same_server(folder: Path) -> None:
    def start_here(_: int) -> EmbeddedServer:
        return start(folder, IN_A_HURRY)

    with ThreadPoolExecutor(4) as pool:
        servers = list(pool.map(start_here, range(4)))
    assert len({server.url for server in servers}) == 1
    assert sum(process.pid == postmaster_in(folder) for process in processes_in(folder)) == 1
    for server in servers:
        server.stop()
    assert not processes_in(folder)


def test_a_user_that_was_killed_does_not_keep_the_server_alive(folder: Path) -> None:
    script = (
        "import os, pathlib, signal, sys\n"
        "from gateway.store.embedded import start\n"
        "start(pathlib.Path(sys.argv[1]))\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(folder)], check=False, stdout=subprocess.DEVNULL)
    assert killed.returncode == -signal.SIGKILL
    assert processes_in(folder)  # an orphan now
    start(folder).stop()
    assert not processes_in(folder)


def test_a_cluster_that_was_left_half_made_is_made_again(folder: Path) -> None:
    (folder / "data.new" / "base").mkdir(parents=True)
    (folder / "data.new" / "PG_VERSION").write_text("18\n")
    with embedded_postgres(folder, IN_A_HURRY) as url:
        assert ask(url, "select 1") == 1


def test_a_cluster_of_another_version_is_refused_with_the_way_out(folder: Path) -> None:
    start(folder, IN_A_HURRY).stop()
    (folder / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(EmbeddedServerFailed, match=r"DATABASE_URL.*PostgreSQL 16, and this installation has 18"):
        start(folder)


def test_a_server_that_does_not_start_is_reported_in_its_own_words(folder: Path) -> None:
    with pytest.raises(EmbeddedServerFailed, match='invalid value for parameter "max_connections"'):
        start(folder, {"max_connections": "many"})
    with embedded_postgres(folder, IN_A_HURRY) as url:  # and does no harm to the next start
        assert ask(url, "select 1") == 1


def test_a_path_too_long_for_a_socket_still_gets_one(folder: Path) -> None:
    deep = folder / ("d" * 80) / "postgres"
    with embedded_postgres(deep, IN_A_HURRY) as url:
        assert ask(url, "select 1") == 1
        sockets = Path((deep / "data" / "postmaster.pid").read_text().splitlines()[4])
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert not sockets.exists()


def test_nobody_else_on_the_machine_reaches_the_server(folder: Path) -> None:
    with embedded_postgres(folder, IN_A_HURRY) as url:
        assert ask(url, "show listen_addresses") == ""
        assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "data" / ".s.PGSQL.5432").stat().st_mode) == 0o700


@as_root
def test_under_root_the_server_runs_as_an_account_of_its_own(folder: Path) -> None:
    with embedded_postgres(folder, IN_A_HURRY):
        owners = {process.username() for process in processes_in(folder)}
    assert owners == {"gateway-postgres"}


@as_root
def test_under_root_closed_parents_are_opened_for_passing_through_and_not_for_reading(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700, parents=True)
    with embedded_postgres(closed / "postgres", IN_A_HURRY) as url:
        assert ask(url, "select 1") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o701


@pytest.mark.skipif(os.geteuid() == 0, reason="root opens every folder")
def test_a_folder_of_another_user_is_refused_with_the_way_out(folder: Path) -> None:
    folder.mkdir()
    (folder / "gate").touch(mode=0o000)
    with pytest.raises(EmbeddedServerFailed, match="Run the gateway as that user"):
        start(folder)
