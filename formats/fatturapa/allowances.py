"""Allowances and charges of the document (BG-20, BG-21) as lines of their own.

DatiGeneraliDocumento/ScontoMaggiorazione would change the total alone and leave the taxable amounts as they are, so
an allowance is a line with TipoCessionePrestazione SC and a negative amount, a charge one with AC. A mark says that
such a line is ours, with what the line has no element for. Contributions to a pension fund are charges too, but have
an element of their own; the stamp duty that nobody is charged for (amount 0, reason code SAE) needs no line.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from formats.en16931 import AllowanceCharge, Invoice
from formats.en16931.money import ZERO
from formats.fatturapa.document import Block, Content
from formats.fatturapa.lines import marked_category, read_key
from formats.fatturapa.marks import Mark, amount_mark, read_marks, text_mark, write_marks
from formats.fatturapa.notebook import Notebook
from formats.fatturapa.vat import VatKey, category_of, rate_of
from formats.fatturapa.writing import VatPaths, Writing

# What the mark of an allowance without a reason code says.
NO_CODE: Final = "-"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: group, sign and TipoCessionePrestazione, its terms, and what it is called without a reason."""

    group: str
    sign: Decimal
    kind: str
    amount: str
    base: str
    percentage: str
    category: str
    rate: str
    reason: str
    reason_code: str
    called: str


ALLOWANCES: Final = Side(
    "BG-20", Decimal(-1), "SC", "BT-92", "BT-93", "BT-94", "BT-95", "BT-96", "BT-97", "BT-98", "Sconto"
)
CHARGES: Final = Side(
    "BG-21", Decimal(1), "AC", "BT-99", "BT-100", "BT-101", "BT-102", "BT-103", "BT-104", "BT-105", "Spese accessorie"
)


def sides(invoice: Invoice) -> Iterator[tuple[Side, int, AllowanceCharge]]:
    """Every allowance and charge with its side and its position counted from 1."""
    for side, several in ((ALLOWANCES, invoice.allowances), (CHARGES, invoice.charges)):
        for position, one in enumerate(several, 1):
            yield side, position, one


def write_allowance(one: AllowanceCharge, number: int, position: int, side: Side, writing: Writing) -> Content:
    """One DettaglioLinee for an allowance or a charge."""
    at = f"{side.group}[{position}]"
    manifest = writing.manifest
    key = writing.key(one.vat_category, one.vat_rate)
    marks: list[Mark] = list(text_mark(side.group, f"{at}/{side.reason_code}", one.reason_code, manifest))
    marks = marks or [(side.group, NO_CODE)]
    marks += amount_mark(side.base, f"{at}/{side.base}", one.base, manifest)
    marks += amount_mark(side.percentage, f"{at}/{side.percentage}", one.percentage, manifest)
    marks += writing.vat(one.vat_category, one.vat_rate, key, VatPaths(f"{at}/{side.category}", f"{at}/{side.rate}"))
    amount = (manifest.amount(f"{at}/{side.amount}", one.amount, 8) or ZERO) * side.sign
    reason = manifest.text(f"{at}/{side.reason}", one.reason, "String1000LatinType")
    if reason == side.called:
        manifest.leave(f"{at}/{side.reason}", "Descrizione says this where there is no reason.")
    return {
        "NumeroLinea": number,
        "TipoCessionePrestazione": side.kind,
        "Descrizione": reason or side.called,
        "PrezzoUnitario": amount,
        "PrezzoTotale": amount,
        "AliquotaIVA": key.rate,
        "Natura": key.nature,
        "AltriDatiGestionali": list(write_marks(marks)),
    }


def side_of(line: Block, is_ours: bool) -> Side | None:
    """Whether a line is an allowance or charge of the document that this gateway wrote as a line."""
    kind = line.text("TipoCessionePrestazione") if is_ours else None
    if kind is None:
        return None
    terms = {term for term, _ in read_marks(line)}
    return next((side for side in (ALLOWANCES, CHARGES) if side.group in terms and side.kind == kind), None)


def read_allowance(
    line: Block, side: Side, position: int, split_payment: bool, notebook: Notebook
) -> tuple[VatKey, AllowanceCharge]:
    """The allowance or charge that such a line stands for, with its place in the VAT breakdown."""
    at = f"{side.group}[{position}]"
    marks = read_marks(line)
    said = dict(marks)
    key = read_key(line, f"{at}/{side.rate}", f"{at}/{side.category}", notebook)
    category = marked_category(marks) or category_of(key, split_payment)
    notebook.stood(f"{at}/{side.category}", line.first("Natura") or line.first("AliquotaIVA"))
    reason = notebook.text(f"{at}/{side.reason}", line, "Descrizione")
    amount = notebook.amount(f"{at}/{side.amount}", line, "PrezzoTotale")
    for name in ("NumeroLinea", "PrezzoUnitario"):
        line.text(name)
    code = str(said[side.group])
    return key, AllowanceCharge(
        amount=amount * side.sign if amount is not None else None,
        base=_decimal(said.get(side.base)),
        percentage=_decimal(said.get(side.percentage)),
        vat_category=category,
        vat_rate=rate_of(category, key),
        reason=None if reason == side.called else reason,
        reason_code=None if code == NO_CODE else code,
    )


def _decimal(value: Decimal | str | None) -> Decimal | None:
    return value if isinstance(value, Decimal) else None
