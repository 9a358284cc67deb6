"""The key by which senders recognise this door: made once, kept for good. A new one would look like an attack."""

import os
from pathlib import Path
from typing import Final

import paramiko
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from paramiko.ssh_exception import SSHException

from gateway.errors import SettingWrong

NAME: Final = "host_key"
_OTHERS: Final = 0o077


def host_key(folder: Path) -> paramiko.Ed25519Key:
    """The host key in this folder; made at the first start. Raises SettingWrong where it cannot be used as it is."""
    file = folder / NAME
    if not file.exists():
        _make(file)
    if file.stat().st_mode & _OTHERS:
        raise SettingWrong("data", f"others may read the host key {file}", f"Take that right away: chmod 600 {file}")
    try:
        return paramiko.Ed25519Key(filename=str(file))
    except (SSHException, ValueError, OSError) as error:
        raise SettingWrong(
            "data",
            f"the host key {file} cannot be read ({type(error).__name__})",
            "Restore it from a backup. Without it, every sender must be told a new fingerprint.",
        ) from None


def public_line(key: paramiko.PKey) -> str:
    """As it stands in a known_hosts file, without the host: `ssh-ed25519 AAAA...`."""
    return f"{key.get_name()} {key.get_base64()}"


def _make(file: Path) -> None:
    """Write a new key beside its place, then put it there whole."""
    content = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    making = file.with_name(f".{file.name}.new")
    making.unlink(missing_ok=True)
    with os.fdopen(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    making.rename(file)
