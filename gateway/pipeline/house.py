"""What the hops need of the rooms around them, as ports; `gateway.wiring` fills them with concrete ones."""

import datetime
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from channels.contract import Channel, Parcel
from formats.checking import Report
from formats.contract import Format, NotCarried, Options, Reading
from formats.en16931 import Invoice
from gateway.clock import Clock
from gateway.pipeline.rounding import Rounding
from gateway.pipeline.verdict import Checked
from gateway.retry import Backoff, BreakerPolicy, Chance
from gateway.settings import LimitSettings, WorkSettings
from gateway.store.records import Sender
from gateway.store.session import Store
from rules.recipient import Recipient, Route
from rules.routing import Decision, Rule


class Archive(Protocol):
    """Bytes by their hash, written once, apart by tenant."""

    def put(self, tenant: uuid.UUID, content: bytes) -> str:
        """Keep bytes; returns their SHA-256 once they are durable."""
        ...

    def put_all(self, tenant: uuid.UUID, contents: Sequence[bytes]) -> tuple[str, ...]:
        """Keep several at once; returns their hashes in this order."""
        ...

    def get(self, tenant: uuid.UUID, sha256: str) -> bytes:
        """The bytes with this hash, verified."""
        ...


@dataclass(frozen=True, slots=True)
class Extra:
    """Bytes made while packing that the log shows beside the parcel: the page, the unsigned document."""

    role: str
    file_name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Packing:
    """One document to be packed for one way.

    tried:    the channels that could not deliver it before
    key:      the stable key of the parcel, for channels whose key the gateway chooses
    progressive: gives a number that no other parcel of this transmitter ever had (SDI file names)
    """

    invoice: Invoice
    recipient: Recipient
    route: Route
    sender: Sender
    tried: tuple[str, ...]
    public_id: str
    key: str
    now: datetime.datetime
    progressive: Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Packed:
    """A parcel, sealed, and what was found on the way; `parcel` is None where a finding is fatal."""

    parcel: Parcel | None
    format: str
    report: Report
    not_carried: tuple[NotCarried, ...] = ()
    extras: tuple[Extra, ...] = ()


Packer = Callable[[Packing], Packed]


@dataclass(frozen=True, slots=True)
class House:
    """Everything a hop may use.

    recognise:    the format of a file by its content, None where nobody knows it
    read_options: what a sender's settings say about its files
    check:        normalise and check one reading: (format, bytes of the document, reading)
    settle_rounding: what comes of an invoice whose sums fail by rounding; None where they do not
    route:        the pure decision of `rules.routing`; its last argument are the tags of the submission
    packers:      by channel
    """

    store: Store
    archive: Archive
    clock: Clock
    chance: Chance
    work: WorkSettings
    limits: LimitSettings
    recognise: Callable[[bytes, str], Format | None]
    read_options: Callable[[Sender], Options]
    check: Callable[[Format, bytes, Reading], Checked]
    settle_rounding: Callable[[Sender, Checked], Rounding | None]
    route: Callable[[Invoice, Recipient, tuple[Rule, ...], tuple[str, ...]], Decision]
    channels: Mapping[str, Channel]
    packers: Mapping[str, Packer]

    @property
    def backoff(self) -> Backoff:
        """When to try again, by the settings."""
        work = self.work
        return Backoff(
            first=datetime.timedelta(seconds=work.retry_first),
            longest=datetime.timedelta(seconds=work.retry_longest),
            attempts=work.retry_attempts,
        )

    @property
    def breaker_policy(self) -> BreakerPolicy:
        """When a destination rests, by the settings."""
        return BreakerPolicy(self.work.breaker_threshold, datetime.timedelta(seconds=self.work.breaker_rest))

    @property
    def lease(self) -> datetime.timedelta:
        """How long a batch is held, since its worker was last heard of, before he counts as dead."""
        return datetime.timedelta(seconds=self.work.lease)
