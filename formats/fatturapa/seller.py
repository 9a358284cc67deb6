"""Seller (BG-4) as CedentePrestatore (1.2).

A professional register is an identifier with the prefix `ALBO:`, then register, province, number and date.
"""

from typing import Final

from formats.en16931 import Address, Contact, Identifier, Invoice, ItalianSeller, Seller
from formats.fatturapa.address import SELLER_ADDRESS, country_of, read_address, write_address
from formats.fatturapa.document import Block, Content, date_in
from formats.fatturapa.elements import fits
from formats.fatturapa.fiscal import (
    FISCAL_CODE,
    fiscal_code_of,
    read_name,
    read_vat_identifier,
    split_vat_identifier,
    write_eori,
    write_fiscal_id,
)
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook

ORDINARY_REGIME: Final = "RF01"
OTHER_REGIME: Final = "RF18"
_REGISTER_PARTS: Final = {
    "AlboProfessionale": "String60LatinType",
    "ProvinciaAlbo": "ProvinciaType",
    "NumeroIscrizioneAlbo": "String60Type",
    "DataIscrizioneAlbo": "String10Type",
}
_TELEPHONE_SIGNS: Final = str.maketrans("", "", " \u00a0-/().")
_MOST_TELEPHONE: Final = 12


def write_seller(invoice: Invoice, seller: Seller, manifest: Manifest) -> Content:
    """CedentePrestatore (1.2)."""
    italy = seller.italy or ItalianSeller()
    country, number = split_vat_identifier(seller.vat_identifier or "", country_of(seller.address, None))
    identifiers = [(f"BG-4/BT-29[{position}]", one) for position, one in enumerate(seller.identifiers, 1)]
    regime = manifest.code("BG-4/IT-S/IT-30", italy.tax_regime, "RegimeFiscaleType")
    names = {"Denominazione": manifest.text("BG-4/BT-27", seller.name, "String80LatinType")}
    return {
        "DatiAnagrafici": {
            "IdFiscaleIVA": write_fiscal_id("BG-4/BT-31", seller.vat_identifier, country, number, manifest),
            "CodiceFiscale": _seller_fiscal_code(seller, manifest),
            "Anagrafica": {**names, "CodEORI": write_eori(identifiers, manifest)},
            **_write_register(identifiers, manifest),
            "RegimeFiscale": regime or default_regime(country),
        },
        "Sede": write_address(seller.address or Address(), SELLER_ADDRESS, country, manifest),
        "IscrizioneREA": _write_business_register(italy, manifest),
        "Contatti": _write_contact(seller.contact, manifest),
        "RiferimentoAmministrazione": manifest.text("BT-19", invoice.accounting_reference, "String20Type"),
    }


def _seller_fiscal_code(seller: Seller, manifest: Manifest) -> str | None:
    code = fiscal_code_of(seller.legal_registration)
    if code is None and seller.tax_registration and fits(seller.tax_registration, "CodiceFiscaleType"):
        code = seller.tax_registration
    if code is not None:
        if seller.legal_registration == Identifier(code, FISCAL_CODE):
            manifest.take("BG-4/BT-30")
        if seller.tax_registration == code:
            manifest.take("BG-4/BT-32")
    return code


def default_regime(country: str) -> str:
    """RegimeFiscale of a seller that states none."""
    return ORDINARY_REGIME if country == "IT" else OTHER_REGIME


def _write_register(identifiers: list[tuple[str, Identifier]], manifest: Manifest) -> dict[str, str | None]:
    for path, one in identifiers:
        if not one.value.startswith("ALBO:") or one.scheme is not None:
            continue
        parts = dict(zip(_REGISTER_PARTS, one.value.split(":")[1:], strict=False))
        if all(not part or _is_register_part(name, part) for name, part in parts.items()):
            manifest.take(path)
            return {name: part or None for name, part in parts.items()}
    return {}


def _is_register_part(name: str, part: str) -> bool:
    if name == "DataIscrizioneAlbo":
        day = date_in(part)
        return day is not None and day.isoformat() == part
    return fits(part, _REGISTER_PARTS[name])


def _write_business_register(italy: ItalianSeller, manifest: Manifest) -> Content | None:
    """IscrizioneREA, where office and number are known; by law a firm in liquidation says so, so silence is LN."""
    if not italy.rea_office or not italy.rea_number:
        return None
    office = manifest.code("BG-4/IT-S/IT-31", italy.rea_office, "ProvinciaType")
    number = manifest.text("BG-4/IT-S/IT-32", italy.rea_number, "String20Type")
    if office is None:
        manifest.leave("BG-4/IT-S/IT-32", "It stands beside the office, which is not the code of a province.")
        return None
    return {
        "Ufficio": office,
        "NumeroREA": number,
        "CapitaleSociale": manifest.amount("BG-4/IT-S/IT-33", italy.share_capital),
        "SocioUnico": manifest.code("BG-4/IT-S/IT-34", italy.sole_shareholder, "SocioUnicoType"),
        "StatoLiquidazione": manifest.code("BG-4/IT-S/IT-35", italy.liquidation, "StatoLiquidazioneType") or "LN",
    }


def _write_contact(contact: Contact | None, manifest: Manifest) -> Content | None:
    if contact is None:
        return None
    telephone = contact.telephone or ""
    if not fits(telephone, "TelFaxType"):
        telephone = telephone.translate(_TELEPHONE_SIGNS)
    if len(telephone) > _MOST_TELEPHONE:
        telephone = telephone.removeprefix("+39").removeprefix("0039")
    written = {
        "Telefono": telephone if fits(telephone, "TelFaxType") else None,
        "Email": manifest.code("BG-4/BG-6/BT-43", contact.email, "EmailContattiType"),
    }
    if telephone and written["Telefono"] is None:
        manifest.leave("BG-4/BG-6/BT-42", "The element takes 5 to 12 characters.")
    elif telephone == contact.telephone:
        manifest.take("BG-4/BG-6/BT-42")
    elif telephone:
        manifest.leave("BG-4/BG-6/BT-42", f"Written as {telephone}.")
    return written if any(written.values()) else None


def read_seller(block: Block | None, notebook: Notebook) -> Seller | None:
    """BG-4 from CedentePrestatore."""
    if block is None:
        return None
    # A simplified invoice has all of this in one group.
    person = block.first("DatiAnagrafici") or block
    code = notebook.text("BG-4/BT-30", person, "CodiceFiscale")
    if code:
        notebook.stood("BG-4/BT-32", person.first("CodiceFiscale"))
    contact = Contact(
        telephone=notebook.text("BG-4/BG-6/BT-42", block, "Contatti", "Telefono"),
        email=notebook.text("BG-4/BG-6/BT-43", block, "Contatti", "Email"),
    )
    return Seller(
        name=read_name("BG-4/BT-27", person.first("Anagrafica") or person, notebook),
        identifiers=_read_identifiers(person, notebook),
        legal_registration=Identifier(code, FISCAL_CODE) if code else None,
        vat_identifier=read_vat_identifier("BG-4/BT-31", person, notebook),
        tax_registration=code,
        address=read_address(block.first("Sede"), SELLER_ADDRESS, notebook),
        contact=contact if contact != Contact() else None,
        italy=_read_italian_seller(block, person, notebook),
    )


def _read_identifiers(person: Block | None, notebook: Notebook) -> tuple[Identifier, ...]:
    if person is None:
        return ()
    eori = person.text("Anagrafica", "CodEORI")
    register = ":".join(person.text(name) or "" for name in _REGISTER_PARTS).rstrip(":")
    found = [f"EORI:{eori}"] if eori else []
    found += [f"ALBO:{register}"] if register else []
    for position in range(1, len(found) + 1):
        notebook.stood(f"BG-4/BT-29[{position}]", person)
    return tuple(map(Identifier, found))


def _read_italian_seller(block: Block, person: Block, notebook: Notebook) -> ItalianSeller | None:
    at = "BG-4/IT-S"
    italy = ItalianSeller(
        tax_regime=notebook.text(f"{at}/IT-30", person, "RegimeFiscale"),
        rea_office=notebook.text(f"{at}/IT-31", block, "IscrizioneREA", "Ufficio"),
        rea_number=notebook.text(f"{at}/IT-32", block, "IscrizioneREA", "NumeroREA"),
        share_capital=notebook.amount(f"{at}/IT-33", block, "IscrizioneREA", "CapitaleSociale"),
        sole_shareholder=notebook.text(f"{at}/IT-34", block, "IscrizioneREA", "SocioUnico"),
        liquidation=notebook.text(f"{at}/IT-35", block, "IscrizioneREA", "StatoLiquidazione"),
    )
    return italy if italy != ItalianSeller() else None
