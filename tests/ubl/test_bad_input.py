"""Bad UBL: each fault is a finding with its path, its place and a way out; nothing crashes, the rest is read."""

import datetime
import random
from decimal import Decimal
from pathlib import Path

import pytest

from formats.checking import Finding, Severity
from formats.contract import Reading
from formats.en16931 import Invoice
from formats.ubl.notebook import MAX_FINDINGS, MAX_LEFTOVERS
from formats.ubl.reader import read
from formats.ubl.verdict import check_bytes
from formats.ubl.writer import write
from tests.corpus import document
from tests.samples import sample_invoice
from tests.ubl.fragments import EURO, line, reading_of, seller, vat

FATAL, WARNING = Severity.FATAL, Severity.WARNING
CHARGED_PRICE = (
    "<cac:Price><cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator></cac:AllowanceCharge></cac:Price>"
)
NOT_BASE64 = (
    "<cac:AdditionalDocumentReference><cac:Attachment><cbc:EmbeddedDocumentBinaryObject>a?b="
    "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
)
TWO_IDENTIFIERS = "<cac:PartyIdentification><cbc:ID>1</cbc:ID></cac:PartyIdentification>" * 2
BUYER = f"<cac:AccountingCustomerParty><cac:Party>{TWO_IDENTIFIERS}</cac:Party></cac:AccountingCustomerParty>"
MEANS = "<cac:PaymentMeans><cbc:PaymentMeansCode>{}</cbc:PaymentMeansCode></cac:PaymentMeans>"

# One fault each: the parts of the document, then id, severity, path and place of the finding.
FAULTS = [
    # an exponent is lawful in a double, not in a decimal
    ((EURO, line("<cbc:LineExtensionAmount>1.0E2</cbc:LineExtensionAmount>")),
     "GW-UBL-NUMBER", FATAL, "BG-25[1]/BT-131", "line 3, /ubl:Invoice/cac:InvoiceLine/cbc:LineExtensionAmount"),
    # a decimal comma
    ((line("<cac:Price><cbc:PriceAmount>1,50</cbc:PriceAmount></cac:Price>"),),
     "GW-UBL-NUMBER", FATAL, "BG-25[1]/BG-29/BT-146", "line 2, /ubl:Invoice/cac:InvoiceLine/cac:Price/cbc:PriceAmount"),
    # what Python would take for a number
    ((line("<cbc:InvoicedQuantity>1_000</cbc:InvoicedQuantity>"),),
     "GW-UBL-NUMBER", FATAL, "BG-25[1]/BT-129", "line 2, /ubl:Invoice/cac:InvoiceLine/cbc:InvoicedQuantity"),
    # not a number, and not NaN either
    ((line("<cbc:InvoicedQuantity>NaN</cbc:InvoicedQuantity>"),),
     "GW-UBL-NUMBER", FATAL, "BG-25[1]/BT-129", "line 2, /ubl:Invoice/cac:InvoiceLine/cbc:InvoicedQuantity"),
    # digits of another script
    ((line("<cbc:InvoicedQuantity>١٢</cbc:InvoicedQuantity>"),),
     "GW-UBL-NUMBER", FATAL, "BG-25[1]/BT-129", "line 2, /ubl:Invoice/cac:InvoiceLine/cbc:InvoicedQuantity"),
    # more digits than anybody invoices
    ((line(f"<cbc:InvoicedQuantity>{'9' * 41}</cbc:InvoicedQuantity>"),),
     "GW-UBL-NUMBER", FATAL, "BG-25[1]/BT-129", "line 2, /ubl:Invoice/cac:InvoiceLine/cbc:InvoicedQuantity"),
    # a day that no calendar has
    (("<cbc:IssueDate>2026-02-30</cbc:IssueDate>",),
     "GW-UBL-DATE", FATAL, "BT-2", "line 2, /ubl:Invoice/cbc:IssueDate"),
    # a date of another country
    (("<cbc:DueDate>30.11.2026</cbc:DueDate>",), "GW-UBL-DATE", FATAL, "BT-9", "line 2, /ubl:Invoice/cbc:DueDate"),
    # a date of ISO 8601 that XML Schema does not know
    (("<cbc:DueDate>2026-W48-1</cbc:DueDate>",), "GW-UBL-DATE", FATAL, "BT-9", "line 2, /ubl:Invoice/cbc:DueDate"),
    # a time zone is lawful in XML Schema, and no part of a day
    (("<cbc:IssueDate>2026-03-02+02:00</cbc:IssueDate>",),
     "GW-UBL-DATE-ZONE", WARNING, "BT-2", "line 2, /ubl:Invoice/cbc:IssueDate"),
    # an empty element
    (("<cbc:BuyerReference/>",), "GW-UBL-EMPTY", WARNING, "BT-10", "line 2, /ubl:Invoice/cbc:BuyerReference"),
    # an empty group
    (("<cac:Delivery/>",), "GW-UBL-EMPTY", WARNING, "BG-13", "line 2, /ubl:Invoice/cac:Delivery"),
    # an amount in another currency than the invoice
    ((EURO, line('<cbc:LineExtensionAmount currencyID="USD">5</cbc:LineExtensionAmount>')),
     "GW-UBL-CURRENCY", FATAL, "BG-25[1]/BT-131", "line 3, /ubl:Invoice/cac:InvoiceLine/cbc:LineExtensionAmount"),
    # neither allowance nor charge
    (("<cac:AllowanceCharge><cbc:ChargeIndicator>yes</cbc:ChargeIndicator></cac:AllowanceCharge>",),
     "GW-UBL-INDICATOR", FATAL, "", "line 2, /ubl:Invoice/cac:AllowanceCharge"),
    # a charge on a price
    ((line(CHARGED_PRICE),),
     "GW-UBL-PRICE-CHARGE", FATAL, "BG-25[1]/BG-29/BT-147",
     "line 2, /ubl:Invoice/cac:InvoiceLine/cac:Price/cac:AllowanceCharge"),
    # a file that is not base64
    ((NOT_BASE64,), "GW-UBL-BASE64", FATAL, "BG-24[1]/BT-125",
     "line 2, /ubl:Invoice/cac:AdditionalDocumentReference/cac:Attachment/cbc:EmbeddedDocumentBinaryObject"),
    # a term that UBL repeats and the model does not
    ((line("<cbc:Note>a</cbc:Note>", "<cbc:Note>b</cbc:Note>"),),
     "GW-UBL-REPEATED", FATAL, "BG-25[1]/BT-127", "line 2, /ubl:Invoice/cac:InvoiceLine/cbc:Note"),
    # two buyers' identifiers
    ((BUYER,), "GW-UBL-REPEATED", FATAL, "BG-7/BT-46",
     "line 2, /ubl:Invoice/cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification[2]"),
    # two VAT identifiers
    ((seller(*(f"<cac:PartyTaxScheme><cbc:CompanyID>AT</cbc:CompanyID>{vat()}</cac:PartyTaxScheme>",) * 2),),
     "GW-UBL-REPEATED", FATAL, "BG-4/BT-31",
     "line 2, /ubl:Invoice/cac:AccountingSupplierParty/cac:Party/cac:PartyTaxScheme[2]"),
    # two means of payment of different kinds
    ((MEANS.format(30), MEANS.format(58)),
     "GW-UBL-REPEATED", FATAL, "BG-16/BT-81", "line 3, /ubl:Invoice/cac:PaymentMeans[2]"),
    # the VAT total twice, even if it is the same
    ((EURO, *('<cac:TaxTotal><cbc:TaxAmount currencyID="EUR">1</cbc:TaxAmount></cac:TaxTotal>',) * 2),
     "GW-UBL-REPEATED", FATAL, "BG-22/BT-110", "line 4, /ubl:Invoice/cac:TaxTotal[2]"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "identifier", "severity", "path", "where"), FAULTS)
def test_a_fault_is_a_finding_with_its_place(
    parts: tuple[str, ...], identifier: str, severity: Severity, path: str, where: str
) -> None:
    found = [one for one in reading_of(*parts).findings if one.severity is not Severity.INFORMATION]
    assert [(one.id, one.severity, one.path, one.where) for one in found] == [(identifier, severity, path, where)]
    assert all(one.message and one.fix for one in found)


def test_type_81_may_be_an_invoice_or_a_credit_note() -> None:
    assert reading_of("<cbc:InvoiceTypeCode>81</cbc:InvoiceTypeCode>").findings == ()
    assert reading_of("<cbc:CreditNoteTypeCode>81</cbc:CreditNoteTypeCode>", root="CreditNote").findings == ()


def test_the_rest_of_a_document_with_a_fault_is_read() -> None:
    reading = reading_of(
        "<cbc:ID>7</cbc:ID>", "<cbc:IssueDate>?</cbc:IssueDate>", "<cbc:DueDate>2026-01-01</cbc:DueDate>"
    )
    assert reading.invoice == Invoice(number="7", due_date=datetime.date(2026, 1, 1))


WHOLE = write(sample_invoice()).content
# Files that are no UBL invoice: what they are, their bytes, the finding.
FILES = [
    ("empty", b"", "GW-XML-SYNTAX"),
    ("no XML", b"number;date\n1;2", "GW-XML-SYNTAX"),
    ("cut off", WHOLE[: len(WHOLE) // 2], "GW-XML-SYNTAX"),
    ("an entity", WHOLE.replace(b"<Invoice", b'<!DOCTYPE Invoice [<!ENTITY a "b">]><Invoice', 1), "GW-XML-DOCTYPE"),
    ("an external entity", b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "GW-XML-DOCTYPE"),
    ("another document", b"<Order xmlns='urn:oasis:names:specification:ubl:schema:xsd:Order-2'/>", "GW-UBL-ROOT"),
    ("no namespace", WHOLE.replace(b"xsd:Invoice-2", b"xsd:Invoice-3"), "GW-UBL-ROOT"),
    ("an unknown encoding", WHOLE.replace(b'"UTF-8"', b'"UTF-7"'), "GW-XML-ENCODING"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "identifier"), [row[1:] for row in FILES], ids=[row[0] for row in FILES])
def test_a_file_that_is_no_invoice_is_refused_with_a_reason(content: bytes, identifier: str) -> None:
    (reading,) = read(content)
    assert reading.invoice is None
    assert [one.id for one in reading.findings] == [identifier]
    assert reading.findings[0].fix
    report = check_bytes(content)
    assert [one.id for one in report.findings] == [identifier]
    assert not report.is_valid


def test_components_of_a_wrong_namespace_are_listed_and_not_read() -> None:
    content = WHOLE.replace(b"xsd:CommonBasicComponents-2", b"xsd:CommonBasicComponents-3")
    (reading,) = read(content)
    assert reading.invoice is not None
    assert reading.invoice.number is None
    assert "GW-UBL-NOT-CARRIED" in {one.id for one in reading.findings}
    assert not check_bytes(content).is_valid


def test_a_document_of_faults_does_not_make_a_list_without_end() -> None:
    many = 3 * MAX_FINDINGS
    findings = reading_of(*(line("<cbc:InvoicedQuantity>x</cbc:InvoicedQuantity>"),) * many).findings
    assert len(findings) == MAX_FINDINGS + 1
    assert f"{many - MAX_FINDINGS:,} more" in findings[-1].message
    strangers = reading_of(*(f"<cbc:Stranger{number}>1</cbc:Stranger{number}>" for number in range(2 * MAX_LEFTOVERS)))
    assert len(strangers.findings) == MAX_LEFTOVERS + 1


def test_a_long_value_is_cut_short_in_the_message() -> None:
    (finding,) = reading_of(f"<cbc:IssueDate>{'9' * 5_000}</cbc:IssueDate>").findings
    assert len(finding.message) < 200


def test_whatever_is_damaged_in_a_document_reading_it_does_not_crash(shared: Path) -> None:
    """Tags, values and bytes of a rich document are mixed up, always in the same way."""
    rich = document(shared, "xrechnung/technical-cases/cius/01.01_comprehensive_test_ubl.xml")
    dice = random.Random(7)
    chunks = rich.split(b"<")
    for _ in range(300):
        shuffled = list(chunks)
        for _ in range(dice.randint(1, 6)):
            at, other = dice.randrange(3, len(chunks)), dice.randrange(3, len(chunks))
            shuffled[at] = shuffled[other] if dice.random() < 0.5 else shuffled[at].replace(b"1", b"x")
        assert _judged(b"<".join(shuffled))


def test_leaf_values_swapped_among_each_other_do_not_crash_the_reader(shared: Path) -> None:
    """Well-formed every time, so the reader itself sees each damage."""
    rich = document(shared, "xrechnung/technical-cases/cius/01.01_comprehensive_test_ubl.xml").decode()
    dice = random.Random(11)
    pieces = rich.split(">")
    texts = [at for at, piece in enumerate(pieces) if piece.partition("</")[0].strip() and "</" in piece]
    for _ in range(300):
        swapped = list(pieces)
        for _ in range(dice.randint(1, 8)):
            one, other = dice.choice(texts), dice.choice(texts)
            text = pieces[other].partition("</")[0]
            swapped[one] = text + "</" + pieces[one].partition("</")[2]
        (reading,) = read(">".join(swapped).encode())
        assert reading.invoice is not None
        assert _says_where(reading)


def _judged(content: bytes) -> bool:
    (reading,) = read(content)
    return _says_where(reading) and (reading.invoice is not None or bool(reading.findings))


def _says_where(reading: Reading) -> bool:
    return all(_is_complete(one) for one in reading.findings)


def _is_complete(finding: Finding) -> bool:
    return bool(finding.id and finding.message and finding.fix and finding.where)


def test_a_decimal_keeps_every_digit_it_was_written_with() -> None:
    reading = reading_of(line("<cbc:InvoicedQuantity>+007.1200</cbc:InvoicedQuantity>"))
    assert reading.invoice is not None
    quantity = reading.invoice.lines[0].quantity
    assert quantity == Decimal("7.12")
    assert quantity is not None
    assert quantity.as_tuple().exponent == -4
