"""Two workers at once: each document once; and both killed, again and again; and a document that kills its worker."""

import random

import pytest

from gateway.lifecycle import DeliveryState, Headline, Owner, Processing
from gateway.store.records import Event
from tests.crash.invariants import check, events_of
from tests.crash.scene import Scene

POISON = "R-26-0312"


@pytest.mark.slow
def test_two_workers_share_the_work_and_send_nothing_twice(unread: Scene) -> None:
    workers = [unread.start(batch=1) for _ in range(2)]
    unread.wait(unread.is_drained, "every document at its end")
    check(unread)
    assert {one.document.headline for one in unread.documents()} <= {Headline.DELIVERED, Headline.ACCEPTED}
    for one in workers:
        assert any(point.startswith("before the commit of") and "claim" in point for point in one.journal)
        one.stop()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_two_workers_that_are_killed_again_and_again_lose_nothing(unread: Scene, seed: int) -> None:
    """Not at a chosen point, but wherever they happen to be: also inside of the engine of jobs."""
    chance, before = random.Random(seed), dict[int, Event]()
    for _ in range(2):
        workers = [unread.start(batch=2) for _ in range(2)]
        for one in workers:
            far = chance.randrange(10, 60)
            unread.wait(lambda one=one, far=far: len(one.journal) >= far or unread.is_drained(), "some work")  # type: ignore[misc]  # mypy does not see the types of the defaults
            one.kill()
        now = events_of(unread)
        assert all(now.get(number) == event for number, event in before.items())
        before = now
    unread.drain()
    check(unread, before)


@pytest.mark.slow
def test_a_document_that_kills_its_worker_is_held_after_three_times_and_harms_no_other(unread: Scene) -> None:
    """A fault in a C library ends the process while one document is packed; the service manager starts it again."""
    lives = 0
    while not unread.is_drained():
        worker = unread.start(poison=POISON)
        lives += 1
        unread.wait(lambda worker=worker: worker.ends_within(0) or unread.is_drained(), "an end")  # type: ignore[misc]  # mypy does not see the type of the default
    check(unread)
    ends = {one.document.number: one.document for one in unread.documents()}
    poison = ends.pop(POISON)
    assert (poison.processing, poison.owner) == (Processing.HELD, Owner.OPERATOR)
    assert {one.headline for one in ends.values()} <= {Headline.DELIVERED, Headline.ACCEPTED} | (
        {Headline.ACTION_NEEDED}
        if any(one.delivery is DeliveryState.OUTCOME_UNKNOWN for one in ends.values())
        else set()
    )
    assert lives == 4
