"""What the checks say of a file that is neither kept nor sent: the command line's `check`, the API's `/v1/check`."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from formats.checking import CHECK_FAILED, Finding, Publication, Report, Severity
from formats.contract import NO_OPTIONS, Format, Options, Profile, Reading
from formats.ubl.assertions import RuleSet
from gateway.errors import FileUnreadable, WrongContent
from gateway.pipeline.verdict import Checked, Judged, as_data, unknown_format
from gateway.registry import profiles_of, recognise, root_of
from gateway.wiring import normalising

AUTO: Final = "auto"
_READER_OF_UBL: Final = "GW-UBL-"
_QUOTED: Final = 120
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
    ordered = profiles.get(profile)
    found = recognise(formats, content)
    if found is None or found.read is None:
        yield _of_no_format(formats["ubl"], content, unknown_format(file_name, content), ordered)
        return
    judge_one = partial(normalising.check, normalising.by_speciality(profiles), ordered=ordered)
    position = 0
    for position, reading in enumerate(found.read(content, options), 1):
        if reading.invoice is None:
            yield _unreadable(position, found.name, reading.findings)
            continue
        inner = (recognise(formats, reading.source) if reading.source else None) or found
        checked = judge_one(inner, reading.source or content, reading)
        remarks = (*_about_envelope(found, inner), *(() if ordered else _about_claim(checked)))
        read = _as_judged(reading, profiles[checked.profile].rules)
        may_leave = (Report(reading.findings) + checked.report).is_valid
        yield _judged(position, inner.name, checked, Report((*remarks, *read)) + checked.report, may_leave=may_leave)
    if not position:
        yield _unreadable(1, found.name, (_NOTHING_READ,))


def _judged(position: int, format_name: str, checked: Checked, report: Report, *, may_leave: bool) -> Judged:
    return Judged(
        position=position,
        number=checked.invoice.number,
        format=format_name,
        profile=checked.profile,
        is_valid=report.is_valid,
        could_check=bool(report.applied) and all(one.id != CHECK_FAILED for one in report.findings),
        findings=tuple(as_data(one) for one in report.findings),
        may_leave=may_leave,
        applied=report.applied,
        checked=checked,
    )


def _as_judged(reading: Reading, rules: tuple[Publication, ...]) -> tuple[Finding, ...]:
    """What was found while reading, as it weighs in a verdict.

    What our reader takes for an error, and the schema and the rules of UBL let pass, does not make a document invalid:
    it is worth a warning, because the value would be lost or changed on its way, and then the gateway does not send it.
    """
    if reading.parsed is None or not all(isinstance(one, RuleSet) for one in rules):
        return reading.findings
    return tuple(
        replace(one, severity=Severity.WARNING)
        if one.id.startswith(_READER_OF_UBL) and one.severity is Severity.FATAL
        else one
        for one in reading.findings
    )


def _about_envelope(found: Format, inner: Format) -> Iterator[Finding]:
    if inner is not found:
        yield Finding(
            "GW-ENVELOPE",
            "",
            f"The file is no invoice, but an envelope around one ({found.title}). The invoice in it was checked.",
            "Check the invoice without its envelope for a verdict of its own. The gateway takes in both.",
        )


def _about_claim(checked: Checked) -> Iterator[Finding]:
    if not normalising.is_claim_known(checked):
        process = checked.invoice.process
        yield Finding(
            "GW-PROFILE-UNKNOWN",
            "BG-2/BT-24",
            f"The invoice claims a specification whose rules the gateway does not have:"
            f" “{(process.specification or '')[:_QUOTED] if process else ''}”. Only those of EN 16931 were applied.",
            "Correct the specification identifier, or name the rules that it is to be checked by (--profile).",
            where=str(checked.provenance.place_of("BG-2/BT-24") or ""),
        )


def _of_no_format(ubl: Format, content: bytes, finding: Finding, ordered: Profile | None) -> Judged:
    """The verdict on a file that no format takes for its own; whose rules are asked for are asked all the same."""
    report = Report((finding,))
    if ordered is not None and ubl.read is not None and root_of(content)[1]:
        for reading in ubl.read(content):
            report += ordered.check(reading)
    return Judged(
        position=1,
        number=None,
        format=None,
        profile=ordered.name if ordered is not None and report.applied else None,
        is_valid=False,
        could_check=bool(report.applied),
        findings=tuple(as_data(one) for one in report.findings),
        applied=report.applied,
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
