"""The peak memory of one invoice of 10,000 lines on its way: read, checked, written for Peppol and sealed."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

LINES = 10_000
_ALONE = "from tests.bench.memory import measure; measure()"


def figures() -> Iterator[Mapping[str, object]]:
    """Measured in a process of its own, so that nothing else counts."""
    done = subprocess.run([sys.executable, "-c", _ALONE], capture_output=True, text=True, check=True)
    yield json.loads(done.stdout)


def measure() -> None:
    """Print the figure of this process."""
    from functools import partial  # noqa: PLC0415 - the process imports what the worker does, and nothing before

    from formats.en16931.json_form import encode, restored  # noqa: PLC0415
    from gateway.registry import formats_at_hand, profiles_of, recognise  # noqa: PLC0415
    from gateway.wiring.normalising import by_speciality, check  # noqa: PLC0415
    from gateway.wiring.packing.leaving import leave  # noqa: PLC0415
    from tests.bench.invoices import ubl  # noqa: PLC0415

    content = ubl("BIG-1", LINES)
    formats = formats_at_hand()
    profiles = by_speciality(profiles_of(formats))
    before = peak()
    found = recognise(formats, content)
    assert found is not None
    assert found.read is not None
    judge = partial(check, profiles, found, content)
    (reading,) = found.read(content)
    assert reading.invoice is not None
    checked = judge(reading)
    leaving = leave(formats["peppol-bis-3"], profiles, restored(encode(checked.invoice)), {})
    assert leaving.may_leave, leaving.report.fatal
    figure = {
        "figure": "peak_memory_of_one_invoice",
        "lines": LINES,
        "document_mb": round(len(content) / 1e6, 1),
        "peak_mb": round(peak() / 1e6, 1),
        "above_start_mb": round((peak() - before) / 1e6, 1),
        "times_the_document": round((peak() - before) / len(content), 1),
    }
    sys.stdout.write(json.dumps(figure))


def peak() -> int:
    """The most memory that this process ever had, in bytes; `getrusage` would count what its parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])
