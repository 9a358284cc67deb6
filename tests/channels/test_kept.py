"""Connections that are kept: one thread each, the youngest first, and none of whose state nobody is sure."""

import threading
from contextlib import ExitStack

import pytest

from channels.kept import MOST_IDLE, Kept


class Trial:
    """A connection that counts."""

    def __init__(self) -> None:
        self.alive, self.closed, self.asked = True, 0, 0

    def is_alive(self) -> bool:
        self.asked += 1
        return self.alive

    def close(self) -> None:
        self.closed += 1


class Maker:
    def __init__(self) -> None:
        self.made: list[Trial] = []
        self.kept: Kept[Trial] = Kept(self.make)

    def make(self) -> Trial:
        self.made.append(Trial())
        return self.made[-1]

    def lend_at_once(self, count: int) -> None:
        with ExitStack() as stack:
            for _ in range(count):
                stack.enter_context(self.kept.lend())


def test_a_connection_serves_one_parcel_after_the_other() -> None:
    maker = Maker()
    for _ in range(3):
        maker.lend_at_once(1)
    [one] = maker.made
    assert (one.asked, one.closed) == (2, 0)


def test_two_at_a_time_have_one_each() -> None:
    maker = Maker()
    with maker.kept.lend() as first, maker.kept.lend() as second:
        assert first is not second


def test_after_an_exception_a_connection_is_not_used_again() -> None:
    maker = Maker()
    with pytest.raises(KeyError), maker.kept.lend():
        raise KeyError
    maker.lend_at_once(1)
    assert [one.closed for one in maker.made] == [1, 0]


def test_where_the_youngest_is_dead_the_older_ones_are_not_tried() -> None:
    maker = Maker()
    maker.lend_at_once(3)
    for one in maker.made:
        one.alive = False
    maker.lend_at_once(1)
    assert [one.closed for one in maker.made] == [1, 1, 1, 0]
    assert sum(one.asked for one in maker.made) == 1


def test_no_more_than_a_few_are_kept() -> None:
    maker = Maker()
    maker.lend_at_once(MOST_IDLE + 2)
    assert sum(one.closed for one in maker.made) == 2
    maker.kept.close()
    assert [one.closed for one in maker.made] == [1] * (MOST_IDLE + 2)


def test_threads_never_share_one() -> None:
    maker, shared, busy = Maker(), [], set()

    def work() -> None:
        for _ in range(200):
            with maker.kept.lend() as one:
                if id(one) in busy:
                    shared.append(one)
                busy.add(id(one))
                busy.discard(id(one))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not shared
    assert len(maker.made) <= 4
