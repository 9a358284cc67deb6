"""The account that the embedded PostgreSQL runs as when the gateway runs as root: PostgreSQL refuses to be root.

It may pass the folders above its data and its programs, no more: they are opened for passing through (o+x), never for
listing, and only those that are closed.
"""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from gateway.errors import EmbeddedServerFailed

SERVER_ACCOUNT: Final = "gateway-postgres"


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int


def account_for(data: Path) -> Account | None:
    """Who the server of this data folder runs as: None where that is simply us.

    Under root it is the folder's owner, or a system account of its own, made at the first need.
    """
    if os.geteuid() != 0:
        return None
    if data.exists():
        return _account(pwd.getpwuid(data.stat().st_uid))
    try:
        return _account(pwd.getpwnam(SERVER_ACCOUNT))
    except KeyError:
        return _make_account(data)


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _make_account(data: Path) -> Account:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    way_out = "Run the gateway as another user than root, or set DATABASE_URL to a server of yours."
    if useradd is None:
        raise EmbeddedServerFailed(str(data), "it refuses to run as root, and there is no useradd here", way_out)
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
    command += ["--shell", "/usr/sbin/nologin", "--comment", "embedded PostgreSQL of the gateway", SERVER_ACCOUNT]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    already_there = 9  # another process was faster
    if made.returncode not in {0, already_there}:
        problem = f"the account {SERVER_ACCOUNT} for it cannot be made: {made.stderr.strip()}"
        raise EmbeddedServerFailed(str(data), problem, way_out)
    structlog.get_logger().info("account made for the embedded PostgreSQL", account=SERVER_ACCOUNT)
    return _account(pwd.getpwnam(SERVER_ACCOUNT))


def open_the_way(path: Path, account: Account) -> None:
    """Let the account pass each folder above `path`."""
    for folder in path.resolve().parents:
        facts = folder.stat()
        if facts.st_mode & stat.S_IXOTH or facts.st_uid == account.uid:
            continue
        folder.chmod(stat.S_IMODE(facts.st_mode) | stat.S_IXOTH)
        structlog.get_logger().warning("folder opened for passing through", folder=str(folder), account=account.name)


def share_programs(folder: Path) -> None:
    """Let everybody run the programs of the wheel: pip installs them for the owner alone under a strict umask."""
    if folder.stat().st_mode & stat.S_IXOTH and (folder / "bin" / "postgres").stat().st_mode & stat.S_IXOTH:
        return
    for path in [folder, *folder.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
