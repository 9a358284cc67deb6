"""A rule of Germany: one find function under the two names that XRechnung and Peppol give it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from formats.checking import Check, Finding, Severity
from formats.en16931 import Invoice

# What breaks a rule: the path, what is wrong, what to do.
Wrong = tuple[str, str, str]
Find = Callable[[Invoice], Iterator[Wrong]]


@dataclass(frozen=True, slots=True)
class GermanRule:
    """One rule under its two names.

    xrechnung, peppol:  `BR-DE-1`, `DE-R-001`; "" where one of them does not have it
    find:               what breaks it
    severity:           the same in both
    """

    xrechnung: str
    peppol: str
    find: Find
    severity: Severity = Severity.FATAL

    def check(self, rule: str, applies: Callable[[Invoice], bool]) -> Check[Invoice]:
        """The rule as a check under one of its names."""

        def found(invoice: Invoice) -> Iterator[Finding]:
            if applies(invoice):
                for path, message, fix in self.find(invoice):
                    yield Finding(rule, path, message, fix, self.severity)

        return Check(rule, found)
