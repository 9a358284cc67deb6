"""Rules of Norway, NO-R-*: for sellers that are registered there."""

from typing import Final

from formats.peppol.rules.countries import OF_SELLER, VAT, seller_is_registered_in, where
from formats.peppol.rules.evaluation import both
from formats.peppol.rules.numbers import are_digits, is_norwegian_number
from formats.ubl.assertions import Fail, Pattern, pattern, rule
from formats.ubl.tree import Element, Undecidable, normal, string_of

TRADE_REGISTER: Final = "Foretaksregisteret"


@rule("cac:Party", asserts="NO-R-001 NO-R-002", matches=OF_SELLER)
@where(seller_is_registered_in("NO"))
def seller(party: Element, fail: Fail) -> None:
    """BT-31 is NO, an organisation number and MVA; BT-32 says that the seller is in the trade register."""
    _is_in_the_trade_register(party, fail)
    schemes = _schemes(party, VAT)
    numbers = [one.string("cbc:CompanyID") for one in schemes]
    if not any(number.startswith("NO") for number in numbers):
        return
    if not both(lambda: _has_its_form(schemes), lambda: _has_its_check_digit(schemes)):
        fail("NO-R-001", next(one for scheme in schemes for one in scheme.named("cbc:CompanyID")))


def _has_its_form(schemes: list[Element]) -> bool:
    if len(schemes) > 1:
        raise Undecidable(schemes[1], "the seller has several VAT schemes where one is needed")
    number = schemes[0].string("cbc:CompanyID")
    return len(number) == 14 and number.endswith("MVA") and are_digits(number[2:11], 9)


def _has_its_check_digit(schemes: list[Element]) -> bool:
    numbers = [one for scheme in schemes for one in scheme.named("cbc:CompanyID")]
    if len(numbers) > 1:
        raise Undecidable(numbers[1], "the seller has several VAT identifiers where one is needed")
    return is_norwegian_number(string_of(numbers[0])[2:11])


def _is_in_the_trade_register(party: Element, fail: Fail) -> None:
    registrations = [one for scheme in _schemes(party, "TAX") for one in scheme.named("cbc:CompanyID")]
    if len(registrations) > 1:
        raise Undecidable(registrations[1], "the seller has several tax registrations where one is needed")
    said = normal(string_of(registrations[0])) if registrations else ""
    if said != TRADE_REGISTER:
        fail("NO-R-002", registrations[0] if registrations else party, proposed=TRADE_REGISTER)


def _schemes(party: Element, name: str) -> list[Element]:
    return [one for one in party.named("cac:PartyTaxScheme") if one.trimmed("cac:TaxScheme", "cbc:ID") == name]


PATTERNS: Final[tuple[Pattern, ...]] = (pattern(seller),)
WARNINGS: Final = frozenset({"NO-R-002"})
