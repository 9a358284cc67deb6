"""The rules on what an invoice states and how it adds up say what the official ones say, also where XPath is odd."""

import pytest

from formats.explanations import blanks_of, entry_of
from formats.ubl.assertions import RuleSet
from formats.ubl.checks import (
    EN16931,
    allowances,
    decimals,
    document,
    lines,
    parties,
    payment,
    periods,
    totals,
    vat,
    vat_totals,
)
from formats.ubl.growing import grow
from tests import judge
from tests.ubl.fragments import EURO, line, seller, ubl
from tests.ubl.fragments import vat as scheme
from tests.ubl.rules.comparing import official_difference

MODULES = (document, parties, payment, periods, lines, allowances, totals, vat_totals, decimals)
CORE = RuleSet(
    "core", judge.VERSION, tuple(pattern for module in MODULES for pattern in module.PATTERNS), EN16931.warnings
)
# An indicator that is neither true nor false breaks the rules on VAT first.
RULES = RuleSet("core and VAT", judge.VERSION, (*CORE.patterns, *vat.PATTERNS), EN16931.warnings)


def cac(name: str, *inside: str) -> str:
    return f"<cac:{name}>{''.join(inside)}</cac:{name}>"


def cbc(name: str, value: str, **attributes: str) -> str:
    said = "".join(f' {attribute}="{text}"' for attribute, text in attributes.items())
    return f"<cbc:{name}{said}>{value}</cbc:{name}>"


def bg_22(**amounts: str) -> str:
    """The totals, by the first letters of what they are; `|` parts an amount that is stated more than once."""
    names = {
        "lines": "LineExtensionAmount",
        "without": "TaxExclusiveAmount",
        "with_vat": "TaxInclusiveAmount",
        "allowances": "AllowanceTotalAmount",
        "charges": "ChargeTotalAmount",
        "paid": "PrepaidAmount",
        "rounding": "PayableRoundingAmount",
        "due": "PayableAmount",
    }
    stated = (cbc(names[name], one) for name, said in amounts.items() for one in said.split("|"))
    return cac("LegalMonetaryTotal", *stated)


def net(*amounts: str) -> str:
    return "".join(line(cbc("LineExtensionAmount", one)) for one in amounts)


def allowance_charge(*inside: str, says: str) -> str:
    return cac("AllowanceCharge", *(cbc("ChargeIndicator", one) for one in says.split("|")), *inside)


def tax(*amounts: str, inside: str = "", currency: str = "EUR") -> str:
    return cac("TaxTotal", *(cbc("TaxAmount", one, currencyID=currency) for one in amounts), inside)


def category(rate: str | None, code: str = "S", schemes: str = scheme()) -> str:
    return cac("TaxCategory", cbc("ID", code), *([cbc("Percent", rate)] if rate is not None else []), schemes)


def row(amount: str | None, rate: str | None, taxable: str | None, **more: str) -> str:
    stated = [] if taxable is None else [cbc("TaxableAmount", taxable)]
    stated += [] if amount is None else [cbc("TaxAmount", amount)]
    return cac("TaxSubtotal", *stated, category(rate, **more))


def period(*dates: str, name: str = "InvoicePeriod") -> str:
    return cac(name, *(cbc(which, date) for which, date in zip(("StartDate", "EndDate"), dates, strict=False) if date))


def differences(fragments: list[str]) -> dict[str, str]:
    """What the official rules say otherwise, by the fragment."""
    found = {one: official_difference(RULES, ubl(one)) for one in fragments}
    return {one: said for one, said in found.items() if said}


def test_every_official_rule_is_there_at_its_level() -> None:
    assert EN16931.ids == judge.rules()


def test_every_rule_has_words_for_what_it_tells() -> None:
    assert [one for one in sorted(RULES.ids) if entry_of(one) is None] == []


def test_totals() -> None:
    assert (
        differences(
            [
                # nothing at all; a sum of nothing is 0
                bg_22(),
                bg_22(lines="0"),
                bg_22(lines="-0.0"),
                bg_22(lines="1") + net("1"),
                bg_22(lines="1.00") + net("0.996"),
                bg_22(lines="1.01") + net("1.005"),
                bg_22(lines="-1.00") + net("-1.005"),  # half a cent goes up, also below 0
                bg_22(lines="-1.01") + net("-1.005"),
                bg_22(lines="0.30") + net("0.1", "0.2"),
                bg_22(lines="99999999999999999999999999999999999999.99")
                + net("99999999999999999999999999999999999999.99"),
                bg_22(lines="99999999999999999999999999999999999999.99")
                + net("99999999999999999999999999999999999999.9"),
                # what is wrong with a line doesn't matter where no sum is stated
                bg_22() + net("abc"),
                bg_22(lines="1") + net("abc"),
                bg_22(lines="abc"),
                bg_22(lines="1|1"),
                bg_22(lines="1") + line(cbc("LineExtensionAmount", "1") * 2),
                # allowances and charges
                bg_22(allowances="1"),
                bg_22(allowances="0"),
                bg_22(charges="0"),
                bg_22() + allowance_charge(says="false"),
                bg_22() + allowance_charge(cbc("Amount", "abc"), says="false"),
                bg_22(allowances="5") + allowance_charge(cbc("Amount", "5.004"), says="false"),
                bg_22(allowances="5") + allowance_charge(cbc("Amount", "5"), says="true"),
                bg_22(charges="5") + allowance_charge(cbc("Amount", "5"), says="1"),
                bg_22(charges="5") + allowance_charge(cbc("Amount", "abc"), says="1"),
                bg_22(charges="5") + line(allowance_charge(cbc("Amount", "5"), says="true")),
                # the total without VAT
                bg_22(without="1", lines="1"),
                bg_22(without="1", lines="1.004"),  # nothing is computed, so nothing is rounded
                bg_22(without="1", lines="1.004", allowances="0"),
                bg_22(without="-1.49", lines="-1.495", charges="0"),
                bg_22(without="-1.50", lines="-1.495", charges="0"),
                bg_22(without="3", lines="4", allowances="2", charges="1"),
                bg_22(without="3", charges="1"),
                bg_22(without="abc"),
                bg_22(without="1|1", lines="1"),
                bg_22(lines="1", charges="abc"),
                # the amount due
                bg_22(due="1", with_vat="1"),
                bg_22(due="1", with_vat="1.004"),
                bg_22(due="1", with_vat="1.004", paid="0"),
                bg_22(due="1.004", with_vat="1", rounding="0"),
                bg_22(due="1.004", with_vat="1.004", rounding="0"),
                bg_22(due="1.004", with_vat="1.001", rounding="0", paid="0"),
                bg_22(due="1", with_vat="3", rounding="-1", paid="1"),
                bg_22(due="1", paid="abc"),  # never looked at
                bg_22(due="1", rounding="abc"),
                bg_22(with_vat="abc"),
                bg_22(with_vat="1", paid="1", rounding="abc"),
                bg_22(due="1", rounding="1", paid="abc"),
                bg_22(due="1", with_vat="abc"),
                bg_22(due="1|1"),
            ]
        )
        == {}
    )


def test_total_with_vat() -> None:
    one = bg_22(without="1", with_vat="1")
    assert (
        differences(
            [
                EURO + one,
                EURO + one + tax("0"),
                EURO + one + tax("0", currency="SEK"),
                EURO.replace("EUR", " EUR ") + one + tax("0"),
                one + tax("abc"),
                EURO + one + tax("0") + tax("0"),
                EURO + one + tax("0") * 3,
                EURO + one + tax("0", "0"),
                EURO + one + tax("abc"),
                EURO + one + tax("1") * 2 + tax("abc"),
                EURO + one + tax("1") * 2 + tax("1", "1"),
                # without a base nothing is computed
                EURO + tax("abc"),
                EURO + tax("0", "0") + tax("0"),
                EURO + bg_22(with_vat="1") + tax("abc"),
                EURO + bg_22(with_vat="1") + tax("0", "0"),
                EURO + bg_22(without="1") + tax("abc"),
                EURO + bg_22(with_vat="abc") + tax("1", currency="SEK"),
                # several groups of totals
                EURO + one * 2 + tax("0"),
                EURO + one + bg_22(with_vat="1") + tax("0"),
                EURO + bg_22(without="1", with_vat="2") + bg_22(with_vat="1") + tax("0"),
                EURO + one + bg_22(with_vat="abc") + tax("0"),
                EURO + bg_22(without="1", with_vat="2") + bg_22(with_vat="abc") + tax("0"),
                EURO + bg_22(without="1") * 2 + tax(),
                EURO * 2 + one + tax("0"),
                # the accounting currency
                cbc("TaxCurrencyCode", "SEK"),
                cbc("TaxCurrencyCode", "SEK") + tax("1", currency="SEK"),
                cbc("TaxCurrencyCode", "SEK ") + tax("1", currency="SEK"),
                cbc("TaxCurrencyCode", "SEK") + line(tax("1", currency="SEK")),
                cbc("TaxCurrencyCode", "SEK") + cbc("TaxCurrencyCode", "EUR"),
                # its decimals are counted where the amount names its currency inside
                tax("1.005" + cbc("DocumentCurrencyCode", "EUR")),
                tax("1.005" + cbc("DocumentCurrencyCode", "SEK")),
                tax("1.005" + cbc("TaxCurrencyCode", "EUR")),
                tax("1.005" + cbc("TaxCurrencyCode", "EUR")) * 2,
            ]
        )
        == {}
    )


def test_vat_breakdown() -> None:
    rows = [
        row(amount, rate, taxable)
        for amount in (None, "0", "0.4", "0.5", "-0.5", "-0.51", "200", "-200", "200.99", "201", "abc", "1|1")
        for rate in (None, "0", "0.49", "0.5", "-0.5", "20", "-20", "abc")
        for taxable in (None, "1000", "-1000", "abc")
    ]
    fragments = [
        *(tax("200", inside=one.replace("1|1", "1</cbc:TaxAmount><cbc:TaxAmount>1")) for one in rows),
        # no digit of a rate is lost, however many it has
        *(
            tax("1", inside=row(amount, rate, "100000000000000000000000"))
            for rate in ("1.00000000000000004", "1.000000000000000004", "1.0000000000000000005")
            for amount in ("1000000000000000000000", "1000000000000000040001", "1000000000000000000005.01")
        ),
        # categories of another tax, none, several
        *(tax("0", inside=row("0", "20", "0", schemes=one)) for one in ("", scheme("GST"), scheme(" vat "))),
        tax("0", inside=row("0", "abc", "0", schemes=scheme("GST"))),
        tax("0", inside=row("0", None, "0", code="O")),
        tax("0", inside=row("0", None, "0", code=" O ")),
        tax("0", inside=cac("TaxSubtotal", cbc("TaxAmount", "0"), category("20"), category(None))),
        tax("0", inside=cac("TaxSubtotal", cbc("TaxAmount", "0"), category("20") * 2)),
        tax("0", inside=cac("TaxSubtotal", cbc("TaxAmount", "9"), category("20") * 2)),
        tax("0", inside=cac("TaxSubtotal", cbc("TaxAmount", "0"), category(None) * 2)),
        tax("0", inside=cac("TaxSubtotal", cbc("TaxAmount", "0"), category(None, "O"), category(None))),
        # the total is the sum of the rows, where there are rows
        tax("abc"),
        tax("1", "1"),
        tax(),
        tax(inside=row("1", "20", "5")),
        tax("abc", inside=row("1", "20", "5")),
        tax("1", "1", inside=row("1", "20", "5")),
        tax("1", inside=row("1.004", "20", "5")),
        tax("0.333", inside=row("0.333", "20", "1.65")),
        tax("-0.33", inside=row("-0.335", "20", "-1.65")),
        line(tax("1", inside=row("2", "20", "10"))),
        cac("WithholdingTaxTotal", row(None, None, None)),
    ]
    assert differences(fragments) == {}


def test_allowances_and_charges() -> None:
    words = ("false", "true", "0", "1", " false ", "FALSE", "", "abc", "false|true", "true|false", "false|abc", "|")
    inside = (
        "",
        cbc("Amount", "1") + cbc("AllowanceChargeReason", ""),
        cbc("AllowanceChargeReasonCode", "95") + category("20"),
        cbc("Amount", "1.234") + cbc("BaseAmount", "1.2.3") + category(None, schemes=scheme("GST")),
    )
    made = [allowance_charge(one, says=said) for said in (*words, "true|false|abc") for one in inside]
    assert differences([*made, *map(line, made), *(line(cac("Price", one)) for one in made)]) == {}


@pytest.mark.parametrize("where", ["InvoicePeriod", "InvoiceLine", "Delivery"])
def test_periods(where: str) -> None:
    dates = [
        ("", ""),
        ("abc", ""),
        ("", "abc"),
        ("abc", "2024-01-01"),
        ("2024-01-02", "2024-01-02"),
        ("2024-01-02", "2024-01-01"),
        ("2024-01-02", " 2024-01-01\t"),
        # zones: a day begins earlier in the east; without one it is UTC
        ("2024-01-02Z", "2024-01-02"),
        ("2024-01-02", "2024-01-02-00:01"),
        ("2024-01-02", "2024-01-02+00:01"),
        ("2024-01-01-14:59", "2024-01-02+14:59"),
        ("2024-01-01+15:00", "2024-01-02"),
        ("2024-01-01+14:60", "2024-01-02"),
        ("2024-01-01z", "2024-01-02"),
        # years that a datetime does not have
        ("0000-02-29", "0001-01-01"),
        ("-0001-02-29", "2024-01-01"),
        ("-0004-02-29", "-0004-03-01"),
        ("-0001-12-31", "0000-01-01"),
        ("9999-12-31", "10000-01-01"),
        ("12024-01-01", "2024-01-01"),
        ("02024-01-01", "2024-01-01"),
        ("99999999999-01-01", "2024-01-01"),
        # no days of the calendar
        ("2024-02-30", "2024-03-01"),
        ("2023-02-29", "2024-03-01"),
        ("1900-02-29", "2024-03-01"),
        ("2000-02-29", "2000-03-01"),
        ("2024-13-01", "2024-01-01"),
        ("2024-1-1", "2024-01-01"),
        ("2024-01-01T00:00:00", "2024-01-01"),
        ("٢٠٢٤-01-01", "2024-01-01"),
    ]
    found = [period(*each) for each in dates] + [
        period("2024-01-01").replace("</cac", cbc("StartDate", "x") + "</cac"),
        period("2024-01-01", "2024-01-02").replace("</cac", cbc("EndDate", "x") + "</cac"),
        period().replace("</cac", cbc("DescriptionCode", "35") + "</cac"),
        period().replace("</cac", cbc("DescriptionCode", "35") + "</cac") + cbc("TaxPointDate", "2024-01-01"),
    ]
    assert differences(found if where == "InvoicePeriod" else [cac(where, one) for one in found]) == {}


def test_lines() -> None:
    prices = (
        "0",
        "-0",
        "-0.0",
        "-1",
        " 1 ",
        "1e3",
        "-1e-400",
        "NaN",
        "INF",
        "+INF",
        "-INF",
        "",
        "abc",
        "1d",
        "0x1",
        ".",
    )
    bad = (
        scheme(),
        "",
        scheme("GST"),
        scheme() + scheme(),
        scheme("GST") * 2,
        scheme().replace("</cac", "<cbc:ID/></cac"),
    )
    items = [cac("Item", cac("ClassifiedTaxCategory", cbc("ID", "S"), one)) for one in bad]
    assert (
        differences(
            [
                line(),
                line(cbc("ID", " ")),
                line(cbc("ID", "\u00a0"), cbc("InvoicedQuantity", "1"), cac("Item", cbc("Name", "\u2003"))),
                line(cbc("ID", "1") * 2),
                line(cbc("InvoicedQuantity", "1"), cbc("CreditedQuantity", "1", unitCode="")),
                *(line(cac("Price", cbc("PriceAmount", one))) for one in prices),
                *(line(cac("Price", cac("AllowanceCharge", cbc("BaseAmount", one)))) for one in prices),
                # the first that will do is enough
                line(cac("Price", cbc("PriceAmount", "-1"), cbc("PriceAmount", "1"), cbc("PriceAmount", "abc"))),
                line(cac("Price", cbc("PriceAmount", "abc"), cbc("PriceAmount", "1"))),
                line(cac("Price", cbc("PriceAmount", "-1")) * 2),
                *map(line, items),
                line(items[0] + items[3]),
                line(items[3] + items[0]),
                line(items[0].replace(cbc("ID", "S"), "")),
                line(cac("Item", cac("CommodityClassification", cbc("ItemClassificationCode", "1") * 2))),
                line(cac("Item", cac("CommodityClassification", cbc("ItemClassificationCode", "1", listID="")))),
                line(cac("Item", cac("StandardItemIdentification", cbc("ID", "1")))),
                line(cac("SubInvoiceLine", cac("Item", cac("StandardItemIdentification", cbc("ID", "1"))))),
                cac("AdditionalItemProperty", cbc("Name", "")),
                line(cac("Item", cac("AdditionalItemProperty", cbc("Name", ""), cbc("Value", "")))),
                *(net(one) for one in ("1.234", "1.23 ", "1.", ".123", "1.2.3", "a.bcd", "1.\u0662\u0663\u0664")),
                line(line()),
            ]
        )
        == {}
    )


def test_parties() -> None:
    numbers = ("FR1", "EL1", "GR", "99", "F", " F", "  ", "", "fr1", "R A")
    country = cac("Country", cbc("IdentificationCode", ""))
    name = cac("PartyName", cbc("Name", "A"))
    identified = cac("PartyIdentification", cbc("ID", "1"))
    ours = cac("PartyTaxScheme", cbc("CompanyID", "FR1"), scheme())
    twice = cac("PartyTaxScheme", cbc("CompanyID", "FR1"), scheme().replace("</cac", cbc("ID", "VAT") + "</cac"))
    two = cac("PartyTaxScheme", cbc("CompanyID", "FR1"), scheme(), scheme())
    assert (
        differences(
            [
                *(seller(cac("PartyTaxScheme", cbc("CompanyID", one), scheme())) for one in numbers),
                cac("PartyTaxScheme", cbc("CompanyID", "99"), scheme(" vat\n")),
                cac("PartyTaxScheme", cbc("CompanyID", "99"), scheme("GST")),
                cac("PartyTaxScheme", cbc("CompanyID", "FR") * 2, scheme()),
                # a context that cannot be decided on is none, but other rules ask as well
                cac("PartyTaxScheme", cbc("CompanyID", "99"), scheme().replace("</cac", cbc("ID", "VAT") + "</cac")),
                seller(twice),
                seller(twice + identified),
                cac("AccountingSupplierParty", cac("Party", cac("ServiceProviderParty", cac("Party", twice)))),
                seller(two),
                seller(identified.replace("<cbc:ID>", '<cbc:ID schemeID="SEPA">')),
                seller(identified.replace("<cbc:ID>", '<cbc:ID schemeID="sepa">')),
                seller(cac("PartyLegalEntity", cbc("CompanyID", ""))),
                seller(cac("PartyLegalEntity", cbc("RegistrationName", "A") * 2)),
                seller(cbc("EndpointID", "1") + cbc("EndpointID", "1", schemeID="")),
                seller(cac("PostalAddress") + cac("PostalAddress", country)),
                cac("AccountingCustomerParty", cac("Party", cbc("EndpointID", "1"), cac("PostalAddress", country))),
                cac("AccountingCustomerParty", cbc("EndpointID", "1")),
                cac("TaxRepresentativeParty"),
                cac("TaxRepresentativeParty", name, cac("PostalAddress", country * 2), ours),
                cac("TaxRepresentativeParty", name * 2),
                cac("TaxRepresentativeParty", two),
                cac("TaxRepresentativeParty", ours, two),
                cac("TaxRepresentativeParty", two, ours),
                cac("PayeeParty"),
                cac("PayeeParty", name),
                cac("PayeeParty", name) + seller(name),
                cac("PayeeParty", name.replace("A", " A")) + seller(name),
                cac("PayeeParty", name.replace("A", "B") + name) + seller(name),
                cac("PayeeParty", name, identified) + seller(name.replace("A", "B") + identified),
                cac("Delivery", cac("PayeeParty", name)) + seller(name),
                cac("Delivery", cac("DeliveryLocation", cac("Address") + cac("Address", country))),
                cac("DeliveryLocation", cac("Address")),
            ]
        )
        == {}
    )


def test_payment_and_references() -> None:
    account = cac("PayeeFinancialAccount")
    codes = ("30", "58", " 30 ", "31", "", "030")
    assert (
        differences(
            [
                cac("PaymentMeans"),
                *(cac("PaymentMeans", cbc("PaymentMeansCode", one)) for one in codes),
                *(cac("PaymentMeans", cbc("PaymentMeansCode", one), account) for one in codes),
                *(cac("PaymentMeans", cbc("PaymentMeansCode", one), account + account) for one in codes),
                cac("PaymentMeans", cbc("PaymentMeansCode", "30"), cac("PayeeFinancialAccount", cbc("ID", ""))),
                cac("PaymentMeans", cbc("PaymentMeansCode", "31"), cac("PayeeFinancialAccount", cbc("ID", "") * 2)),
                cac("PaymentMeans", cbc("PaymentMeansCode", "30") * 2, account),
                *(cac("PaymentMeans", cac("CardAccount", cbc("PrimaryAccountNumberID", one)))
                  for one in ("1234567890", " 1234567890 ", "12345  67890", "12345678901")),
                cac("AdditionalDocumentReference", cbc("ID", " ")),
                line(cac("AdditionalDocumentReference", cbc("ID", "1") * 2)),
                cac("BillingReference", cac("InvoiceDocumentReference")),
                cac("BillingReference", cac("InvoiceDocumentReference", cbc("ID", "") * 2)),
                # the type in either element
                cbc("InvoiceTypeCode", " "),
                cbc("CreditNoteTypeCode", "381"),
                cbc("InvoiceTypeCode", "380") * 2,
                cbc("InvoiceTypeCode", "380") * 2 + cbc("CreditNoteTypeCode", "381"),
                cbc("CreditNoteTypeCode", "381") * 2 + cbc("InvoiceTypeCode", "380"),
                cbc("ID", "1") * 2,
                cbc("IssueDate", ""),
                cac("CreditNoteLine"),
            ]
        )
        == {}
    )  # fmt: skip


def test_a_blank_in_a_text_is_always_filled() -> None:
    """Each rule passes what its text quotes, in each of the ways in which it fails."""
    standard = {"element", "value", "line"}
    many = [
        EURO
        + bg_22(lines="1.005", without="2", with_vat="3", due="4", paid="0", rounding="0", allowances="1", charges="1"),
        EURO + bg_22() + allowance_charge(says="false") + allowance_charge(says="true"),
        EURO
        + bg_22(with_vat="1", without="1")
        + tax("1", inside=row("9", "20", "5"))
        + tax(inside=row(None, None, None)),
        EURO + tax("0", inside=row("9", None, None) + row("0.001", "0.7", "abc.def")),
        cbc("TaxCurrencyCode", "SEK") + cbc("TaxPointDate", "2024-01-01"),
        period().replace("</cac", cbc("DescriptionCode", "35") + "</cac") + cbc("TaxPointDate", "2024-01-01"),
        period("2024-01-02", "2024-01-01") + line(period("2024-01-02", "2024-01-01")) + period() + line(period()),
        line(cac("Price", cbc("PriceAmount", "-1"), cac("AllowanceCharge", cbc("BaseAmount", "-1")))),
        line(allowance_charge(cbc("Amount", "1.234") + cbc("BaseAmount", "1.234"), says="false")),
        line(allowance_charge(cbc("Amount", "1.234") + cbc("BaseAmount", "1.234"), says="true")),
        cac("PaymentMeans", cbc("PaymentMeansCode", "30"), cac("PayeeFinancialAccount")),
        cac("PaymentMeans", cac("CardAccount", cbc("PrimaryAccountNumberID", "4000 0000 0000 0002"))),
        cac("PayeeParty") + seller(cac("PartyTaxScheme", cbc("CompanyID", "99"), scheme())),
    ]
    for fragment in many:
        for failure in CORE.failures_of(grow(ubl(fragment))):
            entry = entry_of(failure.id)
            assert entry is not None
            wanted = blanks_of(entry.what) | blanks_of(entry.fix)
            assert wanted <= standard | failure.values.keys(), failure.id


def test_a_card_number_is_not_told_on() -> None:
    card = cac("PaymentMeans", cac("CardAccount", cbc("PrimaryAccountNumberID", "4000 0000 0000 0002")))
    (told,) = [one for one in RULES.failures_of(grow(ubl(card))) if one.id == "BR-51"]
    assert told.values["value"] == "…0002"
