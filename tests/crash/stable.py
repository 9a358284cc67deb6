"""Processes of the gateway from the stable (`tests.crash.worker`): ordered, watched, killed."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(slots=True)
class Process:
    """One process of the gateway. journal: the points that it passed, in their order."""

    pid: int
    handle: int
    journal_file: Path
    log_file: Path
    is_gone: bool = False

    @property
    def journal(self) -> list[str]:
        return self.journal_file.read_text(encoding="utf-8").splitlines() if self.journal_file.exists() else []

    @property
    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def ends_within(self, seconds: float) -> bool:
        """Whether it is gone, at the latest after so many seconds."""
        if not self.is_gone and select.select([self.handle], [], [], seconds)[0]:
            os.close(self.handle)
            self.is_gone = True
        return self.is_gone

    def kill(self) -> None:
        """SIGKILL, and gone."""
        if not self.is_gone:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            assert self.ends_within(30)

    def stop(self) -> None:
        """Told to stop, as by the service manager."""
        signal.pidfd_send_signal(self.handle, signal.SIGTERM)
        if not self.ends_within(60):
            self.kill()
            raise AssertionError(f"it did not stop when it was told to:\n{self.log[-3000:]}")


@dataclass(slots=True)
class Stable:
    """Starts processes by a fork of one that has imported everything."""

    _process: subprocess.Popen[str]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def opened(cls) -> "Stable":
        """A new one, in the surroundings of the project alone: no settings of the user's."""
        surroundings = {
            name: value for name, value in os.environ.items() if not name.startswith(("GATEWAY_", "DATABASE"))
        }
        command = [sys.executable, "-m", "tests.crash.worker"]
        root = Path(__file__).parents[2]
        process = subprocess.Popen(
            command,
            cwd=root,
            env=surroundings | {"GATEWAY_SETTINGS": os.devnull},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return cls(process)

    def start(
        self, role: str, folder: Path, settings: dict[str, object], *, end: str = "", poison: str = "", ready: str = ""
    ) -> Process:
        """A new process. folder: where its journal and its log lie."""
        with self._lock:
            number = len(list(folder.glob("*.log"))) + 1
            journal, log = folder / f"{number}.journal", folder / f"{number}.log"
            order = {
                "role": role,
                "settings": settings,
                "journal": str(journal),
                "end": end,
                "poison": poison,
                "log": str(log),
                "ready": ready,
            }
            log.touch()
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(f"{json.dumps(order)}\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
            pid = int(json.loads(answer)["pid"])
        return Process(pid, os.pidfd_open(pid), journal, log)

    def close(self) -> None:
        """No more orders."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()
