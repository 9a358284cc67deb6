"""What is invoiced: BG-25 to BG-32 as `cac:InvoiceLine` or `cac:CreditNoteLine`."""

from decimal import Decimal

from formats.en16931 import Identifier, Item, ItemAttribute, Line, LineVat, Price
from formats.ubl import faults
from formats.ubl.allowances import read_line_allowances, write_line_allowances
from formats.ubl.delivery import read_line_period, write_period
from formats.ubl.node import Node
from formats.ubl.pen import Pen, group
from formats.ubl.references import INVOICED_OBJECT, read_line_object, write_typed_reference
from formats.ubl.vat import read_category_and_rate, write_category

# UBL states a gross price only beside a discount; without one, the discount is nothing.
NO_DISCOUNT = Decimal(0)
NOT_A_CHARGE = "<cbc:ChargeIndicator>false</cbc:ChargeIndicator>\n"


def read_line(node: Node, quantity_name: str) -> Line:
    """INVOICE LINE, BG-25. quantity_name: `cbc:InvoicedQuantity` or `cbc:CreditedQuantity`."""
    quantity, unit = node.quantity(quantity_name, "BT-129", "BT-130")
    allowances, charges = read_line_allowances(node)
    item, vat = _read_item_and_vat(node)
    return Line(
        identifier=node.text("cbc:ID", "BT-126"),
        note=node.text("cbc:Note", "BT-127"),
        object_identifier=read_line_object(node),
        quantity=quantity,
        unit=unit,
        net_amount=node.amount("cbc:LineExtensionAmount", "BT-131"),
        order_line=node.inside("cac:OrderLineReference", "cbc:LineID", number="BT-132"),
        accounting_reference=node.text("cbc:AccountingCost", "BT-133"),
        period=read_line_period(node),
        allowances=allowances,
        charges=charges,
        price=node.group("cac:Price", "BG-29", _read_price),
        vat=vat,
        item=item,
    )


def write_line(line: Line, position: int, is_credit_note: bool, pen: Pen) -> str:
    """INVOICE LINE, BG-25. position: counted from 1."""
    if line.unit and line.quantity is None:
        pen.leave(
            f"BG-25[{position}]/BT-130", line.unit, "UBL states a unit with its quantity (BT-129), which is missing"
        )
    return group(
        "cac:CreditNoteLine" if is_credit_note else "cac:InvoiceLine",
        pen.text("cbc:ID", line.identifier),
        pen.text("cbc:Note", line.note),
        pen.quantity("cbc:CreditedQuantity" if is_credit_note else "cbc:InvoicedQuantity", line.quantity, line.unit),
        pen.amount("cbc:LineExtensionAmount", line.net_amount),
        pen.text("cbc:AccountingCost", line.accounting_reference),
        write_period(line.period, None, pen),
        group("cac:OrderLineReference", pen.text("cbc:LineID", line.order_line)),
        write_typed_reference("cac:DocumentReference", line.object_identifier, INVOICED_OBJECT, pen),
        write_line_allowances(line, pen),
        _write_item(line.item or Item(), line.vat or LineVat(), pen),
        _write_price(line.price, position, pen),
    )


def _read_item_and_vat(line: Node) -> tuple[Item | None, LineVat | None]:
    """ITEM INFORMATION, BG-31, and LINE VAT INFORMATION, BG-30, which UBL keeps with the item."""
    node = line.node("cac:Item", "BG-31")
    if node is None:
        return None, None
    category, rate = read_category_and_rate(node, "cac:ClassifiedTaxCategory", "BT-151", "BT-152", "../BG-30")
    item = Item(
        name=node.text("cbc:Name", "BT-153"),
        description=node.text("cbc:Description", "BT-154"),
        seller_identifier=node.inside("cac:SellersItemIdentification", "cbc:ID", number="BT-155"),
        buyer_identifier=node.inside("cac:BuyersItemIdentification", "cbc:ID", number="BT-156"),
        standard_identifier=_read_standard_identifier(node),
        classifications=_read_classifications(node),
        origin_country=node.inside("cac:OriginCountry", "cbc:IdentificationCode", number="BT-159"),
        attributes=tuple(
            _read_attribute(one) for one in node.nodes("cac:AdditionalItemProperty", "BG-32", numbered=True)
        ),
    )
    node.close()
    vat = LineVat(category=category, rate=rate)
    return (item if item != Item() else None), (vat if vat != LineVat() else None)


def _write_item(item: Item, vat: LineVat, pen: Pen) -> str:
    return group(
        "cac:Item",
        pen.text("cbc:Description", item.description),
        pen.text("cbc:Name", item.name),
        group("cac:BuyersItemIdentification", pen.text("cbc:ID", item.buyer_identifier)),
        group("cac:SellersItemIdentification", pen.text("cbc:ID", item.seller_identifier)),
        group("cac:StandardItemIdentification", pen.identifier("cbc:ID", item.standard_identifier)),
        group("cac:OriginCountry", pen.text("cbc:IdentificationCode", item.origin_country)),
        *(_write_classification(one, pen) for one in item.classifications),
        write_category("cac:ClassifiedTaxCategory", vat.category, vat.rate, pen),
        *(_write_attribute(one, pen) for one in item.attributes),
    )


def _read_standard_identifier(item: Node) -> Identifier | None:
    node = item.node("cac:StandardItemIdentification")
    if node is None:
        return None
    identifier = node.identifier("cbc:ID", "BT-157")
    node.close()
    return identifier


def _read_classifications(item: Node) -> tuple[Identifier, ...]:
    found: list[Identifier] = []
    for node in item.nodes("cac:CommodityClassification"):
        number = f"BT-158[{len(found) + 1}]"
        code = node.identifier("cbc:ItemClassificationCode", number, scheme="listID", version="listVersionID")
        found.extend([code] if code else [])
    return tuple(found)


def _write_classification(code: Identifier, pen: Pen) -> str:
    name = "cbc:ItemClassificationCode"
    return group(
        "cac:CommodityClassification",
        pen.marked(name, code.value, listID=code.scheme, listVersionID=code.scheme_version),
    )


def _read_attribute(node: Node) -> ItemAttribute:
    return ItemAttribute(name=node.text("cbc:Name", "BT-160"), value=node.text("cbc:Value", "BT-161"))


def _write_attribute(attribute: ItemAttribute, pen: Pen) -> str:
    return group(
        "cac:AdditionalItemProperty",
        pen.text("cbc:Name", attribute.name),
        pen.text("cbc:Value", attribute.value),
    )


def _read_price(node: Node) -> Price:
    """PRICE DETAILS, BG-29; the discount (BT-147) and the gross price (BT-148) are an allowance of the price."""
    base_quantity, base_unit = node.quantity("cbc:BaseQuantity", "BT-149", "BT-150")
    discount: Decimal | None = None
    gross: Decimal | None = None
    for allowance in node.nodes("cac:AllowanceCharge"):
        if allowance.boolean("cbc:ChargeIndicator", "BT-147"):
            allowance.add(faults.charge_on_price(), "BT-147")
            allowance.leave()
            continue
        discount = allowance.agreed("../BT-147", discount, allowance.amount("cbc:Amount", "BT-147"))
        gross = allowance.agreed("../BT-148", gross, allowance.amount("cbc:BaseAmount", "BT-148"))
    return Price(
        net=node.amount("cbc:PriceAmount", "BT-146"),
        discount=discount,
        gross=gross,
        base_quantity=base_quantity,
        base_unit=base_unit,
    )


def _write_price(price: Price | None, position: int, pen: Pen) -> str:
    if price is None:
        return ""
    discount = NO_DISCOUNT if price.discount is None and price.gross is not None else price.discount
    if price.base_unit and price.base_quantity is None:
        path = f"BG-25[{position}]/BG-29/BT-150"
        pen.leave(path, price.base_unit, "UBL states a unit with its quantity (BT-149), which is missing")
    allowance = pen.amount("cbc:Amount", discount) + pen.amount("cbc:BaseAmount", price.gross)
    return group(
        "cac:Price",
        pen.amount("cbc:PriceAmount", price.net),
        pen.quantity("cbc:BaseQuantity", price.base_quantity, price.base_unit),
        group("cac:AllowanceCharge", NOT_A_CHARGE, allowance) if allowance else "",
    )
