"""Signing in and out: a local account by mail address and password.

Whoever guesses learns nothing: an unknown address, a wrong password and a closed account get the same answer after the
same work. Two passwords at most are verified at once, because each takes time and memory.
"""

import datetime
import math
import threading
import uuid
from dataclasses import dataclass, field
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Query, Request, Response

from gateway.desk import spelling
from gateway.desk.forms import Fields, TheFields, refuse_foreign, token_for
from gateway.desk.room import Desk, TheDesk, base_of
from gateway.desk.visitors import (
    TheActor,
    browser_cookie,
    close_session,
    open_session,
    session_cookie,
    set_cookie,
    visitor_behind,
)
from gateway.ids import session_token
from gateway.intake.passwords import hash_password, verify_password
from gateway.store import access, parties
from gateway.store.access import Person

log = structlog.get_logger()
router = APIRouter()

_MOST_ACCOUNTS: Final = 5
_REFUSED: Final = "The e-mail address and the password don't belong together."


@dataclass(frozen=True, slots=True)
class Gate:
    """What verifies passwords. nobody: the hash that an unknown address is compared with."""

    nobody: str = field(default_factory=lambda: hash_password(session_token()))
    at_once: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(2))

    def verify(self, password_hash: str, password: str) -> bool:
        """Whether this is the password."""
        with self.at_once:
            return verify_password(password_hash, password)


@dataclass(frozen=True, slots=True)
class Form:
    """The sign-in form as it is shown. organisations: (id, name), where the address is known in several."""

    token: str
    email: str = ""
    problem: str = ""
    next: str = ""
    organisations: tuple[tuple[uuid.UUID, str], ...] = ()


@router.get("/login")
def sign_in_page(request: Request, desk: TheDesk, where_to: Annotated[str, Query(alias="next")] = "") -> Response:
    """The form; whoever is signed in already goes on."""
    if visitor_behind(desk, request.cookies.get(session_cookie(desk), "")):
        return desk.redirect(request, _own_page(request, where_to))
    return _shown(request, desk, Form("", next=where_to))


@router.post("/login")
def sign_in(request: Request, desk: TheDesk, given: TheFields) -> Response:
    """Sign in: a new session in a new cookie."""
    refuse_foreign(request, given, request.cookies.get(browser_cookie(desk), ""), desk.settings.public_url)
    address, account = request.client.host if request.client else "", given.get("email", "").strip().lower()
    wait = desk.attempts.take(address, account)
    if wait is not None:
        log.warning("too many tries to sign in", address=address)
        return _shown(request, desk, _as_given(given, _too_many(wait)), 429)
    found = _people(desk, request.app.state.gate, account, given)
    if len(found) != 1:
        return _not_in(request, desk, given, found)
    desk.attempts.forgive(address, account)
    return _let_in(request, desk, found[0], given)


@router.post("/logout")
def sign_out(request: Request, desk: TheDesk, who: TheActor) -> Response:
    """End the session, here and in the browser."""
    close_session(desk, who)
    answer = desk.redirect(request, "login")
    answer.delete_cookie(
        session_cookie(desk), path="/", secure=desk.settings.secure_cookies, httponly=True, samesite="lax"
    )
    return answer


def _shown(request: Request, desk: Desk, form: Form, status: int = 200) -> Response:
    """The form, tied to this browser by a cookie of its own."""
    secret = request.cookies.get(browser_cookie(desk), "") or session_token()
    answer = desk.page(request, "sign_in.html", status, form=form, form_token=token_for(secret))
    set_cookie(desk, answer, browser_cookie(desk), secret, "strict")
    return answer


def _as_given(given: Fields, problem: str, organisations: tuple[tuple[uuid.UUID, str], ...] = ()) -> Form:
    return Form("", given.get("email", "")[:200], problem, given.get("next", ""), organisations)


def _too_many(wait: datetime.timedelta) -> str:
    minutes = math.ceil(wait / datetime.timedelta(minutes=1))
    return f"There were too many tries. Sign in again in {spelling.count(minutes, 'minute')}."


def _people(desk: Desk, gate: Gate, account: str, given: Fields) -> list[Person]:
    """The open accounts that this address and password belong to: at most one a tenant."""
    password = given.get("password", "")
    if not account or not password:
        return []
    with desk.rooms.house.store.across() as transaction:
        known = access.people(transaction, account)[:_MOST_ACCOUNTS]
    if not known:
        gate.verify(gate.nobody, password)
    right = [one for one in known if gate.verify(one.password_hash, password) and not one.disabled]
    chosen = given.get("organisation")
    return [one for one in right if str(one.tenant) == chosen] if chosen else right


def _not_in(request: Request, desk: Desk, given: Fields, found: list[Person]) -> Response:
    if not found:
        return _shown(request, desk, _as_given(given, _REFUSED), 401)
    with desk.rooms.house.store.across() as transaction:
        names = dict(parties.tenants(transaction))
    several = tuple((one.tenant, names.get(one.tenant, str(one.tenant))) for one in found)
    problem = "Your account is open in several organisations. Choose one and enter your password again."
    return _shown(request, desk, _as_given(given, problem, several), 409)


def _let_in(request: Request, desk: Desk, person: Person, given: Fields) -> Response:
    old = visitor_behind(desk, request.cookies.get(session_cookie(desk), ""))
    if old is not None:
        close_session(desk, old)
    answer = desk.redirect(request, _own_page(request, given.get("next", "")))
    set_cookie(desk, answer, session_cookie(desk), open_session(desk, person), "lax")
    log.info("somebody signed in", person=str(person.id), tenant=str(person.tenant))
    return answer


def _own_page(request: Request, path: str) -> str:
    """The page to go on to, below the desk's address; the list for anything that does not lie there."""
    base = f"{base_of(request)}/"
    below = path.removeprefix(base)
    is_ours = path.startswith(base) and below.startswith("documents") and path.isascii() and path.isprintable()
    return below if is_ours and "\\" not in path else "documents"
