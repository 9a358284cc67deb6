"""The environment is built from what the lock and the hash say, whatever index serves it."""

import base64
import importlib.util
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).parents[2]
WHEEL = b"not really a wheel"


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module, on a machine without any configuration of pip."""
    for variable in ("PIP_INDEX_URL", "PIP_CERT", "PIP_PROXY", "PIP_CONFIG_FILE", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "xdg"))
    spec = importlib.util.spec_from_file_location("bootstrap", ROOT / "tools" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "PIP_SHA256", sha256(WHEEL).hexdigest())
    return module


@dataclass
class Index:
    """A package index on loopback: pages by path, and the logins that came with each request."""

    pages: dict[str, bytes]
    logins: list[str | None] = field(default_factory=list)
    address: str = ""


@contextmanager
def serving(index: Index) -> Iterator[Index]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            index.logins.append(self.headers["Authorization"])
            page = index.pages.get(self.path)
            self.send_response(404 if page is None else 200)
            self.end_headers()
            self.wfile.write(page or b"")

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    index.address = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield index
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_pip_is_fetched_from_the_index_that_pip_is_configured_for(bootstrap: ModuleType, tmp_path: Path) -> None:
    page = b'<a href="../../files/pip-26.3-py3-none-any.whl#sha256=0">pip</a>'
    with serving(Index({"/simple/pip/": page, "/files/pip-26.3-py3-none-any.whl": WHEEL})) as index:
        (tmp_path / ".config" / "pip").mkdir(parents=True)
        (tmp_path / ".config" / "pip" / "pip.conf").write_text(
            f"[global]\nindex-url = http://me:se%40cret@{index.address}/simple/\n"
        )
        bootstrap.fetch_pip(str(tmp_path / "pip.whl"))
    assert (tmp_path / "pip.whl").read_bytes() == WHEEL
    login = "Basic " + base64.b64encode(b"me:se@cret").decode()
    assert index.logins == [login, login]


def test_the_login_of_the_index_is_never_told_to_another_host(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Index({"/pip-26.3-py3-none-any.whl": WHEEL})) as files, serving(Index({})) as index:
        index.pages["/pip/"] = f'<a href="http://{files.address}/pip-26.3-py3-none-any.whl">pip</a>'.encode()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://me:secret@{index.address}/")
        bootstrap.fetch_pip(str(tmp_path / "pip.whl"))
    assert index.logins != [None]
    assert files.logins == [None]


def test_a_pip_with_another_hash_is_not_used(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = b'<a href="pip-26.3-py3-none-any.whl">pip</a>'
    with serving(Index({"/pip/": page, "/pip/pip-26.3-py3-none-any.whl": b"poisoned"})) as index:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://{index.address}")
        with pytest.raises(bootstrap.CannotBuild, match="not used"):
            bootstrap.fetch_pip(str(tmp_path / "pip.whl"))
    assert not (tmp_path / "pip.whl").exists()


@pytest.mark.parametrize(
    ("pages", "complaint"),
    [
        ({"/pip/": b'<a href="pip-1.0-py3-none-any.whl">pip</a>'}, "set PIP_INDEX_URL to an index that has it"),
        ({}, "404"),  # no index at this address
    ],
)
def test_an_index_that_cannot_serve_is_named_as_the_reason(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pages: dict[str, bytes], complaint: str
) -> None:
    with serving(Index(pages)) as index:
        monkeypatch.setenv("PIP_INDEX_URL", f"http://{index.address}")
        with pytest.raises(bootstrap.CannotBuild, match=complaint):
            bootstrap.fetch_pip(str(tmp_path / "pip.whl"))


def test_a_variable_counts_more_than_a_file_and_the_users_file_more_than_the_machines(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder, cert in ((tmp_path / "xdg" / "pip", "machine"), (tmp_path / ".config" / "pip", "user")):
        folder.mkdir(parents=True)
        (folder / "pip.conf").write_text(f"[global]\ncert = {cert}\nindex-url = {cert}\n")
    monkeypatch.setenv("PIP_INDEX_URL", "variable")
    settings = bootstrap.pip_settings()
    assert (settings["cert"], settings["index-url"]) == ("user", "variable")


def test_an_old_python_is_refused_with_the_way_out(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 10, 13))
    with pytest.raises(bootstrap.CannotBuild, match=r"Python 3\.11 or newer is needed.*make install PYTHON="):
        bootstrap.build(SimpleNamespace())
