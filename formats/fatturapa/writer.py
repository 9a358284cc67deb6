"""Writes an invoice as FatturaPA: FPA12 to a public body, FPR12 to anybody else, schema 1.2.3.

What the format has no place for, or takes only changed, is in `Written.not_carried`, with the reason. What cannot be
written without inventing something is a `CannotWrite` (requirements.py). The controls of SDI are another matter: they
run on the written bytes (checks.py).
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from formats.checking import Finding, run
from formats.contract import NO_OPTIONS, CannotWrite, NotCarried, Options, Written
from formats.en16931 import Buyer, Invoice, Provenance, Seller, Totals
from formats.en16931.money import ZERO
from formats.fatturapa.allowances import CHARGES, sides, write_allowance
from formats.fatturapa.attachments import write_attachments
from formats.fatturapa.buyer import write_buyer, write_tax_representative
from formats.fatturapa.credit import as_credit_note, is_credit_in_disguise
from formats.fatturapa.delivery import write_delivery, write_despatch_advice
from formats.fatturapa.document import Content, serialized
from formats.fatturapa.elements import fits, ordinary
from formats.fatturapa.funds import funds_among_charges, needs_no_line
from formats.fatturapa.general import ISSUED_BY_BUYER, is_issued_by_buyer, write_general
from formats.fatturapa.lines import line_numbers, write_line
from formats.fatturapa.marks import OUR_SYSTEM
from formats.fatturapa.payment import held_back, write_payment
from formats.fatturapa.references import write_references
from formats.fatturapa.requirements import REQUIREMENTS
from formats.fatturapa.seller import write_seller
from formats.fatturapa.summary import write_summary
from formats.fatturapa.telling import told
from formats.fatturapa.totals import take_totals, with_totals
from formats.fatturapa.transmission import (
    TO_PRIVATE,
    TO_PUBLIC_BODY,
    Transmission,
    transmission_of,
    write_transmission,
)
from formats.fatturapa.writing import Writing, writing_of

_ONE_ACCOUNT: Final = "DettaglioPagamento holds one account, and stands only beside a means of payment (BT-81)."
_NO_FILE: Final = "Allegati holds files; without one there is nothing to write."
_INCOMPLETE_ADDRESS: Final = "IndirizzoResa needs street, city and country."
# Why these terms stay behind, where there is more to say than that no element exists.
_REASONS: Final = {
    "BT-11": "CodiceCUP says the code of the Italian extension (IT-4).",
    "BT-17": "CodiceCIG says the code of the Italian extension (IT-3).",
    "BT-24": "FatturaPA names its own version.",
    "BT-26": "It would stand beside the number of the invoice, which does not fit.",
    "BT-29": "FatturaPA knows EORI codes and professional registers alone (prefix EORI: or ALBO:).",
    "BT-30": "FatturaPA knows Italian fiscal codes alone (scheme 0210).",
    "BT-32": "FatturaPA knows Italian fiscal codes alone.",
    "BT-46": "FatturaPA knows EORI codes alone (prefix EORI:).",
    "BT-47": "FatturaPA knows Italian fiscal codes alone (scheme 0210).",
    "BT-49": "SDI knows office codes (0201), certified mail (0202) and recipient codes (0205) alone.",
    "BT-59": "Beneficiario stands in DatiPagamento, which needs a means of payment (BT-81).",
    **dict.fromkeys(("BT-75", "BT-76", "BT-77", "BT-78", "BT-79", "BT-80"), _INCOMPLETE_ADDRESS),
    "BT-82": "ModalitaPagamento is a code and says nothing beside it.",
    **dict.fromkeys(("BT-83", "BT-84", "BT-86"), _ONE_ACCOUNT),
    **dict.fromkeys(("BT-122", "BT-123"), _NO_FILE),
    "BT-124": "Allegati holds files, not their addresses.",
    "BT-150": "A price is of one unit of the quantity.",
}


def write(invoice: Invoice, options: Options = NO_OPTIONS) -> Written:
    """The invoice as a FatturaPA document.

    options: transmission_format (FPA12, FPR12), recipient_code, recipient_pec, transmitter_country, transmitter_code,
             progressive (ProgressivoInvio); each wins over what the invoice says or implies
    Raises CannotWrite where something is missing that cannot be left out.
    """
    transmission = transmission_of(invoice, options)
    fatal = (*run(REQUIREMENTS, invoice).fatal, *_wrong_transmission(transmission))
    if fatal:
        raise CannotWrite(fatal)
    turned = is_credit_in_disguise(invoice)
    stated = as_credit_note(invoice) if turned else invoice
    writing = writing_of(stated)
    content: Content = {
        "FatturaElettronicaHeader": _header(stated, transmission, writing),
        "FatturaElettronicaBody": _body(stated, writing),
    }
    not_carried = list(writing.manifest.not_carried(stated, _REASONS.items()))
    if turned:
        reason = "It comes to less than nothing, so it is a credit note (TD04), every amount with the opposite sign."
        not_carried.insert(0, NotCarried("BT-3", str(invoice.type_code), reason))
    return Written(serialized(ordinary(), transmission.format, OUR_SYSTEM, content), tuple(not_carried))


def _wrong_transmission(transmission: Transmission) -> Iterator[Finding]:
    """Values for DatiTrasmissione that the schema does not take."""
    pec = transmission.recipient_pec
    code = transmission.recipient_code
    for path, element, value, is_right in (
        ("IT-D/IT-5", "CodiceDestinatario", code, fits(code, "CodiceDestinatarioType")),
        ("IT-D/IT-6", "PECDestinatario", pec, pec is None or fits(pec, "EmailType")),
        ("", "FormatoTrasmissione", transmission.format, transmission.format in (TO_PUBLIC_BODY, TO_PRIVATE)),
        ("", "ProgressivoInvio", transmission.progressive, fits(transmission.progressive, "String10Type")),
        ("", "IdPaese", transmission.country, fits(transmission.country, "NazioneType")),
        ("", "IdCodice", transmission.code, fits(transmission.code, "CodiceType")),
    ):
        if not is_right:
            yield told("GW-IT-TRANSMISSION", path, value=value, element=element)


def _header(invoice: Invoice, transmission: Transmission, writing: Writing) -> Content:
    manifest = writing.manifest
    return {
        "DatiTrasmissione": write_transmission(transmission, invoice, manifest),
        "CedentePrestatore": write_seller(invoice, invoice.seller or Seller(), manifest),
        "RappresentanteFiscale": write_tax_representative(invoice.tax_representative, manifest),
        "CessionarioCommittente": write_buyer(invoice.buyer or Buyer(), manifest),
        "SoggettoEmittente": ISSUED_BY_BUYER if is_issued_by_buyer(invoice) else None,
    }


def _body(invoice: Invoice, writing: Writing) -> Content:
    manifest = writing.manifest
    numbers = line_numbers([line.identifier for line in invoice.lines])
    summary = list(write_summary(invoice, writing))
    vat_to_state = _vat_to_state(summary)
    stated = _stated_totals(invoice)
    held = held_back(invoice.italy.withholdings if invoice.italy else (), vat_to_state)
    due = stated.due if stated.due is not None else ZERO
    payment = write_payment(invoice, due, held, manifest)
    _take_totals(invoice, stated, due - held if payment is not None else None, held, writing)
    return {
        "DatiGenerali": {
            "DatiGeneraliDocumento": {
                **write_general(invoice, writing),
                "ImportoTotaleDocumento": stated.with_vat,
                "Arrotondamento": stated.rounding,
            },
            **write_references(invoice, numbers, manifest),
            "DatiDDT": write_despatch_advice(invoice, manifest),
            "DatiTrasporto": write_delivery(invoice.delivery, manifest),
        },
        "DatiBeniServizi": {
            "DettaglioLinee": [*_lines(invoice, numbers, writing), *_allowances(invoice, numbers, writing)],
            "DatiRiepilogo": summary,
        },
        "DatiPagamento": payment,
        "Allegati": list(write_attachments(invoice.supporting_documents, manifest)),
    }


def _lines(invoice: Invoice, numbers: list[int], writing: Writing) -> Iterator[Content]:
    for position, (line, number) in enumerate(zip(invoice.lines, numbers, strict=True), 1):
        yield write_line(line, number, f"BG-25[{position}]", writing)


def _allowances(invoice: Invoice, numbers: list[int], writing: Writing) -> Iterator[Content]:
    """The lines that stand for BG-20 and BG-21, numbered with what the invoice's own lines leave free."""
    contributions = funds_among_charges(invoice)
    taken = set(numbers)
    free = (number for number in range(1, 2 * len(numbers) + len(list(sides(invoice))) + 1) if number not in taken)
    for side, position, one in sides(invoice):
        if side is CHARGES and (position - 1 in contributions or needs_no_line(one)):
            continue
        yield write_allowance(one, next(free), position, side, writing)


def _vat_to_state(summary: list[Content]) -> Decimal:
    """The VAT that the buyer pays to the state."""
    return sum((_tax(row) for row in summary if row["EsigibilitaIVA"] == "S"), ZERO)


def _tax(row: Content) -> Decimal:
    tax = row["Imposta"]
    return tax if isinstance(tax, Decimal) else ZERO


def _stated_totals(invoice: Invoice) -> Totals:
    """The totals; those that are left out follow from the others."""
    complete, _ = with_totals(invoice, invoice.totals or Totals(), None, ZERO, Provenance())
    return complete.totals or Totals()


def _take_totals(
    invoice: Invoice, stated: Totals, transferred: Decimal | None, held: Decimal, writing: Writing
) -> None:
    said = Totals(with_vat=stated.with_vat, rounding=stated.rounding)
    read, _ = with_totals(invoice, said, transferred, held, Provenance())
    take_totals(invoice.totals or Totals(), read.totals or Totals(), writing.manifest)
