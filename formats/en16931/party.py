"""Who sells, buys, is paid, represents and receives: BG-4 to BG-15 of EN 16931-1."""

import datetime
from typing import Annotated

from formats.en16931.italy import ItalianSeller
from formats.en16931.terms import Group, Identifier, term

# In Annotated[] an unnumbered term takes its number from the field that holds the group.


class Address(Group, frozen=True, kw_only=True):
    """A postal address: BG-5 seller, BG-8 buyer, BG-12 tax representative, BG-15 deliver-to."""

    line1: Annotated[str | None, term("", "Address line 1")] = None
    line2: Annotated[str | None, term("", "Address line 2")] = None
    line3: Annotated[str | None, term("", "Address line 3")] = None
    city: Annotated[str | None, term("", "City")] = None
    post_code: Annotated[str | None, term("", "Post code")] = None
    subdivision: Annotated[str | None, term("", "Country subdivision")] = None
    country: Annotated[str | None, term("", "Country code")] = None


class Contact(Group, frozen=True, kw_only=True):
    """A person or desk to ask: BG-6 of the seller, BG-9 of the buyer."""

    name: Annotated[str | None, term("", "Contact point")] = None
    telephone: Annotated[str | None, term("", "Contact telephone number")] = None
    email: Annotated[str | None, term("", "Contact email address")] = None


class Period(Group, frozen=True, kw_only=True):
    """A span of days, both ends included: BG-14 of the invoice, BG-26 of a line."""

    start: Annotated[datetime.date | None, term("", "Period start date")] = None
    end: Annotated[datetime.date | None, term("", "Period end date")] = None


class Seller(Group, frozen=True, kw_only=True):
    """SELLER, BG-4."""

    name: Annotated[str | None, term("BT-27", "Seller name")] = None
    trading_name: Annotated[str | None, term("BT-28", "Seller trading name")] = None
    identifiers: Annotated[tuple[Identifier, ...], term("BT-29", "Seller identifier")] = ()
    legal_registration: Annotated[Identifier | None, term("BT-30", "Seller legal registration identifier")] = None
    vat_identifier: Annotated[str | None, term("BT-31", "Seller VAT identifier")] = None
    tax_registration: Annotated[str | None, term("BT-32", "Seller tax registration identifier")] = None
    legal_information: Annotated[str | None, term("BT-33", "Seller additional legal information")] = None
    electronic_address: Annotated[Identifier | None, term("BT-34", "Seller electronic address")] = None
    address: Annotated[
        Address | None,
        term(
            "BG-5",
            "SELLER POSTAL ADDRESS",
            line1="BT-35",
            line2="BT-36",
            line3="BT-162",
            city="BT-37",
            post_code="BT-38",
            subdivision="BT-39",
            country="BT-40",
        ),
    ] = None
    contact: Annotated[
        Contact | None,
        term("BG-6", "SELLER CONTACT", name="BT-41", telephone="BT-42", email="BT-43"),
    ] = None
    italy: Annotated[ItalianSeller | None, term("IT-S", "Italian seller")] = None


class Buyer(Group, frozen=True, kw_only=True):
    """BUYER, BG-7."""

    name: Annotated[str | None, term("BT-44", "Buyer name")] = None
    trading_name: Annotated[str | None, term("BT-45", "Buyer trading name")] = None
    identifier: Annotated[Identifier | None, term("BT-46", "Buyer identifier")] = None
    legal_registration: Annotated[Identifier | None, term("BT-47", "Buyer legal registration identifier")] = None
    vat_identifier: Annotated[str | None, term("BT-48", "Buyer VAT identifier")] = None
    electronic_address: Annotated[Identifier | None, term("BT-49", "Buyer electronic address")] = None
    address: Annotated[
        Address | None,
        term(
            "BG-8",
            "BUYER POSTAL ADDRESS",
            line1="BT-50",
            line2="BT-51",
            line3="BT-163",
            city="BT-52",
            post_code="BT-53",
            subdivision="BT-54",
            country="BT-55",
        ),
    ] = None
    contact: Annotated[
        Contact | None,
        term("BG-9", "BUYER CONTACT", name="BT-56", telephone="BT-57", email="BT-58"),
    ] = None


class Payee(Group, frozen=True, kw_only=True):
    """PAYEE, BG-10: who is paid where it is not the seller."""

    name: Annotated[str | None, term("BT-59", "Payee name")] = None
    identifier: Annotated[Identifier | None, term("BT-60", "Payee identifier")] = None
    legal_registration: Annotated[Identifier | None, term("BT-61", "Payee legal registration identifier")] = None


class TaxRepresentative(Group, frozen=True, kw_only=True):
    """SELLER TAX REPRESENTATIVE PARTY, BG-11."""

    name: Annotated[str | None, term("BT-62", "Seller tax representative name")] = None
    vat_identifier: Annotated[str | None, term("BT-63", "Seller tax representative VAT identifier")] = None
    address: Annotated[
        Address | None,
        term(
            "BG-12",
            "SELLER TAX REPRESENTATIVE POSTAL ADDRESS",
            line1="BT-64",
            line2="BT-65",
            line3="BT-164",
            city="BT-66",
            post_code="BT-67",
            subdivision="BT-68",
            country="BT-69",
        ),
    ] = None


class Delivery(Group, frozen=True, kw_only=True):
    """DELIVERY INFORMATION, BG-13: where and when goods or services were delivered."""

    name: Annotated[str | None, term("BT-70", "Deliver to party name")] = None
    location: Annotated[Identifier | None, term("BT-71", "Deliver to location identifier")] = None
    date: Annotated[datetime.date | None, term("BT-72", "Actual delivery date")] = None
    period: Annotated[Period | None, term("BG-14", "INVOICING PERIOD", start="BT-73", end="BT-74")] = None
    address: Annotated[
        Address | None,
        term(
            "BG-15",
            "DELIVER TO ADDRESS",
            line1="BT-75",
            line2="BT-76",
            line3="BT-165",
            city="BT-77",
            post_code="BT-78",
            subdivision="BT-79",
            country="BT-80",
        ),
    ] = None
