"""What checking said of one invoice, and its findings as plain data."""

from dataclasses import dataclass
from typing import Final

from formats.checking import Applied, Finding, Report
from formats.en16931 import Invoice, Provenance
from gateway.registry import root_of


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
    is_valid:     the official verdict: rules were applied to the document, and nothing fatal was found
    could_check:  whether every check that applies could be run
    may_leave:    whether the gateway would take it in and send it: also nothing was lost or changed when it was read
    applied:      the rule sets that were applied, their versions, and how many rules each of them has
    checked:      None where the document could not be read; the findings say why
    """

    position: int
    number: str | None
    format: str | None
    profile: str | None
    is_valid: bool
    could_check: bool
    findings: tuple[dict[str, object], ...]
    may_leave: bool = False
    applied: tuple[Applied, ...] = ()
    checked: Checked | None = None


UNKNOWN_FORMAT = "GW-FORMAT-UNKNOWN"


# What is sent by mistake again and again: how it begins, and what to call it.
_OFTEN_SENT: Final = (
    (b"PK\x03\x04", "it is a spreadsheet or an archive"),
    (b"\xd0\xcf\x11\xe0", "it is a file of an old office program"),
    (b"%PDF-", "it is a page for people, without data"),
)
_MOST_SHOWN: Final = 120


def unknown_format(file_name: str, content: bytes) -> Finding:
    """The finding about a file that no format takes for its own."""
    return Finding(
        UNKNOWN_FORMAT,
        "",
        f"The gateway does not know the format of {file_name}{_as_far_as_seen(content)}.",
        "Send UBL 2.1 XML, FatturaPA, the gateway's JSON, or CSV with one row a line, in UTF-8.",
    )


def _as_far_as_seen(content: bytes) -> str:
    head = content[:200]
    if not content.strip():
        return ": it is empty"
    if head[1::2].count(0) > len(head) / 4 or head[::2].count(0) > len(head) / 4:
        return ": it seems to be text in UTF-16 without a byte order mark"
    found = next((words for beginning, words in _OFTEN_SENT if head.startswith(beginning)), "")
    return f": {found}" if found else _as_xml(content)


def _as_xml(content: bytes) -> str:
    """What an XML file calls itself, "" where it is none."""
    namespace, name = root_of(content)
    if not name:
        return ""
    where = f" in the namespace {namespace[:_MOST_SHOWN]}" if namespace else ""
    return f": it is XML, and its first element is <{name[:_MOST_SHOWN]}>{where}"


def as_data(finding: Finding) -> dict[str, object]:
    """A finding as the store, the API and the command line keep it; with its values it can be told in other words."""
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "term": finding.term,
        "path": finding.path,
        "where": finding.where,
        "message": finding.message,
        "fix": finding.fix,
        "values": dict(finding.values),
    }
