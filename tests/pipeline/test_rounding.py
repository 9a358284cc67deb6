"""An invoice whose sums fail by rounding: told to its sender, or put right where the sender ordered it."""

from dataclasses import replace as with_
from decimal import Decimal

from msgspec.structs import replace

from formats.en16931 import Invoice
from formats.en16931.json_form import restored
from gateway.lifecycle import Owner, Processing
from gateway.pipeline.rounding import Rounding
from gateway.pipeline.verdict import Checked
from gateway.store import parties
from gateway.store.log import Whole
from gateway.store.records import Event, Sender
from tests.pipeline.house import SENDER, TENANT, SmallHouse
from tests.pipeline.moves import as_ubl, only, run_through, submit
from tests.samples import sample_invoice


def off_by(cents: str, **changes: object) -> bytes:
    """The sample, whose total with VAT is stated as so much more."""
    invoice = sample_invoice(**changes)
    assert invoice.totals is not None
    return as_ubl(replace(invoice, totals=replace(invoice.totals, with_vat=Decimal("100.44") + Decimal(cents))))


def order(small: SmallHouse, setting: str) -> None:
    """The sender has this setting from now on."""
    with small.house.store.of(TENANT) as transaction:
        parties.change_sender(transaction, SENDER, {"rounding": setting})


def changes(event: Event) -> list[tuple[str, str, str]]:
    """Path, before and after of each value that an event tells of."""
    told = event.data["changes"]
    assert isinstance(told, list)
    return [(one["path"], one["before"], one["after"]) for one in told]


def gone_through(small: SmallHouse, content: bytes) -> Whole:
    submit(small, content)
    run_through(small)
    return only(small)


def canonical(small: SmallHouse, whole: Whole) -> Invoice:
    (sha256,) = [one.sha256 for one in whole.artefacts if one.role == "canonical"]
    return restored(small.house.archive.get(TENANT, sha256))


def test_without_an_order_nothing_is_changed_and_the_timeline_says_what_would_help(small: SmallHouse) -> None:
    whole = gone_through(small, off_by("0.01"))
    assert (whole.document.processing, whole.document.owner) == (Processing.INVALID, Owner.CLERK)
    assert [one.type for one in whole.events] == [
        "document.received",
        "document.rounding_proposed",
        "document.invalid",
    ]
    told = whole.events[1]
    assert told.sentence.endswith("A change of 1 value would put them right; the amount due would not change.")
    assert changes(told) == [("BG-22/BT-112", "100.45", "100.44")]
    totals = canonical(small, whole).totals
    assert totals is not None
    assert totals.with_vat == Decimal("100.45")


def test_where_the_sender_orders_it_the_invoice_goes_out_put_right_and_the_change_is_an_event(
    small: SmallHouse,
) -> None:
    order(small, "apply")
    whole = gone_through(small, off_by("0.01"))
    assert whole.document.processing is Processing.READY
    assert [one.type for one in whole.events][:3] == ["document.received", "document.rounded", "document.checked"]
    told = whole.events[1]
    assert "1 value changed; the amount due did not" in told.sentence
    assert told.data["amount_due"] == "100.44"
    assert changes(told) == [("BG-22/BT-112", "100.45", "100.44")]
    totals = canonical(small, whole).totals
    assert totals is not None
    assert (totals.with_vat, totals.due) == (Decimal("100.44"), Decimal("100.44"))


def test_an_order_changes_nothing_where_something_else_is_wrong(small: SmallHouse) -> None:
    order(small, "apply")
    whole = gone_through(small, off_by("0.01", number=None))
    assert whole.document.processing is Processing.INVALID
    assert "document.rounding_proposed" in [one.type for one in whole.events]


def test_what_is_no_rounding_is_nobodys_proposal(small: SmallHouse) -> None:
    order(small, "apply")
    whole = gone_through(small, off_by("5.00"))
    assert [one.type for one in whole.events] == ["document.received", "document.invalid"]


def test_a_document_that_cannot_be_read_in_full_is_not_put_right(small: SmallHouse) -> None:
    content = off_by("0.01").replace(b">19.90</cbc:PriceAmount>", b">19,90</cbc:PriceAmount>", 1)
    asked: list[Checked] = []
    settle = small.house.settle_rounding

    def noted(sender: Sender, checked: Checked) -> Rounding | None:
        asked.append(checked)
        return settle(sender, checked)

    small = with_(small, house=with_(small.house, settle_rounding=noted))
    whole = gone_through(small, content)
    assert whole.document.processing is Processing.INVALID
    assert asked == []
