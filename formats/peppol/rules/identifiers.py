"""Numbers of parties have the form of their register: PEPPOL-COMMON-R040 to R057, PEPPOL-EN16931-CL008.

Where a rule asks for less than the register (`formats.peppol.participants`) does, the rule wins here: a verdict is the
official one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from formats.peppol.participants import is_gln
from formats.peppol.rules import numbers
from formats.peppol.rules.codes import ENDPOINT_SCHEMES
from formats.ubl.assertions import Fail, Rule, rule
from formats.ubl.tree import Element, Undecidable, normal, string_of


@dataclass(frozen=True, slots=True)
class Form:
    """What the numbers under a scheme look like.

    assertion:     that they do
    holds:         whether a number does; it may raise ValueError where the official rule breaks
    keeps_blanks:  whether blanks around the number are part of it
    """

    assertion: str
    holds: Callable[[str], bool]
    keeps_blanks: bool = False


FORMS: Final[Mapping[str, Form]] = {
    "0088": Form("PEPPOL-COMMON-R040", is_gln),
    "0192": Form("PEPPOL-COMMON-R041", numbers.is_norwegian_number),
    "0184": Form("PEPPOL-COMMON-R042", numbers.is_danish, keeps_blanks=True),
    "0096": Form("PEPPOL-COMMON-R052", numbers.is_danish_unit, keeps_blanks=True),
    "0198": Form("PEPPOL-COMMON-R053", numbers.is_danish_vat, keeps_blanks=True),
    "0208": Form("PEPPOL-COMMON-R043", numbers.is_belgian),
    "0201": Form("PEPPOL-COMMON-R044", numbers.is_italian_office),
    "0210": Form("PEPPOL-COMMON-R045", numbers.is_italian_tax_code),
    "0211": Form("PEPPOL-COMMON-R047", numbers.is_italian_vat),
    "0007": Form("PEPPOL-COMMON-R049", numbers.is_swedish),
    "0151": Form("PEPPOL-COMMON-R050", numbers.is_australian),
    "0106": Form("PEPPOL-COMMON-R054", numbers.of_digits(8)),
    "0190": Form("PEPPOL-COMMON-R055", numbers.of_digits(20)),
    "9944": Form("PEPPOL-COMMON-R056-1", numbers.is_dutch_vat),
}
"""By scheme, for the numbers of parties and their electronic addresses."""
TAX_CODE: Final = Form("PEPPOL-COMMON-R046", numbers.is_italian_tax_code)
"""For electronic addresses under 9907."""
DUTCH_VAT: Final = Form("PEPPOL-COMMON-R056-2", numbers.is_dutch_vat)
"""For the VAT numbers of parties that begin with NL, whatever scheme they are under, if it is none of these."""
ESTABLISHMENT: Final = Form("PEPPOL-COMMON-R057", numbers.of_digits(12))
"""Under 0217."""
_FORMS: Final = {**FORMS, "0217": ESTABLISHMENT}
_FORMS_OF_ENDPOINTS: Final = {**_FORMS, "9907": TAX_CODE}
WARNINGS: Final = frozenset(
    f"PEPPOL-COMMON-R0{number}" for number in ("44", "45", "46", "47", "54", "55", "56-1", "56-2", "57")
)


def _asserted(forms: Mapping[str, Form], *others: str) -> str:
    return " ".join((*(form.assertion for form in forms.values()), *others))


@rule("cbc:EndpointID", asserts=_asserted(_FORMS_OF_ENDPOINTS, "PEPPOL-EN16931-CL008"))
def electronic_address(address: Element, fail: Fail) -> None:
    """It is under a scheme of Peppol, and has its form."""
    scheme = address.get("schemeID")
    if scheme is None:
        return
    if scheme not in ENDPOINT_SCHEMES:
        fail("PEPPOL-EN16931-CL008", address, scheme=scheme)
    if (form := _FORMS_OF_ENDPOINTS.get(scheme)) is not None:
        _has_form(address, form, fail)


@rule("cac:PartyIdentification", asserts=_asserted(_FORMS))
def identifier_of_party(identification: Element, fail: Fail) -> None:
    """It has the form of its scheme."""
    for identifier in identification.named("cbc:ID"):
        if (form := _FORMS.get(identifier.get("schemeID") or "")) is not None:
            _has_form(identifier, form, fail)


@rule("cbc:CompanyID", asserts=_asserted(_FORMS, DUTCH_VAT.assertion))
def registration_of_party(number: Element, fail: Fail) -> None:
    """It has the form of its scheme, or that of a Dutch VAT number."""
    form = FORMS.get(number.get("schemeID") or "")
    if form is None and _is_vat_number_of(number, "NL"):
        form = DUTCH_VAT
    if form is None and number.get("schemeID") == "0217":
        form = ESTABLISHMENT
    if form is not None:
        _has_form(number, form, fail)


def _is_vat_number_of(number: Element, country: str) -> bool:
    if not normal(string_of(number)).startswith(country):
        return False
    owner = number.parent
    if owner is None or owner.name != "cac:PartyTaxScheme":
        return False
    schemes = owner.all("cac:TaxScheme", "cbc:ID")
    return len(schemes) == 1 and normal(string_of(schemes[0])) == "VAT"


def _has_form(number: Element, form: Form, fail: Fail) -> None:
    stated = string_of(number)
    try:
        holds = form.holds(stated if form.keeps_blanks else normal(stated))
    except ValueError as error:
        raise Undecidable(number, str(error)) from error
    if not holds:
        fail(form.assertion, number)


RULES: Final[tuple[Rule, ...]] = (
    electronic_address,
    identifier_of_party,
    registration_of_party,
)
