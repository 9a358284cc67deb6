"""What the checks say of a file that is neither kept nor sent: the command line's `check`, the API's `/v1/check`."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from formats.checking import CHECK_FAILED, Finding, Report
from formats.contract import NO_OPTIONS, Format, Options, Reading
from gateway.errors import FileUnreadable, WrongContent
from gateway.pipeline.verdict import Checked, Judged, as_data, unknown_format
from gateway.registry import profiles_of, recognise
from gateway.wiring import normalising

AUTO: Final = "auto"
_NOTHING_READ: Final = Finding(
    "GW-NOTHING-READ", "", "There is no invoice in this file.", "Look at how it was exported."
)


def judge(
    formats: Mapping[str, Format],
    content: bytes,
    file_name: str,
    profile: str = AUTO,
    options: Options = NO_OPTIONS,
) -> Iterator[Judged]:
    """One verdict a document, in the order of the file.

    profile: `auto` takes the one that each document claims. Raises WrongContent for a profile that nobody knows.
    """
    profiles = profiles_of(formats)
    if profile != AUTO and profile not in profiles:
        raise WrongContent("profile", f"there is none called {profile}; there are {', '.join((AUTO, *profiles))}")
    judge_one = partial(normalising.check, normalising.by_speciality(profiles), ordered=profiles.get(profile))
    found = recognise(formats, content)
    if found is None or found.read is None:
        yield _unreadable(1, None, (unknown_format(file_name, content),))
        return
    position = 0
    for position, reading in enumerate(found.read(content, options), 1):
        if reading.invoice is None:
            yield _unreadable(position, found.name, reading.findings)
            continue
        inner = recognise(formats, reading.source) if reading.source else None
        document = reading.source or content
        checked = judge_one(inner or found, document, reading)
        yield _judged(position, (inner or found).name, reading, checked)
    if not position:
        yield _unreadable(1, found.name, (_NOTHING_READ,))


def _judged(position: int, format_name: str, reading: Reading, checked: Checked) -> Judged:
    report = Report(reading.findings) + checked.report
    return Judged(
        position=position,
        number=checked.invoice.number,
        format=format_name,
        profile=checked.profile,
        is_valid=report.is_valid,
        could_check=bool(report.applied) and all(one.id != CHECK_FAILED for one in report.findings),
        findings=tuple(as_data(one) for one in report.findings),
        checked=checked,
    )


def judged_unreadable(error: FileUnreadable) -> Judged:
    """The verdict on a file that cannot even be opened."""
    finding = Finding("GW-FILE-UNREADABLE", "", f"The file cannot be read: {error.problem}.", error.fix)
    return _unreadable(1, None, (finding,))


def judged_broken(error: Exception) -> Judged:
    """The verdict on a file over which the gateway itself broke down: it was not checked."""
    what = f"The gateway broke down on this file: {type(error).__name__}: {error}"
    fix = "Report this to the operator of the gateway, with the file."
    return _unreadable(1, None, (Finding(CHECK_FAILED, "", what, fix),))


def _unreadable(position: int, format_name: str | None, findings: tuple[Finding, ...]) -> Judged:
    return Judged(
        position=position,
        number=None,
        format=format_name,
        profile=None,
        is_valid=False,
        could_check=format_name is not None,
        findings=tuple(as_data(one) for one in findings),
    )
