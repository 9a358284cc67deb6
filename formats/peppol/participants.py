"""The registers whose numbers name a Peppol participant (code list "Participant identifier schemes" 9.7).

Each has a code (ISO 6523 ICD, or 99xx of Peppol's own); some have a form and a check digit, which is checked with
python-stdnum where it knows the number.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from stdnum import ean, iban, lei, luhn
from stdnum.au import abn
from stdnum.be import vat as be_vat
from stdnum.ch import uid
from stdnum.dk import cvr
from stdnum.ee import registrikood
from stdnum.hu import anum
from stdnum.is_ import kennitala
from stdnum.it import codicefiscale, iva
from stdnum.no import orgnr

Verify = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Register:
    """A register of participants.

    code, name:  `0208`, `BE:EN`
    country:     whose register it is, "" for the world
    is_active:   whether new participants may be named by it
    form:        the form of its numbers, "" where none is published
    verify:      whether the check digit of a number of that form is right, None where there is none to check
    """

    code: str
    name: str
    country: str = ""
    is_active: bool = True
    form: str = ""
    verify: Verify | None = None

    def accepts(self, number: str) -> bool:
        """Whether this may be a number of the register."""
        if self.form and not re.fullmatch(self.form, number, re.ASCII):
            return False
        return self.verify is None or self.verify(number)


def is_gln(number: str) -> bool:
    """The GS1 check digit, for a number of any length."""
    return number.isascii() and number.isdigit() and ean.calc_check_digit(number[:-1]) == number[-1]


def is_norwegian(number: str) -> bool:
    """An organisasjonsnummer of nine digits, which is never 0."""
    return number.strip("0") != "" and orgnr.is_valid(number)


def is_belgian(number: str) -> bool:
    """An enterprise number of ten digits: the last two are 97 less the rest of the first eight."""
    return be_vat.checksum(number) == 0 and number[-2:] != "00"


def _without_country(verify: Verify) -> Verify:
    return lambda number: verify(number[2:])


_ITALIAN_VAT = _without_country(iva.is_valid)
_DANISH = _without_country(cvr.is_valid)


def _norwegian_vat(number: str) -> bool:
    return is_norwegian(number[2:-3])


_ROWS: Final = (
    Register("0002", "FR:SIRENE", "FR", form=r"[0-9]{9}([0-9]{5})?", verify=lambda one: luhn.is_valid(one[:9])),
    Register("0007", "SE:ORGNR", "SE", form=r"[0-9]{10}", verify=luhn.is_valid),
    Register("0009", "FR:SIRET", "FR", form=r"[0-9]{14}"),
    Register("0037", "FI:OVT", "FI", False, r"(0037)?[0-9]{7}-?[0-9][0-9A-Z]{0,5}"),
    Register("0060", "DUNS", form=r"[0-9]{9}"),
    Register("0088", "GLN", form=r"[0-9]{13}", verify=is_gln),
    Register("0096", "DK:P", "DK", form=r"[0-9]{10}"),
    Register("0097", "IT:FTI", "IT", form=r"[0-9]{11,16}"),
    Register("0106", "NL:KVK", "NL", form=r"[0-9]{8}"),
    Register("0130", "EU:NAL"),
    Register("0135", "IT:SIA", "IT"),
    Register("0142", "IT:SECETI", "IT"),
    Register("0151", "AU:ABN", "AU", form=r"[0-9]{11}", verify=abn.is_valid),
    Register("0158", "SK:ICO", "SK", form=r"[0-9]{8}"),
    Register("0183", "CH:UIDB", "CH", form=r"CHE[0-9]{9}", verify=uid.is_valid),
    Register("0184", "DK:DIGST", "DK", form=r"(DK)?[0-9]{8}"),
    Register("0188", "JP:SST", "JP"),
    Register("0190", "NL:OINO", "NL", form=r"[0-9]{20}"),
    Register("0191", "EE:CC", "EE", form=r"[1789][0-9]{7}", verify=registrikood.is_valid),
    Register("0192", "NO:ORG", "NO", form=r"[0-9]{9}", verify=is_norwegian),
    Register("0193", "UBLBE", "BE", False, r".{4,50}"),
    Register("0195", "SG:UEN", "SG"),
    Register("0196", "IS:KTNR", "IS", form=r"[0-9]{10}", verify=kennitala.is_valid),
    Register("0198", "DK:ERST", "DK", form=r"DK[0-9]{8}"),
    Register("0199", "LEI", form=r"[A-Z0-9]{18}[0-9]{2}", verify=lei.is_valid),
    Register("0200", "LT:LEC", "LT", form=r"[0-9]{9}"),
    Register("0201", "IT:CUUO", "IT", form=r"[0-9a-zA-Z]{6}"),
    Register("0204", "DE:LWID", "DE", form=r"[0-9]{2,12}(-[0-9A-Z]{0,30})?-[0-9]{2}"),
    Register("0205", "IT:COD", "IT"),
    Register("0208", "BE:EN", "BE", form=r"[01][0-9]{9}", verify=is_belgian),
    Register("0209", "GS1"),
    Register("0210", "IT:CFI", "IT", form=r"[A-Za-z0-9]{16}|[0-9]{11}", verify=codicefiscale.is_valid),
    Register("0211", "IT:IVA", "IT", form=r"IT[0-9]{11}", verify=_ITALIAN_VAT),
    Register("0212", "FI:ORG", "FI", False, r"[0-9-]+"),
    Register("0213", "FI:VAT", "FI", False, r"FI[0-9]+"),
    Register("0215", "FI:NSI", "FI", False, r"[A-Z0-9]+"),
    Register("0216", "FI:OVT2", "FI", form=r"[A-Z0-9]+"),
    Register("0218", "LV:URN", "LV", form=r"[0-9]{9}([0-9]{2})?"),
    Register("0221", "JP:IIN", "JP"),
    Register("0225", "FR:CTC", "FR", form=r"[A-Za-z0-9_-]{1,130}"),
    Register("0230", "MY:EIF", "MY"),
    Register("0235", "AE:TIN", "AE", form=r"1[0-9]{9}"),
    Register("0240", "LU:MAT", "LU", form=r"[0-9]{11}"),
    Register("0242", "SPIS", form=r"[0-9]{6}(-[0-9A-Z_]{3,12}(\.[0-9A-Z\-._~]{3,24})?)?"),
    Register("0244", "NG:TID", "NG", form=r"[0-9]{13}"),
    Register("0245", "SK:DIC", "SK", form=r"[0-9]{10}"),
    Register("0246", "DE:GEBA", "DE", form=r"DE[0-9]{9}(-[0-9]{5})?(\.[0-9A-Z]{1,8})?"),
    Register("0248", "OM:VAT", "OM", form=r"OM[0-9]{10}"),
    Register("9901", "DK:CPR", "DK", False),
    Register("9902", "DK:CVR", "DK", False, r"[1-9][0-9]{7}", cvr.is_valid),
    Register("9904", "DK:SE", "DK", False, r"DK[0-9]{8}", _DANISH),
    Register("9905", "DK:VANS", "DK", False),
    Register("9906", "IT:VAT", "IT", False, r"IT[0-9]{11}", _ITALIAN_VAT),
    Register("9907", "IT:CF", "IT", False, r"[A-Za-z0-9]{16}|[0-9]{11}", codicefiscale.is_valid),
    Register("9908", "NO:ORGNR", "NO", False, r"[0-9]{9}", is_norwegian),
    Register("9909", "NO:VAT", "NO", False, r"NO[0-9]{9}MVA", _norwegian_vat),
    Register("9910", "HU:VAT", "HU", form=r"HU[0-9]{8}", verify=anum.is_valid),
    Register("9912", "EU:VAT", "", False, r"[A-Z]{2}[A-Z0-9]{0,20}"),
    Register("9913", "EU:REID"),
    Register("9914", "AT:VAT", "AT"),
    Register("9915", "AT:GOV", "AT", form=r"[A-Za-z][A-Za-z0-9]*"),
    Register("9916", "AT:CID", "AT", False),
    Register("9917", "IS:KT", "IS", False, r"[0-9]{10}", kennitala.is_valid),
    Register("9918", "IBAN", verify=iban.is_valid),
    Register("9919", "AT:KUR", "AT"),
    Register("9921", "IT:IPA", "IT", False),
    Register("9954", "NL:OIN", "NL", False),
    Register("9955", "SE:VAT", "SE", False),
    Register("9956", "BE:CBE", "BE", False, r"0[0-9]{9}", is_belgian),
    Register("9958", "DE:LID", "DE", False),
    Register("9959", "US:EIN", "US"),
)  # fmt: skip

# The VAT identifiers of a country, by Peppol's own codes.
_VAT: Final = {
    "9920": "ES", "9922": "AD", "9923": "AL", "9924": "BA", "9925": "BE", "9926": "BG", "9927": "CH", "9928": "CY",
    "9929": "CZ", "9930": "DE", "9931": "EE", "9932": "GB", "9933": "GR", "9934": "HR", "9935": "IE", "9936": "LI",
    "9937": "LT", "9938": "LU", "9939": "LV", "9940": "MC", "9941": "ME", "9942": "MK", "9943": "MT", "9944": "NL",
    "9945": "PL", "9946": "PT", "9947": "RO", "9948": "RS", "9949": "SI", "9950": "SK", "9951": "SM", "9952": "TR",
    "9953": "VA", "9957": "FR",
}  # fmt: skip

REGISTERS: Final[Mapping[str, Register]] = {
    **{one.code: one for one in _ROWS},
    **{code: Register(code, f"{country}:VAT", country) for code, country in _VAT.items()},
}


def is_well_formed(code: str, number: str) -> bool:
    """Whether a register is known and this may be a number in it; a removed register still names old participants."""
    register = REGISTERS.get(code)
    return register is not None and bool(number) and register.accepts(number)
