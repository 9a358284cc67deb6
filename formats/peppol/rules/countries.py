"""In which country the seller and the buyer are: for the rules of one country, and each publication asks its own way.

By their VAT identifier, else by their address (Greece, Italy, Norway):

    @rule("cac:Party", asserts="NO-R-001", matches=OF_SELLER)
    @where(seller_is_registered_in("NO"))
    def seller(party: Element, fail: Fail) -> None: ...

By the country code of the address, exactly as it stands (Denmark, Iceland) or whatever its case and the blanks around
it (Germany, the Netherlands). A country that cannot be told, because it is stated twice, is no country of a rule.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Final

from formats.ubl.assertions import Asserts, Fail, Matches
from formats.ubl.tree import Document, Element, Undecidable, normal, string_of

Applies = Callable[[Document], bool]

SELLER: Final = "cac:AccountingSupplierParty"
BUYER: Final = "cac:AccountingCustomerParty"
TAX_REPRESENTATIVE: Final = "cac:TaxRepresentativeParty"
VAT: Final = "VAT"
_NOWHERE: Final = "XX"
_COUNTRY: Final = ("cac:PostalAddress", "cac:Country", "cbc:IdentificationCode")


def inside(*names: str) -> Matches:
    """The context of elements whose parents have these names, the outermost first."""

    def matches(element: Element) -> bool:
        return element.lies_in(*names)

    return matches


def below_root(*names: str) -> Matches:
    """The same where the first of the parents is a child of the document's root, an invoice or a credit note."""

    def matches(element: Element) -> bool:
        around = element.parent
        for name in reversed(names):
            if around is None or around.name != name:
                return False
            around = around.parent
        return around is not None and around.parent is None and is_invoice(around)

    return matches


def is_invoice(element: Element) -> bool:
    """Whether an element is an invoice or a credit note; nothing else is, at the root or deeper."""
    return element.name in ("ubl:Invoice", "cn:CreditNote")


OF_SELLER: Final = inside(SELLER)
OF_BUYER: Final = inside(BUYER)


def where(applies: Applies) -> Callable[[Asserts], Asserts]:
    """A rule for some documents only; for none of which that cannot be told. It is asked once for each document."""

    def decided(document: Document) -> bool:
        try:
            return applies(document)
        except Undecidable:
            return False

    def made(asserts: Asserts) -> Asserts:
        @wraps(asserts)
        def asserted(element: Element, fail: Fail) -> None:
            if fail.document.fact(decided):
                asserts(element, fail)

        return asserted

    return made


def seller_is_registered_in(*countries: str) -> Applies:
    """By the VAT identifier of the seller or of its tax representative, else by the seller's address."""
    return lambda document: document.fact(sellers_registration) in countries


def both_are_registered_in(*countries: str) -> Applies:
    """The same of the seller and the buyer."""
    return lambda document: (
        document.fact(sellers_registration) in countries and document.fact(buyers_registration) in countries
    )


def seller_is_written_in(country: str) -> Applies:
    """By the country code of the seller's address exactly as it stands."""
    return lambda document: document.fact(sellers_code) == country


def both_are_written_in(country: str) -> Applies:
    """The same of the seller and the buyer."""
    return lambda document: document.fact(sellers_code) == country and document.fact(buyers_code) == country


def seller_lives_in(country: str) -> Applies:
    """By the country code of the seller's address, whatever its case and the blanks around it."""
    return lambda document: document.fact(sellers_country) == country


def both_live_in(country: str) -> Applies:
    """The same of the seller and the buyer."""
    return lambda document: document.fact(sellers_country) == country and document.fact(buyers_country) == country


def sellers_registration(document: Document) -> str:
    """`NO`, of the VAT identifier or the address; `XX` where there is neither. Raises Undecidable for two of them."""
    prefix = _prefix(document.root, SELLER, "cac:Party")
    if prefix is None:
        prefix = _prefix(document.root, TAX_REPRESENTATIVE)
    return _address(document.root, SELLER) if prefix is None else prefix


def sellers_own_registration(document: Document) -> str:
    """The same without the tax representative."""
    prefix = _prefix(document.root, SELLER, "cac:Party")
    return _address(document.root, SELLER) if prefix is None else prefix


def buyers_registration(document: Document) -> str:
    """The same of the buyer."""
    prefix = _prefix(document.root, BUYER, "cac:Party")
    return _address(document.root, BUYER) if prefix is None else prefix


def sellers_code(document: Document) -> str:
    """The country code of the seller's address as it stands, "" for none. Raises Undecidable for two of them."""
    return document.root.string(SELLER, "cac:Party", *_COUNTRY) if is_invoice(document.root) else ""


def buyers_code(document: Document) -> str:
    """The same of the buyer."""
    return document.root.string(BUYER, "cac:Party", *_COUNTRY) if is_invoice(document.root) else ""


def sellers_country(document: Document) -> str:
    """The country code of the seller's address in capitals, "" for none. Raises Undecidable for two of them."""
    return document.root.trimmed(SELLER, "cac:Party", *_COUNTRY).upper()


def buyers_country(document: Document) -> str:
    """The same of the buyer."""
    return document.root.trimmed(BUYER, "cac:Party", *_COUNTRY).upper()


def tax_representatives_country(document: Document) -> str:
    """The same of the tax representative."""
    return document.root.trimmed(TAX_REPRESENTATIVE, *_COUNTRY).upper()


def vat_identifiers(party: Element) -> Iterator[str]:
    """Those of the tax schemes that are called VAT exactly so; "" for a scheme without. Raises Undecidable."""
    for scheme in party.named("cac:PartyTaxScheme"):
        if any(string_of(one) == VAT for one in scheme.all("cac:TaxScheme", "cbc:ID")):
            yield scheme.string("cbc:CompanyID")


def _prefix(root: Element, *path: str) -> str | None:
    """The first two characters of the VAT identifier, in capitals; None where there is no identifier."""
    found = [(party, identifier[:2]) for party in root.all(*path) for identifier in vat_identifiers(party)]
    if len(found) > 1:
        raise Undecidable(found[1][0], f"{len(found)} VAT identifiers stand where one is needed")
    return normal(found[0][1]).upper() if found and found[0][1] else None


def _address(root: Element, party: str) -> str:
    return root.trimmed(party, "cac:Party", *_COUNTRY).upper() if root.has(party, "cac:Party", *_COUNTRY) else _NOWHERE
