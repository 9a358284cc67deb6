"""What the rules do not confirm is never proposed, and what a sender does not order is never changed."""

from dataclasses import replace as with_
from decimal import Decimal

import pytest
from msgspec.structs import replace

from formats.contract import Reading
from formats.en16931 import Invoice, Totals
from formats.en16931.rounding import NoRounding, Proposal
from gateway.ids import row_id
from gateway.pipeline.verdict import Checked
from gateway.registry import formats_at_hand, profiles_of
from gateway.store.records import Sender
from gateway.wiring import rounding
from gateway.wiring.rounding import proposed, settle
from tests.clocks import NOON
from tests.samples import sample_invoice, sample_italian_invoice

FORMATS = formats_at_hand()


def checked(invoice: Invoice, profile: str = "peppol-bis-3") -> Checked:
    reading = Reading(invoice)
    return Checked(invoice, reading.provenance, profile, profiles_of(FORMATS)[profile].check(reading))


def with_totals(invoice: Invoice, **changes: Decimal) -> Invoice:
    return replace(invoice, totals=replace(invoice.totals or Totals(), **changes))


def off_by(cents: str, invoice: Invoice | None = None) -> Checked:
    """The total with VAT is stated as so much more than it is."""
    invoice = invoice or sample_invoice()
    assert invoice.totals is not None
    assert invoice.totals.with_vat is not None
    return checked(with_totals(invoice, with_vat=invoice.totals.with_vat + Decimal(cents)))


def sender(**settings: object) -> Sender:
    return Sender(row_id(NOON), row_id(NOON), "erp", settings)


def test_a_proposal_is_confirmed_by_the_rules_and_leaves_the_amount_due_alone() -> None:
    before = off_by("0.01")
    found = proposed(FORMATS, before)
    assert found is not None
    assert found.after is not None
    assert found.after.report.is_valid
    assert found.as_data() == {
        "possible": True,
        "makes_valid": True,
        "amount_due": "100.44",
        "changes": [
            {
                "kind": "sum",
                "term": "BT-112",
                "path": "BG-22/BT-112",
                "before": "100.45",
                "after": "100.44",
                "arithmetic": "83.70 + 16.74 = 100.44",
                "because": "It is the sum that BR-CO-15 asks for, and differs from the stated one by rounding alone.",
            }
        ],
        "path": "",
        "reason": "",
    }


def test_nothing_is_said_of_rounding_where_no_rule_on_amounts_fails() -> None:
    assert proposed(FORMATS, checked(sample_invoice())) is None
    assert proposed(FORMATS, checked(sample_invoice(number=None))) is None


def test_what_is_no_rounding_is_said_to_be_none() -> None:
    found = proposed(FORMATS, off_by("5.00"))
    assert found is not None
    assert (found.after, found.steps, found.path) == (None, (), "BG-22/BT-112")
    assert "5.00 is more than rounding explains" in found.reason


def test_what_else_is_wrong_stays_and_is_said() -> None:
    before = checked(replace(off_by("0.01").invoice, number=None))
    found = proposed(FORMATS, before)
    assert found is not None
    assert found.after is not None
    assert [one.id for one in found.after.report.fatal] == ["BR-02"]
    assert found.as_data()["makes_valid"] is False


def test_an_italian_invoice_keeps_a_cent_of_tolerance_for_sdi() -> None:
    """EN 16931 would take 0.02 of difference in the tax of the row; SDI rejects it (00421)."""
    invoice = sample_italian_invoice()
    assert invoice.totals is not None
    found = proposed(FORMATS, checked(with_totals(invoice, vat=(invoice.totals.vat or 0) + Decimal("0.02"))))
    assert found is not None
    assert [one.path for one in found.steps] == ["BG-22/BT-110"]


@pytest.mark.parametrize("answer", [None, NoRounding("BG-22/BT-110", "no")])
def test_an_answer_without_a_change_is_no_proposal(monkeypatch: pytest.MonkeyPatch, answer: NoRounding | None) -> None:
    monkeypatch.setattr(rounding, "propose", lambda invoice, demands: answer)
    found = proposed(FORMATS, off_by("0.01"))
    assert found is not None
    assert (found.after, bool(found.reason)) == (None, True)


def test_a_change_that_the_rules_do_not_confirm_is_no_proposal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "propose", lambda invoice, demands: Proposal(invoice, ()))
    found = proposed(FORMATS, off_by("0.01"))
    assert found is not None
    assert (found.after, found.reason) == (None, "No change within rounding satisfies BR-CO-15, BR-CO-16.")


def test_an_italian_change_that_sdi_would_reject_is_no_proposal(monkeypatch: pytest.MonkeyPatch) -> None:
    before = off_by("0.01", sample_italian_invoice())
    right = sample_italian_invoice()
    (row,) = right.vat_breakdown
    # Lawful by EN 16931, and two cents too much for SDI.
    more = Decimal("0.02")
    bent = with_totals(
        replace(right, vat_breakdown=(replace(row, tax=(row.tax or 0) + more),)),
        vat=(row.tax or 0) + more,
        with_vat=(right.totals or Totals()).with_vat + more,  # type: ignore[operator]  # the sample states it
        rounding=-more,
    )
    monkeypatch.setattr(rounding, "propose", lambda invoice, demands: Proposal(bent, ()))
    found = proposed(FORMATS, before)
    assert found is not None
    assert found.reason == "No change within rounding satisfies 00421."


ORDERS = [
    # settings, whether it is changed
    ({}, False),
    ({"rounding": "propose"}, False),
    ({"rounding": "apply"}, True),
    ({"rounding": "always"}, False),  # kept before a gateway that knows no such word
]


@pytest.mark.parametrize(("settings", "is_applied"), ORDERS)
def test_a_change_is_applied_only_where_the_sender_orders_it(settings: dict[str, object], is_applied: bool) -> None:
    found = settle(FORMATS, sender(**settings), off_by("0.01"))
    assert found is not None
    assert found.is_applied is is_applied


def test_a_change_is_applied_only_where_nothing_else_is_wrong() -> None:
    before = checked(replace(off_by("0.01").invoice, number=None))
    for one in (before, off_by("5.00"), with_(before, invoice=replace(before.invoice, totals=None))):
        found = settle(FORMATS, sender(rounding="apply"), one)
        assert found is not None
        assert found.is_applied is False
