"""Rules of Sweden, SE-R-*: for sellers whose address is there."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Final

from formats.peppol.rules.comparisons import is_number, number_of, says
from formats.peppol.rules.countries import (
    BUYER,
    OF_SELLER,
    SELLER,
    VAT,
    vat_identifiers,
    where,
)
from formats.peppol.rules.numbers import is_swedish
from formats.ubl.assertions import Fail, Pattern, pattern, rule
from formats.ubl.tree import Document, Element, Undecidable, normal, string_of

SWEDEN: Final = "SE"
TAXED_AT_SOURCE: Final = "GODKÄND FÖR F-SKATT"
STANDARD: Final = "S"
RATES: Final = (25, 12, 6)
TRANSFER: Final = "30"
GIRO_CODES: Final = ("50", "56")
DEBIT_TRANSFER: Final = "31"
PLUSGIRO, BANKGIRO = "SE:PLUSGIRO", "SE:BANKGIRO"
_COUNTRY: Final = ("cac:PostalAddress", "cac:Country", "cbc:IdentificationCode")


def _lives_there(party: Element) -> bool:
    return says(party.all(*_COUNTRY), SWEDEN)


def _is_registered_there(party: Element) -> bool:
    return _lives_there(party) and any(number.startswith(SWEDEN) for number in vat_identifiers(party))


def _parties(document: Document, role: str) -> Iterable[Element]:
    return (party for group in document.named(role) for party in group.named("cac:Party"))


def _seller_lives_there(document: Document) -> bool:
    return any(_lives_there(party) for party in _parties(document, SELLER))


def _seller_is_registered_there(document: Document) -> bool:
    return any(_is_registered_there(party) for party in _parties(document, SELLER))


def _both_live_there(document: Document) -> bool:
    return document.fact(_seller_lives_there) and any(_lives_there(party) for party in _parties(document, BUYER))


def _is_registered_seller(party: Element) -> bool:
    return OF_SELLER(party) and _is_registered_there(party)


@rule("cac:Party", asserts="SE-R-001 SE-R-002", matches=_is_registered_seller)
def vat_identifier(party: Element, fail: Fail) -> None:
    """BT-31 is SE and twelve digits."""
    numbers = [
        number
        for scheme in party.named("cac:PartyTaxScheme")
        if says(scheme.all("cac:TaxScheme", "cbc:ID"), VAT)
        for number in scheme.named("cbc:CompanyID")
    ]
    if len(numbers) > 1:
        raise Undecidable(numbers[1], f"{len(numbers)} VAT identifiers stand where one is needed")
    stated = string_of(numbers[0])
    if len(normal(stated)) != 14:
        fail("SE-R-001", numbers[0], length=len(normal(stated)))
    if not is_number(stated[2:14]):
        fail("SE-R-002", numbers[0])


def _is_of_a_seller_there(entity: Element) -> bool:
    if not entity.lies_in(SELLER, "cac:Party"):
        return False
    return entity.parent is not None and _lives_there(entity.parent) and entity.has("cbc:CompanyID")


@rule("cac:PartyLegalEntity", asserts="SE-R-003 SE-R-004 SE-R-013", matches=_is_of_a_seller_there)
def organisation_number(entity: Element, fail: Fail) -> None:
    """BT-30 has ten digits, the last one a check digit."""
    stated, number = entity.string("cbc:CompanyID"), entity.trimmed("cbc:CompanyID")
    element = entity.first["cbc:CompanyID"]
    if not is_number(stated):
        fail("SE-R-003", element)
    if len(number) != 10:
        fail("SE-R-004", element, length=len(number))
    if number.isdecimal() and not number[:9].isascii():
        raise Undecidable(element, f"“{number[:60]}” has digits of another script")
    if not number.isdecimal() or not is_swedish(number[:10]):
        fail("SE-R-013", element)


def _is_no_vat_of_a_company_there(scheme: Element) -> bool:
    if not scheme.lies_in(SELLER, "cac:Party"):
        return False
    names = scheme.all("cac:TaxScheme", "cbc:ID")
    if len(names) > 1 or (names and normal(string_of(names[0]).upper()) == VAT):
        return False
    seller = scheme.parent
    return seller is not None and _lives_there(seller) and seller.has("cac:PartyLegalEntity", "cbc:CompanyID")


@rule("cac:PartyTaxScheme", asserts="SE-R-005", matches=_is_no_vat_of_a_company_there)
def tax_registration(scheme: Element, fail: Fail) -> None:
    """BT-32 says that the seller pays its taxes itself."""
    for said in scheme.named("cbc:CompanyID"):
        if normal(string_of(said).upper()) != TAXED_AT_SOURCE:
            fail("SE-R-005", said, proposed="Godkänd för F-skatt")


@rule("cac:TaxCategory", "cac:ClassifiedTaxCategory", asserts="SE-R-006")
@where(_seller_is_registered_there)
def rate(category: Element, fail: Fail) -> None:
    """BT-119, BT-152 and the like at the standard rate are 25, 12 or 6."""
    if says(category.named("cbc:ID"), STANDARD) and not _is_a_rate(category.string("cbc:Percent")):
        fail("SE-R-006", category.first.get("cbc:Percent", category), allowed="25, 12, 6")


def _is_a_rate(stated: str) -> bool:
    """Whether it is one of them as XPath compares, which knows 53 binary digits of a number and no more."""
    number = number_of(stated)
    if number is None or not number.is_finite() or number.adjusted() not in (0, 1):
        return False
    exact = Fraction(number)
    return any(abs(exact - one) <= Fraction(1, 1 << (54 - one.bit_length())) for one in RATES)


@rule("cac:PaymentMeans", asserts="SE-R-007 SE-R-008 SE-R-009 SE-R-010 SE-R-011 SE-R-012")
@where(_seller_lives_there)
def payment(means: Element, fail: Fail) -> None:
    """Plusgiro and Bankgiro are credit transfers with a bank of that name, and have accounts of their form."""
    codes = means.named("cbc:PaymentMeansCode")
    if says(codes, *GIRO_CODES):
        fail("SE-R-011", codes[0])
    elif says(codes, DEBIT_TRANSFER) and fail.document.fact(_both_live_there):
        fail("SE-R-012", codes[0])
    if len(codes) == 1 and normal(string_of(codes[0])) == TRANSFER:
        banks = means.all("cac:PayeeFinancialAccount", "cac:FinancialInstitutionBranch", "cbc:ID")
        bank = normal(string_of(banks[0])) if len(banks) == 1 else ""
        for account in means.all("cac:PayeeFinancialAccount", "cbc:ID"):
            if bank == PLUSGIRO:
                _account(account, ("SE-R-007", "SE-R-010"), range(2, 9), fail)
            elif bank == BANKGIRO:
                _account(account, ("SE-R-008", "SE-R-009"), range(7, 9), fail)


def _account(account: Element, assertions: tuple[str, str], lengths: range, fail: Fail) -> None:
    number = normal(string_of(account))
    if not is_number(number):
        fail(assertions[0], account)
    if len(number) not in lengths:
        fail(assertions[1], account, length=len(number))


PATTERNS: Final[tuple[Pattern, ...]] = (pattern(vat_identifier, organisation_number, tax_registration, rate, payment),)
WARNINGS: Final = frozenset({"SE-R-007", "SE-R-008", "SE-R-009", "SE-R-010", "SE-R-011", "SE-R-012"})
