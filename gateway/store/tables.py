"""The tables. The tenant leads every unique key; row-level security keeps tenants apart (migrations).

Times are UTC with time zone. Amounts are exact decimals. JSON columns hold frozen values of the pure rooms
(a recipient, a rule) as those rooms write them. Foreign keys lead with the tenant as well.
"""

import datetime
import uuid
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Column, ForeignKeyConstraint, Identity, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel

# A JSON object as PostgreSQL keeps it; its shape is known to the room that wrote it.
Json = dict[str, Any]

Moment = datetime.datetime


def _json() -> Any:  # noqa: ANN401 - a field's default stands for the value of any column type
    return Field(default_factory=dict, sa_column=Column(JSONB, nullable=False, server_default=text("'{}'")))


def _texts() -> Any:  # noqa: ANN401 - as above
    return Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False, server_default=text("'{}'")))


class TenantRow(SQLModel, table=True):
    """An organisation that uses this installation; everything else belongs to one."""

    __tablename__: ClassVar[Any] = "tenant"

    id: uuid.UUID = Field(primary_key=True)
    name: str
    created_at: Moment


class SenderRow(SQLModel, table=True):
    """A company (or one of its ERP systems) that sends documents. settings: mapping, language, country, keys."""

    __tablename__: ClassVar[Any] = "sender"
    __table_args__ = (UniqueConstraint("tenant", "name"),)

    tenant: uuid.UUID = Field(primary_key=True, foreign_key="tenant.id")
    id: uuid.UUID = Field(primary_key=True)
    name: str
    settings: Json = _json()
    created_at: Moment


class ApiKeyRow(SQLModel, table=True):
    """A bearer key of the submit API: its hash, never the key. `prefix` is the part that finds it."""

    __tablename__: ClassVar[Any] = "api_key"
    __table_args__ = (
        UniqueConstraint("tenant", "prefix"),
        ForeignKeyConstraint(["tenant", "sender_id"], ["sender.tenant", "sender.id"]),
        Index("api_key_prefix", "prefix"),
    )

    tenant: uuid.UUID = Field(primary_key=True)
    id: uuid.UUID = Field(primary_key=True)
    sender_id: uuid.UUID
    name: str
    prefix: str
    hash: str
    created_at: Moment
    expires_at: Moment | None = None
    revoked_at: Moment | None = None
    last_used_at: Moment | None = None


class SftpAccountRow(SQLModel, table=True):
    """An account of the SFTP door: one virtual root. public_keys: OpenSSH lines."""

    __tablename__: ClassVar[Any] = "sftp_account"
    __table_args__ = (
        UniqueConstraint("tenant", "username"),
        ForeignKeyConstraint(["tenant", "sender_id"], ["sender.tenant", "sender.id"]),
        Index("sftp_account_username", "username"),
    )

    tenant: uuid.UUID = Field(primary_key=True)
    id: uuid.UUID = Field(primary_key=True)
    sender_id: uuid.UUID
    username: str
    password_hash: str | None = None
    public_keys: list[str] = _texts()
    created_at: Moment
    disabled_at: Moment | None = None


class UserRow(SQLModel, table=True):
    """A person at the desk. role: `support` reads and resends, `operator` also changes rules and recipients."""

    __tablename__: ClassVar[Any] = "desk_user"
    __table_args__ = (UniqueConstraint("tenant", "email"), Index("desk_user_email", "email"))

    tenant: uuid.UUID = Field(primary_key=True, foreign_key="tenant.id")
    id: uuid.UUID = Field(primary_key=True)
    email: str
    name: str
    password_hash: str
    role: str
    created_at: Moment
    disabled_at: Moment | None = None


class DeskSessionRow(SQLModel, table=True):
    """A signed-in browser: the hash of its cookie, never the cookie."""

    __tablename__: ClassVar[Any] = "desk_session"
    __table_args__ = (ForeignKeyConstraint(["tenant", "user_id"], ["desk_user.tenant", "desk_user.id"]),)

    tenant: uuid.UUID = Field(primary_key=True)
    token_hash: str = Field(primary_key=True)
    user_id: uuid.UUID
    created_at: Moment
    expires_at: Moment


class RecipientRow(SQLModel, table=True):
    """A buyer and what it can receive; data: the value of `rules.recipient`. keys: what recognises it."""

    __tablename__: ClassVar[Any] = "recipient"
    __table_args__ = (
        UniqueConstraint("tenant", "reference"),
        Index("recipient_keys", "keys", postgresql_using="gin"),
    )

    tenant: uuid.UUID = Field(primary_key=True, foreign_key="tenant.id")
    id: uuid.UUID = Field(primary_key=True)
    reference: str
    name: str
    country: str | None = None
    keys: list[str] = _texts()
    data: Json = _json()
    changed_at: Moment


class RuleRow(SQLModel, table=True):
    """A routing rule; data: the value of `rules.routing`. Read in the order of `position`."""

    __tablename__: ClassVar[Any] = "rule"
    __table_args__ = (
        UniqueConstraint("tenant", "position", deferrable=True, initially="DEFERRED"),
        UniqueConstraint("tenant", "name"),
    )

    tenant: uuid.UUID = Field(primary_key=True, foreign_key="tenant.id")
    id: uuid.UUID = Field(primary_key=True)
    position: int
    name: str
    data: Json = _json()
    changed_at: Moment


class SubmissionRow(SQLModel, table=True):
    """A file or call that came in.

    state: received > read | refused; duplicate where the same bytes came before (`original_id`)
    """

    __tablename__: ClassVar[Any] = "submission"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "sender_id"], ["sender.tenant", "sender.id"]),
        Index(
            "submission_bytes_once",
            "tenant",
            "sender_id",
            "sha256",
            unique=True,
            postgresql_where=text("state <> 'duplicate'"),
        ),
        Index(
            "submission_key_once",
            "tenant",
            "sender_id",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index("submission_waiting", "tenant", "received_at", postgresql_where=text("state = 'received'")),
        Index("submission_recent", "tenant", "received_at", "id"),
        Index(
            "submission_unanswered",
            "door",
            "tenant",
            "received_at",
            postgresql_where=text("answered_at IS NULL AND state <> 'received'"),
        ),
    )

    tenant: uuid.UUID = Field(primary_key=True)
    id: uuid.UUID = Field(primary_key=True)
    sender_id: uuid.UUID
    door: str
    file_name: str
    sha256: str
    size: int = Field(sa_type=BigInteger)
    idempotency_key: str | None = None
    state: str = "received"
    original_id: uuid.UUID | None = None
    format: str | None = None
    document_count: int = 0
    findings: list[Json] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'"))
    )
    received_at: Moment
    answered_at: Moment | None = None
    lease_until: Moment | None = None
    tries: int = 0


class DocumentRow(SQLModel, table=True):
    """One invoice or credit note: its head, where it stands on the axes, and who has to act.

    identity:   seller, number, year and type: the same invoice again is recognised by it
    routes:     the ways that the rule allowed, first choice first; `next_step` is the one to prepare next
    state columns are a fold over `event`; the event table is the truth
    """

    __tablename__: ClassVar[Any] = "document"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "submission_id"], ["submission.tenant", "submission.id"]),
        UniqueConstraint("tenant", "submission_id", "position"),
        UniqueConstraint("tenant", "public_id"),
        Index(
            "document_once",
            "tenant",
            "identity",
            unique=True,
            postgresql_where=text(
                "identity IS NOT NULL"
                " AND processing NOT IN ('duplicate','superseded','cancelled','invalid','quarantined')"
            ),
        ),
        Index(
            "document_waiting",
            "tenant",
            "received_at",
            postgresql_where=text("processing = 'checked'"),
        ),
        Index("document_recent", "tenant", "received_at", "id"),
        Index("document_number", "tenant", "number"),
        Index("document_identity", "tenant", "identity"),
        Index("document_headline", "tenant", "headline", "received_at", "id"),
    )

    tenant: uuid.UUID = Field(primary_key=True)
    id: uuid.UUID = Field(primary_key=True)
    public_id: str
    submission_id: uuid.UUID
    sender_id: uuid.UUID
    position: int
    number: str | None = None
    identity: str | None = None
    type_code: str | None = None
    issue_date: datetime.date | None = None
    due_date: datetime.date | None = None
    currency: str | None = None
    amount_due: Decimal | None = None
    seller_name: str | None = None
    buyer_name: str | None = None
    buyer_country: str | None = None
    recipient_id: uuid.UUID | None = None
    canonical_sha256: str | None = None
    profile: str | None = None
    rule_set: str | None = None
    channel: str | None = None
    because: str = ""
    processing: str
    delivery: str | None = None
    response: str = "none"
    payment: str = "not_due"
    legal: str = "not_issued"
    headline: str = "In progress"
    sentence: str = ""
    action: str = ""
    owner: str = "nobody"
    deadline: datetime.date | None = None
    findings: list[Json] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'"))
    )
    original_id: uuid.UUID | None = None
    successor_id: uuid.UUID | None = None
    received_at: Moment
    changed_at: Moment
    routes: list[Json] = Field(
        default_factory=list, sa_column=Column(JSONB, nullable=False, server_default=text("'[]'"))
    )
    next_step: int = 0
    lease_until: Moment | None = None
    tries: int = 0


class DeliveryRow(SQLModel, table=True):
    """One document on its way to one recipient over one channel.

    step:   0 is the way that the rule chose, 1.. are its fallbacks
    key:    stable at the receiver, fixed before the first byte leaves
    parcel: address and details as `channels.contract.Parcel` holds them
    """

    __tablename__: ClassVar[Any] = "delivery"
    __table_args__ = (
        ForeignKeyConstraint(["tenant", "document_id"], ["document.tenant", "document.id"]),
        UniqueConstraint("tenant", "document_id", "step"),
        UniqueConstraint("tenant", "channel", "key"),
        Index("delivery_key", "channel", "key"),
        Index("delivery_reference", "channel", "reference"),
        Index(
            "delivery_due",
            "tenant",
            "channel",
            "next_attempt_at",
            postgresql_where=text("state IN ('queued','retry_scheduled')"),
        ),
        Index(
            "delivery_awaiting",
            "tenant",
            "channel",
            "asked_at",
            postgresql_where=text("state IN ('handed_over','in_transit','outcome_unknown','delivered_unconfirmed')"),
        ),
        Index("delivery_leased", "lease_until", postgresql_where=text("state = 'dispatching'")),
    )

    tenant: uuid.UUID = Field(primary_key=True)
    id: uuid.UUID = Field(primary_key=True)
    document_id: uuid.UUID
    step: int
    channel: str
    format: str
    because: str
    key: str
    parcel_sha256: str
    parcel_media_type: str
    file_name: str
    address: Json = _json()
    details: Json = _json()
    destination: str = ""
    state: str = "queued"
    reference: str = ""
    text: str = ""
    attempts: int = 0
    next_attempt_at: Moment | None = None
    lease_until: Moment | None = None
    asked_at: Moment | None = None
    handed_over_at: Moment | None = None
    quiet_at: Moment | None = None
    late_at: Moment | None = None
    created_at: Moment
    changed_at: Moment


class ArtefactRow(SQLModel, table=True):
    """Bytes that entered or left the house, in the archive under their hash, and what they are to whom.

    role: source, canonical, sealed, page, attachment, receipt, notice, answer
    """

    __tablename__: ClassVar[Any] = "artefact"
    __table_args__ = (
        Index("artefact_document", "tenant", "document_id"),
        Index("artefact_submission", "tenant", "submission_id"),
        Index("artefact_sha256", "tenant", "sha256"),
    )

    tenant: uuid.UUID = Field(primary_key=True, foreign_key="tenant.id")
    id: uuid.UUID = Field(primary_key=True)
    sha256: str
    size: int = Field(sa_type=BigInteger)
    media_type: str
    file_name: str
    role: str
    submission_id: uuid.UUID | None = None
    document_id: uuid.UUID | None = None
    delivery_id: uuid.UUID | None = None
    at: Moment


class EventRow(SQLModel, table=True):
    """One move, append-only: the application role may insert and read, never change.

    type:      `document.received`, `delivery.handed_over`, `response.accepted`, ...
    sentence:  what happened, for people
    evidence:  hash of the raw bytes that caused it
    """

    __tablename__: ClassVar[Any] = "event"
    __table_args__ = (
        UniqueConstraint("tenant", "id"),
        Index("event_document", "tenant", "document_id", "sequence"),
        Index("event_submission", "tenant", "submission_id", "sequence"),
    )

    tenant: uuid.UUID = Field(primary_key=True, foreign_key="tenant.id")
    sequence: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    id: uuid.UUID
    type: str
    axis: str = ""
    before: str = ""
    after: str = ""
    submission_id: uuid.UUID | None = None
    document_id: uuid.UUID | None = None
    delivery_id: uuid.UUID | None = None
    actor: str = "gateway"
    sentence: str = ""
    data: Json = _json()
    evidence: str | None = None
    at: Moment


class NoticeRow(SQLModel, table=True):
    """A notice that was taken, by its key at the channel: the same one twice changes nothing."""

    __tablename__: ClassVar[Any] = "notice"

    tenant: uuid.UUID = Field(primary_key=True, foreign_key="tenant.id")
    channel: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    signal: str
    reference: str = ""
    delivery_id: uuid.UUID | None = None
    sha256: str
    at: Moment


class StrayNoticeRow(SQLModel, table=True):
    """A notice that speaks of nothing we sent: kept for a person. Belongs to the installation, to no tenant."""

    __tablename__: ClassVar[Any] = "stray_notice"

    channel: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    reference: str = ""
    file_name: str = ""
    signal: str
    raw: bytes
    at: Moment


class BreakerRow(SQLModel, table=True):
    """The circuit breaker of one destination; shared by all tenants, as the destination is."""

    __tablename__: ClassVar[Any] = "breaker"

    channel: str = Field(primary_key=True)
    destination: str = Field(primary_key=True)
    failures: int = 0
    open_until: Moment | None = None
    reason: str = ""


class FileNameLedgerRow(SQLModel, table=True):
    """The last progressive number given to an SDI file name of one transmitter: none is ever given twice.

    Keyed by the transmitter alone: SDI refuses a repeated name whichever tenant it came from.
    """

    __tablename__: ClassVar[Any] = "file_name_ledger"

    transmitter: str = Field(primary_key=True)
    last: int = Field(sa_type=BigInteger)


TENANT_TABLES = (
    "sender",
    "api_key",
    "sftp_account",
    "desk_user",
    "desk_session",
    "recipient",
    "rule",
    "submission",
    "document",
    "delivery",
    "artefact",
    "event",
    "notice",
)
SHARED_TABLES = ("stray_notice", "breaker", "file_name_ledger")
