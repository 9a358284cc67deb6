"""What every parcel of an electronic format has in common: what leaves was read back and checked."""

from collections.abc import Iterable

from formats.checking import Finding, Report, run
from formats.contract import CannotWrite, Format, Options, Profile, Written
from formats.en16931 import Invoice


def written_and_checked(
    target: Format, profiles: Iterable[Profile], invoice: Invoice, options: Options
) -> tuple[Written | None, Report]:
    """The invoice in its target format, and what the target's rules say of the bytes that would leave.

    The bytes are read back: the rules judge what the recipient will read, not what we meant to write. None where the
    format cannot hold the invoice at all; the report says why.
    """
    assert target.write is not None  # noqa: S101 - a packer names a format that writes
    try:
        written = target.write(invoice, options)
    except CannotWrite as refused:
        return None, Report(refused.findings)
    report = target.check_bytes(written.content) if target.check_bytes else Report()
    if target.read is None:
        return written, report
    (reading,) = target.read(written.content)
    report += Report(reading.findings)
    if reading.invoice is not None:
        claimed = _claimed(profiles, reading.invoice)
        for check_set in claimed.checks if claimed else ():
            report += run(check_set, reading.invoice)
    return written, report


def _claimed(profiles: Iterable[Profile], invoice: Invoice) -> Profile | None:
    return next((one for one in profiles if one.recognises(invoice)), None)


def refusal(finding_id: str, path: str, message: str, fix: str) -> Report:
    """A report with one fatal finding: why a document cannot go this way."""
    return Report((Finding(finding_id, path, message, fix),))
