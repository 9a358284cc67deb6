"""What several rules ask of a group: whether it is about VAT, what it does to the price, and where it stands."""

from typing import Final

from formats.ubl.lexical import BLANKS, boolean_of
from formats.ubl.names import INVOICES
from formats.ubl.tree import Element, Undecidable, string_of

LINES: Final = ("cac:InvoiceLine", "cac:CreditNoteLine")


def is_vat(taxed: Element) -> bool:
    """Whether one of the tax schemes of a category or of a registration is VAT, in any case of letters."""
    return any(_is_named_vat(one) for one in taxed.named("cac:TaxScheme"))


def is_vat_alone(taxed: Element) -> bool:
    """The same where the official rule can tell of one tax scheme only. Raises Undecidable for several."""
    scheme = taxed.one("cac:TaxScheme")
    return scheme is not None and _is_named_vat(scheme)


def _is_named_vat(scheme: Element) -> bool:
    return scheme.trimmed("cbc:ID").upper() == "VAT"


def has_vat_category_code(taxed: Element, category: str = "cac:TaxCategory") -> bool:
    """Whether a VAT category of a group has a code."""
    return any(is_vat(one) and one.has("cbc:ID") for one in taxed.named(category))


def is_allowance(stated: Element) -> bool:
    """Whether an allowance or charge says that it is an allowance. Raises Undecidable."""
    return _indicates(stated, wanted=False)


def is_charge(stated: Element) -> bool:
    """Whether an allowance or charge says that it is a charge. Raises Undecidable."""
    return _indicates(stated, wanted=True)


def _indicates(stated: Element, *, wanted: bool) -> bool:
    return any(_truth_of(indicator) is wanted for indicator in stated.named("cbc:ChargeIndicator"))


def _truth_of(indicator: Element) -> bool:
    text = string_of(indicator).strip(BLANKS)
    truth = boolean_of(text)
    if truth is None:
        raise Undecidable(indicator, f"“{text[:60]}” is neither true nor false")
    return truth


def is_in_document(element: Element) -> bool:
    """Whether a group stands right below the root of an invoice."""
    around = element.parent
    return around is not None and around.parent is None and around.name in INVOICES


def is_in_line(element: Element) -> bool:
    """Whether a group stands right in an invoice line."""
    return element.parent is not None and element.parent.name in LINES


def is_in_item_of_line(element: Element) -> bool:
    """Whether a group stands right in the item of an invoice line."""
    return element.parent is not None and element.parent.name == "cac:Item" and is_in_line(element.parent)
