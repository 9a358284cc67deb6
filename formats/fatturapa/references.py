"""References to other documents (BT-10 to BT-18, BT-132, BG-3) as the DatiDocumentiCorrelati blocks of 2.1.

Each block needs a number (IdDocumento); where only a tender or project code, or a line of an order, is known, the
block says ND (non disponibile). CIG and CUP stand with the contract, else with the order.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from formats.en16931 import Identifier, Invoice, ItalianInvoice, PrecedingInvoice
from formats.fatturapa.document import Block, Content
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook

NO_NUMBER: Final = "ND"
FRAMEWORK_AGREEMENT: Final = "AVV"
_RELATED: Final = (
    "DatiContratto",
    "DatiOrdineAcquisto",
    "DatiConvenzione",
    "DatiRicezione",
    "DatiFattureCollegate",
)


@dataclass(slots=True)
class References:
    """What the reader finds in these blocks."""

    buyer_reference: str | None = None
    project: str | None = None
    contract: str | None = None
    order: str | None = None
    receiving_advice: str | None = None
    tender: str | None = None
    object_identifier: Identifier | None = None
    preceding_invoices: tuple[PrecedingInvoice, ...] = ()
    order_lines: dict[str, str] = field(default_factory=dict)


def write_references(invoice: Invoice, numbers: Sequence[int], manifest: Manifest) -> dict[str, list[Content]]:
    """The blocks by their element. numbers: NumeroLinea of each line."""
    contract = _number("BT-12", invoice.contract_reference, manifest)
    order = _number("BT-13", invoice.order_reference, manifest)
    framework = _framework_agreement(invoice.object_identifier, manifest)
    receipt = _number("BT-15", invoice.receiving_advice_reference, manifest)
    buyer_reference = manifest.text("BT-10", invoice.buyer_reference, "String100LatinType")
    codes = _public_codes(invoice, manifest)
    with_order = {"CodiceCommessaConvenzione": buyer_reference} if buyer_reference else {}
    if codes and order and not contract:
        with_order, codes = with_order | codes, {}
    return {
        "DatiOrdineAcquisto": [
            *_block(order, with_order),
            *_order_lines(invoice, order, numbers, manifest),
        ],
        "DatiContratto": list(_block(contract, codes)),
        "DatiConvenzione": list(_block(framework, {})),
        "DatiRicezione": list(_block(receipt, {})),
        "DatiFattureCollegate": list(_preceding_invoices(invoice.preceding_invoices, manifest)),
    }


def _number(path: str, value: str | None, manifest: Manifest) -> str | None:
    """A number is never shortened: another number would stand there."""
    if value == NO_NUMBER:
        manifest.leave(path, f"{NO_NUMBER} says that there is no number.")
        return None
    return manifest.code(path, value, "String20Type")


def _block(number: str | None, details: Mapping[str, str]) -> Iterator[Content]:
    if number or details:
        yield {"IdDocumento": number or NO_NUMBER, **details}


def _public_codes(invoice: Invoice, manifest: Manifest) -> dict[str, str]:
    """CIG and CUP: of the Italian extension (IT-3, IT-4), else of the tender and project reference (BT-17, BT-11)."""
    italy = invoice.italy or ItalianInvoice()
    codes: dict[str, str] = {}
    for name, at, own, term, reference in (
        ("CodiceCUP", "IT-D/IT-4", italy.cup, "BT-11", invoice.project_reference),
        ("CodiceCIG", "IT-D/IT-3", italy.cig, "BT-17", invoice.tender_reference),
    ):
        code = manifest.code(at, own, "String15Type") or manifest.code(term, reference, "String15Type")
        if code is not None:
            codes[name] = code
        if code is not None and reference == code:
            manifest.take(term)
    return codes


def _framework_agreement(identifier: Identifier | None, manifest: Manifest) -> str | None:
    if identifier is None or identifier.scheme != FRAMEWORK_AGREEMENT or identifier.scheme_version:
        return None
    return _number("BT-18", identifier.value, manifest)


def _order_lines(invoice: Invoice, order: str | None, numbers: Sequence[int], manifest: Manifest) -> Iterator[Content]:
    for position, (line, number) in enumerate(zip(invoice.lines, numbers, strict=True), 1):
        item = manifest.code(f"BG-25[{position}]/BT-132", line.order_line, "String20Type")
        if item is not None:
            yield {"RiferimentoNumeroLinea": number, "IdDocumento": order or NO_NUMBER, "NumItem": item}


def _preceding_invoices(several: Sequence[PrecedingInvoice], manifest: Manifest) -> Iterator[Content]:
    for position, one in enumerate(several, 1):
        number = _number(f"BG-3[{position}]/BT-25", one.number, manifest)
        if number is not None:
            yield {"IdDocumento": number, "Data": manifest.date(f"BG-3[{position}]/BT-26", one.issue_date)}


def read_references(general: Block, notebook: Notebook) -> References:
    """What the blocks say; of several numbers of one kind the first is taken, the others are left over."""
    found = References(
        contract=_read_number("BT-12", general, "DatiContratto", notebook),
        order=_read_number("BT-13", general, "DatiOrdineAcquisto", notebook),
        receiving_advice=_read_number("BT-15", general, "DatiRicezione", notebook),
        preceding_invoices=tuple(_read_preceding_invoices(general, notebook)),
        order_lines=dict(_read_order_lines(general)),
    )
    framework = _read_number("BT-18", general, "DatiConvenzione", notebook)
    found.object_identifier = Identifier(framework, FRAMEWORK_AGREEMENT) if framework else None
    found.buyer_reference = notebook.text("BT-10", general, "DatiOrdineAcquisto", "CodiceCommessaConvenzione")
    found.project = _read_public_code("CodiceCUP", ("BT-11", "IT-D/IT-4"), general, notebook)
    found.tender = _read_public_code("CodiceCIG", ("BT-17", "IT-D/IT-3"), general, notebook)
    return found


def _read_number(path: str, general: Block, name: str, notebook: Notebook) -> str | None:
    """The first number, and its repetitions."""
    first: str | None = None
    for block in general.each(name):
        leaf = block.first("IdDocumento")
        number = leaf.peek() if leaf is not None else None
        if first is None and number != NO_NUMBER:
            first = notebook.text(path, block, "IdDocumento")
        elif number in (first, NO_NUMBER):
            block.text("IdDocumento")
    return first


def _read_order_lines(general: Block) -> Iterator[tuple[str, str]]:
    """The line of the order that each of our lines is about."""
    for block in general.each("DatiOrdineAcquisto"):
        lines = [line.raw_text.strip() for line in block.each("RiferimentoNumeroLinea")]
        item = block.text("NumItem") if lines else None
        if item is not None:
            yield from ((line, item) for line in lines)


def _read_public_code(name: str, paths: tuple[str, str], general: Block, notebook: Notebook) -> str | None:
    first: str | None = None
    for group in _RELATED:
        for block in general.each(group):
            leaf = block.first(name)
            if leaf is None or (first is not None and leaf.peek() != first):
                continue
            first = block.text(name)
            for path in paths:
                notebook.stood(path, leaf)
    return first


def _read_preceding_invoices(general: Block, notebook: Notebook) -> Iterator[PrecedingInvoice]:
    for position, block in enumerate(general.each("DatiFattureCollegate"), 1):
        yield PrecedingInvoice(
            number=notebook.text(f"BG-3[{position}]/BT-25", block, "IdDocumento"),
            issue_date=notebook.date(f"BG-3[{position}]/BT-26", block, "Data"),
        )
