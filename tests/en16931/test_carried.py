"""The helpers of the tests themselves: a comparison that forgives too much would prove nothing."""

from hypothesis import given

from formats.en16931 import Delivery, Invoice, Note
from formats.en16931.terms import values_of
from tests.carried import with_value, without
from tests.samples import sample_invoice
from tests.strategies import invoices


@given(invoices())
def test_nothing_is_taken_out_of_a_whole_invoice(invoice: Invoice) -> None:
    assert without(invoice) == invoice


@given(invoices(italy=True))
def test_every_value_can_be_taken_out_by_its_path(invoice: Invoice) -> None:
    paths = [path for path, _, _ in values_of(invoice)]
    assert without(invoice, paths) == Invoice()
    assert [path for path, _, _ in values_of(without(invoice, paths[1:]))] == paths[:1]


def test_a_path_without_positions_means_every_line() -> None:
    nets = [line.net_amount for line in without(sample_invoice(), ["BG-25/BT-131"]).lines]
    assert nets == [None, None]
    assert len(without(sample_invoice(), ["BG-25[1]"]).lines) == 1


def test_an_empty_group_is_as_good_as_none() -> None:
    assert without(Invoice(number="1", delivery=Delivery(), notes=(Note(), Note(text="x")))) == Invoice(
        number="1", notes=(Note(text="x"),)
    )


def test_a_value_is_replaced_where_it_stands_and_nowhere_else() -> None:
    made = with_value(sample_invoice(), "BG-25[2]/BT-126", "9")
    assert [line.identifier for line in made.lines] == ["1", "9"]
