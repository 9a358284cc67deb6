"""Invoice -> UBL: element order, escaping, and what has no place there."""

import datetime
import tracemalloc
from decimal import Decimal

import msgspec
import pytest

from formats.contract import CannotWrite, NotCarried
from formats.en16931 import (
    Attachment,
    CreditTransfer,
    Delivery,
    DirectDebit,
    Identifier,
    Invoice,
    Note,
    Payee,
    PaymentCard,
    PaymentInstructions,
    Period,
    Price,
    ProcessControl,
    SupportingDocument,
)
from formats.ubl.reader import read
from formats.ubl.verdict import check_bytes
from formats.ubl.writer import CORE_SPECIFICATION, write
from tests.samples import sample_credit_note, sample_invoice, sample_italian_invoice, sample_line


def written_and_read(invoice: Invoice) -> Invoice:
    """What is left of an invoice once it was UBL."""
    (reading,) = read(write(invoice).content)
    assert reading.invoice is not None
    return reading.invoice


def left_behind(invoice: Invoice) -> list[tuple[str, str]]:
    """The paths and values that UBL does not carry."""
    return [(one.path, one.value) for one in write(invoice).not_carried]


@pytest.mark.parametrize("invoice", [sample_invoice(), sample_credit_note()], ids=["invoice", "credit note"])
def test_what_is_written_is_valid_and_reads_the_same(invoice: Invoice) -> None:
    written = write(invoice)
    assert written.not_carried == ()
    assert check_bytes(written.content).is_valid
    assert written_and_read(invoice) == invoice


def test_the_type_code_chooses_the_root_element() -> None:
    assert b"<Invoice " in write(sample_invoice()).content
    assert b"<CreditNote " in write(sample_credit_note()).content
    assert b"<Invoice " in write(sample_invoice(type_code=None)).content


def test_an_invoice_without_currency_cannot_be_written() -> None:
    with pytest.raises(CannotWrite) as refused:
        write(sample_invoice(currency=None))
    assert [one.id for one in refused.value.findings] == ["GW-UBL-NO-CURRENCY"]


def test_a_missing_specification_becomes_that_of_the_standard_and_a_stated_one_stays() -> None:
    assert written_and_read(sample_invoice(process=None)).process == ProcessControl(specification=CORE_SPECIFICATION)
    stated = ProcessControl(specification="urn:cen.eu:en16931:2017#compliant#urn:example")
    assert written_and_read(sample_invoice(process=stated)).process == stated


def test_the_italian_extension_is_listed_value_by_value() -> None:
    paths = [path for path, _ in left_behind(sample_italian_invoice())]
    assert paths == ["IT-D/IT-1", "IT-D/IT-5", "BG-4/IT-S/IT-30"]


# Values that UBL has no place for in this constellation: the change, what is listed.
HOMELESS = [
    # a unit without a quantity
    ({"lines": (sample_line(quantity=None, unit="C62"),)}, [("BG-25[1]/BT-130", "C62")]),
    # the unit of a base quantity that is not stated
    (
        {"lines": (sample_line(price=Price(net=Decimal(1), base_unit="C62")),)},
        [("BG-25[1]/BG-29/BT-150", "C62")],
    ),
    # the means of payment in words, without their code
    ({"payment": PaymentInstructions(means_text="cash")}, [("BG-16/BT-82", "cash")]),
    # an empty file
    (
        {"supporting_documents": (SupportingDocument(reference="D", attachment=Attachment(b"", "text/csv", "a.csv")),)},
        [("BG-24[1]/BT-125", "a.csv")],
    ),
]


@pytest.mark.parametrize(("changes", "expected"), HOMELESS)
def test_a_value_without_a_place_is_listed(changes: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert left_behind(sample_invoice(**changes)) == expected


def test_vat_in_a_second_currency_needs_that_currency() -> None:
    totals = sample_invoice().totals
    assert totals is not None
    converted = msgspec.structs.replace(totals, vat_in_accounting_currency=Decimal("1.00"))
    assert left_behind(sample_invoice(totals=converted)) == [("BG-22/BT-111", "1.00")]
    assert left_behind(sample_invoice(totals=converted, vat_currency="PLN")) == []


def test_the_due_date_of_a_credit_note_needs_means_of_payment() -> None:
    due = datetime.date(2026, 4, 1)
    assert left_behind(sample_credit_note(due_date=due)) == []
    assert left_behind(sample_credit_note(due_date=due, payment=None)) == [("BT-9", "2026-04-01")]


def test_characters_that_xml_cannot_hold_are_left_out_and_listed() -> None:
    invoice = sample_invoice(buyer_reference="A\x00B\x1f", notes=(Note(text="ok"), Note(text="\ud800!")))
    written = write(invoice)
    assert written.not_carried == (
        NotCarried("BT-10", "A\x00B\x1f", "characters that XML cannot hold were left out"),
        NotCarried("BG-1[2]/BT-22", "\ud800!", "characters that XML cannot hold were left out"),
    )
    assert written_and_read(invoice).buyer_reference == "AB"


@pytest.mark.parametrize(
    "text",
    ["<a> & </a>", "]]>", "a\r\nb", "tab\there", "\"quoted\" 'twice'", "&amp;", "&#65;", "<!-- -->", "ß€🧾\u2028x"],
)
def test_any_text_arrives_as_it_was(text: str) -> None:
    invoice = sample_invoice(
        notes=(Note(text=text),),
        payment=PaymentInstructions(means_code="30", means_text=text),
        object_identifier=Identifier(text, text),
    )
    assert written_and_read(invoice) == invoice


def test_a_currency_cannot_break_out_of_its_attribute() -> None:
    hostile = 'EUR"><x a="'
    assert written_and_read(sample_invoice(currency=hostile)).currency == hostile


def test_numbers_are_written_without_exponent() -> None:
    content = write(
        sample_invoice(lines=(sample_line(quantity=Decimal("1E+3"), price=Price(net=Decimal("1E-7"))),))
    ).content
    assert b">1000</cbc:InvoicedQuantity>" in content
    assert b">0.0000001</cbc:PriceAmount>" in content


def test_a_gross_price_without_a_discount_has_a_discount_of_nothing() -> None:
    invoice = sample_invoice(lines=(sample_line(price=Price(net=Decimal(5), gross=Decimal(5))),))
    assert check_bytes(write(invoice).content).is_valid
    assert written_and_read(invoice).lines[0].price == Price(net=Decimal(5), discount=Decimal(0), gross=Decimal(5))


def test_every_credit_transfer_gets_its_own_means_of_payment_and_the_rest_stands_in_the_first() -> None:
    payment = PaymentInstructions(
        means_code="30",
        means_text="Credit transfer",
        remittance_information="R-1",
        credit_transfers=(CreditTransfer(account="A"), CreditTransfer(account="B", service_provider="TESTATW1XXX")),
        card=PaymentCard(account_number="0042", holder="A. Example"),
        direct_debit=DirectDebit(mandate="M-1", creditor="AT61ZZZ01234567890", debited_account="C"),
    )
    for invoice in (
        sample_invoice(payment=payment),
        sample_credit_note(payment=payment, due_date=datetime.date(2026, 4, 1)),
    ):
        content = write(invoice).content
        assert content.count(b"<cac:PaymentMeans>") == 2
        assert content.count(b"Credit transfer") == 1
        assert check_bytes(content).is_valid
        assert written_and_read(invoice) == invoice


def test_the_creditor_stands_with_the_payee_where_there_is_one() -> None:
    payment = PaymentInstructions(means_code="59", direct_debit=DirectDebit(creditor="AT61ZZZ01234567890"))
    invoice = sample_invoice(payment=payment, payee=Payee(name="Factor"))
    content = write(invoice).content
    assert content.index(b'schemeID="SEPA"') > content.index(b"<cac:PayeeParty>")
    assert written_and_read(invoice) == invoice
    assert written_and_read(sample_invoice(payment=payment)).payment == payment


def test_references_stand_in_the_order_of_either_schema() -> None:
    changes: dict[str, object] = {
        "project_reference": "P",
        "contract_reference": "C",
        "order_reference": "O",
        "sales_order_reference": "S",
        "receiving_advice_reference": "R",
        "despatch_advice_reference": "D",
        "tender_reference": "T",
        "object_identifier": Identifier("I", "AWV"),
        "accounting_reference": "4217",
        "tax_point_code": "35",
        "delivery": Delivery(period=Period(start=datetime.date(2026, 1, 1))),
        "supporting_documents": (SupportingDocument(reference="X", location="https://seller.example/x"),),
    }
    for invoice in (sample_invoice(**changes), sample_credit_note(**changes)):
        assert check_bytes(write(invoice).content).is_valid
        assert written_and_read(invoice) == invoice


def test_an_unfinished_invoice_is_written_as_far_as_it_goes() -> None:
    invoice = Invoice(currency="EUR", lines=(sample_line(item=None, vat=None, price=None, net_amount=None),))
    assert written_and_read(invoice) == msgspec.structs.replace(
        invoice, process=ProcessControl(specification=CORE_SPECIFICATION)
    )


def test_ten_thousand_lines_take_little_more_memory_than_their_bytes() -> None:
    invoice = sample_invoice(lines=tuple(sample_line(str(number)) for number in range(1, 10_001)))
    tracemalloc.start()
    try:
        content = write(invoice).content
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert content.count(b"<cac:InvoiceLine>") == 10_000
    assert peak < 5 * len(content)
