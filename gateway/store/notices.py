"""Notices: taken once by their key; strays are kept for a person."""

import datetime
import hashlib
import uuid
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from gateway.store.session import Transaction
from gateway.store.tables import NoticeRow, StrayNoticeRow

# No index holds a text without end; two keys with the same beginning are still two.
_LONGEST_KEY: Final = 500


def _fitting(key: str) -> str:
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def take(
    transaction: Transaction,
    *,
    channel: str,
    key: str,
    signal: str,
    reference: str,
    delivery_id: uuid.UUID,
    sha256: str,
    now: datetime.datetime,
) -> bool:
    """Write a notice down; False where the same one was taken before."""
    added = transaction.session.execute(
        insert(NoticeRow)
        .values(
            tenant=transaction.tenant,
            channel=channel,
            key=_fitting(key),
            signal=signal,
            reference=reference,
            delivery_id=delivery_id,
            sha256=sha256,
            at=now,
        )
        .on_conflict_do_nothing()
        .returning(col(NoticeRow.key))
    )
    return added.first() is not None


def keep_stray(
    transaction: Transaction,
    *,
    channel: str,
    key: str,
    reference: str,
    file_name: str,
    signal: str,
    raw: bytes,
    now: datetime.datetime,
) -> None:
    """Keep a notice that speaks of nothing we sent, once."""
    transaction.session.execute(
        insert(StrayNoticeRow)
        .values(
            channel=channel, key=_fitting(key), reference=reference, file_name=file_name, signal=signal, raw=raw, at=now
        )
        .on_conflict_do_nothing()
    )
