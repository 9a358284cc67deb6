"""Bearer keys: who calls, on whose behalf. Asked before anything of the body is read (`bodies`)."""

import hmac
import uuid
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from gateway.api.figures import Figures
from gateway.api.rooms import Rooms
from gateway.errors import AccessRefused
from gateway.ids import hash_of_token, token_prefix
from gateway.store import access

_bearer = HTTPBearer(
    auto_error=False, scheme_name="ApiKey", description="A key of a sender: `gw_7KQ2M9TX_...`, told once when made."
)
_REFUSED = "the API key is unknown, has expired or was revoked"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: a key of one sender of one tenant."""

    tenant: uuid.UUID
    sender_id: uuid.UUID
    key_id: uuid.UUID

    @property
    def name(self) -> str:
        """How the log names it."""
        return f"key {self.key_id}"


def rooms_of(request: Request) -> Rooms:
    """The rooms behind this application."""
    found: Rooms = request.app.state.rooms
    return found


def figures_of(request: Request) -> Figures:
    """What is counted in this application."""
    found: Figures = request.app.state.figures
    return found


TheRooms = Annotated[Rooms, Depends(rooms_of)]
TheFigures = Annotated[Figures, Depends(figures_of)]


def caller(rooms: TheRooms, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Caller:
    """Who calls. Raises AccessRefused, in the same words whatever is wrong with the key."""
    if credentials is None:
        raise AccessRefused("the request carries no API key (Authorization: Bearer gw_...)")
    prefix = token_prefix(credentials.credentials)
    if prefix is None:
        raise AccessRefused(_REFUSED)
    now, given = rooms.house.clock.now(), hash_of_token(credentials.credentials)
    with rooms.house.store.across() as transaction:
        known = access.api_keys(transaction, prefix)
    for key in known:
        is_in_force = key.revoked_at is None and (key.expires_at is None or key.expires_at > now)
        if hmac.compare_digest(key.hash, given) and is_in_force:
            return Caller(key.tenant, key.sender_id, key.id)
    raise AccessRefused(_REFUSED)


TheCaller = Annotated[Caller, Depends(caller)]
