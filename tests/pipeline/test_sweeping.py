"""Sessions at the desk that have ended are forgotten: the clockwork finds them, the timers sweep them out."""

import datetime
import uuid

from gateway.pipeline.clockwork import look_once
from gateway.pipeline.timers import run_timers
from gateway.store import access, parties
from gateway.store.due import Due, find
from gateway.store.session import Transaction
from tests.pipeline.house import TENANT, SmallHouse, hours

SOUTH = uuid.UUID(int=9)


def signed_in(small: SmallHouse, transaction: Transaction, *names: str, lasts: datetime.timedelta) -> None:
    """A person whose browsers have these sessions."""
    now = small.clock.now()
    user = access.add_person(
        transaction, email=f"{names[0]}@desk.example", name="Mira", password_hash="x", role="support", now=now
    )
    for name in names:
        access.open_session(transaction, token_hash=name, user_id=user, now=now, expires_at=now + lasts)


def live(small: SmallHouse, *names: str) -> list[str]:
    """Those of these sessions that are still written down, whether they have ended or not."""
    long_ago = datetime.datetime.min.replace(tzinfo=datetime.UTC)
    with small.house.store.across() as transaction:
        return [name for name in names if access.session_owner(transaction, name, long_ago)]


def due(small: SmallHouse) -> frozenset[Due]:
    with small.house.store.across() as transaction:
        return find(transaction, small.clock.now(), small.clock.now(), ())


def test_ended_sessions_are_forgotten_and_live_ones_stay(small: SmallHouse) -> None:
    with small.house.store.of(SOUTH) as transaction:
        parties.add_tenant(transaction, SOUTH, "South", small.clock.now())
        signed_in(small, transaction, "foreign", lasts=hours(1))
    with small.house.store.of(TENANT) as transaction:
        signed_in(small, transaction, "short", "shorter", lasts=hours(1))
        signed_in(small, transaction, "long", lasts=hours(12))
    assert (run_timers(small.house, TENANT), due(small)) == (0, frozenset())
    small.clock.let_pass(hours(1))
    assert due(small) == {Due("timers", TENANT), Due("timers", SOUTH)}
    assert look_once(small.house, ()) == 2
    assert run_timers(small.house, TENANT) == 2
    assert live(small, "short", "shorter", "long", "foreign") == ["long", "foreign"], "each tenant has its own timers"
    assert due(small) == {Due("timers", SOUTH)}
