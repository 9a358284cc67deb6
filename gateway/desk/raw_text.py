"""Bytes of the archive as a person looks at them: escaped lines around a place, never the file itself."""

import re
from dataclasses import dataclass, field
from typing import Final

import structlog

from gateway.desk import spelling, wording
from gateway.desk.room import Desk
from gateway.desk.visitors import Visitor
from gateway.errors import GatewayError, NotFound
from gateway.ids import public_id
from gateway.store import log
from gateway.store.log import Whole
from gateway.store.records import Artefact

said = structlog.get_logger()

LINES: Final = 200
_LONGEST_LINE: Final = 2_000
_MOST_BYTES: Final = 20_000_000
_EXCERPT: Final = 1_600
_END_OF_LINE: Final = re.compile(r"\r\n|\r|\n")
_PLACE: Final = re.compile(r"\bline (\d{1,9})\b(?:, column (\d{1,9})\b)?")
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Shelf:
    """Reads artefacts for one page, each once; what could not be read is remembered, not raised.

    incident:  the number under which the log tells what could not be read
    troubles:  hashes whose bytes could not be read, with the reason
    """

    desk: Desk
    who: Visitor
    incident: str = field(default_factory=lambda: public_id("e"))
    troubles: dict[str, GatewayError] = field(default_factory=dict)
    _read: dict[str, bytes] = field(default_factory=dict)

    def bytes_of(self, artefact: Artefact) -> bytes | None:
        """The bytes, verified by their hash; None where the archive does not give them."""
        sha256 = artefact.sha256
        if sha256 not in self._read and sha256 not in self.troubles:
            try:
                self._read[sha256] = self.desk.rooms.house.archive.get(self.who.tenant, sha256)
            except GatewayError as error:
                said.error("bytes could not be read", incident=self.incident, sha256=sha256, error=str(error))
                self.troubles[sha256] = error
        return self._read.get(sha256)

    def excerpt_of(self, artefact: Artefact) -> str:
        """The beginning of a file that is text, "" of any other."""
        if artefact.size > _MOST_BYTES:
            return ""
        text = as_text(self.bytes_of(artefact) or b"")
        if not text:
            return ""
        return spelling.visible(text[:_EXCERPT]) + ("\n…" if len(text) > _EXCERPT else "")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a raw file. cut: signs left out of a line that is too long to show."""

    number: int
    text: str
    is_lit: bool
    cut: int = 0


@dataclass(frozen=True, slots=True)
class RawText:
    """A part of a raw file. earlier, later: where the parts around this one begin, 0 where there are none.

    reason:  why there are no lines to show, "" where there are
    """

    artefact: Artefact
    what: str
    size: str
    lines: tuple[Line, ...] = ()
    total: int = 0
    earlier: int = 0
    later: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a raw file is asked for: the part from the line `top` on, or the part around `line`, which is lit."""

    top: int = 0
    line: int = 0
    column: int = 0


def raw_text(desk: Desk, who: Visitor, document: str, sha256: str, asked: Asked) -> tuple[Whole, RawText]:
    """200 lines of an artefact, with its document. Raises NotFound."""
    whole, artefact = artefact_of(desk, who, document, sha256)
    what = wording.ARTEFACTS.get(artefact.role, (artefact.role, ""))[0]
    size = spelling.size(artefact.size)
    if artefact.size > _MOST_BYTES:
        return whole, RawText(artefact, what, size, reason="It is too large to be shown here.")
    text = as_text(desk.rooms.house.archive.get(who.tenant, sha256))
    if text is None:
        return whole, RawText(artefact, what, size, reason="It is not a text file.")
    # Not `splitlines`: it counts a form feed as an end of line, which no reader of ours does.
    lines = _END_OF_LINE.split(text)
    if len(lines) > 1 and not lines[-1]:
        del lines[-1]
    first = min(max(asked.top or asked.line - LINES // 2, 1), len(lines))
    last = min(first + LINES - 1, len(lines))
    shown = tuple(_line(number, lines[number - 1], asked) for number in range(first, last + 1))
    earlier = max(1, first - LINES) if first > 1 else 0
    later = last + 1 if last < len(lines) else 0
    return whole, RawText(artefact, what, size, shown, len(lines), earlier, later)


def _line(number: int, text: str, asked: Asked) -> Line:
    """A line; of one that is too long, the part around the column."""
    is_lit = number == asked.line
    start = max(0, asked.column - _LONGEST_LINE // 2) if is_lit else 0
    part = text[start : start + _LONGEST_LINE]
    return Line(number, spelling.visible(part), is_lit, len(text) - len(part))


def artefact_of(desk: Desk, who: Visitor, document: str, sha256: str) -> tuple[Whole, Artefact]:
    """A document of this tenant and one of its own artefacts. Raises NotFound."""
    with desk.rooms.house.store.of(who.tenant) as transaction:
        whole = log.document(transaction, document)
    if whole is None:
        raise NotFound("document", document)
    for one in whole.artefacts:
        if one.sha256 == sha256:
            # Invoices hold bank details: who looked at which bytes can be asked later.
            said.info("raw bytes were opened", person=str(who.person.id), document=document, sha256=sha256)
            return whole, one
    raise NotFound("file", sha256)


def as_text(content: bytes) -> str | None:
    """Bytes as text, None where they are none. Without a mark they are UTF-8, or else Windows-1252 as ERPs write it."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if b"\0" in content or content.startswith((b"%PDF-", b"PK\x03\x04", b"0\x80", b"0\x82", b"0\x83")):
        return None
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("windows-1252", "replace")


def place_in(where: str) -> tuple[int, int] | None:
    """The line and column that a finding's place names, column 0 where it names none; None without a line."""
    found = _PLACE.search(where)
    return (int(found[1]), int(found[2] or 0)) if found else None
