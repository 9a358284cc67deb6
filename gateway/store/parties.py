"""Tenants, senders, recipients and rules: the data that people keep."""

import datetime
import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, func, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from gateway.ids import row_id
from gateway.store.records import Json, Sender
from gateway.store.session import Transaction
from gateway.store.tables import RecipientRow, RuleRow, SenderRow, TenantRow


def tenants(transaction: Transaction) -> tuple[tuple[uuid.UUID, str], ...]:
    """Every tenant of this installation: (id, name)."""
    return tuple((row.id, row.name) for row in transaction.session.exec(select(TenantRow).order_by(TenantRow.name)))


def add_tenant(transaction: Transaction, tenant: uuid.UUID, name: str, now: datetime.datetime) -> None:
    """Write a tenant down. The transaction is the new tenant's own."""
    transaction.session.add(TenantRow(id=tenant, name=name, created_at=now))
    transaction.session.flush()


def add_sender(transaction: Transaction, sender: Sender, now: datetime.datetime) -> None:
    """Write a sender down."""
    transaction.session.add(
        SenderRow(tenant=sender.tenant, id=sender.id, name=sender.name, settings=dict(sender.settings), created_at=now)
    )
    transaction.session.flush()


def change_sender(transaction: Transaction, sender_id: uuid.UUID, settings: Json) -> None:
    """Put other settings in the place of a sender's own."""
    transaction.session.execute(
        update(SenderRow)
        .where(col(SenderRow.tenant) == transaction.tenant, col(SenderRow.id) == sender_id)
        .values(settings=dict(settings))
    )


def sender(transaction: Transaction, sender_id: uuid.UUID) -> Sender:
    """One sender of this tenant. Raises LookupError where it has none of this id."""
    row = transaction.session.get(SenderRow, (transaction.tenant, sender_id))
    if row is None:
        raise LookupError(f"no sender {sender_id}")
    return Sender(row.tenant, row.id, row.name, row.settings)


def senders(transaction: Transaction) -> tuple[Sender, ...]:
    """Every sender of this tenant, by name."""
    rows = transaction.session.exec(
        select(SenderRow).where(SenderRow.tenant == transaction.tenant).order_by(SenderRow.name)
    )
    return tuple(Sender(row.tenant, row.id, row.name, row.settings) for row in rows)


def keep_recipient(
    transaction: Transaction, reference: str, keys: Sequence[str], data: Json, now: datetime.datetime
) -> uuid.UUID:
    """Write a recipient down, or change the one with this reference. keys: what recognises it on an invoice."""
    said = {
        "name": str(data.get("name") or ""),
        "country": _text(data.get("country")),
        "keys": list(keys),
        "data": dict(data),
        "changed_at": now,
    }
    # One statement: of two people who add the same recipient at once, the second changes it.
    kept = transaction.session.execute(
        insert(RecipientRow)
        .values(tenant=transaction.tenant, id=row_id(now), reference=reference, **said)
        .on_conflict_do_update(index_elements=["tenant", "reference"], set_=said)
        .returning(col(RecipientRow.id))
    )
    found: uuid.UUID = kept.scalar_one()
    return found


def _text(value: object) -> str | None:
    return str(value) if value else None


def recipients_with(transaction: Transaction, keys: Sequence[str]) -> tuple[tuple[uuid.UUID, Sequence[str], Json], ...]:
    """The recipients that one of these keys recognises: (id, their keys, data)."""
    if not keys:
        return ()
    rows = transaction.session.exec(
        select(RecipientRow).where(
            RecipientRow.tenant == transaction.tenant, col(RecipientRow.keys).bool_op("&&")(list(keys))
        )
    )
    return tuple((row.id, row.keys, row.data) for row in rows)


def recipient(transaction: Transaction, reference: str) -> Json | None:
    """One recipient of this tenant by its reference."""
    row = transaction.session.exec(
        select(RecipientRow).where(RecipientRow.tenant == transaction.tenant, RecipientRow.reference == reference)
    ).first()
    return row.data if row is not None else None


def recipients(transaction: Transaction) -> tuple[tuple[uuid.UUID, str, Json], ...]:
    """Every recipient of this tenant: (id, reference, data), by name."""
    rows = transaction.session.exec(
        select(RecipientRow).where(RecipientRow.tenant == transaction.tenant).order_by(RecipientRow.name)
    )
    return tuple((row.id, row.reference, row.data) for row in rows)


def recipient_page(transaction: Transaction, after: str, limit: int) -> tuple[tuple[Json, ...], str | None]:
    """Recipients by reference, from behind this one on ("": from the first), and behind which the next page begins.

    By reference, which never changes: a name that is corrected meanwhile moves nobody to a page that was turned.
    """
    rows = transaction.session.exec(
        select(RecipientRow)
        .where(RecipientRow.tenant == transaction.tenant, col(RecipientRow.reference) > after)
        .order_by(RecipientRow.reference)
        .limit(limit + 1)
    ).all()
    shown = rows[:limit]
    return tuple(row.data for row in shown), shown[-1].reference if len(rows) > limit else None


def forget_recipient(transaction: Transaction, reference: str) -> bool:
    """Remove a recipient; False where there is none of this reference."""
    gone = transaction.session.execute(
        delete(RecipientRow)
        .where(col(RecipientRow.tenant) == transaction.tenant, col(RecipientRow.reference) == reference)
        .returning(col(RecipientRow.id))
    )
    return gone.first() is not None


def rules(transaction: Transaction) -> tuple[Json, ...]:
    """The routing rules of this tenant in their order."""
    rows = transaction.session.exec(
        select(RuleRow).where(RuleRow.tenant == transaction.tenant).order_by(col(RuleRow.position))
    )
    return tuple(row.data for row in rows)


def replace_rules(
    transaction: Transaction, named: Sequence[tuple[str, Mapping[str, object]]], now: datetime.datetime
) -> None:
    """Put these rules (name, data) in the place of all that there are, in this order."""
    # One at a time: two books that are imported at once must not mix.
    own = func.hashtextextended(f"rules of {transaction.tenant}", 0)
    transaction.session.execute(select(func.pg_advisory_xact_lock(own)))
    transaction.session.execute(delete(RuleRow).where(col(RuleRow.tenant) == transaction.tenant))
    assert transaction.tenant is not None  # noqa: S101 - rules are kept inside a tenant
    for position, (name, data) in enumerate(named, 1):
        transaction.session.add(
            RuleRow(
                tenant=transaction.tenant, id=row_id(now), position=position, name=name, data=dict(data), changed_at=now
            )
        )
    transaction.session.flush()
