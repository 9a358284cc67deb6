"""A door in a process of its own that is killed (SIGKILL) while it takes a file in.

    python -m tests.intake.doomed DATABASE_URL FOLDER before|after

Prints `open` and its port once it is.
"""

import os
import signal
import sys
import threading
from pathlib import Path

from gateway.archive import open_archive
from gateway.clock import SystemClock
from gateway.intake.receive import Door, Incoming, receive
from gateway.intake.sftp import SftpDoor, taking
from gateway.settings import SftpSettings
from gateway.store.session import open_store
from gateway.store.submissions import Intake


def main(url: str, folder: Path, moment: str) -> None:
    """Open the door and stay until death."""

    def receive_and_die(door: Door, incoming: Incoming) -> Intake:
        if moment == "after":
            receive(door, incoming)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError("it lives")

    taking.receive = receive_and_die  # type: ignore[attr-defined]  # the wiring of a test: no hook in production code
    receiving = Door(open_store(url), open_archive(str(folder / "archive")), SystemClock(), 1_000_000)
    with SftpDoor(SftpSettings(port=0), folder / "sftp", receiving) as door:
        print("open", door.port, flush=True)
        threading.Event().wait(60)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
