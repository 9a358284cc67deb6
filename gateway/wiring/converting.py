"""A file in one format becomes files in another: the command line's `convert`."""

from dataclasses import dataclass

from formats.contract import CannotWrite, NotCarried, Options
from gateway.errors import NotConverted, NotFound
from gateway.pipeline.verdict import unknown_format
from gateway.registry import formats_at_hand, profiles_of, recognise
from gateway.wiring import normalising


@dataclass(frozen=True, slots=True)
class Converted:
    """One invoice in its new format."""

    name: str
    content: bytes
    not_carried: tuple[NotCarried, ...]


def convert(content: bytes, file_name: str, target_name: str, options: Options) -> list[Converted]:
    """Every invoice of a file in the target format. Raises NotConverted for the first that cannot be written."""
    formats = formats_at_hand()
    target = formats.get(target_name)
    if target is None or target.write is None:
        raise NotFound("format to write", target_name)
    source = recognise(formats, content)
    if source is None or source.read is None:
        raise NotConverted(file_name, target_name, unknown_format(file_name).message)
    profiles = normalising.by_speciality(profiles_of(formats))
    made = []
    for position, reading in enumerate(source.read(content, options), 1):
        where = f"{file_name}, document {position}"
        if reading.invoice is None:
            raise NotConverted(where, target_name, "; ".join(one.message for one in reading.findings))
        inner = (recognise(formats, reading.source) if reading.source else None) or source
        checked = normalising.check(profiles, inner, reading.source or content, reading.invoice, reading.provenance)
        try:
            written = target.write(checked.invoice)
        except CannotWrite as refused:
            raise NotConverted(where, target_name, str(refused)) from None
        made.append(
            Converted(_name(checked.invoice.number, position, target.suffix), written.content, written.not_carried)
        )
    return made


def _name(number: str | None, position: int, suffix: str) -> str:
    """A file name that is safe whatever the number says."""
    safe = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in number or "").strip("-")
    return f"{safe or 'document'}-{position}{suffix}" if position > 1 or not safe else f"{safe}{suffix}"
