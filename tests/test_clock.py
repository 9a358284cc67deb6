"""Clocks: what they tell is UTC, and durations never run backwards."""

import datetime

import pytest

from gateway.clock import Clock, SystemClock
from tests.clocks import NOON, FixedClock, MovableClock

HOUR = datetime.timedelta(hours=1)


@pytest.mark.parametrize("clock", [SystemClock(), FixedClock(), MovableClock()], ids=lambda one: type(one).__name__)
def test_a_clock_tells_aware_moments_in_utc_and_durations_that_only_grow(clock: Clock) -> None:
    assert clock.now().utcoffset() == datetime.timedelta()
    first = clock.elapsed()
    assert first <= clock.elapsed()


def test_the_clock_of_this_machine_tells_the_time_of_this_machine() -> None:
    before = datetime.datetime.now(datetime.UTC)
    assert before <= SystemClock().now() <= datetime.datetime.now(datetime.UTC)


def test_a_moved_clock_tells_durations_by_what_passed_and_not_by_corrections() -> None:
    clock = MovableClock()
    clock.let_pass(2 * HOUR)
    clock.correct_to(NOON - HOUR)
    assert (clock.now(), clock.elapsed()) == (NOON - HOUR, 2 * HOUR)
    assert FixedClock(NOON).now() == NOON
