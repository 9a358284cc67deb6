"""Which tax identifiers the parties of a document state, as far as its VAT categories call for them."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from formats.ubl.checks.claims import all_hold, any_holds
from formats.ubl.checks.conditions import is_vat_alone
from formats.ubl.checks.vat_categories import Parties
from formats.ubl.tree import Document, Element


def agree(document: Document, wanted: Parties) -> bool:
    """Whether the parties state what a category wants. Raises Undecidable."""
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
    return any_holds(partial(seller_is_registered, document), partial(representative_has_vat, document))


def _vat(document: Document) -> bool:
    return any_holds(partial(seller_has_vat, document), partial(representative_has_vat, document))


def _buyer(document: Document) -> bool:
    return any_holds(partial(buyer_has_vat, document), partial(buyer_is_registered, document))


def _tax_and_buyer(document: Document) -> bool:
    return all_hold(partial(_tax, document), partial(_buyer, document))


def _both_vat(document: Document) -> bool:
    return all_hold(partial(_vat, document), partial(buyer_has_vat, document))


def _no_vat(document: Document) -> bool:
    return not any_holds(*(partial(has, document) for has in (seller_has_vat, representative_has_vat, buyer_has_vat)))


_AGREE: Final[dict[Parties, Callable[[Document], bool]]] = {
    Parties.TAX: _tax,
    Parties.VAT: _vat,
    Parties.BUYER_TOO: _tax_and_buyer,
    Parties.BOTH_VAT: _both_vat,
    Parties.NO_VAT: _no_vat,
}
