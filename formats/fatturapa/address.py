"""Postal addresses (BG-5, BG-8, BG-15) as IndirizzoType: Sede, IndirizzoResa."""

from dataclasses import dataclass
from typing import Final

from formats.en16931 import Address
from formats.fatturapa.document import Block, Content
from formats.fatturapa.elements import fits
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook

FOREIGN_POST_CODE: Final = "00000"


@dataclass(frozen=True, slots=True)
class AddressTerms:
    """The paths of one address: its group and the numbers of its terms."""

    line1: str
    line2: str
    line3: str
    city: str
    post_code: str
    subdivision: str
    country: str


def _terms(group: str, *numbers: str) -> AddressTerms:
    return AddressTerms(*(f"{group}/{number}" for number in numbers))


SELLER_ADDRESS: Final = _terms("BG-4/BG-5", "BT-35", "BT-36", "BT-162", "BT-37", "BT-38", "BT-39", "BT-40")
BUYER_ADDRESS: Final = _terms("BG-7/BG-8", "BT-50", "BT-51", "BT-163", "BT-52", "BT-53", "BT-54", "BT-55")
DELIVERY_ADDRESS: Final = _terms("BG-13/BG-15", "BT-75", "BT-76", "BT-165", "BT-77", "BT-78", "BT-79", "BT-80")


def country_of(address: Address | None, vat_identifier: str | None) -> str | None:
    """Where a party is: by its address, else by the country of its VAT identifier."""
    if address is not None and address.country:
        return address.country.upper()
    prefix = (vat_identifier or "")[:2].upper()
    if not (prefix.isascii() and prefix.isalpha() and len(prefix) == 2):
        return None
    return "GR" if prefix == "EL" else prefix


def write_address(address: Address, at: AddressTerms, country: str | None, manifest: Manifest) -> Content:
    """An address whose street, city and country are known. `country` where the address itself names none."""
    nation = (address.country or country or "").upper()
    if address.country == nation:
        manifest.take(at.country)
    post_code = manifest.code(at.post_code, address.post_code, "CAPType")
    if address.post_code and post_code is None:
        manifest.leave(at.post_code, f"CAP takes 5 digits; for any other post code it says {FOREIGN_POST_CODE}.")
    province = manifest.code(at.subdivision, address.subdivision, "ProvinciaType")
    if address.subdivision and province is None:
        manifest.leave(at.subdivision, "Provincia takes two capital letters.")
    return {
        **_street(address, at, manifest),
        "CAP": post_code or FOREIGN_POST_CODE,
        "Comune": manifest.text(at.city, address.city, "String60LatinType"),
        "Provincia": province,
        "Nazione": nation,
    }


def _street(address: Address, at: AddressTerms, manifest: Manifest) -> Content:
    """Indirizzo, and NumeroCivico where the second line is short enough to be a house number."""
    number = address.line2 if address.line1 and address.line2 and fits(address.line2, "NumeroCivicoType") else None
    if number and number == number.strip():
        manifest.take(at.line2)
    else:
        number = None
    lines = ((at.line1, address.line1), (at.line2, None if number else address.line2), (at.line3, address.line3))
    present = [(path, line) for path, line in lines if line]
    whole = ", ".join(line for _, line in present)
    written = manifest.text(at.line1, whole, "String60LatinType")
    for path, _ in present if len(present) > 1 or not address.line1 else ():
        manifest.leave(path, f"The lines stand together in one: “{written}”.")
    return {"Indirizzo": written, "NumeroCivico": number}


def read_address(block: Block | None, at: AddressTerms, notebook: Notebook) -> Address | None:
    """An address; a foreign one has no post code."""
    if block is None:
        return None
    post_code = notebook.text(at.post_code, block, "CAP")
    if post_code == FOREIGN_POST_CODE:
        notebook.places.pop(at.post_code)
    nation = block.first("Nazione")
    return Address(
        line1=notebook.text(at.line1, block, "Indirizzo"),
        line2=notebook.text(at.line2, block, "NumeroCivico"),
        city=notebook.text(at.city, block, "Comune"),
        post_code=None if post_code == FOREIGN_POST_CODE else post_code,
        subdivision=notebook.text(at.subdivision, block, "Provincia"),
        # The schema fills in Italy where the element is empty.
        country=notebook.text(at.country, block, "Nazione") or ("IT" if nation is not None else None),
    )
