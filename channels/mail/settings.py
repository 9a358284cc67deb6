"""Which relay takes our mail, and who we are there."""

from pathlib import Path
from typing import Annotated, Literal

import msgspec

from channels.mail.mailbox import on_the_wire
from channels.settings import Secret

Seconds = Annotated[float, msgspec.Meta(gt=0, le=3600)]
Port = Annotated[int, msgspec.Meta(ge=1, le=65535)]
Host = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:-]{1,253}\Z")]
Count = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class MailSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One relay. There is no setting for a connection in the clear.

    host:                     as it stands in the relay's certificate
    port:                     587 with `starttls`, 465 with `tls`, unless it is given
    security:                 `starttls` (RFC 3207) or `tls` from the first byte (RFC 8314)
    username, password:       the login, both or neither; `password_file` in place of `password`
    ca_file:                  PEM file of the one authority to trust, for a relay with a private certificate
    hello:                    the name that we greet with; some relays want the full name of this machine
    bounce_address:           the mailbox where notices return; each parcel's key is put into it (see `return_path`).
                              Without it the return path is what the parcel's address says under `from`
    bounce_secret:            guards those return paths against guessing; `bounce_secret_file` in place of it
    connect_seconds:          for connection, handshakes and login, a step
    command_seconds:          for the answer to a command
    answer_seconds:           for the answer to the final dot; RFC 5321 4.5.3.2.6 wants ten minutes, because giving up
                              early leaves a mail of which nobody knows whether it was taken
    messages_per_connection:  after so many a new connection is made; many relays hang up at 100
    """

    host: Host
    port: Port | None = None
    security: Literal["starttls", "tls"] = "starttls"
    username: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None
    hello: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9.:\[\]-]{1,253}\Z")] = "[127.0.0.1]"
    bounce_address: str | None = None
    bounce_secret: Secret | None = None
    connect_seconds: Seconds = 30.0
    command_seconds: Seconds = 300.0
    answer_seconds: Seconds = 600.0
    messages_per_connection: Count = 100

    def __post_init__(self) -> None:
        if (self.username is None) != (self.password is None):
            raise ValueError("username and password go together: set both, or neither")
        if self.username is not None and self.password is not None:
            _check_login(self.username, self.password)
        if (self.bounce_address is None) != (self.bounce_secret is None):
            raise ValueError("bounce_address and bounce_secret go together: set both, or neither")
        if self.bounce_address is not None and not on_the_wire(self.bounce_address).isascii():
            raise ValueError("bounce_address must be ASCII")

    @property
    def chosen_port(self) -> int:
        """The port given, or the one that belongs to the security chosen."""
        return self.port or (587 if self.security == "starttls" else 465)


def _check_login(username: str, password: Secret) -> None:
    """What smtplib can send. It would fail at the first mail, with the password in the exception."""
    for name, value in (("username", username), ("password", password.reveal())):
        if not value.isascii() or not value.isprintable():
            raise ValueError(f"{name} must be printable ASCII: the login mechanisms of smtplib carry nothing else")
