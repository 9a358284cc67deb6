"""A document's way through the hops: once, with proof, and never twice, whatever happens on the way."""

import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from channels.contract import ChannelFailure, Misconfigured, Notice, OutcomeUnknown, Refused, Unavailable
from gateway.errors import NotAllowed
from gateway.lifecycle import DeliveryState, Headline, Owner, Processing
from gateway.pipeline.absorb import absorb, collect_notices
from gateway.pipeline.clockwork import look_once
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.pipeline.timers import run_timers
from gateway.store.session import Store
from gateway.store.submissions import Taken
from tests.pipeline.house import TENANT, Killed, SmallHouse, hours, small_house
from tests.pipeline.moves import again, all_of, as_ubl, notice, only, run_through, submit
from tests.samples import sample_invoice

D = DeliveryState


def test_a_document_goes_from_the_door_to_the_other_side_with_proof(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    whole = only(small)
    assert [one.state for one in whole.deliveries] == [D.HANDED_OVER]
    assert whole.document.because == "the test says so"
    assert [one.type for one in whole.events] == [
        "document.received",
        "document.checked",
        "document.ready",
        "delivery.handed_over",
    ]
    roles = {one.role: one.sha256 for one in whole.artefacts}
    assert set(roles) == {"source", "canonical", "sealed", "answer"}
    assert small.house.archive.get(TENANT, roles["answer"]) == b"taken"


def test_a_confirmation_makes_it_delivered_and_a_second_one_changes_nothing(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    said = notice(small, "peppol.mls.AP")
    assert absorb(small.house, "obedient", [said]) == 1
    before = only(small)
    assert before.document.headline == Headline.DELIVERED
    assert absorb(small.house, "obedient", [said]) == 0
    assert only(small) == before


def test_a_late_signal_lowers_nothing_and_says_so(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    absorb(small.house, "obedient", [notice(small, "peppol.mls.AP", "n1"), notice(small, "peppol.mls.RE", "n2", "no")])
    whole = only(small)
    assert whole.document.headline == Headline.DELIVERED
    assert whole.events[-1].type == "delivery.late_signal"
    assert "changes nothing" in whole.events[-1].sentence


def test_a_collected_notice_is_absorbed(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    small.channel.notices.append(notice(small, "peppol.mls.AB"))
    assert collect_notices(small.house, TENANT, "obedient") == 1
    assert only(small).deliveries[0].state is D.DELIVERED_UNCONFIRMED


def test_a_notice_about_nothing_we_sent_is_kept_for_a_person(small: SmallHouse) -> None:
    stray = Notice("n9", "unknown", "999", "sdi.RC", None, "", "", b"<x/>", "application/xml")
    assert absorb(small.house, "obedient", [stray, stray]) == 0


def test_an_address_that_cannot_be_reached_starts_the_next_way(small: SmallHouse) -> None:
    small.channel.script = [Refused("not-found", "no such participant", "peppol.not_registered")]
    submit(small)
    run_through(small)
    prepare_waiting(small.house, TENANT)
    dispatch_waiting(small.house, TENANT, "mail")
    whole = only(small)
    assert [(one.channel, one.state) for one in whole.deliveries] == [
        ("obedient", D.FALLBACK_STARTED),
        ("mail", D.HANDED_OVER),
    ]
    assert whole.document.delivery is D.HANDED_OVER
    assert whole.document.channel == "mail"


def test_where_every_way_failed_master_data_has_to_act(small: SmallHouse) -> None:
    small.channel.script = [Refused("a", "no", "peppol.not_registered")]
    small.other.script = [Refused("b", "no mailbox", "mail.5xx")]
    submit(small)
    run_through(small)
    prepare_waiting(small.house, TENANT)
    dispatch_waiting(small.house, TENANT, "mail")
    document = only(small).document
    assert (document.headline, document.owner) == (Headline.ACTION_NEEDED, Owner.MASTER_DATA)
    assert document.action


def test_a_refused_content_is_not_tried_elsewhere(small: SmallHouse) -> None:
    small.channel.script = [Refused("x", "rule broken", "peppol.refused")]
    submit(small)
    run_through(small)
    assert prepare_waiting(small.house, TENANT) == 0
    document = only(small).document
    assert (document.delivery, document.owner) == (D.REJECTED, Owner.CLERK)
    assert "rule broken" in document.sentence


def test_a_channel_that_is_down_is_tried_again_later_with_the_same_key(small: SmallHouse) -> None:
    small.channel.script = [Unavailable("down", "nobody answers")]
    submit(small)
    run_through(small)
    assert dispatch_waiting(small.house, TENANT, "obedient") == 0
    (delivery,) = only(small).deliveries
    assert delivery.state is D.RETRY_SCHEDULED
    assert only(small).document.sentence.startswith("Nobody answers. We try again at ")
    small.clock.let_pass(hours(1))
    dispatch_waiting(small.house, TENANT, "obedient")
    (again,) = only(small).deliveries
    assert (again.state, again.key, again.attempts) == (D.HANDED_OVER, delivery.key, 2)


def test_after_the_last_attempt_it_is_parked_for_a_person(store: Store, tmp_path: Path) -> None:
    small = small_house(store, tmp_path / "archive", retry_attempts=1)
    small.channel.script = [Unavailable("down", "nobody answers")]
    submit(small)
    run_through(small)
    document = only(small).document
    assert (document.delivery, document.owner) == (D.PARKED, Owner.OPERATOR)


def test_a_wrong_setting_of_ours_holds_the_document_and_does_not_reject_it(small: SmallHouse) -> None:
    small.channel.script = [Misconfigured("token", "the token is wrong")]
    submit(small)
    run_through(small)
    document = only(small).document
    assert (document.processing, document.owner) == (Processing.HELD, Owner.OPERATOR)


def test_a_lost_answer_is_settled_by_the_same_key_where_repeats_are_recognised(small: SmallHouse) -> None:
    small.channel.script = [OutcomeUnknown("cut", "the line was cut")]
    submit(small)
    run_through(small)
    small.clock.let_pass(hours(1))
    dispatch_waiting(small.house, TENANT, "obedient")
    assert list(small.channel.inbox.values()) == [2]
    assert only(small).deliveries[0].state is D.HANDED_OVER


def test_a_lost_answer_waits_for_a_person_where_a_repeat_would_be_delivered_twice(small: SmallHouse) -> None:
    small.channel.recognises_repeats = False
    small.channel.script = [OutcomeUnknown("cut", "the line was cut")]
    submit(small)
    run_through(small)
    small.clock.let_pass(hours(48))
    assert dispatch_waiting(small.house, TENANT, "obedient") == 0
    document = only(small).document
    assert (document.delivery, document.owner) == (D.OUTCOME_UNKNOWN, Owner.OPERATOR)
    assert list(small.channel.inbox.values()) == [1]


def interrupted(small: SmallHouse) -> None:
    """A worker took the delivery, and died before it could write what came of it."""
    small.channel.script = [Killed()]
    submit(small)
    read_waiting(small.house, TENANT)
    prepare_waiting(small.house, TENANT)
    with pytest.raises(Killed):
        dispatch_waiting(small.house, TENANT, "obedient")


def test_what_a_dead_worker_had_sent_goes_again_under_its_key_only_where_that_is_harmless(small: SmallHouse) -> None:
    interrupted(small)
    assert dispatch_waiting(small.house, TENANT, "obedient") == 0
    small.clock.let_pass(hours(1))
    dispatch_waiting(small.house, TENANT, "obedient")
    assert only(small).deliveries[0].state is D.HANDED_OVER
    assert list(small.channel.inbox.values()) == [2]


@pytest.mark.parametrize(
    ("knows", "state", "presented"),
    [
        (None, D.OUTCOME_UNKNOWN, 1),  # the other side cannot tell: a person decides
        (True, D.HANDED_OVER, 1),  # it is there
        (False, D.HANDED_OVER, 2),  # it never arrived: it goes now
    ],
)
def test_what_a_dead_worker_had_in_hand_is_asked_about_elsewhere(
    small: SmallHouse, knows: bool | None, state: DeliveryState, presented: int
) -> None:
    small.channel.recognises_repeats = False
    interrupted(small)
    small.channel.knows = knows
    small.clock.let_pass(hours(1))
    dispatch_waiting(small.house, TENANT, "obedient")
    assert only(small).deliveries[0].state is state
    assert list(small.channel.inbox.values()) == [presented]


def test_the_same_invoice_in_another_file_is_a_duplicate_and_is_not_sent(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    submit(small, as_ubl(sample_invoice()).replace(b"?>", b"?>\n<!-- exported again -->", 1))
    run_through(small)
    first, second = all_of(small)
    assert second.document.processing is Processing.DUPLICATE
    assert second.document.original_id == first.document.id
    assert first.document.delivery is D.HANDED_OVER
    assert list(small.channel.inbox.values()) == [1]


def test_the_same_bytes_again_are_no_second_document(small: SmallHouse) -> None:
    submit(small)
    assert submit(small).taken is Taken.SAME_BYTES
    run_through(small)
    assert len(all_of(small)) == 1


def test_a_corrected_invoice_takes_the_number_of_the_one_that_was_refused(small: SmallHouse) -> None:
    small.channel.script = [Refused("x", "rule broken", "peppol.refused")]
    submit(small)
    run_through(small)
    corrected = replace(sample_invoice(), buyer_reference="corrected")
    submit(small, as_ubl(corrected), "again.xml")
    run_through(small)
    first, second = all_of(small)
    assert (first.document.processing, first.document.successor_id) == (Processing.SUPERSEDED, second.document.id)
    assert second.document.delivery is D.HANDED_OVER


def test_an_invoice_that_breaks_a_rule_waits_for_the_clerk_and_is_not_sent(small: SmallHouse) -> None:
    invoice = sample_invoice()
    assert invoice.totals is not None
    wrong = replace(invoice, totals=replace(invoice.totals, line_net=Decimal("999.99")))
    submit(small, as_ubl(wrong))
    run_through(small)
    document = only(small).document
    assert (document.processing, document.owner) == (Processing.INVALID, Owner.CLERK)
    (finding,) = (one for one in document.findings if one["id"] == "BR-CO-10")
    assert finding["values"] == {
        "element": "cbc:LineExtensionAmount",
        "value": "999.99",
        "line": "",
        "stated": "999.99",
        "expected": "83.70",
        "proposed": "83.70",
    }
    assert small.channel.inbox == {}


def test_an_invoice_of_which_something_would_be_lost_is_not_sent_although_the_rules_let_it_pass(
    small: SmallHouse,
) -> None:
    end = b"</cac:Price>"
    charge = (
        b"<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>"
        b'<cbc:Amount currencyID="EUR">1</cbc:Amount></cac:AllowanceCharge>'
    )
    submit(small, as_ubl(sample_invoice()).replace(end, charge + end, 1))
    run_through(small)
    document = only(small).document
    assert document.processing is Processing.INVALID
    assert [one["id"] for one in document.findings if one["severity"] == "fatal"] == ["GW-UBL-PRICE-CHARGE"]
    assert document.sentence.startswith("The price has a charge")
    assert small.channel.inbox == {}


@pytest.mark.parametrize("content", [b"<Invoice", b"no invoice at all", b"\x00\x01\x02"])
def test_what_cannot_be_read_is_quarantined_with_its_reason(small: SmallHouse, content: bytes) -> None:
    submit(small, content, "broken.xml")
    run_through(small)
    whole = only(small)
    assert whole.document.processing is Processing.QUARANTINED
    assert whole.document.owner is Owner.SENDER_IT
    assert whole.document.sentence
    assert whole.submission.state == "refused"


def test_silence_after_a_mail_means_delivered_as_far_as_anybody_can_tell(small: SmallHouse) -> None:
    small.channel.script = [Refused("a", "no", "peppol.not_registered")]
    submit(small)
    run_through(small)
    prepare_waiting(small.house, TENANT)
    dispatch_waiting(small.house, TENANT, "mail")
    assert run_timers(small.house, TENANT) == 0
    small.clock.let_pass(datetime.timedelta(days=6))
    run_timers(small.house, TENANT)
    assert only(small).document.delivery is D.DELIVERED_UNCONFIRMED
    assert run_timers(small.house, TENANT) == 0


def test_the_clockwork_wakes_what_is_due(small: SmallHouse) -> None:
    submit(small)
    assert look_once(small.house, ("obedient",)) >= 1
    run_through(small)
    small.clock.let_pass(hours(1))
    assert look_once(small.house, ("obedient",)) >= 1


@pytest.mark.parametrize(
    ("failure", "keys"),
    [
        (Misconfigured("token", "the token is wrong"), 1),  # nothing left: the same parcel
        (Refused("x", "rule broken", "peppol.refused"), 2),  # turned away: a new parcel under a new key
    ],
)
def test_a_person_sets_a_stopped_document_going_again(small: SmallHouse, failure: ChannelFailure, keys: int) -> None:
    small.channel.script = [failure]
    submit(small)
    run_through(small)
    again(small)
    prepare_waiting(small.house, TENANT)
    dispatch_waiting(small.house, TENANT, "obedient")
    whole = only(small)
    assert whole.deliveries[-1].state is D.HANDED_OVER
    assert len({one.key for one in whole.deliveries}) == keys
    assert "anna@support.example" in {one.actor for one in whole.events}


def test_what_was_delivered_is_not_sent_again_and_the_answer_says_why_and_what_to_do(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    with pytest.raises(NotAllowed) as refused:
        again(small)
    assert str(refused.value) == (
        f"It is not possible to send {only(small).document.public_id} again: its delivery is handed over, and a second "
        "copy could be booked and paid twice. Wait for what the other side says; once it turns the document away, it "
        "may be sent again. Nothing has changed."
    )
