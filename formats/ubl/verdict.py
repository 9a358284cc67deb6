"""What rule sets say of an invoice: of the document itself where it is UBL, else of the UBL that it would become.

EN 16931 binds its rules to syntaxes. Whatever comes as CSV, JSON or FatturaPA is bound to UBL before it is judged, so
each rule is written once and has one verdict; the places of its findings are those of the sender's own file.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Final

from lxml import etree

from formats.checking import Applied, Finding, Report
from formats.contract import Reading
from formats.en16931 import Invoice
from formats.ubl.assertions import RuleSet
from formats.ubl.reader import Parsed, read_document, refusal
from formats.ubl.schema import CONFORMS, check_element
from formats.ubl.telling import Teller
from formats.ubl.tree import Document
from formats.ubl.writer import draft
from formats.xml import XmlRefused, parse

# What an invoice without a currency (BR-05) would fail at each of its amounts.
_WITHOUT_CURRENCY: Final = frozenset({"BR-CL-03", "PEPPOL-EN16931-R051", "PEPPOL-EN16931-CL007"})


def check_bytes(content: bytes, parsed: object = None) -> Report:
    """Whether a file is right by the schema of UBL 2.1. Findings: XSD-UBL, GW-UBL-ROOT, GW-XML-…."""
    if isinstance(parsed, Parsed):
        return CONFORMS if parsed.conforms else check_element(parsed.document.parsed_again())
    try:
        return check_element(parse(content, bare=True))
    except XmlRefused as refused:
        return Report((refusal(refused),))


SecondOpinion = Callable[[RuleSet, Callable[[], str], tuple[Finding, ...]], Report]
"""Somebody else who judges by the same rules: (rules, gives the text of the UBL, our findings) -> where they differ."""


@dataclass(frozen=True, slots=True)
class ByRules:
    """The check of a profile: the report of these rule sets on what was read.

    second:  is asked after each of them, where there is somebody
    """

    rule_sets: tuple[RuleSet, ...]
    second: SecondOpinion | None = None

    def __call__(self, reading: Reading) -> Report:
        if isinstance(reading.parsed, Parsed):
            return judged(reading.parsed, self.rule_sets, self.second)
        return Report() if reading.invoice is None else self._on_draft(reading.invoice)

    def _on_draft(self, invoice: Invoice) -> Report:
        content = draft(invoice)
        parsed = read_document(content, lambda: parse(content)).parsed
        assert isinstance(parsed, Parsed)  # noqa: S101 - a draft is UBL
        report = judged(parsed, self.rule_sets, self.second)
        unknown = frozenset() if invoice.currency else _WITHOUT_CURRENCY
        findings = (replace(one, where="") for one in report.findings if one.id not in unknown)
        return replace(report, findings=tuple(findings))


def by_rules(*rule_sets: RuleSet) -> ByRules:
    """The check of a profile that has these rule sets."""
    return ByRules(rule_sets)


def judged(parsed: Parsed, rule_sets: tuple[RuleSet, ...], second: SecondOpinion | None = None) -> Report:
    """The report of rule sets on a UBL document."""
    document = parsed.document
    teller = Teller(document, parsed.places, parsed.above)
    text = cache(partial(_text_of, document))
    report = Report()
    for rules in rule_sets:
        findings = tuple(teller.told(rules, rules.failures_of(document)))
        report += Report(findings, (Applied(rules.name, rules.version, len(rules.ids)),))
        if second is not None:
            report += second(rules, text, findings)
    return report


def _text_of(document: Document) -> str:
    """The document alone, without an envelope, whatever encoding its file has."""
    return etree.tostring(document.parsed_again(), encoding="unicode", with_tail=False)
