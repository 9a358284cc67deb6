"""The unit tests that CEN publishes with its rules, read from the corpus: a fragment of a document, and what it breaks.

Format: `README.md` of the shared folder. A document here is mostly a fragment that no schema would accept.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

NAMESPACE = "{http://difi.no/xsd/vefa/validator/1.0}"


@dataclass(frozen=True)
class UnitTest:
    """One test.

    name:      `invoice/BR-09.xml 2`
    scope:     the rules it is about; all, where it is empty
    passes:    rules that must not fire
    breaks:    rules that must fire, and how often: (`BR-09`, `fatal`) -> 1
    """

    name: str
    document: bytes
    scope: frozenset[str]
    passes: frozenset[str]
    breaks: Counter[tuple[str, str]]

    def agrees_with(self, found: Counter[tuple[str, str]], rules: set[str]) -> bool:
        """Whether what was found is what the test expects, as far as it is about these rules."""
        seen = {key: times for key, times in found.items() if not self.scope or key[0] in self.scope}
        expected = {key: times for key, times in self.breaks.items() if key[0] in rules}
        return all(seen.get(key, 0) == times for key, times in expected.items()) and not any(
            rule in self.passes for rule, _ in seen
        )


def unit_tests(file: Path) -> Iterator[UnitTest]:
    """The tests of one file."""
    root = etree.parse(file).getroot()
    shared = root.find(f"{NAMESPACE}assert")
    for number, test in enumerate(root.iterfind(f"{NAMESPACE}test"), 1):
        asserts = [one for one in (shared, test.find(f"{NAMESPACE}assert")) if one is not None]
        yield _unit_test(f"{file.parent.name}/{file.name} {number}", test, asserts)


def _unit_test(name: str, test: etree._Element, asserts: list[etree._Element]) -> UnitTest:
    told: dict[str, list[str]] = {"scope": [], "success": []}
    breaks: Counter[tuple[str, str]] = Counter()
    for one in asserts:
        for element in one.iterchildren("{*}*"):
            kind, rule = etree.QName(element).localname, (element.text or "").strip()
            if kind in told:
                told[kind].append(rule)
            elif kind in ("error", "fatal", "warning"):
                flag = "warning" if kind == "warning" else "fatal"
                breaks[rule, flag] += int(element.get("number", "1"))
    document = next(child for child in test.iterchildren("{*}*") if child.tag != f"{NAMESPACE}assert")
    return UnitTest(name, etree.tostring(document), frozenset(told["scope"]), frozenset(told["success"]), breaks)
