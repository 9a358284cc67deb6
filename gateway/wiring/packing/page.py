"""The page a person reads, as mail and post carry it: in the recipient's language, with what it does not show."""

from dataclasses import dataclass

from formats.checking import Report
from formats.contract import CannotWrite, Format, NotCarried
from gateway.pipeline.house import Packing

SDI = "sdi"


@dataclass(frozen=True, slots=True)
class Page:
    """A page: its bytes (b"" where the report says why there is none) and what it does not carry."""

    content: bytes
    report: Report
    not_carried: tuple[NotCarried, ...] = ()


def page_of(page_format: Format, packing: Packing, **options: object) -> Page:
    """The page of an invoice. After SDI it says that the original lies there (art. 1 D.Lgs. 127/2015)."""
    assert page_format.write is not None  # noqa: S101 - a page is written
    wanted: dict[str, object] = {"language": language_of(packing), **options}
    if SDI in packing.tried:
        wanted["original"] = SDI
    try:
        written = page_format.write(packing.invoice, wanted)
    except CannotWrite as refused:
        return Page(b"", Report(refused.findings))
    return Page(written.content, Report(), written.not_carried)


def language_of(packing: Packing) -> str:
    """The recipient's language, else the sender's, else what the page makes of the countries."""
    return str(packing.recipient.language or packing.sender.settings.get("language") or "")
