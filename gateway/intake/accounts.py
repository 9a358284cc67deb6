"""Tenants, senders and their ways in: made in one place, so that a secret is shown once and kept as a hash."""

import datetime
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from gateway.errors import NotFound, WrongContent
from gateway.ids import api_token, row_id
from gateway.intake.passwords import hash_password
from gateway.intake.rule_books import keep_default_rules
from gateway.store import access, parties
from gateway.store.records import Sender
from gateway.store.session import Store, Transaction

SHORTEST_PASSWORD: Final = 12  # NIST SP 800-63B asks for 8, and for 15 where nothing else protects an account
_USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{2,62}")
_MAIL_ADDRESS: Final = re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;]{1,255}")
_LONGEST_NAME: Final = 200
_ROLES: Final = ("support", "operator")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A bearer key as its owner gets it: `text` is told once and kept nowhere."""

    prefix: str
    text: str = field(repr=False)


def add_tenant(store: Store, name: str, now: datetime.datetime) -> uuid.UUID:
    """A new tenant with the rules that everybody begins with. Raises WrongContent."""
    name, tenant = _name("tenant", name), row_id(now)
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
    """A new sender of the transaction's tenant. settings: see `gateway.wiring.senders`. Raises WrongContent."""
    assert transaction.tenant is not None  # noqa: S101 - senders are made inside a tenant
    name = _name("sender", name)
    if any(one.name == name for one in parties.senders(transaction)):
        raise WrongContent("sender", f"there is one called {name}")
    made = Sender(transaction.tenant, row_id(now), name, settings)
    parties.add_sender(transaction, made, now)
    return made.id


def change_sender(transaction: Transaction, name: str, settings: Mapping[str, object]) -> None:
    """Change the settings that are given, leave the others as they are; an empty value (null) takes one away."""
    known = sender_named(transaction, name)
    changed = {key: value for key, value in {**known.settings, **settings}.items() if value is not None}
    parties.change_sender(transaction, known.id, changed)


def disable_sftp_account(transaction: Transaction, username: str, now: datetime.datetime) -> None:
    """Close an account of the SFTP door. Raises NotFound."""
    if not access.disable_sftp_account(transaction, username, now):
        raise NotFound("SFTP account", username)


def disable_person(transaction: Transaction, email: str, now: datetime.datetime) -> None:
    """Shut somebody out of the desk at once. Raises NotFound."""
    if not access.disable_person(transaction, email, now):
        raise NotFound("person", email)


def sender_named(transaction: Transaction, name: str) -> Sender:
    """The sender of this name; the only one where no name is given. Raises WrongContent."""
    known = parties.senders(transaction)
    found = [one for one in known if name in ("", one.name)]
    if len(found) == 1:
        return found[0]
    if not known:
        raise WrongContent("sender", "there is none yet; make one with `gateway sender add NAME`")
    said = f"there is none called {name}; there are" if name else "there are several, name one with --sender:"
    raise WrongContent("sender", f"{said} {', '.join(one.name for one in known)}")


def add_key(
    transaction: Transaction,
    sender_id: uuid.UUID,
    name: str,
    now: datetime.datetime,
    expires_at: datetime.datetime | None = None,
) -> NewKey:
    """A new bearer key for a sender. Raises WrongContent."""
    name, token = _name("name", name), api_token()
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
    """An account of the SFTP door, by password, by public keys, or both. Names are unique in the installation.

    public_keys: lines of OpenSSH public key files. Raises WrongContent.
    """
    keys = [key for line in public_keys if (key := _public_key(line))]
    if not _USERNAME.fullmatch(username):
        raise WrongContent("user name", "it has 3 to 63 small letters, digits, dots, dashes and underscores")
    if not password and not keys:
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
            public_keys=keys,
            now=now,
        )


def add_person(
    transaction: Transaction, email: str, name: str, password: str, role: str, now: datetime.datetime
) -> None:
    """Somebody at the desk. Raises WrongContent."""
    refuse_unfit_person(email, role)
    email, name = email.strip().lower(), _name("name", name)
    if len(password) < SHORTEST_PASSWORD:
        raise WrongContent("password", f"it has fewer than {SHORTEST_PASSWORD} signs")
    if any(one.tenant == transaction.tenant for one in access.people(transaction, email)):
        raise WrongContent("mail address", f"{email} is taken")
    access.add_person(transaction, email=email, name=name, password_hash=hash_password(password), role=role, now=now)


def refuse_unfit_person(email: str, role: str) -> None:
    """What can be said against somebody at the desk whose password is not known yet. Raises WrongContent."""
    if role not in _ROLES:
        raise WrongContent("role", f"there is none called {role}; there are {', '.join(_ROLES)}")
    if not _MAIL_ADDRESS.fullmatch(email.strip()):
        raise WrongContent("mail address", f"{email} is none, such as mira@support.example")


def _name(kind: str, name: str) -> str:
    """A name as people know it: one line of text."""
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME or not name.isprintable():
        raise WrongContent(kind, f"a name is one line of 1 to {_LONGEST_NAME} signs")
    return name


def _public_key(line: str) -> str | None:
    """One line of a public key file without its comment, None for a line that holds no key."""
    words = line.split()
    if not words or words[0].startswith("#"):
        return None
    key = " ".join(words[:2])
    try:
        load_ssh_public_key(key.encode())
    except (ValueError, UnsupportedAlgorithm):
        # A private key that is given by mistake ends here too: it is neither kept nor shown.
        raise WrongContent("public key", "it is no line of an OpenSSH public key file (ssh-ed25519 AAAA...)") from None
    return key
