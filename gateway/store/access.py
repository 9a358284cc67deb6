"""Who may come in: API keys, SFTP accounts, people at the desk and their sessions. Secrets are kept as hashes.

Finding an account happens before its tenant is known, so it is asked across tenants (`store.across()`).
"""

import datetime
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlmodel import col

from gateway.ids import row_id
from gateway.store.session import Transaction
from gateway.store.tables import ApiKeyRow, DeskSessionRow, SftpAccountRow, UserRow


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A bearer key as the gateway knows it."""

    tenant: uuid.UUID
    id: uuid.UUID
    sender_id: uuid.UUID
    hash: str
    expires_at: datetime.datetime | None
    revoked_at: datetime.datetime | None


@dataclass(frozen=True, slots=True)
class SftpAccount:
    """An account of the SFTP door. public_keys: OpenSSH lines (`ssh-ed25519 AAAA...`)."""

    tenant: uuid.UUID
    id: uuid.UUID
    sender_id: uuid.UUID
    username: str
    password_hash: str | None
    public_keys: tuple[str, ...]
    disabled: bool


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at the desk. role: `support` or `operator`."""

    tenant: uuid.UUID
    id: uuid.UUID
    email: str
    name: str
    password_hash: str
    role: str
    disabled: bool


def add_api_key(
    transaction: Transaction,
    *,
    sender_id: uuid.UUID,
    name: str,
    prefix: str,
    token_hash: str,
    now: datetime.datetime,
    expires_at: datetime.datetime | None = None,
) -> uuid.UUID:
    """Write a key down by its hash."""
    assert transaction.tenant is not None  # noqa: S101 - accounts are made inside a tenant
    row = ApiKeyRow(
        tenant=transaction.tenant,
        id=row_id(now),
        sender_id=sender_id,
        name=name,
        prefix=prefix,
        hash=token_hash,
        created_at=now,
        expires_at=expires_at,
    )
    transaction.session.add(row)
    transaction.session.flush()
    return row.id


def api_keys(across: Transaction, prefix: str) -> tuple[ApiKey, ...]:
    """The keys with this prefix, whoever's they are; asked across tenants."""
    rows = across.session.execute(
        select(
            col(ApiKeyRow.tenant),
            col(ApiKeyRow.id),
            col(ApiKeyRow.sender_id),
            col(ApiKeyRow.hash),
            col(ApiKeyRow.expires_at),
            col(ApiKeyRow.revoked_at),
        ).where(col(ApiKeyRow.prefix) == prefix)
    )
    return tuple(ApiKey(*row) for row in rows)


def revoke_api_key(transaction: Transaction, prefix: str, now: datetime.datetime) -> bool:
    """End a key; False where this tenant has none with this prefix."""
    ended = transaction.session.execute(
        update(ApiKeyRow)
        .where(col(ApiKeyRow.tenant) == transaction.tenant, col(ApiKeyRow.prefix) == prefix)
        .values(revoked_at=now)
        .returning(col(ApiKeyRow.id))
    )
    return ended.first() is not None


def add_sftp_account(
    transaction: Transaction,
    *,
    sender_id: uuid.UUID,
    username: str,
    password_hash: str | None,
    public_keys: Sequence[str],
    now: datetime.datetime,
) -> uuid.UUID:
    """Write an account of the SFTP door down."""
    assert transaction.tenant is not None  # noqa: S101 - accounts are made inside a tenant
    row = SftpAccountRow(
        tenant=transaction.tenant,
        id=row_id(now),
        sender_id=sender_id,
        username=username,
        password_hash=password_hash,
        public_keys=list(public_keys),
        created_at=now,
    )
    transaction.session.add(row)
    transaction.session.flush()
    return row.id


def sftp_account(across: Transaction, username: str) -> SftpAccount | None:
    """The account with this name, None where there is none or the name is not unique; asked across tenants."""
    columns = [
        col(SftpAccountRow.tenant),
        col(SftpAccountRow.id),
        col(SftpAccountRow.sender_id),
        col(SftpAccountRow.username),
        col(SftpAccountRow.password_hash),
        col(SftpAccountRow.public_keys),
        col(SftpAccountRow.disabled_at),
    ]
    rows = across.session.execute(select(*columns).where(col(SftpAccountRow.username) == username).limit(2)).all()
    if len(rows) != 1:
        return None
    tenant, found, sender_id, name, password_hash, public_keys, disabled_at = rows[0]
    return SftpAccount(tenant, found, sender_id, name, password_hash, tuple(public_keys), disabled_at is not None)


def open_sftp_accounts(across: Transaction, ids: Collection[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Those of these accounts that may still come in; asked across tenants."""
    rows = across.session.execute(
        select(col(SftpAccountRow.id)).where(col(SftpAccountRow.id).in_(ids), col(SftpAccountRow.disabled_at).is_(None))
    )
    return frozenset(rows.scalars())


def disable_sftp_account(transaction: Transaction, username: str, now: datetime.datetime) -> bool:
    """Close an account; False where this tenant has none of this name."""
    closed = transaction.session.execute(
        update(SftpAccountRow)
        .where(col(SftpAccountRow.tenant) == transaction.tenant, col(SftpAccountRow.username) == username)
        .values(disabled_at=now)
        .returning(col(SftpAccountRow.id))
    )
    return closed.first() is not None


def disable_person(transaction: Transaction, email: str, now: datetime.datetime) -> bool:
    """Shut a person out, signed in or not; False where this tenant has none with this mail address."""
    shut_out = transaction.session.execute(
        update(UserRow)
        .where(col(UserRow.tenant) == transaction.tenant, col(UserRow.email) == email.strip().lower())
        .values(disabled_at=now)
        .returning(col(UserRow.id))
    ).first()
    if shut_out is None:
        return False
    transaction.session.execute(
        delete(DeskSessionRow).where(
            col(DeskSessionRow.tenant) == transaction.tenant, col(DeskSessionRow.user_id) == shut_out[0]
        )
    )
    return True


def add_person(
    transaction: Transaction, *, email: str, name: str, password_hash: str, role: str, now: datetime.datetime
) -> uuid.UUID:
    """Write a person at the desk down."""
    assert transaction.tenant is not None  # noqa: S101 - accounts are made inside a tenant
    row = UserRow(
        tenant=transaction.tenant,
        id=row_id(now),
        email=email.strip().lower(),
        name=name,
        password_hash=password_hash,
        role=role,
        created_at=now,
    )
    transaction.session.add(row)
    transaction.session.flush()
    return row.id


def people(across: Transaction, email: str) -> tuple[Person, ...]:
    """The people with this mail address, one a tenant; asked across tenants."""
    rows = across.session.execute(
        select(
            col(UserRow.tenant),
            col(UserRow.id),
            col(UserRow.email),
            col(UserRow.name),
            col(UserRow.password_hash),
            col(UserRow.role),
            col(UserRow.disabled_at),
        ).where(col(UserRow.email) == email.strip().lower())
    )
    return tuple(Person(row[0], row[1], row[2], row[3], row[4], row[5], row[6] is not None) for row in rows)


def person(transaction: Transaction, user_id: uuid.UUID) -> Person | None:
    """One person of this tenant."""
    row = transaction.session.get(UserRow, (transaction.tenant, user_id))
    if row is None:
        return None
    return Person(
        row.tenant, row.id, row.email, row.name, row.password_hash, row.role, disabled=row.disabled_at is not None
    )


def open_session(
    transaction: Transaction,
    *,
    token_hash: str,
    user_id: uuid.UUID,
    now: datetime.datetime,
    expires_at: datetime.datetime,
) -> None:
    """Write a signed-in browser down by the hash of its cookie."""
    assert transaction.tenant is not None  # noqa: S101 - sessions are opened inside a tenant
    transaction.session.add(
        DeskSessionRow(
            tenant=transaction.tenant, token_hash=token_hash, user_id=user_id, created_at=now, expires_at=expires_at
        )
    )


def session_owner(across: Transaction, token_hash: str, now: datetime.datetime) -> tuple[uuid.UUID, uuid.UUID] | None:
    """The (tenant, user) of a live session, None where it has ended or never was; asked across tenants."""
    row = across.session.execute(
        select(col(DeskSessionRow.tenant), col(DeskSessionRow.user_id)).where(
            col(DeskSessionRow.token_hash) == token_hash, col(DeskSessionRow.expires_at) > now
        )
    ).first()
    return (row[0], row[1]) if row is not None else None


def forget_ended_sessions(transaction: Transaction, now: datetime.datetime) -> int:
    """Forget the sessions of this tenant that have ended by themselves; returns how many there were."""
    gone = transaction.session.execute(
        delete(DeskSessionRow)
        .where(col(DeskSessionRow.tenant) == transaction.tenant, col(DeskSessionRow.expires_at) <= now)
        .returning(col(DeskSessionRow.token_hash))
    )
    return len(gone.all())


def close_session(transaction: Transaction, token_hash: str) -> None:
    """End a session."""
    transaction.session.execute(
        delete(DeskSessionRow).where(
            col(DeskSessionRow.tenant) == transaction.tenant, col(DeskSessionRow.token_hash) == token_hash
        )
    )
