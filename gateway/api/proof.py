"""What proves it, over the wire: deliveries, events and artefacts, and a document with all that belongs to it."""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any, Final

from pydantic import Field

from gateway.api.shapes import MOMENT, SHA256, DocumentShape, Shape, SubmissionShape
from gateway.lifecycle import DeliveryState
from gateway.store.log import Whole
from gateway.store.records import Artefact, DeliveryView, Event

_DELIVERY: Final = "019a7c52-2b10-7c55-8d21-0a4e6b9c3d77"


class DeliveryShape(Shape):
    """One document on its way to one recipient over one channel."""

    id: uuid.UUID = Field(examples=[_DELIVERY])
    step: int = Field(description="Which of the ways that were decided, from 0.", examples=[0])
    channel: str = Field(examples=["peppol"])
    format: str = Field(examples=["peppol-bis-3"])
    because: str = Field(examples=["Atelier du Lac SARL prefers Peppol."])
    key: str = Field(
        description="Stable at the receiver: a repeat is recognised by it.",
        examples=["5b8f0f3e-8f3c-4a55-9b1e-2f6f3f0d9c11"],
    )
    state: DeliveryState = Field(examples=["delivered"])
    reference: str = Field(description="How the other side calls it.", examples=["20261112T081528.104@ap.example"])
    text: str = Field(description="Their words.", examples=["AP: accepted"])
    address: dict[str, Any] = Field(examples=[{"receiver": "0088:4000000123453"}])
    file_name: str = Field(examples=["d-7KQ2M9TX.xml"])
    parcel_sha256: str = Field(description="The sealed bytes; read them at /v1/artefacts.", examples=[SHA256])
    attempts: int = Field(examples=[1])
    next_attempt_at: datetime.datetime | None = Field(examples=[None])
    handed_over_at: datetime.datetime | None = Field(examples=[MOMENT])
    changed_at: datetime.datetime = Field(examples=[MOMENT])

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
            state=view.state,
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
    """One move: written once, never changed."""

    sequence: int = Field(description="Grows with each event of the installation.", examples=[4711])
    id: uuid.UUID = Field(examples=["019a7c52-2c44-7e02-b3aa-77d0c1f2e3d4"])
    type: str = Field(examples=["delivery.handed_over"])
    at: datetime.datetime = Field(examples=[MOMENT])
    sentence: str = Field(examples=["Peppol took it."])
    axis: str = Field(description="processing, delivery, response, payment or legal", examples=["delivery"])
    before: str = Field(examples=["dispatching"])
    after: str = Field(examples=["handed_over"])
    actor: str = Field(description="gateway, a key, or a person.", examples=["gateway"])
    submission: uuid.UUID | None = Field(examples=[None])
    document: str | None = Field(examples=["d-7KQ2M9TX"])
    delivery: uuid.UUID | None = Field(examples=[_DELIVERY])
    data: dict[str, Any] = Field(examples=[{}])
    evidence: str | None = Field(description="Hash of the raw bytes that caused it.", examples=[SHA256])

    @classmethod
    def of(cls, event: Event, public_ids: Mapping[uuid.UUID, str]) -> "EventShape":
        """From the log. public_ids: of the documents that the events speak of."""
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
            submission=event.submission_id,
            document=public_ids.get(event.document_id) if event.document_id else None,
            delivery=event.delivery_id,
            data=dict(event.data),
            evidence=event.evidence,
        )


class ArtefactShape(Shape):
    """Bytes that entered or left the house."""

    sha256: str = Field(examples=[SHA256])
    role: str = Field(description="source, canonical, document, page, sealed, answer or notice", examples=["sealed"])
    media_type: str = Field(examples=["application/xml"])
    file_name: str = Field(examples=["d-7KQ2M9TX.xml"])
    size: int = Field(description="Bytes.", examples=[9120])
    delivery: uuid.UUID | None = Field(examples=[_DELIVERY])
    at: datetime.datetime = Field(examples=[MOMENT])
    href: str = Field(description="The bytes themselves.", examples=[f"/v1/artefacts/{SHA256}"])

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

    @classmethod
    def of(cls, whole: Whole) -> "WholeShape":
        """From the log."""
        public_ids = {whole.document.id: whole.document.public_id}
        return cls(
            document=DocumentShape.of(whole.document),
            submission=SubmissionShape.of(whole.submission),
            deliveries=[DeliveryShape.of(one) for one in whole.deliveries],
            events=[EventShape.of(one, public_ids) for one in whole.events],
            artefacts=[ArtefactShape.of(one) for one in whole.artefacts],
        )


class EventPage(Shape):
    """One page of events, oldest first."""

    events: list[EventShape]
    next: int = Field(description="The sequence to ask behind, for what follows.", examples=[4711])
