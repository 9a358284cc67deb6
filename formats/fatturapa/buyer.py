"""Buyer (BG-7) and tax representative (BG-11) as CessionarioCommittente and RappresentanteFiscale (1.4, 1.3)."""

from formats.en16931 import Address, Buyer, Identifier, TaxRepresentative
from formats.fatturapa.address import BUYER_ADDRESS, country_of, read_address, write_address
from formats.fatturapa.document import Block, Content
from formats.fatturapa.fiscal import (
    FISCAL_CODE,
    NO_VAT_IDENTIFIER,
    fiscal_code_of,
    read_name,
    read_vat_identifier,
    split_vat_identifier,
    write_eori,
    write_fiscal_id,
)
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook


def write_buyer(buyer: Buyer, manifest: Manifest) -> Content:
    """CessionarioCommittente (1.4)."""
    country = country_of(buyer.address, buyer.vat_identifier)
    code = fiscal_code_of(buyer.legal_registration, buyer.identifier, buyer.electronic_address)
    if code is not None and buyer.legal_registration == Identifier(code, FISCAL_CODE):
        manifest.take("BG-7/BT-47")
    identifiers = [("BG-7/BT-46", buyer.identifier)] if buyer.identifier else []
    names = {"Denominazione": manifest.text("BG-7/BT-44", buyer.name, "String80LatinType")}
    return {
        "DatiAnagrafici": {
            "IdFiscaleIVA": _write_buyer_fiscal_id(buyer, country, manifest),
            "CodiceFiscale": code,
            "Anagrafica": {**names, "CodEORI": write_eori(identifiers, manifest)},
        },
        "Sede": write_address(buyer.address or Address(), BUYER_ADDRESS, country, manifest),
    }


def _write_buyer_fiscal_id(buyer: Buyer, country: str | None, manifest: Manifest) -> Content | None:
    if buyer.vat_identifier and split_vat_identifier(buyer.vat_identifier, country)[1]:
        prefix, number = split_vat_identifier(buyer.vat_identifier, country)
        return write_fiscal_id("BG-7/BT-48", buyer.vat_identifier, prefix, number, manifest)
    return {"IdPaese": country, "IdCodice": NO_VAT_IDENTIFIER[0]} if country and country != "IT" else None


def write_tax_representative(party: TaxRepresentative | None, manifest: Manifest) -> Content | None:
    """RappresentanteFiscale (1.3), which needs name and VAT identifier."""
    if party is None or not party.name or not party.vat_identifier:
        return None
    country, number = split_vat_identifier(party.vat_identifier, country_of(party.address, None))
    return {
        "DatiAnagrafici": {
            "IdFiscaleIVA": write_fiscal_id("BG-11/BT-63", party.vat_identifier, country, number, manifest),
            "Anagrafica": {"Denominazione": manifest.text("BG-11/BT-62", party.name, "String80LatinType")},
        }
    }


def read_buyer(block: Block | None, electronic_address: Identifier | None, notebook: Notebook) -> Buyer | None:
    """BG-7 from CessionarioCommittente; its electronic address stands in DatiTrasmissione."""
    if block is None:
        return None
    # A simplified invoice divides this in another way, and may leave the name and the address out.
    person = block.first("DatiAnagrafici") or block.first("IdentificativiFiscali")
    others = block.first("AltriDatiIdentificativi")
    names = block.first("DatiAnagrafici", "Anagrafica") or others
    code = notebook.text("BG-7/BT-47", person, "CodiceFiscale")
    eori = notebook.text("BG-7/BT-46", names, "CodEORI")
    return Buyer(
        name=read_name("BG-7/BT-44", names, notebook),
        identifier=Identifier(f"EORI:{eori}") if eori else None,
        legal_registration=Identifier(code, FISCAL_CODE) if code else None,
        vat_identifier=_read_vat_identifier(person, notebook),
        electronic_address=electronic_address,
        address=read_address(
            block.first("Sede") or (others.first("Sede") if others else None), BUYER_ADDRESS, notebook
        ),
    )


def _read_vat_identifier(person: Block | None, notebook: Notebook) -> str | None:
    """BT-48; what stands there for a foreigner who has none is not read."""
    value = read_vat_identifier("BG-7/BT-48", person, notebook)
    if value is None or value.startswith("IT") or value[2:] not in NO_VAT_IDENTIFIER:
        return value
    del notebook.places["BG-7/BT-48"]
    return None


def read_tax_representative(block: Block | None, notebook: Notebook) -> TaxRepresentative | None:
    """BG-11 from RappresentanteFiscale."""
    person = (block.first("DatiAnagrafici") or block) if block is not None else None
    names = (person.first("Anagrafica") or person) if person is not None else None
    party = TaxRepresentative(
        name=read_name("BG-11/BT-62", names, notebook),
        vat_identifier=read_vat_identifier("BG-11/BT-63", person, notebook),
    )
    return party if party != TaxRepresentative() else None
