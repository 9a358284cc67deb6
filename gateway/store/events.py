"""Events and artefacts: what happened, and the bytes that prove it. Both are only ever added."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import fields

from gateway.ids import row_id
from gateway.store.records import Happening, NewArtefact
from gateway.store.session import Transaction
from gateway.store.tables import ArtefactRow, EventRow


def record(transaction: Transaction, happenings: Iterable[Happening], at: datetime.datetime) -> None:
    """Write moves down, in their order; they are in the database when the transaction is committed."""
    rows = transaction.pending.setdefault(EventRow, [])
    rows += [_event_row(transaction.tenant, one, at) for one in happenings]
    if not rows:
        del transaction.pending[EventRow]


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


def keep(transaction: Transaction, artefacts: Iterable[NewArtefact], at: datetime.datetime) -> None:
    """Write down which bytes of the archive belong to what; in the database when the transaction is committed."""
    rows = transaction.pending.setdefault(ArtefactRow, [])
    rows += [{**_plain(one), "tenant": transaction.tenant, "at": at} for one in artefacts]
    if not rows:
        del transaction.pending[ArtefactRow]


def _plain(artefact: NewArtefact) -> dict[str, object]:
    return {one.name: getattr(artefact, one.name) for one in fields(artefact)}
