"""A channel that takes longer than a lease: its worker lives, so nobody takes its work away."""

import datetime
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from channels.contract import Parcel, Receipt
from gateway.errors import DatabaseUnavailable
from gateway.lifecycle import DeliveryState
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.store import sending
from gateway.store.session import Store, Transaction
from gateway.store.tables import DeliveryRow
from tests.pipeline.house import TENANT, ObedientChannel, SmallHouse, small_house
from tests.pipeline.moves import all_of, only, submit_numbers

D = DeliveryState
# Beats are a tenth of a second apart then; by the clock of the house a lease lasts this long.
LEASE = 0.3
ALMOST = datetime.timedelta(seconds=0.25)
PATIENCE = 20.0


class SlowChannel(ObedientChannel):
    """Answers, but only after `meanwhile`, which is where its worker sits and waits."""

    meanwhile: Callable[[], None]

    def send(self, parcel: Parcel) -> Receipt:
        """Taken, after a while."""
        self.meanwhile()
        return super().send(parcel)


@pytest.fixture
def small(store: Store, tmp_path: Path) -> SmallHouse:
    return small_house(store, tmp_path / "archive", lease=LEASE)


def slow(small: SmallHouse, *numbers: str, recognises_repeats: bool) -> SlowChannel:
    """These invoices wait to be sent over a slow channel."""
    channel = SlowChannel(recognises_repeats=recognises_repeats)
    small.house = replace(small.house, channels={"obedient": channel, "mail": small.other})
    submit_numbers(small, *numbers)
    while read_waiting(small.house, TENANT):
        pass
    prepare_waiting(small.house, TENANT)
    return channel


def let_leases_pass(small: SmallHouse, count: int) -> None:
    """So many leases' time goes by, each time as soon as the worker has renewed."""
    for _ in range(count):
        small.clock.let_pass(ALMOST)
        end = time.monotonic() + PATIENCE
        while min(leases(small)) <= small.clock.now() + ALMOST:
            assert time.monotonic() < end, "nobody renews"
            time.sleep(0.01)


def leases(small: SmallHouse) -> list[datetime.datetime]:
    with small.house.store.of(TENANT) as transaction:
        found = transaction.session.exec(
            select(DeliveryRow.lease_until).where(col(DeliveryRow.state) == D.DISPATCHING.value)
        ).all()
    return [one for one in found if one is not None]


def test_a_mail_whose_relay_thinks_for_three_leases_is_not_taken_for_lost(small: SmallHouse) -> None:
    channel = slow(small, "R-1", recognises_repeats=False)
    second_worker: list[int] = []

    def meanwhile() -> None:
        let_leases_pass(small, 3)
        second_worker.append(dispatch_waiting(small.house, TENANT, "obedient"))

    channel.meanwhile = meanwhile
    assert dispatch_waiting(small.house, TENANT, "obedient") == 1
    whole = only(small)
    assert (second_worker, list(channel.inbox.values()), whole.document.delivery) == ([0], [1], D.HANDED_OVER)
    assert "delivery.interrupted" not in [one.type for one in whole.events]


def test_of_a_batch_with_a_slow_one_nobody_takes_the_sent_or_the_waiting_ones(small: SmallHouse) -> None:
    channel = slow(small, "R-1", "R-2", "R-3", recognises_repeats=True)
    second_worker: list[int] = []

    def meanwhile() -> None:
        if len(channel.inbox) == 1:  # the first is sent and not yet written down, the third still waits
            let_leases_pass(small, 3)
            second_worker.append(dispatch_waiting(small.house, TENANT, "obedient"))

    channel.meanwhile = meanwhile
    assert dispatch_waiting(small.house, TENANT, "obedient") == 3
    assert (second_worker, list(channel.inbox.values())) == ([0], [1, 1, 1])
    assert {one.document.delivery for one in all_of(small)} == {D.HANDED_OVER}


def test_a_database_that_is_away_for_one_renewal_is_asked_at_the_next(
    small: SmallHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = slow(small, "R-1", recognises_repeats=False)
    renew, away = sending.renew, [DatabaseUnavailable("restarting")]

    def sometimes(transaction: Transaction, ids: Sequence[uuid.UUID], until: datetime.datetime) -> None:
        if away:
            raise away.pop()
        renew(transaction, ids, until)

    monkeypatch.setattr(sending, "renew", sometimes)
    channel.meanwhile = lambda: let_leases_pass(small, 1)
    assert dispatch_waiting(small.house, TENANT, "obedient") == 1
    assert (away, only(small).document.delivery) == ([], D.HANDED_OVER)
