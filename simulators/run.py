"""`make run`: the set-up of the demo, kept running: addresses, a login for the desk, an API key, an SFTP account.

Its data stays in `.run` between two runs. `DATABASE_URL` points it at a PostgreSQL of your own.
"""

import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from rich.console import Console

from simulators.stage import ROOT, DidNotStart, Stage, stage, table_of


def main() -> int:
    """Run until told to stop; the exit code."""
    console = Console(highlight=False, soft_wrap=True)
    stop = threading.Event()

    def told(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, told)
    console.print("Starting PostgreSQL, the gateway, a worker and the network twin ...")
    try:
        with stage(ROOT / ".run") as standing:
            for line in addresses(standing):
                console.print(line, markup=False)
            console.print("Drop files of examples/erp into in/ and watch the desk. Ctrl-C stops everything.")
            stop.wait()
            console.print("Stopping ...")
    except DidNotStart as error:
        console.print(str(error), style="bold red", markup=False)
        return 1
    return 0


def addresses(standing: Stage) -> Iterator[str]:
    """What there is, a line each: whole on its line however narrow the window, so that it can be copied."""
    door = table_of(standing.gateway, "sftp")
    key = Path(standing.accounts.sftp_key)
    rows = (
        ("desk", str(standing.gateway["desk"])),
        ("  login", f"{standing.accounts.desk_user} / {standing.accounts.desk_password}"),
        ("API", standing.api),
        ("  key", standing.accounts.api_key),
        ("  description", f"{standing.api}/v1/openapi.json"),
        ("SFTP", f"sftp -P {door['port']} -i {key} {standing.accounts.sftp_user}@{door['host']}"),
        ("the twin's script", str(table_of(standing.twin, "control")["url"])),
        ("logs", str(standing.folder)),
    )
    return (f"{name:<19}{value}" for name, value in rows)


if __name__ == "__main__":
    sys.exit(main())
