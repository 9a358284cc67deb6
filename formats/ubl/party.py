"""Who sells, buys, is paid and represents: BG-4 to BG-12 as `cac:…Party` (EN 16931-3-2 table 2)."""

from collections.abc import Mapping
from functools import cache

from formats.en16931 import Address, Buyer, Contact, Identifier, Payee, Seller, TaxRepresentative
from formats.en16931.terms import Group, terms_of
from formats.ubl.node import Node
from formats.ubl.pen import Pen, group
from formats.ubl.vat import VAT, is_vat

Numbers = Mapping[str, str]

# BT-90 stands among the identifiers of the seller or the payee, under this scheme.
SEPA = "SEPA"
# EN 16931 says that BT-32 is not a VAT identifier, no more; this code says the same.
OTHER_TAX = "TAX"
CREDITOR = "/BG-16/BG-19/BT-90"


@cache
def numbers_of(owner: type[Group], field: str) -> Numbers:
    """The numbers of a group of shared shape in this field: `line1` is BT-35 in the address of a seller."""
    return dict(next(one.numbers for one in terms_of(owner) if one.field == field))


def read_address(node: Node, numbers: Numbers) -> Address:
    """A postal address."""
    return Address(
        line1=node.text("cbc:StreetName", numbers["line1"]),
        line2=node.text("cbc:AdditionalStreetName", numbers["line2"]),
        line3=node.inside("cac:AddressLine", "cbc:Line", number=numbers["line3"]),
        city=node.text("cbc:CityName", numbers["city"]),
        post_code=node.text("cbc:PostalZone", numbers["post_code"]),
        subdivision=node.text("cbc:CountrySubentity", numbers["subdivision"]),
        country=node.inside("cac:Country", "cbc:IdentificationCode", number=numbers["country"]),
    )


def write_address(name: str, address: Address | None, pen: Pen) -> str:
    """A postal address."""
    if address is None:
        return ""
    return group(
        name,
        pen.text("cbc:StreetName", address.line1),
        pen.text("cbc:AdditionalStreetName", address.line2),
        pen.text("cbc:CityName", address.city),
        pen.text("cbc:PostalZone", address.post_code),
        pen.text("cbc:CountrySubentity", address.subdivision),
        group("cac:AddressLine", pen.text("cbc:Line", address.line3)),
        group("cac:Country", pen.text("cbc:IdentificationCode", address.country)),
    )


def read_contact(node: Node, numbers: Numbers) -> Contact:
    """A person or desk to ask."""
    return Contact(
        name=node.text("cbc:Name", numbers["name"]),
        telephone=node.text("cbc:Telephone", numbers["telephone"]),
        email=node.text("cbc:ElectronicMail", numbers["email"]),
    )


def write_contact(contact: Contact | None, pen: Pen) -> str:
    """A person or desk to ask."""
    if contact is None:
        return ""
    return group(
        "cac:Contact",
        pen.text("cbc:Name", contact.name),
        pen.text("cbc:Telephone", contact.telephone),
        pen.text("cbc:ElectronicMail", contact.email),
    )


def read_seller(node: Node) -> Seller:
    """SELLER, BG-4."""
    vat_identifier, tax_registration = _tax_schemes(node, "BT-31", "BT-32")
    name, registration, information = _legal_entity(node, "BT-27", "BT-30", "BT-33")
    return Seller(
        name=name,
        trading_name=node.inside("cac:PartyName", "cbc:Name", number="BT-28"),
        identifiers=_identifiers(node, "BT-29", repeats=True),
        legal_registration=registration,
        vat_identifier=vat_identifier,
        tax_registration=tax_registration,
        legal_information=information,
        electronic_address=node.identifier("cbc:EndpointID", "BT-34"),
        address=node.group("cac:PostalAddress", "BG-5", read_address, numbers_of(Seller, "address")),
        contact=node.group("cac:Contact", "BG-6", read_contact, numbers_of(Seller, "contact")),
    )


def write_seller(seller: Seller | None, creditor: str | None, pen: Pen) -> str:
    """SELLER, BG-4. creditor: the bank assigned creditor identifier (BT-90) where no payee states it."""
    seller = seller or Seller()
    return group(
        "cac:AccountingSupplierParty",
        group(
            "cac:Party",
            pen.identifier("cbc:EndpointID", seller.electronic_address),
            *(_identification(one, pen) for one in seller.identifiers),
            _creditor(creditor, pen),
            group("cac:PartyName", pen.text("cbc:Name", seller.trading_name)),
            write_address("cac:PostalAddress", seller.address, pen),
            _tax_scheme(seller.vat_identifier, VAT, pen),
            _tax_scheme(seller.tax_registration, OTHER_TAX, pen),
            group(
                "cac:PartyLegalEntity",
                pen.text("cbc:RegistrationName", seller.name),
                pen.identifier("cbc:CompanyID", seller.legal_registration),
                pen.text("cbc:CompanyLegalForm", seller.legal_information),
            ),
            write_contact(seller.contact, pen),
        ),
    )


def read_buyer(node: Node) -> Buyer:
    """BUYER, BG-7."""
    vat_identifier, _ = _tax_schemes(node, "BT-48", None)
    name, registration, _ = _legal_entity(node, "BT-44", "BT-47", None)
    return Buyer(
        name=name,
        trading_name=node.inside("cac:PartyName", "cbc:Name", number="BT-45"),
        identifier=_only(_identifiers(node, "BT-46")),
        legal_registration=registration,
        vat_identifier=vat_identifier,
        electronic_address=node.identifier("cbc:EndpointID", "BT-49"),
        address=node.group("cac:PostalAddress", "BG-8", read_address, numbers_of(Buyer, "address")),
        contact=node.group("cac:Contact", "BG-9", read_contact, numbers_of(Buyer, "contact")),
    )


def write_buyer(buyer: Buyer | None, pen: Pen) -> str:
    """BUYER, BG-7."""
    if buyer is None:
        return ""
    return group(
        "cac:AccountingCustomerParty",
        group(
            "cac:Party",
            pen.identifier("cbc:EndpointID", buyer.electronic_address),
            _identification(buyer.identifier, pen),
            group("cac:PartyName", pen.text("cbc:Name", buyer.trading_name)),
            write_address("cac:PostalAddress", buyer.address, pen),
            _tax_scheme(buyer.vat_identifier, VAT, pen),
            group(
                "cac:PartyLegalEntity",
                pen.text("cbc:RegistrationName", buyer.name),
                pen.identifier("cbc:CompanyID", buyer.legal_registration),
            ),
            write_contact(buyer.contact, pen),
        ),
    )


def read_payee(node: Node) -> Payee:
    """PAYEE, BG-10."""
    return Payee(
        name=node.inside("cac:PartyName", "cbc:Name", number="BT-59"),
        identifier=_only(_identifiers(node, "BT-60")),
        legal_registration=_legal_entity(node, None, "BT-61", None)[1],
    )


def write_payee(payee: Payee | None, creditor: str | None, pen: Pen) -> str:
    """PAYEE, BG-10. creditor: the bank assigned creditor identifier (BT-90)."""
    if payee is None:
        return ""
    return group(
        "cac:PayeeParty",
        _identification(payee.identifier, pen),
        _creditor(creditor, pen),
        group("cac:PartyName", pen.text("cbc:Name", payee.name)),
        group("cac:PartyLegalEntity", pen.identifier("cbc:CompanyID", payee.legal_registration)),
    )


def read_tax_representative(node: Node) -> TaxRepresentative:
    """SELLER TAX REPRESENTATIVE PARTY, BG-11."""
    return TaxRepresentative(
        name=node.inside("cac:PartyName", "cbc:Name", number="BT-62"),
        vat_identifier=_tax_schemes(node, "BT-63", None)[0],
        address=node.group("cac:PostalAddress", "BG-12", read_address, numbers_of(TaxRepresentative, "address")),
    )


def write_tax_representative(representative: TaxRepresentative | None, pen: Pen) -> str:
    """SELLER TAX REPRESENTATIVE PARTY, BG-11."""
    if representative is None:
        return ""
    return group(
        "cac:TaxRepresentativeParty",
        group("cac:PartyName", pen.text("cbc:Name", representative.name)),
        write_address("cac:PostalAddress", representative.address, pen),
        _tax_scheme(representative.vat_identifier, VAT, pen),
    )


def _identifiers(party: Node, number: str, repeats: bool = False) -> tuple[Identifier, ...]:
    """The identifiers of a party. That of a creditor goes to the notebook: it belongs to the direct debit (BG-19)."""
    found: list[Identifier] = []
    for one in party.nodes("cac:PartyIdentification"):
        if (one.attribute("cbc:ID", "schemeID") or "").upper() == SEPA and number != "BT-46":
            _note_creditor(one)
            continue
        if found and not repeats:
            one.repeats(number, found[0])
            one.skip()
            continue
        identifier = one.identifier("cbc:ID", f"{number}[{len(found) + 1}]" if repeats else number)
        if identifier is not None:
            found.append(identifier)
    return tuple(found)


def _only(identifiers: tuple[Identifier, ...]) -> Identifier | None:
    return identifiers[0] if identifiers else None


def _note_creditor(identification: Node) -> None:
    book = identification.book
    stated = identification.text("cbc:ID", CREDITOR)
    if book.creditor is not None and stated != book.creditor:
        identification.repeats(CREDITOR, book.creditor, stated)
    book.creditor = book.creditor or stated


def _identification(identifier: Identifier | None, pen: Pen) -> str:
    return group("cac:PartyIdentification", pen.identifier("cbc:ID", identifier))


def _creditor(creditor: str | None, pen: Pen) -> str:
    return _identification(Identifier(creditor, SEPA) if creditor else None, pen)


def _tax_schemes(party: Node, vat_number: str, other_number: str | None) -> tuple[str | None, str | None]:
    """The VAT identifier and the other tax registration of a party; a party without a term for the latter leaves it."""
    found: dict[str, str | None] = {}
    for one in party.nodes("cac:PartyTaxScheme"):
        number = vat_number if is_vat(one) else other_number
        if number is None:
            one.leave()
            continue
        if number in found:
            one.repeats(number, found[number])
            one.skip()
            continue
        one.skip("cac:TaxScheme")
        found[number] = one.text("cbc:CompanyID", number)
    return found.get(vat_number), found.get(other_number or "")


def _tax_scheme(identifier: str | None, scheme: str, pen: Pen) -> str:
    if not identifier:
        return ""
    return group(
        "cac:PartyTaxScheme",
        pen.text("cbc:CompanyID", identifier),
        group("cac:TaxScheme", pen.text("cbc:ID", scheme)),
    )


def _legal_entity(
    party: Node, name: str | None, registration: str | None, information: str | None
) -> tuple[str | None, Identifier | None, str | None]:
    """Name, registration and legal form of a party, as far as it has business terms for them."""
    node = party.node("cac:PartyLegalEntity")
    if node is None:
        return None, None, None
    entity = (
        node.text("cbc:RegistrationName", name) if name else None,
        node.identifier("cbc:CompanyID", registration) if registration else None,
        node.text("cbc:CompanyLegalForm", information) if information else None,
    )
    node.close()
    return entity
