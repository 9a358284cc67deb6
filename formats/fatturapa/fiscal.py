"""Fiscal identifiers: VAT identifiers, Italian fiscal codes, names of parties.

A VAT identifier is country and number in one (BT-31 `IT01234560157`); FatturaPA has an element for each. Italian
fiscal codes are legal registration identifiers with scheme 0210, EORI codes are identifiers with the prefix `EORI:`,
as in the CIUS of AGID.
"""

from collections.abc import Iterable
from typing import Final

from formats.en16931 import Identifier
from formats.fatturapa.document import Block, Content
from formats.fatturapa.elements import fits
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook

FISCAL_CODE: Final = "0210"
# Said in IdCodice of a foreigner who has no VAT identifier: a person, a firm outside the EU, anybody.
NO_VAT_IDENTIFIER: Final = ("0000000", "OO99999999999", "99999999999")


def split_vat_identifier(value: str, country: str | None) -> tuple[str, str]:
    """Country and number of a VAT identifier; `country` where it has no prefix. Greece is GR here, not EL."""
    value = value.replace(" ", "")
    prefix = value[:2]
    if not (prefix.isascii() and prefix.isalpha()):
        return (country or "IT").upper(), value
    return ("GR" if prefix.upper() == "EL" else prefix.upper()), value[2:]


def joined_vat_identifier(country: str, number: str) -> str:
    """The VAT identifier as EN 16931 has it (BT-31, BT-48)."""
    return f"{'EL' if country == 'GR' else country}{number}"


def fiscal_code_of(*identifiers: Identifier | None) -> str | None:
    """The Italian fiscal code among these identifiers: scheme 0210, or a value that begins with `CF:`."""
    for one in identifiers:
        if one is not None and (one.scheme == FISCAL_CODE or one.value.startswith("CF:")):
            code = one.value.removeprefix("CF:")
            if fits(code, "CodiceFiscaleType"):
                return code
    return None


def write_fiscal_id(path: str, value: str | None, country: str, number: str, manifest: Manifest) -> Content:
    """IdFiscaleIVA."""
    written = manifest.text(path, number, "CodiceType")
    if value != joined_vat_identifier(country, written or ""):
        manifest.leave(path, f"Written as {country} and “{written}”.")
    return {"IdPaese": country, "IdCodice": written}


def write_eori(identifiers: Iterable[tuple[str, Identifier]], manifest: Manifest) -> str | None:
    """CodEORI: the first of these identifiers (by their paths) with the prefix `EORI:`."""
    for path, one in identifiers:
        code = one.value.removeprefix("EORI:")
        if code != one.value and one.scheme is None and fits(code, "CodEORIType"):
            manifest.take(path)
            return code
    return None


def read_name(path: str, holder: Block | None, notebook: Notebook) -> str | None:
    """The name of a firm, or first and last name of a person."""
    name = notebook.text(path, holder, "Denominazione")
    if name is not None or holder is None:
        return name
    names = [notebook.text(path, holder, part) for part in ("Nome", "Cognome")]
    return " ".join(part for part in names if part) or None


def read_vat_identifier(path: str, person: Block | None, notebook: Notebook) -> str | None:
    """Country and number as one."""
    country = notebook.text(path, person, "IdFiscaleIVA", "IdPaese")
    number = notebook.text(path, person, "IdFiscaleIVA", "IdCodice")
    return joined_vat_identifier(country or "", number) if number else None
