"""A file as SDI's controls look at it: its blocks, its form, and the words in which they name a place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from formats.checking import Finding, Severity
from formats.en16931.money import ZERO
from formats.fatturapa.allowances import side_of
from formats.fatturapa.document import Block, blocks_of
from formats.fatturapa.elements import Form, form_of, ordinary
from formats.fatturapa.marks import OUR_SYSTEM
from formats.fatturapa.telling import told

BODY = "FatturaElettronicaBody"


@dataclass(frozen=True, slots=True)
class Row:
    """A block that is under VAT (a line, a pension fund, a summary).

    path:       of its business group
    number:     by which a person finds it: NumeroLinea, else its position among its kind
    """

    path: str
    number: str
    block: Block
    rate: Decimal | None
    nature: str | None


@dataclass(frozen=True, slots=True)
class Body:
    """One invoice of a file: its lines, contributions to pension funds and VAT summaries.

    document_type: TDxx, "" where it is missing
    """

    block: Block
    document_type: str
    lines: tuple[Row, ...]
    funds: tuple[Row, ...]
    summaries: tuple[Row, ...]

    @property
    def head(self) -> Block:
        """DatiGeneraliDocumento."""
        return self.block.first("DatiGenerali", "DatiGeneraliDocumento") or self.block

    @property
    def taxed(self) -> tuple[Row, ...]:
        """What is under VAT and not yet summed up."""
        return self.lines + self.funds


@dataclass(frozen=True, slots=True)
class Submission:
    """One file. version: the attribute of the root. size: in bytes, as it is sent (with its envelope)."""

    form: Form
    header: Block
    bodies: tuple[Body, ...]
    version: str
    size: int

    @property
    def is_ordinary(self) -> bool:
        """FPA12 or FPR12, not FSM10."""
        return self.form is ordinary()


def submission_of(root: etree._Element, size: int) -> Submission | None:
    """A parsed file for the controls, None where it is no FatturaPA."""
    form = form_of(str(root.tag))
    if form is None:
        return None
    document = blocks_of(root)
    is_ours = root.get("SistemaEmittente") == OUR_SYSTEM
    return Submission(
        form=form,
        # A missing header is for the schema to say; the controls find nothing in it.
        header=document.first("FatturaElettronicaHeader") or document,
        bodies=bodies_of(document, form, is_ours),
        version=root.get("versione") or "",
        size=size,
    )


def bodies_of(document: Block, form: Form, is_ours: bool) -> tuple[Body, ...]:
    """The invoices of a document."""
    return tuple(_body(block, form, is_ours) for block in document.each(BODY))


def _body(block: Block, form: Form, is_ours: bool) -> Body:
    funds = block.each("DatiGenerali", "DatiGeneraliDocumento", "DatiCassaPrevidenziale")
    return Body(
        block=block,
        document_type=block.text("DatiGenerali", "DatiGeneraliDocumento", "TipoDocumento") or "",
        lines=tuple(_lines(block, is_ours) if form is ordinary() else _simplified_lines(block)),
        funds=tuple(_rows("IT-D/IT-8", funds)),
        summaries=tuple(_rows("BG-23", block.each("DatiBeniServizi", "DatiRiepilogo"))),
    )


def _rows(group: str, blocks: Iterable[Block]) -> Iterator[Row]:
    for position, block in enumerate(blocks, 1):
        yield Row(f"{group}[{position}]", str(position), block, block.amount("AliquotaIVA"), block.text("Natura"))


def _lines(body: Block, is_ours: bool) -> Iterator[Row]:
    """Allowances of the document that this gateway wrote as lines have paths of their own."""
    counts = {"BG-25": 0, "BG-20": 0, "BG-21": 0}
    for block in body.each("DatiBeniServizi", "DettaglioLinee"):
        side = side_of(block, is_ours)
        group = side.group if side else "BG-25"
        counts[group] += 1
        number = block.text("NumeroLinea") or str(block.position)
        yield Row(f"{group}[{counts[group]}]", number, block, block.amount("AliquotaIVA"), block.text("Natura"))


def _simplified_lines(body: Block) -> Iterator[Row]:
    for position, block in enumerate(body.each("DatiBeniServizi"), 1):
        rate = block.amount("DatiIVA", "Aliquota")
        yield Row(f"BG-25[{position}]", str(position), block, rate, block.text("Natura"))


def broken(control: str, path: str, block: Block | None, /, **values: object) -> Finding:
    """A broken control, in the words that stand for it: SDI refuses the file for it.

    values: of the document, by the names of their blanks
    """
    return told(control, path, Severity.FATAL, block.place if block is not None else "", **values)


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """The sum; what is missing counts as nothing, as the schema has already spoken."""
    return sum((amount for amount in amounts if amount is not None), ZERO)
