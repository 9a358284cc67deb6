"""The controls of SDI at their edges: what is just taken, and what is just not."""

from decimal import Decimal

import pytest

from formats.en16931 import (
    AllowanceCharge,
    Invoice,
    ItalianInvoice,
    ItalianLine,
    Price,
    StampDuty,
)
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.writer import write
from tests.fatturapa.italian import italian, italian_line, replace, with_italy
from tests.fatturapa.simple import simplified_invoice
from tests.fatturapa.test_controls import FUND, FUNDED, PLAIN, REVERSE, WITHHOLDING

NOTHING: set[str] = set()
Change = tuple[str, str]


def found(invoice: Invoice, *changes: Change) -> set[str]:
    """The ids of what is fatal in the file of an invoice with something written over."""
    text = write(invoice).content.decode()
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return {one.id for one in check_bytes(text.encode()).fatal}


# --- amounts ---

TAX = [
    # Imposta beside 59.70 at 22 % = 13.134 -> 13.13; a cent either way is taken
    ("13.11", {"00421"}),
    ("13.12", NOTHING),
    ("13.13", NOTHING),
    ("13.14", NOTHING),
    ("13.15", {"00421"}),
    ("-13.13", {"00421"}),
    ("0.00", {"00421"}),
]


@pytest.mark.parametrize(("tax", "expected"), TAX)
def test_tax_may_be_a_cent_off(tax: str, expected: set[str]) -> None:
    assert found(PLAIN, ("<Imposta>13.13<", f"<Imposta>{tax}<")) == expected


HALVES = [
    # 10.25 at 10 % is 1.025, which is 1.03 half up (and 1.02 to the even digit): 1.01 is two cents off
    ("1.01", {"00421"}),
    ("1.02", NOTHING),
    ("1.04", NOTHING),
    ("1.05", {"00421"}),
]


@pytest.mark.parametrize(("tax", "expected"), HALVES)
def test_half_a_cent_is_rounded_up(tax: str, expected: set[str]) -> None:
    line = italian_line("S", "10", quantity=Decimal(1), net_amount=Decimal("10.25"), price=Price(net=Decimal("10.25")))
    assert found(italian(lines=(line,)), ("<Imposta>1.03<", f"<Imposta>{tax}<")) == expected


TAXABLE = [
    # ImponibileImporto (and its tax) beside lines of 59.70 at 22 %; a euro either way is taken
    ("58.69", "12.91", {"00422"}),
    ("58.70", "12.91", NOTHING),
    ("60.70", "13.35", NOTHING),
    ("60.71", "13.36", {"00422"}),
]


@pytest.mark.parametrize(("taxable", "tax", "expected"), TAXABLE)
def test_taxable_amount_may_be_a_euro_off(taxable: str, tax: str, expected: set[str]) -> None:
    assert found(PLAIN, (">59.70</Imponibile", f">{taxable}</Imponibile"), (">13.13</Imp", f">{tax}</Imp")) == expected


def test_rounding_of_the_summary_counts() -> None:
    more = ("<ImponibileImporto>59.70<", "<Arrotondamento>5.00</Arrotondamento><ImponibileImporto>64.70<")
    tax = ("<Imposta>13.13<", "<Imposta>14.23<")
    assert found(PLAIN, more, tax) == NOTHING
    assert found(PLAIN, (more[0], more[1].replace("5.00", "3.99")), tax) == {"00422"}
    assert found(PLAIN, (more[0], more[1].replace("5.00", "4.00")), tax) == NOTHING


def test_contributions_to_pension_funds_count() -> None:
    assert found(FUNDED) == NOTHING
    assert found(FUNDED, ("<ImportoContributoCassa>2.39<", "<ImportoContributoCassa>3.40<")) == {"00422"}
    assert found(FUNDED, ("<ImportoContributoCassa>2.39<", "<ImportoContributoCassa>3.39<")) == NOTHING


def test_two_natures_of_one_rate_are_summed_up_together() -> None:
    """00422 goes by the rate: what one nature has too much another may have too little."""
    exempt = italian_line("E", "0", "1", italy=ItalianLine(nature="N4"))
    outside = italian_line("E", "0", "2", italy=ItalianLine(nature="N2.2"))
    invoice = italian(lines=(exempt, outside))
    first = ("<Natura>N4</Natura>\n      <ImponibileImporto>59.70<", "<Natura>N4</Natura><ImponibileImporto>69.70<")
    second = (
        "<Natura>N2.2</Natura>\n      <ImponibileImporto>59.70<",
        "<Natura>N2.2</Natura><ImponibileImporto>49.70<",
    )
    assert found(invoice) == NOTHING
    assert found(invoice, first) == {"00422"}
    assert found(invoice, first, second) == NOTHING


def test_a_discount_of_the_document_is_no_part_of_the_sums() -> None:
    discount = "<ScontoMaggiorazione><Tipo>SC</Tipo><Importo>50.00</Importo></ScontoMaggiorazione><ImportoTotaleDoc"
    assert found(PLAIN, ("<ImportoTotaleDoc", discount)) == NOTHING


LINE = "<Quantita>3.00</Quantita>"
TOTALS = [
    # 3 x 19.90 = 59.70; a cent either way is taken
    ("59.68", {"00423"}),
    ("59.69", NOTHING),
    ("59.71", NOTHING),
    ("59.72", {"00423"}),
    ("-59.70", {"00423", "00422"}),
    ("59.7100001", {"00423"}),
]


@pytest.mark.parametrize(("total", "expected"), TOTALS)
def test_total_of_a_line_may_be_a_cent_off(total: str, expected: set[str]) -> None:
    assert found(PLAIN, ("<PrezzoTotale>59.70<", f"<PrezzoTotale>{total}<")) == expected


def priced(*changes: Change) -> set[str]:
    """A line of 59.70 that is said in another way."""
    return found(PLAIN, *changes)


def test_a_line_without_quantity_is_of_one() -> None:
    text = write(PLAIN).content.decode()
    unit = text[text.index("<Quantita>") : text.index("<PrezzoUnitario>")]
    assert priced((unit, ""), ("<PrezzoUnitario>19.90<", "<PrezzoUnitario>59.70<")) == NOTHING
    assert priced((unit, "")) == {"00423"}


ADJUSTMENTS = [
    # price, ScontoMaggiorazione (kind, element, value), whether three of them make 59.70
    ("20.90", "SC", "Importo", "1.00", True),
    ("18.90", "MG", "Importo", "1.00", True),
    ("20.90", "SC", "Importo", "3.00", False),  # of one unit, not of the line
    ("19.90", "SC", "Importo", "0.00333333", True),  # 59.69000001
    ("19.90", "SC", "Importo", "0.00333334", False),  # 59.68999998, a hair beyond the cent
    ("39.80", "SC", "Percentuale", "50.00", True),
    ("19.90", "MG", "Percentuale", "0.00", True),
    ("9.95", "MG", "Percentuale", "100.00", True),
]


@pytest.mark.parametrize(("price", "kind", "element", "value", "holds"), ADJUSTMENTS)
def test_discounts_are_of_one_unit(price: str, kind: str, element: str, value: str, holds: bool) -> None:
    block = f"<ScontoMaggiorazione><Tipo>{kind}</Tipo><{element}>{value}</{element}></ScontoMaggiorazione>"
    changes = (
        ("<PrezzoUnitario>19.90<", f"<PrezzoUnitario>{price}<"),
        ("<PrezzoTotale>", f"{block}<PrezzoTotale>"),
    )
    assert priced(*changes) == (NOTHING if holds else {"00423"})


@pytest.mark.parametrize(("amount", "expected"), [("400.00", NOTHING), ("400.01", {"00460"})])
def test_a_simplified_invoice_ends_at_four_hundred_euro(amount: str, expected: set[str]) -> None:
    assert {one.id for one in check_bytes(simplified_invoice(amount)).fatal} == expected
    assert check_bytes(simplified_invoice(amount, regime="RF20")).fatal == ()
    correcting = simplified_invoice(amount).replace(
        b"</DatiGeneraliDocumento>",
        b"</DatiGeneraliDocumento><DatiFatturaRettificata><NumeroFR>1</NumeroFR><DataFR>2026-03-01</DataFR>"
        b"<ElementiRettificati>Importo</ElementiRettificati></DatiFatturaRettificata>",
    )
    assert check_bytes(correcting).fatal == ()


# --- rates and natures ---

RATES = [
    # a rate of line and summary, and its tax
    ("0.01", "0.01", {"00424"}),
    ("0.99", "0.59", {"00424"}),
    ("1.00", "0.60", NOTHING),
    ("100.00", "59.70", NOTHING),
]


@pytest.mark.parametrize(("rate", "tax", "expected"), RATES)
def test_a_rate_is_in_percent_from_one_on(rate: str, tax: str, expected: set[str]) -> None:
    changes = ((">22.00</AliquotaIVA>", f">{rate}</AliquotaIVA>"), ("<Imposta>13.13<", f"<Imposta>{tax}<"))
    assert found(PLAIN, *changes) == expected


def exempt(nature: str) -> tuple[Invoice, Change]:
    """An invoice without VAT of which line and summary have this nature."""
    return italian(lines=(italian_line("E", "0", italy=ItalianLine(nature="N4")),)), (
        "<Natura>N4<",
        f"<Natura>{nature}<",
    )


@pytest.mark.parametrize("nature", ["N2", "N3", "N6"])
def test_the_natures_of_before_2021_are_too_general(nature: str) -> None:
    assert found(exempt(nature)[0], exempt(nature)[1]) == {"00445"}


@pytest.mark.parametrize("nature", ["N1", "N2.1", "N2.2", "N3.1", "N3.6", "N4", "N5", "N6.1", "N6.9", "N7"])
def test_the_natures_of_today_are_taken(nature: str) -> None:
    assert found(exempt(nature)[0], exempt(nature)[1]) == NOTHING


BOTH = [
    # rate and nature together, in line and summary, by the type of document
    ("TD01", {"00401", "00430"}),
    ("TD16", NOTHING),
    ("TD20", {"00401", "00430"}),
    ("TD23", {"00401", "00430"}),
]


@pytest.mark.parametrize(("kind", "expected"), BOTH)
def test_only_an_integration_at_home_states_rate_and_nature(kind: str, expected: set[str]) -> None:
    invoice, _ = exempt("N6.9")
    changes = (
        ("<Natura>N4<", "<Natura>N6.9<"),
        (">TD01<", f">{kind}<"),
        ("<AliquotaIVA>0.00<", "<AliquotaIVA>22.00<"),
        ("<Imposta>0.00<", "<Imposta>13.13<"),
    )
    assert found(invoice, *changes) == expected


SPLIT = [
    # EsigibilitaIVA beside reverse charge -> what is wrong
    ("S", {"00420"}),
    ("I", NOTHING),
    ("D", NOTHING),
]


@pytest.mark.parametrize(("exigibility", "expected"), SPLIT)
def test_under_reverse_charge_the_payment_is_not_split(exigibility: str, expected: set[str]) -> None:
    stated = ("</Imposta>", f"</Imposta><EsigibilitaIVA>{exigibility}</EsigibilitaIVA>")
    assert found(REVERSE, stated) == expected
    assert found(PLAIN, stated) == NOTHING  # at a rate it may be


# --- stamp, withholding, fund ---


@pytest.mark.parametrize("amount", [None, Decimal("2.00"), Decimal("0.00")])
def test_a_stamp_breaks_no_control(amount: Decimal | None) -> None:
    assert found(with_italy(stamp_duty=StampDuty(amount=amount))) == NOTHING


def test_a_mark_of_withholding_needs_the_withholding() -> None:
    marked = replace(with_italy(withholdings=(WITHHOLDING,)), lines=(italian_line(italy=ItalianLine(withheld=True)),))
    text = write(marked).content.decode()
    block = text[text.index("<DatiRitenuta>") : text.index("</DatiRitenuta>") + len("</DatiRitenuta>")]
    assert found(marked) == NOTHING
    assert found(marked, (block, "")) == {"00411"}
    assert found(marked, (block, ""), ("<Ritenuta>SI</Ritenuta>", "")) == NOTHING


def test_a_withheld_fund_needs_the_withholding() -> None:
    contribution = AllowanceCharge(
        amount=FUND.amount, vat_category="S", vat_rate=Decimal(22), reason="Cassa", reason_code="ZZZ"
    )
    invoice = italian(
        charges=(contribution,),
        italy=ItalianInvoice(
            document_type="TD01",
            recipient_code="ABC1234",
            withholdings=(WITHHOLDING,),
            pension_funds=(replace(FUND, withheld=True),),
        ),
    )
    text = write(invoice).content.decode()
    block = text[text.index("<DatiRitenuta>") : text.index("</DatiRitenuta>") + len("</DatiRitenuta>")]
    assert found(invoice) == NOTHING
    assert found(invoice, (block, "")) == {"00415"}
