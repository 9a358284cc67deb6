"""The head of a document and its references: document type, notes, orders, contracts, preceding invoices."""

import datetime
from decimal import Decimal

import msgspec
import pytest

from formats.en16931 import (
    ItalianInvoice,
    Note,
    PrecedingInvoice,
)
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.writer import write
from tests.fatturapa.italian import is_accepted, italian, italian_line, with_italy
from tests.fatturapa.looked_up import GENERAL, LINE, blocks_at, left_behind, texts_at

replace = msgspec.structs.replace


@pytest.mark.parametrize(
    ("type_code", "document_type", "expected", "issuer"),
    [
        ("380", None, "TD01", []),
        ("381", None, "TD04", []),
        ("383", None, "TD05", []),
        ("386", None, "TD02", []),
        ("389", None, "TD01", ["CC"]),  # self-billed: the buyer issues it
        ("384", None, "TD01", []),
        ("396", None, "TD04", []),  # any other credit note
        ("380", "TD24", "TD24", []),  # the extension is exact
        ("380", "TD17", "TD17", ["CC"]),  # an integration is issued by the buyer
    ],
)
def test_the_type_code_becomes_a_document_type(
    type_code: str, document_type: str | None, expected: str, issuer: list[str]
) -> None:
    written = write(
        italian(type_code=type_code, italy=ItalianInvoice(document_type=document_type, recipient_code="ABC1234"))
    )
    assert texts_at(written, f"{GENERAL}/TipoDocumento") == [expected]
    assert texts_at(written, "FatturaElettronicaHeader/SoggettoEmittente") == issuer


def test_a_long_note_is_cut_behind_a_word() -> None:
    text = "parola " * 60 + "fine"
    written = write(italian(notes=(Note(subject_code="AAI", text=text),)))
    pieces = texts_at(written, f"{GENERAL}/Causale")
    assert "".join(pieces) == f"#AAI#{text}"
    assert all(len(piece) <= 200 for piece in pieces)
    assert all(piece.endswith(" ") for piece in pieces[:-1])


@pytest.mark.parametrize("length", [199, 200, 201, 398, 399, 400, 1000])
def test_a_note_without_blanks_is_cut_with_soft_hyphens(length: int) -> None:
    written = write(italian(notes=(Note(text="x" * length), Note(text="y"))))
    pieces = texts_at(written, f"{GENERAL}/Causale")
    assert "".join(pieces).replace("\u00ad", "") == "x" * length + "y"
    assert all(len(piece) <= 200 for piece in pieces)


def test_payment_terms_stand_in_causale() -> None:
    written = write(italian(payment_terms="30 giorni data fattura"))
    assert texts_at(written, f"{GENERAL}/Causale") == ["Termini di pagamento: 30 giorni data fattura"]
    assert "BT-20" not in left_behind(written)


def test_cig_and_cup_stand_with_the_contract_else_with_the_order_else_alone() -> None:
    def where(**references: str) -> tuple[list[str], list[str], list[str]]:
        invoice = replace(with_italy(cig="Z000000000", cup="A00A00000000000"), buyer_reference=None, **references)
        written = write(invoice)
        general = "FatturaElettronicaBody/DatiGenerali"
        return (
            texts_at(written, f"{general}/DatiContratto/IdDocumento"),
            texts_at(written, f"{general}/DatiContratto/CodiceCIG"),
            texts_at(written, f"{general}/DatiOrdineAcquisto/CodiceCIG"),
        )

    assert where(contract_reference="C-1", order_reference="O-1") == (["C-1"], ["Z000000000"], [])
    assert where(order_reference="O-1") == ([], [], ["Z000000000"])
    assert where() == (["ND"], ["Z000000000"], [])


def test_a_reference_that_does_not_fit_is_left_and_never_shortened() -> None:
    written = write(italian(order_reference="ORDER-2026-000000000001"))
    assert texts_at(written, "FatturaElettronicaBody/DatiGenerali/DatiOrdineAcquisto/IdDocumento") == ["ND"]
    assert "BT-13" in left_behind(written)


def test_lines_name_their_line_of_the_order() -> None:
    written = write(italian(order_reference="O-1", lines=(italian_line("S", order_line="7"),)))
    (order, line) = blocks_at(written, "FatturaElettronicaBody/DatiGenerali/DatiOrdineAcquisto")
    assert order.text("IdDocumento") == "O-1"
    assert [line.text(name) for name in ("RiferimentoNumeroLinea", "IdDocumento", "NumItem")] == ["1", "O-1", "7"]


def test_a_credit_note_refers_to_its_invoice_with_positive_amounts() -> None:
    preceding = (PrecedingInvoice(number="2026-0041", issue_date=datetime.date(2026, 2, 1)),)
    invoice = italian(type_code="381", preceding_invoices=preceding, italy=ItalianInvoice(recipient_code="ABC1234"))
    written = write(invoice)
    assert texts_at(written, f"{GENERAL}/TipoDocumento") == ["TD04"]
    assert texts_at(written, "FatturaElettronicaBody/DatiGenerali/DatiFattureCollegate/Data") == ["2026-02-01"]
    assert texts_at(written, f"{GENERAL}/ImportoTotaleDocumento") == ["72.83"]
    assert check_bytes(written.content).is_valid


def test_an_invoice_over_less_than_nothing_is_a_credit_note() -> None:
    invoice = italian(lines=(italian_line(quantity=Decimal(-3)),), italy=ItalianInvoice(recipient_code="ABC1234"))
    written = write(invoice)
    assert texts_at(written, f"{GENERAL}/TipoDocumento") == ["TD04"]
    assert texts_at(written, f"{GENERAL}/ImportoTotaleDocumento") == ["72.83"]
    assert texts_at(written, f"{LINE}/PrezzoUnitario") == ["19.90"]
    assert "TD04" in left_behind(written)["BT-3"]
    assert is_accepted(invoice)


def test_despatch_advice_needs_a_day_and_takes_that_of_the_delivery() -> None:
    written = write(italian(despatch_advice_reference="DDT-9"))
    (note,) = blocks_at(written, "FatturaElettronicaBody/DatiGenerali/DatiDDT")
    assert (note.text("NumeroDDT"), note.text("DataDDT")) == ("DDT-9", "2026-02-27")
    written = write(italian(despatch_advice_reference="DDT-9", delivery=None))
    assert blocks_at(written, "FatturaElettronicaBody/DatiGenerali/DatiDDT") == []
    assert "BT-16" in left_behind(written)
