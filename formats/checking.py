"""Findings, checks and the engine that runs checks.

A check is a small named function that yields findings about one subject (an invoice, or the bytes of a
document); its official id is its name tag. A check set is a versioned value: the checks of one publication.

    @check("BR-CO-10")
    def sum_of_lines(invoice: Invoice) -> Iterator[Finding]: ...

    CHECKS = CheckSet("en16931", "1.3.16", checks_in(__name__))
    report = run(CHECKS, invoice)

"Valid" is only ever said of a report in which checks were applied and none of them was broken: a check that
could not run is a fatal finding (`GW-CHECK-FAILED`), and a report without applied checks is not valid.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, Generic, Protocol, TypeVar

Subject = TypeVar("Subject")

CHECK_FAILED = "GW-CHECK-FAILED"
NOTHING_CHECKED = "GW-NOTHING-CHECKED"


class Severity(StrEnum):
    """How much a finding weighs: only a fatal one makes a document invalid."""

    FATAL = "fatal"
    WARNING = "warning"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to say about a document, as data.

    id:        the official id of the check (BR-CO-10, PEPPOL-EN16931-R010, 00422) or a house id (GW-...)
    path:      the value it speaks of: `BG-25[2]/BT-131`, or "" for the document as a whole
    message:   what is wrong, in words, with the document's own values
    fix:       what to do about it
    severity:  fatal, warning or information
    where:     the place in the sender's own file; filled in by `located()`
    values:    what the words quote, by the names of their blanks: for the same words in another language
    """

    id: str
    path: str
    message: str
    fix: str = ""
    severity: Severity = Severity.FATAL
    where: str = ""
    values: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def term(self) -> str:
        """The business term or group it speaks of: `BT-131`."""
        return self.path.rpartition("/")[2].partition("[")[0]


@dataclass(frozen=True, slots=True)
class Check(Generic[Subject]):
    """One check: its official id and the function that yields its findings."""

    id: str
    function: Callable[[Subject], Iterable[Finding]]

    def __call__(self, subject: Subject) -> Iterable[Finding]:
        return self.function(subject)


class Publication(Protocol):
    """Rules as they were published: their name, their version, and the ids of all of them."""

    @property
    def name(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def ids(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class CheckSet(Generic[Subject]):
    """The checks of one publication.

    name, version:  `en16931`, `1.3.16`: recorded with every report
    checks:         in the order in which findings shall be read
    """

    name: str
    version: str
    checks: tuple[Check[Subject], ...]

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all its checks."""
        return frozenset(one.id for one in self.checks)


@dataclass(frozen=True, slots=True)
class Applied:
    """A check set that was run: its name, its version and how many of its checks ran to the end."""

    name: str
    version: str
    checks: int


@dataclass(frozen=True, slots=True)
class Report:
    """What checking found, and what was checked."""

    findings: tuple[Finding, ...] = ()
    applied: tuple[Applied, ...] = ()

    @property
    def is_valid(self) -> bool:
        """Whether checks were applied and none of them found anything fatal."""
        return any(one.checks for one in self.applied) and not self.fatal

    @property
    def fatal(self) -> tuple[Finding, ...]:
        """The findings that make the document invalid."""
        return tuple(one for one in self.findings if one.severity is Severity.FATAL)

    def judged(self) -> "Report":
        """The same report; where no check was applied, a finding says so: that nothing was found proves nothing."""
        if any(one.checks for one in self.applied):
            return self
        return replace(self, findings=(*self.findings, _NOTHING_CHECKED))

    def __add__(self, other: "Report") -> "Report":
        return Report(self.findings + other.findings, self.applied + other.applied)

    def located(self, place_of: Callable[[str], object | None]) -> "Report":
        """The same report with each finding's place in the sender's file: `provenance.place_of` answers it."""
        return replace(self, findings=located(self.findings, place_of))


_NOTHING_CHECKED: Final = Finding(
    NOTHING_CHECKED,
    "",
    "No rule was applied to this document: it is not known whether it is right.",
    "Report this to the operator of the gateway: the profile of the document has no rules.",
)


def located(findings: Iterable[Finding], place_of: Callable[[str], object | None]) -> tuple[Finding, ...]:
    """The findings with their place in the sender's file, where they do not have one yet."""
    return tuple(one if one.where else replace(one, where=str(place_of(one.path) or "")) for one in findings)


def check(
    official_id: str,
) -> Callable[[Callable[[Subject], Iterable[Finding]]], Check[Subject]]:
    """Make a function the check with this official id."""

    def tagged(function: Callable[[Subject], Iterable[Finding]]) -> Check[Subject]:
        return Check(official_id, function)

    return tagged


def checks_in(*modules: str) -> tuple[Check[Subject], ...]:
    """The checks that these modules define, in the order of their definition."""
    found = (value for name in modules for value in vars(sys.modules[name]).values())
    return tuple(value for value in found if isinstance(value, Check))


def run(check_set: CheckSet[Subject], subject: Subject) -> Report:
    """Run every check of the set; one that breaks is itself a fatal finding and does not stop the others."""
    findings: list[Finding] = []
    ran = 0
    for one in check_set.checks:
        try:
            findings.extend(one.function(subject))
            ran += 1
        except Exception as error:  # noqa: BLE001 - a broken check must never look like a passed one
            findings.append(_broken(one.id, error))
    return Report(tuple(findings), (Applied(check_set.name, check_set.version, ran),))


def _broken(check_id: str, error: Exception) -> Finding:
    return Finding(
        CHECK_FAILED,
        "",
        f"The check {check_id} could not run: {type(error).__name__}: {error}",
        "Report this to the operator of the gateway: the document has not been checked completely.",
    )
