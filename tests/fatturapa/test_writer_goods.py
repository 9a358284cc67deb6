"""Lines, prices, allowances and VAT, so that the controls 00421 to 00423 of SDI hold."""

from decimal import Decimal

import msgspec
import pytest

from formats.en16931 import (
    AllowanceCharge,
    ItalianLine,
    Item,
    LineAllowanceCharge,
    LineVat,
    Price,
)
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.writer import write
from tests.fatturapa.italian import is_accepted, italian, italian_line, with_italy
from tests.fatturapa.looked_up import GENERAL, LINE, PAYMENT, SUMMARY, blocks_at, left_behind, texts_at
from tests.samples import sample_italian_invoice
from tests.sums import summed_up

replace = msgspec.structs.replace


PRICED = [
    # quantity, price, allowances, charges -> Quantita, PrezzoUnitario, ScontoMaggiorazione
    ("3", Price(net=Decimal("19.90")), [], [], ("3.00", "19.90", [])),
    ("-3", Price(net=Decimal("19.90")), [], [], ("3.00", "-19.90", [])),  # Quantita has no sign
    ("3", Price(net=Decimal(100), base_quantity=Decimal(1000)), [], [], ("3.00", "0.10", [])),
    ("2", Price(net=Decimal(9), discount=Decimal(1), gross=Decimal(10)), [], [], ("2.00", "10.00", [("SC", "1.00")])),
    ("-2", Price(net=Decimal(9), discount=Decimal(1), gross=Decimal(10)), [], [], ("2.00", "-10.00", [("MG", "1.00")])),
    ("4", Price(net=Decimal(10)), ["3.00"], [], ("4.00", "10.00", [("SC", "0.75")])),  # divided by the quantity
    ("3", Price(net=Decimal(10)), ["1.00"], ["2.00"], ("3.00", "10.00", [("SC", "0.33333333"), ("MG", "0.66666667")])),
    ("-3", Price(net=Decimal(10)), ["1.00"], [], ("3.00", "-10.00", [("SC", "0.33333333")])),
    ("0.001", Price(net=Decimal("0.12345678")), [], [], ("0.001", "0.12345678", [])),
]


@pytest.mark.parametrize(("quantity", "price", "allowances", "charges", "expected"), PRICED)
def test_price_and_allowances_are_of_one_unit(
    quantity: str, price: Price, allowances: list[str], charges: list[str], expected: tuple[str, str, list[object]]
) -> None:
    line = italian_line(
        quantity=Decimal(quantity),
        price=price,
        allowances=tuple(LineAllowanceCharge(amount=Decimal(amount), reason="R") for amount in allowances),
        charges=tuple(LineAllowanceCharge(amount=Decimal(amount), reason="R") for amount in charges),
    )
    invoice = italian(lines=(line,))
    written = write(invoice)
    (block,) = blocks_at(written, LINE)
    adjustments = [(one.text("Tipo"), one.text("Importo")) for one in block.each("ScontoMaggiorazione")]
    assert (block.text("Quantita"), block.text("PrezzoUnitario"), adjustments) == expected
    assert is_accepted(invoice)


def test_a_quantity_too_large_for_eight_decimals_is_said_as_one_amount() -> None:
    line = italian_line(quantity=Decimal(30_000_000), price=Price(net=Decimal(1), base_quantity=Decimal(3)))
    invoice = italian(lines=(line,))
    written = write(invoice)
    (block,) = blocks_at(written, LINE)
    assert (block.text("Quantita"), block.text("PrezzoUnitario")) == (None, "10000000.00")
    assert {"BG-25[1]/BT-129", "BG-25[1]/BG-29/BT-146"} <= left_behind(written).keys()
    assert is_accepted(invoice)


def test_a_line_that_contradicts_itself_is_not_smoothed_over() -> None:
    invoice = italian(lines=(italian_line(),))
    line = replace(invoice.lines[0], net_amount=Decimal("50.00"))
    report = check_bytes(write(replace(invoice, lines=(line,))).content)
    assert {"00423", "00422"} == {one.id for one in report.fatal}


def test_line_identifiers_that_are_no_numbers_are_counted_anew() -> None:
    invoice = italian(lines=(italian_line(identifier="A"), italian_line(identifier="20")))
    written = write(invoice)
    assert texts_at(written, f"{LINE}/NumeroLinea") == ["1", "2"]
    assert {"BG-25[1]/BT-126", "BG-25[2]/BT-126"} <= left_behind(written).keys()


def test_name_and_description_share_one_text() -> None:
    written = write(italian(lines=(italian_line(item=Item(name="Trapano", description="x" * 2000)),)))
    (text,) = texts_at(written, f"{LINE}/Descrizione")
    assert text.startswith("Trapano · xxx")
    assert len(text) == 1000
    assert "BG-25[1]/BG-31/BT-154" in left_behind(written)


def test_allowances_and_charges_of_the_document_are_lines() -> None:
    allowance = AllowanceCharge(
        amount=Decimal("5.00"), vat_category="S", vat_rate=Decimal(22), reason="Fedeltà", reason_code="95"
    )
    charge = AllowanceCharge(amount=Decimal("8.00"), vat_category="S", vat_rate=Decimal(22), reason="Trasporto")
    invoice = italian(allowances=(allowance,), charges=(charge,))
    written = write(invoice)
    _, discount, transport = blocks_at(written, LINE)
    said = [discount.text(name) for name in ("NumeroLinea", "TipoCessionePrestazione", "Descrizione", "PrezzoTotale")]
    assert said == ["2", "SC", "Fedeltà", "-5.00"]
    said = [transport.text(name) for name in ("NumeroLinea", "TipoCessionePrestazione", "Descrizione", "PrezzoTotale")]
    assert said == ["3", "AC", "Trasporto", "8.00"]
    assert texts_at(written, f"{GENERAL}/ScontoMaggiorazione/Tipo") == []
    assert texts_at(written, f"{SUMMARY}/ImponibileImporto") == ["62.70"]
    assert texts_at(written, f"{SUMMARY}/SpeseAccessorie") == ["8.00"]
    assert is_accepted(invoice)


NATURES = [
    # category, nature of the line, reason (BT-120) -> Natura
    ("E", None, None, "N4"),
    ("E", "N2.2", None, "N2.2"),
    ("E", None, "N2.1 Art. 7-ter DPR 633/72", "N2.1"),  # the first word of the reason
    ("Z", None, None, "N1"),
    ("G", None, None, "N3.1"),
    ("K", None, None, "N3.2"),
    ("AE", "N6.9", None, "N6.9"),
    ("AE", None, "N6.3: subappalto", "N6.3"),
    ("O", "N2.2", None, "N2.2"),
]


@pytest.mark.parametrize(("category", "own", "reason", "expected"), NATURES)
def test_a_category_without_vat_becomes_a_nature(
    category: str, own: str | None, reason: str | None, expected: str
) -> None:
    rate = None if category == "O" else Decimal(0)
    line = italian_line(italy=ItalianLine(nature=own), vat=LineVat(category=category, rate=rate))
    invoice = summed_up(replace(sample_italian_invoice(), lines=(line,)), reasons={category: (reason, None)})
    written = write(invoice)
    assert texts_at(written, f"{LINE}/Natura") == [expected]
    assert texts_at(written, f"{LINE}/AliquotaIVA") == ["0.00"]
    assert texts_at(written, f"{SUMMARY}/Natura") == [expected]
    assert texts_at(written, f"{SUMMARY}/RiferimentoNormativo") == ([reason] if reason else [])
    assert is_accepted(invoice)


def test_one_category_with_two_natures_becomes_two_summaries() -> None:
    lines = (
        italian_line("E", "0", italy=ItalianLine(nature="N4")),
        italian_line("E", "0", italy=ItalianLine(nature="N2.1")),
    )
    invoice = italian(lines=lines)
    written = write(invoice)
    assert len(invoice.vat_breakdown) == 1
    assert texts_at(written, f"{SUMMARY}/Natura") == ["N4", "N2.1"]
    assert texts_at(written, f"{SUMMARY}/ImponibileImporto") == ["59.70", "59.70"]
    assert "BG-23[1]/BT-116" not in left_behind(written)
    assert is_accepted(invoice)


def test_split_payment_leaves_the_vat_out_of_what_is_transferred() -> None:
    invoice = with_italy(split_payment=True)
    written = write(invoice)
    assert texts_at(written, f"{SUMMARY}/EsigibilitaIVA") == ["S"]
    assert texts_at(written, f"{GENERAL}/ImportoTotaleDocumento") == ["72.83"]
    assert texts_at(written, f"{PAYMENT}/ImportoPagamento") == ["59.70"]
    assert is_accepted(invoice)


def test_reverse_charge_is_never_split() -> None:
    lines = (italian_line("B", "22"), italian_line("AE", "0", italy=ItalianLine(nature="N6.9")))
    invoice = italian(lines=lines)
    assert texts_at(write(invoice), f"{SUMMARY}/EsigibilitaIVA") == ["S"]  # of the taxed one alone
    assert is_accepted(invoice)


@pytest.mark.parametrize(("code", "expected"), [("3", "I"), ("35", "I"), ("432", "D")])
def test_the_tax_point_is_the_exigibility(code: str, expected: str) -> None:
    assert texts_at(write(italian(tax_point_code=code)), f"{SUMMARY}/EsigibilitaIVA") == [expected]


def test_a_cent_between_lines_and_taxable_amount_is_rounding_and_more_is_not_hidden() -> None:
    def summary(taxable: str) -> list[str]:
        invoice = sample_italian_invoice()
        row = replace(invoice.vat_breakdown[0], taxable=Decimal(taxable))
        return texts_at(write(replace(invoice, vat_breakdown=(row,))), f"{SUMMARY}/Arrotondamento")

    assert summary("59.70") == []
    assert summary("59.71") == ["0.01"]
    assert summary("70.00") == []
