"""The payment as a QR code: EPC069-12, the quick response code of the European Payments Council."""

from decimal import Decimal

import msgspec
import pytest
import segno

from formats.en16931 import CreditTransfer, Invoice, PaymentInstructions, Totals
from formats.pdf.payment import transfer_code
from tests.samples import sample_credit_note, sample_invoice

change = msgspec.structs.replace
IBAN = "AT611904300234573201"


def paying(due: str = "100.44", currency: str = "EUR", account: str = IBAN, reference: str | None = None) -> Invoice:
    """The sample invoice with other payment terms."""
    transfer = CreditTransfer(account=account, account_name="Nordlicht", service_provider="TESTATW1")
    payment = PaymentInstructions(means_code="58", credit_transfers=(transfer,), remittance_information=reference)
    return change(sample_invoice(), currency=currency, payment=payment, totals=Totals(due=Decimal(due)))


def code_of(*lines: str) -> segno.QRCode:
    """The code of these lines, made by hand."""
    return segno.make_qr("\n".join(lines), error="m", boost_error=False, encoding="utf-8")


@pytest.mark.parametrize(
    ("invoice", "lines"),
    [
        (
            paying(reference="RF18539007547034"),  # a creditor reference: structured
            ("BCD", "002", "1", "SCT", "TESTATW1", "Nordlicht", IBAN, "EUR100.44", "", "RF18539007547034"),
        ),
        (
            paying(reference="Rechnung 7, Größe"),  # anything else: text
            ("BCD", "002", "1", "SCT", "TESTATW1", "Nordlicht", IBAN, "EUR100.44", "", "", "Rechnung 7, Größe"),
        ),
        (
            paying("0.01"),  # without a reference: the number of the invoice
            ("BCD", "002", "1", "SCT", "TESTATW1", "Nordlicht", IBAN, "EUR0.01", "", "", "2026-0042"),
        ),
    ],
)
def test_the_code_holds_the_payment_as_banking_apps_read_it(invoice: Invoice, lines: tuple[str, ...]) -> None:
    code = transfer_code(invoice)
    assert code is not None
    assert code.matrix == code_of(*lines).matrix
    assert code.error == "M"


@pytest.mark.parametrize(
    "invoice",
    [
        paying(currency="SEK"),
        paying("0.00"),
        paying("-5.00"),
        paying("1000000000.00"),
        paying(account="AT611904300234573202"),  # a wrong check digit
        paying(account="123-4567"),
        sample_credit_note(),
        change(sample_invoice(), payment=None),
        change(sample_invoice(), totals=None),
    ],
)
def test_where_such_a_code_is_not_allowed_there_is_none(invoice: Invoice) -> None:
    assert transfer_code(invoice) is None


def test_long_names_and_texts_are_cut_to_what_a_code_takes() -> None:
    long_name = CreditTransfer(account=IBAN, account_name="n" * 200)
    payment = PaymentInstructions(credit_transfers=(long_name,), remittance_information="ü" * 300)
    code = transfer_code(change(sample_invoice(), payment=payment))
    assert code is not None
    assert int(code.version) <= 13
