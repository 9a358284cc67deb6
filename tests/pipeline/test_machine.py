"""Anything in any order: senders, dying workers, the other side, the clock, support; and what holds all the while.

The model beside the house is plain Python: what was accepted, what the other side has, what it turned away, whom a
person released. After each step the house is compared with it (facts/security.md section 8, I1 to I7).
"""

import dataclasses
import datetime
import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FunctionType

import hypothesis
import hypothesis.strategies as st
import pytest
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace
from sqlalchemy.pool import PoolProxiedConnection

from channels.contract import (
    ChannelFailure,
    Misconfigured,
    Notice,
    OutcomeUnknown,
    Parcel,
    Receipt,
    Refused,
    Unavailable,
)
from gateway import ids
from gateway.errors import KeyReused, NotAllowed
from gateway.lifecycle import PEOPLE_ON_OUR_SIDE, DeliveryState, Headline, Owner, Processing, best_of
from gateway.pipeline.absorb import absorb, collect_notices
from gateway.pipeline.clockwork import look_once
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.house import House
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.pipeline.timers import run_timers
from gateway.store.log import Whole
from gateway.store.records import Event
from gateway.store.session import Store, open_store
from gateway.store.submissions import Taken
from tests.pipeline.conftest import empty
from tests.pipeline.house import TENANT, Killed, ObedientChannel, SmallHouse, always, small_house
from tests.pipeline.moves import again, all_of, as_ubl, submit
from tests.samples import sample_invoice

D = DeliveryState
HOPS: tuple[Callable[[House], object], ...] = (
    lambda house: look_once(house, ("obedient",)),
    lambda house: read_waiting(house, TENANT),
    lambda house: prepare_waiting(house, TENANT),
    lambda house: dispatch_waiting(house, TENANT, "obedient"),
    lambda house: dispatch_waiting(house, TENANT, "mail"),
    lambda house: collect_notices(house, TENANT, "obedient"),
    lambda house: run_timers(house, TENANT),
)
ANSWERS: dict[str, Callable[[], ChannelFailure | Killed | None]] = {
    "taken": lambda: None,
    "the address is unknown": lambda: Refused("a", "no such participant", "peppol.not_registered"),
    "the content is refused": lambda: Refused("b", "rule broken", "peppol.refused"),
    "down": lambda: Unavailable("c", "nobody answers"),
    "taken, and the line is cut": lambda: OutcomeUnknown("d", "the line was cut"),
    "our password is wrong": lambda: Misconfigured("e", "the password is wrong"),
    "taken, and the worker dies": Killed,
}


def _kinds(number: str) -> dict[tuple[str, str], bytes]:
    invoice = sample_invoice(number=number)
    wrong = sample_invoice(number=number, totals=None)
    return {
        (number, "as it is"): as_ubl(invoice),
        (number, "exported again"): as_ubl(replace(invoice, buyer_reference="another export")),
        (number, "wrong"): as_ubl(wrong),
    }


NUMBERS = ("N-1", "N-2", "N-3")
CONTENTS = {("", "no invoice"): b"no invoice at all"} | {
    which: content for number in NUMBERS for which, content in _kinds(number).items()
}
NEGATIVE = frozenset({"peppol.mls.RE", "peppol.mls.RE.FD"})
SIGNALS = ("peppol.mls.AP", "peppol.mls.AB", *sorted(NEGATIVE), "sdi.NE.EC01", "sdi.NE.EC02", "sdi.unheard-of")
IN_OUR_HANDS = frozenset({D.QUEUED, D.RETRY_SCHEDULED, D.DISPATCHING})
SPANS = (1, 7_200, 86_400 * 6)
BY_MAIL = always("mail")
BY_ANY = always("obedient", "mail")


class Receiver(ObedientChannel):
    """As told, but true to itself: who knows a repeat never refuses what he has."""

    turned_away: set[str]

    def send(self, parcel: Parcel) -> Receipt:
        if self.recognises_repeats and parcel.key in self.inbox:
            self.script = [one for one in self.script[:1] if not isinstance(one, Refused)] + self.script[1:]
        try:
            return super().send(parcel)
        except Refused:
            self.turned_away.add(parcel.key)
            raise


@dataclass(slots=True)
class Model:
    """What must be true of the house. keys, contents: as they were accepted; released: by a person, key by key."""

    contents: set[bytes] = field(default_factory=set)
    keys: dict[str, bytes] = field(default_factory=dict)
    turned_away: set[str] = field(default_factory=set)
    released: Counter[str] = field(default_factory=Counter)
    events: dict[int, Event] = field(default_factory=dict)
    delivered: set[str] = field(default_factory=set)

    def arrives(self, content: bytes, key: str | None) -> Taken:
        """How an arrival is answered, and that it was."""
        if key in self.keys:
            return Taken.SAME_KEY if self.keys[key] == content else Taken.KEY_CONFLICT
        if key is not None:
            self.keys[key] = content
        answer = Taken.SAME_BYTES if content in self.contents else Taken.ACCEPTED
        self.contents.add(content)
        return answer


@contextmanager
def loaded_dice() -> Iterator[None]:
    """Ids that are the same each time: what is drawn depends on how often was drawn before, and on nothing else."""
    thrown = itertools.count()

    def chance(count: int) -> bytes:
        return hashlib.shake_128(str(next(thrown)).encode()).digest(count)

    makers: tuple[FunctionType, ...] = (ids.row_id, ids.public_id, ids.message_key)  # type: ignore[assignment]  # functions, which they are
    fair = [one.__defaults__ for one in makers]
    for one in makers:
        one.__defaults__ = (chance,)
    try:
        yield
    finally:
        for one, defaults in zip(makers, fair, strict=True):
            one.__defaults__ = defaults


@contextmanager
def dying(store: Store, at_commit: int, side: str) -> Iterator[None]:
    """The process ends before or after its n-th commit from now on; 0: it does not."""
    dialect, left = store.engine.dialect, at_commit
    commit = dialect.do_commit

    def do_commit(connection: PoolProxiedConnection) -> None:
        nonlocal left
        left -= 1
        if left == 0 and side == "before":
            raise Killed
        commit(connection)
        if left == 0:
            raise Killed

    vars(dialect)["do_commit"] = do_commit
    try:
        yield
    except Killed:
        pass
    finally:
        del vars(dialect)["do_commit"]


class Machine(RuleBasedStateMachine):
    """The house, the model, and what may happen to them."""

    url: str
    folder: Path

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self._stack.enter_context(loaded_dice())
        empty(self.url)
        archive = self._stack.enter_context(TemporaryDirectory(dir=self.folder))
        self.store = self._stack.enter_context(closing(open_store(self.url, connections=2)))
        self.small: SmallHouse = small_house(self.store, Path(archive), retry_attempts=3)
        self.model = Model()
        first, mail = Receiver(), Receiver("mail", recognises_repeats=False)
        first.turned_away = mail.turned_away = self.model.turned_away
        self.small.channel, self.small.other = first, mail
        self.channels = {"obedient": first, "mail": mail}
        self.small.house = dataclasses.replace(
            self.small.house,
            channels=self.channels,
            route=lambda invoice, *asked: (BY_MAIL if invoice.number == "N-3" else BY_ANY)(),
        )
        self.found: list[Whole] = []

    def teardown(self) -> None:
        with self._stack:
            self.everything_ends()

    # --- what may happen ----------------------------------------------------------------------------------------------

    @initialize()
    def every_number_came_once(self) -> None:
        for number in NUMBERS:
            self.a_sender_submits((number, "as it is"), None)

    @rule(which=st.sampled_from(sorted(CONTENTS)), key=st.sampled_from([None, None, "k-1", "k-2"]))
    def a_sender_submits(self, which: tuple[str, str], key: str | None) -> None:
        content = CONTENTS[which]
        expected = self.model.arrives(content, key)
        try:
            answer = submit(self.small, content, key=key).taken
        except KeyReused:
            answer = Taken.KEY_CONFLICT
        assert answer is expected

    @rule(
        deaths=st.lists(st.tuples(st.integers(1, 14), st.sampled_from(["before", "after"])), max_size=1),
        first=st.lists(st.sampled_from(sorted(ANSWERS)), max_size=3),
        mail=st.lists(st.sampled_from(sorted(ANSWERS)), max_size=3),
    )
    def a_worker_lives(self, deaths: list[tuple[int, str]], first: list[str], mail: list[str]) -> None:
        """It does what is due, hop by hop, until it has nothing to do or dies; the lease of its work runs out.

        first, mail: what the other sides answer it, before they take everything
        """
        self.channels["obedient"].script = [ANSWERS[one]() for one in first]
        self.channels["mail"].script = [ANSWERS[one]() for one in mail]
        with dying(self.store, *(deaths or [(0, "")])[0]):
            for hop in HOPS * 2:
                hop(self.small.house)
        self.small.clock.let_pass(datetime.timedelta(seconds=self.small.house.work.lease + 1))

    @rule(signals=st.lists(st.sampled_from(SIGNALS), min_size=1, max_size=3), chosen=st.integers(0, 50))
    def the_other_side_says(self, signals: list[str], chosen: int) -> None:
        """About one parcel, each a minute before the one that is told before it, and twice; and about none of ours."""
        keys = sorted((key, channel.name) for channel in self.channels.values() for key in channel.inbox)
        if not keys:
            return
        key, channel = keys[chosen % len(keys)]
        now = self.small.clock.now()
        for number, signal in enumerate(signals):
            said_at = now - datetime.timedelta(minutes=number)
            said = Notice(f"{key}:{signal}", key, "", signal, said_at, "", "their words", b"raw", "text/plain")
            stray = Notice("stray", "unknown", "unknown", signal, said_at, "", "", b"raw", "text/plain")
            absorb(self.small.house, channel, [stray, said, said])
            if signal in NEGATIVE:
                self.model.turned_away.add(key)

    @rule(seconds=st.sampled_from(SPANS))
    def time_passes(self, seconds: int) -> None:
        self.small.clock.let_pass(datetime.timedelta(seconds=seconds))

    @rule(chosen=st.integers(0, 20))
    def support_sends_again(self, chosen: int) -> None:
        if not self.found:
            return
        whole = self.found[chosen % len(self.found)]
        try:
            said = again(self.small, whole)
        except NotAllowed:
            return
        if said.startswith("The same parcel"):
            self.model.released[whole.deliveries[-1].key] += 1

    # --- what holds ---------------------------------------------------------------------------------------------------

    @invariant()
    def it_is_as_the_model_says(self) -> None:
        self.found = all_of(self.small)
        self.nothing_is_delivered_twice()
        self.nothing_proven_is_lowered()
        self.the_log_only_grows()

    def nothing_is_delivered_twice(self) -> None:
        """Each receiver has an invoice once, but for those that he turned away, and those that a person sent again."""
        numbers = {one.key: whole.document.number for whole in self.found for one in whole.deliveries}
        for channel in self.channels.values():
            assert set(channel.inbox) <= set(numbers), "something left without a committed intent"
        there = {key for channel in self.channels.values() for key in channel.inbox} - self.model.turned_away
        assert max(Counter(numbers[key] for key in there).values(), default=0) <= 1
        for key, times in self.channels["mail"].inbox.items():
            assert times <= 1 + self.model.released[key]

    def nothing_proven_is_lowered(self) -> None:
        for whole in self.found:
            states = tuple(one.state for one in whole.deliveries)
            best = best_of(states)
            # Until it is answered, a parcel that was taken in hand shows on its document as it waited.
            assert best in IN_OUR_HANDS or whole.document.delivery is best
            self.model.delivered |= {one.key for one in whole.deliveries if one.state is D.DELIVERED}
            for one in whole.deliveries:
                assert one.key not in self.model.delivered or one.state is D.DELIVERED
            if D.DELIVERED in states and whole.document.response != "rejected":
                assert whole.document.headline != Headline.IN_PROGRESS

    def the_log_only_grows(self) -> None:
        now = {one.sequence: one for whole in self.found for one in whole.events}
        assert all(now.get(number) == event for number, event in self.model.events.items())
        self.model.events = now

    # --- where it ends ------------------------------------------------------------------------------------------------

    def everything_ends(self) -> None:
        """Nothing more happens to the workers, and the other side answers: each document comes to an end."""
        for channel in self.channels.values():
            channel.script.clear()
        for _ in range(5):
            for hop in HOPS[1:] * 2:
                while hop(self.small.house):
                    pass
            self.small.clock.let_pass(datetime.timedelta(days=2))
        self.it_is_as_the_model_says()
        assert {whole.submission.sha256 for whole in self.found} == self.hashes()
        for whole in self.found:
            self.is_at_its_end(whole)
            for sha256 in {one.sha256 for one in whole.artefacts}:
                assert self.small.house.archive.get(TENANT, sha256)

    def hashes(self) -> set[str]:
        return {self.small.house.archive.put(TENANT, content) for content in self.model.contents}

    def is_at_its_end(self, whole: Whole) -> None:
        document = whole.document
        ended = {Processing.DUPLICATE, Processing.SUPERSEDED, Processing.CANCELLED}
        if document.processing in ended or document.headline in (Headline.DELIVERED, Headline.ACCEPTED):
            return
        if document.headline in (Headline.ACTION_NEEDED, Headline.REFUSED):
            assert document.owner in PEOPLE_ON_OUR_SIDE
            assert document.action
            return
        assert (document.headline, document.delivery) == (Headline.IN_PROGRESS, D.HANDED_OVER)
        assert document.owner is Owner.PROVIDER
        assert document.deadline is not None


@pytest.mark.slow
def test_the_house_is_as_the_model_says_whatever_happens(shared_database: str, tmp_path: Path) -> None:
    here = type("HereMachine", (Machine,), {"url": shared_database, "folder": tmp_path})
    run_state_machine_as_test(
        here,
        settings=hypothesis.settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(hypothesis.HealthCheck),
        ),
    )
