"""What checking said of one invoice, and its findings as plain data."""

from dataclasses import dataclass

from formats.checking import Finding, Report
from formats.en16931 import Invoice, Provenance


@dataclass(frozen=True, slots=True)
class Checked:
    """An invoice after normalising: what was left out is filled in, and what the checks say of it."""

    invoice: Invoice
    provenance: Provenance
    profile: str
    report: Report


def as_data(finding: Finding) -> dict[str, object]:
    """A finding as the store, the API and the command line keep it."""
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "term": finding.term,
        "path": finding.path,
        "where": finding.where,
        "message": finding.message,
        "fix": finding.fix,
    }
