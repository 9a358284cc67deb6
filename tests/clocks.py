"""Clocks for tests: one that stands still, one that is moved by hand. Both are a `gateway.clock.Clock`."""

import datetime
from dataclasses import dataclass, field

NOON = datetime.datetime(2026, 11, 12, 12, 0, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class FixedClock:
    """Always tells the same moment."""

    moment: datetime.datetime = NOON

    def now(self) -> datetime.datetime:
        """That moment."""
        return self.moment

    def elapsed(self) -> datetime.timedelta:
        """No time at all."""
        return datetime.timedelta()


@dataclass(slots=True)
class MovableClock:
    """Stands still until it is moved; `elapsed` follows what was let pass, and no correction of the wall clock."""

    moment: datetime.datetime = NOON
    passed: datetime.timedelta = field(default_factory=datetime.timedelta)

    def now(self) -> datetime.datetime:
        """The moment it was moved to."""
        return self.moment

    def elapsed(self) -> datetime.timedelta:
        """What was let pass."""
        return self.passed

    def let_pass(self, time: datetime.timedelta) -> None:
        """Time goes by."""
        self.moment += time
        self.passed += time

    def correct_to(self, moment: datetime.datetime) -> None:
        """Somebody sets the wall clock, forwards or back."""
        self.moment = moment
