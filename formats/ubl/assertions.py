"""Rules of UBL documents, and the engine that runs them.

An official rule set is written in Schematron: patterns of rules, each rule a context with assertions about every
element in it. An element is tested by the first rule of a pattern whose context it matches, and by no later one of
that pattern; so contexts stand here in the order in which the publisher has them.

    @rule("cac:InvoiceLine", "cac:CreditNoteLine", asserts="BR-21 BR-22")
    def line(line: Element, fail: Fail) -> None:
        if not line.trimmed("cbc:ID"):
            fail("BR-21", line)
        ...

    RULES = RuleSet("en16931", "1.3.16", (pattern(line, ...), ...), warnings=frozenset({...}))
    failures = RULES.failures_of(grow(content))

A rule says which assertions fail, on which element and with which values; the words are in `formats.explanations`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from formats.checking import Severity
from formats.ubl.names import INVOICES
from formats.ubl.tree import Document, Element, Undecidable

Value = object
Matches = Callable[[Element], bool]

ROOT: Final = "/"
"""The context of rules about the document's root where it is an Invoice or a CreditNote."""
ANY_ROOT: Final = "/*"
"""The same whatever the document is: for rules about elements that may stand anywhere."""
UNDECIDABLE: Final = "GW-UNDECIDABLE"


@dataclass(frozen=True, slots=True)
class Failure:
    """An assertion that does not hold.

    id:       of the assertion, as its publisher names it
    element:  what it is about: the value itself or the group that should hold it
    values:   what the explanation quotes, by the names of its blanks; `proposed` is the value that would be right
    """

    id: str
    element: Element
    values: Mapping[str, Value]


class Fail:
    """Takes down what fails while a rule set runs; `document` is what it runs on."""

    __slots__ = ("document", "failures")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.failures: list[Failure] = []

    def __call__(self, assertion: str, element: Element, /, **values: Value) -> None:
        self.failures.append(Failure(assertion, element, values))


Asserts = Callable[[Element, Fail], None]
"""Says of an element in a context what fails."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One context and what is asserted of each element in it.

    names:    of the elements in it, ROOT or ANY_ROOT
    ids:      of its assertions
    asserts:  says which of them fail
    matches:  what else makes the context; None where the name is enough
    """

    names: tuple[str, ...]
    ids: tuple[str, ...]
    asserts: Asserts
    matches: Matches | None = None


Pattern = tuple[Rule, ...]
"""Rules of which an element is tested by the first one that matches."""
_Chain = tuple[tuple[Matches | None, Asserts], ...]


def rule(*names: str, asserts: str, matches: Matches | None = None) -> Callable[[Asserts], Rule]:
    """Make a function the rule of this context. asserts: the ids it may report, with blanks between them."""

    def made(function: Asserts) -> Rule:
        return Rule(names, tuple(asserts.split()), function, matches)

    return made


def pattern(*rules: Rule) -> Pattern:
    """One pattern of a rule set."""
    return rules


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one publication.

    name, version:      `en16931`, `1.3.16`: recorded with every document
    patterns:           in the publisher's order
    warnings:           the ids of assertions whose failure is a warning; of others it is fatal
    information:        those whose failure is a piece of information
    ids:                the ids of all its assertions
    """

    name: str
    version: str
    patterns: tuple[Pattern, ...]
    warnings: frozenset[str] = frozenset()
    information: frozenset[str] = frozenset()
    ids: frozenset[str] = field(init=False, repr=False, compare=False)
    _chains: dict[str, tuple[_Chain, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ids = frozenset(one for each in self.patterns for each_rule in each for one in each_rule.ids)
        object.__setattr__(self, "ids", ids)
        object.__setattr__(self, "_chains", _chains_of(self.patterns))

    def severity_of(self, assertion: str) -> Severity:
        """How much the failure of an assertion weighs."""
        if assertion in self.warnings:
            return Severity.WARNING
        return Severity.INFORMATION if assertion in self.information else Severity.FATAL

    def failures_of(self, document: Document) -> Sequence[Failure]:
        """Every assertion that fails on a document, once for each element on which it fails.

        Where XPath would give up on a value there is a failure `GW-UNDECIDABLE` about it, which is fatal.
        """
        fail = Fail(document)
        for name, chains in self._chains.items():
            elements = _in_context(name, document)
            if not elements:
                continue
            for chain in chains:
                matches, asserts = chain[0]
                if len(chain) == 1 and matches is None:
                    for element in elements:
                        try:
                            asserts(element, fail)
                        except Undecidable as gave_up:
                            fail(UNDECIDABLE, gave_up.element, why=str(gave_up))
                else:
                    for element in elements:
                        _first_match(chain, element, fail)
        return fail.failures


def _in_context(name: str, document: Document) -> Sequence[Element]:
    """The elements of a name; the root for ROOT and ANY_ROOT."""
    if name == ANY_ROOT or (name == ROOT and document.root.name in INVOICES):
        return (document.root,)
    return document.named(name)


def _first_match(chain: _Chain, element: Element, fail: Fail) -> None:
    try:
        for matches, asserts in chain:
            if matches is None or _is_in_context(matches, element):
                asserts(element, fail)
                return
    except Undecidable as gave_up:
        fail(UNDECIDABLE, gave_up.element, why=str(gave_up))


def _is_in_context(matches: Matches, element: Element) -> bool:
    """A context that cannot be decided on is one that the element is not in (XSLT 2.0 section 5.5.4)."""
    try:
        return matches(element)
    except Undecidable:
        return False


def _chains_of(patterns: Iterable[Pattern]) -> dict[str, tuple[_Chain, ...]]:
    """By element name: one chain for each pattern that has rules for it."""
    found: dict[str, list[_Chain]] = {}
    for one in patterns:
        of_pattern: dict[str, list[tuple[Matches | None, Asserts]]] = {}
        for each in one:
            for name in each.names:
                of_pattern.setdefault(name, []).append((each.matches, each.asserts))
        for name, chain in of_pattern.items():
            found.setdefault(name, []).append(tuple(chain))
    return {name: tuple(chains) for name, chains in found.items()}
