"""Senders are told what became of their files: which submissions wait for it, what is in them, and that it was done."""

import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import col, select

from gateway.store.records import DocumentView, SubmissionView
from gateway.store.session import Transaction
from gateway.store.tables import DocumentRow, SubmissionRow
from gateway.store.views import document_view, submission_view


def tenants_to_tell(transaction: Transaction, door: str) -> tuple[uuid.UUID, ...]:
    """The tenants that have submissions of a door whose sender is to be told."""
    waiting = (
        select(SubmissionRow.tenant)
        .where(SubmissionRow.door == door, SubmissionRow.state != "received", col(SubmissionRow.answered_at).is_(None))
        .distinct()
    )
    return tuple(transaction.session.exec(waiting))


def unanswered(transaction: Transaction, door: str, limit: int) -> tuple[SubmissionView, ...]:
    """Submissions of a door that are read, refused or doubled and whose sender has not been told, oldest first."""
    rows = transaction.session.exec(
        select(SubmissionRow)
        .where(
            SubmissionRow.tenant == transaction.tenant,
            SubmissionRow.door == door,
            SubmissionRow.state != "received",
            col(SubmissionRow.answered_at).is_(None),
        )
        .order_by(col(SubmissionRow.received_at))
        .limit(limit)
    )
    return tuple(submission_view(row) for row in rows)


def documents_of(
    transaction: Transaction, submissions: Sequence[SubmissionView]
) -> dict[uuid.UUID, tuple[DocumentView, ...]]:
    """What came in these submissions, by submission, in the order of their files."""
    came_as = {one.id: one.file_name for one in submissions}
    rows = transaction.session.exec(
        select(DocumentRow)
        .where(DocumentRow.tenant == transaction.tenant, col(DocumentRow.submission_id).in_(came_as))
        .order_by(col(DocumentRow.position))
    )
    found: dict[uuid.UUID, list[DocumentView]] = {one: [] for one in came_as}
    for row in rows:
        found[row.submission_id].append(document_view(row, came_as[row.submission_id]))
    return {one: tuple(documents) for one, documents in found.items()}


def mark_answered(transaction: Transaction, submissions: Sequence[uuid.UUID], now: datetime.datetime) -> None:
    """The senders of these submissions have been told."""
    if submissions:
        transaction.session.execute(
            update(SubmissionRow)
            .where(col(SubmissionRow.tenant) == transaction.tenant, col(SubmissionRow.id).in_(submissions))
            .values(answered_at=now)
        )
