"""What each line must state (EN 16931-1 sections 6.4.1 and 6.4.2)."""

from typing import Final

from formats.ubl.assertions import Fail, pattern, rule
from formats.ubl.checks.amounts import NOTHING
from formats.ubl.checks.conditions import is_in_item_of_line, is_vat_alone
from formats.ubl.checks.decimals import two_decimals
from formats.ubl.checks.doubles import is_not_negative
from formats.ubl.tree import Element, normal, string_of

_QUANTITIES: Final = ("cbc:InvoicedQuantity", "cbc:CreditedQuantity")
_DECIMALS: Final = {"cbc:LineExtensionAmount": "BR-DEC-23"}


@rule("cac:InvoiceLine", "cac:CreditNoteLine", asserts="BR-21 BR-24 BR-25 BR-26 BR-DEC-23")
def line_is_complete(line: Element, fail: Fail) -> None:
    """Identifier (BT-126), net amount (BT-131, in cents), item name (BT-153) and price (BT-146)."""
    if not line.trimmed("cbc:ID"):
        fail("BR-21", line)
    if "cbc:LineExtensionAmount" not in line.first:
        fail("BR-24", line)
    if not line.trimmed("cac:Item", "cbc:Name"):
        fail("BR-25", line)
    if not line.has("cac:Price", "cbc:PriceAmount"):
        fail("BR-26", line)
    two_decimals(line, _DECIMALS, fail)


@rule("cac:InvoiceLine", "cac:CreditNoteLine", asserts="BR-22 BR-23")
def line_says_how_much(line: Element, fail: Fail) -> None:
    """Quantity (BT-129) and its unit (BT-130)."""
    quantities = [one for name in _QUANTITIES for one in line.named(name)]
    if not quantities:
        fail("BR-22", line)
    if all(one.get("unitCode") is None for one in quantities):
        fail("BR-23", quantities[0] if quantities else line)


@rule("cac:InvoiceLine", "cac:CreditNoteLine", asserts="BR-27 BR-28")
def prices_are_not_negative(line: Element, fail: Fail) -> None:
    """Net price (BT-146) and, where there is one, gross price (BT-148) are 0 or more; no price isn't, either."""
    prices = line.all("cac:Price", "cbc:PriceAmount")
    if not any(is_not_negative(one) for one in prices):
        fail("BR-27", prices[0] if prices else line, price=normal(string_of(prices[0])) if prices else NOTHING)
    gross = line.all("cac:Price", "cac:AllowanceCharge", "cbc:BaseAmount")
    if gross and not any(is_not_negative(one) for one in gross):
        fail("BR-28", gross[0])


@rule("cac:InvoiceLine", "cac:CreditNoteLine", asserts="BR-CO-04")
def line_has_a_vat_category(line: Element, fail: Fail) -> None:
    """BT-151 in every line."""
    for category in line.all("cac:Item", "cac:ClassifiedTaxCategory"):
        if is_vat_alone(category) and category.has("cbc:ID"):
            return
    fail("BR-CO-04", line)


@rule("cac:AdditionalItemProperty", asserts="BR-54")
def attribute_has_name_and_value(attribute: Element, fail: Fail) -> None:
    """BT-160 and BT-161 go together."""
    if not (attribute.has("cbc:Name") and attribute.has("cbc:Value")):
        fail("BR-54", attribute)


@rule("cac:CommodityClassification", asserts="BR-65", matches=is_in_item_of_line)
def classification_names_its_scheme(classification: Element, fail: Fail) -> None:
    """The scheme (UNTDID 7143) of BT-158."""
    for code in classification.named("cbc:ItemClassificationCode"):
        if code.get("listID") is None:
            fail("BR-65", code)


@rule("cac:StandardItemIdentification", asserts="BR-64", matches=is_in_item_of_line)
def standard_identifier_names_its_scheme(identification: Element, fail: Fail) -> None:
    """The scheme (ISO 6523) of BT-157."""
    for identifier in identification.named("cbc:ID"):
        if identifier.get("schemeID") is None:
            fail("BR-64", identifier)


PATTERNS: Final = (
    pattern(line_is_complete),
    pattern(line_says_how_much),
    pattern(prices_are_not_negative),
    pattern(line_has_a_vat_category),
    pattern(attribute_has_name_and_value),
    pattern(classification_names_its_scheme),
    pattern(standard_identifier_names_its_scheme),
)
