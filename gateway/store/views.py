"""Rows of the log as frozen values: the shapes in which people and programs see them."""

from gateway.lifecycle import DeliveryState, Legal, Owner, Processing, Response
from gateway.store.records import Artefact, DeliveryView, DocumentView, Event, SubmissionView
from gateway.store.tables import ArtefactRow, DeliveryRow, DocumentRow, EventRow, SubmissionRow


def document_view(row: DocumentRow, file_name: str) -> DocumentView:
    """A document as the log shows it."""
    return DocumentView(
        id=row.id,
        public_id=row.public_id,
        submission_id=row.submission_id,
        sender_id=row.sender_id,
        position=row.position,
        file_name=file_name,
        number=row.number,
        type_code=row.type_code,
        issue_date=row.issue_date,
        due_date=row.due_date,
        currency=row.currency,
        amount_due=row.amount_due,
        seller_name=row.seller_name,
        buyer_name=row.buyer_name,
        buyer_country=row.buyer_country,
        profile=row.profile,
        rule_set=row.rule_set,
        channel=row.channel,
        because=row.because,
        processing=Processing(row.processing),
        delivery=DeliveryState(row.delivery) if row.delivery else None,
        response=Response(row.response),
        payment=row.payment,
        legal=Legal(row.legal),
        headline=row.headline,
        sentence=row.sentence,
        action=row.action,
        owner=Owner(row.owner),
        deadline=row.deadline,
        findings=tuple(row.findings),
        original_id=row.original_id,
        successor_id=row.successor_id,
        received_at=row.received_at,
        changed_at=row.changed_at,
    )


def submission_view(row: SubmissionRow) -> SubmissionView:
    """A submission as the log shows it."""
    return SubmissionView(
        id=row.id,
        sender_id=row.sender_id,
        door=row.door,
        file_name=row.file_name,
        sha256=row.sha256,
        size=row.size,
        state=row.state,
        original_id=row.original_id,
        format=row.format,
        document_count=row.document_count,
        findings=tuple(row.findings),
        received_at=row.received_at,
        answered_at=row.answered_at,
    )


def delivery_view(row: DeliveryRow) -> DeliveryView:
    """A delivery as the log shows it."""
    return DeliveryView(
        id=row.id,
        document_id=row.document_id,
        step=row.step,
        channel=row.channel,
        format=row.format,
        because=row.because,
        key=row.key,
        state=DeliveryState(row.state),
        reference=row.reference,
        text=row.text,
        address=row.address,
        file_name=row.file_name,
        parcel_sha256=row.parcel_sha256,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
        handed_over_at=row.handed_over_at,
        created_at=row.created_at,
        changed_at=row.changed_at,
    )


def event_view(row: EventRow) -> Event:
    """One event."""
    return Event(
        sequence=row.sequence or 0,
        id=row.id,
        type=row.type,
        sentence=row.sentence,
        axis=row.axis,
        before=row.before,
        after=row.after,
        actor=row.actor,
        submission_id=row.submission_id,
        document_id=row.document_id,
        delivery_id=row.delivery_id,
        data=row.data,
        evidence=row.evidence,
        at=row.at,
    )


def artefact_view(row: ArtefactRow) -> Artefact:
    """What is known about bytes of the archive."""
    return Artefact(
        id=row.id,
        sha256=row.sha256,
        size=row.size,
        media_type=row.media_type,
        file_name=row.file_name,
        role=row.role,
        delivery_id=row.delivery_id,
        at=row.at,
    )
