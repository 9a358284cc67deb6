"""The log: a line an event, for machines as JSON, and nothing of what variables held."""

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest
import structlog

from gateway.wiring.logs import speak

SECRET = "s3cret-of-a-variable"


class Terminal(io.StringIO):
    """A person is watching."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def put_back() -> Iterator[None]:
    """The log of the test run itself is set up as it was."""
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    structlog.reset_defaults()
    logging.root.handlers[:], logging.root.level = handlers, level


def heard(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, level: str = "info") -> io.StringIO:
    monkeypatch.setattr(sys, "stderr", stream)
    speak(level)
    return stream


def break_down() -> None:
    """What breaks has a secret in hand, and one in what it was given."""
    held = f"{SECRET[:6]}{SECRET[6:]}"
    raise ValueError("it broke", len(held))


def tell_of_it() -> None:
    password = f"{SECRET[:3]}{SECRET[3:]}"
    try:
        break_down()
    except ValueError:
        structlog.get_logger().exception("a channel broke", channel="mail")
        logging.getLogger("a.library").exception("something broke inside %s", "a library")
    assert password


def test_for_machines_each_event_is_a_line_of_json_whoever_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    out = heard(monkeypatch, io.StringIO())
    tell_of_it()
    ours, theirs = (json.loads(line) for line in out.getvalue().splitlines())
    assert (ours["event"], ours["level"], ours["channel"]) == ("a channel broke", "error", "mail")
    assert (theirs["event"], theirs["logger"]) == ("something broke inside a library", "a.library")
    assert ours["exception"][0]["exc_type"] == theirs["exception"][0]["exc_type"] == "ValueError"
    assert ours["exception"][0]["frames"][-1]["name"] == "break_down"


@pytest.mark.parametrize("stream", [io.StringIO(), Terminal()], ids=["machine", "person"])
def test_a_traceback_never_shows_what_variables_held(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> None:
    out = heard(monkeypatch, stream)
    tell_of_it()
    assert "break_down" in out.getvalue()
    assert SECRET not in out.getvalue()


def test_a_name_from_outside_paints_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    out = heard(monkeypatch, Terminal())
    structlog.get_logger().info("a file was taken in", file="\x1b]0;owned\x07.xml")
    assert "\x1b]0;" not in out.getvalue()
    assert r"\x1b]0;owned\x07.xml" in out.getvalue()


def test_what_is_below_the_level_is_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    out = heard(monkeypatch, io.StringIO(), "warning")
    structlog.get_logger().info("the doors are open")
    structlog.get_logger().warning("a document waits")
    assert [json.loads(line)["event"] for line in out.getvalue().splitlines()] == ["a document waits"]


def test_a_process_says_nothing_on_standard_output() -> None:
    """What a command prints there is its answer."""
    code = "from gateway.wiring.logs import speak; import structlog; speak('info'); structlog.get_logger().info('x')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == ""
    assert json.loads(done.stderr)["event"] == "x"
