"""Where an address must stand so that an envelope's window shows it, and nothing else.

The measures of each window are a row of `windows.csv`, in millimetres from the upper left corner of an A4 page. Rows
with low confidence are customs, not standards: agree them with the print house.
"""

import csv
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final

import msgspec

# Height of a line of the address and width of a letter of it, on average, at 10.5 points.
_LINE: Final = Decimal("4.6")
_LETTER: Final = Decimal("2.05")


class Window(msgspec.Struct, frozen=True):
    """A window, in millimetres.

    left, top, width, height:  what is cut out of the envelope
    text_left, text_top:       where the text begins
    return_line:               whether the sender's address stands in the window, above the recipient's
    body_top:                  where the text of the letter may begin
    """

    left: Decimal
    top: Decimal
    width: Decimal
    height: Decimal
    text_left: Decimal
    text_top: Decimal
    return_line: bool
    body_top: Decimal

    @property
    def lines(self) -> int:
        """How many lines of an address it shows."""
        above = _LINE if self.return_line else Decimal(0)
        return int((self.top + self.height - self.text_top - above) / _LINE)

    def lines_of(self, address: tuple[str, ...]) -> int:
        """How many lines an address takes in it; a long one takes two."""
        letters = int((self.left + self.width - self.text_left) / _LETTER)
        return sum(-(-len(line) // letters) for line in address)


# Of a page that goes by mail: it looks like a letter, but no envelope hides the rest of it.
PLAIN: Final = Window(
    left=Decimal(20),
    top=Decimal(45),
    width=Decimal(85),
    height=Decimal(45),
    text_left=Decimal(20),
    text_top=Decimal(46),
    return_line=False,
    body_top=Decimal(84),
)


@cache
def windows() -> Mapping[str, Window]:
    """All windows by their id."""
    text = (resources.files("formats.pdf") / "windows.csv").read_text(encoding="utf-8")
    return {row["id"]: _window(row) for row in csv.DictReader(text.splitlines())}


def _window(row: Mapping[str, str]) -> Window:
    sizes = ("left", "top", "width", "height", "text_left", "text_top", "body_top")
    return Window(return_line=row["return_line"] == "yes", **{name: Decimal(row[name]) for name in sizes})
