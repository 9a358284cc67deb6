"""Two at once: workers at one document, threads with one notice, people at one button. Whoever is late changes nothing.

Each test stops one of the two at the moment that matters, lets the other one pass, and lets the first one go on.
"""

import datetime
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest

from channels.contract import Notice, OutcomeUnknown, Parcel, Receipt, Refused
from formats.contract import Reading
from formats.ubl import FORMAT as UBL
from gateway.errors import NotAllowed
from gateway.lifecycle import DeliveryState, Processing
from gateway.pipeline.absorb import absorb
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.house import Packed, Packing
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.pipeline.timers import run_timers
from gateway.store import entry
from tests.pipeline.house import TENANT, ObedientChannel, SmallHouse, hours, plain_packer
from tests.pipeline.moves import again, all_of, as_ubl, notice, only, run_through, settle, submit, submit_numbers
from tests.samples import sample_invoice

D = DeliveryState
PATIENCE = 60.0


@dataclass(slots=True)
class Halt:
    """A place where the first that comes waits until it is let go."""

    reached: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def __call__(self) -> None:
        if not self.reached.is_set():
            self.reached.set()
            assert self.released.wait(PATIENCE)


@contextmanager
def halted(work: Callable[[], object], halt: Halt) -> Iterator[None]:
    """The work is done by a thread that stops at the halt; it goes on, and ends, when the block is left."""
    broken: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised again, in the thread of the test
            broken.append(error)
            halt.reached.set()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        assert halt.reached.wait(PATIENCE)
        yield
    finally:
        halt.released.set()
        thread.join(PATIENCE)
    if broken:
        raise broken[0]


def test_a_worker_that_is_late_with_a_document_packs_no_second_parcel(small: SmallHouse) -> None:
    halt = Halt()

    def packer(packing: Packing) -> Packed:
        halt()
        return plain_packer(packing)

    small.house = replace(small.house, packers={"obedient": packer})
    submit(small)
    read_waiting(small.house, TENANT)
    with halted(lambda: prepare_waiting(small.house, TENANT), halt):
        small.clock.let_pass(hours(1))
        assert prepare_waiting(small.house, TENANT) == 1
    settle(small)
    whole = only(small)
    assert [one.state for one in whole.deliveries] == [D.HANDED_OVER]
    assert [one.type for one in whole.events].count("document.ready") == 1
    assert list(small.channel.inbox.values()) == [1]


def test_a_worker_that_is_late_does_not_bring_back_what_was_replaced(small: SmallHouse) -> None:
    """While it is packed again for a person, a corrected version of the refused invoice arrives."""
    halt, is_slow = Halt(), False

    def packer(packing: Packing) -> Packed:
        if is_slow:
            halt()
        return plain_packer(packing)

    small.house = replace(small.house, packers={"obedient": packer})
    small.channel.script = [Refused("x", "rule broken", "peppol.refused")]
    submit(small)
    run_through(small)
    again(small)
    is_slow = True
    with halted(lambda: prepare_waiting(small.house, TENANT), halt):
        submit(small, as_ubl(sample_invoice(buyer_reference="corrected")), "again.xml")
        read_waiting(small.house, TENANT)
    settle(small)
    first, second = all_of(small)
    assert first.document.processing is Processing.SUPERSEDED
    assert [one.state for one in first.deliveries] == [D.REJECTED]
    assert second.document.delivery is D.HANDED_OVER
    assert len(small.channel.inbox) == 1


def test_two_workers_who_read_one_file_write_each_document_once(small: SmallHouse) -> None:
    halt = Halt()

    def read(content: bytes, options: object = None) -> Iterator[Reading]:
        for number in ("A-1", "B-1", "C-1"):
            yield Reading(sample_invoice(number=number), source=as_ubl(sample_invoice(number=number)))
        halt()

    slow = replace(UBL, read=read)
    small.house = replace(small.house, recognise=lambda content, name: slow)
    submit(small)
    with halted(lambda: read_waiting(small.house, TENANT), halt):
        small.clock.let_pass(hours(1))
        assert read_waiting(small.house, TENANT) == 1
    found = all_of(small)
    assert sorted(str(one.document.number) for one in found) == ["A-1", "B-1", "C-1"]
    assert {one.document.processing for one in found} == {Processing.CHECKED}
    assert found[0].submission.state == "read"


class SlowChannel(ObedientChannel):
    """Takes its time: the parcel is there, the answer is not."""

    halt: Halt

    def send(self, parcel: Parcel) -> Receipt:
        receipt = super().send(parcel)
        self.halt()
        return receipt


@pytest.mark.parametrize("recognises", [True, False])
def test_a_worker_that_is_late_with_its_answer_is_still_believed(small: SmallHouse, recognises: bool) -> None:
    channel = SlowChannel(recognises_repeats=recognises)
    channel.halt = Halt()
    channel.refuses_to_tell = OutcomeUnknown("no-query", "nobody can be asked")
    small.house = replace(small.house, channels={**small.house.channels, "obedient": channel})
    submit(small)
    read_waiting(small.house, TENANT)
    prepare_waiting(small.house, TENANT)
    with halted(lambda: dispatch_waiting(small.house, TENANT, "obedient"), channel.halt):
        small.clock.let_pass(hours(1))
        dispatch_waiting(small.house, TENANT, "obedient")
        assert only(small).document.delivery is (D.HANDED_OVER if recognises else D.OUTCOME_UNKNOWN)
    assert only(small).document.delivery is D.HANDED_OVER
    assert list(channel.inbox.values()) == [2 if recognises else 1]


def at_once(*works: Callable[[], object]) -> list[object]:
    """All of them, each in a thread of its own, begun together. An exception is a result as well."""
    start, results = threading.Barrier(len(works), timeout=PATIENCE), list[object]()

    def run(work: Callable[[], object]) -> None:
        start.wait()
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 - the test looks at it
            results.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for one in threads:
        one.start()
    for one in threads:
        one.join(PATIENCE)
    return results


def test_the_same_notice_from_two_threads_is_taken_once(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    said = notice(small, "peppol.mls.AP")
    assert sorted(map(str, at_once(*[lambda: absorb(small.house, "obedient", [said])] * 2))) == ["0", "1"]
    assert [one.type for one in only(small).events].count("delivery.delivered") == 1


def test_different_notices_from_two_threads_are_both_told_and_the_best_one_counts(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    one, other = notice(small, "peppol.mls.AB", "n1"), notice(small, "peppol.mls.AP", "n2")
    works = [lambda: absorb(small.house, "obedient", [one]), lambda: absorb(small.house, "obedient", [other])]
    assert at_once(*works) == [1, 1]
    whole = only(small)
    assert whole.document.delivery is D.DELIVERED
    assert "confirmed that it reached the buyer" in whole.document.sentence


def test_send_again_pressed_twice_sends_once(small: SmallHouse) -> None:
    small.channel.script = [Refused("x", "rule broken", "peppol.refused")]
    submit(small)
    run_through(small)
    answers = at_once(*[lambda: again(small)] * 2)
    assert sorted(type(one).__name__ for one in answers) == [NotAllowed.__name__, "str"]
    settle(small)
    assert [one.state for one in only(small).deliveries] == [D.REJECTED, D.HANDED_OVER]


def test_a_refused_invoice_that_is_on_its_way_again_is_not_replaced(small: SmallHouse) -> None:
    """Between the look at the original and the replacement, a person has sent the original again."""
    small.channel.script = [Refused("x", "rule broken", "peppol.refused")]
    submit(small)
    run_through(small)
    old = only(small).document.id
    again(small)
    prepare_waiting(small.house, TENANT)
    with pytest.raises(entry.TakenMeanwhile), small.house.store.of(TENANT) as transaction:
        entry.supersede(transaction, old, old, small.clock.now())
    submit(small, as_ubl(sample_invoice(buyer_reference="corrected")), "again.xml")
    settle(small)
    first, second = all_of(small)
    assert first.document.delivery is D.HANDED_OVER
    assert second.document.processing is Processing.DUPLICATE
    assert len(small.channel.inbox) == 1


def test_a_notice_about_what_was_replaced_meanwhile_brings_nothing_back(small: SmallHouse) -> None:
    small.channel.script = [Refused("x", "rule broken", "peppol.refused")]
    submit(small)
    run_through(small)
    late = [notice(small, signal, signal, "no") for signal in ("peppol.mls.RE", "sdi.NS.repeat", "peppol.what")]
    submit(small, as_ubl(sample_invoice(buyer_reference="corrected")), "again.xml")
    read_waiting(small.house, TENANT)
    absorb(small.house, "obedient", late)
    settle(small)
    first, second = all_of(small)
    assert first.document.processing is Processing.SUPERSEDED
    assert first.document.headline == "Cancelled"
    assert second.document.delivery is D.HANDED_OVER


def test_timers_notices_and_resends_at_once_never_wait_for_each_other_in_a_circle(small: SmallHouse) -> None:
    """Each locks documents before deliveries, in the order of their ids."""
    small.channel.script = [Refused("a", "no", "peppol.not_registered")] * 6
    submit_numbers(small, *(f"N-{number}" for number in range(6)))
    settle(small)
    small.clock.let_pass(datetime.timedelta(days=6))
    keys = [one.deliveries[-1].key for one in all_of(small)]
    said = [Notice(f"n{key}", key, "", "mail.content", None, "", "no", b"raw", "text/plain") for key in keys]
    for _ in range(3):
        answers = at_once(
            lambda: run_timers(small.house, TENANT),
            lambda: absorb(small.house, "mail", reversed(said)),
            lambda: run_timers(small.house, TENANT),
            lambda: absorb(small.house, "mail", said),
        )
        assert [one for one in answers if isinstance(one, Exception)] == []
    assert {one.document.delivery for one in all_of(small)} <= {D.REJECTED, D.DELIVERED_UNCONFIRMED}
