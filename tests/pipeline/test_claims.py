"""A claim takes what it says, oldest first, and what two workers claim at once is never the same."""

import datetime
import threading
import uuid
from collections.abc import Callable

import pytest

from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.house import House
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.store import deliveries, documents, sending, submissions
from gateway.store.session import Transaction
from tests.pipeline.house import TENANT, SmallHouse
from tests.pipeline.moves import submit_numbers

LEASE = datetime.timedelta(seconds=60)
NUMBERS = [f"N-{number}" for number in range(6)]

Claim = Callable[[Transaction, int, datetime.datetime], int]
CLAIMS: dict[str, tuple[int, Claim]] = {
    # what is claimed: (hops that have run before, the claim)
    "submissions": (0, lambda one, limit, now: len(submissions.claim_received(one, limit, now, LEASE))),
    "documents": (1, lambda one, limit, now: len(documents.claim_checked(one, limit, now, LEASE))),
    "deliveries": (2, lambda one, limit, now: len(sending.claim_due(one, "obedient", limit, now, LEASE))),
    "answers": (3, lambda one, limit, now: len(deliveries.awaiting(one, "obedient", limit, now, now))),
}


def brought_to(small: SmallHouse, hops: int) -> None:
    """Six documents, so far that the claim finds them."""
    submit_numbers(small, *NUMBERS)
    for hop in (read_waiting, prepare_waiting, dispatch_all)[:hops]:
        while hop(small.house, TENANT):
            pass


def dispatch_all(house: House, tenant: uuid.UUID) -> int:
    return dispatch_waiting(house, tenant, "obedient")


@pytest.mark.parametrize("kind", CLAIMS)
@pytest.mark.parametrize("limit", [1, 2, 4])
def test_a_claim_takes_no_more_than_its_limit(small: SmallHouse, kind: str, limit: int) -> None:
    hops, claim = CLAIMS[kind]
    brought_to(small, hops)
    with small.house.store.of(TENANT) as transaction:
        assert claim(transaction, limit, small.clock.now()) == limit


@pytest.mark.parametrize("kind", CLAIMS)
def test_two_workers_never_claim_the_same(small: SmallHouse, kind: str) -> None:
    hops, claim = CLAIMS[kind]
    brought_to(small, hops)
    both_hold = threading.Barrier(2, timeout=30)
    taken: list[int] = []

    def worker() -> None:
        with small.house.store.of(TENANT) as transaction:
            taken.append(claim(transaction, 4, small.clock.now()))
            both_hold.wait()

    workers = [threading.Thread(target=worker) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sum(taken) == len(NUMBERS)
