"""Submissions: taken in once, claimed for reading, answered."""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from gateway.store import leases
from gateway.store.records import Submission
from gateway.store.session import Transaction
from gateway.store.tables import DocumentRow, SubmissionRow


class Taken(StrEnum):
    """How an arrival was answered: a new submission, or one of the ways in which it is not new."""

    ACCEPTED = "accepted"
    SAME_KEY = "same_key"
    SAME_BYTES = "same_bytes"
    KEY_CONFLICT = "key_conflict"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file or call at a door, its bytes already safe in the archive."""

    id: uuid.UUID
    sender_id: uuid.UUID
    door: str
    file_name: str
    sha256: str
    size: int
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """The answer to an arrival.

    submission_id:  its own submission (a repeat with the same key has none of its own: it is the first one)
    original_id:    the submission that it repeats, None where it is new
    """

    taken: Taken
    submission_id: uuid.UUID
    original_id: uuid.UUID | None = None


def take_in(transaction: Transaction, arrival: Arrival, now: datetime.datetime) -> Intake:
    """Write an arrival down, or say what it repeats. The same key with other bytes is a conflict and is not kept.

    The unique keys decide, not a look before: of two sessions with the same bytes one is the first.
    """
    added = transaction.session.execute(
        insert(SubmissionRow)
        .values(**_values(transaction, arrival, now))
        .on_conflict_do_nothing()
        .returning(col(SubmissionRow.id))
    )
    if added.first() is not None:
        transaction.wake("read")
        return Intake(Taken.ACCEPTED, arrival.id)
    taken, original_id = _repeats(transaction, arrival)
    if taken is not Taken.SAME_BYTES:
        return Intake(taken, original_id, original_id)
    values = _values(transaction, arrival, now) | {"state": "duplicate", "original_id": original_id}
    transaction.session.execute(insert(SubmissionRow).values(**values))
    return Intake(taken, arrival.id, original_id)


def _repeats(transaction: Transaction, arrival: Arrival) -> tuple[Taken, uuid.UUID]:
    own = select(SubmissionRow).where(
        SubmissionRow.tenant == transaction.tenant, SubmissionRow.sender_id == arrival.sender_id
    )
    if arrival.idempotency_key is not None:
        by_key = transaction.session.exec(own.where(SubmissionRow.idempotency_key == arrival.idempotency_key)).first()
        if by_key is not None:
            return (Taken.SAME_KEY if by_key.sha256 == arrival.sha256 else Taken.KEY_CONFLICT), by_key.id
    by_bytes = own.where(SubmissionRow.sha256 == arrival.sha256, SubmissionRow.state != "duplicate")
    return Taken.SAME_BYTES, transaction.session.exec(by_bytes).one().id


def _values(transaction: Transaction, arrival: Arrival, now: datetime.datetime) -> dict[str, object]:
    return {
        "tenant": transaction.tenant,
        "id": arrival.id,
        "sender_id": arrival.sender_id,
        "door": arrival.door,
        "file_name": arrival.file_name,
        "sha256": arrival.sha256,
        "size": arrival.size,
        "idempotency_key": arrival.idempotency_key,
        "state": "received",
        "received_at": now,
    }


def claim_received(
    transaction: Transaction, limit: int, now: datetime.datetime, lease: datetime.timedelta
) -> tuple[Submission, ...]:
    """Take up to `limit` unread submissions for one lease, or one alone that a worker had before and did not finish."""
    turn = leases.next_in_turn(transaction, SubmissionRow, limit, now)
    rows = transaction.session.execute(
        update(SubmissionRow)
        .where(col(SubmissionRow.tenant) == transaction.tenant, turn)
        .values(lease_until=now + lease, tries=SubmissionRow.tries + 1)
        .returning(SubmissionRow)
    ).scalars()
    # Their ids begin with their time: the oldest goes first.
    return tuple(sorted((_submission(row) for row in rows), key=lambda one: one.id))


def _submission(row: SubmissionRow) -> Submission:
    return Submission(
        tenant=row.tenant,
        id=row.id,
        sender_id=row.sender_id,
        door=row.door,
        file_name=row.file_name,
        sha256=row.sha256,
        size=row.size,
        tries=row.tries,
    )


def positions_read(transaction: Transaction, submission_id: uuid.UUID) -> frozenset[int]:
    """The documents of a submission that an earlier, interrupted reading has already written down."""
    rows = transaction.session.exec(
        select(DocumentRow.position).where(
            DocumentRow.tenant == transaction.tenant, DocumentRow.submission_id == submission_id
        )
    )
    return frozenset(rows)


def hold(
    transaction: Transaction, claimed: Sequence[Submission], until: datetime.datetime
) -> dict[uuid.UUID, frozenset[int]]:
    """Which of these, locked and held longer, are still open; with the positions that another worker wrote meanwhile.

    There is such another only where a lease ran out: then he has counted his try.
    """
    rows = transaction.session.execute(
        update(SubmissionRow)
        .where(
            col(SubmissionRow.tenant) == transaction.tenant,
            col(SubmissionRow.id).in_([one.id for one in claimed]),
            col(SubmissionRow.state) == "received",
        )
        .values(lease_until=until)
        .returning(col(SubmissionRow.id), col(SubmissionRow.tries))
    )
    tries: dict[uuid.UUID, int] = {found: count for found, count in rows}  # noqa: C416 - rows, not pairs
    return {
        one.id: frozenset() if tries[one.id] == one.tries else positions_read(transaction, one.id)
        for one in claimed
        if one.id in tries
    }


def give_back(transaction: Transaction, ids: Sequence[uuid.UUID], at: datetime.datetime) -> None:
    """Put claimed submissions back until `at`: what kept them is no fault of theirs, and the try does not count."""
    leases.give_back(transaction, SubmissionRow, ids, at)


def read_again(transaction: Transaction, submission_id: uuid.UUID) -> None:
    """An operator has looked at a file that broke its reading: it is read once more, alone."""
    transaction.session.execute(
        update(SubmissionRow)
        .where(col(SubmissionRow.tenant) == transaction.tenant, col(SubmissionRow.id) == submission_id)
        .values(state="received", findings=[], answered_at=None, lease_until=None, tries=1)
    )
    transaction.wake("read")


@dataclass(frozen=True, slots=True)
class End:
    """What came of reading a submission to its end. state: `read`, or `refused` where nothing in it is an invoice."""

    submission_id: uuid.UUID
    state: str
    format: str | None
    document_count: int
    findings: Sequence[Mapping[str, object]]


def close(transaction: Transaction, ends: Sequence[End]) -> None:
    """Mark submissions as read to their end, or refused as a whole."""
    rows = [
        {
            "tenant": transaction.tenant,
            "id": one.submission_id,
            "state": one.state,
            "format": one.format,
            "document_count": one.document_count,
            "findings": [dict(finding) for finding in one.findings],
            "lease_until": None,
        }
        for one in ends
    ]
    if rows:
        transaction.session.execute(update(SubmissionRow), rows)
