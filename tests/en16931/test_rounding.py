"""The rounding solver: what it proposes is right by the rules on the document, and nobody owes more or less for it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import product

import pytest
from msgspec.structs import replace

from formats.contract import Reading
from formats.en16931 import AllowanceCharge, Invoice, Line, LineAllowanceCharge, LineVat, Price, Totals, VatBreakdown
from formats.en16931.money import exactly
from formats.en16931.rounding import EN16931, PEPPOL, SDI, Change, Demands, NoRounding, Proposal, propose
from formats.en16931.rounding.bound import unit_of
from formats.en16931.rounding.cents import in_cents
from formats.en16931.rounding.ledger import Ledger, ledger_of
from formats.en16931.rounding.lines import GivingWay, mended
from formats.en16931.rounding.plans import least, plans
from formats.en16931.rounding.rules import TOTAL_RULES
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.writer import write
from formats.peppol.rules import PEPPOL as RULES_OF_PEPPOL
from formats.ubl.checks import EN16931 as RULES_OF_EN16931
from formats.ubl.verdict import by_rules
from tests.en16931.roundings import invoice_drawn
from tests.samples import sample_credit_note, sample_invoice, sample_italian_invoice, sample_line

BLOCK = 1000
BY_EN16931 = by_rules(RULES_OF_EN16931)
BY_PEPPOL = by_rules(RULES_OF_EN16931, RULES_OF_PEPPOL)


def failing(invoice: Invoice, demands: Demands) -> list[str]:
    """The rules on amounts that the official rule sets, and SDI's controls, find broken."""
    check = BY_PEPPOL if demands.line is not None else BY_EN16931
    found = [one.id for one in check(Reading(invoice)).findings if one.id in TOTAL_RULES]
    if demands is SDI:
        found += [one.id for one in check_bytes(write(invoice).content).findings if one.id in TOTAL_RULES]
    return found


def due(invoice: Invoice) -> Decimal | None:
    return invoice.totals.due if invoice.totals else None


@pytest.mark.slow
@pytest.mark.parametrize("block", range(10))
def test_ten_thousand_invoices_come_right_and_nobody_owes_more_or_less(block: int) -> None:
    """Each is rounded as ERPs do: now and then, half up or cut, from exact numbers or from rounded ones."""
    solved = 0
    for number in range(block * BLOCK, (block + 1) * BLOCK):
        italian = number % 10 == 0
        demands = SDI if italian else PEPPOL if number % 4 == 0 else EN16931
        invoice = invoice_drawn(number, italian=italian)
        found = propose(invoice, demands)
        if isinstance(found, NoRounding):
            assert found.path, number
            assert found.reason, number
            continue
        solved += 1
        after = invoice if found is None else found.invoice
        assert (failing(after, demands), due(after)) == ([], due(invoice)), number
        assert number % 4 or propose(after, demands) is None, number
    # What is left has differences that no rounding explains: discounts of one price and net amounts of another.
    assert solved > 0.94 * BLOCK


def test_what_the_solver_leaves_alone_fails_no_rule_and_what_it_changes_fails_one() -> None:
    """Nothing is proposed without need."""
    for number in range(150):
        invoice = invoice_drawn(number)
        found = propose(invoice, PEPPOL)
        assert (found is None) == (failing(invoice, PEPPOL) == []), number


def lightest(invoice: Invoice, most: int) -> int | None:
    """The weight of the lightest plan among all by which lines, document and VAT give way by up to `most` cents."""
    with exactly():
        exact = mended(in_cents(invoice), EN16931, unit_of(invoice))
        assert isinstance(exact, Invoice)
        ledger = ledger_of(exact, EN16931, unit_of(invoice))
        assert isinstance(ledger, Ledger)
        giving_way = GivingWay(invoice, exact, EN16931, unit_of(invoice))
        shifts = list(product(range(-most, most + 1), repeat=len(ledger.rows)))
        weights = []
        for of_lines in shifts:
            moves = [giving_way.by(row.kind, cents) for row, cents in zip(ledger.rows, of_lines, strict=True)]
            found = tuple(one for one in moves if one is not None)
            if len(found) < len(moves):
                continue
            for of_document in shifts:
                if max(map(abs, of_document)) > ledger.slack:
                    continue
                near = plans(ledger, found, of_lines, of_document, lambda _, vat, __: range(vat - most, vat + most + 1))
                weights += [one.weight for one in near]
        return min(weights, default=None)


def weight_of(found: Proposal | NoRounding | None, invoice: Invoice) -> int | None:
    """The weight of what the solver found, by its own plan."""
    if found is None:
        return 0
    if isinstance(found, NoRounding):
        return None
    with exactly():
        exact = in_cents(invoice)
        ledger = ledger_of(exact, EN16931, unit_of(invoice))
        assert isinstance(ledger, Ledger)
        plan = least(ledger, GivingWay(invoice, exact, EN16931, unit_of(invoice)))
        assert plan is not None
        return plan.weight


def test_of_all_changes_by_a_few_cents_none_is_lighter() -> None:
    """The solver tries what meets a stated sum; here everything is tried, and nothing lighter is found."""
    compared = 0
    for number in range(400):
        invoice = invoice_drawn(number)
        rows = len(invoice.vat_breakdown)
        if rows > 2 or invoice.currency == "HUF" or len(invoice.lines) > 3:
            continue
        tried = lightest(invoice, most=4 if rows == 1 else 2)
        answer = propose(invoice, EN16931)
        found = weight_of(answer, invoice)
        if isinstance(answer, NoRounding):
            # A gap beyond the bound is no rounding, also where two sums could meet in the middle of it.
            assert tried is None or "more than rounding explains" in answer.reason, number
        elif found is not None and tried is not None:
            compared += found != 0
            assert found <= tried, number
    assert compared > 40


@pytest.mark.parametrize("field", ["line_net", "without_vat", "vat", "with_vat", "due"])
def test_what_is_no_rounding_gets_no_proposal_and_says_what_differs(field: str) -> None:
    for number in range(100):
        invoice = invoice_drawn(number)
        assert invoice.totals is not None
        wrong = replace(invoice, totals=replace(invoice.totals, **{field: getattr(invoice.totals, field) + 1000}))
        found = propose(wrong, EN16931)
        assert isinstance(found, NoRounding), number
        assert "more than rounding explains" in found.reason or "no rounded" in found.reason, found


def line(
    quantity: str,
    price: str,
    net: str,
    rate: str = "20",
    category: str = "S",
    parts: Sequence[LineAllowanceCharge] = (),
) -> Line:
    return sample_line(
        quantity=Decimal(quantity),
        price=Price(net=Decimal(price)),
        net_amount=Decimal(net),
        allowances=tuple(parts),
        vat=LineVat(category=category, rate=Decimal(rate)),
    )


def row(taxable: str, tax: str, rate: str = "20", category: str = "S") -> VatBreakdown:
    return VatBreakdown(taxable=Decimal(taxable), tax=Decimal(tax), category=category, rate=Decimal(rate))


def stated(lines: Sequence[Line], rows: Sequence[VatBreakdown], totals: str, **changes: object) -> Invoice:
    """totals: BT-106, BT-109, BT-110, BT-112, BT-115."""
    fields = ("line_net", "without_vat", "vat", "with_vat", "due")
    amounts = dict(zip(fields, map(Decimal, totals.split()), strict=True))
    invoice = replace(sample_invoice(), lines=tuple(lines), vat_breakdown=tuple(rows), totals=Totals(**amounts))
    return replace(invoice, **changes)


def changed(found: object) -> dict[str, tuple[str, str]]:
    """By the path of each value: kind of change and what it is to say."""
    assert isinstance(found, Proposal), found
    return {one.path: (one.change.value, f"{one.after:f}") for one in found.steps}


FIELD: Mapping[str, tuple[Invoice, Demands, dict[str, tuple[str, str]]]] = {
    # 3 x 0.3333 in all its decimals: every amount is written in cents
    "a third with four decimals": (
        stated([line("3", "0.3333", "0.9999")], [row("0.9999", "0.20")], "0.9999 0.9999 0.20 1.1999 1.20"),
        PEPPOL,
        {
            "BG-25[1]/BT-131": ("cents", "1.00"),
            "BG-23[1]/BT-116": ("cents", "1.00"),
            "BG-22/BT-106": ("cents", "1.00"),
            "BG-22/BT-109": ("cents", "1.00"),
            "BG-22/BT-112": ("cents", "1.20"),
        },
    ),
    # 3000 x 1/3, the price shown with four decimals
    "a price that was rounded": (
        stated(
            [line("3000", "0.3333", "1000.00")], [row("1000.00", "200.00")], "1000.00 1000.00 200.00 1200.00 1200.00"
        ),
        PEPPOL,
        {"BG-25[1]/BG-29/BT-146": ("decimals", "0.333333")},
    ),
    # so many units that eight decimals are too few: the price of all of them
    "a price for all units at once": (
        stated(
            [line("90000000", "0.33", "30000000.00")],
            [row("30000000.00", "6000000.00")],
            "30000000.00 30000000.00 6000000.00 36000000.00 36000000.00",
        ),
        PEPPOL,
        {
            "BG-25[1]/BG-29/BT-146": ("decimals", "30000000.00"),
            "BG-25[1]/BG-29/BT-149": ("decimals", "90000000"),
        },
    ),
    # 0.194 three times is 0.57 by line and 0.58 on the sum
    "VAT computed line by line": (
        stated([line("1", "0.97", "0.97")] * 3, [row("2.91", "0.58")], "2.91 2.91 0.57 3.48 3.48"),
        PEPPOL,
        {"BG-23[1]/BT-117": ("sum", "0.57")},
    ),
    # ... by so much that SDI would reject the tax: it takes a cent
    "VAT computed line by line for SDI": (
        stated(
            [line("1", "0.93", "0.93", "22")] * 8,
            [row("7.44", "1.64", "22")],
            "7.44 7.44 1.60 9.04 9.04",
        ),
        SDI,
        {
            "BG-22/BT-110": ("sum", "1.64"),
            "BG-22/BT-112": ("sum", "9.08"),
            "BG-22/BT-114": ("rounding_amount", "-0.04"),
        },
    ),
    # 100.00 with 19 % VAT: 10 x 10.00 gross is 8.40 net, and 84.03 together
    "prices with VAT": (
        stated([line("10", "8.40", "84.00", "19")], [row("84.03", "15.97", "19")], "84.03 84.03 15.97 100.00 100.00"),
        PEPPOL,
        {"BG-25[1]/BG-29/BT-146": ("decimals", "8.403"), "BG-25[1]/BT-131": ("decimals", "84.03")},
    ),
    # the same with lines of one unit, whose prices can't be finer: one line gives way
    "prices with VAT of single units": (
        stated([line("1", "8.40", "8.40", "19")] * 3, [row("25.21", "4.79", "19")], "25.21 25.21 4.79 30.00 30.00"),
        PEPPOL,
        {"BG-25[1]/BG-28[1]/BT-141": ("line", "0.01"), "BG-25[1]/BT-131": ("line", "8.41")},
    ),
    # the lines and their sum are right, all that follows knows of a cent less: nothing that is stated changes
    "a document that is a cent less": (
        stated([line("1", "8.40", "8.40", "19")] * 3, [row("25.19", "4.79", "19")], "25.20 25.19 4.79 29.98 29.98"),
        PEPPOL,
        {"BG-20[1]/BT-92": ("document", "0.01"), "BG-22/BT-107": ("document", "0.01")},
    ),
    # a third of 1000.00 at "33.33 %"
    "a discount of a third": (
        stated(
            [
                line(
                    "1",
                    "1000.00",
                    "666.67",
                    parts=[
                        LineAllowanceCharge(
                            amount=Decimal("333.33"),
                            base=Decimal("1000.00"),
                            percentage=Decimal("33.3"),
                            reason="A third",
                        )
                    ],
                )
            ],
            [row("666.67", "133.33")],
            "666.67 666.67 133.33 800.00 800.00",
        ),
        PEPPOL,
        {"BG-25[1]/BG-27[1]/BT-138": ("decimals", "33.333")},
    ),
    # coins: 10.03 becomes 10.05
    "an amount due in coins of 0.05": (
        stated([line("1", "8.36", "8.36")], [row("8.36", "1.67")], "8.36 8.36 1.67 10.03 10.05", currency="CHF"),
        PEPPOL,
        {"BG-22/BT-114": ("rounding_amount", "0.02")},
    ),
    # whole kronor: the difference is larger than a cent a line, and still no mistake
    "an amount due in whole kronor": (
        stated([line("1", "8.36", "8.36")], [row("8.36", "2.09")], "8.36 8.36 2.09 10.45 10.00", currency="SEK"),
        PEPPOL,
        {"BG-22/BT-114": ("rounding_amount", "-0.45")},
    ),
    # forints: lines and VAT in whole units, the amount due in coins of 5
    "forints without decimals": (
        stated([line("3", "111.11", "333", "27")], [row("333", "90", "27")], "333 333 90 423 425", currency="HUF"),
        PEPPOL,
        {"BG-25[1]/BG-29/BT-146": ("decimals", "111.00"), "BG-22/BT-114": ("rounding_amount", "2.00")},
    ),
    # exempt: the taxable amount must be the sum to the cent (BR-E-08), and the line is what its price says
    "an exempt line a cent too much": (
        stated([line("3", "3.33", "10.00", "0", "E")], [row("9.99", "0.00", "0", "E")], "9.99 9.99 0.00 9.99 9.99"),
        PEPPOL,
        {"BG-25[1]/BT-131": ("sum", "9.99")},
    ),
}


@pytest.mark.parametrize("name", FIELD)
def test_cases_of_the_field_get_the_least_change(name: str) -> None:
    invoice, demands, expected = FIELD[name]
    if demands is SDI:
        sample = sample_italian_invoice()
        invoice = replace(invoice, seller=sample.seller, buyer=sample.buyer, italy=sample.italy, payment=sample.payment)
    assert failing(invoice, demands)
    found = propose(invoice, demands)
    assert changed(found) == expected
    assert isinstance(found, Proposal)
    assert (failing(found.invoice, demands), due(found.invoice)) == ([], due(invoice))
    assert all(one.arithmetic and one.because for one in found.steps)


def test_a_right_invoice_gets_no_proposal() -> None:
    for invoice in (sample_invoice(), sample_credit_note(), sample_italian_invoice()):
        assert propose(invoice, SDI) is None


NO_ROUNDING = [
    # what is wrong, where it is said to be, a word of the reason
    ({"totals": None}, "BG-22/BT-106", "missing"),
    ({"vat_breakdown": ()}, "BG-23", "no row for S 20 %"),
    ({"vat_breakdown": (row("83.70", "16.74"),) * 2}, "BG-23[1]", "several rows"),
    ({"lines": (line("3", "19.90", "59.70"), line("2", "12.50", "24.00"))}, "BG-25[2]/BT-131", "no rounded price"),
    (
        {
            "allowances": (
                AllowanceCharge(
                    amount=Decimal(5), base=Decimal(100), percentage=Decimal(4), vat_category="S", vat_rate=Decimal(20)
                ),
            )
        },
        "BG-20[1]/BT-92",
        "no rounded percentage",
    ),
]


@pytest.mark.parametrize(("changes", "path", "words"), NO_ROUNDING)
def test_a_mistake_is_told_from_rounding(changes: dict[str, object], path: str, words: str) -> None:
    found = propose(replace(sample_invoice(), **changes), PEPPOL)
    assert isinstance(found, NoRounding)
    assert (found.path, words in found.reason) == (path, True), found


@pytest.mark.parametrize("term", ["due", "paid"])
def test_facts_that_are_no_cents_are_not_rounded(term: str) -> None:
    totals = sample_invoice().totals
    assert totals is not None
    found = propose(sample_invoice(totals=replace(totals, **{term: Decimal("100.445")})), PEPPOL)
    assert isinstance(found, NoRounding)
    assert "must not change" in found.reason


def test_the_bound_is_a_cent_for_each_line_and_each_row_of_the_vat_breakdown() -> None:
    def off_by(cents: str) -> Invoice:
        totals = sample_invoice().totals
        assert totals is not None
        return sample_invoice(totals=replace(totals, with_vat=Decimal("100.44") + Decimal(cents)))

    assert changed(propose(off_by("0.03"), PEPPOL)) == {"BG-22/BT-112": ("sum", "100.44")}
    found = propose(off_by("0.04"), PEPPOL)
    assert isinstance(found, NoRounding)
    assert found.reason.startswith("The total with VAT is stated as 100.48 and comes to 100.44: 0.04 is more")


def test_amounts_of_forty_digits_are_computed_exactly() -> None:
    large = "9" * 38
    invoice = stated(
        [line("1", f"{large}.00", f"{large}.00", "0", "Z")],
        [row(f"{large}.00", "0", "0", "Z")],
        f"{large}.01 {large}.00 0.00 {large}.00 {large}.00",
    )
    assert changed(propose(invoice, PEPPOL)) == {"BG-22/BT-106": ("sum", f"{large}.00")}


def test_an_invoice_of_ten_thousand_lines_is_solved() -> None:
    count = 10_000
    invoice = stated(
        [line("1", "0.97", "0.97")] * count, [row("9700.00", "1940.00")], "9700.00 9700.00 1939.50 11639.50 11639.50"
    )
    assert changed(propose(invoice, PEPPOL)) == {"BG-23[1]/BT-117": ("sum", "1939.50")}


def test_the_kinds_of_change_are_told_apart() -> None:
    kinds = {kind for _, _, expected in FIELD.values() for kind, _ in expected.values()}
    assert kinds == {one.value for one in Change}
