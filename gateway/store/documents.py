"""Documents on their way: claimed for preparing, ready to go, stopped, or set going again."""

import datetime
import uuid
from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import col, select

from gateway.ids import read_public_id
from gateway.lifecycle import (
    Owner,
    Processing,
)
from gateway.store import events, folding, leases, locks
from gateway.store.records import Document, Happening, Ready, Stopped
from gateway.store.session import Transaction
from gateway.store.tables import DocumentRow

# Within this time somebody looks at a document that the gateway itself keeps back.
_LOOKED_AT = datetime.timedelta(days=1)


def claim_checked(
    transaction: Transaction, limit: int, now: datetime.datetime, lease: datetime.timedelta
) -> tuple[Document, ...]:
    """Take up to `limit` checked documents for one lease, or one alone that a worker had before and did not finish."""
    turn = leases.next_in_turn(transaction, DocumentRow, limit, now)
    rows = transaction.session.execute(
        update(DocumentRow)
        .where(col(DocumentRow.tenant) == transaction.tenant, turn)
        .values(lease_until=now + lease, tries=DocumentRow.tries + 1)
        .returning(DocumentRow)
    ).scalars()
    # Their ids begin with their time: the oldest goes first.
    return tuple(sorted((_document(row) for row in rows), key=lambda one: one.id))


def give_back(transaction: Transaction, ids: Sequence[uuid.UUID], at: datetime.datetime) -> None:
    """Put claimed documents back until `at`: what kept them is no fault of theirs, and the try does not count."""
    leases.give_back(transaction, DocumentRow, ids, at)


def renew(transaction: Transaction, ids: Sequence[uuid.UUID], until: datetime.datetime) -> None:
    """Hold the rest of a batch longer."""
    leases.renew(transaction, DocumentRow, ids, until)


def still_to_prepare(transaction: Transaction, claimed: Sequence[Document]) -> frozenset[uuid.UUID]:
    """Which of these, locked, nobody has prepared, replaced or sent another way since: whose lease ran out is late."""
    rows = locks.document_rows(transaction, [one.id for one in claimed])
    is_checked = Processing.CHECKED.value
    return frozenset(
        one.id for one in claimed if rows[one.id].processing == is_checked and rows[one.id].next_step == one.next_step
    )


def _document(row: DocumentRow) -> Document:
    return Document(
        tenant=row.tenant,
        id=row.id,
        public_id=row.public_id,
        submission_id=row.submission_id,
        sender_id=row.sender_id,
        number=row.number or "",
        canonical_sha256=row.canonical_sha256 or "",
        recipient_id=row.recipient_id,
        routes=tuple(row.routes),
        next_step=row.next_step,
        tries=row.tries,
    )


def mark_ready(transaction: Transaction, ready: Sequence[Ready], now: datetime.datetime) -> None:
    """The documents are packed, each for its channel, and wait to be dispatched."""
    rows = locks.document_rows(transaction, [one.document_id for one in ready])
    happenings = []
    for one in ready:
        row = rows[one.document_id]
        happenings.append(
            Happening(
                "document.ready",
                f"It goes by {one.channel}: {one.because}",
                row.submission_id,
                row.id,
                None,
                "processing",
                row.processing,
                Processing.READY.value,
                data=one.data,
                evidence=one.evidence,
            )
        )
        row.processing, row.channel, row.because = Processing.READY.value, one.channel, one.because
        row.recipient_id, row.routes = one.recipient_id, [dict(route) for route in one.routes]
        row.sentence, row.owner = f"It is ready to go by {one.channel}.", Owner.GATEWAY.value
        row.action, row.deadline, row.lease_until, row.tries = "", None, None, 0
    folding.refold_all(transaction, list(rows.values()), now)
    events.record(transaction, happenings, now)


def stop(transaction: Transaction, stopped: Stopped, now: datetime.datetime) -> None:
    """The document goes no further until somebody acts: invalid for its target, held, or cancelled."""
    row = locks.document_row(transaction, stopped.document_id)
    before = row.processing
    row.processing, row.sentence = stopped.processing.value, stopped.sentence
    row.owner, row.action = stopped.owner.value, stopped.action
    row.findings = [*row.findings, *(dict(one) for one in stopped.findings)]
    row.recipient_id = stopped.recipient_id or row.recipient_id
    row.lease_until, row.tries = None, 0
    row.deadline = now.date() + _LOOKED_AT if stopped.processing is Processing.HELD else None
    folding.refold_all(transaction, [row], now)
    happening = Happening(
        f"document.{stopped.processing.value}",
        stopped.sentence,
        row.submission_id,
        row.id,
        None,
        "processing",
        before,
        stopped.processing.value,
        data={"findings": [dict(one) for one in stopped.findings]} if stopped.findings else {},
    )
    events.record(transaction, [happening], now)


def prepare_again(transaction: Transaction, document_id: uuid.UUID, now: datetime.datetime, *, step: int) -> None:
    """Send the document back to be prepared for another of its ways: a fallback, or a release by a person."""
    row = locks.document_row(transaction, document_id)
    row.processing, row.next_step = Processing.CHECKED.value, step
    row.owner, row.action, row.deadline = Owner.GATEWAY.value, "", None
    row.lease_until, row.tries = None, 0
    folding.refold_all(transaction, [row], now)
    transaction.wake("prepare")


def lock(transaction: Transaction, public_id: str) -> None:
    """Lock a document, where there is one, until the end of the transaction: whoever else acts on it waits."""
    transaction.session.exec(
        select(DocumentRow.id)
        .where(DocumentRow.tenant == transaction.tenant, DocumentRow.public_id == read_public_id(public_id))
        .with_for_update()
    ).first()


def current_step(transaction: Transaction, document_id: uuid.UUID) -> int:
    """Which of its ways the document is on."""
    return locks.document_row(transaction, document_id).next_step


def release(transaction: Transaction, document_id: uuid.UUID, now: datetime.datetime) -> None:
    """A person has looked: the document is the gateway's again, its parcel as it was."""
    row = locks.document_row(transaction, document_id)
    row.processing, row.sentence = Processing.READY.value, "A person released it; it is sent again."
    row.owner, row.action, row.deadline = Owner.GATEWAY.value, "", None
    folding.refold_all(transaction, [row], now)


def next_way(transaction: Transaction, document_id: uuid.UUID) -> int | None:
    """The step of the next way that the rule allowed, None where all were tried."""
    row = locks.document_row(transaction, document_id)
    following = row.next_step + 1
    return following if following < len(row.routes) else None
