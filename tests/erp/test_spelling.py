"""Numbers and dates as people write them."""

import datetime
from decimal import Decimal

import pytest

from formats.erp.spelling import DateOrder, Marks, NotReadable, NumberStyle, Orders, read_date, read_number

COMMA = NumberStyle.of(",", ("kr",))
POINT = NumberStyle.of(".")


@pytest.mark.parametrize(
    ("text", "style", "number"),
    [
        ("1234,56", COMMA, "1234.56"),
        ("1.234,56", COMMA, "1234.56"),  # points between thousands
        ("1 234,56", COMMA, "1234.56"),  # plain blank
        ("1\u00a0234\u202f567,5", COMMA, "1234567.5"),  # two other kinds of blank
        ("1'234'567,5", COMMA, "1234567.5"),  # Swiss
        ("1.234", COMMA, "1234"),  # declared: a point parts thousands
        ("1.234", POINT, "1.234"),
        ("1,234.50", POINT, "1234.50"),
        (",5", COMMA, "0.5"),
        ("-12,00", COMMA, "-12.00"),
        ("12,00-", COMMA, "-12.00"),  # SAP
        ("(12,00)", COMMA, "-12.00"),  # bookkeepers
        ("\u221212,00", COMMA, "-12.00"),  # typographic minus
        ("+12", POINT, "12"),
        ("25 %", POINT, "25"),
        ("12,00 KR", COMMA, "12.00"),  # declared suffix, in any case
    ],
)
def test_a_number_is_read_in_its_style(text: str, style: NumberStyle, number: str) -> None:
    assert read_number(text, style) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("12.34", COMMA),  # the wrong decimal mark is never taken for a hundred times the amount
        ("12,34", POINT),
        ("1,23", NumberStyle.of(".")),
        ("1.2.3", POINT),
        ("12.34,5", COMMA),  # groups have three digits
        ("5,", COMMA),
        ("1e5", POINT),
        ("NaN", POINT),
        ("Infinity", POINT),
        ("", POINT),
        ("-", POINT),
        ("12 EUR", POINT),  # a suffix that nobody declared
        ("١٢", POINT),  # digits that are no ASCII digits
        ("9" * 60, POINT),
    ],
)
def test_what_is_no_number_of_that_style_is_not_read(text: str, style: NumberStyle) -> None:
    with pytest.raises(NotReadable):
        read_number(text, style)


@pytest.mark.parametrize(
    ("texts", "proofs", "is_ambiguous"),
    [
        (["12,50"], {","}, False),
        (["1.234"], set(), True),  # a thousand, or one and a bit
        (["1.234", "7,5"], {","}, True),
        (["1.234.567"], {","}, False),  # a mark that stands twice parts thousands
        (["1,234.5"], {"."}, False),
        (["0.125"], {"."}, False),  # no thousand begins with 0
        (["1234.567"], {"."}, False),  # four digits before the mark
        (["12", "1 000"], set(), False),
        (["1,50", "1.50"], {",", "."}, False),
        (["n/a", "-"], set(), False),
    ],
)
def test_a_column_shows_its_decimal_mark_or_leaves_it_open(
    texts: list[str], proofs: set[str], is_ambiguous: bool
) -> None:
    marks = Marks()
    for text in texts:
        marks.add(text)
    assert set(marks.proofs) == proofs
    assert bool(marks.ambiguous) == is_ambiguous


@pytest.mark.parametrize(
    ("text", "order", "date"),
    [
        ("2026-03-01", None, (2026, 3, 1)),
        ("20260301", None, (2026, 3, 1)),
        ("01.03.2026", None, (2026, 3, 1)),  # nobody writes the month first with points
        ("2026-03-01T23:59:59Z", None, (2026, 3, 1)),
        ("2026-03-01 00:00", None, (2026, 3, 1)),
        ("03/04/2026", DateOrder.MDY, (2026, 3, 4)),
        ("03/04/2026", DateOrder.DMY, (2026, 4, 3)),
        ("1.3.26", DateOrder.DMY, (2026, 3, 1)),
        ("26-03-01", DateOrder.YMD, (2026, 3, 1)),
    ],
)
def test_a_date_is_read_in_its_order(text: str, order: DateOrder | None, date: tuple[int, int, int]) -> None:
    assert read_date(text, order) == datetime.date(*date)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("03/04/2026", None),  # the third of April or the fourth of March
        ("1.3.26", None),  # the first of March 2026, or the third of 2001
        ("31.02.2026", None),
        ("2026-13-01", None),
        ("13/13/2026", DateOrder.DMY),
        ("tomorrow", DateOrder.DMY),
        ("45000", None),  # the serial number of a spreadsheet
        ("", None),
    ],
)
def test_what_is_no_date_of_that_order_is_not_read(text: str, order: DateOrder | None) -> None:
    with pytest.raises(NotReadable):
        read_date(text, order)


@pytest.mark.parametrize(
    ("texts", "proofs", "is_ambiguous"),
    [
        (["13/04/2026"], {DateOrder.DMY}, False),
        (["04/13/2026"], {DateOrder.MDY}, False),
        (["03/04/2026"], set(), True),
        (["03/04/2026", "25/04/2026"], {DateOrder.DMY}, True),
        (["2026-04-03", "03.04.2026"], set(), False),  # read whatever the order
        (["13/04/2026", "04/13/2026"], {DateOrder.DMY, DateOrder.MDY}, False),
    ],
)
def test_a_column_shows_its_date_order_or_leaves_it_open(
    texts: list[str], proofs: set[DateOrder], is_ambiguous: bool
) -> None:
    orders = Orders()
    for text in texts:
        orders.add(text)
    assert set(orders.proofs) == proofs
    assert bool(orders.ambiguous) == is_ambiguous
