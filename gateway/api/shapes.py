"""What goes over the wire: answers as strict models, each with an example for the OpenAPI document."""

import base64
import binascii
import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from gateway.errors import NotFound
from gateway.store.log import Cursor
from gateway.store.records import Artefact, DeliveryView, DocumentView, Event, SubmissionView


class Shape(BaseModel):
    """An answer: no name beside those that are documented."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FindingShape(Shape):
    """Something to say about a document."""

    id: str = Field(examples=["BR-CO-10"])
    severity: str = Field(examples=["fatal"])
    term: str = Field("", examples=["BT-106"])
    path: str = ""
    where: str = Field("", examples=["line 14, column Netto"])
    message: str = Field(examples=["The lines add up to 3.30, the invoice says 3.00."])
    fix: str = ""


class SubmissionShape(Shape):
    """A file or call that came in."""

    id: uuid.UUID
    state: str = Field(description="received, read, refused or duplicate", examples=["received"])
    door: str = Field(examples=["api"])
    file_name: str = Field(examples=["invoices-2026-11.csv"])
    sha256: str
    size: int
    format: str | None = Field(examples=["csv"])
    document_count: int
    original_id: uuid.UUID | None = Field(description="The submission whose bytes these are, where it is a duplicate.")
    findings: list[FindingShape]
    received_at: datetime.datetime

    @classmethod
    def of(cls, view: SubmissionView) -> "SubmissionShape":
        """From the log."""
        return cls(
            id=view.id,
            state=view.state,
            door=view.door,
            file_name=view.file_name,
            sha256=view.sha256,
            size=view.size,
            format=view.format,
            document_count=view.document_count,
            original_id=view.original_id,
            findings=findings_of(view.findings),
            received_at=view.received_at,
        )


class TakenShape(Shape):
    """The answer to a submission."""

    submission: uuid.UUID
    answer: str = Field(
        description="accepted: new; same_key: this very call was made before; same_bytes: these bytes came before",
        examples=["accepted"],
    )
    original: uuid.UUID | None = Field(description="The submission that it repeats.")
    href: str = Field(examples=["/v1/submissions/01998a3c-0000-7000-8000-000000000000"])


class DocumentShape(Shape):
    """One invoice or credit note and where it stands."""

    id: str = Field(examples=["d-7KQ2M9TX"])
    submission: uuid.UUID
    position: int
    number: str | None = Field(examples=["2026-1047"])
    type_code: str | None = Field(examples=["380"])
    issue_date: datetime.date | None
    due_date: datetime.date | None
    currency: str | None = Field(examples=["EUR"])
    amount_due: str | None = Field(examples=["1190.00"])
    seller: str | None
    buyer: str | None
    buyer_country: str | None
    profile: str | None = Field(examples=["peppol-bis-3"])
    rule_set: str | None = Field(description="The check sets that were applied, with their versions.")
    channel: str | None = Field(examples=["peppol"])
    because: str = Field(description="Why it goes that way.")
    headline: str = Field(examples=["Action needed"])
    processing: str
    delivery: str | None
    response: str
    payment: str
    legal: str
    sentence: str = Field(description="What happened, in words.")
    action: str = Field(description="The next step, empty where nobody has to act.")
    owner: str = Field(description="Who has to act.", examples=["sender's clerk"])
    deadline: datetime.date | None
    findings: list[FindingShape]
    received_at: datetime.datetime
    changed_at: datetime.datetime

    @classmethod
    def of(cls, view: DocumentView) -> "DocumentShape":
        """From the log."""
        return cls(
            id=view.public_id,
            submission=view.submission_id,
            position=view.position,
            number=view.number,
            type_code=view.type_code,
            issue_date=view.issue_date,
            due_date=view.due_date,
            currency=view.currency,
            amount_due=None if view.amount_due is None else f"{view.amount_due:f}",
            seller=view.seller_name,
            buyer=view.buyer_name,
            buyer_country=view.buyer_country,
            profile=view.profile,
            rule_set=view.rule_set,
            channel=view.channel,
            because=view.because,
            headline=view.headline,
            processing=view.processing.value,
            delivery=view.delivery.value if view.delivery else None,
            response=view.response.value,
            payment=view.payment,
            legal=view.legal.value,
            sentence=view.sentence,
            action=view.action,
            owner=view.owner.value,
            deadline=view.deadline,
            findings=findings_of(view.findings),
            received_at=view.received_at,
            changed_at=view.changed_at,
        )


class DeliveryShape(Shape):
    """One document on its way to one recipient over one channel."""

    id: uuid.UUID
    step: int
    channel: str
    format: str
    because: str
    key: str = Field(description="Stable at the receiver: a repeat is recognised by it.")
    state: str
    reference: str = Field(description="How the other side calls it.")
    text: str
    address: dict[str, Any]
    file_name: str
    parcel_sha256: str
    attempts: int
    next_attempt_at: datetime.datetime | None
    handed_over_at: datetime.datetime | None
    changed_at: datetime.datetime

    @classmethod
    def of(cls, view: DeliveryView) -> "DeliveryShape":
        """From the log."""
        return cls(
            id=view.id,
            step=view.step,
            channel=view.channel,
            format=view.format,
            because=view.because,
            key=view.key,
            state=view.state.value,
            reference=view.reference,
            text=view.text,
            address=dict(view.address),
            file_name=view.file_name,
            parcel_sha256=view.parcel_sha256,
            attempts=view.attempts,
            next_attempt_at=view.next_attempt_at,
            handed_over_at=view.handed_over_at,
            changed_at=view.changed_at,
        )


class EventShape(Shape):
    """One move."""

    sequence: int
    id: uuid.UUID
    type: str = Field(examples=["delivery.handed_over"])
    at: datetime.datetime
    sentence: str
    axis: str
    before: str
    after: str
    actor: str
    delivery: uuid.UUID | None
    data: dict[str, Any]
    evidence: str | None = Field(description="Hash of the raw bytes that caused it.")

    @classmethod
    def of(cls, event: Event) -> "EventShape":
        """From the log."""
        return cls(
            sequence=event.sequence,
            id=event.id,
            type=event.type,
            at=event.at,
            sentence=event.sentence,
            axis=event.axis,
            before=event.before,
            after=event.after,
            actor=event.actor,
            delivery=event.delivery_id,
            data=dict(event.data),
            evidence=event.evidence,
        )


class ArtefactShape(Shape):
    """Bytes that entered or left the house."""

    sha256: str
    role: str = Field(examples=["sealed"])
    media_type: str
    file_name: str
    size: int
    delivery: uuid.UUID | None
    at: datetime.datetime
    href: str

    @classmethod
    def of(cls, artefact: Artefact) -> "ArtefactShape":
        """From the log."""
        return cls(
            sha256=artefact.sha256,
            role=artefact.role,
            media_type=artefact.media_type,
            file_name=artefact.file_name,
            size=artefact.size,
            delivery=artefact.delivery_id,
            at=artefact.at,
            href=f"/v1/artefacts/{artefact.sha256}",
        )


class WholeShape(Shape):
    """One document with its deliveries, events and artefacts."""

    document: DocumentShape
    submission: SubmissionShape
    deliveries: list[DeliveryShape]
    events: list[EventShape]
    artefacts: list[ArtefactShape]


class DocumentPage(Shape):
    """One page of documents, newest first. `next` is the cursor of the following page, null on the last one."""

    documents: list[DocumentShape]
    next: str | None


class SubmissionPage(Shape):
    """One page of submissions, newest first."""

    submissions: list[SubmissionShape]
    next: str | None


class EventPage(Shape):
    """One page of events, oldest first. `next` is the sequence to ask behind."""

    events: list[EventShape]
    next: int


class ResendOrder(BaseModel):
    """Why a document is set going again."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field("", max_length=500, examples=["The print profile was corrected."])


class Said(Shape):
    """What happens now, in words."""

    said: str


class JudgedShape(Shape):
    """One document of a file that was only checked."""

    position: int
    number: str | None
    format: str | None
    profile: str | None
    valid: bool
    findings: list[FindingShape]


def findings_of(findings: Iterable[Mapping[str, object]]) -> list[FindingShape]:
    """Findings as the log keeps them."""
    return [FindingShape.model_validate(dict(one)) for one in findings]


def write_cursor(cursor: Cursor | None) -> str | None:
    """A cursor as callers pass it back; its inside is ours."""
    if cursor is None:
        return None
    return base64.urlsafe_b64encode(f"{cursor.at.isoformat()} {cursor.id}".encode()).decode().rstrip("=")


def read_cursor(text: str | None) -> Cursor | None:
    """A cursor that came back. Raises NotFound for one that we never gave."""
    if not text:
        return None
    try:
        at, _, row = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(" ")
        moment = datetime.datetime.fromisoformat(at)
        return Cursor(moment.astimezone(datetime.UTC), uuid.UUID(row))
    except (ValueError, binascii.Error, OverflowError):
        raise NotFound("page", text[:80]) from None


Limit = Annotated[int, Query(ge=1, le=200, description="Rows of a page.")]
CursorText = Annotated[str | None, Query(max_length=200, description="`next` of the page before.")]
