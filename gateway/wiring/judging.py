"""What the checks say of a file that is neither kept nor sent: the command line's `check`, the API's `/v1/check`."""

from collections.abc import Iterator, Mapping

from formats.checking import CHECK_FAILED, Finding, Report
from formats.contract import NO_OPTIONS, Format, Options, Profile, Reading
from gateway.errors import WrongContent
from gateway.pipeline.verdict import Judged, as_data, unknown_format
from gateway.registry import profiles_of, recognise
from gateway.wiring import normalising

AUTO = "auto"


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
    asked = (profiles[profile],) if profile != AUTO else normalising.by_speciality(profiles)
    found = recognise(formats, content)
    if found is None or found.read is None:
        yield _unreadable(1, None, (unknown_format(file_name),))
        return
    for position, reading in enumerate(found.read(content, options), 1):
        yield _judged(formats, asked, profile != AUTO, (found, content, position, reading))


def _judged(
    formats: Mapping[str, Format],
    asked: tuple[Profile, ...],
    is_ordered: bool,
    document: tuple[Format, bytes, int, Reading],
) -> Judged:
    found, content, position, reading = document
    if reading.invoice is None:
        return _unreadable(position, found.name, reading.findings)
    inner = recognise(formats, reading.source) if reading.source else None
    if is_ordered:
        asked = (_claimed_by_all(asked[0]),)
    checked = normalising.check(asked, inner or found, reading.source or content, reading.invoice, reading.provenance)
    report = Report(reading.findings) + checked.report
    return Judged(
        position=position,
        number=checked.invoice.number,
        format=(inner or found).name,
        profile=checked.profile,
        is_valid=report.is_valid,
        could_check=bool(report.applied) and all(one.id != CHECK_FAILED for one in report.findings),
        findings=tuple(as_data(one) for one in report.findings),
        checked=checked,
    )


def _claimed_by_all(profile: Profile) -> Profile:
    """The profile that was ordered, whatever a document claims."""
    return Profile(
        name=profile.name,
        specification=profile.specification,
        recognises=lambda _: True,
        checks=profile.checks,
        business_process=profile.business_process,
    )


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
