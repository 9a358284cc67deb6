"""The door and the programs that senders really have: OpenSSH's `sftp`, `scp` and `ssh`."""

import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from gateway.intake.sftp import SftpDoor
from gateway.store import access
from tests.intake.house import Premises, eventually, ubl
from tests.pipeline.house import SENDER, TENANT


@pytest.fixture
def openssh() -> None:
    if shutil.which("sftp") is None or shutil.which("ssh") is None:
        pytest.skip("no OpenSSH client on this machine: apt-get install openssh-client")


@pytest.fixture
def home(openssh: None, made: Premises, tmp_path: Path) -> Path:
    """A folder with an identity that opens the account `openssh`."""
    key = Ed25519PrivateKey.generate()
    identity = tmp_path / "identity"
    identity.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    identity.chmod(0o600)
    public = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    with made.house.store.of(TENANT) as transaction:
        access.add_sftp_account(
            transaction,
            sender_id=SENDER,
            username="openssh",
            password_hash=None,
            public_keys=[public],
            now=made.house.clock.now(),
        )
    return tmp_path


def options(door: SftpDoor, home: Path) -> list[str]:
    """Only what is named here: no agent, no configuration of whoever runs the test."""
    (home / "known_hosts").write_text(f"[127.0.0.1]:{door.port} {door.host_key}\n")
    given = {
        "Port": door.port,
        "IdentityFile": home / "identity",
        "IdentitiesOnly": "yes",
        "IdentityAgent": "none",
        "UserKnownHostsFile": home / "known_hosts",
        "GlobalKnownHostsFile": "/dev/null",
        "StrictHostKeyChecking": "yes",
        "BatchMode": "yes",
        "ConnectTimeout": 20,
    }
    return ["-F", "none", *(word for name, value in given.items() for word in ("-o", f"{name}={value}"))]


def sftp(door: SftpDoor, home: Path, batch: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["sftp", *options(door, home), "-b", "-", "openssh@127.0.0.1"],
        input=batch,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_sftp_uploads_plainly_and_by_rename_and_fetches_its_answers(made: Premises, home: Path) -> None:
    (home / "a.xml").write_bytes(ubl("1"))
    (home / "b.xml").write_bytes(ubl("2"))
    with made.door() as door:
        done = sftp(door, home, "cd in\nput -p a.xml\nput b.xml b.xml.part\nls -l\nrename b.xml.part b.xml\npwd\n")
        assert done.returncode == 0, done.stderr
        assert "Remote working directory: /in" in done.stdout
        assert "b.xml.part" in done.stdout
        assert [one.file_name for one in made.submissions()] == ["a.xml", "b.xml"]
        made.read()
        eventually(lambda: len(made.folder_of("out")) == 4)
        done = sftp(door, home, "get out/*\nrm out/*\nls -l out\n")
        assert done.returncode == 0, done.stderr
    assert "accepted" in (home / "a.xml.txt").read_text()
    assert made.folder_of("out") == []


def test_scp_hears_that_its_file_was_taken(made: Premises, home: Path) -> None:
    """Unlike `sftp`, it ends with the status that the session ended with."""
    (home / "a.xml").write_bytes(ubl("1"))
    with made.door() as door:
        done = subprocess.run(
            ["scp", "-s", *options(door, home), "a.xml", "openssh@127.0.0.1:in/"],
            cwd=home,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert [one.file_name for one in made.submissions()] == ["a.xml"]


def test_sftp_goes_on_with_an_upload_that_broke(made: Premises, home: Path) -> None:
    whole = ubl("1") + b" " * 100_000
    with made.door() as door:
        (home / "a.part").write_bytes(whole[:50_000])
        assert sftp(door, home, "put a.part in/a.part\n").returncode == 0
        (home / "a.part").write_bytes(whole)
        done = sftp(door, home, "reput a.part in/a.part\nrename in/a.part in/a.xml\n")
        assert done.returncode == 0, done.stderr
    (one,) = made.submissions()
    assert made.house.archive.get(TENANT, one.sha256) == whole


ELSEWHERE = [
    "put a.xml ../a.xml",  # above the root
    "put a.xml /etc/a.xml",
    "put a.xml out/a.xml",
    "get /etc/passwd",
    "get ../../../../etc/passwd",
    "mkdir in/sub",
    "rmdir in",
    "symlink /etc/passwd in/link",
    "ln a.xml in/link",  # a hard link
    "rename in out",
    "rm in",
    "ls /etc",
    "cd ..\nget etc/passwd",
]


def test_sftp_gets_nowhere_else(made: Premises, home: Path) -> None:
    (home / "a.xml").write_bytes(ubl())
    with made.door() as door:
        gone = [command for command in ELSEWHERE if sftp(door, home, command + "\n").returncode != 1]
    assert gone == []
    assert not (home / "passwd").exists()
    assert {one.name for one in made.folder.rglob("*") if one.is_file()} == {"host_key", "door.lock"}
    assert made.submissions() == []


def test_a_large_file_is_refused_and_the_client_hears_of_it(made: Premises, home: Path) -> None:
    with (home / "big.xml").open("wb") as big:
        big.truncate(200_000_000)
    with made.door() as door:
        done = sftp(door, home, "put big.xml in/big.xml\n")
        assert done.returncode == 1
        done = sftp(door, home, "get errors/big.xml.txt\nls in\n")
        assert done.returncode == 0, done.stderr
        assert "big.xml" not in done.stdout.partition("ls in")[2]
    assert "1,000,000 bytes" in (home / "big.xml.txt").read_text()
    files = [path for path in made.folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_blocks * 512 for path in files) < 100_000
    assert made.submissions() == []


def test_ssh_runs_no_command_and_forwards_nothing(made: Premises, home: Path) -> None:
    with made.door() as door:
        attempts: list[tuple[list[str], list[str]]] = [
            ([], ["id"]),
            (["-s"], ["shell"]),  # another subsystem
            (["-W", "127.0.0.1:5432"], []),
        ]
        for flags, command in attempts:
            done = subprocess.run(
                ["ssh", *options(door, home), *flags, "openssh@127.0.0.1", *command],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert done.returncode != 0
            assert done.stdout == ""


def test_a_client_that_knows_another_host_key_turns_away(made: Premises, home: Path) -> None:
    with made.door() as door:
        given = options(door, home)
        other = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
        (home / "known_hosts").write_text(f"[127.0.0.1]:{door.port} {other}\n")
        done = subprocess.run(
            ["sftp", *given, "-b", "-", "openssh@127.0.0.1"],
            input="ls\n",
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode != 0
    assert "REMOTE HOST IDENTIFICATION HAS CHANGED" in done.stderr
