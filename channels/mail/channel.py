"""The mail channel: one relay, its sessions kept between messages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from channels.contract import (
    AddressResult,
    Channel,
    ChannelType,
    Misconfigured,
    Notice,
    OutcomeUnknown,
    Parcel,
    Receipt,
    Refused,
)
from channels.https import verifying_context
from channels.kept import Kept
from channels.mail.mailbox import on_the_wire, split_addresses
from channels.mail.relay import Relay
from channels.mail.return_path import return_path
from channels.mail.session import Envelope, Session
from channels.mail.settings import MailSettings
from channels.mail.settlement import settle
from channels.settings import read_settings


@dataclass(frozen=True, slots=True)
class _Addressed:
    """Envelope and, in the same order, the addresses as the parcel has them; and those that no envelope can hold."""

    envelope: Envelope
    addresses: tuple[str, ...]
    unwritable: tuple[AddressResult, ...]


class MailChannel:
    """Hands messages over to the relay.

    recognises_repeats is False: SMTP knows no repeats. Message-ID is the same in every attempt, and many mail stores
    hide the second copy by it, but the relay and the buyer's server deliver it twice all the same.
    """

    name = "mail"
    recognises_repeats = False

    def __init__(self, relay: Relay, settings: MailSettings) -> None:
        self._relay, self._settings = relay, settings
        self._sessions: Kept[Session] = Kept(relay.connect)

    def __repr__(self) -> str:
        return f"MailChannel({self._relay!r})"

    def close(self) -> None:
        """Close the kept sessions."""
        self._sessions.close()

    def destination(self, parcel: Parcel) -> str:
        """The relay: it is what goes down for all buyers together."""
        del parcel
        return self._relay.name

    def send(self, parcel: Parcel) -> Receipt:
        """One transaction for all addresses. Raises a ChannelFailure."""
        addressed = self._address(parcel)
        _check_message(parcel.content)
        with self._sessions.lend() as session:
            answers = session.hand_over(addressed.envelope, parcel.content)
        return settle(parcel.content, addressed.addresses, addressed.unwritable, answers)

    def ask(self, parcel: Parcel, reference: str) -> Receipt | None:
        """Raises OutcomeUnknown, always: SMTP has no query."""
        text = (
            f"a mail server can't be asked what became of a message. Look into the log of {self._relay.name} for "
            f"{reference or parcel.key}, or ask {parcel.address.get('to', 'the buyer')} whether it is there; sent "
            "again it may be there twice, with the same Message-ID"
        )
        raise OutcomeUnknown("mail.no_query", text)

    def collect(self, references: Mapping[str, str]) -> Iterator[Notice]:
        """Nothing: notices (DSN) come as mail to the return path, and nobody reads that mailbox yet."""
        del references
        yield from ()

    def _address(self, parcel: Parcel) -> _Addressed:
        """Raises Refused where no address can be written, Misconfigured where there is no return path."""
        recipients: dict[str, str] = {}
        unwritable = []
        for address in split_addresses(parcel.address.get("to", "")):
            try:
                recipients.setdefault(on_the_wire(address), address)
            except ValueError as error:
                unwritable.append(AddressResult(address, accepted=False, code="5.1.3", text=str(error)))
        if not recipients:
            text = "; ".join(one.text for one in unwritable) or "the parcel has no mail address"
            raise Refused("mail.address", text, "mail.5xx", addresses=tuple(unwritable))
        envelope = Envelope(self._sender(parcel), tuple(recipients))
        return _Addressed(envelope, tuple(recipients.values()), tuple(unwritable))

    def _sender(self, parcel: Parcel) -> str:
        bounce, secret = self._settings.bounce_address, self._settings.bounce_secret
        try:
            if bounce is not None and secret is not None:
                return return_path(bounce, parcel.key, secret.reveal())
            return on_the_wire(parcel.address.get("from", ""))
        except ValueError as error:
            text = f"no return path: {error}. Set `bounce_address`, or give the parcel a sender under `from`"
            raise Misconfigured("mail.return_path", text) from error


def _check_message(content: bytes) -> None:
    """Lines that end in CRLF alone: a bare CR or LF lets a second message be smuggled in behind the first."""
    line_ends = content.count(b"\r\n")
    if not content.endswith(b"\r\n") or {content.count(b"\r"), content.count(b"\n")} != {line_ends}:
        raise Misconfigured(
            "mail.message", "the parcel is no message as RFC 5322 writes it: its lines must end in CRLF"
        )


def build(settings: Mapping[str, object], ports: Mapping[str, object]) -> Channel:
    """The channel to one relay. Raises Misconfigured with the name of the wrong setting. Needs no port."""
    del ports
    chosen = read_settings("mail", settings, MailSettings)
    return MailChannel(Relay(chosen, verifying_context("mail", chosen.ca_file)), chosen)


CHANNEL = ChannelType("mail", build)
