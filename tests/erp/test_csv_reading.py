"""Tables that are read: layouts, spellings, what follows from a row, and where each value stood."""

import datetime
import time
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.checking import Severity
from formats.en16931 import Identifier
from formats.en16931.totals import completed
from formats.erp.csv_rows import FORMAT, read, recognises
from tests.erp.tables import HEADER, fatal, ids, mapping_of, numbers, only, readings, row, table

GERMAN = ("Rechnungsnummer", "Rechnungsdatum", "Währung", "Kunde", "Bezeichnung", "Menge", "Einzelpreis", "MwSt-Satz")


def test_one_row_is_one_line_of_one_invoice() -> None:
    invoice = only(table(row())).invoice
    assert invoice is not None
    assert (invoice.number, invoice.issue_date, invoice.currency) == ("INV-1", datetime.date(2026, 3, 1), "EUR")
    assert invoice.buyer is not None
    assert invoice.buyer.name == "Acme"
    (line,) = invoice.lines
    assert line.price is not None
    assert (line.quantity, line.price.net) == (Decimal(2), Decimal("1.50"))


def test_rows_are_grouped_by_their_number_wherever_they_stand() -> None:
    content = table(row(item="a"), row(invoice="INV-2", item="b"), row(item="c"), row(invoice="INV-3", item="d"))
    found = {one.invoice.number: len(one.invoice.lines) for one in readings(content) if one.invoice}
    assert found == {"INV-1": 2, "INV-2": 1, "INV-3": 1}


def test_an_invoice_is_handed_out_with_its_last_row_and_not_later() -> None:
    """What is broken below it has not been looked at yet in the second pass: the reader is lazy."""
    found = read(table(row(), *(row(invoice=f"INV-{at}") for at in range(2, 50))))
    assert next(found).invoice is not None
    found.close()  # type: ignore[attr-defined]  # it is a generator


def test_the_same_number_of_two_sellers_is_two_invoices() -> None:
    header = (*HEADER, "Seller name")
    content = table((*row(), "Nord"), (*row(), "Süd"), (*row(), ""), header=header)
    found = readings(content)
    assert numbers(found) == ["INV-1", "INV-1"]
    assert [len(one.invoice.lines) for one in found if one.invoice] == [1, 2]  # a blank seller means: as above


def test_a_blank_number_continues_the_invoice_where_all_its_own_values_are_blank_too() -> None:
    below = row(invoice="", date="", currency="", buyer="", item="b")
    assert [len(one.invoice.lines) for one in readings(table(row(), below, row(invoice="INV-2"))) if one.invoice] == [
        2,
        1,
    ]


def test_a_total_below_the_table_is_no_invoice() -> None:
    content = table(row(), ("Summe", "", "", "", "", "", "3.00", ""), ("", "", "", "", "", "", "", ""))
    assert numbers(readings(content)) == ["INV-1"]
    content = table(row(), ("", "Total", "", "", "", "", "3.00", ""))
    assert numbers(readings(content)) == ["INV-1"]


def test_a_title_above_the_header_is_passed_over() -> None:
    content = b"Export of 1 March 2026\r\n\r\n" + table(row())
    reading = only(content)
    assert not fatal(reading)
    assert str(reading.provenance.place_of("BT-1")) == "line 4, column Invoice number"


def test_a_line_break_in_quotes_stays_in_its_cell_and_lines_are_still_counted_right() -> None:
    content = table(row(item='"Bolt\r\nM8; zinc"'), row(invoice="INV-2"))
    first, second = readings(content)
    assert first.invoice is not None
    assert first.invoice.lines[0].item is not None
    assert first.invoice.lines[0].item.name == "Bolt\r\nM8; zinc"
    assert str(second.provenance.place_of("BT-1")) == "line 4, column Invoice number"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter: str) -> None:
    assert only(table(row(), delimiter=delimiter)).invoice is not None


def test_a_spreadsheet_may_announce_its_delimiter() -> None:
    assert only(b"sep=|\r\n" + table(row(), delimiter="|")).invoice is not None


@pytest.mark.parametrize(
    ("encoding", "is_told"),
    [
        ("utf-8", False),
        ("utf-8-sig", False),
        ("utf-16", False),  # with its byte order mark
        ("cp1252", True),  # the last resort is never silent
    ],
)
def test_the_encoding_is_found_out(encoding: str, is_told: bool) -> None:
    reading = only(table(row(buyer="Søren Ærø")).decode().encode(encoding))
    assert reading.invoice is not None
    assert reading.invoice.buyer is not None
    assert reading.invoice.buyer.name == "Søren Ærø"
    assert ("GW-CSV-ENCODING" in ids(reading.findings)) == is_told
    assert not fatal(reading)


def test_the_decimal_mark_is_found_out_over_all_columns() -> None:
    """`1.000` alone could be one or a thousand; the prices show that commas part decimals here."""
    content = table(("R-1", "01.03.2026", "EUR", "Kunz", "Schraube", "1.000", "0,125", "19"), header=GERMAN)
    invoice = only(content).invoice
    assert invoice is not None
    assert invoice.lines[0].quantity == 1000
    assert invoice.lines[0].price is not None
    assert invoice.lines[0].price.net == Decimal("0.125")


def test_headers_of_a_language_that_writes_the_day_first_settle_the_date() -> None:
    content = table(("R-1", "03/04/2026", "EUR", "Kunz", "Schraube", "1", "2,50", "19"), header=GERMAN)
    invoice = only(content).invoice
    assert invoice is not None
    assert invoice.issue_date == datetime.date(2026, 4, 3)


def test_one_unambiguous_date_settles_the_order_of_its_column() -> None:
    content = table(row(date="03/04/2026"), row(invoice="INV-2", date="03/25/2026"))
    assert [one.invoice.issue_date for one in readings(content) if one.invoice] == [
        datetime.date(2026, 3, 4),
        datetime.date(2026, 3, 25),
    ]


def test_every_value_says_where_it_stood_or_why_it_is_there() -> None:
    places = only(table(row())).provenance
    assert str(places.place_of("BG-25[1]/BT-129")) == "line 2, column Quantity"
    assert str(places.place_of("BG-25[1]/BG-31/BT-154")) == "line 2"  # not stated: the place of its line
    assert places.is_computed("BT-3")
    assert places.is_computed("BG-25[1]/BG-30/BT-151")
    assert not places.is_computed("BG-25[1]/BG-30/BT-152")


def test_totals_that_the_table_leaves_out_are_left_out() -> None:
    reading = only(table(row()))
    assert reading.invoice is not None
    assert reading.invoice.totals is None
    assert reading.invoice.vat_breakdown == ()
    invoice, _ = completed(reading.invoice, reading.provenance)
    assert invoice.totals is not None
    assert invoice.totals.due == Decimal("3.75")


def test_a_discount_in_percent_becomes_an_allowance_with_its_amount() -> None:
    header = (*HEADER, "Discount %", "Line amount")
    invoice = only(table((*row(), "10", "2.70"), (*row(item="b"), "0", "3.00"), header=header)).invoice
    assert invoice is not None
    (allowance,) = invoice.lines[0].allowances
    assert (allowance.amount, allowance.base, allowance.reason_code) == (Decimal("0.30"), Decimal("3.00"), "95")
    assert invoice.lines[1].allowances == ()  # a discount of nothing is none


def test_a_credit_note_with_negative_amounts_is_turned_and_that_is_told() -> None:
    header = (*HEADER, "Document type", "Invoice total")
    reading = only(table((*row(quantity="-2"), "Credit note", "-3.75"), header=header))
    assert reading.invoice is not None
    assert reading.invoice.is_credit_note
    assert reading.invoice.lines[0].quantity == 2
    assert reading.invoice.totals is not None
    assert reading.invoice.totals.with_vat == Decimal("3.75")
    assert "GW-CSV-SIGN" in ids(reading.findings)


def test_a_credit_note_with_one_negative_line_stays_as_it_is() -> None:
    header = (*HEADER, "Document type")
    reading = only(table((*row(quantity="5"), "381"), (*row(quantity="-1"), "381"), header=header))
    assert reading.invoice is not None
    assert [line.quantity for line in reading.invoice.lines] == [5, -1]


def test_an_invoice_with_negative_amounts_is_not_made_a_credit_note() -> None:
    reading = only(table(row(quantity="-2")))
    assert reading.invoice is not None
    assert reading.invoice.type_code == "380"
    assert reading.invoice.lines[0].quantity == -2


@pytest.mark.parametrize(
    ("text", "code"),
    [("st", "C62"), ("Stk.", "C62"), ("STD", "HUR"), ("kg", "KGM"), ("m²", "MTK"), ("XBX", "XBX"), ("KWH", "KWH")],
)
def test_units_are_read_by_their_usual_short_names_or_by_their_code(text: str, code: str) -> None:
    invoice = only(table((*row(), text), header=(*HEADER, "Unit"))).invoice
    assert invoice is not None
    assert invoice.lines[0].unit == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("SE", "SE"),
        ("se", "SE"),
        ("UK", "GB"),
        ("Sverige", "SE"),
        ("Schweden", "SE"),
        ("Österreich", "AT"),
        ("EL", "GR"),
    ],
)
def test_countries_are_read_by_code_or_by_name_in_many_languages(text: str, code: str) -> None:
    invoice = only(table((*row(), text), header=(*HEADER, "Country"))).invoice
    assert invoice is not None
    assert invoice.buyer is not None
    assert invoice.buyer.address is not None
    assert invoice.buyer.address.country == code


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("0088:9876543210982", Identifier("9876543210982", "0088")),
        ("9930:DE999990019", Identifier("DE999990019", "9930")),
        ("bills@acme.example", Identifier("bills@acme.example", "EM")),
        ("12345", Identifier("12345")),
    ],
)
def test_an_electronic_address_is_taken_apart(text: str, address: Identifier) -> None:
    invoice = only(table((*row(), text), header=(*HEADER, "Buyer endpoint"))).invoice
    assert invoice is not None
    assert invoice.buyer is not None
    assert invoice.buyer.electronic_address == address


def test_the_guard_of_a_spreadsheet_is_taken_off() -> None:
    content = table(('"=""007"""', "2026-03-01", "EUR", "'+46 AB", "Bolt", "1", "2.50", "25"))
    invoice = only(content).invoice
    assert invoice is not None
    assert invoice.buyer is not None
    assert (invoice.number, invoice.buyer.name) == ("007", "+46 AB")


def test_an_iban_is_paid_by_sepa_in_euros_and_by_transfer_in_other_currencies() -> None:
    header = (*HEADER, "IBAN")
    iban = "SE89 9990 0000 0000 0012 3457"
    content = table((*row(), iban), (*row(invoice="INV-2", currency="SEK"), iban), header=header)
    payments = [one.invoice.payment for one in readings(content) if one.invoice]
    assert [one.means_code for one in payments if one] == ["58", "30"]
    assert payments[0] is not None
    assert payments[0].credit_transfers[0].account == iban.replace(" ", "")


def test_a_reason_for_no_vat_on_a_line_goes_to_the_breakdown_of_its_category() -> None:
    header = (*HEADER, "VAT category", "VAT exemption reason")
    content = table((*row(vat="0"), "E", "Article 132"), (*row(item="b"), "S", ""), header=header)
    reading = only(content)
    assert reading.invoice is not None
    invoice, _ = completed(reading.invoice, reading.provenance)
    assert [(one.category, one.exemption_reason, one.taxable) for one in invoice.vat_breakdown] == [
        ("E", "Article 132", Decimal("3.00")),
        ("S", None, Decimal("3.00")),
    ]


def test_columns_that_fill_nothing_are_told_once_for_each_invoice_as_information() -> None:
    reading = only(table((*row(), "x"), header=(*HEADER, "Warehouse")))
    (finding,) = reading.findings
    assert (finding.id, finding.severity) == ("GW-CSV-UNUSED", Severity.INFORMATION)
    assert "Warehouse" in finding.message


OWN = """\
mapping: own
version: 7
source: {delimiter: ";", number: {decimal: ","}, date: DMY}
constants: {BT-5: SEK, BT-27: Fjäll AB, BT-31: SE559999001601, BT-30: "5599990016", BT-30-1: "0007"}
columns:
  BT-1: NR
  BT-2: DAT
  BT-44: KUND
  BT-153: TEXT
  BT-129: ANT
  BT-146: PRIS
  BT-130: {column: ENH, table: units, else: C62, because: blank means pieces}
  BT-151: {column: KOD, table: vat}
  BT-152: {column: KOD, table: vat}
tables:
  units: {st: C62, tim: HUR}
  vat: {"1": {BT-151: S, BT-152: "25"}, "9": {BT-151: E, BT-152: "0"}}
ignore: [LAGER]
skip: ['row where col("TYP") in ("KOMMENTAR")']
refuse: [{when: 'row where col("TYP") in ("UTKAST")', because: it is a draft}]
"""
OWN_HEADER = ("NR", "DAT", "KUND", "TEXT", "ANT", "PRIS", "ENH", "KOD", "LAGER", "TYP")


def test_a_senders_own_mapping_reads_its_own_columns_codes_and_constants() -> None:
    content = table(
        ("1", "1.3.26", "Kund", "Bult", "1.000", "1,50", "st", "1", "A", ""),
        ("1", "1.3.26", "Kund", "se nedan", "", "", "", "", "", "KOMMENTAR"),
        ("1", "1.3.26", "Kund", "Arbete", "2", "700", "TIM", "9", "A", ""),
        header=OWN_HEADER,
    )
    reading = only(content, mapping_of(OWN))
    assert not fatal(reading)
    assert ids(reading.findings) == ["GW-CSV-SKIPPED"]
    invoice = reading.invoice
    assert invoice is not None
    assert (invoice.currency, invoice.issue_date) == ("SEK", datetime.date(2026, 3, 1))
    assert invoice.seller is not None
    assert invoice.seller.legal_registration == Identifier("5599990016", "0007")
    assert [(line.quantity, line.unit) for line in invoice.lines] == [(Decimal(1000), "C62"), (Decimal(2), "HUR")]
    assert [line.vat.category for line in invoice.lines if line.vat] == ["S", "E"]
    assert "own version 7" in str(reading.provenance.place_of("BT-5"))


def test_a_row_that_the_mapping_refuses_refuses_its_invoice_with_the_reason() -> None:
    content = table(("1", "1.3.26", "Kund", "Bult", "1", "1,50", "st", "1", "A", "Utkast"), header=OWN_HEADER)
    (finding,) = fatal(only(content, mapping_of(OWN)))
    assert (finding.id, "it is a draft" in finding.message) == ("GW-CSV-REFUSED", True)


def test_ten_thousand_lines_in_one_invoice_are_read_in_linear_time() -> None:
    def seconds(lines: int) -> float:
        content = table(*(row(item=f"item {at}", quantity=str(at % 9 + 1)) for at in range(lines)))
        began = time.process_time()
        reading = only(content)
        assert reading.invoice is not None
        assert len(reading.invoice.lines) == lines
        return time.process_time() - began

    seconds(500)  # tables and names are read once
    small = seconds(2_500)
    assert seconds(10_000) < 12 * max(small, 0.05)


@pytest.mark.parametrize(
    ("content", "is_a_table"),
    [
        (table(row()), True),
        (table(row(), delimiter=","), True),
        (table(row(buyer="Søren")).decode().encode("cp1252"), True),
        (table(row()).decode().encode("utf-16"), True),
        (b"<?xml version='1.0'?><a/>", False),
        (b'{"number": "1"}', False),
        (b"%PDF-1.7", False),
        (b"PK\x03\x04....", False),
        (b"UNA:+.? 'UNB+UNOC:3", False),
        (b"\x00\x01\x02;;;;\n;;;;", False),
        (b"Dear Sir,\r\nplease find, attached\r\n", False),
        (b"", False),
    ],
)
def test_a_table_is_recognised_by_its_shape(content: bytes, is_a_table: bool) -> None:
    assert recognises(content) is is_a_table
    assert FORMAT.recognises(content) is is_a_table


TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp")), min_size=1, max_size=12).filter(
    lambda text: text.strip() == text and text[0] not in "='"
)
AMOUNTS = st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2, allow_nan=False, allow_infinity=False)
LINES = st.lists(st.tuples(TEXTS, AMOUNTS, AMOUNTS), min_size=1, max_size=5)


@given(
    invoices=st.lists(st.tuples(TEXTS, LINES), min_size=1, max_size=4, unique_by=lambda one: one[0].casefold()),
    style=st.sampled_from([(";", ","), (",", "."), ("\t", ","), ("|", ".")]),
)
def test_what_is_written_in_any_style_is_read_back(
    invoices: list[tuple[str, list[tuple[str, Decimal, Decimal]]]], style: tuple[str, str]
) -> None:
    delimiter, mark = style

    def quoted(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    rows = [
        (
            quoted(f"N{number}"),
            "2026-03-01",
            "EUR",
            quoted(name),
            quoted(name),
            amount(quantity, mark),
            amount(price, mark),
            "25",
        )
        for number, lines in invoices
        for name, quantity, price in lines
    ]
    content = table(*(tuple(row) for row in _same_buyer(rows)), delimiter=delimiter)
    found = {one.invoice.number: one.invoice for one in readings(content) if one.invoice and not fatal(one)}
    assert {f"N{number}" for number, _ in invoices} == set(found)
    for number, lines in invoices:
        read_back = [
            (line.item and line.item.name, line.quantity, line.price and line.price.net)
            for line in found[f"N{number}"].lines
        ]
        assert read_back == lines


def amount(value: Decimal, mark: str) -> str:
    """An amount in quotes, with this decimal mark."""
    return '"' + str(value).replace(".", mark) + '"'


def _same_buyer(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Rows of one invoice state one buyer: that of its first row."""
    first: dict[str, str] = {}
    return [(one[0], one[1], one[2], first.setdefault(one[0], one[3]), *one[4:]) for one in rows]
