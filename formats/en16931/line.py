"""What is invoiced: BG-25 to BG-32 of EN 16931-1."""

from decimal import Decimal
from typing import Annotated

from formats.en16931.italy import ItalianLine
from formats.en16931.party import Period
from formats.en16931.terms import Group, Identifier, term


class LineAllowanceCharge(Group, frozen=True, kw_only=True):
    """INVOICE LINE ALLOWANCES, BG-27, and INVOICE LINE CHARGES, BG-28. Amounts are positive in both."""

    amount: Annotated[Decimal | None, term("", "Amount")] = None
    base: Annotated[Decimal | None, term("", "Base amount")] = None
    percentage: Annotated[Decimal | None, term("", "Percentage")] = None
    reason: Annotated[str | None, term("", "Reason")] = None
    reason_code: Annotated[str | None, term("", "Reason code")] = None


class Price(Group, frozen=True, kw_only=True):
    """PRICE DETAILS, BG-29: the price of `base_quantity` units (one where it is left out)."""

    net: Annotated[Decimal | None, term("BT-146", "Item net price")] = None
    discount: Annotated[Decimal | None, term("BT-147", "Item price discount")] = None
    gross: Annotated[Decimal | None, term("BT-148", "Item gross price")] = None
    base_quantity: Annotated[Decimal | None, term("BT-149", "Item price base quantity")] = None
    base_unit: Annotated[str | None, term("BT-150", "Item price base quantity unit of measure code")] = None


class LineVat(Group, frozen=True, kw_only=True):
    """LINE VAT INFORMATION, BG-30. `rate` in percent."""

    category: Annotated[str | None, term("BT-151", "Invoiced item VAT category code")] = None
    rate: Annotated[Decimal | None, term("BT-152", "Invoiced item VAT rate")] = None


class ItemAttribute(Group, frozen=True, kw_only=True):
    """ITEM ATTRIBUTES, BG-32."""

    name: Annotated[str | None, term("BT-160", "Item attribute name")] = None
    value: Annotated[str | None, term("BT-161", "Item attribute value")] = None


class Item(Group, frozen=True, kw_only=True):
    """ITEM INFORMATION, BG-31."""

    name: Annotated[str | None, term("BT-153", "Item name")] = None
    description: Annotated[str | None, term("BT-154", "Item description")] = None
    seller_identifier: Annotated[str | None, term("BT-155", "Item Seller's identifier")] = None
    buyer_identifier: Annotated[str | None, term("BT-156", "Item Buyer's identifier")] = None
    standard_identifier: Annotated[Identifier | None, term("BT-157", "Item standard identifier")] = None
    classifications: Annotated[tuple[Identifier, ...], term("BT-158", "Item classification identifier")] = ()
    origin_country: Annotated[str | None, term("BT-159", "Item country of origin")] = None
    attributes: Annotated[tuple[ItemAttribute, ...], term("BG-32", "ITEM ATTRIBUTES")] = ()


class Line(Group, frozen=True, kw_only=True):
    """INVOICE LINE, BG-25."""

    identifier: Annotated[str | None, term("BT-126", "Invoice line identifier")] = None
    note: Annotated[str | None, term("BT-127", "Invoice line note")] = None
    object_identifier: Annotated[Identifier | None, term("BT-128", "Invoice line object identifier")] = None
    quantity: Annotated[Decimal | None, term("BT-129", "Invoiced quantity")] = None
    unit: Annotated[str | None, term("BT-130", "Invoiced quantity unit of measure code")] = None
    net_amount: Annotated[Decimal | None, term("BT-131", "Invoice line net amount")] = None
    order_line: Annotated[str | None, term("BT-132", "Referenced purchase order line reference")] = None
    accounting_reference: Annotated[str | None, term("BT-133", "Invoice line Buyer accounting reference")] = None
    period: Annotated[
        Period | None,
        term("BG-26", "INVOICE LINE PERIOD", start="BT-134", end="BT-135"),
    ] = None
    allowances: Annotated[
        tuple[LineAllowanceCharge, ...],
        term(
            "BG-27",
            "INVOICE LINE ALLOWANCES",
            amount="BT-136",
            base="BT-137",
            percentage="BT-138",
            reason="BT-139",
            reason_code="BT-140",
        ),
    ] = ()
    charges: Annotated[
        tuple[LineAllowanceCharge, ...],
        term(
            "BG-28",
            "INVOICE LINE CHARGES",
            amount="BT-141",
            base="BT-142",
            percentage="BT-143",
            reason="BT-144",
            reason_code="BT-145",
        ),
    ] = ()
    price: Annotated[Price | None, term("BG-29", "PRICE DETAILS")] = None
    vat: Annotated[LineVat | None, term("BG-30", "LINE VAT INFORMATION")] = None
    item: Annotated[Item | None, term("BG-31", "ITEM INFORMATION")] = None
    italy: Annotated[ItalianLine | None, term("IT-L", "Italian line")] = None
