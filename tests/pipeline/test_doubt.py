"""A parcel that may be there, at a receiver who would not know a repeat: asked about, never simply sent."""

from pathlib import Path

import pytest

from channels.contract import ChannelFailure, Misconfigured, OutcomeUnknown, Refused, Unavailable
from gateway.lifecycle import DeliveryState, Owner
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.store import breakers
from gateway.store.session import Store
from tests.pipeline.house import TENANT, Killed, SmallHouse, hours, small_house
from tests.pipeline.moves import again, only, settle, submit

D = DeliveryState


@pytest.fixture
def in_doubt(small: SmallHouse) -> SmallHouse:
    """A worker was lost between the sending and the answer; the other side has the parcel."""
    small.channel.recognises_repeats = False
    small.channel.script = [Killed()]
    submit(small)
    read_waiting(small.house, TENANT)
    prepare_waiting(small.house, TENANT)
    with pytest.raises(Killed):
        dispatch_waiting(small.house, TENANT, "obedient")
    small.clock.let_pass(hours(1))
    return small


def presented(small: SmallHouse) -> int:
    return sum(small.channel.inbox.values())


def test_while_the_other_side_cannot_be_asked_nothing_is_sent(in_doubt: SmallHouse) -> None:
    in_doubt.channel.refuses_to_tell = Unavailable("down", "nobody answers")
    for _ in range(4):
        assert dispatch_waiting(in_doubt.house, TENANT, "obedient") == 1
        assert dispatch_waiting(in_doubt.house, TENANT, "obedient") == 0
        in_doubt.clock.let_pass(hours(2))
    assert presented(in_doubt) == 1
    in_doubt.channel.refuses_to_tell, in_doubt.channel.knows = None, True
    dispatch_waiting(in_doubt.house, TENANT, "obedient")
    assert (only(in_doubt).deliveries[0].state, presented(in_doubt)) == (D.HANDED_OVER, 1)


def test_who_never_can_be_asked_leaves_it_to_a_person(in_doubt: SmallHouse) -> None:
    in_doubt.channel.refuses_to_tell = Unavailable("down", "nobody answers")
    for _ in range(in_doubt.house.work.retry_attempts):
        dispatch_waiting(in_doubt.house, TENANT, "obedient")
        in_doubt.clock.let_pass(hours(2))
    document = only(in_doubt).document
    assert (document.delivery, document.owner, presented(in_doubt)) == (D.OUTCOME_UNKNOWN, Owner.OPERATOR, 1)


@pytest.mark.parametrize(
    "refusal",
    [
        Misconfigured("login", "the password is wrong"),  # parked, it would be released and sent without a look
        Refused("no", "we do not answer questions", "post.rejected"),  # of the question, not of the letter
        RuntimeError("the channel broke while it asked"),
        OutcomeUnknown("no-query", "this channel has no query"),
    ],
    ids=lambda refusal: type(refusal).__name__,
)
def test_whatever_comes_of_the_question_it_stays_unknown(
    in_doubt: SmallHouse, refusal: ChannelFailure | RuntimeError
) -> None:
    in_doubt.channel.refuses_to_tell = refusal
    settle(in_doubt)
    document = only(in_doubt).document
    assert (document.delivery, document.owner, presented(in_doubt)) == (D.OUTCOME_UNKNOWN, Owner.OPERATOR, 1)
    assert document.deadline is not None
    again(in_doubt)
    settle(in_doubt)
    assert (only(in_doubt).document.delivery, presented(in_doubt)) == (D.HANDED_OVER, 2)


def test_a_lost_worker_is_told_of_in_the_log_and_is_no_failure_of_the_other_side(in_doubt: SmallHouse) -> None:
    in_doubt.channel.refuses_to_tell = OutcomeUnknown("no-query", "this channel has no query")
    settle(in_doubt)
    assert [one.type for one in only(in_doubt).events][-2:] == ["delivery.interrupted", "delivery.outcome_unknown"]
    with in_doubt.house.store.of(TENANT) as transaction:
        assert breakers.known(transaction, "obedient", "there").failures == 0


def test_a_released_parcel_has_all_its_attempts_again(store: Store, tmp_path: Path) -> None:
    small = small_house(store, tmp_path / "archive", retry_attempts=2)
    small.channel.script = [Unavailable("down", "nobody answers")] * 3
    states = []
    submit(small)
    for step in range(4):
        if step == 2:
            again(small)
        read_waiting(small.house, TENANT)
        prepare_waiting(small.house, TENANT)
        dispatch_waiting(small.house, TENANT, "obedient")
        states.append(only(small).document.delivery)
        small.clock.let_pass(hours(1))
    assert states == [D.RETRY_SCHEDULED, D.PARKED, D.RETRY_SCHEDULED, D.HANDED_OVER]
