"""The rules on VAT categories say what the official ones say, also where those are lenient, binary or in error."""

from collections.abc import Callable
from itertools import product
from time import process_time

import pytest

from formats.explanations import entry_of
from formats.ubl.assertions import RuleSet
from formats.ubl.checks import vat
from formats.ubl.checks.vat_categories import CATEGORIES
from formats.ubl.growing import grow
from tests import judge
from tests.ubl.fragments import ubl
from tests.ubl.rules.comparing import official_difference

RULES = RuleSet("vat", judge.VERSION, vat.PATTERNS)
SCHEME = "<cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
ITEM = "ClassifiedTaxCategory"
NOT_VAT = "<cac:TaxScheme><cbc:ID>GST</cbc:ID></cac:TaxScheme>"


def stated(name: str, value: str | None) -> str:
    return "" if value is None else f"<cbc:{name}>{value}</cbc:{name}>"


def category(code: str, rate: str | None = None, more: str = SCHEME, name: str = "TaxCategory") -> str:
    return f"<cac:{name}>{stated('ID', code)}{stated('Percent', rate)}{more}</cac:{name}>"


def line(
    code: str,
    rate: str | None = None,
    amount: str | None = "100",
    more: str = SCHEME,
    second: str = "",
    name: str = "Invoice",
) -> str:
    item = f"<cac:Item>{category(code, rate, more, ITEM)}{second}</cac:Item>"
    return f"<cac:{name}Line>{stated('LineExtensionAmount', amount)}{item}</cac:{name}Line>"


def row(
    code: str, rate: str | None = None, base: str | None = "100", tax: str | None = "20", more: str = SCHEME
) -> str:
    amounts = stated("TaxableAmount", base) + stated("TaxAmount", tax)
    return f"<cac:TaxTotal><cac:TaxSubtotal>{amounts}{category(code, rate, more)}</cac:TaxSubtotal></cac:TaxTotal>"


def part(indicator: str, code: str, rate: str | None = None, amount: str = "10", more: str = SCHEME) -> str:
    inside = stated("ChargeIndicator", indicator) + stated("Amount", amount) + category(code, rate, more)
    return f"<cac:AllowanceCharge>{inside}</cac:AllowanceCharge>"


def registration(number: str | None, schemes: str = SCHEME) -> str:
    return f"<cac:PartyTaxScheme>{stated('CompanyID', number)}{schemes}</cac:PartyTaxScheme>"


def party(role: str, *inside: str) -> str:
    return f"<cac:{role}><cac:Party>{''.join(inside)}</cac:Party></cac:{role}>"


def seller(*inside: str) -> str:
    return party("AccountingSupplierParty", *inside)


def buyer(*inside: str) -> str:
    return party("AccountingCustomerParty", *inside)


def representative(*inside: str) -> str:
    return f"<cac:TaxRepresentativeParty>{''.join(inside)}</cac:TaxRepresentativeParty>"


GOOD = registration("IT00000000000")
TWO_SCHEMES = registration("IT00000000000", SCHEME + SCHEME)
CODES = [*(one.code for one in CATEGORIES), "B", "XX"]


def test_every_official_rule_is_there() -> None:
    letters = ("S", "Z", "E", "AE", "IC", "G", "O", "AF", "AG", "B")
    official = {one for one in judge.rules() if one.startswith(tuple(f"BR-{each}-" for each in letters))}
    assert official == RULES.ids


def test_every_rule_has_words() -> None:
    assert [one for one in sorted(RULES.ids) if entry_of(one) is None] == []


@pytest.mark.parametrize("code", CODES)
def test_a_category_in_every_place(code: str) -> None:
    for scheme, written in ((SCHEME, code), (SCHEME, f" {code} "), (NOT_VAT, code), ("", f"{code} ")):
        for document in (
            # each place alone, then beside its row
            ubl(line(written, "10", more=scheme)),
            ubl(part("false", written, "10", more=scheme)),
            ubl(part("true", written, "10", more=scheme)),
            ubl(row(written, "10", more=scheme)),
            ubl(line(written, "0", more=scheme), row(written, "0", tax="0", more=scheme), seller(GOOD), buyer(GOOD)),
            ubl(row(code, "20"), row(written, "20", more=scheme), line(code, "20")),
            # in a line's allowance, in a tax total of a line, in a withholding tax
            ubl(f"<cac:InvoiceLine>{part('true', written, '10', more=scheme)}</cac:InvoiceLine>"),
            ubl(f"<cac:InvoiceLine>{row(written, more=scheme)}</cac:InvoiceLine>"),
            ubl(row(written, more=scheme).replace("TaxTotal", "WithholdingTaxTotal")),
            # beside the standard rate and beside what is outside the scope
            ubl(line(written, more=scheme), line("S", "20"), row("S", "20"), row("O"), part("true", "O")),
        ):
            assert official_difference(RULES, document) == ""


@pytest.mark.parametrize("code", ["S", "L", "AE", "K", "G", "O"])
def test_identifiers_of_the_parties(code: str) -> None:
    uses = (line(code), part("false", code), part("true", code))
    sellers = ("", registration("1"), registration("1", NOT_VAT), registration(None), TWO_SCHEMES, GOOD + TWO_SCHEMES)
    buyers = ("", GOOD, TWO_SCHEMES, "<cac:PartyLegalEntity><cbc:CompanyID>1</cbc:CompanyID></cac:PartyLegalEntity>")
    others = ("", representative(registration("1")), representative(registration("1", NOT_VAT)))
    for number, (used, of_seller, of_buyer) in enumerate(product(uses, sellers, buyers)):
        document = ubl(used, seller(of_seller), buyer(of_buyer), others[number % len(others)])
        assert official_difference(RULES, document) == ""


RATES = [
    None,
    "0",
    "20",
    "-1",
    "20.00",
    " 20 ",
    # zero below zero: a whole number is 0, one with a point is not
    "-0",
    "-0.0",
    # a double, though no decimal
    "1e1",
    "1e400",
    "-1e-400",
    "1E-99999999",
    "NaN",
    "INF",
    "-INF",
    # so small that it is 0 as a double
    f"0.{'0' * 340}1",
    "abc",
    "",
    "1,5",
]


@pytest.mark.parametrize("rate", RATES)
def test_rates_of_lines_allowances_and_charges(rate: str | None) -> None:
    for code in ("S", "L", "M", "Z", "E", "O"):
        assert official_difference(RULES, ubl(line(code, rate), seller(GOOD))) == ""
        assert official_difference(RULES, ubl(part("1", code, rate), part("0", code, rate))) == ""


def test_a_rate_stated_twice() -> None:
    twice = "<cbc:Percent>20</cbc:Percent><cbc:Percent>{}</cbc:Percent>"
    for code, second in product(("S", "L", "E", "O"), ("20", "-1", "abc")):
        for document in (ubl(line(code, None, more=twice.format(second) + SCHEME)), ubl(row(code, "20", more=twice))):
            assert official_difference(RULES, document) == ""


@pytest.mark.parametrize(
    ("base", "amount"),
    [
        # to the cent, and one cent less than 1 beside it
        ("100", "100"),
        ("100.99", "100"),
        ("99.01", "100"),
        # exactly 1 beside it: what is true in decimals needs not be true in doubles
        ("100.1", "99.1"),
        ("99.1", "100.1"),
        ("1.1", "0.1"),
        ("0.1", "1.1"),
        ("33.33", "34.33"),
        ("1000000.07", "999999.07"),
        ("-100.1", "-99.1"),
        # more digits than a double has
        ("1000000000000000000000000000000.01", "1000000000000000000000000000000.01"),
        ("9007199254740993", "9007199254740992"),
        ("100.000000000000000000000000000001", "99.000000000000000000000000000001"),
        # amounts that are none
        ("abc", "100"),
        ("100", "abc"),
        (None, "abc"),
        ("100", None),
        (None, "100"),
    ],
)
def test_the_taxable_amount_is_what_lines_add_up_to(base: str | None, amount: str | None) -> None:
    for code, name in product(("S", "L", "E"), ("Invoice", "CreditNote")):
        for more in ("", part("true", code, "20", "0.01") + part("false", code, "20.0", "-1") + part("0", code, "5")):
            document = ubl(line(code, "20", amount, name=name), row(code, "20", base, tax=None), more, root=name)
            assert official_difference(RULES, document) == ""


@pytest.mark.parametrize(
    "parts",
    [
        # no line at all; lines of both kinds
        [row("S", "20")],
        [row("E", "0")],
        [line("S", "20"), line("S", "20", "50", name="CreditNote"), row("S", "20", "50")],
        [line("E", "0"), line("E", "0", "50", name="CreditNote"), row("E", "0", "50")],
        # a rate that only an allowance in a price has
        [f"<cac:Price>{part('true', 'S', '20')}</cac:Price>", row("S", "20", "0.5")],
        # a line of another category at the rate, and one whose other category has the rate
        [line("E", "20"), row("S", "20")],
        [line("S", "5", second=category("E", "20", name=ITEM)), row("S", "20")],
        # a second category whose rate is no number
        [line("S", "20", second=category("E", "abc", name=ITEM)), row("S", "20")],
        [line("E", "abc", second=category("S", "20", name=ITEM)), row("S", "20")],
        # a bad amount under another rate, another category
        [line("S", "20"), line("S", "5", "abc"), row("S", "20")],
        [line("S", "20"), line("E", "0", "abc"), row("S", "20")],
        [line("E", "0"), line("S", "5", "abc"), row("E", "0", tax="0")],
        # an invoice line inside another
        [f"<cac:InvoiceLine>{line('S', '20')}</cac:InvoiceLine>", row("S", "20")],
        # rates written differently, rows for each of many
        [line("S", "20.0"), line("S", " 20"), row("S", "20", "200")],
        [part for rate in map(str, range(1, 40)) for part in (line("S", rate, rate), row("S", rate, rate))],
        # an allowance that is a charge as well
        [line("S", "20"), part("true</cbc:ChargeIndicator><cbc:ChargeIndicator>false", "S", "20"), row("S", "20")],
    ],
)
def test_what_belongs_to_a_row(parts: list[str]) -> None:
    assert official_difference(RULES, ubl(*parts)) == ""


def test_the_tax_amount_follows_from_rate_and_base() -> None:
    taxes = (None, "20", "19.00", "19.01", "20.99", "21", "-20", "abc", "20.000000000000000000001")
    for tax, base, rate in product(taxes, (None, "100", "-100.025", "abc"), (None, "20", "-20", "abc")):
        assert official_difference(RULES, ubl(row("S", rate, base, tax), row("M", rate, base, tax))) == ""
    # a hundredth of the rate has 18 decimals, half of the next is rounded down
    for digits in ("20.0000000000000000055", "20.00000000000000000550", "20.00000000000000006"):
        assert official_difference(RULES, ubl(row("S", digits, f"1{'0' * 30}", f"2{'0' * 29}"))) == ""
    for tax in taxes:
        assert official_difference(RULES, ubl(row("E", None, None, tax), row("O", None, None, tax))) == ""


def test_reasons_of_exemption() -> None:
    for code, reasons in product(
        [one.code for one in CATEGORIES],
        ("", stated("TaxExemptionReason", "art"), stated("TaxExemptionReasonCode", ""), "<cac:TaxExemptionReason/>"),
    ):
        assert official_difference(RULES, ubl(row(code, more=reasons + SCHEME))) == ""


@pytest.mark.parametrize(
    "parts",
    [
        # the day and the country of an intra-Community supply
        ["<cac:Delivery><cbc:ActualDeliveryDate>2026-05-01</cbc:ActualDeliveryDate></cac:Delivery>"],
        ["<cac:Delivery><cbc:ActualDeliveryDate>2</cbc:ActualDeliveryDate></cac:Delivery>"],
        ["<cac:Delivery><cbc:ActualDeliveryDate>2026-05-01</cbc:ActualDeliveryDate></cac:Delivery>"] * 2,
        ["<cac:Delivery><cbc:ActualDeliveryDate>2026-05-01</cbc:ActualDeliveryDate></cac:Delivery>"] * 2
        + ["<cac:InvoicePeriod><cbc:StartDate/></cac:InvoicePeriod>"],
        ["<cac:InvoicePeriod/>"],
        ["<cac:InvoicePeriod>2026</cac:InvoicePeriod>"],
        [
            (
                "<cac:Delivery><cac:DeliveryLocation><cac:Address><cac:Country><cbc:IdentificationCode>FR"
                "</cbc:IdentificationCode></cac:Country></cac:Address></cac:DeliveryLocation></cac:Delivery>"
            )
        ],
    ],
)
def test_an_intra_community_supply(parts: list[str]) -> None:
    for code in ("K", " K "):
        assert official_difference(RULES, ubl(row(code, "0"), *parts)) == ""


@pytest.mark.parametrize("country", ["IT", " IT", "it", "DE", ""])
def test_split_payment(country: str) -> None:
    names = f"<cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country>"
    for used in (
        line("B"),
        row("B"),
        part("true", "B"),
        line(" B"),
        row("B").replace("TaxTotal", "WithholdingTaxTotal"),
    ):
        for other in ("", line("S"), row("S"), part("0", "S"), line(" S "), f"<cac:Price>{part('0', 'S')}</cac:Price>"):
            assert official_difference(RULES, ubl(used, other, names)) == ""


@pytest.mark.parametrize(
    "parts",
    [
        # two codes in a category, wherever it stands
        [line("S</cbc:ID><cbc:ID>Z")],
        [row("S</cbc:ID><cbc:ID>Z")],
        [part("true", "S</cbc:ID><cbc:ID>Z")],
        [row("S</cbc:ID><cbc:ID>E").replace("TaxTotal", "WithholdingTaxTotal")],
        # two codes in a tax scheme; two schemes
        [line("S", more="<cac:TaxScheme><cbc:ID>VAT</cbc:ID><cbc:ID>VAT</cbc:ID></cac:TaxScheme>")],
        [row("S", "20", more=NOT_VAT + SCHEME)],
        [line("S", "20", more="<cac:TaxScheme><cbc:ID> vat </cbc:ID></cac:TaxScheme>")],
        # a code with an element in it
        [line("S", "20", more="<cac:TaxScheme><cbc:ID>VAT<cbc:ID>x</cbc:ID></cbc:ID></cac:TaxScheme>")],
        # an indicator that is none
        [part("abc", "S", "20")],
        [f"<cac:Price>{part('', 'S', '20')}</cac:Price>"],
        [part(" true ", "S", "20")],
        [part("TRUE", "S", "20")],
    ],
)
def test_what_cannot_be_decided(parts: list[str]) -> None:
    assert official_difference(RULES, ubl(*parts)) == ""


def lines_of_one_rate(times: int) -> bytes:
    return ubl(*[line("S", "20")] * times, *[row("S", "20")] * 3)


def a_rate_for_each_line(times: int) -> bytes:
    return ubl(*(part for rate in range(times) for part in (line("S", str(rate)), row("S", str(rate)))))


def a_row_for_each_line(times: int) -> bytes:
    return ubl(*[line("E", "0"), row("E", "0")] * times)


def codes_that_are_none(times: int) -> bytes:
    return ubl(*(part for code in range(times) for part in (line(f"X{code}"), row(f"X{code}"))))


def cost(document: bytes) -> float:
    """Seconds of CPU time, the least of three."""
    costs = []
    for _ in range(3):
        grown = grow(document)
        began = process_time()
        RULES.failures_of(grown)
        costs.append(process_time() - began)
    return min(costs)


@pytest.mark.parametrize("made", [lines_of_one_rate, a_rate_for_each_line, a_row_for_each_line, codes_that_are_none])
def test_time_grows_with_the_document_and_no_faster(made: Callable[[int], bytes]) -> None:
    # Eight times the document: a rule that looks at each line for each row would take 64 times as long.
    assert cost(made(1600)) < 24 * cost(made(200))
