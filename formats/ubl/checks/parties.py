"""Seller, buyer, payee, tax representative and where the goods went (EN 16931-1 sections 6.4.1 and 6.4.2)."""

from collections.abc import Iterable
from typing import Final

from formats.en16931.codes import VAT_PREFIXES
from formats.ubl.assertions import ROOT, Fail, pattern, rule
from formats.ubl.checks.amounts import NOTHING
from formats.ubl.checks.claims import any_holds
from formats.ubl.checks.conditions import is_vat, is_vat_alone
from formats.ubl.tree import Element, string_of

_SELLER: Final = ("cac:AccountingSupplierParty", "cac:Party")
_BUYER: Final = ("cac:AccountingCustomerParty", "cac:Party")
_NAME: Final = ("cac:PartyLegalEntity", "cbc:RegistrationName")
_IDENTIFIER: Final = ("cac:PartyIdentification", "cbc:ID")
_COUNTRY: Final = ("cac:Country", "cbc:IdentificationCode")
# The official rule looks for the first two characters anywhere in its list: a blank and an `F` are in it, too.
_PREFIXES: Final = f" {' '.join(sorted(VAT_PREFIXES))} "


@rule(ROOT, asserts="BR-06 BR-07 BR-08 BR-10")
def seller_and_buyer_are_stated(invoice: Element, fail: Fail) -> None:
    """Names (BT-27, BT-44) and postal addresses (BG-5, BG-8) of both."""
    if not invoice.trimmed(*_SELLER, *_NAME):
        fail("BR-06", _nearest(invoice, *_SELLER))
    if not invoice.trimmed(*_BUYER, *_NAME):
        fail("BR-07", _nearest(invoice, *_BUYER))
    if not invoice.has(*_SELLER, "cac:PostalAddress"):
        fail("BR-08", _nearest(invoice, *_SELLER))
    if not invoice.has(*_BUYER, "cac:PostalAddress"):
        fail("BR-10", _nearest(invoice, *_BUYER))


def _texts(elements: Iterable[Element]) -> frozenset[str]:
    return frozenset(string_of(one) for one in elements)


def _nearest(invoice: Element, *path: str) -> Element:
    """The group at a path, or as much of the way as there is."""
    here = invoice
    for name in path:
        below = here.first.get(name)
        if below is None:
            break
        here = below
    return here


@rule("cac:AccountingSupplierParty", asserts="BR-09 BR-62")
def seller_can_be_reached(seller: Element, fail: Fail) -> None:
    """Country (BT-40) and the scheme of the electronic address (BT-34)."""
    _country_and_scheme(seller, "BR-09", "BR-62", fail)


@rule("cac:AccountingCustomerParty", asserts="BR-11 BR-63")
def buyer_can_be_reached(buyer: Element, fail: Fail) -> None:
    """Country (BT-55) and the scheme of the electronic address (BT-49)."""
    _country_and_scheme(buyer, "BR-11", "BR-63", fail)


def _country_and_scheme(role: Element, no_country: str, no_scheme: str, fail: Fail) -> None:
    for party in role.all("cac:Party"):
        for address in party.all("cac:PostalAddress"):
            if not address.trimmed(*_COUNTRY):
                fail(no_country, address)
        for endpoint in party.named("cbc:EndpointID"):
            if endpoint.get("schemeID") is None:
                fail(no_scheme, endpoint)


@rule("cac:AccountingSupplierParty", asserts="BR-CO-26")
def seller_can_be_identified(seller: Element, fail: Fail) -> None:
    """An identifier (BT-29) other than for direct debit, the legal registration (BT-30) or the VAT number (BT-31)."""
    if not any_holds(
        lambda: seller.has("cac:Party", "cac:PartyLegalEntity", "cbc:CompanyID"),
        lambda: any(one.get("schemeID") != "SEPA" for one in seller.all("cac:Party", *_IDENTIFIER)),
        lambda: any(is_vat(one) and one.has("cbc:CompanyID") for one in seller.all("cac:Party", "cac:PartyTaxScheme")),
    ):
        fail("BR-CO-26", _nearest(seller, "cac:Party"))


@rule("cac:PartyTaxScheme", asserts="BR-CO-09", matches=is_vat)
def vat_number_begins_with_its_country(registration: Element, fail: Fail) -> None:
    """BT-31, BT-48 and BT-63 begin with an ISO 3166-1 code, for Greece also EL."""
    if registration.string("cbc:CompanyID")[:2] not in _PREFIXES:
        fail("BR-CO-09", registration.first["cbc:CompanyID"])


@rule("cac:TaxRepresentativeParty", asserts="BR-18 BR-19 BR-20 BR-56")
def tax_representative_is_complete(representative: Element, fail: Fail) -> None:
    """Name (BT-62), postal address (BG-12), its country (BT-69) and VAT number (BT-63)."""
    if not representative.trimmed("cac:PartyName", "cbc:Name"):
        fail("BR-18", representative)
    if not representative.has("cac:PostalAddress"):
        fail("BR-19", representative)
    for address in representative.all("cac:PostalAddress"):
        if not address.trimmed(*_COUNTRY):
            fail("BR-20", address)
    registrations = representative.all("cac:PartyTaxScheme")
    if not any(is_vat_alone(one) and one.has("cbc:CompanyID") for one in registrations):
        fail("BR-56", representative)


@rule("cac:PayeeParty", asserts="BR-17")
def payee_is_somebody_else(payee: Element, fail: Fail) -> None:
    """BT-59 is stated, and neither the name nor an identifier (BT-60) is the seller's."""
    names = payee.all("cac:PartyName", "cbc:Name")
    beside = payee.parent.all(*_SELLER) if payee.parent is not None else []
    sellers = _texts(one for party in beside for one in party.all("cac:PartyName", "cbc:Name"))
    numbers = _texts(one for party in beside for one in party.all(*_IDENTIFIER))
    if not names:
        fail("BR-17", payee, name=NOTHING)
    elif _texts(names) & sellers or _texts(payee.all(*_IDENTIFIER)) & numbers:
        fail("BR-17", payee, name=string_of(names[0]))


@rule("cac:DeliveryLocation", asserts="BR-57")
def delivery_address_has_a_country(location: Element, fail: Fail) -> None:
    """BT-80 in BG-15."""
    if location.parent is None or location.parent.name != "cac:Delivery":
        return
    for address in location.all("cac:Address"):
        if not address.has(*_COUNTRY):
            fail("BR-57", address)


PATTERNS: Final = (
    pattern(seller_and_buyer_are_stated),
    pattern(seller_can_be_reached),
    pattern(seller_can_be_identified),
    pattern(buyer_can_be_reached),
    pattern(vat_number_begins_with_its_country),
    pattern(tax_representative_is_complete),
    pattern(payee_is_somebody_else),
    pattern(delivery_address_has_a_country),
)
