"""Events have numbers in the order of their commits: who reads on behind the last number misses none."""

import threading
import uuid
from collections.abc import Iterator

import pytest
from sqlmodel import Session

from gateway.store import events, log, parties
from gateway.store.records import Happening
from gateway.store.session import Store, open_store
from tests.clocks import NOON

NORTH, SOUTH = uuid.UUID(int=1), uuid.UUID(int=2)
SECONDS = 20


@pytest.fixture
def store(gateway_database: str) -> Iterator[Store]:
    opened = open_store(gateway_database, connections=4)
    for tenant in (NORTH, SOUTH):
        with opened.of(tenant) as transaction:
            parties.add_tenant(transaction, tenant, str(tenant), NOON)
    yield opened
    opened.close()


def record(store: Store, tenant: uuid.UUID, sentence: str) -> None:
    with store.of(tenant) as transaction:
        events.record(transaction, [Happening("test", sentence)], NOON)


def read_behind(store: Store, after: int) -> list[tuple[int, str]]:
    with store.of(NORTH) as transaction:
        return [(one.sequence, one.sentence) for one in log.events_of(transaction, after=after)]


class _SlowCommit:
    """The first commit waits until it is let go: its events are written and nobody sees them yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.let_go = threading.Event(), threading.Event()
        real = Session.commit

        def commit(session: Session) -> None:
            if not self.reached.is_set():
                self.reached.set()
                assert self.let_go.wait(SECONDS)
            real(session)

        monkeypatch.setattr(Session, "commit", commit)


def test_a_later_number_is_never_seen_before_an_earlier_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = _SlowCommit(monkeypatch)
    first = threading.Thread(target=record, args=(store, NORTH, "first"))
    second = threading.Thread(target=record, args=(store, NORTH, "second"))
    first.start()
    assert slow.reached.wait(SECONDS)
    second.start()
    second.join(0.3)
    seen = read_behind(store, 0)
    slow.let_go.set()
    first.join(SECONDS)
    second.join(SECONDS)
    seen += read_behind(store, seen[-1][0] if seen else 0)
    assert [sentence for _, sentence in seen] == ["first", "second"]


def test_no_tenant_waits_for_another(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = _SlowCommit(monkeypatch)
    first = threading.Thread(target=record, args=(store, NORTH, "first"))
    first.start()
    assert slow.reached.wait(SECONDS)
    record(store, SOUTH, "meanwhile")
    slow.let_go.set()
    first.join(SECONDS)
    assert [sentence for _, sentence in read_behind(store, 0)] == ["first"]


def test_many_who_write_at_once_are_all_read_by_who_reads_along(store: Store) -> None:
    def write() -> None:
        for _ in range(20):
            record(store, NORTH, "one of many")

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    seen: list[int] = []
    is_last_look = False
    while not is_last_look:
        is_last_look = not any(writer.is_alive() for writer in writers)
        seen += [sequence for sequence, _ in read_behind(store, seen[-1] if seen else 0)]
    assert len(seen) == 60
    assert seen == sorted(set(seen))
