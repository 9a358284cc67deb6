"""Events and artefacts: what happened, and the bytes that prove it. Both are only ever added."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import asdict

from sqlalchemy import insert

from gateway.ids import row_id
from gateway.store.records import Happening, NewArtefact
from gateway.store.session import Transaction
from gateway.store.tables import ArtefactRow, EventRow


def record(transaction: Transaction, happenings: Iterable[Happening], at: datetime.datetime) -> None:
    """Write moves down, in their order."""
    rows = [_event_row(transaction.tenant, one, at) for one in happenings]
    if rows:
        transaction.session.execute(insert(EventRow), rows)


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
    """Write down which bytes of the archive belong to what."""
    rows = [{**asdict(one), "tenant": transaction.tenant, "at": at} for one in artefacts]
    if rows:
        transaction.session.execute(insert(ArtefactRow), rows)
