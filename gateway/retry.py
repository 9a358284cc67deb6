"""When to try again, as a value: exponential backoff with jitter, and a circuit breaker a destination."""

import datetime
from dataclasses import dataclass
from typing import Final, Protocol

# How often a document may break the hop that works on it, or kill its worker, before a person has to look.
MOST_TRIES: Final = 3


class Chance(Protocol):
    """Where jitter comes from: a number in [0, 1)."""

    def __call__(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Backoff:
    """Waits that grow by `factor` from `first` up to `longest`; `attempts` in all, then a person has to look.

    jitter: the share of each wait that chance decides, so that a thousand waiting deliveries do not come back at once
    """

    first: datetime.timedelta = datetime.timedelta(seconds=10)
    longest: datetime.timedelta = datetime.timedelta(hours=1)
    factor: float = 2.0
    attempts: int = 12
    jitter: float = 0.3

    def next_attempt(
        self,
        attempts_made: int,
        now: datetime.datetime,
        chance: Chance,
        retry_after: datetime.timedelta | None = None,
    ) -> datetime.datetime | None:
        """When to try again after so many attempts, None where no attempt is left.

        retry_after: what the other side asked for; never sooner than that
        """
        if attempts_made >= self.attempts:
            return None
        # The exponent is capped: no longest wait is a billion times the first, and a span of time has its own limits.
        wait = min(self.longest, self.first * self.factor ** min(attempts_made - 1, 30))
        wait *= 1 - self.jitter + 2 * self.jitter * chance()
        return now + max(wait, retry_after or datetime.timedelta())


@dataclass(frozen=True, slots=True)
class Breaker:
    """What is known about one destination: how often it failed in a row, and until when nobody calls."""

    failures: int = 0
    open_until: datetime.datetime | None = None

    def allows(self, now: datetime.datetime) -> bool:
        """Whether a call may be made now."""
        return self.open_until is None or now >= self.open_until


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """After `threshold` failures in a row a destination rests for `rest`, then one call tries it."""

    threshold: int = 5
    rest: datetime.timedelta = datetime.timedelta(seconds=30)

    def after_failure(self, breaker: Breaker, now: datetime.datetime) -> Breaker:
        """The breaker after one more failure."""
        failures = breaker.failures + 1
        return Breaker(failures, now + self.rest if failures >= self.threshold else breaker.open_until)

    def after_success(self) -> Breaker:
        """The breaker after a call that was answered."""
        return Breaker()
