"""Which tax identifiers the parties of a document state, as far as its VAT categories call for them."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from formats.ubl.checks.conditions import is_vat_alone
from formats.ubl.checks.vat_categories import Parties
from formats.ubl.tree import Document, Element


def agree(document: Document, wanted: Parties) -> bool:
    """Whether the parties state what a category wants. Raises Undecidable.

    What the answer does not depend on is not looked at: a faulty registration there troubles nobody.
    """
    return _AGREE[wanted](document)


def _of_parties(document: Document, role: str, *path: str) -> Iterator[Element]:
    return (one for party in document.named(role) for one in party.all("cac:Party", *path))


def _states_vat(registrations: Iterable[Element]) -> bool:
    return any(is_vat_alone(one) and one.has("cbc:CompanyID") for one in registrations)


def seller_has_vat(document: Document) -> bool:
    """BT-31."""
    return _states_vat(_of_parties(document, "cac:AccountingSupplierParty", "cac:PartyTaxScheme"))


def seller_is_registered(document: Document) -> bool:
    """BT-31 or BT-32."""
    return any(
        True for _ in _of_parties(document, "cac:AccountingSupplierParty", "cac:PartyTaxScheme", "cbc:CompanyID")
    )


def representative_has_vat(document: Document) -> bool:
    """BT-63."""
    return any(_states_vat(one.all("cac:PartyTaxScheme")) for one in document.named("cac:TaxRepresentativeParty"))


def buyer_has_vat(document: Document) -> bool:
    """BT-48."""
    return _states_vat(_of_parties(document, "cac:AccountingCustomerParty", "cac:PartyTaxScheme"))


def buyer_is_registered(document: Document) -> bool:
    """BT-47."""
    path = ("cac:PartyLegalEntity", "cbc:CompanyID")
    return any(True for _ in _of_parties(document, "cac:AccountingCustomerParty", *path))


def _tax(document: Document) -> bool:
    return seller_is_registered(document) or representative_has_vat(document)


def _vat(document: Document) -> bool:
    return seller_has_vat(document) or representative_has_vat(document)


_AGREE: Final[dict[Parties, Callable[[Document], bool]]] = {
    Parties.TAX: _tax,
    Parties.VAT: _vat,
    Parties.BUYER_TOO: lambda document: _tax(document) and (buyer_has_vat(document) or buyer_is_registered(document)),
    Parties.BOTH_VAT: lambda document: _vat(document) and buyer_has_vat(document),
    Parties.NO_VAT: lambda document: (
        not (seller_has_vat(document) or representative_has_vat(document) or buyer_has_vat(document))
    ),
}
