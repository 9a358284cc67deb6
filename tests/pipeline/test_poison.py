"""A document that breaks or kills whoever touches it: alone after the first time, a person's after the third."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest
from msgspec.structs import replace as changed

from channels.contract import Parcel, Receipt
from formats.contract import Format, Options, Reading
from formats.ubl import FORMAT as UBL
from gateway.lifecycle import DeliveryState, Owner, Processing
from gateway.pipeline.house import Packed, Packing
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from tests.pipeline.house import TENANT, Killed, ObedientChannel, SmallHouse, hours, plain_packer
from tests.pipeline.moves import again, all_of, as_ubl, by_number, only, settle, submit, submit_numbers
from tests.samples import sample_invoice

D = DeliveryState
POISON = "POISON-1"
ENDS = [
    Killed(),  # the process is gone: out of memory, a fault in a library in C
    RuntimeError("the typesetter broke"),  # an exception that nobody foresaw
]


def reading(reader: Callable[[bytes], Iterator[Reading]]) -> Format:
    """UBL, as far as anybody can see, but read like this."""

    def read(content: bytes, options: Options | None = None) -> Iterator[Reading]:
        return reader(content)

    return replace(UBL, read=read)


def with_packer(small: SmallHouse, end: BaseException) -> list[str]:
    """Packing the poison ends like this. Returns what was packed, as it goes on."""
    packed: list[str] = []

    def packer(packing: Packing) -> Packed:
        packed.append(packing.invoice.number or "")
        if packing.invoice.number == POISON:
            raise end
        return plain_packer(packing)

    small.house = replace(small.house, packers={"obedient": packer, "mail": packer})
    return packed


@pytest.mark.parametrize("end", ENDS, ids=lambda end: type(end).__name__)
def test_a_document_that_cannot_be_packed_is_held_after_three_tries_and_harms_no_other(
    small: SmallHouse, end: BaseException
) -> None:
    packed = with_packer(small, end)
    submit_numbers(small, "A-1", POISON, "B-1", "C-1")
    settle(small)
    found = by_number(small)
    poison = found.pop(POISON).document
    assert {one.document.delivery for one in found.values()} == {D.HANDED_OVER}
    assert (poison.processing, poison.owner) == (Processing.HELD, Owner.OPERATOR)
    assert "three times" in poison.sentence
    assert poison.deadline is not None
    assert packed.count(POISON) == 3


def test_after_a_worker_died_its_documents_are_taken_one_by_one(small: SmallHouse) -> None:
    packed = with_packer(small, Killed())
    arrive(small, "A-1", POISON, "B-1")
    with pytest.raises(Killed):
        prepare_waiting(small.house, TENANT)
    small.clock.let_pass(hours(1))
    packed.clear()
    assert prepare_waiting(small.house, TENANT) == 1
    assert packed == ["A-1"]


def test_the_last_try_of_a_document_is_made_while_no_other_is_on_its_own(small: SmallHouse) -> None:
    """Two that were hit twice: one of them is the poison, and its last try must not take the other one along."""
    with_packer(small, Killed())
    arrive(small, POISON, "A-1")
    for _ in range(2):
        for _ in range(2):
            with suppress(Killed):
                prepare_waiting(kills_at_once(small).house, TENANT)
        small.clock.let_pass(hours(1))
    with pytest.raises(Killed):
        prepare_waiting(small.house, TENANT)
    assert prepare_waiting(small.house, TENANT) == 0
    settle(small)
    assert by_number(small)["A-1"].document.delivery is D.HANDED_OVER
    assert by_number(small)[POISON].document.processing is Processing.HELD


def arrive(small: SmallHouse, *numbers: str) -> None:
    """Documents, in this order to be prepared."""
    for number in numbers:
        submit_numbers(small, number)
        read_waiting(small.house, TENANT)


def kills_at_once(small: SmallHouse) -> SmallHouse:
    """The same house, where whoever packs anything dies: another job of the process took the poison."""

    def packer(packing: Packing) -> Packed:
        raise Killed

    return replace(small, house=replace(small.house, packers={"obedient": packer}))


def test_a_held_document_that_is_released_has_three_tries_again(small: SmallHouse) -> None:
    packed = with_packer(small, Killed())
    submit_numbers(small, POISON)
    settle(small)
    again(small)
    settle(small)
    assert packed.count(POISON) == 6
    small.house = replace(small.house, packers={"obedient": plain_packer})
    again(small)
    settle(small)
    assert only(small).document.delivery is D.HANDED_OVER


def with_reader(small: SmallHouse, end: BaseException) -> list[str]:
    """Reading the poison ends like this. Returns what was read, as it goes on."""
    read: list[str] = []

    def reader(content: bytes) -> Iterator[Reading]:
        assert UBL.read is not None
        for one in UBL.read(content):
            assert one.invoice is not None
            read.append(one.invoice.number or "")
            if one.invoice.number == POISON:
                raise end
            yield one

    hurt = reading(reader)

    def recognise(content: bytes, file_name: str) -> Format | None:
        return hurt if UBL.recognises(content) else None

    small.house = replace(small.house, recognise=recognise)
    return read


@pytest.mark.parametrize("end", ENDS, ids=lambda end: type(end).__name__)
def test_a_file_that_cannot_be_read_is_an_operators_after_three_tries_and_harms_no_other(
    small: SmallHouse, end: BaseException
) -> None:
    read = with_reader(small, end)
    submit_numbers(small, "A-1", POISON, "B-1", "C-1")
    settle(small)
    found = by_number(small)
    broken = found.pop(None)
    assert {one.document.delivery for one in found.values()} == {D.HANDED_OVER}
    assert set(found) == {"A-1", "B-1", "C-1"}
    assert (broken.document.processing, broken.document.owner) == (Processing.QUARANTINED, Owner.OPERATOR)
    assert "three times" in broken.document.sentence
    assert broken.submission.state == "refused"
    assert read.count(POISON) == 3


def test_a_file_that_an_operator_releases_is_read_again(small: SmallHouse) -> None:
    with_reader(small, RuntimeError("a fault in the reader"))
    submit_numbers(small, POISON)
    settle(small)
    again(small)
    settle(small)
    first, second = all_of(small)
    assert first.document.processing is Processing.CANCELLED
    assert second.document.processing is Processing.QUARANTINED
    with_reader(small, StopIteration())
    small.house = replace(small.house, recognise=lambda content, name: UBL)
    again(small, second)
    settle(small)
    assert by_number(small)[POISON].document.delivery is D.HANDED_OVER
    assert by_number(small)[POISON].submission.state == "read"


def test_a_file_that_breaks_off_in_the_middle_keeps_what_was_read(small: SmallHouse) -> None:
    numbers = ["A-1", "B-1", POISON, "C-1"]
    invoices = [sample_invoice(number=number) for number in numbers]

    def reader(content: bytes) -> Iterator[Reading]:
        for invoice in invoices:
            if invoice.number == POISON:
                raise Killed
            yield Reading(invoice, source=as_ubl(invoice))

    whole = reading(reader)
    small.house = replace(
        small.house, recognise=lambda content, name: whole, work=small.house.work.model_copy(update={"batch": 2})
    )
    submit(small)
    settle(small)
    found = by_number(small)
    assert found["A-1"].document.delivery is found["B-1"].document.delivery is D.HANDED_OVER
    assert found[None].document.owner is Owner.OPERATOR
    assert found[None].submission.document_count == 2


@pytest.mark.parametrize(
    "number",
    [
        "A\x00B",  # PostgreSQL holds no such character
        "".join(chr(0x4E00 + (index * 7919) % 20000) for index in range(5_000)),  # longer than an index can hold
    ],
    ids=["NUL", "long"],
)
def test_a_number_that_the_database_cannot_hold_harms_no_other(small: SmallHouse, number: str) -> None:
    def reader(content: bytes) -> Iterator[Reading]:
        assert UBL.read is not None
        for one in UBL.read(content):
            assert one.invoice is not None
            odd = changed(one.invoice, number=number)
            yield one if one.invoice.number == "A-1" else replace(one, invoice=odd)

    odd = reading(reader)
    small.house = replace(small.house, recognise=lambda content, name: odd)
    submit_numbers(small, "A-1", "B-1")
    settle(small)
    plain, other = all_of(small)
    assert plain.document.delivery is D.HANDED_OVER
    assert other.document.number is not None
    assert other.document.processing in {Processing.READY, Processing.INVALID, Processing.HELD}


class KillingChannel(ObedientChannel):
    """Kills whoever hands it the parcel of the poison."""

    def send(self, parcel: Parcel) -> Receipt:
        if POISON.encode() in parcel.content:
            self.script = [Killed()]
        return super().send(parcel)


def test_a_parcel_that_kills_its_worker_is_somebodys_after_three_times_and_harms_no_other(small: SmallHouse) -> None:
    channel = KillingChannel()
    small.house = replace(small.house, channels={**small.house.channels, "obedient": channel})
    submit_numbers(small, "A-1", POISON, "B-1", "C-1")
    settle(small)
    found = by_number(small)
    poison = found.pop(POISON)
    assert {one.document.delivery for one in found.values()} == {D.HANDED_OVER}
    assert (poison.document.delivery, poison.document.owner) == (D.OUTCOME_UNKNOWN, Owner.OPERATOR)
    assert channel.inbox[poison.deliveries[0].key] == 3
