"""How a file is addressed: DatiTrasmissione (1.1), from the writing options and the invoice.

| recipient | FormatoTrasmissione | CodiceDestinatario | PECDestinatario |
|---|---|---|---|
| public body | FPA12 | 6 characters (BT-49 scheme 0201) | |
| private, with a channel | FPR12 | 7 characters (BT-49 scheme 0205) | |
| private, by certified mail | FPR12 | 0000000 | address (BT-49 scheme 0202) |
| private, nothing known, or a consumer | FPR12 | 0000000 | |
| abroad | FPR12 | XXXXXXX | |
"""

import re
from dataclasses import dataclass
from typing import Final

from formats.contract import Options
from formats.en16931 import Buyer, Identifier, Invoice, ItalianInvoice
from formats.fatturapa.address import country_of
from formats.fatturapa.document import Block, Content
from formats.fatturapa.fiscal import split_vat_identifier
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook

TO_PUBLIC_BODY: Final = "FPA12"
TO_PRIVATE: Final = "FPR12"
UNKNOWN_RECIPIENT: Final = "0000000"
FOREIGN_RECIPIENT: Final = "XXXXXXX"

PUBLIC_OFFICE: Final = "0201"
CERTIFIED_MAIL: Final = "0202"
PRIVATE_CODE: Final = "0205"


@dataclass(frozen=True, slots=True)
class Transmission:
    """What DatiTrasmissione says.

    format:          FPA12 or FPR12
    recipient_code:  6 or 7 characters
    recipient_pec:   certified mail address or None
    country, code:   fiscal identifier of the transmitter
    progressive:     the transmitter's own number of this sending, 1 to 10 characters
    """

    format: str
    recipient_code: str
    recipient_pec: str | None
    country: str
    code: str
    progressive: str


def transmission_of(invoice: Invoice, options: Options) -> Transmission:
    """Options first, then what the invoice says, then what follows from the buyer.

    options: transmission_format, recipient_code, recipient_pec, transmitter_country, transmitter_code, progressive
    """
    stated = {name: str(value) for name, value in options.items() if value}
    italy = invoice.italy or ItalianInvoice()
    buyer = invoice.buyer or Buyer()
    pec = stated.get("recipient_pec") or italy.recipient_pec or _address(buyer, CERTIFIED_MAIL)
    code = (
        stated.get("recipient_code")
        or italy.recipient_code
        or _address(buyer, PUBLIC_OFFICE)
        or _address(buyer, PRIVATE_CODE)
        or _code_without_address(buyer, pec)
    ).upper()
    country, number = _transmitter(invoice, stated)
    return Transmission(
        format=stated.get("transmission_format") or (TO_PUBLIC_BODY if len(code) == 6 else TO_PRIVATE),
        recipient_code=code,
        recipient_pec=pec,
        country=country,
        code=number,
        progressive=stated.get("progressive") or _progressive(invoice.number),
    )


def _address(buyer: Buyer, scheme: str) -> str | None:
    address = buyer.electronic_address
    return address.value if address is not None and address.scheme == scheme else None


def _code_without_address(buyer: Buyer, pec: str | None) -> str:
    country = country_of(buyer.address, buyer.vat_identifier)
    return FOREIGN_RECIPIENT if country not in (None, "IT") and not pec else UNKNOWN_RECIPIENT


def _transmitter(invoice: Invoice, stated: dict[str, str]) -> tuple[str, str]:
    """Who sends; the seller itself where nobody else is named."""
    if "transmitter_code" in stated:
        return stated.get("transmitter_country", "IT"), stated["transmitter_code"]
    seller = invoice.seller
    if seller is None or not seller.vat_identifier:
        return "IT", ""
    return split_vat_identifier(seller.vat_identifier, country_of(seller.address, None))


def _progressive(number: str | None) -> str:
    """Made of the invoice number where the transmitter counts nothing: it is not checked, only shown."""
    return re.sub("[^A-Za-z0-9]", "", number or "")[-10:] or "1"


def write_transmission(transmission: Transmission, invoice: Invoice, manifest: Manifest) -> Content:
    """DatiTrasmissione."""
    _take_recipient(transmission, invoice, manifest)
    return {
        "IdTrasmittente": {"IdPaese": transmission.country, "IdCodice": transmission.code},
        "ProgressivoInvio": transmission.progressive,
        "FormatoTrasmissione": transmission.format,
        "CodiceDestinatario": transmission.recipient_code,
        "PECDestinatario": transmission.recipient_pec,
    }


def _take_recipient(transmission: Transmission, invoice: Invoice, manifest: Manifest) -> None:
    italy = invoice.italy or ItalianInvoice()
    if italy.recipient_code == transmission.recipient_code:
        manifest.take("IT-D/IT-5")
    elif italy.recipient_code:
        manifest.leave("IT-D/IT-5", f"CodiceDestinatario says {transmission.recipient_code}.")
    if italy.recipient_pec == transmission.recipient_pec:
        manifest.take("IT-D/IT-6")
    elif italy.recipient_pec:
        manifest.leave("IT-D/IT-6", f"PECDestinatario says {transmission.recipient_pec}.")
    buyer = invoice.buyer
    if buyer and buyer.electronic_address == electronic_address(
        transmission.recipient_code, transmission.recipient_pec
    ):
        manifest.take("BG-7/BT-49")


def electronic_address(code: str | None, pec: str | None) -> Identifier | None:
    """BT-49 as CodiceDestinatario and PECDestinatario say it."""
    if code and code not in (UNKNOWN_RECIPIENT, FOREIGN_RECIPIENT):
        return Identifier(code, PUBLIC_OFFICE if len(code) == 6 else PRIVATE_CODE)
    return Identifier(pec, CERTIFIED_MAIL) if pec else None


def read_transmission(block: Block | None, notebook: Notebook) -> tuple[str | None, str | None, Identifier | None]:
    """Recipient code (IT-5), certified mail address (IT-6) and the electronic address (BT-49) that they make."""
    code = notebook.text("IT-D/IT-5", block, "CodiceDestinatario")
    pec = notebook.text("IT-D/IT-6", block, "PECDestinatario")
    address = electronic_address(code, pec)
    if block is not None:
        if address is not None:
            notebook.stood(
                "BG-7/BT-49", block.first("PECDestinatario" if address.value == pec else "CodiceDestinatario")
            )
        # About the sending and not about the invoice.
        for names in (("IdTrasmittente", "IdPaese"), ("IdTrasmittente", "IdCodice"), ("ProgressivoInvio",)):
            block.text(*names)
        block.text("FormatoTrasmissione")
    return code, pec, address
