"""Tables with mistakes: what is refused, how far, and what the sender is told."""

import pytest

from formats.checking import Finding
from formats.contract import Reading
from formats.erp.csv_rows import read
from tests.erp.tables import HEADER, fatal, ids, mapping_of, numbers, only, readings, row, table


def whole_file(content: bytes) -> Finding:
    """The finding that refuses a file as a whole."""
    reading = only(content)
    assert reading.invoice is None
    return reading.findings[0]


def test_a_bad_cell_refuses_its_invoice_alone_and_says_what_was_expected() -> None:
    good, bad, also_good = readings(table(row(), row(invoice="INV-2", price="1.5O"), row(invoice="INV-3")))
    assert (fatal(good), fatal(also_good)) == ([], [])
    (finding,) = fatal(bad)
    assert finding.id == "GW-CSV-VALUE"
    assert finding.path == "BG-25[1]/BG-29/BT-146"
    assert finding.where == "line 3, column Unit price"
    assert "`1.5O`" in finding.message
    assert "1234.56" in finding.fix
    assert bad.invoice is not None, "what could be read is kept, so that the invoice can be named"
    assert bad.invoice.number == "INV-2"


@pytest.mark.parametrize(
    ("cells", "path"),
    [
        ({"date": "31.02.2026"}, "BT-2"),
        ({"currency": "Euros"}, "BT-5"),
        ({"vat": "high"}, "BG-25[1]/BG-30/BT-152"),
        ({"quantity": "1.2.3.4"}, "BG-25[1]/BT-129"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named_by_its_term(cells: dict[str, str], path: str) -> None:
    assert [(one.id, one.path) for one in fatal(only(table(row(**cells))))] == [("GW-CSV-VALUE", path)]


def test_a_missing_column_refuses_the_file_and_names_the_nearest_header() -> None:
    finding = whole_file(table(row(), header=(*HEADER[:4], "Itemm nam", *HEADER[5:])))
    assert (finding.id, finding.path, finding.where) == ("GW-CSV-COLUMN", "BT-153", "line 1")
    assert "BT-153 Item name" in finding.message
    assert "Itemm nam" in finding.message


def test_every_missing_column_is_named_at_once() -> None:
    reading = only(table(("a", "b", "c"), header=("Warehouse", "Colour", "Invoice number")))
    assert [one.path for one in reading.findings] == ["BT-2", "BT-5", "BT-44", "BT-153", "BT-131", "BT-152"]


def test_a_table_without_header_is_refused() -> None:
    assert whole_file(table(row(), header=row(invoice="INV-0"))).id == "GW-CSV-COLUMN"


def test_a_column_that_a_senders_mapping_names_must_be_there_unless_it_says_what_a_blank_means() -> None:
    mapping = mapping_of(
        "mapping: a\nversion: 1\ncolumns:\n  BT-1: NR\n  BT-10: REF\n"
        "  BT-130: {column: ENH, else: C62, because: pieces}\n"
    )
    reading = only(table(("1", "x"), ("2", "y"), header=("NR", "RFE")), mapping)
    assert [(one.id, one.path) for one in reading.findings] == [("GW-CSV-COLUMN", "BT-10")]
    assert "`RFE`" in reading.findings[0].message


def test_a_decimal_mark_that_nothing_settles_is_asked_and_never_guessed() -> None:
    finding = whole_file(table(row(quantity="1.234", price="2.500")))
    assert finding.id == "GW-CSV-DECIMAL"
    assert finding.where == "line 2, column Quantity"
    assert "1234 or 1.234" in finding.message
    assert "decimal" in finding.fix


def test_a_column_that_writes_numbers_in_two_ways_is_not_trusted() -> None:
    finding = whole_file(table(row(price="1,50"), row(item="b", price="1.50")))
    assert finding.id == "GW-CSV-DECIMAL"
    assert "`1,50` and `1.50`" in finding.message
    assert finding.where == "line 3, column Unit price"


def test_numbers_against_the_declared_decimal_mark_refuse_their_invoice() -> None:
    mapping = mapping_of(
        'mapping: a\nversion: 1\nsource: {number: {decimal: ","}}\n'
        "columns: {BT-1: Invoice number, BT-146: Unit price}\n"
    )
    (finding,) = fatal(only(table(row(price="1.50")), mapping))
    assert (finding.id, finding.path) == ("GW-CSV-VALUE", "BG-25[1]/BG-29/BT-146")
    assert "1234,56" in finding.fix


def test_a_line_whose_amount_is_a_hundred_times_its_price_is_refused() -> None:
    header = (*HEADER, "Line amount")
    (finding,) = fatal(only(table((*row(), "300.00"), header=header)))
    assert finding.id == "GW-CSV-AMOUNT"
    assert finding.path == "BG-25[1]/BT-131"


def test_a_line_amount_that_includes_vat_is_refused_with_that_word() -> None:
    (finding,) = fatal(only(table((*row(), "3.75"), header=(*HEADER, "Line amount"))))
    assert "seems to include VAT" in finding.message


def test_a_line_amount_that_differs_by_rounding_is_taken() -> None:
    assert not fatal(only(table((*row(), "3.01"), header=(*HEADER, "Line amount"))))


def test_a_date_order_that_nothing_settles_is_asked_and_never_guessed() -> None:
    finding = whole_file(table(row(date="03/04/2026")))
    assert finding.id == "GW-CSV-DATE-ORDER"
    assert finding.where == "line 2, column Invoice date"
    assert "date: DMY" in finding.fix


def test_values_that_differ_between_the_rows_of_one_invoice_are_named_with_both_rows() -> None:
    (finding,) = fatal(only(table(row(), row(date="2026-03-02"))))
    assert finding.id == "GW-CSV-DIFFERS"
    assert finding.path == "BT-2"
    assert "line 2" in finding.message
    assert finding.where == "line 3, column Invoice date"


def test_a_row_that_is_too_wide_refuses_its_invoice_alone() -> None:
    """The classical case: a decimal comma in a table that is parted by commas."""
    wide = ("INV-2", "2026-03-01", "EUR", "Acme", "Bolt", "2", "1", "50", "25")
    good, bad = readings(table(row(), wide, delimiter=","))
    assert not fatal(good)
    assert [(one.id, one.where) for one in fatal(bad)] == [("GW-CSV-ROW", "line 3")]
    assert "9 cells, the header has 8" in bad.findings[0].message


def test_a_row_that_is_too_short_refuses_its_invoice_alone() -> None:
    good, bad = readings(table(row(), ("INV-2", "2026-03-01", "EUR")))
    assert not fatal(good)
    assert ids(fatal(bad)) == ["GW-CSV-ROW"]


def test_a_row_without_number_belongs_to_nobody_and_the_others_go_on() -> None:
    found = readings(table(row(), row(invoice=""), row(invoice="INV-2")))
    assert sorted(str(one) for one in numbers(found)) == ["INV-1", "INV-2", "None"]
    stray = next(one for one in found if one.invoice is None)
    assert (stray.findings[0].id, stray.findings[0].where) == ("GW-CSV-KEY", "line 3, column Invoice number")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "GW-CSV-EMPTY"),
        (b"\r\n\r\n", "GW-CSV-EMPTY"),
        (table(), "GW-CSV-EMPTY"),  # a header and nothing below it
        (table(row(item='"Bolt')), "GW-CSV-QUOTES"),  # a quote that never closes
        (table(row(item='"Bolt" M8')), "GW-CSV-QUOTES"),
        (table(row(buyer="Søren")).decode().encode("utf-16-le"), "GW-CSV-ENCODING"),  # without byte order mark
        (table(row()) + b"\x81\x8d;", "GW-CSV-ENCODING"),  # neither UTF-8 nor windows-1252
        (b"\xef\xbb\xbf" + table(row(buyer="Søren")).decode().encode("cp1252"), "GW-CSV-ENCODING"),
        (table(row(item="x" * 200_000)), "GW-CSV-QUOTES"),
        (";".join(map(str, range(2_000))).encode() + b"\n", "GW-CSV-LIMIT"),
        (b'"EXTF";700;21\r\n' + table(row()), "GW-CSV-BOOKINGS"),  # a ledger export has no items
    ],
)
def test_a_file_whose_structure_cannot_be_trusted_is_refused_as_a_whole(content: bytes, code: str) -> None:
    assert whole_file(content).id == code


def test_a_file_in_two_encodings_is_refused_and_not_read_as_the_second() -> None:
    """Two exports pasted together: read as windows-1252, the names of the first would come out as `SÃ¸ren`."""
    first = table(row(buyer="Søren")).decode().encode("utf-8")
    second = table(row(invoice="INV-2", buyer="Ærø")).decode().splitlines()[1].encode("cp1252")
    finding = whole_file(first + b"\n" + second)
    assert (finding.id, finding.where) == ("GW-CSV-ENCODING", "line 3")
    assert "it is UTF-8 in line 2, but not in line 3" in finding.message


@pytest.mark.parametrize("buyer", ["„MENÜ“", "CAFÉ’S SÜD", "CITTÀ® Sud", "UMEÅ–LULEÅ", "SÃO PAULO"])
def test_letters_of_windows_1252_that_look_like_utf_8_by_chance_are_no_mixture(buyer: str) -> None:
    (reading,) = readings(table(row(buyer=buyer)).decode().encode("cp1252"))
    assert reading.invoice is not None
    assert reading.invoice.buyer is not None
    assert reading.invoice.buyer.name == buyer


def test_a_long_cell_refuses_its_invoice_alone() -> None:
    good, bad = readings(table(row(), row(invoice="INV-2", item="x" * 40_000)))
    assert not fatal(good)
    assert ids(fatal(bad)) == ["GW-CSV-LIMIT"]


def test_a_file_that_is_too_large_is_not_even_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("formats.erp.csv_table.MAX_BYTES", 100)
    assert whole_file(table(row(), row())).id == "GW-CSV-LIMIT"


@pytest.mark.parametrize(("limit", "rows"), [("MAX_INVOICES", 3), ("MAX_LINES", 3)])
def test_too_many_invoices_or_lines_refuse_the_file(monkeypatch: pytest.MonkeyPatch, limit: str, rows: int) -> None:
    monkeypatch.setattr(f"formats.erp.csv_survey.{limit}", 2)
    several = [row(invoice=f"INV-{at}" if limit == "MAX_INVOICES" else "INV-1") for at in range(rows)]
    assert whole_file(table(*several)).id == "GW-CSV-LIMIT"


def test_thousands_of_findings_are_counted_and_not_listed() -> None:
    reading = only(table(*(row(price="x", item=str(at)) for at in range(1_000))))
    assert len(reading.findings) == 201
    assert "800 more" in reading.findings[-1].message


@pytest.mark.parametrize("header", ["VatInclusive", "Is Inclusive Tax", "Prices Including VAT"])
def test_prices_with_vat_are_refused_and_not_taken_for_prices_without(header: str) -> None:
    assert ids(fatal(only(table((*row(), "True"), header=(*HEADER, header))))) == ["GW-CSV-REFUSED"]
    assert not fatal(only(table((*row(), "False"), header=(*HEADER, header))))


def test_a_draft_is_refused() -> None:
    assert ids(fatal(only(table((*row(), "Draft"), header=(*HEADER, "Invoice Status"))))) == ["GW-CSV-REFUSED"]


def test_an_unknown_kind_of_document_is_refused_with_the_kinds_that_are_known() -> None:
    (finding,) = fatal(only(table((*row(), "Reminder"), header=(*HEADER, "Document type"))))
    assert finding.path == "BT-3"
    assert "document types" in finding.fix


def test_an_option_of_the_wrong_type_is_our_own_mistake() -> None:
    with pytest.raises(TypeError, match="mapping"):
        list(read(table(row()), {"mapping": "acme.yaml"}))


DAMAGES = [
    lambda content, at: content[:at],
    lambda content, at: content[:at] + content[at + 1 :],
    lambda content, at: content[:at] + b'"' + content[at:],
    lambda content, at: content[:at] + b"\xff" + content[at:],
    lambda content, at: content[:at] + b"\n" + content[at:],
]


@pytest.mark.parametrize("damage", DAMAGES, ids=["cut", "lost byte", "quote", "wrong byte", "line break"])
def test_a_damaged_file_never_breaks_the_reader(damage) -> None:  # type: ignore[no-untyped-def]  # parametrized
    content = table(row(), row(invoice="INV-2", item='"a;b"', price="2.75"), row(invoice="INV-3"))
    for at in range(0, len(content), 3):
        for reading in readings(damage(content, at)):
            assert isinstance(reading, Reading)
            assert reading.invoice is not None or fatal(reading)
