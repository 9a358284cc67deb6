"""Locks: rows that are held, and not read again, until the end of their transaction. Rows never leave the store.

Documents are locked before their deliveries, and either in the order of their ids: no two batches wait in a ring.
"""

import uuid
from collections.abc import Sequence

from sqlmodel import SQLModel, col, select

from gateway.store.session import Transaction
from gateway.store.tables import DeliveryRow, DocumentRow


def hold(transaction: Transaction, ids: Sequence[uuid.UUID]) -> None:
    """Lock documents with their deliveries until the end of the transaction: documents first, always in this order."""
    document_rows(transaction, ids)
    deliveries_of(transaction, ids)


def document_row(transaction: Transaction, document_id: uuid.UUID) -> DocumentRow:
    """The row, locked until the end of the transaction: two notices about one document are folded one by one."""
    return document_rows(transaction, [document_id])[document_id]


def document_rows(transaction: Transaction, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, DocumentRow]:
    """The rows, locked in the order of their ids, so that two batches never wait for each other."""
    unknown = [one for one in ids if one not in transaction.held]
    if unknown:
        rows = transaction.session.exec(
            select(DocumentRow)
            .where(DocumentRow.tenant == transaction.tenant, col(DocumentRow.id).in_(unknown))
            .order_by(col(DocumentRow.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        transaction.held.update({row.id: row for row in rows})
    return {one: _as_document(transaction.held[one]) for one in ids}


def deliveries_of(transaction: Transaction, documents: Sequence[uuid.UUID]) -> list[DeliveryRow]:
    """The rows of all deliveries of these documents, locked."""
    known = [row for row in transaction.held.values() if isinstance(row, DeliveryRow)]
    complete = transaction.complete
    unknown = [one for one in documents if one not in complete]
    if unknown:
        rows = transaction.session.exec(
            select(DeliveryRow)
            .where(DeliveryRow.tenant == transaction.tenant, col(DeliveryRow.document_id).in_(unknown))
            .order_by(col(DeliveryRow.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        transaction.held.update({row.id: row for row in rows})
        complete.update(unknown)
        known = [row for row in transaction.held.values() if isinstance(row, DeliveryRow)]
    wanted = set(documents)
    return [row for row in known if row.document_id in wanted]


def delivery_row(transaction: Transaction, delivery_id: uuid.UUID) -> DeliveryRow:
    """The row of one delivery."""
    held = transaction.held.get(delivery_id)
    if isinstance(held, DeliveryRow):
        return held
    row = transaction.session.exec(
        select(DeliveryRow)
        .where(DeliveryRow.tenant == transaction.tenant, DeliveryRow.id == delivery_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    transaction.held[row.id] = row
    return row


def _as_document(row: SQLModel) -> DocumentRow:
    assert isinstance(row, DocumentRow)  # noqa: S101 - ids are unique across tables
    return row
