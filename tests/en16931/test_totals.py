"""Totals: what an export left out is computed as by hand, and what it stated is kept."""

from decimal import Decimal

import pytest
from hypothesis import given
from msgspec.structs import replace

from formats.contract import Reading
from formats.en16931 import (
    AllowanceCharge,
    Invoice,
    LineAllowanceCharge,
    LineVat,
    Place,
    Price,
    Provenance,
    Totals,
    VatBreakdown,
)
from formats.en16931.totals import completed
from formats.ubl.checks import EN16931
from formats.ubl.verdict import by_rules
from tests.carried import without
from tests.samples import sample_invoice, sample_line
from tests.strategies import invoices

# What follows from the rest. Paid, rounding and BT-111 (another currency) do not; nor does an exemption reason.
check = by_rules(EN16931)
COMPUTED = (
    *(f"BG-22/BT-{number}" for number in (106, 107, 108, 109, 110, 112, 115)),
    "BG-23/BT-116",
    "BG-23/BT-117",
    "BG-25/BT-131",
)
NOWHERE = Provenance()


def filled(invoice: Invoice) -> Invoice:
    """The invoice as `completed` makes it."""
    return completed(invoice, NOWHERE)[0]


@given(invoices() | invoices(italy=True))
def test_totals_that_were_taken_out_come_back_as_they_were(invoice: Invoice) -> None:
    assert filled(without(invoice, COMPUTED)) == invoice


@given(invoices())
def test_a_breakdown_that_was_taken_out_comes_back_with_its_amounts(invoice: Invoice) -> None:
    made = filled(without(invoice, [*COMPUTED, "BG-23"]))
    amounts = [(row.category, row.rate, row.taxable, row.tax) for row in invoice.vat_breakdown]
    assert [(row.category, row.rate, row.taxable, row.tax) for row in made.vat_breakdown] == amounts
    assert made.totals == invoice.totals


@given(invoices())
def test_a_completed_invoice_lacks_nothing_but_reasons_that_only_the_seller_knows(invoice: Invoice) -> None:
    found = check(Reading(filled(without(invoice, [*COMPUTED, "BG-23"])))).findings
    assert {one.id for one in found} <= {"BR-E-10"}


@given(invoices())
def test_a_complete_invoice_stays_as_it_is(invoice: Invoice) -> None:
    assert completed(invoice, NOWHERE) == (invoice, NOWHERE)


@given(invoices())
def test_completing_twice_is_completing_once(invoice: Invoice) -> None:
    once = completed(without(invoice, COMPUTED), NOWHERE)
    assert completed(*once) == once


@given(invoices())
def test_every_computed_value_is_marked_and_no_other(invoice: Invoice) -> None:
    stated = without(invoice, COMPUTED)
    made, provenance = completed(stated, NOWHERE)
    for path in provenance.computed_paths():
        assert without(made, [path]) != made
    assert without(made, provenance.computed_paths()) == stated


def test_the_provenance_says_how_a_value_was_computed_and_keeps_the_places_of_the_others() -> None:
    stated = without(sample_invoice(), ["BG-22", "BG-25[2]/BT-131"])
    _, provenance = completed(stated, Provenance({"BG-25[1]/BT-131": Place(line=3, column="Net")}))
    assert {path: str(place) for path, place in provenance.places.items()} == {
        "BG-25[1]/BT-131": "line 3, column Net",
        "BG-25[2]/BT-131": "computed: 2 x 12.00",
        "BG-22/BT-106": "computed: sum of BT-131",
        "BG-22/BT-109": "computed: BT-106 - BT-107 + BT-108",
        "BG-22/BT-110": "computed: sum of BT-117",
        "BG-22/BT-112": "computed: BT-109 + BT-110",
        "BG-22/BT-115": "computed: BT-112 - BT-113 + BT-114",
    }


@pytest.mark.parametrize(
    ("quantity", "price", "net"),
    [
        ("3", Price(net=Decimal("0.335")), "1.01"),  # 1.005, half up
        ("-3", Price(net=Decimal("0.335")), "-1.01"),  # away from zero
        ("0", Price(net=Decimal("19.90")), "0.00"),
        ("250", Price(net=Decimal("12.00"), base_quantity=Decimal(1000)), "3.00"),  # price of a thousand
        ("7", Price(net=Decimal(1), base_quantity=Decimal(3)), "2.33"),
        ("1.005", Price(net=Decimal("1.00")), "1.01"),  # binary arithmetic would say 1.00
        ("2", Price(gross=Decimal("10.00"), discount=Decimal("0.50")), "19.00"),  # net price from gross and discount
    ],
)
def test_a_line_comes_to_quantity_times_price(quantity: str, price: Price, net: str) -> None:
    line = sample_line(quantity=Decimal(quantity), price=price, net_amount=None)
    made = filled(Invoice(lines=(line,))).lines[0]
    assert str(made.net_amount) == net


def test_a_line_adds_its_charges_and_takes_off_its_allowances() -> None:
    line = sample_line(
        net_amount=None,
        allowances=(LineAllowanceCharge(base=Decimal("59.70"), percentage=Decimal(10)),),
        charges=(LineAllowanceCharge(amount=Decimal("2.50")),),
    )
    made, provenance = completed(Invoice(lines=(line,)), NOWHERE)
    assert made.lines[0].net_amount == Decimal("56.23")
    assert str(provenance.places["BG-25[1]/BG-27[1]/BT-136"]) == "computed: 10 % of 59.70"
    assert str(provenance.places["BG-25[1]/BT-131"]) == "computed: 3 x 19.90 + charges - allowances"


@pytest.mark.parametrize(
    "line",
    [
        sample_line(net_amount=None, quantity=None),
        sample_line(net_amount=None, price=None),
        sample_line(net_amount=None, price=Price()),
        sample_line(net_amount=None, price=Price(net=Decimal(1), base_quantity=Decimal(0))),
        sample_line(net_amount=None, charges=(LineAllowanceCharge(reason="unknown"),)),
    ],
    ids=["no quantity", "no price details", "no price", "a price for none", "a charge without amount"],
)
def test_nothing_is_computed_from_a_line_that_lacks_something(line: object) -> None:
    invoice = Invoice(lines=(line, sample_line("2")))  # type: ignore[arg-type]  # a Line, as the table above shows
    assert completed(invoice, NOWHERE) == (invoice, NOWHERE)


def test_a_line_without_a_vat_category_leaves_the_breakdown_open() -> None:
    made = filled(Invoice(lines=(sample_line(vat=None), sample_line("2"))))
    assert made.vat_breakdown == ()
    assert made.totals == Totals(line_net=Decimal("119.40"), without_vat=Decimal("119.40"))


def test_tax_is_computed_on_the_sum_of_a_category_and_not_line_by_line() -> None:
    cents = replace(sample_line(), net_amount=Decimal("0.02"))
    made = filled(Invoice(lines=(cents,) * 5))
    assert [row.tax for row in made.vat_breakdown] == [Decimal("0.02")]  # line by line it would be 0.00


def test_a_stated_total_vat_that_was_rounded_line_by_line_is_met() -> None:
    cents = replace(sample_line(), net_amount=Decimal("0.03"))
    made, provenance = completed(Invoice(lines=(cents,) * 5, totals=Totals(vat=Decimal("0.05"))), NOWHERE)
    assert [row.tax for row in made.vat_breakdown] == [Decimal("0.05")]  # 20 % of 0.15 is 0.03
    assert made.totals is not None
    assert made.totals.vat == Decimal("0.05")
    assert str(provenance.places["BG-23[1]/BT-117"]) == "computed: 20 % of 0.15, and 0.02 to meet the stated BT-110"
    assert "BR-CO-14" not in {one.id for one in check(Reading(made)).findings}


def test_a_stated_total_vat_that_is_wrong_stays_and_is_found() -> None:
    stated = replace(without(sample_invoice(), ["BG-22", "BG-23"]), totals=Totals(vat=Decimal("16.77")))
    made = filled(stated)  # 16.74 is right, two lines explain two cents
    assert made.totals is not None
    assert made.totals.vat == Decimal("16.77")
    assert [row.tax for row in made.vat_breakdown] == [Decimal("16.74")]
    assert {one.id for one in check(Reading(made)).findings} == {"BR-CO-14"}


def test_a_stated_value_is_never_changed() -> None:
    wrong = Totals(line_net=Decimal("1.00"), with_vat=Decimal("5.00"))
    made = filled(replace(sample_invoice(), totals=wrong))
    assert made.totals is not None
    assert (made.totals.line_net, made.totals.with_vat) == (Decimal("1.00"), Decimal("5.00"))
    assert {"BR-CO-10", "BR-CO-15"} <= {one.id for one in check(Reading(made)).findings}


@pytest.mark.parametrize(
    ("category", "code"), [("AE", "VATEX-EU-AE"), ("K", "VATEX-EU-IC"), ("G", "VATEX-EU-G"), ("E", None), ("Z", None)]
)
def test_a_category_with_one_reason_gets_its_code(category: str, code: str | None) -> None:
    made = filled(Invoice(lines=(sample_line(vat=LineVat(category=category, rate=Decimal(0))),)))
    assert made.vat_breakdown == (
        VatBreakdown(
            taxable=Decimal("59.70"), tax=Decimal("0.00"), category=category, rate=Decimal(0), exemption_code=code
        ),
    )


def test_untaxed_lines_meet_in_one_row_whether_they_state_a_rate_or_not() -> None:
    lines = (sample_line(vat=LineVat(category="E", rate=Decimal(0))), sample_line("2", vat=LineVat(category="E")))
    made = filled(Invoice(lines=lines))
    assert [(row.category, row.taxable) for row in made.vat_breakdown] == [("E", Decimal("119.40"))]


def test_allowances_and_charges_of_the_document_count_under_their_own_category() -> None:
    invoice = Invoice(
        lines=(sample_line(),),
        allowances=(AllowanceCharge(amount=Decimal("9.70"), vat_category="S", vat_rate=Decimal(20)),),
        charges=(
            AllowanceCharge(base=Decimal("100.00"), percentage=Decimal(5), vat_category="S", vat_rate=Decimal(10)),
        ),
    )
    made = filled(invoice)
    assert [(row.rate, row.taxable, row.tax) for row in made.vat_breakdown] == [
        (Decimal(20), Decimal("50.00"), Decimal("10.00")),
        (Decimal(10), Decimal("5.00"), Decimal("0.50")),
    ]
    assert made.totals == Totals(
        line_net=Decimal("59.70"),
        allowances=Decimal("9.70"),
        charges=Decimal("5.00"),
        without_vat=Decimal("55.00"),
        vat=Decimal("10.50"),
        with_vat=Decimal("65.50"),
        due=Decimal("65.50"),
    )


def test_amounts_of_any_size_that_a_reader_takes_are_computed() -> None:
    most, least = Decimal("9" * 40), Decimal("0." + "0" * 39 + "1")
    part = LineAllowanceCharge(base=most, percentage=most)
    line = sample_line(net_amount=None, quantity=most, price=Price(net=most, base_quantity=least), charges=(part,))
    made = filled(Invoice(lines=(replace(line, vat=LineVat(category="S", rate=most)),)))
    assert made.totals is not None
    assert made.totals.due is not None
    assert "GW-CHECK-FAILED" not in {one.id for one in check(Reading(made)).findings}
