"""What rule sets say of an invoice: of the document itself where it is UBL, else of the UBL that it would become.

EN 16931 binds its rules to syntaxes. Whatever comes as CSV, JSON or FatturaPA is bound to UBL before it is judged, so
each rule is written once and has one verdict; the places of its findings are those of the sender's own file.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from formats.checking import Applied, Report
from formats.contract import Reading
from formats.en16931 import Invoice
from formats.ubl.assertions import RuleSet
from formats.ubl.reader import Parsed, read_document, refusal
from formats.ubl.schema import CONFORMS, check_element
from formats.ubl.telling import Teller
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


def by_rules(*rule_sets: RuleSet) -> Callable[[Reading], Report]:
    """The check of a profile: the report of these rule sets on what was read."""

    def check(reading: Reading) -> Report:
        if isinstance(reading.parsed, Parsed):
            return judged(reading.parsed, rule_sets)
        return Report() if reading.invoice is None else _judged_as_draft(reading.invoice, rule_sets)

    return check


def judged(parsed: Parsed, rule_sets: tuple[RuleSet, ...]) -> Report:
    """The report of rule sets on a UBL document."""
    document = parsed.document
    teller = Teller(document, lambda: parsed.places, parsed.above)
    report = Report()
    for rules in rule_sets:
        findings = tuple(teller.told(rules, rules.failures_of(document)))
        report += Report(findings, (Applied(rules.name, rules.version, len(rules.ids)),))
    return report


def _judged_as_draft(invoice: Invoice, rule_sets: tuple[RuleSet, ...]) -> Report:
    content = draft(invoice)
    parsed = read_document(content, lambda: parse(content)).parsed
    assert isinstance(parsed, Parsed)  # noqa: S101 - a draft is UBL
    report = judged(parsed, rule_sets)
    unknown = frozenset() if invoice.currency else _WITHOUT_CURRENCY
    findings = (replace(one, where="") for one in report.findings if one.id not in unknown)
    return replace(report, findings=tuple(findings))
