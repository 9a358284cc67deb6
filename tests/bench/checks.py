"""Our whole check against the official rules, on the same documents in one run, and what it costs to begin.

Ours is all that `gateway check` does with a document: parse, schema, read, every rule of Peppol BIS Billing 3 and of
EN 16931. The official side is the same two rule sets on saxonche, compiled before, from the bytes.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from formats.contract import Format
from gateway.registry import formats_at_hand
from gateway.wiring.judging import judge as judge_file
from tests import judge
from tests.bench.invoices import ubl
from tests.bench.memory import peak

LINES = (1, 10, 50, 100, 1_000, 10_000)
_ALONE = "from tests.bench.checks import measure_memory; measure_memory()"
_BEGIN = "import gateway.cli; from gateway.registry import formats_at_hand; formats_at_hand()"


def figures() -> Iterator[Mapping[str, object]]:
    """A figure a size, how time grows, the peak memory of the largest, and the start."""
    ours_at: dict[int, float] = {}
    for lines in LINES:
        content = ubl(f"BENCH-{lines}", lines)
        ours = ours_at[lines] = _best(partial(check, content), lines)
        yield {"figure": "check_ms", "lines": lines, "bytes": len(content), "ours": round(ours, 3)} | _official(
            content, lines, ours
        )
    yield {"figure": "check_grows", "lines": "1,000 to 10,000", "times": round(ours_at[10_000] / ours_at[1_000], 1)}
    done = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, check=True)
    peak, size = map(int, done.stdout.split())
    yield {"figure": "check_peak_memory", "lines": LINES[-1], "times_the_document": round(peak / size, 1)}
    yield {"figure": "check_start_ms", "cpu_ms": round(_start(), 0)}


def check(content: bytes) -> None:
    """One document as the command line checks it. Raises AssertionError where it is not valid."""
    for judged in judge_file(_formats(), content, "bench.xml", judge.PEPPOL):
        assert judged.is_valid, judged.findings


def measure_memory() -> None:
    """Print how far the check of the largest document raises this process, and the document's size, in bytes."""
    content = ubl("BENCH-BIG", LINES[-1])
    check(ubl("BENCH-SMALL", 1))
    before = peak()
    check(content)
    sys.stdout.write(f"{peak() - before} {len(content)}")


@cache
def _formats() -> Mapping[str, Format]:
    return formats_at_hand()


def _official(content: bytes, lines: int, ours: float) -> dict[str, object]:
    if not judge.is_installed(judge.PEPPOL):
        return {"official": None, "why": "the judges are not installed: make judges"}

    def both() -> None:
        for rule_set in (judge.EN16931, judge.PEPPOL):
            assert not [level for _, level in judge.official_findings(content, rule_set) if level == "fatal"]

    official = _best(both, lines)
    return {"official": round(official, 1), "ratio": round(official / ours, 1)}


def _best(work: Callable[[], None], lines: int) -> float:
    """Milliseconds of CPU: the best of several rounds, so that what else runs on the machine counts least."""
    work()
    rounds, repeats = (5, max(1, 200 // lines)) if lines < 1_000 else (2, 1)
    best = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(repeats):
            work()
        best = min(best, (time.process_time() - begun) / repeats)
    return 1000 * best


def _start() -> float:
    """CPU milliseconds from nothing to a process that is ready to check."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(3):
        subprocess.run([sys.executable, "-c", _BEGIN], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / 3
