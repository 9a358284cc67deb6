"""The doors of an installation, and the processes behind them: opened together, told where, closed together."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from formats.en16931 import Buyer, Contact
from formats.ubl import FORMAT as UBL
from gateway.clock import SystemClock
from gateway.errors import NotConverted, SettingWrong
from gateway.intake.accounts import add_key, add_sender, add_tenant
from gateway.settings import Settings
from gateway.store.session import open_store
from gateway.wiring.building import open_installation
from gateway.wiring.packing.orders import format_of
from gateway.wiring.serving import _page, _tell, doors
from simulators.pki import Pki
from simulators.twin import Twin
from tests.samples import BUYER, sample_invoice

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def notices_of(pki: Pki) -> dict[str, object]:
    return {
        "port": 0,
        "certificate_file": str(pki.gateway_server.certificate),
        "key_file": str(pki.gateway_server.key),
        "client_ca_file": str(pki.tls_ca),
        "client_name": "sdi",
    }


def settings(database: str, folder: Path, **others: object) -> Settings:
    given = {"DATABASE_URL": database, "data": folder, "api": {"port": 0}, "sftp": {"port": 0}, **others}
    return Settings.model_validate(given)


def is_open(port: int) -> bool:
    with socket.socket() as line:
        line.settimeout(5)
        return line.connect_ex(("127.0.0.1", port)) == 0


def port_of(url: object) -> int:
    return httpx.URL(str(url)).port or 0


def eventually(what: Callable[[], bool]) -> None:
    """Wait until it is so; fail where it does not become so."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


# --- the doors alone


def test_all_doors_open_and_say_where_they_are_and_close_again(gateway_database: str, tmp_path: Path, pki: Pki) -> None:
    with open_installation(settings(gateway_database, tmp_path, notices=notices_of(pki))) as installation:
        with doors(installation) as where:
            assert set(where) == {"pid", "api", "desk", "sftp", "notices"}
            sftp = where["sftp"]
            assert isinstance(sftp, dict)
            assert httpx.get(f"{where['api']}/v1/openapi.json", trust_env=False, timeout=20).status_code == 200
            assert httpx.get(f"{where['desk']}login", trust_env=False, timeout=20).status_code == 200
            assert str(sftp["host_key"]).startswith("ssh-ed25519 ")
            ports = [port_of(where["api"]), int(sftp["port"]), port_of(where["notices"])]
            assert all(map(is_open, ports))
        assert not any(map(is_open, ports))


def test_the_desk_is_found_at_its_own_address(gateway_database: str, tmp_path: Path) -> None:
    with open_installation(settings(gateway_database, tmp_path)) as installation, doors(installation) as where:
        answer = httpx.get(f"{where['api']}/desk")
        assert answer.headers["location"] == "/desk/"
        assert httpx.get(f"{where['desk']}login").status_code == 200


def test_an_invoice_that_went_out_without_a_page_can_be_read_all_the_same(
    gateway_database: str, tmp_path: Path
) -> None:
    with open_installation(settings(gateway_database, tmp_path)) as installation:
        pdf = format_of(installation.registry.formats, "pdf")
        assert _page(pdf, sample_invoice()).startswith(b"%PDF-")
        with pytest.raises(NotConverted, match="fonts"):
            _page(pdf, sample_invoice(buyer=Buyer(name="\u6771\u4eac")))


def test_without_settings_for_it_there_is_no_door_for_notices(gateway_database: str, tmp_path: Path) -> None:
    with open_installation(settings(gateway_database, tmp_path)) as installation, doors(installation) as where:
        assert "notices" not in where


def test_where_one_door_cannot_open_none_stays_open(gateway_database: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as somebody, socket.create_server(("127.0.0.1", 0)) as free:
        taken, api = somebody.getsockname()[1], free.getsockname()[1]
        free.close()
        given = settings(gateway_database, tmp_path, api={"port": api}, sftp={"port": taken})
        with open_installation(given) as installation:
            words = rf"sftp is wrong: nobody can listen on 127\.0\.0\.1:{taken}"
            with pytest.raises(SettingWrong, match=words), doors(installation):
                raise AssertionError("they opened")
            assert not is_open(api)


@pytest.mark.parametrize("name", ["nowhere/doors.json", "."])
def test_a_ready_file_that_cannot_be_written_is_said_so(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingWrong, match=r"--ready is wrong: .* cannot be written"):
        _tell(tmp_path / name, {"api": "http://127.0.0.1:1"})


def test_a_ready_file_takes_the_place_of_the_one_before_it_and_leaves_nothing_else(tmp_path: Path) -> None:
    ready = tmp_path / "doors.json"
    for url in ("http://127.0.0.1:1", "http://127.0.0.1:2"):
        _tell(ready, {"api": url})
        assert json.loads(ready.read_text(encoding="utf-8")) == {"api": url}
    assert list(tmp_path.iterdir()) == [ready]


# --- `gateway up`


class Up:
    """The gateway as a process, with what it says of itself."""

    def __init__(self, process: subprocess.Popen[bytes], ready: Path, log: Path) -> None:
        self.process, self._ready, self._log = process, ready, log

    def where(self) -> Mapping[str, object]:
        """Where its doors are, once they are open."""

        def told() -> bool:
            assert self.process.poll() is None, self.said()
            return self._ready.exists()

        eventually(told)
        # Whole or not there at all: never a half of it.
        found: Mapping[str, object] = json.loads(self._ready.read_text(encoding="utf-8"))
        return found

    def workers(self) -> list[psutil.Process]:
        """Its workers that are alive."""
        return [one for one in psutil.Process(self.process.pid).children() if is_a_worker(one)]

    def said(self) -> str:
        """Its log, and its workers'."""
        return self._log.read_text(encoding="utf-8")

    def events(self) -> list[str]:
        """What happened, each line of the log by itself."""
        return [str(json.loads(line)["event"]) for line in self.said().splitlines()]


def is_a_worker(process: psutil.Process) -> bool:
    try:
        return "work" in process.cmdline()
    except psutil.NoSuchProcess:  # a zombie is one, too
        return False


@contextmanager
def up(folder: Path, given: Mapping[str, object]) -> Iterator[Up]:
    """`gateway up` with these settings, started as an operator starts it, and gone at the end whatever happened."""
    ready, log = folder / "doors.json", folder / "gateway.log"
    ready.write_text('{"api": "of a process that was killed"}', encoding="utf-8")
    environment = {**os.environ, **{name: json.dumps(value) for name, value in given.items()}}
    environment |= {"DATABASE_URL": str(given["DATABASE_URL"]), "GATEWAY_DATA": str(folder / "data")}
    command = [sys.executable, "-m", "gateway", "up", "--workers", "1", "--ready", str(ready)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    family = [psutil.Process(process.pid)]
    try:
        eventually(lambda: process.poll() is not None or "of a process" not in _content(ready))
        yield Up(process, ready, log)
        family += family[0].children(recursive=True) if process.poll() is None else []
    finally:
        for one in family:
            if one.is_running():
                one.kill()
        process.wait()


def _content(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""


@pytest.mark.slow
def test_up_works_replaces_a_worker_that_is_killed_and_stops_within_ten_seconds(
    gateway_database: str, tmp_path: Path, pki: Pki
) -> None:
    key = an_api_key(gateway_database)
    with Twin(pace="demo", pki=pki) as twin:
        smtp = twin.ready()["smtp"]
        assert isinstance(smtp, dict)
        relay = {("ca_file" if name == "ca" else name): value for name, value in smtp.items()}
        given = {
            "DATABASE_URL": gateway_database,
            "GATEWAY_API": {"port": 0},
            "GATEWAY_SFTP": {"port": 0},
            "GATEWAY_WORK": {"tick": 0.2},
            "GATEWAY_CHANNELS": {"mail": {**relay, "packing": {"from": "invoices@gateway.example"}}},
        }
        with up(tmp_path, given) as gateway:
            where = gateway.where()
            assert where["pid"] == gateway.process.pid
            eventually(lambda: len(gateway.workers()) == 1)
            (first,) = gateway.workers()
            first.kill()
            eventually(lambda: [one.pid for one in gateway.workers()] not in ([], [first.pid]))
            submitted = submit(str(where["api"]), key)
            eventually(lambda: state_of(str(where["api"]), key, submitted) == "handed_over")
            assert twin.ledger.report("smtp")["new"] == 1
            begun = time.monotonic()
            gateway.process.send_signal(signal.SIGTERM)
            assert gateway.process.wait(20) == 0
            assert time.monotonic() - begun < 10
            assert not (tmp_path / "doors.json").exists()
            assert not is_open(port_of(where["api"]))
            said = gateway.events()
            assert "a worker died and is started again" in said
            assert said.count("a worker starts") == 2
            assert "Traceback" not in gateway.said()


def test_a_wrong_setting_ends_it_at_once_with_words(gateway_database: str, tmp_path: Path) -> None:
    given = {"DATABASE_URL": gateway_database, "GATEWAY_CHANNELS": {"fax": {}}}
    with up(tmp_path, given) as gateway:
        assert gateway.process.wait(30) == 2
        assert "no channel of this name is installed" in gateway.said()
        assert "Traceback" not in gateway.said()


def an_api_key(database: str) -> str:
    store, now = open_store(database, connections=1), SystemClock().now()
    try:
        tenant = add_tenant(store, "North", now)
        with store.of(tenant) as transaction:
            sender = add_sender(transaction, "ERP", {}, now)
            return add_key(transaction, sender, "test", now).text
    finally:
        store.close()


def submit(api: str, key: str) -> str:
    """An invoice that goes by mail: its buyer has a mailbox and is on no network."""
    buyer = Buyer(name=BUYER.name, address=BUYER.address, contact=Contact(email="ap@atelier.example"))
    assert UBL.write is not None
    content = UBL.write(sample_invoice(buyer=buyer, process=None)).content
    answer = httpx.post(
        f"{api}/v1/submissions",
        content=content,
        headers={"Authorization": f"Bearer {key}"},
        params={"file_name": "one.xml"},
        trust_env=False,
        timeout=20,
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["submission"])


def state_of(api: str, key: str, submission: str) -> str:
    answer = httpx.get(
        f"{api}/v1/submissions/{submission}/documents",
        headers={"Authorization": f"Bearer {key}"},
        trust_env=False,
        timeout=20,
    )
    found = answer.json()["documents"]
    return str(found[0]["delivery"]) if found else ""
