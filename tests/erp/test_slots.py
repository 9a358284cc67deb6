"""Where in the model a term goes."""

import datetime
from decimal import Decimal

import pytest

from formats.en16931 import Identifier, Invoice, Line
from formats.en16931.terms import values_of
from formats.erp.slots import Draft, Kind, all_slots, slot_of

VALUES = {
    Kind.TEXT: "x",
    Kind.AMOUNT: Decimal("1.5"),
    Kind.DATE: datetime.date(2026, 1, 2),
    Kind.TRUTH: True,
    Kind.IDENTIFIER: "x",
}


@pytest.mark.parametrize("slot", [one for one in all_slots() if one.kind is not Kind.FILE], ids=lambda one: one.number)
def test_a_value_put_at_a_term_is_found_there_in_the_model(slot) -> None:  # type: ignore[no-untyped-def]  # parametrized
    draft: Draft[Line] | Draft[Invoice] = Draft(Line) if slot.in_line else Draft(Invoice)
    path = draft.put(slot, VALUES[slot.kind])
    assert draft.get(slot) == VALUES[slot.kind]
    found = {at: value for at, term, value in values_of(draft.built()) if value is not False}
    wanted = Identifier("x") if slot.kind is Kind.IDENTIFIER else VALUES[slot.kind]
    assert found == {path: wanted}


@pytest.mark.parametrize(
    "written", ["BT-0", "BG-4", "BT-1-1", "BT-34-3", "BG-4/BT-44", "BG-25[2]/BT-131", "bt-1", "", "/"]
)
def test_what_names_no_term_has_no_slot(written: str) -> None:
    assert slot_of(written) is None


def test_groups_are_numbered_as_they_are_filled() -> None:
    draft = Draft(Invoice)
    second, first = slot_of("BG-17[2]/BT-84"), slot_of("BT-84")
    assert second
    assert first
    assert draft.put(second, "SE2") == "BG-16/BG-17[1]/BT-84"
    assert draft.put(first, "SE1") == "BG-16/BG-17[2]/BT-84"
    payment = draft.built().payment
    assert payment is not None
    assert [one.account for one in payment.credit_transfers] == ["SE2", "SE1"]


def test_a_scheme_without_an_identifier_is_left_out() -> None:
    draft = Draft(Invoice)
    scheme = slot_of("BT-34-1")
    assert scheme
    assert draft.put(scheme, "0088") == ""
    assert draft.built() == Invoice()
