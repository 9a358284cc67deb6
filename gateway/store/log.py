"""The log as people and programs read it: search, one document with its events, deliveries and artefacts.

Pages go by key, never by offset: a cursor names the last row of the page before, newest first.
"""

import datetime
import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, tuple_
from sqlmodel import col, select

from gateway.ids import read_public_id
from gateway.store.records import Artefact, DeliveryView, DocumentView, Event, SubmissionView
from gateway.store.session import Transaction
from gateway.store.tables import ArtefactRow, DeliveryRow, DocumentRow, EventRow, SubmissionRow
from gateway.store.views import artefact_view, delivery_view, document_view, event_view, submission_view

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ends: the time and id of its last row."""

    at: datetime.datetime
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; everything that is given must hold.

    text:      number, public id, name of the buyer or seller, key or reference of a delivery
    headline:  the desk's word, such as `Action needed`
    """

    text: str = ""
    headline: str = ""
    channel: str = ""
    recipient: str = ""
    sender_id: uuid.UUID | None = None
    submission_id: uuid.UUID | None = None
    received_from: datetime.date | None = None
    received_to: datetime.date | None = None
    after: Cursor | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class Page:
    """One page of documents, newest first; `next` is None on the last one."""

    documents: tuple[DocumentView, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Whole:
    """One document with everything that belongs to it, events in the order in which they happened."""

    document: DocumentView
    submission: SubmissionView
    deliveries: tuple[DeliveryView, ...]
    events: tuple[Event, ...]
    artefacts: tuple[Artefact, ...]


def search(transaction: Transaction, wanted: Search) -> Page:
    """The documents that were looked for."""
    query = select(DocumentRow).where(*_conditions(transaction, wanted))
    if wanted.after is not None:
        query = query.where(
            tuple_(col(DocumentRow.received_at), col(DocumentRow.id)) < (wanted.after.at, wanted.after.id)
        )
    ordered = query.order_by(col(DocumentRow.received_at).desc(), col(DocumentRow.id).desc()).limit(wanted.limit + 1)
    rows = transaction.session.exec(ordered).all()
    shown = rows[: wanted.limit]
    following = Cursor(shown[-1].received_at, shown[-1].id) if len(rows) > wanted.limit else None
    came_as = _file_names(transaction, {one.submission_id for one in shown})
    return Page(tuple(document_view(one, came_as[one.submission_id]) for one in shown), following)


def _file_names(transaction: Transaction, submission_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The files that these submissions came as."""
    rows = transaction.session.exec(
        select(SubmissionRow.id, SubmissionRow.file_name).where(
            SubmissionRow.tenant == transaction.tenant, col(SubmissionRow.id).in_(submission_ids)
        )
    )
    return {found: name for found, name in rows}  # noqa: C416 - rows are not pairs to the type checker


def count(transaction: Transaction, wanted: Search, most: int = 10_000) -> int:
    """How many documents were looked for, counted up to `most`."""
    some = select(DocumentRow.id).where(*_conditions(transaction, wanted)).limit(most).subquery()
    counted: int = transaction.session.execute(select(func.count()).select_from(some)).scalar_one()
    return counted


def _conditions(transaction: Transaction, wanted: Search) -> list[ColumnElement[bool]]:
    row = DocumentRow
    asked: list[tuple[object, Callable[[], ColumnElement[bool]]]] = [
        (wanted.text.strip(), lambda: _reads(transaction, wanted.text.strip())),
        (wanted.headline, lambda: col(row.headline) == wanted.headline),
        (wanted.channel, lambda: col(row.channel) == wanted.channel),
        (wanted.recipient.strip(), lambda: col(row.buyer_name).icontains(wanted.recipient.strip(), autoescape=True)),
        (wanted.sender_id, lambda: col(row.sender_id) == wanted.sender_id),
        (wanted.submission_id, lambda: col(row.submission_id) == wanted.submission_id),
        (wanted.received_from, lambda: col(row.received_at) >= _midnight(wanted.received_from)),
        (wanted.received_to, lambda: col(row.received_at) < _midnight(wanted.received_to) + _DAY),
    ]
    own = col(row.tenant) == transaction.tenant
    return [own, *(condition() for value, condition in asked if value)]


def _midnight(day: datetime.date | None) -> datetime.datetime:
    assert day is not None  # noqa: S101 - asked only where a day was given
    return datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC)


def _reads(transaction: Transaction, text: str) -> ColumnElement[bool]:
    """A text may be a public id, a number (or its beginning), a name, the file it came as, or what others call it."""
    called = select(DeliveryRow.document_id).where(
        DeliveryRow.tenant == transaction.tenant,
        or_(
            col(DeliveryRow.key) == text,
            col(DeliveryRow.reference) == text,
            col(DeliveryRow.file_name).istartswith(text, autoescape=True),
        ),
    )
    came_as = select(SubmissionRow.id).where(
        SubmissionRow.tenant == transaction.tenant, func.lower(SubmissionRow.file_name) == text.lower()
    )
    return or_(
        col(DocumentRow.public_id) == read_public_id(text),
        col(DocumentRow.number).istartswith(text, autoescape=True),
        col(DocumentRow.buyer_name).icontains(text, autoescape=True),
        col(DocumentRow.seller_name).icontains(text, autoescape=True),
        col(DocumentRow.id).in_(called),
        col(DocumentRow.submission_id).in_(came_as),
    )


def document(transaction: Transaction, public_id: str) -> Whole | None:
    """One document by its public id (`d-7KQ2M9TX`) with everything that belongs to it, None where there is none."""
    row = transaction.session.exec(
        select(DocumentRow).where(
            DocumentRow.tenant == transaction.tenant, DocumentRow.public_id == read_public_id(public_id)
        )
    ).first()
    if row is None:
        return None
    arrived = submission(transaction, row.submission_id)
    assert arrived is not None  # noqa: S101 - held by the foreign key
    return Whole(
        document_view(row, arrived.file_name),
        arrived,
        _deliveries(transaction, row.id),
        events_of(transaction, document_id=row.id),
        _artefacts(transaction, row),
    )


def public_ids(transaction: Transaction, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The public ids of documents (an original, a successor)."""
    rows = transaction.session.exec(
        select(DocumentRow.id, DocumentRow.public_id).where(
            DocumentRow.tenant == transaction.tenant, col(DocumentRow.id).in_(ids)
        )
    )
    return {found: public for found, public in rows}  # noqa: C416 - rows are not pairs to the type checker


def submission(transaction: Transaction, submission_id: uuid.UUID) -> SubmissionView | None:
    """One submission, None where this tenant has none of this id."""
    row = transaction.session.get(SubmissionRow, (transaction.tenant, submission_id))
    return submission_view(row) if row is not None else None


def submissions(
    transaction: Transaction, *, after: Cursor | None = None, limit: int = 50
) -> tuple[SubmissionView, ...]:
    """Submissions, newest first."""
    query = select(SubmissionRow).where(SubmissionRow.tenant == transaction.tenant)
    if after is not None:
        query = query.where(tuple_(col(SubmissionRow.received_at), col(SubmissionRow.id)) < (after.at, after.id))
    ordered = query.order_by(col(SubmissionRow.received_at).desc(), col(SubmissionRow.id).desc()).limit(limit)
    return tuple(submission_view(row) for row in transaction.session.exec(ordered))


def events_of(
    transaction: Transaction,
    *,
    document_id: uuid.UUID | None = None,
    after: int = 0,
    limit: int = 1_000,
) -> tuple[Event, ...]:
    """Events of one document, or of the whole tenant, in the order in which they happened; `after` is a sequence."""
    query = select(EventRow).where(EventRow.tenant == transaction.tenant, col(EventRow.sequence) > after)
    if document_id is not None:
        query = query.where(EventRow.document_id == document_id)
    rows = transaction.session.exec(query.order_by(col(EventRow.sequence)).limit(limit))
    return tuple(event_view(row) for row in rows)


def delivery(transaction: Transaction, delivery_id: uuid.UUID) -> DeliveryView | None:
    """One delivery, None where this tenant has none of this id."""
    row = transaction.session.get(DeliveryRow, (transaction.tenant, delivery_id))
    return delivery_view(row) if row is not None else None


def artefact(transaction: Transaction, sha256: str) -> Artefact | None:
    """What is known about the bytes with this hash, None where this tenant has none."""
    row = transaction.session.exec(
        select(ArtefactRow).where(ArtefactRow.tenant == transaction.tenant, ArtefactRow.sha256 == sha256)
    ).first()
    return artefact_view(row) if row is not None else None


def _deliveries(transaction: Transaction, document_id: uuid.UUID) -> tuple[DeliveryView, ...]:
    rows = transaction.session.exec(
        select(DeliveryRow)
        .where(DeliveryRow.tenant == transaction.tenant, DeliveryRow.document_id == document_id)
        .order_by(col(DeliveryRow.step))
    )
    return tuple(delivery_view(row) for row in rows)


def _artefacts(transaction: Transaction, document: DocumentRow) -> tuple[Artefact, ...]:
    rows = transaction.session.exec(
        select(ArtefactRow)
        .where(
            ArtefactRow.tenant == transaction.tenant,
            or_(
                col(ArtefactRow.document_id) == document.id,
                (col(ArtefactRow.submission_id) == document.submission_id) & col(ArtefactRow.document_id).is_(None),
            ),
        )
        .order_by(col(ArtefactRow.at), col(ArtefactRow.id))
    )
    return tuple(artefact_view(row) for row in rows)
