"""Rules of Italy, IT-R-*: for sellers that are registered there."""

import re
from typing import Final

from formats.peppol.rules.countries import OF_SELLER, SELLER, VAT, seller_is_registered_in, where
from formats.ubl.assertions import Fail, Pattern, pattern, rule
from formats.ubl.tree import Element, normal, string_of

_ITALIAN = seller_is_registered_in("IT")
_TAX_NUMBER = re.compile(r"[A-Z0-9]{11,16}")
ADDRESS: Final = (("IT-R-002", "cbc:StreetName"), ("IT-R-003", "cbc:CityName"), ("IT-R-004", "cbc:PostalZone"))


def _is_no_vat(scheme: Element) -> bool:
    """cac:TaxScheme/cbc:ID != 'VAT', blanks apart; a scheme with two names is in no context."""
    if not scheme.lies_in(SELLER, "cac:Party"):
        return False
    names = scheme.all("cac:TaxScheme", "cbc:ID")
    return not names or (len(names) == 1 and normal(string_of(names[0])) != VAT)


@rule("cac:PartyTaxScheme", asserts="IT-R-001", matches=_is_no_vat)
@where(_ITALIAN)
def tax_registration(scheme: Element, fail: Fail) -> None:
    """BT-32 has 11 to 16 letters and digits."""
    if not _TAX_NUMBER.fullmatch(scheme.trimmed("cbc:CompanyID")):
        fail("IT-R-001", scheme.first.get("cbc:CompanyID", scheme))


@rule("cac:Party", asserts="IT-R-002 IT-R-003 IT-R-004", matches=OF_SELLER)
@where(_ITALIAN)
def address(party: Element, fail: Fail) -> None:
    """The seller's address has a street, a city and a post code (BT-35, BT-37, BT-38)."""
    for assertion, name in ADDRESS:
        if not party.has("cac:PostalAddress", name):
            fail(assertion, party.first.get("cac:PostalAddress", party))


PATTERNS: Final[tuple[Pattern, ...]] = (pattern(tax_registration, address),)
