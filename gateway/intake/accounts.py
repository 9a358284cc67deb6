"""Tenants, senders and their ways in: made in one place, so that a secret is shown once and kept as a hash."""

import datetime
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.errors import NotFound, WrongContent
from gateway.ids import api_token, row_id
from gateway.intake.passwords import hash_password
from gateway.intake.rule_books import keep_default_rules
from gateway.store import access, parties
from gateway.store.records import Sender
from gateway.store.session import Store, Transaction

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,62}")
_ROLES = ("support", "operator")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A bearer key as its owner gets it: `text` is told once and kept nowhere."""

    prefix: str
    text: str = field(repr=False)


def add_tenant(store: Store, name: str, now: datetime.datetime) -> uuid.UUID:
    """A new tenant with the rules that everybody begins with."""
    tenant = row_id(now)
    with store.across() as transaction:
        if any(called == name for _, called in parties.tenants(transaction)):
            raise WrongContent("tenant", f"there is one called {name}")
    with store.of(tenant) as transaction:
        parties.add_tenant(transaction, tenant, name, now)
        keep_default_rules(transaction, now)
    return tenant


def add_sender(
    transaction: Transaction, name: str, settings: Mapping[str, object], now: datetime.datetime
) -> uuid.UUID:
    """A new sender of the transaction's tenant. settings: see `gateway.wiring.senders`."""
    assert transaction.tenant is not None  # noqa: S101 - senders are made inside a tenant
    if any(one.name == name for one in parties.senders(transaction)):
        raise WrongContent("sender", f"there is one called {name}")
    made = Sender(transaction.tenant, row_id(now), name, settings)
    parties.add_sender(transaction, made, now)
    return made.id


def sender_named(transaction: Transaction, name: str) -> Sender:
    """The sender of this name; the only one where no name is given. Raises NotFound."""
    known = parties.senders(transaction)
    found = [one for one in known if one.name == name] if name else list(known)
    if len(found) != 1:
        raise NotFound(
            "sender", f"{name or '(not named)'}; there are: {', '.join(one.name for one in known) or 'none'}"
        )
    return found[0]


def add_key(
    transaction: Transaction,
    sender_id: uuid.UUID,
    name: str,
    now: datetime.datetime,
    expires_at: datetime.datetime | None = None,
) -> NewKey:
    """A new bearer key for a sender."""
    token = api_token()
    access.add_api_key(
        transaction,
        sender_id=sender_id,
        name=name,
        prefix=token.prefix,
        token_hash=token.hash,
        now=now,
        expires_at=expires_at,
    )
    return NewKey(token.prefix, token.text)


def add_sftp_account(
    store: Store,
    sender: Sender,
    username: str,
    now: datetime.datetime,
    *,
    password: str | None = None,
    public_keys: Sequence[str] = (),
) -> None:
    """An account of the SFTP door, by password, by public keys, or both. Names are unique in the installation."""
    if not _USERNAME.fullmatch(username):
        raise WrongContent("user name", "it has 3 to 63 small letters, digits, dots, dashes and underscores")
    if not password and not public_keys:
        raise WrongContent("account", "it needs a password or a public key")
    with store.across() as transaction:
        if access.sftp_account(transaction, username) is not None:
            raise WrongContent("user name", f"{username} is taken")
    with store.of(sender.tenant) as transaction:
        access.add_sftp_account(
            transaction,
            sender_id=sender.id,
            username=username,
            password_hash=hash_password(password) if password else None,
            public_keys=[" ".join(key.split()) for key in public_keys],
            now=now,
        )


def add_person(
    transaction: Transaction, email: str, name: str, password: str, role: str, now: datetime.datetime
) -> None:
    """Somebody at the desk."""
    if role not in _ROLES:
        raise WrongContent("role", f"it is one of {', '.join(_ROLES)}")
    if "@" not in email:
        raise WrongContent("mail address", f"{email} is none")
    access.add_person(transaction, email=email, name=name, password_hash=hash_password(password), role=role, now=now)
