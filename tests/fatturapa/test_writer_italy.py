"""What Italy adds to an invoice, payment, and attached files."""

from decimal import Decimal

import msgspec
import pytest

from formats.en16931 import (
    AllowanceCharge,
    Attachment,
    ItalianLine,
    PaymentInstructions,
    PensionFund,
    StampDuty,
    SupportingDocument,
    Withholding,
)
from formats.fatturapa.writer import write
from tests.fatturapa.italian import is_accepted, italian, italian_line, with_italy
from tests.fatturapa.looked_up import GENERAL, LINE, PAYMENT, SUMMARY, blocks_at, left_behind, texts_at
from tests.samples import sample_italian_invoice
from tests.sums import summed_up

replace = msgspec.structs.replace


def test_withholding_lowers_what_is_transferred() -> None:
    withholding = Withholding(kind="RT02", amount=Decimal("11.94"), rate=Decimal(20), payment_reason="A")
    line = italian_line(italy=ItalianLine(withheld=True))
    invoice = replace(with_italy(withholdings=(withholding,)), lines=(line,))
    written = write(invoice)
    (block,) = blocks_at(written, f"{GENERAL}/DatiRitenuta")
    assert [child[0].raw_text for child in block.children.values()] == ["RT02", "11.94", "20.00", "A"]
    assert texts_at(written, f"{LINE}/Ritenuta") == ["SI"]
    assert texts_at(written, f"{PAYMENT}/ImportoPagamento") == ["60.89"]
    assert is_accepted(invoice)


def test_a_pension_fund_and_its_charge_are_said_as_one() -> None:
    fund = PensionFund(
        kind="TC04",
        rate=Decimal(4),
        amount=Decimal("2.39"),
        base=Decimal("59.70"),
        vat_rate=Decimal(22),
        withheld=False,
    )
    charge = AllowanceCharge(
        amount=Decimal("2.39"), vat_category="S", vat_rate=Decimal(22), reason="Inarcassa", reason_code="ZZZ"
    )
    invoice = replace(with_italy(pension_funds=(fund,)), charges=(charge,))
    invoice = summed_up(invoice)
    written = write(invoice)
    assert len(blocks_at(written, LINE)) == 1
    assert texts_at(written, f"{GENERAL}/DatiCassaPrevidenziale/ImportoContributoCassa") == ["2.39"]
    assert texts_at(written, f"{SUMMARY}/ImponibileImporto") == ["62.09"]
    assert "BG-21[1]/BT-104" in left_behind(written)  # the element has no text
    assert is_accepted(invoice)


def test_stamp_duty_is_said_once_whether_stated_or_a_charge_of_nothing() -> None:
    written = write(with_italy(stamp_duty=StampDuty(amount=Decimal("2.00"))))
    assert texts_at(written, f"{GENERAL}/DatiBollo/ImportoBollo") == ["2.00"]
    bollo = AllowanceCharge(amount=Decimal(0), vat_category="Z", vat_rate=Decimal(0), reason="BOLLO", reason_code="SAE")
    invoice = italian(charges=(bollo,))
    written = write(replace(invoice, vat_breakdown=invoice.vat_breakdown[:1]))
    assert texts_at(written, f"{GENERAL}/DatiBollo/BolloVirtuale") == ["SI"]
    assert len(blocks_at(written, LINE)) == 1


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("58", None, ["MP05"]),
        ("30", None, ["MP05"]),
        ("10", None, ["MP01"]),
        ("48", None, ["MP08"]),
        ("59", None, ["MP19"]),
        ("59", "MP21", ["MP21"]),  # named exactly
        ("59", "SEPA direct debit", ["MP19"]),
        ("98", None, []),  # JP, no means that FatturaPA knows
    ],
)
def test_the_means_of_payment_becomes_an_mp_code(code: str, text: str | None, expected: list[str]) -> None:
    written = write(italian(payment=PaymentInstructions(means_code=code, means_text=text)))
    assert texts_at(written, f"{PAYMENT}/ModalitaPagamento") == expected


def test_an_iban_loses_its_blanks() -> None:
    invoice = sample_italian_invoice()
    payment = invoice.payment
    assert payment is not None
    transfer = replace(payment.credit_transfers[0], account="IT60 X054 2811 1010 0000 0123 456")
    written = write(replace(invoice, payment=replace(payment, credit_transfers=(transfer,))))
    assert texts_at(written, f"{PAYMENT}/IBAN") == ["IT60X0542811101000000123456"]


def test_files_go_along_and_addresses_of_files_do_not() -> None:
    documents = (
        SupportingDocument(reference="ore.pdf", attachment=Attachment(b"%PDF-1.7", "application/pdf", "ore.pdf")),
        SupportingDocument(reference="far", location="https://party.example/far.pdf"),
    )
    written = write(italian(supporting_documents=documents))
    (file,) = blocks_at(written, "FatturaElettronicaBody/Allegati")
    assert (file.text("NomeAttachment"), file.text("FormatoAttachment")) == ("ore.pdf", "PDF")
    assert {"BG-24[2]/BT-122", "BG-24[2]/BT-124"} == {path for path in left_behind(written) if path.startswith("BG-24")}
