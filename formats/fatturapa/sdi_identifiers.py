"""Controls of SDI on fiscal identifiers, as far as check digits go (Elenco controlli 2.0, 00300 to 00306).

SDI asks the tax register; we see only what cannot be in it. Identifiers of test files and examples are made up, so a
wrong check digit is a warning, and the register has the last word.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from formats.checking import Check, Finding, Severity
from formats.fatturapa.document import Block
from formats.fatturapa.submission import Submission, broken

_VAT_IDENTIFIER: Final = "IdFiscaleIVA"
_FISCAL_CODE: Final = "CodiceFiscale"


@dataclass(frozen=True, slots=True)
class _Place:
    """Where identifiers of one control stand.

    path:      of the business term
    element:   that holds the identifier: IdFiscaleIVA or IdTrasmittente (country and code), or CodiceFiscale
    holders:   the elements around it, below the header, of the ordinary and of the simplified form
    """

    path: str
    element: str
    holders: tuple[str, ...]


_SELLER: Final = ("CedentePrestatore/DatiAnagrafici", "CedentePrestatore")
_BUYER: Final = ("CessionarioCommittente/DatiAnagrafici", "CessionarioCommittente/IdentificativiFiscali")
_REPRESENTATIVES: Final = (
    "RappresentanteFiscale/DatiAnagrafici",
    "CedentePrestatore/RappresentanteFiscale",
    "CessionarioCommittente/RappresentanteFiscale",
    "CessionarioCommittente/AltriDatiIdentificativi/RappresentanteFiscale",
)
_PLACES: Final = {
    "00300": _Place("", "IdTrasmittente", ("DatiTrasmissione",)),
    "00301": _Place("BG-4/BT-31", _VAT_IDENTIFIER, _SELLER),
    "00302": _Place("BG-4/BT-30", _FISCAL_CODE, _SELLER),
    "00303": _Place("BG-11/BT-63", _VAT_IDENTIFIER, _REPRESENTATIVES),
    "00304": _Place("BG-11", _FISCAL_CODE, _REPRESENTATIVES),
    "00305": _Place("BG-7/BT-48", _VAT_IDENTIFIER, _BUYER),
    "00306": _Place("BG-7/BT-47", _FISCAL_CODE, _BUYER),
}


def _wrong_digits(control: str, place: _Place, file: Submission) -> Iterator[Finding]:
    for holder in place.holders:
        for block in file.header.each(*holder.split("/"), place.element):
            code = _italian_code(block)
            if code is not None and not _is_possible(code, is_vat_number=place.element == _VAT_IDENTIFIER):
                yield replace(broken(control, place.path, block, code=code), severity=Severity.WARNING)


def _italian_code(block: Block) -> str | None:
    """A fiscal code, or the code of a country and code that is Italian."""
    if block.name == _FISCAL_CODE:
        return block.peek() or None
    return block.text("IdCodice") if block.text("IdPaese") == "IT" else None


def _is_possible(code: str, is_vat_number: bool) -> bool:
    """Whether its check digits are right: 11 digits of firms and bodies, or the 16 characters of a person."""
    # Loads slowly, and a gateway that sends nothing to SDI never needs it.
    from stdnum import luhn  # noqa: PLC0415
    from stdnum.it import codicefiscale  # noqa: PLC0415

    if len(code) == 11 and code.isascii() and code.isdigit():
        return int(code) > 0 and luhn.is_valid(code)
    return not is_vat_number and codicefiscale.is_valid(code)


IDENTIFIER_CONTROLS: Final = tuple(
    Check(control, partial(_wrong_digits, control, place)) for control, place in _PLACES.items()
)
