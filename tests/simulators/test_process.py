"""`python -m simulators` as a process, and what it leaves behind: nothing."""

import json
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from simulators.pki import Pki
from simulators.twin import Twin

ROOT = Path(__file__).parents[2]
START_SECONDS = 20.0


def started(folder: Path, *words: str) -> tuple["subprocess.Popen[bytes]", dict[str, object]]:
    """The process, and what it wrote when all parties listened."""
    ready = folder / "ready.json"
    process = subprocess.Popen([sys.executable, "-m", "simulators", "--ready", str(ready), *words], cwd=ROOT)
    end = time.monotonic() + START_SECONDS
    while not ready.exists():
        assert process.poll() is None, "the twin ended before it was ready"
        assert time.monotonic() < end, "the twin is not ready in time"
        time.sleep(0.02)
    found: dict[str, object] = json.loads(ready.read_text(encoding="utf-8"))
    return process, found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_tells_where_it_is_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    participants = tmp_path / "participants.json"
    participants.write_text('{"0088:7300010000001": null}', encoding="utf-8")
    script = tmp_path / "script.json"
    script.write_text('{"sdi": [{"behaviour": "silent", "match": {"number": "X"}}]}', encoding="utf-8")
    process, ready = started(tmp_path, "--participants", str(participants), "--script", str(script))
    try:
        assert (tmp_path / "ready.json").stat().st_mode & 0o777 == 0o600
        work = Path(str(ready["work"]))
        keys = list((work / "keys").iterdir())
        assert keys
        assert {path.stat().st_mode & 0o777 for path in keys} == {0o600}
        url = str(ready["control"]["url"])  # type: ignore[index]  # JSON
        assert list(httpx.get(f"{url}/directory", trust_env=False).json()) == ["0088:7300010000001"]
        assert httpx.get(f"{url}/script/sdi", trust_env=False).json()[0]["behaviour"] == "silent"
    finally:
        process.send_signal(number)
        assert process.wait(10) == 0
    assert not work.exists()
    assert not (tmp_path / "ready.json").exists()


def test_the_twin_starts_again_where_an_earlier_one_has_worked(tmp_path: Path) -> None:
    for _ in range(2):
        process, ready = started(tmp_path, "--work", str(tmp_path / "work"))
        url = str(ready["control"]["url"])  # type: ignore[index]  # JSON
        assert httpx.get(f"{url}/health", trust_env=False).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


WORDS = {
    # words of the command line: what the process says before it ends
    ("--pace", "hasty"): b"'hasty' is no pace",
    ("--sdi-endpoint", "http://127.0.0.1:9"): b"HTTPS addresses alone",
    ("--participants", "/nowhere.json"): b"/nowhere.json",
}


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words[0])
def test_words_that_can_not_be_meant_end_the_process(tmp_path: Path, words: tuple[str, str]) -> None:
    command = [sys.executable, "-m", "simulators", "--work", str(tmp_path / "work"), *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=START_SECONDS)
    assert ended.returncode == 2
    assert WORDS[words] in ended.stderr


def test_no_thread_outlives_the_twin(pki: Pki) -> None:
    before = set(threading.enumerate())
    with Twin(pki=pki) as twin:
        assert len(threading.enumerate()) > len(before)
        assert httpx.get(f"{twin.control.url}/health", trust_env=False).status_code == 200
    assert set(threading.enumerate()) - before == set()
