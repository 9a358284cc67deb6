"""What an invoice must state: the integrity constraints BR-01 to BR-65 (EN 16931-1 section 6.4.1, table of rules).

Semantics as in the official rule set 1.3.16: a text of blanks only counts as missing.
"""

from collections.abc import Callable, Iterator
from typing import Final

from formats.checking import Check, Finding, check
from formats.en16931.checks.groups import (
    ALLOWANCES,
    ANY_BUYER,
    ANY_SELLER,
    ANY_TOTALS,
    ATTRIBUTES,
    BREAKDOWN,
    BUYER_ADDRESS,
    BUYER_ENDPOINT,
    CHARGES,
    CLASSIFICATIONS,
    DELIVERY_ADDRESS,
    INVOICE,
    LINE_ALLOWANCES,
    LINE_CHARGES,
    LINES,
    PAYMENT,
    PRECEDING,
    REPRESENTATIVE_ADDRESS,
    SELLER_ADDRESS,
    SELLER_ENDPOINT,
    STANDARD_IDENTIFIERS,
    SUPPORTING,
    TAX_REPRESENTATIVE,
    Group,
    Where,
)
from formats.en16931.invoice import Invoice


def is_missing(value: object) -> bool:
    """Whether a term or group says nothing."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, tuple) and not value)


def needs(rule: str, where: Where[Group], term: str, what: str, value_of: Callable[[Group], object]) -> Check[Invoice]:
    """The check that each of these groups states a term. `what` is the term in words."""

    def missing(invoice: Invoice) -> Iterator[Finding]:
        for positions, group in where.found(invoice):
            if is_missing(value_of(group)):
                path = where.path_to(positions, term)
                yield Finding(rule, path, f"{where.called(positions)} has no {what}.", f"State the {what}.")

    return Check(rule, missing)


def _specification(invoice: Invoice) -> str | None:
    return invoice.process.specification if invoice.process else None


DOCUMENT: Final = (
    needs("BR-01", INVOICE, "BG-2/BT-24", "specification identifier", _specification),
    needs("BR-02", INVOICE, "BT-1", "number", lambda one: one.number),
    needs("BR-03", INVOICE, "BT-2", "issue date", lambda one: one.issue_date),
    needs("BR-04", INVOICE, "BT-3", "type code", lambda one: one.type_code),
    needs("BR-05", INVOICE, "BT-5", "currency code", lambda one: one.currency),
    needs("BR-06", ANY_SELLER, "BT-27", "name", lambda one: one.name),
    needs("BR-07", ANY_BUYER, "BT-44", "name", lambda one: one.name),
    needs("BR-08", ANY_SELLER, "BG-5", "postal address", lambda one: one.address),
    needs("BR-09", SELLER_ADDRESS, "BT-40", "country code", lambda one: one.country),
    needs("BR-10", ANY_BUYER, "BG-8", "postal address", lambda one: one.address),
    needs("BR-11", BUYER_ADDRESS, "BT-55", "country code", lambda one: one.country),
    needs("BR-12", ANY_TOTALS, "BT-106", "sum of line net amounts", lambda one: one.line_net),
    needs("BR-13", ANY_TOTALS, "BT-109", "total without VAT", lambda one: one.without_vat),
    needs("BR-14", ANY_TOTALS, "BT-112", "total with VAT", lambda one: one.with_vat),
    needs("BR-15", ANY_TOTALS, "BT-115", "amount due for payment", lambda one: one.due),
    needs("BR-16", INVOICE, "BG-25", "lines", lambda one: one.lines),
    needs("BR-18", TAX_REPRESENTATIVE, "BT-62", "name", lambda one: one.name),
    needs("BR-19", TAX_REPRESENTATIVE, "BG-12", "postal address", lambda one: one.address),
    needs("BR-20", REPRESENTATIVE_ADDRESS, "BT-69", "country code", lambda one: one.country),
    needs("BR-49", PAYMENT, "BT-81", "means code", lambda one: one.means_code),
    needs("BR-52", SUPPORTING, "BT-122", "reference", lambda one: one.reference),
    needs("BR-55", PRECEDING, "BT-25", "number", lambda one: one.number),
    needs("BR-56", TAX_REPRESENTATIVE, "BT-63", "VAT identifier", lambda one: one.vat_identifier),
    needs("BR-57", DELIVERY_ADDRESS, "BT-80", "country code", lambda one: one.country),
)  # fmt: skip

PARTS: Final = (
    needs("BR-31", ALLOWANCES, "BT-92", "amount", lambda one: one.amount),
    needs("BR-32", ALLOWANCES, "BT-95", "VAT category", lambda one: one.vat_category),
    needs("BR-36", CHARGES, "BT-99", "amount", lambda one: one.amount),
    needs("BR-37", CHARGES, "BT-102", "VAT category", lambda one: one.vat_category),
    needs("BR-45", BREAKDOWN, "BT-116", "taxable amount", lambda one: one.taxable),
    needs("BR-46", BREAKDOWN, "BT-117", "tax amount", lambda one: one.tax),
    needs("BR-47", BREAKDOWN, "BT-118", "VAT category", lambda one: one.category),
    needs("BR-48", BREAKDOWN, "BT-119", "VAT rate", lambda one: "none" if one.category == "O" else one.rate),
    needs("BR-21", LINES, "BT-126", "line identifier", lambda one: one.identifier),
    needs("BR-22", LINES, "BT-129", "quantity", lambda one: one.quantity),
    needs("BR-23", LINES, "BT-130", "unit of measure", lambda one: one.unit),
    needs("BR-24", LINES, "BT-131", "net amount", lambda one: one.net_amount),
    needs("BR-25", LINES, "BG-31/BT-153", "item name", lambda one: one.item and one.item.name),
    needs("BR-26", LINES, "BG-29/BT-146", "item net price", lambda one: one.price and one.price.net),
    needs("BR-41", LINE_ALLOWANCES, "BT-136", "amount", lambda one: one.amount),
    needs("BR-43", LINE_CHARGES, "BT-141", "amount", lambda one: one.amount),
    needs("BR-62", SELLER_ENDPOINT, "", "scheme (EAS code)", lambda one: one.scheme),
    needs("BR-63", BUYER_ENDPOINT, "", "scheme (EAS code)", lambda one: one.scheme),
    needs("BR-64", STANDARD_IDENTIFIERS, "", "scheme (ICD code)", lambda one: one.scheme),
    needs("BR-65", CLASSIFICATIONS, "", "scheme (UNTDID 7143 code)", lambda one: one.scheme),
)  # fmt: skip

# One demand under two numbers: the standard states it as an integrity constraint and again as a condition.
REASONS: Final = tuple(
    needs(rule, where, term, "reason, in words or as a code", lambda one: one.reason or one.reason_code)
    for rule, where, term in (
        ("BR-33", ALLOWANCES, "BT-97"),
        ("BR-CO-21", ALLOWANCES, "BT-97"),
        ("BR-38", CHARGES, "BT-104"),
        ("BR-CO-22", CHARGES, "BT-104"),
    )
)
LINE_REASONS: Final = tuple(
    needs(rule, where, term, "reason, in words or as a code", lambda one: one.reason or one.reason_code)
    for rule, where, term in (
        ("BR-42", LINE_ALLOWANCES, "BT-139"),
        ("BR-CO-23", LINE_ALLOWANCES, "BT-139"),
        ("BR-44", LINE_CHARGES, "BT-144"),
        ("BR-CO-24", LINE_CHARGES, "BT-144"),
    )
)


@check("BR-27")
def net_price_is_not_negative(invoice: Invoice) -> Iterator[Finding]:
    """BT-146 is 0 or more; a line that takes something back has a negative quantity."""
    for position, line in enumerate(invoice.lines, 1):
        net = line.price.net if line.price else None
        if net is None or net < 0:
            yield Finding(
                "BR-27",
                f"BG-25[{position}]/BG-29/BT-146",
                f"Line {position} has no item net price." if net is None else f"The price of line {position} is {net}.",
                "State a price of 0 or more; where goods are taken back, make the quantity negative.",
            )


@check("BR-28")
def gross_price_is_not_negative(invoice: Invoice) -> Iterator[Finding]:
    """BT-148, where stated, is 0 or more."""
    for position, line in enumerate(invoice.lines, 1):
        gross = line.price.gross if line.price else None
        if gross is not None and gross < 0:
            yield Finding(
                "BR-28",
                f"BG-25[{position}]/BG-29/BT-148",
                f"The gross price of line {position} is {gross}.",
                "State a gross price of 0 or more.",
            )


@check("BR-53")
def vat_total_in_accounting_currency(invoice: Invoice) -> Iterator[Finding]:
    """BT-111 where BT-6 names an accounting currency."""
    totals = invoice.totals
    if invoice.vat_currency is None:
        return
    if totals is not None and totals.vat_in_accounting_currency is not None:
        return
    if invoice.vat_currency == invoice.currency and totals is not None and totals.vat is not None:
        return
    yield Finding(
        "BR-53",
        "BG-22/BT-111",
        f"VAT is accounted for in {invoice.vat_currency}, but the total VAT is not stated in {invoice.vat_currency}.",
        f"State the total VAT in {invoice.vat_currency} as well, or leave out the accounting currency (BT-6).",
    )


@check("BR-54")
def attribute_has_name_and_value(invoice: Invoice) -> Iterator[Finding]:
    """BT-160 and BT-161 go together."""
    for positions, attribute in ATTRIBUTES.found(invoice):
        for value, term, what in ((attribute.name, "BT-160", "name"), (attribute.value, "BT-161", "value")):
            if value is None:
                yield Finding(
                    "BR-54",
                    ATTRIBUTES.path_to(positions, term),
                    f"{ATTRIBUTES.called(positions)} has no {what}.",
                    "State both the name and the value of the attribute, or neither.",
                )
                break
