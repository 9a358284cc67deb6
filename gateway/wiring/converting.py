"""A file in one format becomes files in another: the command line's `convert`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from formats.checking import Severity
from formats.contract import NO_OPTIONS, CannotWrite, Format, NotCarried, Options, Profile, Reading
from formats.en16931 import Invoice
from gateway.errors import NotConverted, WrongContent
from gateway.pipeline.verdict import unknown_format
from gateway.registry import profiles_of, recognise
from gateway.wiring import normalising


@dataclass(frozen=True, slots=True)
class Converted:
    """One invoice in its new format.

    position:  in its file, from 1
    stem:      its number as a file name
    faults:    how many fatal findings the source has
    rejected:  where it has none: how many the rules of the new format have against what was written
    """

    position: int
    stem: str
    suffix: str
    content: bytes
    not_carried: tuple[NotCarried, ...]
    faults: int
    rejected: int

    def name(self, *, alone: bool) -> str:
        """Its file name; where it is one of several, no two of them have the same."""
        return f"{self.stem}{self.suffix}" if alone else f"{self.stem}-{self.position}{self.suffix}"


def convert(
    formats: Mapping[str, Format], content: bytes, file_name: str, target_name: str, options: Options
) -> Iterator[Converted | NotConverted]:
    """Every invoice of a file in the target format, or why it cannot be: one does not stop the others.

    Raises WrongContent for a target that nobody writes, and NotConverted for a file that nobody reads.
    """
    target = formats.get(target_name)
    if target is None or target.write is None:
        able = ", ".join(name for name in sorted(formats) if formats[name].write is not None)
        raise WrongContent("format to write", f"there is none called {target_name}; there are {able}")
    source = recognise(formats, content)
    if source is None or source.read is None:
        raise NotConverted(file_name, target_name, unknown_format(file_name, content).message)
    for position, reading in enumerate(source.read(content, options), 1):
        try:
            yield _converted(formats, (source, target), content, position, reading)
        except CannotWrite as refused:
            yield NotConverted(f"{file_name}, document {position}", target_name, f"{str(refused).rstrip('.')}.")
        except NotConverted as refused:
            yield NotConverted(f"{file_name}, document {position}", target_name, refused.problem)


def _converted(
    formats: Mapping[str, Format], way: tuple[Format, Format], content: bytes, position: int, reading: Reading
) -> Converted:
    source, target = way
    unread = [one for one in reading.findings if one.severity is Severity.FATAL]
    if reading.invoice is None or unread:
        # Also where most of it could be read: a value that was lost on the way in would be dropped in silence.
        raise NotConverted("", target.name, " ".join(f"{one.where}: {one.message}".lstrip(": ") for one in unread))
    inner = (recognise(formats, reading.source) if reading.source else None) or source
    profiles = normalising.by_speciality(profiles_of(formats))
    checked = normalising.check(profiles, inner, reading.source or content, reading)
    assert target.write is not None  # noqa: S101 - asked by the caller
    is_assumed = reading.invoice.process is None or not reading.invoice.process.specification
    written = target.write(_unclaimed(checked.invoice) if is_assumed and target.profiles else checked.invoice)
    faults = len(checked.report.fatal)
    return Converted(
        position,
        _stem(checked.invoice.number),
        target.suffix,
        written.content,
        written.not_carried,
        faults,
        0 if faults or not target.profiles else _faults_of(profiles, target, written.content),
    )


def _unclaimed(invoice: Invoice) -> Invoice:
    """The invoice without the specification that the gateway assumed for it: the writer puts in that of its format."""
    if invoice.process is None:
        return invoice
    return replace(invoice, process=replace(invoice.process, specification=None))


def _faults_of(profiles: tuple[Profile, ...], target: Format, content: bytes) -> int:
    """How many fatal findings the rules of a format have against a document that was written in it."""
    if target.read is None:
        return 0
    return sum(
        len(normalising.check(profiles, target, content, reading).report.fatal)
        for reading in target.read(content, NO_OPTIONS)
        if reading.invoice is not None
    )


def _stem(number: str | None) -> str:
    """A file name that is safe whatever the number says."""
    safe = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in number or "")
    return safe.strip("-")[:80] or "document"
