"""The one place that reads the time; everyone else gets a moment as an argument, or a clock at wiring."""

import datetime
import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time. Moments are in UTC and aware; durations are measured on `elapsed`, which never jumps."""

    def now(self) -> datetime.datetime:
        """The moment by the wall clock, in UTC."""
        ...

    def elapsed(self) -> datetime.timedelta:
        """Time since some fixed moment in the past, unmoved by corrections of the wall clock."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime.datetime:
        """The moment by the wall clock, in UTC."""
        return datetime.datetime.now(datetime.UTC)

    def elapsed(self) -> datetime.timedelta:
        """Time since this machine started, to the microsecond."""
        return datetime.timedelta(seconds=time.monotonic())
