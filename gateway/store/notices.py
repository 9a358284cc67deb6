"""Notices: taken once by their key; strays are kept for a person."""

import datetime
import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from gateway.store.session import Transaction
from gateway.store.tables import NoticeRow, StrayNoticeRow

# No index holds a text without end; two keys with the same beginning are still two.
_LONGEST_KEY: Final = 500


def _fitting(key: str) -> str:
    return key if len(key) <= _LONGEST_KEY else hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


@dataclass(frozen=True, slots=True)
class Said:
    """A notice about a delivery of ours, its raw form already safe in the archive. key: unique within the channel."""

    key: str
    signal: str
    reference: str
    delivery_id: uuid.UUID
    sha256: str


def take(transaction: Transaction, channel: str, notices: Sequence[Said], now: datetime.datetime) -> list[bool]:
    """Write notices down, all at once; False for each that was taken before, or that stands before itself in the list.

    The unique key decides, not a look before.
    """
    rows = {
        _fitting(one.key): {
            "tenant": transaction.tenant,
            "channel": channel,
            "key": _fitting(one.key),
            "signal": one.signal,
            "reference": one.reference,
            "delivery_id": one.delivery_id,
            "sha256": one.sha256,
            "at": now,
        }
        for one in reversed(notices)
    }
    if not rows:
        return []
    added = transaction.session.execute(
        insert(NoticeRow).on_conflict_do_nothing().returning(col(NoticeRow.key)), list(rows.values())
    )
    new = set(added.scalars())
    return [_is_first(new, _fitting(one.key)) for one in notices]


def _is_first(new: set[str], key: str) -> bool:
    is_new = key in new
    new.discard(key)
    return is_new


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
