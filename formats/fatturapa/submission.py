"""A file as SDI's controls look at it: its blocks, its form, and the words in which they name a place."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from formats.checking import Finding, Severity
from formats.en16931.money import ZERO
from formats.fatturapa.allowances import side_of
from formats.fatturapa.document import Block, blocks_of
from formats.fatturapa.elements import Form, form_of, ordinary
from formats.fatturapa.marks import OUR_SYSTEM

BODY = "FatturaElettronicaBody"


@dataclass(frozen=True, slots=True)
class Row:
    """A block that is under VAT (a line, a pension fund, a summary): its business path, rate and nature."""

    path: str
    block: Block
    rate: Decimal | None
    nature: str | None


@dataclass(frozen=True, slots=True)
class Submission:
    """One file. version: the attribute of the root. size: in bytes, as it is sent (with its envelope)."""

    form: Form
    root: Block
    version: str
    size: int
    is_ours: bool

    @property
    def is_ordinary(self) -> bool:
        """FPA12 or FPR12, not FSM10."""
        return self.form is ordinary()

    @property
    def header(self) -> Block:
        """What all bodies share; an empty block where it is missing (the schema says so)."""
        return self.root.first("FatturaElettronicaHeader") or self.root

    @property
    def bodies(self) -> Iterator[Block]:
        """One for each invoice."""
        return self.root.each(BODY)

    def rows(self, body: Block) -> Iterator[Row]:
        """The lines of a body. Allowances of the document that this gateway wrote as lines have paths of their own."""
        names = ("DatiBeniServizi", "DettaglioLinee") if self.is_ordinary else ("DatiBeniServizi",)
        counts = {"BG-25": 0, "BG-20": 0, "BG-21": 0}
        for block in body.each(*names):
            side = side_of(block, self.is_ours) if self.is_ordinary else None
            group = side.group if side else "BG-25"
            counts[group] += 1
            rate = block.amount("AliquotaIVA") if self.is_ordinary else block.amount("DatiIVA", "Aliquota")
            yield Row(f"{group}[{counts[group]}]", block, rate, block.text("Natura"))


def submission_of(root: etree._Element, size: int) -> Submission | None:
    """A parsed file for the controls, None where it is no FatturaPA."""
    form = form_of(str(root.tag))
    if form is None:
        return None
    is_ours = root.get("SistemaEmittente") == OUR_SYSTEM
    return Submission(form, blocks_of(root), root.get("versione") or "", size, is_ours)


def funds_of(body: Block) -> Iterator[Row]:
    """The contributions to pension funds of a body."""
    funds = body.each("DatiGenerali", "DatiGeneraliDocumento", "DatiCassaPrevidenziale")
    for position, block in enumerate(funds, 1):
        yield Row(f"IT-D/IT-8[{position}]", block, block.amount("AliquotaIVA"), block.text("Natura"))


def summaries_of(body: Block) -> Iterator[Row]:
    """The DatiRiepilogo of a body."""
    for position, block in enumerate(body.each("DatiBeniServizi", "DatiRiepilogo"), 1):
        yield Row(f"BG-23[{position}]", block, block.amount("AliquotaIVA"), block.text("Natura"))


def document_type_in(body: Block) -> str:
    """TDxx of a body, "" where it is missing."""
    return body.text("DatiGenerali", "DatiGeneraliDocumento", "TipoDocumento") or ""


def broken(control: str, path: str, block: Block | None, message: str, fix: str) -> Finding:
    """A broken control: SDI refuses the file for it."""
    return Finding(control, path, message, fix, Severity.FATAL, block.place if block is not None else "")


def total(amounts: Iterator[Decimal | None]) -> Decimal:
    """The sum; what is missing counts as nothing, as the schema has already spoken."""
    return sum((amount for amount in amounts if amount is not None), ZERO)
