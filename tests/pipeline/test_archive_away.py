"""The archive is away, full or read-only: nothing is accepted that is not kept, nothing is given up, and it heals."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from gateway.errors import ArchiveDamaged, ArchiveRefused, ArchiveUnavailable, GatewayError, MissingFromArchive
from gateway.lifecycle import DeliveryState, Owner, Processing
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from tests.pipeline.house import TENANT, FailingArchive, SmallHouse, hours
from tests.pipeline.moves import all_of, only, settle, submit, submit_numbers

D = DeliveryState
FULL = ArchiveUnavailable("no space left on device")
READ_ONLY = ArchiveRefused("read-only file system")
TROUBLES = {
    "full": {"put": FULL},  # what is there can be read
    "read-only": {"put": READ_ONLY},
    "away": {"put": FULL, "get": FULL},
    "closed to us": {"put": READ_ONLY, "get": READ_ONLY},
}
Trouble = dict[str, GatewayError]


@contextmanager
def trouble(small: SmallHouse, which: Trouble) -> Iterator[None]:
    """For as long as the block runs."""
    sound = small.house.archive
    small.house = replace(small.house, archive=FailingArchive(sound, which))
    yield
    small.house = replace(small.house, archive=sound)


every_trouble = pytest.mark.parametrize("which", TROUBLES.values(), ids=TROUBLES)


@every_trouble
def test_intake_refuses_before_it_answers_and_nothing_is_half_written(small: SmallHouse, which: Trouble) -> None:
    with trouble(small, which), pytest.raises(GatewayError):
        submit(small)
    assert read_waiting(small.house, TENANT) == 0
    submit(small)
    settle(small)
    assert only(small).document.delivery is D.HANDED_OVER


@every_trouble
def test_no_hop_gives_anything_up_while_it_lasts(small: SmallHouse, which: Trouble) -> None:
    """A fault of the surroundings is no document's fault: no try is counted, and no person has to release anything."""
    submit_numbers(small, "A-1", "B-1")
    for hop, reached in ((read_waiting, Processing.CHECKED), (prepare_waiting, Processing.READY)):
        with trouble(small, which):
            for _ in range(5):
                hop(small.house, TENANT)
                small.clock.let_pass(hours(1))
        hop(small.house, TENANT)
        assert {one.document.processing for one in all_of(small)} == {reached}
    with trouble(small, which):
        for _ in range(5):
            dispatch_waiting(small.house, TENANT, "obedient")
            small.clock.let_pass(hours(1))
    settle(small)
    assert {one.document.delivery for one in all_of(small)} == {D.HANDED_OVER}
    assert set(small.channel.inbox.values()) == {1}


def test_an_answer_that_cannot_be_archived_is_kept_in_the_log(small: SmallHouse) -> None:
    """The parcel was taken: to forget that because a disk is full would leave it in doubt."""
    submit(small)
    read_waiting(small.house, TENANT)
    prepare_waiting(small.house, TENANT)
    with trouble(small, {"put": FULL}):
        dispatch_waiting(small.house, TENANT, "obedient")
    told = only(small).events[-1]
    assert (told.type, told.evidence) == ("delivery.handed_over", None)
    assert base64.b64decode(str(told.data["answer"])) == b"taken"


@pytest.mark.parametrize("loss", [MissingFromArchive("ab" * 32), ArchiveDamaged("ab" * 32, "cd" * 32)])
def test_bytes_that_are_lost_are_an_operators_at_once(small: SmallHouse, loss: GatewayError) -> None:
    """These do not come back by waiting. Nothing of them is sent, and once they are restored, they are released."""
    submit(small)
    with trouble(small, {"get": loss}):
        read_waiting(small.house, TENANT)
    assert (only(small).document.processing, only(small).document.owner) == (Processing.QUARANTINED, Owner.OPERATOR)


@pytest.mark.parametrize("loss", [MissingFromArchive("ab" * 32), ArchiveDamaged("ab" * 32, "cd" * 32)])
def test_a_parcel_that_is_lost_is_held_and_nothing_is_sent(small: SmallHouse, loss: GatewayError) -> None:
    submit(small)
    read_waiting(small.house, TENANT)
    prepare_waiting(small.house, TENANT)
    with trouble(small, {"get": loss}):
        dispatch_waiting(small.house, TENANT, "obedient")
    document = only(small).document
    assert (document.processing, document.delivery, document.owner) == (Processing.HELD, D.PARKED, Owner.OPERATOR)
    assert document.deadline is not None
    assert small.channel.inbox == {}
