"""Where the rules of Peppol turn on the last digit, on blanks, on doubles: ours say what the official ones say."""

from itertools import product

import pytest

from tests.peppol.rules.documents import fragment, official_difference

PARTY = "<cac:PartyTaxScheme><cbc:CompanyID{scheme}>{number}</cbc:CompanyID>{schemes}</cac:PartyTaxScheme>"
VAT = "<cac:TaxScheme><cbc:ID> VAT </cbc:ID></cac:TaxScheme>"

NUMBERS = {
    "0088": ["7300010000001", "7300010000002", " 7300010000001 ", "0", "00", "", "73000 10000001", "٧٣"],
    "0192": ["974760673", "974760674", "000000000", "97476067", "9747606730"],
    "0184": ["12345678", "DK12345678", " DK12345678", "DK1234567", "dk12345678", "DKDK123456", "1234567"],
    "0096": ["1234567890", "1234567890 ", "123456789"],
    "0198": ["DK12345678", "12345678", "DK1234567a", "DK12345678 "],
    "0208": ["0202239951", "0202239950", "0000000097", "0000009699", "0000009602", "202239951"],
    "0201": ["ABC123", "abcdef", "ABCDE", "ABC12é", "ABC 12"],
    "0210": ["RSSMRA85T10A562S", "RSSMRA+5T-1A562S", "RSSMRA5 T1 A562S", "RSSMRA85T10A56XS", "12345678901"],
    "9907": ["+1234567890", "1234567890a", "1R5MRA85T10A562S"],
    "0211": ["IT00743110157", "IT00743110158", "it00743110157", "It0", "FR1", "IT0074311015", "IT0074311015a"],
    "0007": ["5567374908", "5567374909", "556737490", "556737-4908", "1e10000000"],
    "0151": ["51824753556", "51824753557", "00000000000", "00824753556", "5182475355"],
    "0106": ["12345678", "1234567"],
    "0190": ["12345678901234567890", "1234567890123456789"],
    "9944": ["NL123456789B01", "nl123456789B01", "NL123456789B1", "NL123456789B01 "],
    "0217": ["123456789012", "12345678901", "NL1"],
}


@pytest.mark.parametrize("scheme", NUMBERS)
def test_numbers_of_parties(scheme: str) -> None:
    inside = []
    for number in NUMBERS[scheme]:
        inside += [
            f'<cac:Party><cbc:EndpointID schemeID="{scheme}">{number}</cbc:EndpointID></cac:Party>',
            f'<cac:PartyIdentification><cbc:ID schemeID="{scheme}">{number}</cbc:ID></cac:PartyIdentification>',
            PARTY.format(scheme=f' schemeID="{scheme}"', number=number, schemes=VAT),
            PARTY.format(scheme=f' schemeID="{scheme}"', number=number, schemes=""),
        ]
    assert official_difference(fragment("".join(inside))) is None


@pytest.mark.parametrize(
    "inside",
    [
        # a Dutch VAT number without a scheme
        PARTY.format(scheme="", number="NL1", schemes=VAT),
        # of a tax that is not VAT, and of two taxes: the rule does not apply
        PARTY.format(scheme="", number="NL1", schemes="<cac:TaxScheme><cbc:ID>TAX</cbc:ID></cac:TaxScheme>"),
        PARTY.format(scheme="", number="NL1", schemes=VAT + VAT),
        # a sign where the official rule needs a digit: it breaks
        '<cbc:EndpointID schemeID="0211">IT+0743110157</cbc:EndpointID>',
        # more than a scheme
        '<cbc:EndpointID schemeID="">1</cbc:EndpointID><cbc:EndpointID>1</cbc:EndpointID>',
        '<cbc:EndpointID schemeID="0158">1</cbc:EndpointID><cbc:EndpointID schemeID="0205">1</cbc:EndpointID>',
    ],
)
def test_numbers_beside_the_way(inside: str) -> None:
    assert official_difference(fragment(inside)) is None


@pytest.mark.parametrize(
    ("quantity", "price", "base", "net"),
    [
        # two cents are within, a hair more is not
        ("1", "1", "", "1.02"),
        ("1", "1", "", "1.020000000000000000000000000000000001"),
        ("1", "1", "", "0.98"),
        # a third has 18 decimals
        ("3000000000000000000", "1", "3", "999999999999999999"),
        ("3000000000000000000", "1", "3", "1000000000000000000"),
        # one of 3 * 10**18 has 36, a quotient of a price with 26 decimals 44
        ("1000000000000000000000000000000000000", "4", "3000000000000000000", "1333333333333333333"),
        ("3", "0.00000000000000000000000005", "9", "0.020000000000000000000000000017"),
        # half of the last decimal is rounded down
        ("1000000000000000000", "1", "524288", "1907348632812.02"),
        ("1000000000000000000", "1", "524288", "1907348632813"),
        # a base quantity of 0 counts as 1, and is wrong; so is a negative one
        ("2", "5", "0", "10"),
        ("2", "5", "-1", "-10"),
        # blanks and signs are part of a number, exponents are not: the official rule breaks
        (" +2 ", "5.", "1", "10"),
        ("2", ".5E1", "1", "10"),
        ("2", "", "1", "10"),
    ],
)
def test_the_net_amount_of_a_line(quantity: str, price: str, base: str, net: str) -> None:
    base_quantity = f"<cbc:BaseQuantity>{base}</cbc:BaseQuantity>" if base else ""
    line = (
        f"<cbc:InvoicedQuantity>{quantity}</cbc:InvoicedQuantity>"
        f"<cbc:LineExtensionAmount>{net}</cbc:LineExtensionAmount>"
        f"<cac:Price><cbc:PriceAmount>{price}</cbc:PriceAmount>{base_quantity}</cac:Price>"
    )
    assert official_difference(fragment(f"<cac:InvoiceLine>{line}</cac:InvoiceLine>")) is None


@pytest.mark.parametrize(
    "amounts",
    [
        # half a cent goes up, of negative amounts as well
        ("true", "1.005", "1.01"),
        ("true", "-1.005", "-1"),
        ("false", "0.025", "0"),
        # what is neither true nor false does not count
        ("1", "5", "0"),
        (" true ", "5", "5"),
    ],
)
def test_the_charges_of_a_line_are_rounded(amounts: tuple[str, str, str]) -> None:
    kind, amount, net = amounts
    line = (
        f"<cbc:LineExtensionAmount>{net}</cbc:LineExtensionAmount><cac:AllowanceCharge>"
        f"<cbc:ChargeIndicator>{kind}</cbc:ChargeIndicator><cbc:Amount>{amount}</cbc:Amount></cac:AllowanceCharge>"
    )
    for cents in ("", "<cac:Price><cbc:PriceAmount>0.02</cbc:PriceAmount></cac:Price>"):
        assert (
            official_difference(fragment(f"<cac:CreditNoteLine>{line}{cents}</cac:CreditNoteLine>", "CreditNote"))
            is None
        )


@pytest.mark.parametrize(
    "date",
    [
        *("2024-02-29", "2023-02-29", "0000-02-29", "-0004-02-29", "10000-01-01", "02024-01-01"),
        *("2024-01-01Z", "2024-01-01+14:59", "2024-01-01+15:00", " 2024-01-01 ", "2024-1-1", ""),
        *("2147483647-01-01", "2147483648-01-01", "2024-01-01-11:30"),
    ],
)
def test_days_and_their_order(date: str) -> None:
    for other in ("2024-01-01", "2023-12-31"):
        for whole, own in ((date, other), (other, date)):
            for name in ("StartDate", "EndDate"):
                period = "<cac:InvoicePeriod><cbc:{0}>{1}</cbc:{0}></cac:InvoicePeriod>"
                inside = period.format(name, whole) + f"<cac:InvoiceLine>{period.format(name, own)}</cac:InvoiceLine>"
                assert official_difference(fragment(inside)) is None


VAT_TOTALS = [("1",), ("-1",), ("0",), ("NaN",), ("abc",), (), ("1", "abc"), ("abc", "1"), ("1e-400",), ("-INF",)]


@pytest.mark.parametrize("totals", VAT_TOTALS)
def test_the_signs_of_vat_totals(totals: tuple[str, ...]) -> None:
    for converted in VAT_TOTALS:
        amounts = [*product(totals, ["EUR"]), *product(converted, ["SEK"])]
        inside = (
            "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode>"
        )
        inside += "".join(
            f'<cac:TaxTotal><cbc:TaxAmount currencyID="{currency}">{amount}</cbc:TaxAmount></cac:TaxTotal>'
            for amount, currency in amounts
        )
        assert official_difference(fragment(inside)) is None, converted


ADDRESS = (
    "<cac:{0}><cac:Party><cac:PostalAddress><cac:Country>{1}</cac:Country></cac:PostalAddress></cac:Party></cac:{0}>"
)
GERMAN = "<cbc:IdentificationCode> de </cbc:IdentificationCode>"
FRENCH = "<cbc:IdentificationCode>FR</cbc:IdentificationCode>"


@pytest.mark.parametrize(("seller", "buyer"), list(product(["", GERMAN, FRENCH, GERMAN + GERMAN], repeat=2)))
def test_what_is_left_to_germans(seller: str, buyer: str) -> None:
    """A country that is stated twice matters only beside a German one."""
    inside = "<cbc:Note>a</cbc:Note><cbc:Note>b</cbc:Note><cbc:InvoiceTypeCode>384</cbc:InvoiceTypeCode>"
    inside += ADDRESS.format("AccountingSupplierParty", seller) + ADDRESS.format("AccountingCustomerParty", buyer)
    assert official_difference(fragment(inside)) is None


@pytest.mark.parametrize(
    "inside",
    [
        # a discount without an amount, without a net price, of a gross price that is no number
        "<cac:Price><cbc:PriceAmount>1</cbc:PriceAmount>{0}<cbc:BaseAmount>1</cbc:BaseAmount>{1}</cac:Price>",
        "<cac:Price>{0}<cbc:BaseAmount>abc</cbc:BaseAmount>{1}</cac:Price>",
        # base amount and percentage without an amount, twice, or beyond 18 decimals
        "{0}<cbc:BaseAmount>2</cbc:BaseAmount><cbc:MultiplierFactorNumeric>1</cbc:MultiplierFactorNumeric>{1}",
        "{0}<cbc:BaseAmount>3</cbc:BaseAmount><cbc:MultiplierFactorNumeric>1</cbc:MultiplierFactorNumeric>{1}",
        (
            "{0}<cbc:BaseAmount>3</cbc:BaseAmount><cbc:BaseAmount>3</cbc:BaseAmount>"
            "<cbc:MultiplierFactorNumeric>1</cbc:MultiplierFactorNumeric>{1}"
        ),
        (
            "{0}<cbc:Amount>0.0200000000000000000000000005</cbc:Amount><cbc:BaseAmount>0.0000000000000000000000001"
            "</cbc:BaseAmount><cbc:MultiplierFactorNumeric>0.5</cbc:MultiplierFactorNumeric>{1}"
        ),
        (
            "{0}<cbc:Amount>0.02000000000000000000000000050001</cbc:Amount><cbc:BaseAmount>0.0000000000000000000000001"
            "</cbc:BaseAmount><cbc:MultiplierFactorNumeric>0.5</cbc:MultiplierFactorNumeric>{1}"
        ),
        # a line of the other kind of document is none of Peppol's business
        "<cac:CreditNoteLine>{0}<cbc:BaseAmount>3</cbc:BaseAmount>{1}</cac:CreditNoteLine>",
        # two indicators: that of an allowance comes first; one in capitals
        (
            "{0}<cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:ChargeIndicator>false</cbc:ChargeIndicator>"
            "<cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>{1}"
        ),
        "{0}<cbc:ChargeIndicator>TRUE</cbc:ChargeIndicator>{1}",
    ],
)
def test_allowances_and_charges(inside: str) -> None:
    filled = inside.format("<cac:AllowanceCharge>", "</cac:AllowanceCharge>")
    assert official_difference(fragment(filled)) is None


@pytest.mark.parametrize(
    "inside",
    [
        # an exemption code in any case, but without blanks around it; twice
        *(
            f"<cac:TaxCategory><cbc:ID>S</cbc:ID>{codes}</cac:TaxCategory>"
            for codes in (
                "<cbc:TaxExemptionReasonCode>vatex-eu-ic</cbc:TaxExemptionReasonCode>",
                "<cbc:TaxExemptionReasonCode> VATEX-EU-IC</cbc:TaxExemptionReasonCode>",
                "<cbc:TaxExemptionReasonCode>VATEX-EU-G</cbc:TaxExemptionReasonCode>" * 2,
            )
        ),
        # the type of the process with its answer, in both specifications
        "<cbc:ProfileID>urn:peppol:bis:billing_with_response</cbc:ProfileID><cbc:InvoiceTypeCode>1</cbc:InvoiceTypeCode>",
        (
            "<cbc:ProfileID> urn:peppol:france:billing:regulated</cbc:ProfileID>"
            "<cbc:InvoiceTypeCode>389</cbc:InvoiceTypeCode>"
        ),
        # direct debit, and a means of payment that is stated twice
        "<cac:PaymentMeans><cbc:PaymentMeansCode> 59 </cbc:PaymentMeansCode></cac:PaymentMeans>",
        "<cac:PaymentMeans>" + "<cbc:PaymentMeansCode>59</cbc:PaymentMeansCode>" * 2 + "</cac:PaymentMeans>",
        # amounts: in no currency, in an old one, in one with blanks like that of the document
        (
            "<cbc:DocumentCurrencyCode> EUR</cbc:DocumentCurrencyCode><cbc:Amount>1</cbc:Amount>"
            '<cbc:Amount currencyID="STD">1</cbc:Amount><cbc:Amount currencyID=" EUR">1</cbc:Amount>'
        ),
        # the tax of a category is in the currency of the invoice, but self-billing does not ask
        '<cac:TaxSubtotal><cbc:TaxAmount currencyID="SEK">1</cbc:TaxAmount></cac:TaxSubtotal>',
        # a unit of the price, beside a quantity of the other kind of document
        (
            '<cac:InvoiceLine><cbc:CreditedQuantity unitCode="C62">1</cbc:CreditedQuantity>'
            '<cac:Price><cbc:BaseQuantity unitCode="C62">1</cbc:BaseQuantity></cac:Price></cac:InvoiceLine>'
        ),
        # the object of a line, and other documents
        "<cac:InvoiceLine>"
        + "<cac:DocumentReference><cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:DocumentReference>" * 2
        + "</cac:InvoiceLine>",
        (
            "<cac:InvoiceLine><cac:DocumentReference><cbc:DocumentTypeCode> 130</cbc:DocumentTypeCode>"
            "</cac:DocumentReference></cac:InvoiceLine>"
        ),
        # blanks that are no blanks of XML are a value
        "<cbc:Note>\u00a0</cbc:Note><cbc:Note> \n\t</cbc:Note><cac:Delivery/>",
        # the same currency twice, and none
        "<cbc:TaxCurrencyCode/>",
        "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cbc:TaxCurrencyCode> EUR </cbc:TaxCurrencyCode>",
    ],
)
def test_codes_and_the_rest(inside: str) -> None:
    assert official_difference(fragment(inside)) is None


def test_two_projects_of_a_credit_note() -> None:
    project = "<cac:{0}><cbc:DocumentTypeCode>50</cbc:DocumentTypeCode></cac:{0}>".format("AdditionalDocumentReference")
    assert official_difference(fragment(project * 2, "CreditNote")) is None
    assert official_difference(fragment(project * 2)) is None
