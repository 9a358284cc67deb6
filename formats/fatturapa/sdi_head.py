"""Controls of SDI on transmission, parties and the head of each document (Elenco controlli 2.0, code by code)."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from formats.checking import Finding, Severity, check
from formats.fatturapa.document import Block
from formats.fatturapa.submission import Body, Submission, broken
from formats.fatturapa.transmission import FOREIGN_RECIPIENT, TO_PUBLIC_BODY

# SDI says 5 MB without saying of which kind, so the smaller one.
MOST_BYTES: Final = 5_000_000
_SDI_MAILBOX: Final = re.compile(r"sdi\d+@pec\.fatturapa\.it", re.IGNORECASE)
_CREDIT_NOTES: Final = frozenset({"TD04", "TD08"})
_OF_ANOTHER_SELLER: Final = frozenset(
    ["TD01", "TD02", "TD03", "TD06", "TD07", "TD16", "TD17", "TD18", "TD19", "TD20", "TD24", "TD25", "TD28", "TD29"]
)
_OF_ONESELF: Final = frozenset({"TD21", "TD27"})
_FOREIGN_SELLER: Final = frozenset({"TD17", "TD18", "TD19"})
_STATELESS_SELLER: Final = frozenset({"TD17", "TD19"})
_BUYER_WITH_VAT_ID: Final = frozenset(["TD16", "TD17", "TD18", "TD19", "TD20", "TD22", "TD23", "TD28", "TD29"])


def _seller(file: Submission) -> Block | None:
    names = ("CedentePrestatore", "DatiAnagrafici") if file.is_ordinary else ("CedentePrestatore",)
    return file.header.first(*names)


def _buyer(file: Submission) -> Block | None:
    return file.header.first(
        "CessionarioCommittente", "DatiAnagrafici" if file.is_ordinary else "IdentificativiFiscali"
    )


def _vat_id(party: Block | None) -> tuple[str, str] | None:
    """Country and number, None where the party states none."""
    number = party.text("IdFiscaleIVA", "IdCodice") if party is not None else None
    if party is None or number is None:
        return None
    return party.text("IdFiscaleIVA", "IdPaese") or "", number


@check("00003")
def file_is_small_enough(file: Submission) -> Iterator[Finding]:
    """At most 5 MB."""
    if file.size > MOST_BYTES:
        yield broken("00003", "BG-24", None, size=f"{file.size:,}", most=f"{MOST_BYTES:,}")


@check("00313")
def foreign_recipient_has_a_foreign_vat_id(file: Submission) -> Iterator[Finding]:
    """XXXXXXX is for buyers abroad, with their VAT identifier."""
    code = file.header.first("DatiTrasmissione", "CodiceDestinatario")
    vat_id = _vat_id(_buyer(file))
    if code is not None and code.peek() == FOREIGN_RECIPIENT and (vat_id is None or vat_id[0] == "IT"):
        yield broken("00313", "BG-7/BT-49", code, recipient_code=code.peek(), vat_id=" ".join(vat_id or ("—",)))


@check("00330")
def mail_goes_to_the_buyer(file: Submission) -> Iterator[Finding]:
    """PECDestinatario is not one of SDI's own mailboxes."""
    pec = file.header.first("DatiTrasmissione", "PECDestinatario")
    if pec is not None and _SDI_MAILBOX.fullmatch(pec.peek()):
        yield broken("00330", "IT-D/IT-6", pec, address=pec.peek())


@check("00417")
def buyer_has_an_identifier(file: Submission) -> Iterator[Finding]:
    """VAT identifier or fiscal code."""
    buyer = _buyer(file)
    if buyer is not None and _vat_id(buyer) is None and buyer.text("CodiceFiscale") is None:
        yield broken("00417", "BG-7/BT-48", buyer)


@check("00427")
def recipient_code_fits_the_format(file: Submission) -> Iterator[Finding]:
    """6 characters for a public body (FPA12), 7 for anybody else (FPR12)."""
    code = file.header.first("DatiTrasmissione", "CodiceDestinatario")
    if code is None or not file.is_ordinary:
        return
    stated, expected = code.peek(), 6 if file.version == TO_PUBLIC_BODY else 7
    if len(stated) != expected:
        values = {"recipient_code": stated, "length": len(stated), "format": file.version, "expected": expected}
        yield broken("00427", "IT-D/IT-5", code, **values)


@check("00428")
def version_is_the_format(file: Submission) -> Iterator[Finding]:
    """FormatoTrasmissione and the attribute versione say the same."""
    stated = file.header.first("DatiTrasmissione", "FormatoTrasmissione")
    if stated is not None and stated.peek() != file.version:
        yield broken("00428", "", stated, format=stated.peek(), version=file.version)


@check("00476")
def somebody_is_in_italy(file: Submission) -> Iterator[Finding]:
    """Seller or buyer."""
    seller, buyer = _vat_id(_seller(file)), _vat_id(_buyer(file))
    if seller and buyer and "IT" not in (seller[0], buyer[0]):
        yield broken("00476", "BG-4/BT-31", _seller(file), seller=seller[0], buyer=buyer[0])


@check("00409")
def no_invoice_is_there_twice(file: Submission) -> Iterator[Finding]:
    """Within one file: number and year (with Art73 the day), credit notes apart."""
    for _, finding in repeated_numbers(file.bodies):
        yield finding


def repeated_numbers(bodies: Iterable[Body]) -> Iterator[tuple[int, Finding]]:
    """The bodies (by position from 0) whose number stood in the file before."""
    seen: dict[tuple[object, ...], Block] = {}
    for position, body in enumerate(bodies):
        head = body.head
        number, day = head.text("Numero"), head.text("Data") or ""
        key = (number, day if head.text("Art73") else day[:4], body.document_type in _CREDIT_NOTES)
        if number and key in seen:
            yield position, broken("00409", "BT-1", head.first("Numero"), number=number, other=seen[key].line)
        seen.setdefault(key, head)


@check("00418")
def document_is_not_older_than_what_it_corrects(file: Submission) -> Iterator[Finding]:
    """The date of a credit note is not before that of the invoice it refers to; of others this is a warning."""
    linked = ("DatiGenerali", "DatiFattureCollegate", "Data")
    for body in file.bodies:
        day = body.head.text("Data")
        for other in (
            body.block.each(*linked)
            if file.is_ordinary
            else body.block.each("DatiGenerali", "DatiFatturaRettificata", "DataFR")
        ):
            if not day or day[:10] >= other.peek()[:10]:
                continue
            finding = broken("00418", "BT-2", body.head.first("Data"), date=day, other=other.peek())
            is_credit = body.document_type in _CREDIT_NOTES
            yield finding if is_credit else replace(finding, severity=Severity.WARNING)


@check("00425")
def number_has_a_digit(file: Submission) -> Iterator[Finding]:
    """Numero."""
    for body in file.bodies:
        number = body.head.first("Numero")
        if number is not None and not re.search("[0-9]", number.peek()):
            yield broken("00425", "BT-1", number, number=number.peek())


@check("00471")
def seller_is_not_the_buyer(file: Submission) -> Iterator[Finding]:
    """For documents that one party writes to another. Members of one VAT group each state another fiscal code."""
    seller, buyer = _seller(file), _buyer(file)
    if seller is None or buyer is None or _vat_id(seller) is None or _vat_id(seller) != _vat_id(buyer):
        return
    codes = {code for code in (seller.text("CodiceFiscale"), buyer.text("CodiceFiscale")) if code}
    if len(codes) > 1:
        return
    for body in file.bodies:
        if body.document_type in _OF_ANOTHER_SELLER:
            yield broken("00471", "BG-7/BT-48", buyer, type=body.document_type)


@check("00472")
def seller_is_the_buyer(file: Submission) -> Iterator[Finding]:
    """For documents to oneself."""
    if _vat_id(_seller(file)) == _vat_id(_buyer(file)):
        return
    for body in file.bodies:
        if body.document_type in _OF_ONESELF:
            yield broken("00472", "BG-7/BT-48", _buyer(file), type=body.document_type)


@check("00473")
def seller_is_in_the_right_country(file: Submission) -> Iterator[Finding]:
    """Integrations of purchases from abroad have a seller abroad, and the other way round."""
    seller = _seller(file)
    country = (_vat_id(seller) or ("", ""))[0]
    for body in file.bodies if country else ():
        if not _may_sell_from(country, body.document_type):
            yield broken("00473", "BG-4/BT-31", seller, type=body.document_type, country=country)


def _may_sell_from(country: str, kind: str) -> bool:
    if country == "OO" and kind not in _STATELESS_SELLER:
        return False
    if kind == "TD28":
        return country == "SM"
    if kind == "TD29":
        return country == "IT"
    return country != "IT" or kind not in _FOREIGN_SELLER


@check("00475")
def buyer_has_a_vat_id(file: Submission) -> Iterator[Finding]:
    """Where the buyer integrates or issues the document."""
    for body in file.bodies if _vat_id(_buyer(file)) is None else ():
        if body.document_type in _BUYER_WITH_VAT_ID:
            yield broken("00475", "BG-7/BT-48", _buyer(file), type=body.document_type)
