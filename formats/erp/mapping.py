"""What a sender's mapping says: which column is which business term, and how the table is written.

A mapping is data: it holds no code, no pattern and no arithmetic. Its identity is its name and the hash of its
text, so an invoice can be read again as it was read then. `language.py` reads the text.
"""

import unicodedata
from collections.abc import Mapping as Lookup
from dataclasses import dataclass, field
from enum import Enum

from formats.erp.slots import Slot
from formats.erp.spelling import DateOrder, NumberStyle


class Layout(Enum):
    """How the rows of one invoice hang together."""

    REPEATED_HEADER = "repeated_header"  # the invoice's values stand on each of its rows
    FIRST_ROW = "first_row"  # they stand on its first row; the key is blank below


@dataclass(frozen=True, slots=True)
class Source:
    """How the file is written. None: found out from the file itself, and refused where it leaves that open.

    encodings:  tried in order, strictly, after a byte order mark and UTF-8
    """

    encodings: tuple[str, ...] = ("cp1252",)
    delimiter: str | None = None
    number: NumberStyle | None = None
    date: DateOrder | None = None
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One term and the column that fills it.

    headers:    names of the column; the first that the file has
    table:      code table that the text is looked up in, "" for none
    scheme:     of an identifier, "" where the text itself or a column of its own says it
    otherwise:  what a blank cell or a missing column means, with the reason; None: nothing
    line:       of the term in the mapping file; a term with several choices has several columns with this line
    """

    slot: Slot
    headers: tuple[str, ...]
    line: int
    table: str = ""
    scheme: str = ""
    otherwise: str | None = None
    because: str = ""
    date: DateOrder | None = None
    number: NumberStyle | None = None


@dataclass(frozen=True, slots=True)
class Constant:
    """A term that is the same in all invoices of this sender and stands in no column: seller, IBAN, currency."""

    slot: Slot
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class RowCondition:
    """Rows in which one of these columns says one of these texts (compared without case). because: what that means."""

    headers: tuple[str, ...]
    texts: frozenset[str]
    because: str = ""


# A code, folded, and what it stands for: one text, or a text a term (`{"BT-151": "S", "BT-152": "19"}`).
CodeTable = Lookup[str, "str | Lookup[str, str]"]


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a sender says about its table.

    name, version:  as the file says them
    digest:         SHA-256 of the file's text, in hexadecimal
    required:       sets of terms of which at least one must have a column or a constant; None: each column that is
                    named must be there
    ignored:        headers that are meant not to be used
    skipped:        rows that belong to no invoice
    refused:        rows that make their invoice unreadable as it stands
    """

    name: str
    version: int
    digest: str
    source: Source = field(default_factory=Source)
    columns: tuple[Column, ...] = ()
    constants: tuple[Constant, ...] = ()
    tables: Lookup[str, CodeTable] = field(default_factory=dict)
    required: tuple[tuple[Slot, ...], ...] | None = None
    ignored: tuple[str, ...] = ()
    skipped: tuple[RowCondition, ...] = ()
    refused: tuple[RowCondition, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} version {self.version}"


def folded(header: str) -> str:
    """A header as it is compared: without case, accents, blanks, points and the star of a mandatory column.

    `*Invoice No.`, `invoice_no` and `InvoiceNo` are one header; `Moms` and `Moms %` are two, and so are `#` ones.
    """
    plain = unicodedata.normalize("NFKD", header.replace("\u00b0", "o").replace("\u00ba", "o")).casefold()
    return "".join(sign for sign in plain if sign.isalnum() or sign in "%#")


def folded_code(code: str) -> str:
    """A code of a code table as it is compared: without case and outer blanks, inner blanks made one."""
    return " ".join(code.split()).casefold()
