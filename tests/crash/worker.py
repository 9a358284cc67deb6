"""A stable of processes: everything is imported once, and each worker or door is a fork of it, ready at once.

`python -m tests.crash.worker` reads orders from its standard input, one JSON object a line, and answers each with
`{"pid": N}`. What it starts is a real process of the gateway, with the points of `tests.crash.points` laid around it:

    role      "work": a worker, as `gateway work` is; "serve": the doors, as `gateway serve` opens them
    settings  the settings of the installation, by name
    journal   where the process writes the points that it passes
    end       the point at which it kills itself, or ""
    poison    the number of a document whose packing ends the process, or ""
    log       a file for what the process says
    ready     "serve": where it writes the addresses of its doors
"""

import json
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

from formats.contract import CannotWrite
from gateway import registry
from gateway.pipeline.jobs import work
from gateway.settings import Settings
from gateway.wiring import building, normalising
from gateway.wiring.logs import speak
from gateway.wiring.serving import serve
from tests.crash.points import Points, lay
from tests.crash.scene import EXAMPLES, FILES


def run(order: dict[str, str]) -> None:
    """What the new process does, for as long as it lives."""
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    settings = Settings.model_validate_json(json.dumps(order["settings"]))
    speak("info")
    lay(Points(Path(order["journal"]), order["end"]), order["poison"])
    if order["role"] == "serve":
        serve(settings, Path(order["ready"]))
        return
    with building.open_installation(settings, connections=settings.work.concurrency + 2) as installation:
        work(installation.house, installation.database_url)


def warm_up() -> None:
    """Do once what each process would do first: load schemas, tables of codes, the mapping of a CSV.

    No page is typeset: the typesetter starts threads, and a fork has none but its own.
    """
    known = registry.load()
    profiles = normalising.by_speciality(known.profiles)
    for name in FILES:
        content = (EXAMPLES / "erp" / name).read_bytes()
        found = known.recognise(content)
        assert found is not None
        assert found.read is not None
        for reading in found.read(content):
            assert reading.invoice is not None
            checked = normalising.check(profiles, found, content, reading)
            is_italian = name == "other-companies.json"
            target = known.formats["fatturapa" if is_italian else "peppol-bis-3"]
            assert target.write is not None
            assert target.check_bytes is not None
            with suppress(CannotWrite):
                target.check_bytes(target.write(checked.invoice).content)


def main() -> None:
    """Answer orders until there are no more."""
    warm_up()
    # Buried by the kernel: nobody waits for them here.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    threads = len(list(Path("/proc/self/task").iterdir()))
    assert threads == 1, f"a fork of {threads} threads loses all but one"
    for line in sys.stdin:
        order = json.loads(line)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                run(order)
                code = 0
            except BaseException as error:  # noqa: BLE001 - told in the log; the fork never returns into the loop
                print(f"the process ends: {error!r}", file=sys.stderr, flush=True)
            os._exit(code)
        print(json.dumps({"pid": pid}), flush=True)


if __name__ == "__main__":
    main()
