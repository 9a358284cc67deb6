"""When to try again: waits grow, chance spreads them, and one day a person has to look."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.retry import Backoff, Breaker, BreakerPolicy

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)


def middle() -> float:
    return 0.5


@pytest.mark.parametrize(
    ("attempts_made", "seconds"),
    [(1, 10), (2, 20), (3, 40), (6, 320), (11, 3600)],  # doubles up to the longest wait
)
def test_waits_double_up_to_the_longest(attempts_made: int, seconds: int) -> None:
    assert Backoff().next_attempt(attempts_made, NOW, middle) == NOW + seconds * SECOND


def test_after_the_last_attempt_there_is_none() -> None:
    assert Backoff(attempts=3).next_attempt(3, NOW, middle) is None


def test_the_other_sides_wish_is_granted() -> None:
    wished = datetime.timedelta(minutes=7)
    assert Backoff().next_attempt(1, NOW, middle, wished) == NOW + wished


@given(st.integers(1, 5_000), st.floats(0, 1, exclude_max=True))
def test_no_wait_is_longer_or_shorter_than_its_jitter(attempts_made: int, chance: float) -> None:
    backoff = Backoff(attempts=10_000)
    again = backoff.next_attempt(attempts_made, NOW, lambda: chance)
    assert again is not None
    assert NOW + backoff.first * 0.7 <= again <= NOW + backoff.longest * 1.3


def test_a_destination_rests_after_failures_in_a_row_and_one_success_wakes_it() -> None:
    policy = BreakerPolicy(threshold=3, rest=30 * SECOND)
    breaker = Breaker()
    for _ in range(2):
        breaker = policy.after_failure(breaker, NOW)
        assert breaker.allows(NOW)
    breaker = policy.after_failure(breaker, NOW)
    assert not breaker.allows(NOW + 29 * SECOND)
    assert breaker.allows(NOW + 30 * SECOND)
    assert policy.after_success() == Breaker()
