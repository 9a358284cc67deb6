"""Who is at the desk: the cookie of a signed-in browser, and the person behind it.

The cookie holds 256 random bits; the store keeps their hash. Signing in gives a new one, signing out ends it at once
on our side, whatever the browser does.
"""

import datetime
import uuid
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from fastapi import Depends, Request, Response

from gateway.desk.forms import TheFields, refuse_foreign, token_for
from gateway.desk.room import Desk, TheDesk
from gateway.desk.wording import MAY_RESEND, ROLES
from gateway.ids import hash_of_token, session_token
from gateway.store import access, parties
from gateway.store.access import Person

SESSION_LASTS: Final = datetime.timedelta(hours=12)


class SignInFirst(Exception):
    """Nobody is signed in in this browser; the page is shown after signing in."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person at the desk, in the name of one tenant.

    form_token:  what each of this person's forms carries
    """

    tenant: uuid.UUID
    tenant_name: str
    person: Person
    session_hash: str
    form_token: str = field(repr=False)

    @property
    def name(self) -> str:
        """How pages and the log name this person."""
        return self.person.name or self.person.email

    @property
    def role(self) -> str:
        """The role in words."""
        return ROLES.get(self.person.role, self.person.role)

    @property
    def may_resend(self) -> bool:
        """Whether this person may set a document going again."""
        return self.person.role in MAY_RESEND


def session_cookie(desk: Desk) -> str:
    """The name of the session's cookie; `__Host-` binds it to this host and to TLS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-desk" if desk.settings.secure_cookies else "desk"


def browser_cookie(desk: Desk) -> str:
    """The name of the cookie that ties a sign-in form to its browser before anybody is signed in."""
    return "__Host-desk-browser" if desk.settings.secure_cookies else "desk-browser"


def set_cookie(desk: Desk, response: Response, name: str, value: str, same_site: Literal["lax", "strict"]) -> None:
    """A cookie that no script reads and that goes to this host alone; gone when the browser closes."""
    response.set_cookie(name, value, path="/", secure=desk.settings.secure_cookies, httponly=True, samesite=same_site)


def visitor(request: Request, desk: TheDesk) -> Visitor:
    """Who is signed in in this browser. Raises SignInFirst."""
    token = request.cookies.get(session_cookie(desk), "")
    found = visitor_behind(desk, token) if token else None
    if found is None:
        raise SignInFirst
    return found


TheVisitor = Annotated[Visitor, Depends(visitor)]


def visitor_behind(desk: Desk, token: str) -> Visitor | None:
    """The person whose session this is, None where it has ended or the person may no longer come in."""
    store, now = desk.rooms.house.store, desk.rooms.house.clock.now()
    token_hash = hash_of_token(token)
    with store.across() as transaction:
        owner = access.session_owner(transaction, token_hash, now)
    if owner is None:
        return None
    tenant, user_id = owner
    with store.of(tenant) as transaction:
        person = access.person(transaction, user_id)
        names = dict(parties.tenants(transaction))
    if person is None or person.disabled:
        return None
    return Visitor(tenant, names.get(tenant, ""), person, token_hash, token_for(token))


def meant_form(request: Request, desk: TheDesk, who: TheVisitor, given: TheFields) -> Visitor:
    """The visitor who sent this form from a page of ours. Raises ForeignForm."""
    refuse_foreign(request, given, request.cookies[session_cookie(desk)], desk.settings.public_url)
    return who


TheActor = Annotated[Visitor, Depends(meant_form)]


def open_session(desk: Desk, person: Person) -> str:
    """A new session of this person: its token, for the cookie."""
    token, now = session_token(), desk.rooms.house.clock.now()
    with desk.rooms.house.store.of(person.tenant) as transaction:
        access.open_session(
            transaction,
            token_hash=hash_of_token(token),
            user_id=person.id,
            now=now,
            expires_at=now + SESSION_LASTS,
        )
    return token


def close_session(desk: Desk, who: Visitor) -> None:
    """End a session."""
    with desk.rooms.house.store.of(who.tenant) as transaction:
        access.close_session(transaction, who.session_hash)
