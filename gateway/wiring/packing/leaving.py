"""What every parcel has in common: the rule's orders are understood, and what leaves was read back and checked."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from formats.checking import Finding, Report
from formats.contract import CannotWrite, Format, NotCarried, Options, Profile, Reading
from formats.en16931 import Invoice


@dataclass(frozen=True, slots=True)
class Leaving:
    """A document as it would leave.

    content:      its bytes, b"" where the format cannot hold the invoice: the report says why
    report:       what the format's rules say of these bytes
    invoice:      what the recipient reads in them, None where the format is not read
    not_carried:  what stays behind, and why
    """

    content: bytes
    report: Report
    invoice: Invoice | None = None
    not_carried: tuple[NotCarried, ...] = ()

    @property
    def may_leave(self) -> bool:
        """Whether there is something, and nothing fatal is to be said of it."""
        return bool(self.content) and not self.report.fatal


def leave(target: Format, profiles: Iterable[Profile], invoice: Invoice, options: Options) -> Leaving:
    """The invoice in its target format, read back: the rules judge what the recipient will read, not what we meant.

    profiles: the first one that the document claims says which rules these are
    """
    assert target.write is not None  # noqa: S101 - `format_of` gives no other
    try:
        written = target.write(invoice, options)
    except CannotWrite as refused:
        return Leaving(b"", Report(refused.findings))
    reading = next(iter(target.read(written.content))) if target.read else Reading(None)
    report = target.check_bytes(written.content, reading.parsed) if target.check_bytes else Report()
    report += Report(reading.findings)
    if reading.invoice is not None:
        claimed = next((one for one in profiles if one.recognises(reading.invoice)), None)
        report += claimed.check(reading) if claimed else Report()
    return Leaving(written.content, _placed(report, target), reading.invoice, written.not_carried)


def _placed(report: Report, target: Format) -> Report:
    """The findings, whose places are in the document that we wrote: nobody shall look for them in the sender's file."""
    said = f"in the {target.title} document that would leave"
    return replace(
        report,
        findings=tuple(replace(one, where=f"{one.where} {said}" if one.where else "") for one in report.findings),
    )


def refusal(finding_id: str, path: str, message: str, fix: str) -> Report:
    """A report with one fatal finding: why a document cannot go this way."""
    return Report((Finding(finding_id, path, message, fix),))
