"""Simplified invoices (FSM10, at most EUR 400): few terms, and amounts that include the VAT.

EN 16931 states amounts without VAT, so each line is divided: by the tax it states, else by its rate. What is divided
is marked as computed. A simplified invoice need not name its buyer.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from formats.en16931 import (
    Invoice,
    ItalianInvoice,
    ItalianLine,
    Item,
    Line,
    LineVat,
    Note,
    PrecedingInvoice,
    Price,
    Provenance,
    StampDuty,
    Totals,
    VatBreakdown,
)
from formats.en16931.money import CENT, HUNDRED, ZERO, percentage_of, product, quotient, rounded
from formats.fatturapa.attachments import read_attachments
from formats.fatturapa.body import parties_of
from formats.fatturapa.codes import nature, type_code_of
from formats.fatturapa.document import Block
from formats.fatturapa.general import ISSUED_BY_BUYER
from formats.fatturapa.notebook import Notebook
from formats.fatturapa.totals import with_totals
from formats.fatturapa.vat import VatKey, category_of, rate_of

_ONE: Final = Decimal(1)
# The rates of Italy: where a line states the tax alone, the rate is the one that makes it.
_RATES: Final = tuple(map(Decimal, (22, 10, 5, 4)))
_DIVIDED: Final = "Importo less its VAT"


@dataclass(frozen=True, slots=True)
class Divided:
    """A line whose amount was divided into net and tax, and the reason why it has none."""

    line: Line
    key: VatKey
    net: Decimal
    tax: Decimal
    reason: str | None


def read_simplified(header: Block, body: Block, notebook: Notebook) -> tuple[Invoice, Provenance]:
    """The invoice of one body of a simplified file."""
    invoice = parties_of(header, notebook)
    general = body.first("DatiGenerali") or body
    head = general.first("DatiGeneraliDocumento") or general
    code = notebook.text("IT-D/IT-1", head, "TipoDocumento")
    is_self_billed = header.text("SoggettoEmittente") == ISSUED_BY_BUYER
    divided = [_divided(block, position, notebook) for position, block in enumerate(body.each("DatiBeniServizi"), 1)]
    correction = general.first("DatiFatturaRettificata")
    if code is not None:
        notebook.stood("BT-3", head.first("TipoDocumento"))
    invoice = replace(
        invoice,
        number=notebook.text("BT-1", head, "Numero"),
        issue_date=notebook.date("BT-2", head, "Data"),
        type_code=type_code_of(code, is_self_billed) if code else None,
        currency=notebook.text("BT-5", head, "Divisa"),
        notes=_read_notes(correction, notebook),
        preceding_invoices=_read_preceding(correction, notebook),
        lines=tuple(one.line for one in divided),
        vat_breakdown=tuple(_breakdown(divided, notebook)),
        supporting_documents=tuple(read_attachments(body, notebook)),
        italy=replace(
            invoice.italy or ItalianInvoice(),
            document_type=code,
            stamp_duty=StampDuty() if head.text("BolloVirtuale") else None,
        ),
    )
    total = sum((one.net + one.tax for one in divided), ZERO)
    notebook.computed("BG-22/BT-112", "sum of Importo")
    return with_totals(invoice, Totals(with_vat=total), None, ZERO, Provenance(notebook.places))


def _read_notes(correction: Block | None, notebook: Notebook) -> tuple[Note, ...]:
    """What of the invoice is corrected, in words."""
    text = notebook.text("BG-1[1]/BT-22", correction, "ElementiRettificati")
    return (Note(text=text),) if text else ()


def _read_preceding(correction: Block | None, notebook: Notebook) -> tuple[PrecedingInvoice, ...]:
    one = PrecedingInvoice(
        number=notebook.text("BG-3[1]/BT-25", correction, "NumeroFR"),
        issue_date=notebook.date("BG-3[1]/BT-26", correction, "DataFR"),
    )
    return (one,) if one != PrecedingInvoice() else ()


def _divided(block: Block, position: int, notebook: Notebook) -> Divided:
    at = f"BG-25[{position}]"
    gross = notebook.amount(f"{at}/BT-131", block, "Importo") or ZERO
    stated_tax = block.amount("DatiIVA", "Imposta")
    code = notebook.text(f"{at}/IT-L/IT-40", block, "Natura")
    rate = notebook.amount(f"{at}/BG-30/BT-152", block, "DatiIVA", "Aliquota")
    if rate is None:
        rate = _rate_behind(gross, stated_tax)
        notebook.computed(f"{at}/BG-30/BT-152", "the rate that makes Imposta of Importo")
    net = gross - stated_tax if stated_tax is not None else rounded(quotient(product(gross, HUNDRED), HUNDRED + rate))
    key = VatKey(rate, code)
    category = category_of(key, split_payment=False)
    notebook.stood(f"{at}/BG-30/BT-151", block.first("Natura") or block.first("DatiIVA"))
    for term in ("BT-129", "BT-130"):
        notebook.computed(f"{at}/{term}", "one: simplified invoices state no quantity")
    for term in ("BT-131", "BG-29/BT-146"):
        notebook.computed(f"{at}/{term}", _DIVIDED)
    name = notebook.text(f"{at}/BG-31/BT-153", block, "Descrizione")
    notebook.computed(f"{at}/BT-126", "counted")
    line = Line(
        identifier=str(position),
        quantity=_ONE if net >= 0 else -_ONE,
        unit="C62",
        net_amount=net,
        price=Price(net=abs(net)),
        vat=LineVat(category=category, rate=rate_of(category, key)),
        item=Item(name=name),
        italy=ItalianLine(nature=code) if code else None,
    )
    return Divided(line, key, net, gross - net, block.text("RiferimentoNormativo"))


def _rate_behind(gross: Decimal, tax: Decimal | None) -> Decimal:
    """The rate that makes this tax; one of Italy's, else the one that comes out."""
    net = gross - (tax or ZERO)
    if not tax or not net:
        return ZERO
    usual = (rate for rate in _RATES if abs(percentage_of(net, rate) - tax) <= CENT)
    return next(usual, rounded(quotient(product(tax, HUNDRED), net)))


def _breakdown(divided: Iterable[Divided], notebook: Notebook) -> Iterator[VatBreakdown]:
    groups: dict[VatKey, list[Divided]] = {}
    for one in divided:
        groups.setdefault(one.key, []).append(one)
    for position, (key, several) in enumerate(groups.items(), 1):
        notebook.computed(f"BG-23[{position}]", "sum of the lines")
        known = nature(key.nature)
        category = category_of(key, split_payment=False)
        yield VatBreakdown(
            taxable=sum((one.net for one in several), ZERO),
            tax=sum((one.tax for one in several), ZERO),
            category=category,
            rate=rate_of(category, key),
            exemption_reason=next((one.reason for one in several if one.reason), None),
            exemption_code=known.exemption_code if known else None,
        )
