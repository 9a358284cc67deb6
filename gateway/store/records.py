"""What leaves the store: frozen values, one a kind of row."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from gateway.lifecycle import DeliveryState, Legal, Owner, Processing, Response

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Sender:
    """A company that sends: its settings as its tenant wrote them."""

    tenant: uuid.UUID
    id: uuid.UUID
    name: str
    settings: Json


@dataclass(frozen=True, slots=True)
class Submission:
    """A file or call that came in and waits to be read."""

    tenant: uuid.UUID
    id: uuid.UUID
    sender_id: uuid.UUID
    door: str
    file_name: str
    sha256: str
    size: int
    tries: int


@dataclass(frozen=True, slots=True)
class Document:
    """A document that a hop has claimed.

    canonical_sha256:  its canonical form in the archive
    routes, next_step: the ways still open, and the one to prepare next
    """

    tenant: uuid.UUID
    id: uuid.UUID
    public_id: str
    submission_id: uuid.UUID
    sender_id: uuid.UUID
    number: str
    canonical_sha256: str
    recipient_id: uuid.UUID | None
    routes: tuple[Json, ...]
    next_step: int
    tries: int


@dataclass(frozen=True, slots=True)
class Told:
    """An event that a document brings along: its type, its sentence and its data."""

    type: str
    sentence: str
    data: Json


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document as reading made it: what `entry.add` writes down.

    rounding: what was changed, or would be, where its sums fail by rounding
    """

    id: uuid.UUID
    public_id: str
    submission_id: uuid.UUID
    sender_id: uuid.UUID
    position: int
    processing: Processing
    head: Json = field(default_factory=dict)
    identity: str | None = None
    canonical_sha256: str | None = None
    profile: str | None = None
    rule_set: str | None = None
    findings: tuple[Json, ...] = ()
    computed: tuple[str, ...] = ()
    rounding: Told | None = None
    sentence: str = ""
    owner: Owner = Owner.NOBODY
    action: str = ""
    evidence: str | None = None
    where: str = ""
    original_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """A document that is packed for a channel: what `documents.mark_ready` writes down."""

    document_id: uuid.UUID
    channel: str
    because: str
    recipient_id: uuid.UUID | None
    routes: tuple[Json, ...]
    data: Json
    evidence: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A document that goes no further until somebody acts: what `documents.stop` writes down."""

    document_id: uuid.UUID
    processing: Processing
    sentence: str
    owner: Owner
    action: str
    findings: tuple[Json, ...] = ()
    recipient_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A parcel that is packed and sealed: what `deliveries.add` writes down before a byte leaves."""

    id: uuid.UUID
    document_id: uuid.UUID
    step: int
    channel: str
    format: str
    because: str
    key: str
    parcel_sha256: str
    parcel_media_type: str
    file_name: str
    address: Mapping[str, str]
    details: Mapping[str, str]
    destination: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that a hop has claimed, or that a notice speaks of."""

    tenant: uuid.UUID
    id: uuid.UUID
    document_id: uuid.UUID
    step: int
    channel: str
    key: str
    parcel_sha256: str
    parcel_media_type: str
    file_name: str
    address: Mapping[str, str]
    details: Mapping[str, str]
    destination: str
    state: DeliveryState
    reference: str
    attempts: int


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A delivery that a worker had in its hands when its lease ran out.

    is_asked_again: no worker was lost; the other side could not be asked then, and is asked again as planned
    """

    delivery: Delivery
    is_asked_again: bool


@dataclass(frozen=True, slots=True)
class NewArtefact:
    """Bytes that the archive holds, and what they are to whom."""

    id: uuid.UUID
    sha256: str
    size: int
    media_type: str
    file_name: str
    role: str
    submission_id: uuid.UUID | None = None
    document_id: uuid.UUID | None = None
    delivery_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Happening:
    """One move to be recorded: what `events.record` writes down."""

    type: str
    sentence: str
    submission_id: uuid.UUID | None = None
    document_id: uuid.UUID | None = None
    delivery_id: uuid.UUID | None = None
    axis: str = ""
    before: str = ""
    after: str = ""
    actor: str = "gateway"
    data: Json = field(default_factory=dict)
    evidence: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One move as it was recorded."""

    sequence: int
    id: uuid.UUID
    type: str
    sentence: str
    axis: str
    before: str
    after: str
    actor: str
    submission_id: uuid.UUID | None
    document_id: uuid.UUID | None
    delivery_id: uuid.UUID | None
    data: Json
    evidence: str | None
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Artefact:
    """Bytes in the archive that belong to a document, a delivery or a submission."""

    id: uuid.UUID
    sha256: str
    size: int
    media_type: str
    file_name: str
    role: str
    delivery_id: uuid.UUID | None
    at: datetime.datetime


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as people and programs see it in the log. file_name: of the file that it stood in."""

    id: uuid.UUID
    public_id: str
    submission_id: uuid.UUID
    sender_id: uuid.UUID
    position: int
    file_name: str
    number: str | None
    type_code: str | None
    issue_date: datetime.date | None
    due_date: datetime.date | None
    currency: str | None
    amount_due: Decimal | None
    seller_name: str | None
    buyer_name: str | None
    buyer_country: str | None
    profile: str | None
    rule_set: str | None
    channel: str | None
    because: str
    processing: Processing
    delivery: DeliveryState | None
    response: Response
    payment: str
    legal: Legal
    headline: str
    sentence: str
    action: str
    owner: Owner
    deadline: datetime.date | None
    findings: tuple[Json, ...]
    original_id: uuid.UUID | None
    successor_id: uuid.UUID | None
    received_at: datetime.datetime
    changed_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery as people and programs see it in the log."""

    id: uuid.UUID
    document_id: uuid.UUID
    step: int
    channel: str
    format: str
    because: str
    key: str
    state: DeliveryState
    reference: str
    text: str
    address: Json
    file_name: str
    parcel_sha256: str
    attempts: int
    next_attempt_at: datetime.datetime | None
    handed_over_at: datetime.datetime | None
    created_at: datetime.datetime
    changed_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class SubmissionView:
    """A submission as people and programs see it."""

    id: uuid.UUID
    sender_id: uuid.UUID
    door: str
    file_name: str
    sha256: str
    size: int
    state: str
    original_id: uuid.UUID | None
    format: str | None
    document_count: int
    findings: tuple[Json, ...]
    received_at: datetime.datetime
    answered_at: datetime.datetime | None
