"""The state machine: what every signal means, and that a late one lowers nothing."""

import itertools

import pytest

from gateway.lifecycle import (
    MAY_BECOME,
    Axes,
    DeliveryState,
    Headline,
    Legal,
    Owner,
    Payment,
    Processing,
    Response,
    best_of,
    headline,
    later_legal,
    later_response,
    may_become,
)
from gateway.signals import SIGNALS, UNKNOWN_SIGNAL, effect_of

D = DeliveryState


def test_every_state_says_what_it_may_become() -> None:
    assert set(MAY_BECOME) == set(DeliveryState)


@pytest.mark.parametrize("state", [D.DELIVERED, D.CANCELLED])
def test_a_proven_end_becomes_nothing_else(state: DeliveryState) -> None:
    assert MAY_BECOME[state] == frozenset()


@pytest.mark.parametrize("target", [D.HANDED_OVER, D.IN_TRANSIT, D.REJECTED, D.UNDELIVERABLE, D.RETRY_SCHEDULED])
def test_a_late_signal_never_lowers_a_delivered_document(target: DeliveryState) -> None:
    assert not may_become(D.DELIVERED, target)


def test_an_outcome_that_is_unknown_is_never_retried_by_itself() -> None:
    assert not may_become(D.OUTCOME_UNKNOWN, D.RETRY_SCHEDULED)


def test_an_estimate_gives_way_to_a_returned_letter_and_to_a_proof() -> None:
    assert may_become(D.DELIVERED_UNCONFIRMED, D.UNDELIVERABLE)
    assert may_become(D.DELIVERED_UNCONFIRMED, D.DELIVERED)


def test_every_effect_that_needs_a_person_says_what_to_do() -> None:
    silent = [name for name, effect in SIGNALS.items() if effect.owner not in _QUIET and not effect.action]
    assert silent == []


_QUIET = (Owner.NOBODY, Owner.GATEWAY, Owner.PROVIDER, Owner.RECIPIENT)


def test_every_sentence_takes_the_other_sides_words() -> None:
    for effect in (*SIGNALS.values(), UNKNOWN_SIGNAL):
        assert "{" not in effect.sentence.format(text="their words", code="00404")


@pytest.mark.parametrize(
    ("signal", "known_as"),
    [
        ("peppol.mls.RE.BV", "peppol.mls.RE"),  # business rule violated: the reason does not change the meaning
        ("peppol.mls.RE.SV", "peppol.mls.RE"),
        ("peppol.mls.RE.FD", "peppol.mls.RE.FD"),  # could not be delivered: another way helps
        ("sdi.NS.00311", "sdi.NS"),
    ],
)
def test_a_signal_with_a_detail_means_what_its_beginning_means(signal: str, known_as: str) -> None:
    assert effect_of(signal) is SIGNALS[known_as]


def test_an_unknown_signal_is_shown_to_a_person() -> None:
    assert effect_of("sdi.XX") is UNKNOWN_SIGNAL
    assert UNKNOWN_SIGNAL.owner is Owner.OPERATOR
    assert UNKNOWN_SIGNAL.delivery is None


@pytest.mark.parametrize(
    ("signal", "delivery", "response", "legal"),
    [
        # SDI: refused before it was issued, and never "delivered"
        ("sdi.NS", D.REJECTED, None, Legal.NOT_ISSUED),
        ("sdi.RC", D.DELIVERED, None, Legal.ISSUED),
        ("sdi.MC", D.UNDELIVERABLE, None, Legal.ISSUED_NOT_DELIVERED),
        ("sdi.MC.public", D.IN_TRANSIT, None, Legal.NOT_ISSUED),
        # an attestation is not an acceptance
        ("sdi.AT", D.UNDELIVERABLE, None, Legal.ISSUED_NOT_DELIVERED),
        ("sdi.NE.EC01", D.DELIVERED, Response.ACCEPTED, Legal.ISSUED),
        ("sdi.NE.EC02", D.DELIVERED, Response.REJECTED, Legal.ISSUED),
        ("sdi.DT", D.DELIVERED, Response.DEEMED_ACCEPTED, Legal.ISSUED),
        # a transport receipt is only a hand-over
        ("peppol.handed_over", D.HANDED_OVER, None, None),
        ("mail.250", D.HANDED_OVER, None, None),
        ("post.accepted", D.HANDED_OVER, None, None),
        ("peppol.mls.AP", D.DELIVERED, None, Legal.ISSUED),
        ("peppol.mls.AB", D.DELIVERED_UNCONFIRMED, None, Legal.ISSUED),
        ("post.returned", D.UNDELIVERABLE, None, None),
    ],
)
def test_a_signal_moves_its_axes(
    signal: str, delivery: DeliveryState, response: Response | None, legal: Legal | None
) -> None:
    effect = effect_of(signal)
    assert (effect.delivery, effect.response, effect.legal) == (delivery, response, legal)


def test_issued_stays_issued_in_whatever_order_the_notices_come() -> None:
    said = (Legal.ISSUED_NOT_DELIVERED, Legal.ISSUED, Legal.NOT_ISSUED)
    for order in itertools.permutations(said):
        legal = Legal.NOT_ISSUED
        for one in order:
            legal = later_legal(legal, one)
        assert legal is Legal.ISSUED


def test_an_answer_never_goes_back_to_an_earlier_stage() -> None:
    assert later_response(Response.ACCEPTED, Response.IN_PROCESS) is Response.ACCEPTED
    assert later_response(Response.IN_PROCESS, Response.REJECTED) is Response.REJECTED


def test_a_document_shows_the_best_fact_of_its_deliveries() -> None:
    assert best_of((D.FALLBACK_STARTED, D.HANDED_OVER)) is D.HANDED_OVER
    assert best_of((D.DELIVERED, D.QUEUED)) is D.DELIVERED
    assert best_of(()) is None


@pytest.mark.parametrize(
    ("axes", "said"),
    [
        (Axes(Processing.DUPLICATE), Headline.CANCELLED),
        (Axes(Processing.INVALID, owner=Owner.CLERK), Headline.ACTION_NEEDED),
        # the buyer's no is not ours to hide behind a task
        (Axes(Processing.READY, D.DELIVERED, Response.REJECTED, owner=Owner.CLERK), Headline.REFUSED),
        # what a provider turned away is a task, not a refusal
        (Axes(Processing.READY, D.REJECTED, owner=Owner.CLERK), Headline.ACTION_NEEDED),
        (Axes(Processing.READY, D.DELIVERED, Response.DEEMED_ACCEPTED), Headline.ACCEPTED),
        (Axes(Processing.READY, D.DELIVERED, payment=Payment.PAID), Headline.PAID),
        (Axes(Processing.READY, D.DELIVERED), Headline.DELIVERED),
        (Axes(Processing.READY, D.HANDED_OVER, owner=Owner.PROVIDER), Headline.IN_PROGRESS),
    ],
)
def test_the_headline_is_the_most_pressing_truth(axes: Axes, said: Headline) -> None:
    assert headline(axes) is said
