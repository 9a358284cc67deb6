"""One invoice of a FatturaPA file: its body, under the header that all bodies of the file share."""

from msgspec.structs import replace

from formats.en16931 import AllowanceCharge, Invoice, ItalianInvoice, Line, Provenance, Totals
from formats.en16931.money import ZERO
from formats.fatturapa.allowances import ALLOWANCES, read_allowance, side_of
from formats.fatturapa.attachments import read_attachments
from formats.fatturapa.buyer import read_buyer, read_tax_representative
from formats.fatturapa.delivery import read_delivery, read_despatch_advice
from formats.fatturapa.document import Block
from formats.fatturapa.funds import charge_of, read_funds, read_stamp_duty, read_withholdings
from formats.fatturapa.general import ISSUED_BY_BUYER, read_notes, read_type
from formats.fatturapa.lines import read_line
from formats.fatturapa.notebook import Notebook
from formats.fatturapa.payment import held_back, read_payee, read_payment, read_transferred
from formats.fatturapa.references import read_references
from formats.fatturapa.seller import read_seller
from formats.fatturapa.summary import is_split, read_summary, read_tax_point
from formats.fatturapa.totals import with_totals
from formats.fatturapa.transmission import read_transmission
from formats.fatturapa.vat import VatKey


def read_body(header: Block, body: Block, notebook: Notebook) -> tuple[Invoice, Provenance]:
    """The invoice of one FatturaElettronicaBody, and where each value stood."""
    goods = body.first("DatiBeniServizi")
    split_payment = is_split(goods)
    invoice = parties_of(header, notebook)
    general = body.first("DatiGenerali")
    if general is not None:
        issued_by_buyer = header.text("SoggettoEmittente") == ISSUED_BY_BUYER
        invoice = _with_head(invoice, general, issued_by_buyer, split_payment, notebook)
        invoice = _with_references(invoice, general, notebook)
    if goods is not None:
        invoice = _with_goods(invoice, goods, split_payment, notebook)
    invoice = replace(
        invoice,
        due_date=notebook.date("BT-9", body.first("DatiPagamento", "DettaglioPagamento"), "DataScadenzaPagamento"),
        payment=read_payment(body, notebook),
        payee=read_payee(body, notebook),
        supporting_documents=tuple(read_attachments(body, notebook)),
    )
    return _with_totals(invoice, body, split_payment, notebook)


def parties_of(header: Block, notebook: Notebook) -> Invoice:
    """An invoice that says who sells, who buys, and how the file found its way."""
    code, pec, address = read_transmission(header.first("DatiTrasmissione"), notebook)
    seller = header.first("CedentePrestatore")
    representative = header.first("RappresentanteFiscale") or header.first("CedentePrestatore", "RappresentanteFiscale")
    return Invoice(
        seller=read_seller(seller, notebook),
        accounting_reference=notebook.text("BT-19", seller, "RiferimentoAmministrazione"),
        buyer=read_buyer(header.first("CessionarioCommittente"), address, notebook),
        tax_representative=read_tax_representative(representative, notebook),
        italy=ItalianInvoice(recipient_code=code, recipient_pec=pec),
    )


def _with_head(
    invoice: Invoice, general: Block, issued_by_buyer: bool, split_payment: bool, notebook: Notebook
) -> Invoice:
    head = general.first("DatiGeneraliDocumento") or general
    type_code, document_type = read_type(general, issued_by_buyer, notebook)
    notes, payment_terms = read_notes(general, notebook)
    funds = read_funds(head, notebook)
    return replace(
        invoice,
        number=notebook.text("BT-1", head, "Numero"),
        issue_date=notebook.date("BT-2", head, "Data"),
        type_code=type_code,
        currency=notebook.text("BT-5", head, "Divisa"),
        payment_terms=payment_terms,
        notes=notes,
        charges=tuple(charge_of(fund, split_payment) for fund in funds),
        italy=replace(
            invoice.italy or ItalianInvoice(),
            document_type=document_type,
            split_payment=split_payment,
            stamp_duty=read_stamp_duty(head, notebook),
            withholdings=read_withholdings(head, notebook),
            pension_funds=funds,
        ),
    )


def _with_references(invoice: Invoice, general: Block, notebook: Notebook) -> Invoice:
    found = read_references(general, notebook)
    return replace(
        invoice,
        buyer_reference=found.buyer_reference,
        project_reference=found.project,
        contract_reference=found.contract,
        order_reference=found.order,
        receiving_advice_reference=found.receiving_advice,
        despatch_advice_reference=read_despatch_advice(general, notebook),
        tender_reference=found.tender,
        object_identifier=found.object_identifier,
        preceding_invoices=found.preceding_invoices,
        delivery=read_delivery(general, notebook),
        # The lines are read later; until then each is its number and the line of the order that it is about.
        lines=tuple(Line(identifier=number, order_line=item) for number, item in found.order_lines.items()),
        italy=replace(invoice.italy or ItalianInvoice(), cig=found.tender, cup=found.project),
    )


def _with_goods(invoice: Invoice, goods: Block, split_payment: bool, notebook: Notebook) -> Invoice:
    order_lines = {line.identifier: line.order_line for line in invoice.lines}
    lines: list[Line] = []
    allowances: list[AllowanceCharge] = []
    charges = list(invoice.charges)
    for position in range(1, len(charges) + 1):
        notebook.computed(f"BG-21[{position}]", "DatiCassaPrevidenziale")
    categories: dict[VatKey, str] = {}
    for block in goods.each("DettaglioLinee"):
        side = side_of(block, notebook.is_ours)
        if side is not None:
            several = allowances if side is ALLOWANCES else charges
            key, allowance = read_allowance(block, side, len(several) + 1, split_payment, notebook)
            several.append(allowance)
            categories.setdefault(key, allowance.vat_category or "")
            continue
        at = f"BG-25[{len(lines) + 1}]"
        key, line = read_line(block, at, split_payment, notebook)
        order_line = order_lines.get(line.identifier)
        if order_line is not None:
            notebook.stood(f"{at}/BT-132", block.first("NumeroLinea"))
        lines.append(replace(line, order_line=order_line))
        categories.setdefault(key, line.vat.category or "" if line.vat else "")
    return replace(
        invoice,
        lines=tuple(lines),
        allowances=tuple(allowances),
        charges=tuple(charges),
        vat_breakdown=read_summary(goods, categories, split_payment, notebook),
        tax_point_code=read_tax_point(goods, notebook),
    )


def _with_totals(invoice: Invoice, body: Block, split_payment: bool, notebook: Notebook) -> tuple[Invoice, Provenance]:
    head = body.first("DatiGenerali", "DatiGeneraliDocumento")
    stated = Totals(
        with_vat=notebook.amount("BG-22/BT-112", head, "ImportoTotaleDocumento"),
        rounding=notebook.amount("BG-22/BT-114", head, "Arrotondamento"),
    )
    taxes = [row.tax or ZERO for row in invoice.vat_breakdown if row.rate]
    held = held_back(invoice.italy.withholdings if invoice.italy else (), sum(taxes, ZERO) if split_payment else ZERO)
    return with_totals(invoice, stated, read_transferred(body), held, Provenance(notebook.places))
