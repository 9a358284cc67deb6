"""UBL -> Invoice: the places where UBL and EN 16931 differ in shape."""

import datetime
from decimal import Decimal

import pytest

from formats.checking import Severity
from formats.en16931 import (
    AllowanceCharge,
    Attachment,
    CreditTransfer,
    Delivery,
    DirectDebit,
    Identifier,
    Invoice,
    Line,
    LineVat,
    Note,
    Payee,
    PaymentCard,
    PaymentInstructions,
    Period,
    Price,
    Seller,
    SupportingDocument,
    Totals,
    VatBreakdown,
)
from tests.ubl.fragments import EURO, line, reading_of, seller, vat

MEANS = "<cbc:PaymentMeansCode>30</cbc:PaymentMeansCode>"
SEPA = '<cac:PartyIdentification><cbc:ID schemeID="SEPA">AT61ZZZ01234567890</cbc:ID></cac:PartyIdentification>'

# What is read: why it is worth a test, the kind of document, its parts, the invoice they make.
READINGS = [
    (
        "BT-8 stands in the invoicing period",
        "Invoice",
        ("<cac:InvoicePeriod><cbc:DescriptionCode>35</cbc:DescriptionCode></cac:InvoicePeriod>",),
        Invoice(tax_point_code="35"),
    ),
    (
        "BG-14 belongs to the delivery, which need not be there",
        "Invoice",
        ("<cac:InvoicePeriod><cbc:StartDate>2026-01-01</cbc:StartDate></cac:InvoicePeriod>",),
        Invoice(delivery=Delivery(period=Period(start=datetime.date(2026, 1, 1)))),
    ),
    (
        "BT-11 of an invoice is a project reference",
        "Invoice",
        ("<cac:ProjectReference><cbc:ID>P-1</cbc:ID></cac:ProjectReference>",),
        Invoice(project_reference="P-1"),
    ),
    (
        "BT-11 of a credit note is an additional document of type 50",
        "CreditNote",
        (
            (
                "<cac:AdditionalDocumentReference><cbc:ID>P-1</cbc:ID><cbc:DocumentTypeCode>50</cbc:DocumentTypeCode>"
                "</cac:AdditionalDocumentReference>"
            ),
        ),
        Invoice(project_reference="P-1"),
    ),
    (
        "BT-18 is an additional document of type 130",
        "Invoice",
        (
            (
                '<cac:AdditionalDocumentReference><cbc:ID schemeID="AWV">M-7</cbc:ID>'
                "<cbc:DocumentTypeCode>130</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>"
            ),
        ),
        Invoice(object_identifier=Identifier("M-7", "AWV")),
    ),
    (
        "a sales order alone comes with an order number that says there is none",
        "Invoice",
        ("<cac:OrderReference><cbc:ID>NA</cbc:ID><cbc:SalesOrderID>S-1</cbc:SalesOrderID></cac:OrderReference>",),
        Invoice(sales_order_reference="S-1"),
    ),
    (
        "NA alone is an order number like any other",
        "Invoice",
        ("<cac:OrderReference><cbc:ID>NA</cbc:ID></cac:OrderReference>",),
        Invoice(order_reference="NA"),
    ),
    (
        "a subject code stands in the text of its note",
        "Invoice",
        ("<cbc:Note>#AAI#Mind the step</cbc:Note>", "<cbc:Note>#7 of 9</cbc:Note>"),
        Invoice(notes=(Note(subject_code="AAI", text="Mind the step"), Note(text="#7 of 9"))),
    ),
    (
        "the creditor of a direct debit stands with the seller",
        "Invoice",
        (seller(SEPA), f"<cac:PaymentMeans>{MEANS}</cac:PaymentMeans>"),
        Invoice(
            payment=PaymentInstructions(means_code="30", direct_debit=DirectDebit(creditor="AT61ZZZ01234567890")),
        ),
    ),
    (
        "or with the payee, whose own identifier is another one",
        "Invoice",
        (
            (
                f"<cac:PayeeParty>{SEPA}<cac:PartyIdentification><cbc:ID>F-1</cbc:ID></cac:PartyIdentification>"
                "<cac:PartyName><cbc:Name>Factor</cbc:Name></cac:PartyName></cac:PayeeParty>"
            ),
            f"<cac:PaymentMeans>{MEANS}</cac:PaymentMeans>",
        ),
        Invoice(
            payee=Payee(name="Factor", identifier=Identifier("F-1")),
            payment=PaymentInstructions(means_code="30", direct_debit=DirectDebit(creditor="AT61ZZZ01234567890")),
        ),
    ),
    (
        "BT-31 and BT-32 are told apart by their tax scheme",
        "Invoice",
        (
            seller(
                f"<cac:PartyTaxScheme><cbc:CompanyID>123/456</cbc:CompanyID>{vat('FC')}</cac:PartyTaxScheme>",
                f"<cac:PartyTaxScheme><cbc:CompanyID>ATU12345675</cbc:CompanyID>{vat('vat')}</cac:PartyTaxScheme>",
            ),
        ),
        Invoice(seller=Seller(vat_identifier="ATU12345675", tax_registration="123/456")),
    ),
    (
        "every further credit transfer has its own means of payment",
        "Invoice",
        tuple(
            f"<cac:PaymentMeans>{MEANS}<cbc:PaymentID>R-1</cbc:PaymentID>"
            f"<cac:PayeeFinancialAccount><cbc:ID>{account}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
            for account in ("A", "B")
        ),
        Invoice(
            payment=PaymentInstructions(
                means_code="30",
                remittance_information="R-1",
                credit_transfers=(CreditTransfer(account="A"), CreditTransfer(account="B")),
            )
        ),
    ),
    (
        "BT-82 is an attribute of BT-81, and the network of a card is no term",
        "Invoice",
        (
            (
                '<cac:PaymentMeans><cbc:PaymentMeansCode name="Card">48</cbc:PaymentMeansCode><cac:CardAccount>'
                "<cbc:PrimaryAccountNumberID>0042</cbc:PrimaryAccountNumberID><cbc:NetworkID>NA</cbc:NetworkID>"
                "</cac:CardAccount></cac:PaymentMeans>"
            ),
        ),
        Invoice(
            payment=PaymentInstructions(means_code="48", means_text="Card", card=PaymentCard(account_number="0042"))
        ),
    ),
    (
        "a credit note states its due date with the means of payment",
        "CreditNote",
        (f"<cac:PaymentMeans>{MEANS}<cbc:PaymentDueDate>2026-04-01</cbc:PaymentDueDate></cac:PaymentMeans>",),
        Invoice(due_date=datetime.date(2026, 4, 1), payment=PaymentInstructions(means_code="30")),
    ),
    (
        "the line break behind a cash discount is part of the payment terms",
        "Invoice",
        ("<cac:PaymentTerms><cbc:Note>#SKONTO#TAGE=7#PROZENT=2.00#\n</cbc:Note></cac:PaymentTerms>",),
        Invoice(payment_terms="#SKONTO#TAGE=7#PROZENT=2.00#\n"),
    ),
    (
        "allowances and charges share one list",
        "Invoice",
        tuple(
            f"<cac:AllowanceCharge><cbc:ChargeIndicator>{charge}</cbc:ChargeIndicator>"
            f"<cbc:Amount>{amount}</cbc:Amount></cac:AllowanceCharge>"
            for charge, amount in (("true", 1), ("0", 2), (" false ", 3), ("1", 4))
        ),
        Invoice(
            allowances=(AllowanceCharge(amount=Decimal(2)), AllowanceCharge(amount=Decimal(3))),
            charges=(AllowanceCharge(amount=Decimal(1)), AllowanceCharge(amount=Decimal(4))),
        ),
    ),
    (
        "the allowance of a price is not one of the line",
        "Invoice",
        (
            line(
                "<cac:Price><cbc:PriceAmount>9</cbc:PriceAmount><cbc:BaseQuantity unitCode='C62'>2</cbc:BaseQuantity>"
                "<cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:Amount>1</cbc:Amount>"
                "<cbc:BaseAmount>10</cbc:BaseAmount></cac:AllowanceCharge></cac:Price>"
            ),
        ),
        Invoice(
            lines=(
                Line(
                    price=Price(
                        net=Decimal(9),
                        discount=Decimal(1),
                        gross=Decimal(10),
                        base_quantity=Decimal(2),
                        base_unit="C62",
                    )
                ),
            )
        ),
    ),
    (
        "the VAT of a line stands in its item",
        "Invoice",
        (
            line(
                f"<cac:Item><cac:ClassifiedTaxCategory><cbc:ID>O</cbc:ID>{vat()}</cac:ClassifiedTaxCategory></cac:Item>"
            ),
        ),
        Invoice(lines=(Line(vat=LineVat(category="O")),)),
    ),
    (
        "a second VAT total in the accounting currency is BT-111",
        "Invoice",
        (
            EURO,
            "<cbc:TaxCurrencyCode>PLN</cbc:TaxCurrencyCode>",
            '<cac:TaxTotal><cbc:TaxAmount currencyID="PLN">46</cbc:TaxAmount></cac:TaxTotal>',
            (
                '<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">10</cbc:TaxAmount><cac:TaxSubtotal>'
                f"<cac:TaxCategory><cbc:ID>S</cbc:ID>{vat()}</cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>"
            ),
        ),
        Invoice(
            currency="EUR",
            vat_currency="PLN",
            totals=Totals(vat=Decimal(10), vat_in_accounting_currency=Decimal(46)),
            vat_breakdown=(VatBreakdown(category="S"),),
        ),
    ),
    (
        "a file is base64, with line breaks anywhere",
        "Invoice",
        (
            (
                "<cac:AdditionalDocumentReference><cbc:ID>D</cbc:ID><cac:Attachment><cbc:EmbeddedDocumentBinaryObject"
                ' mimeCode="text/csv" filename="a.csv">YTti\n Ow==\n</cbc:EmbeddedDocumentBinaryObject>'
                "</cac:Attachment></cac:AdditionalDocumentReference>"
            ),
        ),
        Invoice(
            supporting_documents=(
                SupportingDocument(reference="D", attachment=Attachment(b"a;b;", "text/csv", "a.csv")),
            )
        ),
    ),
    (
        "blanks around a value are not part of it",
        "Invoice",
        ("<cbc:ID>\n 1 \t</cbc:ID>", "<cbc:IssueDate> 2026-03-02\n</cbc:IssueDate>"),
        Invoice(number="1", issue_date=datetime.date(2026, 3, 2)),
    ),
    (
        "a comment does not cut a value in two",
        "Invoice",
        ("<cbc:ID>12<!-- or 13 -->34</cbc:ID>", "<!-- nothing --><?nothing?>"),
        Invoice(number="1234"),
    ),
    (
        "groups that say nothing are no groups",
        "Invoice",
        (
            "<cac:Delivery><cac:DeliveryLocation><!-- --></cac:DeliveryLocation></cac:Delivery>",
            seller("<cac:Contact/>"),
        ),
        Invoice(),
    ),
    (
        "the version of UBL says nothing about the invoice",
        "Invoice",
        ("<cbc:UBLVersionID>2.1</cbc:UBLVersionID>",),
        Invoice(),
    ),
]


@pytest.mark.parametrize(("root", "parts", "invoice"), [row[1:] for row in READINGS], ids=[row[0] for row in READINGS])
def test_a_document_is_read(root: str, parts: tuple[str, ...], invoice: Invoice) -> None:
    reading = reading_of(*parts, root=root)
    assert reading.invoice == invoice
    assert [one for one in reading.findings if one.severity is Severity.FATAL] == []


def test_what_the_model_has_no_place_for_is_listed_once_with_its_first_place() -> None:
    reading = reading_of(
        "<cbc:IssueTime>12:00:00</cbc:IssueTime>",
        *(
            line(
                "<cbc:ID>1</cbc:ID><cac:Delivery><cbc:ActualDeliveryDate>2026-01-01</cbc:ActualDeliveryDate></cac:Delivery>"
            ),
        )
        * 3,
    )
    assert [(one.id, one.severity, one.path, one.where) for one in reading.findings] == [
        (
            "GW-UBL-NOT-CARRIED",
            Severity.INFORMATION,
            "BG-25[1]",
            "line 3, /ubl:Invoice/cac:InvoiceLine[1]/cac:Delivery",
        ),
        ("GW-UBL-NOT-CARRIED", Severity.INFORMATION, "", "line 2, /ubl:Invoice/cbc:IssueTime"),
    ]
    assert "3 times" in reading.findings[0].message
    assert "12:00:00" in reading.findings[1].message


def test_taxes_other_than_vat_are_listed_and_not_taken_for_vat() -> None:
    reading = reading_of(
        line(
            f"<cac:Item><cac:ClassifiedTaxCategory><cbc:ID>X</cbc:ID>{vat('GST')}</cac:ClassifiedTaxCategory></cac:Item>"
        )
    )
    assert reading.invoice == Invoice(lines=(Line(),))
    assert [one.id for one in reading.findings] == ["GW-UBL-NOT-CARRIED"]


def test_a_creditor_without_means_of_payment_is_listed_and_makes_no_payment() -> None:
    reading = reading_of(seller(SEPA))
    assert reading.invoice is not None
    assert reading.invoice.payment is None
    assert [(one.id, one.severity) for one in reading.findings] == [("GW-UBL-NOT-CARRIED", Severity.INFORMATION)]


def test_a_line_without_content_keeps_its_place() -> None:
    reading = reading_of(line(), line("<cbc:ID>2</cbc:ID>"))
    assert reading.invoice is not None
    assert reading.invoice.lines == (Line(), Line(identifier="2"))
