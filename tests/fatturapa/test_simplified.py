"""Simplified invoices (FSM10): amounts with VAT are divided, and what they leave out is not asked for."""

from decimal import Decimal

import pytest

from formats.contract import CannotWrite, Reading
from formats.en16931 import Buyer, Identifier, Invoice
from formats.fatturapa import FORMAT
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.document import Leaf
from formats.fatturapa.reader import read, recognises
from formats.fatturapa.writer import write
from tests.fatturapa.italian import replace
from tests.fatturapa.simple import simplified_invoice
from tests.samples import ITALIAN_BUYER


def invoice_in(content: bytes) -> Invoice:
    """The one invoice of a file."""
    (reading,) = read(content)
    assert reading.invoice is not None
    return reading.invoice


DIVIDED = [
    # Importo, DatiIVA, Natura -> net, tax, rate, category
    ("122.00", {"Aliquota": Decimal(22)}, None, ("100.00", "22.00", "22", "S")),
    ("10.00", {"Aliquota": Decimal(22)}, None, ("8.20", "1.80", "22", "S")),
    ("110.00", {"Imposta": Decimal("10.00")}, None, ("100.00", "10.00", "10", "S")),  # the rate is the usual one
    ("9.99", {"Imposta": Decimal("1.80")}, None, ("8.19", "1.80", "22", "S")),
    ("107.00", {"Imposta": Decimal("7.00")}, None, ("100.00", "7.00", "7.00", "S")),  # no rate of Italy
    ("50.00", {"Aliquota": Decimal(0)}, "N4", ("50.00", "0.00", "0", "E")),
    ("50.00", {}, "N2.2", ("50.00", "0.00", "0", "E")),
    ("-122.00", {"Aliquota": Decimal(22)}, None, ("-100.00", "-22.00", "22", "S")),
]


@pytest.mark.parametrize(("amount", "vat", "code", "expected"), DIVIDED)
def test_an_amount_with_vat_is_divided(
    amount: str, vat: dict[str, Leaf], code: str | None, expected: tuple[str, str, str, str]
) -> None:
    content = simplified_invoice(amount, vat=vat, **({"Natura": code} if code else {}))
    assert check_bytes(content).is_valid
    invoice = invoice_in(content)
    (line,) = invoice.lines
    (row,) = invoice.vat_breakdown
    net, tax, rate, category = expected
    assert (line.net_amount, row.taxable, row.tax) == (Decimal(net), Decimal(net), Decimal(tax))
    assert line.vat is not None
    assert (line.vat.rate, line.vat.category, row.category) == (Decimal(rate), category, category)
    assert invoice.totals is not None
    assert invoice.totals.with_vat == Decimal(amount)
    assert invoice.totals.due == Decimal(amount)


def test_what_was_divided_says_so() -> None:
    (reading,) = read(simplified_invoice())
    for path in ("BG-25[1]/BT-131", "BG-25[1]/BT-129", "BG-23[1]", "BG-22/BT-112"):
        assert reading.provenance.is_computed(path)
    place = reading.provenance.place_of("BG-25[1]/BG-31/BT-153")
    assert place is not None
    assert place.line


def test_a_correction_names_its_invoice_and_what_is_corrected() -> None:
    inner = b"<NumeroFR>7</NumeroFR><DataFR>2026-01-31</DataFR><ElementiRettificati>Importo</ElementiRettificati>"
    correction = b"<DatiFatturaRettificata>" + inner + b"</DatiFatturaRettificata>"
    content = (
        simplified_invoice().replace(b"TD07", b"TD08").replace(b"</DatiGenerali>", correction + b"</DatiGenerali>")
    )
    assert check_bytes(content).is_valid
    invoice = invoice_in(content)
    assert (invoice.type_code, invoice.notes[0].text) == ("381", "Importo")
    assert [one.number for one in invoice.preceding_invoices] == ["7"]


def test_a_buyer_needs_no_name_to_be_checked_but_to_be_written_as_an_ordinary_invoice() -> None:
    content = simplified_invoice()
    assert recognises(content)
    invoice = invoice_in(content)
    assert invoice.buyer == Buyer(legal_registration=Identifier("12345670017", "0210"))
    (profile,) = FORMAT.profiles
    assert profile.recognises(invoice)
    assert profile.check(Reading(invoice)).findings == ()
    with pytest.raises(CannotWrite):
        write(invoice)
    written = write(replace(invoice, buyer=ITALIAN_BUYER))
    assert b"<TipoDocumento>TD01</TipoDocumento>" in written.content
    assert check_bytes(written.content).is_valid
    assert {one.path for one in written.not_carried} == {"IT-D/IT-1"}
