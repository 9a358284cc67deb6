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


@dataclass(frozen=True, slots=True)
class Judged:
    """One document of a file that was only checked: never stored, never sent.

    position:     in the file, from 1
    is_valid:     rules were applied, and nothing fatal was found
    could_check:  whether every check that applies could be run
    checked:      None where the document could not be read; the findings say why
    """

    position: int
    number: str | None
    format: str | None
    profile: str | None
    is_valid: bool
    could_check: bool
    findings: tuple[dict[str, object], ...]
    checked: Checked | None = None


UNKNOWN_FORMAT = "GW-FORMAT-UNKNOWN"


def unknown_format(file_name: str) -> Finding:
    """The finding about a file that no format takes for its own."""
    return Finding(
        UNKNOWN_FORMAT,
        "",
        f"The gateway does not know the format of {file_name}.",
        "Send UBL 2.1 XML, FatturaPA, the gateway's JSON, or CSV with one row a line.",
    )


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
