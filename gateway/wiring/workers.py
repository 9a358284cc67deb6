"""Worker processes beside the doors: one that dies is started again, and all are told to stop when the doors close."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import structlog

log = structlog.get_logger()

# What a worker has in hand when it is told to stop may take longer than anybody waits. One that is killed loses
# nothing: its work is taken over when its lease runs out.
_SECONDS_TO_STOP: Final = 8.0
_SECONDS_BETWEEN_STARTS: Final = 2.0
_LOOK_EVERY: Final = 0.2


@contextmanager
def workers(count: int) -> Iterator[None]:
    """So many worker processes, with the settings and surroundings of this one."""
    stop = threading.Event()
    keepers = [
        threading.Thread(target=_keep, args=(number, stop), name=f"worker {number}", daemon=True)
        for number in range(1, count + 1)
    ]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        stop.set()
        for keeper in keepers:
            keeper.join()


def _keep(number: int, stop: threading.Event) -> None:
    while not stop.is_set():
        process = subprocess.Popen([sys.executable, "-m", "gateway", "work"])
        log.info("a worker starts", number=number, pid=process.pid)
        while process.poll() is None and not stop.wait(_LOOK_EVERY):
            pass
        if process.poll() is None:
            _end(process)
        elif not stop.is_set():  # Ctrl-C in a terminal tells all of us at once
            log.error("a worker died and is started again", number=number, exit_code=process.returncode)
            stop.wait(_SECONDS_BETWEEN_STARTS)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        log.warning("a worker was busy and is killed; what it had in hand is taken over", pid=process.pid)
        process.kill()
        process.wait()
