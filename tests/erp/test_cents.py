"""Zeros behind the second decimal of an amount are no decimals; anything else behind it stays, and is told."""

from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.en16931 import Invoice
from formats.en16931.json_form import encode
from formats.erp.canonical_json import read as read_json
from formats.erp.cents import may_have_zeros, with_plain_amounts, without_zeros
from gateway.registry import formats_at_hand
from gateway.wiring.judging import judge
from tests.erp.tables import HEADER, only, row, table
from tests.samples import sample_invoice
from tests.strategies import invoices


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("12.3400", "12.34"),
        ("12.340", "12.34"),
        ("-12.3400", "-12.34"),
        ("0.0000", "0.00"),
        ("-0.000", "-0.00"),
        ("100.000", "100.00"),
        ("0.0100", "0.01"),
        # nothing to take away
        ("12.34", "12.34"),
        ("12.3", "12.3"),
        ("12", "12"),
        ("1E+3", "1E+3"),
        # something stands there: it is the sender's
        ("12.345", "12.345"),
        ("12.3450", "12.3450"),
        ("0.001", "0.001"),
        ("12.3400000001", "12.3400000001"),
        ("NaN", "NaN"),
        # more digits than the arithmetic of decimals rounds to
        ("1234567890123456789012345678901234567890.120000", "1234567890123456789012345678901234567890.12"),
    ],
)
def test_zeros_are_taken_away_and_nothing_else(written: str, read: str) -> None:
    assert str(without_zeros(Decimal(written))) == read


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_no_value_is_changed(amount: Decimal) -> None:
    found = without_zeros(amount)
    assert found == amount
    assert found.is_signed() == amount.is_signed()


@given(invoices())
def test_no_invoice_is_changed_by_it(invoice: Invoice) -> None:
    assert with_plain_amounts(invoice) == invoice


def wide(invoice: Invoice) -> bytes:
    """The invoice as an export that writes every number with six decimals."""

    def widened(value: object) -> object:
        if isinstance(value, dict):
            return {name: widened(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [widened(inner) for inner in value]
        if isinstance(value, str) and value.replace(".", "", 1).lstrip("-").isdecimal() and "." in value:
            whole, _, part = value.partition(".")
            return f"{whole}.{part:0<6}"
        return value

    return msgspec.json.encode(widened(msgspec.json.decode(encode(invoice))))


def decimals(content: bytes) -> set[str]:
    """The rules about decimals that a file breaks, as `gateway check` says."""
    (judged,) = judge(formats_at_hand(), content, "export.json")
    return {str(one["id"]) for one in judged.findings if str(one["id"]).startswith("BR-DEC")}


def test_an_export_in_six_decimals_breaks_no_rule_of_decimals() -> None:
    content = wide(sample_invoice())
    assert may_have_zeros(content)
    (reading,) = read_json(content)
    assert reading.invoice == sample_invoice()
    assert decimals(content) == set()
    price = reading.invoice.lines[0].price
    assert price is not None
    assert str(price.net).endswith("0000"), "a price may have as many decimals as it likes"


def test_what_stands_behind_the_second_decimal_is_still_told() -> None:
    broken = msgspec.json.decode(encode(sample_invoice()))
    broken["totals"]["without_vat"] = "81.6650"
    assert decimals(msgspec.json.encode(broken)) == {"BR-DEC-12"}


def test_a_table_in_four_decimals_is_read_without_them() -> None:
    cells = (*row(quantity="2.0000", price="12.3450", vat="25.0000"), "24.6900")
    invoice = only(table(cells, header=(*HEADER, "Net amount"))).invoice
    assert invoice is not None
    (line,) = invoice.lines
    assert line.price is not None
    assert (str(line.net_amount), str(line.quantity), str(line.price.net)) == ("24.69", "2.0000", "12.3450")
