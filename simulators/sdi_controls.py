"""SDI's controls on the content of an invoice that can be decided from the document alone (Elenco controlli 2.0).

Written from the list of controls, not from the gateway's checks: a second opinion on what the gateway lets through.
Controls that need a register (tax ids, IPA, VAT groups) are played by the script. The tables of FSM10, the simplified
invoice, are those rows that name no ordinary block.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from lxml.etree import _Element as Element

from simulators.fattura import ZERO, Lot, day, document_type, funds, general, lines, number, rated, summaries, text

ROME = ZoneInfo("Europe/Rome")
CENT, EURO = Decimal("0.01"), Decimal("1.00")
GENERIC_NATURES = ("N2", "N3", "N6")
NOT_TO_ONESELF = frozenset(
    ["TD01", "TD02", "TD03", "TD06", "TD16", "TD17", "TD18", "TD19", "TD20", "TD24", "TD25", "TD28", "TD29"]
)
TO_ONESELF = frozenset({"TD21", "TD27"})
BUYER_NEEDS_VAT = frozenset(["TD16", "TD17", "TD18", "TD19", "TD20", "TD22", "TD23", "TD28", "TD29"])


@dataclass(frozen=True)
class Failure:
    """One broken control, as the notice shows it."""

    code: str
    text: str
    hint: str = ""


# --- controls on the header ---------------------------------------------------------------------------------------


def buyer_has_an_id(lot: Lot) -> bool:
    return bool(lot.party("CessionarioCommittente")[1] or lot.buyer_tax_code())


def foreign_code_has_foreign_buyer(lot: Lot) -> bool:
    country, vat = lot.party("CessionarioCommittente")
    return lot.header("DatiTrasmissione/CodiceDestinatario") != "XXXXXXX" or (bool(vat) and country != "IT")


def mailbox_is_not_of_sdi(lot: Lot) -> bool:
    mailbox = lot.header("DatiTrasmissione/PECDestinatario").lower()
    return not (mailbox.startswith("sdi") and mailbox.endswith("@pec.fatturapa.it"))


def code_length_fits_format(lot: Lot) -> bool:
    wanted = 6 if lot.header("DatiTrasmissione/FormatoTrasmissione") == "FPA12" else 7
    return len(lot.header("DatiTrasmissione/CodiceDestinatario")) == wanted


def format_equals_version(lot: Lot) -> bool:
    return lot.header("DatiTrasmissione/FormatoTrasmissione") == lot.root.get("versione")


def one_party_is_italian(lot: Lot) -> bool:
    seller, buyer = lot.party("CedentePrestatore")[0], lot.party("CessionarioCommittente")[0]
    return "" in (seller, buyer) or "IT" in (seller, buyer)


def no_invoice_twice_in_the_lot(lot: Lot) -> bool:
    keys = [(general(body, "Numero"), general(body, "Data")[:4], document_type(body) == "TD04") for body in lot.bodies]
    return len(set(keys)) == len(keys)


# --- controls on a body ---------------------------------------------------------------------------------------------


def date_is_not_to_come(lot: Lot, body: Element) -> bool:
    found = day(general(body, "Data"))
    return found is None or found <= lot.received.astimezone(ROME).date()


def number_has_a_digit(_: Lot, body: Element) -> bool:
    return any(sign.isdigit() for sign in general(body, "Numero"))


def credit_note_is_not_older(_: Lot, body: Element) -> bool:
    if document_type(body) not in ("TD04", "TD08"):
        return True
    own = day(general(body, "Data"))
    linked = [day(text(entry, "Data")) for entry in body.findall("DatiGenerali/DatiFattureCollegate")]
    return own is None or all(found is None or found <= own for found in linked)


def line_without_tax_has_nature(_: Lot, body: Element) -> bool:
    return all(number(line, "AliquotaIVA") or text(line, "Natura") for line in lines(body))


def line_with_tax_has_none(_: Lot, body: Element) -> bool:
    taxed = (line for line in lines(body) if number(line, "AliquotaIVA"))
    return document_type(body) == "TD16" or not any(text(line, "Natura") for line in taxed)


def withholding_is_declared(_: Lot, body: Element) -> bool:
    is_declared = body.find("DatiGenerali/DatiGeneraliDocumento/DatiRitenuta") is not None
    return is_declared or not any(text(line, "Ritenuta") == "SI" for line in lines(body))


def fund_withholding_is_declared(_: Lot, body: Element) -> bool:
    is_declared = body.find("DatiGenerali/DatiGeneraliDocumento/DatiRitenuta") is not None
    return is_declared or not any(text(fund, "Ritenuta") == "SI" for fund in funds(body))


def fund_without_tax_has_nature(_: Lot, body: Element) -> bool:
    return all(number(fund, "AliquotaIVA") or text(fund, "Natura") for fund in funds(body))


def fund_with_tax_has_none(_: Lot, body: Element) -> bool:
    return not any(number(fund, "AliquotaIVA") and text(fund, "Natura") for fund in funds(body))


def every_rate_has_a_summary(_: Lot, body: Element) -> bool:
    wanted = {number(entry, "AliquotaIVA") for entry in [*lines(body), *funds(body)]}
    return wanted <= {number(summary, "AliquotaIVA") for summary in summaries(body)}


def every_summary_rate_is_used(_: Lot, body: Element) -> bool:
    used = {number(entry, "AliquotaIVA") for entry in [*lines(body), *funds(body)]}
    return {number(summary, "AliquotaIVA") for summary in summaries(body)} <= used


def natures_meet(_: Lot, body: Element) -> bool:
    used = {text(entry, "Natura") for entry in [*lines(body), *funds(body)]} - {""}
    return used == {text(summary, "Natura") for summary in summaries(body)} - {""}


def reverse_charge_is_not_split(_: Lot, body: Element) -> bool:
    split = (entry for entry in summaries(body) if text(entry, "EsigibilitaIVA") == "S")
    return not any(text(entry, "Natura").startswith("N6") for entry in split)


def tax_is_rate_times_base(_: Lot, body: Element) -> bool:
    def computed(entry: Element) -> Decimal:
        tax = number(entry, "AliquotaIVA") * number(entry, "ImponibileImporto") / 100
        return tax.quantize(CENT, ROUND_HALF_UP)

    return all(abs(number(entry, "Imposta") - computed(entry)) <= CENT for entry in summaries(body))


def bases_add_up(_: Lot, body: Element) -> bool:
    """00422, by rate: the bases, against lines, pension funds and rounding; document discounts play no part."""
    for rate in {number(entry, "AliquotaIVA") for entry in rated(body)}:
        of_rate = [entry for entry in rated(body) if number(entry, "AliquotaIVA") == rate]
        base = sum((number(entry, "ImponibileImporto") for entry in of_rate if entry.tag == "DatiRiepilogo"), ZERO)
        parts = sum((number(entry, "PrezzoTotale") for entry in of_rate), ZERO)
        parts += sum((number(entry, "ImportoContributoCassa") for entry in of_rate), ZERO)
        parts += sum((number(entry, "Arrotondamento") for entry in of_rate if entry.tag == "DatiRiepilogo"), ZERO)
        if abs(base - parts) > EURO:
            return False
    return True


def line_totals_are_right(_: Lot, body: Element) -> bool:
    def is_right(line: Element) -> bool:
        return any(abs(number(line, "PrezzoTotale") - total) <= CENT for total in _line_totals(line))

    return all(is_right(line) for line in lines(body))


def rates_are_percentages(_: Lot, body: Element) -> bool:
    return not any(ZERO < number(entry, "AliquotaIVA") < 1 for entry in rated(body))


def untaxed_summary_has_nature(_: Lot, body: Element) -> bool:
    return all(number(entry, "AliquotaIVA") or text(entry, "Natura") for entry in summaries(body))


def taxed_summary_has_none(_: Lot, body: Element) -> bool:
    taxed = (entry for entry in summaries(body) if number(entry, "AliquotaIVA"))
    return document_type(body) == "TD16" or not any(text(entry, "Natura") for entry in taxed)


def discounts_say_how_much(_: Lot, body: Element) -> bool:
    found = body.findall("DatiGenerali/DatiGeneraliDocumento/ScontoMaggiorazione")
    return all(text(entry, "Percentuale") or text(entry, "Importo") for entry in found)


def line_discounts_say_how_much(_: Lot, body: Element) -> bool:
    found = [entry for line in lines(body) for entry in line.findall("ScontoMaggiorazione")]
    return all(text(entry, "Percentuale") or text(entry, "Importo") for entry in found)


def natures_are_specific(_: Lot, body: Element) -> bool:
    goods = body.findall("DatiBeniServizi")
    return not any(text(entry, "Natura") in GENERIC_NATURES for entry in [*rated(body), *goods])


def seller_is_not_buyer(lot: Lot, body: Element) -> bool:
    return document_type(body) not in NOT_TO_ONESELF or not _same_party(lot)


def seller_is_buyer(lot: Lot, body: Element) -> bool:
    return document_type(body) not in TO_ONESELF or _same_party(lot)


def seller_country_fits_type(lot: Lot, body: Element) -> bool:
    kind, country = document_type(body), lot.party("CedentePrestatore")[0]
    if country == "IT":
        return kind not in ("TD17", "TD18", "TD19", "TD28")
    if country == "OO":
        return kind in ("TD17", "TD19")
    return kind != "TD29" and (kind != "TD28" or country == "SM")


def overrun_is_taxed(_: Lot, body: Element) -> bool:
    return document_type(body) != "TD21" or all(number(line, "AliquotaIVA") for line in lines(body))


def buyer_has_a_vat_id(lot: Lot, body: Element) -> bool:
    return document_type(body) not in BUYER_NEEDS_VAT or bool(lot.party("CessionarioCommittente")[1])


def _same_party(lot: Lot) -> bool:
    seller = lot.party("CedentePrestatore")
    return bool(seller[1]) and seller == lot.party("CessionarioCommittente")


def _line_totals(line: Element) -> Iterator[Decimal]:
    """(unit price, less or plus its adjustments one after the other) times quantity; no quantity means one.

    Where an adjustment has a percentage and an amount, or an amount below zero, the list of controls does not say how
    it counts: each reading is given.
    """
    quantity = number(line, "Quantita") if text(line, "Quantita") else Decimal(1)
    for reading in (_by_amount, _by_positive_amount, _by_percentage):
        price = number(line, "PrezzoUnitario")
        for entry in line.findall("ScontoMaggiorazione"):
            price += (-1 if text(entry, "Tipo") == "SC" else 1) * reading(entry, price)
        yield price * quantity


def _by_amount(entry: Element, price: Decimal) -> Decimal:
    return number(entry, "Importo") or price * number(entry, "Percentuale") / 100


def _by_positive_amount(entry: Element, price: Decimal) -> Decimal:
    return abs(number(entry, "Importo")) or price * number(entry, "Percentuale") / 100


def _by_percentage(entry: Element, price: Decimal) -> Decimal:
    return price * number(entry, "Percentuale") / 100 or number(entry, "Importo")


HEADER_CONTROLS: tuple[tuple[str, Callable[[Lot], bool], str], ...] = (
    (
        "00313",
        foreign_code_has_foreign_buyer,
        "CodiceDestinatario XXXXXXX con cessionario italiano o senza partita IVA",
    ),
    ("00330", mailbox_is_not_of_sdi, "PECDestinatario indica una casella del Sistema di Interscambio"),
    ("00409", no_invoice_twice_in_the_lot, "Fattura duplicata nel lotto"),
    ("00417", buyer_has_an_id, "Il cessionario non ha partita IVA né codice fiscale"),
    ("00427", code_length_fits_format, "La lunghezza di CodiceDestinatario non è quella del formato di trasmissione"),
    ("00428", format_equals_version, "FormatoTrasmissione non coincide con l'attributo versione"),
    ("00476", one_party_is_italian, "Cedente e cessionario sono entrambi esteri"),
)
BODY_CONTROLS: tuple[tuple[str, Callable[[Lot, Element], bool], str], ...] = (
    ("00400", line_without_tax_has_nature, "Riga con aliquota zero senza Natura"),
    ("00401", line_with_tax_has_none, "Riga con aliquota diversa da zero e con Natura"),
    ("00403", date_is_not_to_come, "La data del documento è successiva a quella di ricezione"),
    ("00411", withholding_is_declared, "Riga soggetta a ritenuta senza DatiRitenuta"),
    ("00413", fund_without_tax_has_nature, "Cassa previdenziale con aliquota zero senza Natura"),
    ("00414", fund_with_tax_has_none, "Cassa previdenziale con aliquota diversa da zero e con Natura"),
    ("00415", fund_withholding_is_declared, "Cassa soggetta a ritenuta senza DatiRitenuta"),
    ("00418", credit_note_is_not_older, "La data del documento precede quella della fattura collegata"),
    ("00419", every_rate_has_a_summary, "Manca il riepilogo di un'aliquota usata"),
    ("00420", reverse_charge_is_not_split, "Natura N6 con scissione dei pagamenti"),
    ("00421", tax_is_rate_times_base, "Imposta non calcolata secondo aliquota e imponibile"),
    ("00422", bases_add_up, "Imponibile del riepilogo diverso dalla somma delle righe"),
    ("00423", line_totals_are_right, "PrezzoTotale non calcolato secondo prezzo, sconti e quantità"),
    ("00424", rates_are_percentages, "Aliquota non espressa in percentuale"),
    ("00425", number_has_a_digit, "Il numero del documento non contiene cifre"),
    ("00429", untaxed_summary_has_nature, "Riepilogo con aliquota zero senza Natura"),
    ("00430", taxed_summary_has_none, "Riepilogo con aliquota diversa da zero e con Natura"),
    ("00437", discounts_say_how_much, "ScontoMaggiorazione del documento senza Percentuale né Importo"),
    ("00438", line_discounts_say_how_much, "ScontoMaggiorazione di riga senza Percentuale né Importo"),
    ("00443", every_summary_rate_is_used, "Il riepilogo riporta un'aliquota che nessuna riga usa"),
    ("00444", natures_meet, "Le nature di righe e riepilogo non coincidono"),
    ("00445", natures_are_specific, "Natura generica non più ammessa"),
    ("00471", seller_is_not_buyer, "Cedente uguale al cessionario per questo tipo di documento"),
    ("00472", seller_is_buyer, "Cedente diverso dal cessionario per questo tipo di documento"),
    ("00473", seller_country_fits_type, "Paese del cedente non ammesso per questo tipo di documento"),
    ("00474", overrun_is_taxed, "TD21 con una riga ad aliquota zero"),
    ("00475", buyer_has_a_vat_id, "Manca la partita IVA del cessionario per questo tipo di documento"),
)
ALSO_SIMPLIFIED = frozenset({"00403", "00425", "00445"})


def control(root: Element, received: datetime) -> Iterator[Failure]:
    """Every broken control, once each, in the order of the codes by header and body."""
    lot = Lot(root, received)
    for code, holds, words in HEADER_CONTROLS:
        if not holds(lot):
            yield Failure(code, words)
    for code, holds_in, words in BODY_CONTROLS:
        if lot.is_simplified and code not in ALSO_SIMPLIFIED:
            continue
        if not all(holds_in(lot, body) for body in lot.bodies):
            yield Failure(code, words)
