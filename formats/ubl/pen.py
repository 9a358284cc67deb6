"""Writing elements of UBL as text: escaped, in one pass, and nothing at all for a value that is absent.

Text instead of a tree: nine times faster than building elements with lxml, and a tree takes nine times the memory.
Every function gives the element as text, or "" where there is nothing to say; a group of nothing is nothing.
"""

import datetime
import re
from dataclasses import dataclass, field
from decimal import Decimal

from formats.contract import NotCarried
from formats.en16931 import Identifier

# A carriage return must be written as a reference, or every parser turns it into a line feed.
_TO_ESCAPE = re.compile('[&<>"\t\n\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]')
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_IN_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


@dataclass(slots=True)
class Pen:
    """Writes the elements of one document. A text of blanks says nothing, so it is not written.

    currency:     the invoice currency (BT-5), which every amount states
    is_draft:     whether the totals, which UBL demands, have their group even where none is stated
    not_carried:  the values that found no place
    lost:         whether characters were left out that XML cannot hold
    """

    currency: str
    is_draft: bool = False
    not_carried: list[NotCarried] = field(default_factory=list)
    lost: bool = False

    def __post_init__(self) -> None:
        self.currency = self._quoted(self.currency)

    def text(self, name: str, value: str | None) -> str:
        """A text, code or reference."""
        said = self._escaped(value) if value and not value.isspace() else ""
        return f"<{name}>{said}</{name}>\n" if said else ""

    def marked(self, name: str, value: str | None, /, **attributes: str | None) -> str:
        """A text with attributes; those without a value are left out."""
        said = self._escaped(value) if value and not value.isspace() else ""
        marks = "".join(f' {key}="{self._quoted(mark)}"' for key, mark in attributes.items() if mark)
        return f"<{name}{marks}>{said}</{name}>\n" if said else ""

    def identifier(self, name: str, value: Identifier | None) -> str:
        """An identifier with its scheme."""
        return "" if value is None else self.marked(name, value.value, schemeID=value.scheme)

    def date(self, name: str, value: datetime.date | None) -> str:
        """A day."""
        return "" if value is None else f"<{name}>{value.isoformat()}</{name}>\n"

    def decimal(self, name: str, value: Decimal | None) -> str:
        """A number without unit."""
        return "" if value is None else f"<{name}>{value:f}</{name}>\n"

    def amount(self, name: str, value: Decimal | None, currency: str | None = None) -> str:
        """An amount in the invoice currency or the one given here."""
        if value is None:
            return ""
        mark = self.currency if currency is None else self._quoted(currency)
        return f'<{name} currencyID="{mark}">{value:f}</{name}>\n'

    def quantity(self, name: str, value: Decimal | None, unit: str | None) -> str:
        """A quantity with its unit of measure."""
        if value is None:
            return ""
        mark = f' unitCode="{self._quoted(unit)}"' if unit else ""
        return f"<{name}{mark}>{value:f}</{name}>\n"

    def leave(self, path: str, value: object, reason: str) -> None:
        """A value that UBL has no place for."""
        self.not_carried.append(NotCarried(path, str(value), reason))

    def _escaped(self, value: str) -> str:
        if not _TO_ESCAPE.search(value):
            return value
        if _NOT_XML.search(value):
            value, self.lost = without_controls(value), True
        return escaped(value)

    def _quoted(self, value: str) -> str:
        if not _TO_ESCAPE.search(value):
            return value
        if _NOT_XML.search(value):
            value, self.lost = without_controls(value), True
        return value.translate(_IN_ATTRIBUTE)


def group(name: str, *parts: str) -> str:
    """An element around others; nothing where they say nothing."""
    inner = "".join(parts)
    return f"<{name}>\n{inner}</{name}>\n" if inner else ""


def escaped(value: str) -> str:
    """A text as it stands between tags."""
    return value.translate(_IN_TEXT)


def without_controls(value: str) -> str:
    """The text without the characters that XML 1.0 has no way to write (section 2.2)."""
    return _NOT_XML.sub("", value)
