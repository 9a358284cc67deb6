"""CPU milliseconds a document, hop by hop: one process, a real database and archive, the twin in another process."""

import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gateway.intake.accounts import add_sender, add_tenant
from gateway.intake.receive import Door, Incoming, receive
from gateway.pipeline.absorb import collect_notices
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.settings import Settings
from gateway.wiring.building import Installation, open_installation
from gateway.wiring.logs import speak
from simulators.stage import settings_for, twin_process
from tests.bench.invoices import PARTICIPANT, ubl

DOCUMENTS = 500


def figures() -> Iterator[Mapping[str, object]]:
    """One figure a hop, and their sum."""
    speak("error")
    with tempfile.TemporaryDirectory(prefix="gateway-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        with twin_process(folder, [PARTICIPANT]) as twin:
            settings = folder / "gateway.toml"
            settings.write_text(settings_for(folder, twin), encoding="utf-8")
            os.environ["GATEWAY_SETTINGS"] = str(settings)
            with open_installation(Settings()) as installation:
                yield from _measured(installation)


def _measured(installation: Installation) -> Iterator[Mapping[str, object]]:
    house, now = installation.house, installation.clock.now()
    tenant = add_tenant(installation.store, "Bench", now)
    with installation.store.of(tenant) as transaction:
        sender = add_sender(transaction, "ERP", {}, now)
    door = Door(installation.store, installation.archive, installation.clock, 100_000_000)
    files = [ubl(f"BENCH-{at}") for at in range(DOCUMENTS)]
    total = 0.0
    for hop, work in (
        ("intake", lambda: _drop(door, tenant, sender, files)),
        ("read and check", lambda: _until_done(lambda: read_waiting(house, tenant))),
        ("route, write, seal", lambda: _until_done(lambda: prepare_waiting(house, tenant))),
        ("dispatch", lambda: _until_done(lambda: dispatch_waiting(house, tenant, "peppol"))),
        ("absorb", lambda: collect_notices(house, tenant, "peppol")),
    ):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        share = house.work.batch if hop == "absorb" else DOCUMENTS
        total += 1000 * cpu / share
        yield {
            "figure": "cpu_ms_a_document",
            "hop": hop,
            "cpu_ms": round(1000 * cpu / share, 2),
            "wall_ms": round(1000 * wall / share, 2),
            "documents": share,
        }
    yield {"figure": "cpu_ms_a_document", "hop": "all", "cpu_ms": round(total, 2)}


def _drop(door: Door, tenant: uuid.UUID, sender: uuid.UUID, files: list[bytes]) -> None:
    for at, content in enumerate(files):
        receive(door, Incoming(tenant, sender, "bench", f"{at}.xml", content))


def _until_done(step: Callable[[], int]) -> None:
    while step():
        pass
