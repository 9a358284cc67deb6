"""Lines, allowances and charges for the strategies of `tests/strategies.py`."""

from decimal import Decimal
from functools import cache

import msgspec
from hypothesis import strategies as st

from formats.en16931 import (
    AllowanceCharge,
    Identifier,
    ItalianLine,
    Item,
    ItemAttribute,
    Line,
    LineAllowanceCharge,
    LineVat,
    Price,
)
from tests.draws import PERIODS, Case, Words, few, maybe, money
from tests.sums import cents_of_percent

NATURES = {"E": "N4", "AE": "N6.9", "K": "N3.2", "G": "N3.1"}
ALLOWANCE_REASONS = ("95", "100", "64")
CHARGE_REASONS = ("FC", "AAA", "ZZZ")
AMOUNTS = money(high="99.99")
PERCENTAGES = st.tuples(money(), money("0.5", "50.0", 1)) | st.just((None, None))


@cache
@st.composite
def line_allowances(draw: st.DrawFn, words: Words, codes: tuple[str, ...]) -> LineAllowanceCharge:
    """An allowance or charge of a line, with a reason (BR-42, BR-44), perhaps as a percentage of a base."""
    base, percentage = draw(PERCENTAGES)
    return LineAllowanceCharge(
        amount=cents_of_percent(base, percentage) if base and percentage else draw(AMOUNTS),
        base=base,
        percentage=percentage,
        reason=draw(words.text),
        reason_code=draw(st.sampled_from((None, *codes))),
    )


@st.composite
def allowances(draw: st.DrawFn, case: Case, codes: tuple[str, ...]) -> AllowanceCharge:
    """The same on the level of the document, with its VAT."""
    line_level = draw(line_allowances(case.words, codes))
    category, rate = draw(st.sampled_from(case.kinds))
    return AllowanceCharge(
        amount=line_level.amount,
        base=line_level.base,
        percentage=line_level.percentage,
        vat_category=category,
        vat_rate=rate,
        reason=line_level.reason,
        reason_code=line_level.reason_code,
    )


def _price(gross: Decimal, discount: Decimal | None, base_quantity: Decimal | None) -> Price:
    net = gross - (discount or 0)
    return Price(net=net, discount=discount, gross=gross if discount else None, base_quantity=base_quantity)


PRICES = st.builds(
    _price,
    money("10.00", "999.9999", 4),
    maybe(money("0.01", "9.99")),
    st.sampled_from((None, Decimal(1), Decimal(100), Decimal("0.5"))),
)
QUANTITIES = money("0.001", "999.999", 3) | st.just(Decimal(-1))
OBJECTS = st.sampled_from((None, Identifier("METER-1"), Identifier("7", "AWV")))
CLASSES = st.sampled_from((Identifier("65434568", "STI"), Identifier("09348023", "TST", "20.1")))


@cache
def items(words: Words, countries: tuple[str, ...]) -> st.SearchStrategy[Item]:
    """An item with its identifiers, classes and attributes."""
    return st.builds(
        Item,
        name=words.text,
        description=words.some_long,
        seller_identifier=words.some,
        buyer_identifier=words.some,
        standard_identifier=maybe(st.just(Identifier("7300010000001", "0160"))),
        classifications=few(CLASSES),
        origin_country=maybe(st.sampled_from(countries)),
        attributes=few(st.builds(ItemAttribute, name=words.text, value=words.text)),
    )


@cache
def plain_lines(words: Words, countries: tuple[str, ...]) -> st.SearchStrategy[Line]:
    """A line before its number, its VAT and its net amount are known."""
    return st.builds(
        Line,
        note=words.some_long,
        object_identifier=OBJECTS,
        quantity=QUANTITIES,
        unit=st.sampled_from(("C62", "KGM", "HUR", "XBX")),
        order_line=words.some,
        accounting_reference=words.some,
        period=maybe(PERIODS),
        allowances=few(line_allowances(words, ALLOWANCE_REASONS)),
        charges=few(line_allowances(words, CHARGE_REASONS), most=1),
        price=PRICES,
        item=items(words, countries),
    )


@st.composite
def lines(draw: st.DrawFn, case: Case) -> Line:
    """A line under one of the kinds of VAT of the case; its number is given later, its net amount computed later."""
    line = draw(plain_lines(case.words, case.countries))
    category, rate = draw(st.sampled_from(case.kinds))
    if line.price is not None and line.price.base_quantity == 100:
        line = msgspec.structs.replace(line, price=msgspec.structs.replace(line.price, base_unit=line.unit))
    italian = ItalianLine(nature=NATURES.get(category or "")) if case.italy else None
    return msgspec.structs.replace(line, vat=LineVat(category=category, rate=rate), italy=italian)
