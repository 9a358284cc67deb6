"""Events and artefacts: what happened, and the bytes that prove it. Both are only ever added."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import fields

from sqlalchemy import func
from sqlmodel import col, select

from gateway.ids import row_id
from gateway.store.records import Happening, NewArtefact
from gateway.store.session import Transaction
from gateway.store.tables import EventRow


def record(transaction: Transaction, happenings: Iterable[Happening], at: datetime.datetime) -> None:
    """Write moves down, in their order; they are in the database when the transaction is committed."""
    transaction.events += [_event_row(transaction.tenant, one, at) for one in happenings]


def _event_row(tenant: uuid.UUID | None, one: Happening, at: datetime.datetime) -> dict[str, object]:
    return {
        "tenant": tenant,
        "id": row_id(at),
        "type": one.type,
        "axis": one.axis,
        "before": one.before,
        "after": one.after,
        "submission_id": one.submission_id,
        "document_id": one.document_id,
        "delivery_id": one.delivery_id,
        "actor": one.actor,
        "sentence": one.sentence,
        "data": dict(one.data),
        "evidence": one.evidence,
        "at": at,
    }


def count(transaction: Transaction, document_id: uuid.UUID, delivery_id: uuid.UUID, kind: str) -> int:
    """How many events of this kind a delivery has had."""
    counted = select(func.count()).where(
        col(EventRow.tenant) == transaction.tenant,
        col(EventRow.document_id) == document_id,
        col(EventRow.delivery_id) == delivery_id,
        col(EventRow.type) == kind,
    )
    return transaction.session.exec(counted).one()


def last_said(
    transaction: Transaction, document_id: uuid.UUID, delivery_id: uuid.UUID
) -> tuple[datetime.datetime | None, str] | None:
    """When the signal that last moved a delivery was said (None where it has no time of its own), and which it was."""
    for one in reversed(transaction.events):
        if one["delivery_id"] == delivery_id and one["after"]:
            return _said_in(one["data"])
    row = transaction.session.exec(
        select(EventRow.data)
        .where(
            EventRow.tenant == transaction.tenant,
            EventRow.document_id == document_id,
            EventRow.delivery_id == delivery_id,
            EventRow.after != "",
        )
        .order_by(col(EventRow.sequence).desc())
        .limit(1)
    ).first()
    return _said_in(row) if row is not None else None


def _said_in(data: object) -> tuple[datetime.datetime | None, str]:
    known = data if isinstance(data, dict) else {}
    at = known.get("said_at")
    return datetime.datetime.fromisoformat(at) if at else None, str(known.get("signal", ""))


def keep(transaction: Transaction, artefacts: Iterable[NewArtefact], at: datetime.datetime) -> None:
    """Write down which bytes of the archive belong to what; in the database when the transaction is committed."""
    transaction.artefacts += [{**_plain(one), "tenant": transaction.tenant, "at": at} for one in artefacts]


def _plain(artefact: NewArtefact) -> dict[str, object]:
    return {one.name: getattr(artefact, one.name) for one in fields(artefact)}
