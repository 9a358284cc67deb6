"""Documents a second from the first byte over SFTP until the far end has taken every one: real processes all the way.

The clock stops by what the twin's access point has seen, not by what the gateway says of itself.
"""

import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from simulators.stage import Stage, stage, table_of, upload
from tests.bench.invoices import PARTICIPANT, ubl

RUNS = ((100, 1), (100, 2), (5_000, 1), (5_000, 2))  # documents, workers
SESSIONS = 4
LONGEST = 1_200.0


def figures() -> Iterator[Mapping[str, object]]:
    """One figure a run, then what a second worker brings."""
    rates: dict[tuple[int, int], float] = {}
    for count, workers in RUNS:
        with tempfile.TemporaryDirectory(prefix="gateway-bench-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            folder.chmod(0o711)
            with stage(folder, workers=workers, participants=[PARTICIPANT]) as standing:
                seconds = _timed(standing, folder / "exports", count)
        rates[count, workers] = count / seconds
        yield {
            "figure": "documents_a_second_from_drop_to_handed_over",
            "documents": count,
            "workers": workers,
            "documents_a_second": round(count / seconds, 1),
            "seconds": round(seconds, 1),
        }
    for count in sorted({count for count, _ in RUNS}):
        ratio = rates[count, 2] / rates[count, 1]
        yield {"figure": "two_workers_to_one", "documents": count, "ratio": round(ratio, 2)}


def _timed(standing: Stage, folder: Path, count: int) -> float:
    folder.mkdir()
    files = []
    for at in range(count):
        file = folder / f"invoice-{at:05}.xml"
        file.write_bytes(ubl(f"DROP-{at:05}"))
        files.append(file)
    began = time.monotonic()
    with ThreadPoolExecutor(SESSIONS) as sessions:
        dropped = [sessions.submit(upload, standing, files[part::SESSIONS]) for part in range(SESSIONS)]
        for one in dropped:
            one.result()
        _wait_until_seen(standing, count, began + LONGEST)
    return time.monotonic() - began


def _wait_until_seen(standing: Stage, count: int, until: float) -> None:
    seen = f"{table_of(standing.twin, 'control')['url']}/seen/ap/count"
    while (taken := int(httpx.get(seen, timeout=60).json()["new"])) < count:
        if time.monotonic() > until:
            raise TimeoutError(f"the access point has taken {taken} of {count} documents")
        time.sleep(0.2)
