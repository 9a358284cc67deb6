"""Rules of Norway, NO-R-*: for sellers that are registered there."""

from typing import Final

from formats.peppol.rules.countries import OF_SELLER, VAT, seller_is_registered_in, where
from formats.peppol.rules.numbers import is_norwegian_number
from formats.ubl.assertions import Fail, Pattern, pattern, rule
from formats.ubl.tree import Aggregate, Undecidable, normal, string_of

TRADE_REGISTER: Final = "Foretaksregisteret"


@rule("cac:Party", asserts="NO-R-001 NO-R-002", matches=OF_SELLER)
@where(seller_is_registered_in("NO"))
def seller(party: Aggregate, fail: Fail) -> None:
    """BT-31 is NO, an organisation number and MVA; BT-32 says that the seller is in the trade register."""
    _is_in_the_trade_register(party, fail)
    schemes = _schemes(party, VAT)
    numbers = [one.string("cbc:CompanyID") for one in schemes]
    if not any(number.startswith("NO") for number in numbers):
        return
    if len(schemes) > 1:
        raise Undecidable(schemes[1], "the seller has several VAT identifiers where one is needed")
    number = numbers[0]
    if len(number) != 14 or not number.endswith("MVA") or not is_norwegian_number(number[2:11]):
        fail("NO-R-001", schemes[0].first["cbc:CompanyID"])


def _is_in_the_trade_register(party: Aggregate, fail: Fail) -> None:
    registrations = [one for scheme in _schemes(party, "TAX") for one in scheme.named("cbc:CompanyID")]
    if len(registrations) > 1:
        raise Undecidable(registrations[1], "the seller has several tax registrations where one is needed")
    said = normal(string_of(registrations[0])) if registrations else ""
    if said != TRADE_REGISTER:
        fail("NO-R-002", registrations[0] if registrations else party, proposed=TRADE_REGISTER)


def _schemes(party: Aggregate, name: str) -> list[Aggregate]:
    return [one for one in party.groups("cac:PartyTaxScheme") if one.trimmed("cac:TaxScheme", "cbc:ID") == name]


PATTERNS: Final[tuple[Pattern, ...]] = (pattern(seller),)
WARNINGS: Final = frozenset({"NO-R-002"})
