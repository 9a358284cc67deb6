"""How a party behaves towards whom: rules set by a test or a demo over the control API, first match first."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase

from simulators.clock import Clock

PARTIES = ("ap", "sdi", "smtp", "print")
BEHAVIOURS = ("accept", "reject", "delay", "hang", "drop", "silent", "miscount")
SAYS = {
    # party: what may stand in `then`
    "ap": ("AP", "AB", "RE"),
    "sdi": ("NS", "RC", "MC", "NE", "DT", "AT"),
    "smtp": (),
    "print": ("printed", "posted", "returned", "forwarded", "spoiled", "delivered"),
}
MATCHED_BY = ("recipient", "sender", "number", "filename", "key", "subject")

Facts = Mapping[str, Sequence[str]]
"""What is known of a message when a rule is looked for; a print batch has many recipients and numbers."""


class RuleError(ValueError):
    """The rule can't be read; the message names the entry and what may stand there."""


@dataclass(frozen=True)
class Step:
    """Something a party says later: a Message Level Status, an SDI notice, an event of the print house."""

    say: str
    code: str = ""
    text: str = ""
    after: float | None = None
    """Simulated seconds after the step before it; None: as the pace has it."""


@dataclass(frozen=True)
class Rule:
    """One line of the script.

    `accept` takes the message, `reject` refuses it with `code` and `text`, `delay` waits `seconds` of simulated time
    and then takes it, `hang` never answers and takes nothing, `drop` takes it and closes the connection without an
    answer, `silent` takes it, answers, and never says anything more, `miscount` (print house) makes the totals wrong.
    """

    behaviour: str
    match: Mapping[str, str]
    """Patterns (`*`, `?`) by the words of MATCHED_BY; all given must match."""
    code: str = ""
    text: str = ""
    seconds: float = 0.0
    stage: str = "rcpt"
    """SMTP: whether a rejection is spoken behind `rcpt` or behind `data`."""
    times: int | None = None
    """How often the rule is used; None: for ever."""
    then: tuple[Step, ...] = ()
    """What the party says later, instead of what it would say by itself."""


def read_rule(party: str, data: object) -> Rule:
    """A rule from JSON. Raises RuleError for an unknown word, so that a misspelt rule never passes for a quiet one."""
    if party not in PARTIES:
        raise RuleError(f"{party!r} is no party; there are {', '.join(PARTIES)}")
    if not isinstance(data, dict):
        raise RuleError("a rule is a JSON object")
    unknown = set(data) - set(Rule.__dataclass_fields__)
    if unknown:
        raise RuleError(f"unknown entries {sorted(unknown)}; a rule has {sorted(Rule.__dataclass_fields__)}")
    times = data.get("times")
    if times is not None and (not isinstance(times, int) or times < 1):
        raise RuleError(f"times is a positive whole number, not {times!r}")
    steps = data.get("then", [])
    if not isinstance(steps, list):
        raise RuleError("then is a list of steps")
    return Rule(
        behaviour=_word(data.get("behaviour"), BEHAVIOURS, "behaviour"),
        match=_patterns(data.get("match", {})),
        code=str(data.get("code", "")),
        text=str(data.get("text", "")),
        seconds=_seconds(data.get("seconds", 0.0), "seconds"),
        stage=_word(data.get("stage", "rcpt"), ("rcpt", "data"), "stage"),
        times=times,
        then=tuple(_read_step(step, SAYS[party]) for step in steps),
    )


def _word(value: object, known: Sequence[str], where: str) -> str:
    if value not in known:
        raise RuleError(f"{where} {value!r} is none of {', '.join(known)}")
    return str(value)


def _patterns(value: object) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) - set(MATCHED_BY):
        raise RuleError(f"match is an object of patterns by {', '.join(MATCHED_BY)}, not {value!r}")
    return {str(word): str(pattern) for word, pattern in value.items()}


def _read_step(data: object, words: Sequence[str]) -> Step:
    if not isinstance(data, dict) or set(data) - set(Step.__dataclass_fields__) or data.get("say") not in words:
        raise RuleError(f"a step says one of {', '.join(words)}, with code, text and after; not {data!r}")
    after = data.get("after")
    return Step(
        say=str(data["say"]),
        code=str(data.get("code", "")),
        text=str(data.get("text", "")),
        after=None if after is None else _seconds(after, "after"),
    )


def _seconds(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise RuleError(f"{where} is a number of seconds, not {value!r}")
    return float(value)


@dataclass
class _Line:
    rule: Rule
    used: int = 0

    def is_left(self) -> bool:
        return self.rule.times is None or self.used < self.rule.times

    def fits(self, facts: Facts) -> bool:
        return all(
            any(fnmatchcase(value, pattern) for value in facts.get(word, ()))
            for word, pattern in self.rule.match.items()
        )


class Script:
    """The rules of all parties, shared by their threads."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._lines: dict[str, list[_Line]] = {party: [] for party in PARTIES}
        self._released = threading.Event()

    def add(self, party: str, rule: Rule) -> None:
        with self._lock:
            self._lines[party].append(_Line(rule))

    def clear(self) -> None:
        """Forget all rules and let go of everybody who hangs."""
        with self._lock:
            for lines in self._lines.values():
                lines.clear()
            released, self._released = self._released, threading.Event()
        released.set()
        self._clock.wake()

    def pick(self, party: str, facts: Facts, where: Callable[[Rule], bool] = lambda _: True) -> Rule | None:
        """The first rule that fits and is not used up, counted as used; None: the party behaves as by itself.

        `where` leaves out rules that make no sense at this place, without using them up.
        """
        with self._lock:
            for line in self._lines[party]:
                if where(line.rule) and line.is_left() and line.fits(facts):
                    line.used += 1
                    return line.rule
        return None

    def hold(self, rule: Rule | None) -> bool:
        """Act out the waiting of a rule; False when the message must go unanswered because the rule said `hang`."""
        released = self._released
        if rule is not None and rule.behaviour == "delay":
            self._clock.wait(rule.seconds, released)
        if rule is not None and rule.behaviour == "hang":
            released.wait()
            return False
        return True

    def report(self, party: str) -> list[dict[str, object]]:
        with self._lock:
            return [asdict(line.rule) | {"used": line.used} for line in self._lines[party]]
