"""What stands on the page, as finished strings: nothing in here is formatted, computed or looked up again.

The page, the letter that goes with it and a preview in a browser are all made of the same Sheet.
"""

import msgspec


class Entry(msgspec.Struct, frozen=True):
    """A label with what it says."""

    label: str
    value: str


class SheetLine(msgspec.Struct, frozen=True):
    """One line of the invoice. details: what stands small below its name."""

    position: str
    name: str
    details: tuple[str, ...]
    quantity: str
    unit: str
    price: str
    vat: str
    net: str


class SumRow(msgspec.Struct, frozen=True):
    """One of the sums. weight: `detail`, `plain`, `total` or `due`. note: what stands small below the label."""

    label: str
    amount: str
    weight: str = "plain"
    note: str = ""


class Payment(msgspec.Struct, frozen=True):
    """How to pay, or why nothing is to be paid. qr: the payment as an SVG, "" where there is none."""

    title: str
    sentence: str
    rows: tuple[Entry, ...] = ()
    qr: str = ""
    qr_caption: str = ""
    qr_alt: str = ""


class Columns(msgspec.Struct, frozen=True):
    """The heads of the columns of the lines."""

    position: str
    item: str
    quantity: str
    price: str
    vat: str
    net: str


class Letter(msgspec.Struct, frozen=True):
    """The sentences of the letter that goes with the page. reply_to: the seller's mail address, "" for none."""

    subject: str
    greeting: str
    sentences: tuple[str, ...]
    closing: str
    sender: str
    answer: str
    reply_to: str


class Sheet(msgspec.Struct, frozen=True):
    """An invoice as a page says it.

    language, region:  of the words: `de`, and `AT` or ""
    kind:              `invoice` or `credit_note`
    title, number:     `Rechnung`, `R-1`
    document_title:    of the file, as a reader of the PDF shows it
    seller:            its name, then its address in short lines
    return_line:       the seller's address in one line, for a window
    address:           the recipient as a letter addresses it
    facts:             number, dates and references
    blocks:            groups with a title of their own, such as the place of delivery
    statements:        what the law wants said
    footer:            columns of small print about the seller
    page_words:        `Page {page} of {pages}` in parts: before, between, after
    """

    language: str
    region: str
    kind: str
    title: str
    number: str
    issue_date: str
    document_title: str
    seller: tuple[str, ...]
    return_line: str
    address: tuple[str, ...]
    facts: tuple[Entry, ...]
    blocks: tuple[Entry, ...]
    notes: tuple[str, ...]
    columns: Columns
    lines: tuple[SheetLine, ...]
    sums: tuple[SumRow, ...]
    payment: Payment
    statements: tuple[str, ...]
    footer: tuple[tuple[str, ...], ...]
    page_words: tuple[str, ...]
    continued: str
    letter: Letter
