"""The manifest of a written document: which values of the invoice it says, and which it does not.

A value counts as left behind until the writer takes it; so what nobody thought of is listed, never dropped in
silence. A value that had to be changed (shortened, in other letters) is listed too, with what became of it.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from formats.contract import NotCarried
from formats.en16931 import Attachment, Invoice
from formats.en16931.money import decimals_of
from formats.en16931.terms import number_of, values_of
from formats.fatturapa.alphabet import in_alphabet, shortened
from formats.fatturapa.elements import LATIN_1, fits, room_of

_NO_PLACE = "FatturaPA has no element for it."


@dataclass(slots=True)
class Manifest:
    """What is taken along, and what was changed or left with a reason."""

    taken: set[str] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)

    def take(self, *paths: str) -> None:
        """These values stand in the document as they are."""
        self.taken.update(paths)

    def leave(self, path: str, reason: str) -> None:
        """This value does not stand in the document, or not as it is."""
        self.left[path] = reason

    def text(self, path: str, value: str | None, type_name: str) -> str | None:
        """The value as the element's type takes it: in its letters, no longer than it may be."""
        if not value:
            return None
        room = room_of(type_name)
        written = shortened(in_alphabet(value.strip(), room.last_letter), room.most).ljust(room.least, "-")
        if written == value:
            self.take(path)
        else:
            self.leave(path, f"Written as “{written}”: {_room(room.most, room.last_letter)}.")
        return written

    def code(self, path: str, value: str | None, type_name: str) -> str | None:
        """The value where it is one that the element's type admits as it stands, else nothing."""
        if not value:
            return None
        if not fits(value, type_name) or value != value.strip():
            self.leave(path, f"It does not fit, and part of it would say something else: {_form(type_name)}.")
            return None
        self.take(path)
        return value

    def amount(self, path: str, value: Decimal | None, decimals: int = 2) -> Decimal | None:
        """The amount; noted where the element takes fewer decimals."""
        if value is not None:
            if decimals_of(value) <= decimals or decimals_of(value.normalize()) <= decimals:
                self.take(path)
            else:
                self.leave(path, f"Rounded to {decimals} decimals.")
        return value

    def date(self, path: str, value: datetime.date | None) -> datetime.date | None:
        """The day."""
        if value is not None:
            self.take(path)
        return value

    def not_carried(self, invoice: Invoice, reasons: Iterable[tuple[str, str]] = ()) -> Iterator[NotCarried]:
        """Every value of the invoice that the document does not say as it is. reasons: by the number of a term."""
        by_term = dict(reasons)
        for path, _, value in values_of(invoice):
            if path in self.left or path not in self.taken:
                reason = self.left.get(path) or by_term.get(number_of(path), _NO_PLACE)
                yield NotCarried(path, _shown(value), reason)


def _room(most: int, last_letter: str) -> str:
    return f"the element takes {most} characters of {'ISO 8859-1' if last_letter == LATIN_1 else 'ASCII'}"


def _form(type_name: str) -> str:
    """What a type takes, in words."""
    if type_name.startswith("String"):
        room = room_of(type_name)
        return _room(room.most, room.last_letter)
    return "the element takes codes of a form of its own"


def _shown(value: object) -> str:
    if isinstance(value, Attachment):
        return f"{value.file_name or 'a file'} ({len(value.content)} bytes)"
    return str(value)
