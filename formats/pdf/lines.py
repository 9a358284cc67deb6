"""The lines of the invoice as rows of the table."""

from collections.abc import Iterator

from formats.en16931 import Item, Line, LineAllowanceCharge, Price
from formats.en16931.money import decimals_of
from formats.pdf.facts import period
from formats.pdf.inert import one_line, several_lines
from formats.pdf.sheet import SheetLine
from formats.pdf.wording import Wording

_GTIN_SCHEMES = frozenset({"0160", "0088"})


def sheet_line(line: Line, position: int, currency: str, words: Wording) -> SheetLine:
    """One line. position: counted from 1, for a line that has no identifier of its own."""
    item = line.item or Item()
    price = line.price or Price()
    return SheetLine(
        position=one_line(line.identifier) or str(position),
        name=one_line(item.name),
        details=tuple(filter(None, _details(line, item, currency, words))),
        quantity=words.quantity(line.quantity) if line.quantity is not None else "",
        unit=words.unit(line.unit),
        price=_price(price, line.unit, currency, words),
        vat=_vat(line, words),
        net=words.amount(line.net_amount, currency) if line.net_amount is not None else "",
    )


def _price(price: Price, unit: str | None, currency: str, words: Wording) -> str:
    """The net price with all its decimals, and for how much where that is not one unit."""
    if price.net is None:
        return ""
    said = words.number(price.net, max(2, decimals_of(price.net.normalize())))
    base = price.base_quantity
    if base is None or base == 1:
        return said if currency not in {"JPY", "ISK", "KRW"} else words.quantity(price.net)
    many = f"{words.quantity(base)}\u00a0{words.unit(price.base_unit or unit)}".strip()
    return f"{said}\n{words.say('line', 'price_per', quantity=many)}"


def _vat(line: Line, words: Wording) -> str:
    if line.vat is None:
        return ""
    if line.vat.rate is None:
        return line.vat.category or ""
    return words.percent(line.vat.rate)


def _details(line: Line, item: Item, currency: str, words: Wording) -> Iterator[str]:
    """What stands small below the name of an item."""
    yield several_lines(item.description) if item.description != item.name else ""
    yield " · ".join(filter(None, _numbers(line, item, words)))
    yield " · ".join(
        f"{one_line(one.name)}: {one_line(one.value)}" for one in item.attributes if one.name and one.value
    )
    if line.period:
        yield words.say("line", "period", value=period(line.period, words))
    yield several_lines(line.note)
    price = line.price
    if price and price.discount and price.gross is not None:
        gross, discount = (words.number(one, max(2, decimals_of(one))) for one in (price.gross, price.discount))
        yield words.say("line", "gross_price", gross=gross, discount=discount)
    for one in line.allowances:
        yield _allowance(one, "allowance", "discount", currency, words)
    for one in line.charges:
        yield _allowance(one, "charge", "surcharge", currency, words)


def _numbers(line: Line, item: Item, words: Wording) -> Iterator[str]:
    """The identifiers of an item and the references of its line, each with its label."""
    said = (
        ("seller_item", item.seller_identifier),
        ("buyer_item", item.buyer_identifier),
        ("order_line", line.order_line),
        ("object", line.object_identifier.value if line.object_identifier else None),
        ("accounting", line.accounting_reference),
        ("origin", words.country(item.origin_country)),
    )
    for label, value in said:
        if value:
            yield words.say("line", label, value=one_line(value))
    standard = item.standard_identifier
    if standard and standard.scheme in _GTIN_SCHEMES:
        yield words.say("line", "standard_item", value=one_line(standard.value))
    elif standard:
        yield one_line(standard.value)
    for one in item.classifications:
        yield words.say("line", "class", value=one_line(one.value))


def _allowance(one: LineAllowanceCharge, label: str, usual: str, currency: str, words: Wording) -> str:
    reason = one_line(one.reason) or words.say("line", usual)
    if one.percentage is not None and one.base is not None:
        base, percent = words.amount(one.base, currency), words.percent(one.percentage)
        reason = words.say("line", "percent_of", reason=reason, percent=percent, base=base)
    amount = words.amount(one.amount, currency) if one.amount is not None else ""
    return words.say("line", label, reason=reason, amount=amount)
