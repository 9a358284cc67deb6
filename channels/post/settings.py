"""Which print house takes our letters, how we know it, and who we are there."""

from pathlib import Path
from typing import Annotated

import msgspec

from channels.post.host_key import read_host_keys
from channels.settings import Secret

Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Host = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{1,253}\Z")]
Folder = Annotated[str, msgspec.Meta(pattern=r"^[^\x00-\x1f]{1,255}\Z")]
Word = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._-]{1,60}\Z")]
Bytes = Annotated[int, msgspec.Meta(ge=1_000, le=100_000_000)]


class PostSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One print house.

    host_key:         the house's public keys, a line each, as in known_hosts with or without the host in front:
                      `ssh-ed25519 AAAA...`. Get them from the house, not from the network
    username:         our account there
    password:         or `password_file`
    key_file:         our private key (OpenSSH, or PEM), with `key_password` where it is encrypted. With a password
                      beside it, both are given where the house asks for both
    drop_folder:      where batches go
    status_folder:    where the house puts its status files
    profile:          what the house calls our agreement on paper, envelopes and windows
    test:             whether all tickets say that nothing is to be printed
    acknowledges:     whether the house knows a batch id again, or leaves the batch or `<batch>.ack` in the drop
                      folder. Where it does neither, a lost answer is for a person with a telephone
    connect_seconds:  for connection, key exchange and login, a step
    answer_seconds:   how long the house may be silent
    largest_status:   bytes of a status file
    """

    host: Host
    host_key: str
    username: str
    port: Port = 22
    password: Secret | None = None
    key_file: Path | None = None
    key_password: Secret | None = None
    drop_folder: Folder = "/in"
    status_folder: Folder = "/out"
    profile: Word = "standard"
    test: bool = False
    acknowledges: bool = True
    connect_seconds: Seconds = 15.0
    answer_seconds: Seconds = 60.0
    largest_status: Bytes = 10_000_000

    def __post_init__(self) -> None:
        if self.password is None and self.key_file is None:
            raise ValueError("the house must know us by something: set password, key_file, or both")
        read_host_keys(self.host_key)
