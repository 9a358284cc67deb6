"""What every channel offers, and the families of failure.

    send      hand the parcel over now          -> Receipt, or a failure below
    ask       did you get this parcel?          -> Receipt, or None where it never arrived
    collect   what has the other side said?     -> notices, each with a key of its own

Failures, by who has to act:

    ChannelFailure
     +- Refused          the sender must correct: the other side turned the content or the address away
     +- Unavailable      try again: nothing left, or the other side said "later"
     |   +- OutcomeUnknown   bytes may have arrived: never send again blindly, ask first
     +- Misconfigured    we must repair: credentials, certificates, settings

A parcel carries a stable key: the receiver recognises a repeat by it (SBDH InstanceIdentifier, SDI file name,
Message-ID, print key). Sending the same parcel twice is therefore harmless exactly where `recognises_repeats`.
"""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Parcel:
    """A sealed document with an address.

    key:        stable at the receiver, fixed before the first byte leaves
    content:    the sealed bytes, exactly as archived
    file_name:  the name the receiver sees
    address:    the channel's own address terms, documented in its folder (`to`, `receiver`, ...)
    details:    what the channel needs besides, as finished strings (a subject, a job ticket's terms, ...)
    """

    key: str
    content: bytes
    media_type: str
    file_name: str
    address: Mapping[str, str]
    details: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AddressResult:
    """What became of one address of a parcel: accepted or not, with the other side's own words."""

    address: str
    accepted: bool
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel took the parcel.

    reference:  how the other side calls it (IdentificativoSdI, message id, batch id)
    signal:     what happened in the words of the lifecycle table: `sdi.accepted`, `mail.250`, ...
    proof:      the other side's answer, raw, to be archived
    addresses:  per-address results where a parcel has several
    """

    reference: str
    signal: str
    text: str
    proof: bytes
    proof_media_type: str
    addresses: tuple[AddressResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the other side said later.

    key:         unique for ever within the channel: the same notice twice changes nothing
    parcel_key:  the parcel it speaks of, "" where only `reference` is known
    reference:   how the other side calls the parcel
    signal:      in the words of the lifecycle table: `peppol.mls.AP`, `sdi.RC`, `post.posted`, ...
    said_at:     when the other side says it happened (UTC), None where it does not say
    text, code:  their words and their code
    raw:         the notice as it came, to be archived
    sha256:      of the parcel's content as the other side has it, in hex, "" where it does not say
    """

    key: str
    parcel_key: str
    reference: str
    signal: str
    said_at: datetime.datetime | None
    code: str
    text: str
    raw: bytes
    raw_media_type: str
    file_name: str = ""
    sha256: str = ""


class ChannelFailure(Exception):
    """A parcel was not handed over. `code` is stable, `text` says what happened and what to do.

    proof: the other side's raw answer where there was one
    """

    def __init__(self, code: str, text: str, proof: bytes = b"") -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text, self.proof = code, text, proof


class Refused(ChannelFailure):
    """The sender must correct: the other side turned the parcel away.

    signal: which row of the lifecycle table this is (`mail.5xx`, `peppol.not_registered`, `sdi.NS`, ...)
    """

    def __init__(
        self,
        code: str,
        text: str,
        signal: str,
        proof: bytes = b"",
        addresses: tuple[AddressResult, ...] = (),
    ) -> None:
        super().__init__(code, text, proof)
        self.signal, self.addresses = signal, addresses


class Unavailable(ChannelFailure):
    """Try again: nothing was handed over. `retry_after` where the other side named a time.

    beyond: the destination itself answered, and what failed lies behind it (one buyer's access point, one look-up):
            no reason to let the others of this destination wait
    """

    def __init__(
        self,
        code: str,
        text: str,
        proof: bytes = b"",
        retry_after: datetime.timedelta | None = None,
        *,
        beyond: bool = False,
    ) -> None:
        super().__init__(code, text, proof)
        self.retry_after, self.beyond = retry_after, beyond


class OutcomeUnknown(Unavailable):
    """Bytes may have arrived and no answer came. Ask, or send the same parcel where repeats are recognised."""


class Misconfigured(ChannelFailure):
    """We must repair: a credential, a certificate or a setting of this gateway is wrong. Nothing was handed over."""


class Channel(Protocol):
    """One way out.

    name:                `peppol`, `sdi`, `mail`, `post`
    recognises_repeats:  whether the receiver answers the same parcel again without delivering it twice
    """

    @property
    def name(self) -> str: ...

    @property
    def recognises_repeats(self) -> bool: ...

    def destination(self, parcel: Parcel) -> str:
        """What goes down together: the circuit breaker's unit (a host, a mail domain, a print house)."""
        ...

    def send(self, parcel: Parcel) -> Receipt:
        """Hand the parcel over. Raises a ChannelFailure."""
        ...

    def ask(self, parcel: Parcel, reference: str) -> Receipt | None:
        """Whether the parcel arrived, None where the other side says it never did.

        Raises OutcomeUnknown where this channel cannot tell: then a person decides. Raises Unavailable where the
        other side cannot be asked now, or is still at it: ask again later.
        """
        ...

    def collect(self, references: Mapping[str, str]) -> Iterator[Notice]:
        """Notices about these parcels, by parcel key the other side's reference ("" where none is known).

        A channel whose notices are pushed to us yields nothing.
        """
        ...


@dataclass(frozen=True, slots=True)
class ChannelType:
    """What a channel's folder puts behind its entry point.

    build: makes the channel of its settings (a mapping as it stands in the configuration). Raises Misconfigured
           with the name of the wrong setting. `ports` are functions that the house lends, such as the
           reader and writer of a channel's XML envelopes, which live in `formats`.
    """

    name: str
    build: Callable[[Mapping[str, object], Mapping[str, object]], Channel]
