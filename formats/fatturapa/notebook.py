"""What the reader notes down about one invoice: where each value stood, what could not be read, what was left over."""

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from formats.checking import Finding, Severity
from formats.en16931 import Place
from formats.fatturapa.document import Block, date_in, decimal_in
from formats.fatturapa.telling import told

_QUOTED: Final = 60
_POSITION: Final = re.compile(r"\[\d+\]")


@dataclass(slots=True)
class Notebook:
    """The notes about one invoice.

    is_ours: whether this gateway wrote the document, so that its own marks mean what it means by them
    """

    is_ours: bool
    places: dict[str, Place] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def text(self, path: str, block: Block | None, *names: str) -> str | None:
        """The text of an element down this way."""
        value = block.text(*names) if block is not None else None
        if value is not None and block is not None:
            self.stood(path, block.first(*names))
        return value

    def amount(self, path: str, block: Block | None, *names: str) -> Decimal | None:
        """The decimal down this way; one that cannot be read is a finding."""
        text = self.text(path, block, *names)
        number = decimal_in(text)
        if text is not None and number is None:
            self._unreadable("GW-FATTURAPA-NUMBER", path, text)
        return number

    def date(self, path: str, block: Block | None, *names: str) -> datetime.date | None:
        """The day down this way; one that cannot be read is a finding."""
        text = self.text(path, block, *names)
        day = date_in(text)
        if text is not None and day is None:
            self._unreadable("GW-FATTURAPA-DATE", path, text)
        return day

    def stood(self, path: str, block: Block | None) -> None:
        """The value at this path stood there."""
        if block is not None:
            self.places[path] = Place(line=block.line, xpath=block.xpath)

    def computed(self, path: str, how: str) -> None:
        """The value at this path follows from others."""
        self.places[path] = Place(computed=how)

    def _unreadable(self, finding_id: str, path: str, text: str) -> None:
        where = str(self.places[path])
        self.findings.append(told(finding_id, path, Severity.FATAL, where, value=text[:_QUOTED]))

    def left_over(self, blocks: Iterable[Block]) -> None:
        """One finding for each kind of element that says something and was not taken over."""
        kinds: dict[str, list[Block]] = {}
        for block in blocks:
            kinds.setdefault(_POSITION.sub("", block.xpath), []).append(block)
        self.findings.extend(_left_over(kinds))


def _left_over(kinds: dict[str, list[Block]]) -> Iterator[Finding]:
    for several in kinds.values():
        first = several[0]
        values = {"element": first.name, "value": " ".join(first.raw_text.split())[:_QUOTED]}
        yield told("GW-FATTURAPA-NOT-CARRIED", "", Severity.INFORMATION, first.place, **values, times=len(several))
