"""Notices in any order, each twice, some before our own answer is written: the end is that of the right order."""

import datetime
import hashlib
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import pytest

from channels.contract import Notice, OutcomeUnknown, Parcel, Receipt
from gateway.lifecycle import DeliveryState, Headline, Owner
from gateway.pipeline.absorb import absorb, collect_notices
from gateway.pipeline.dispatch import dispatch_waiting
from gateway.pipeline.prepare import prepare_waiting
from gateway.pipeline.read import read_waiting
from gateway.store.log import Whole
from tests.clocks import NOON
from tests.pipeline.house import TENANT, ObedientChannel, SmallHouse, always, plain_packer
from tests.pipeline.moves import again, all_of, notice, only, run_through, settle, submit, submit_numbers

D = DeliveryState

# What one channel says about one parcel, in the order of life. The first is our own hand-over.
LIVES: dict[str, tuple[str, ...]] = {
    "Peppol, confirmed twice": ("peppol.handed_over", "peppol.mls.AB", "peppol.mls.AP"),
    "Peppol, turned away": ("peppol.handed_over", "peppol.mls.RE"),
    "SDI, delivered and refused by the office": ("sdi.accepted", "sdi.MC.public", "sdi.RC", "sdi.NE.EC02"),
    "SDI, delivered and accepted by silence": ("sdi.accepted", "sdi.RC", "sdi.DT"),
    "SDI, given up": ("sdi.accepted", "sdi.MC.public", "sdi.AT"),
    "SDI, not delivered, then delivered": ("sdi.accepted", "sdi.MC", "sdi.RC"),
    "SDI, a repeat of it refused": ("sdi.accepted", "sdi.RC", "sdi.NS.repeat"),
    "a letter, delivered": ("post.uploaded", "post.accepted", "post.printed", "post.posted", "post.delivered"),
    "a letter, returned": ("post.uploaded", "post.printed", "post.posted", "post.returned", "post.destroyed"),
    "a letter, forwarded": ("post.uploaded", "post.accepted", "post.posted", "post.tracked", "post.forwarded"),
    "a letter, printed again": ("post.uploaded", "post.printed", "post.spoiled", "post.inserted", "post.posted"),
}
STRAY = Notice("stray", "nobody-knows-it", "999", "sdi.RC", None, "", "", b"<stray/>", "application/xml")


@dataclass(slots=True)
class TalkingChannel(ObedientChannel):
    """A channel whose other side talks before our call has returned. talk: called with the key of a parcel."""

    hand_over: str = ""
    talk: Callable[[str], None] = lambda key: None
    keys: list[str] = field(default_factory=list)

    def send(self, parcel: Parcel) -> Receipt:
        """Taken; and the notices may be faster than the receipt."""
        self.keys.append(parcel.key)
        self.talk(parcel.key)
        return Receipt("", self.hand_over, "taken", b"taken", "text/plain")


def notices_about(key: str, signals: Sequence[str]) -> dict[str, Notice]:
    """One an hour, as the other side dates them."""
    return {
        signal: Notice(
            f"{key}:{signal}",
            key,
            "",
            signal,
            NOON + datetime.timedelta(hours=hour),
            "",
            "their words",
            f"{key} {signal}".encode(),
            "text/plain",
        )
        for hour, signal in enumerate(signals)
    }


def orders(signals: Sequence[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Every order of the notices: those before our own answer is written, those behind it. The right one comes first.

    Every other order has a part of its notices, or all of them, before the answer.
    """
    for number, order in enumerate(itertools.permutations(signals)):
        cut = number // 2 % len(order) + 1 if number % 2 else 0
        yield order[:cut], order[cut:]


def end_of(whole: Whole) -> dict[str, object]:
    document, (delivery,) = whole.document, whole.deliveries
    return {
        "state": delivery.state,
        "delivery": document.delivery,
        "response": document.response,
        "legal": document.legal,
        "headline": document.headline,
        "sentence": document.sentence,
        "owner": document.owner,
        "action": document.action,
        "deadline": document.deadline,
        "handed over": delivery.handed_over_at is not None,
    }


@pytest.mark.parametrize("life", LIVES.values(), ids=LIVES)
def test_the_end_does_not_depend_on_the_order(small: SmallHouse, life: tuple[str, ...]) -> None:
    hand_over, *signals = life
    wanted = list(orders(signals))
    name = hand_over.partition(".")[0]

    def say(key: str, said: Sequence[str]) -> None:
        known = notices_about(key, signals)
        absorb(small.house, name, [STRAY, *(known[signal] for signal in said for _ in range(2))])

    channel = TalkingChannel(name, hand_over=hand_over)
    channel.talk = lambda key: say(key, wanted[channel.keys.index(key)][0])
    small.house = replace(
        small.house,
        channels={name: channel},
        packers={name: plain_packer},
        route=always(name),
    )
    submit_numbers(small, *(f"N-{number}" for number in range(len(wanted))))
    for hop in (read_waiting, prepare_waiting, lambda house, tenant: dispatch_waiting(house, tenant, name)):
        while hop(small.house, TENANT):
            pass
    for key, (_, after) in zip(channel.keys, wanted, strict=True):
        say(key, after)

    by_key = {one.deliveries[0].key: one for one in all_of(small)}
    ends = [end_of(by_key[key]) for key in channel.keys]
    different = [
        (before, after, {word: (end[word], ends[0][word]) for word in end if end[word] != ends[0][word]})
        for end, (before, after) in zip(ends, wanted, strict=True)
        if end != ends[0]
    ]
    assert different == []
    for key in channel.keys:
        told = [one.data.get("signal") for one in by_key[key].events if one.type.startswith("delivery.")]
        assert sorted(map(str, told)) == sorted(life)
        kept = {one.sha256 for one in by_key[key].artefacts if one.role == "notice"}
        assert len(kept) == len(signals)


def test_a_notice_that_was_faster_than_our_lost_answer_keeps_what_it_proved(small: SmallHouse) -> None:
    """The line broke after the parcel was taken; what the buyer's side said meanwhile is better than a guess."""

    class Cut(ObedientChannel):
        def send(self, parcel: Parcel) -> Receipt:
            known = notices_about(parcel.key, ["peppol.mls.AP"])
            absorb(small.house, "obedient", known.values())
            raise OutcomeUnknown("cut", "the line was cut")

    small.house = replace(small.house, channels={**small.house.channels, "obedient": Cut()})
    submit(small)
    settle(small)
    whole = only(small)
    assert (whole.document.delivery, whole.document.owner) == (DeliveryState.DELIVERED, Owner.NOBODY)
    assert whole.document.headline == Headline.DELIVERED
    assert "confirmed" in whole.document.sentence
    assert whole.deliveries[0].next_attempt_at is None
    assert whole.deliveries[0].attempts == 1


def delivered(small: SmallHouse, *numbers: str) -> list[str]:
    """Documents that were handed over; their keys."""
    submit_numbers(small, *numbers)
    settle(small)
    return [one.deliveries[0].key for one in all_of(small)]


def test_a_notice_that_breaks_us_does_not_hide_the_others(small: SmallHouse) -> None:
    odd, good = (notices_about(key, ["peppol.mls.AP"])["peppol.mls.AP"] for key in delivered(small, "A-1", "B-1"))
    small.channel.notices = [replace(odd, signal=None), good]  # type: ignore[arg-type]  # a fault of the channel
    assert collect_notices(small.house, TENANT, "obedient") == 1
    assert [one.document.delivery for one in all_of(small)] == [DeliveryState.HANDED_OVER, DeliveryState.DELIVERED]


def test_notices_that_are_collected_at_once_count_in_the_order_of_what_they_say(small: SmallHouse) -> None:
    (key,) = delivered(small, "A-1")
    said = notices_about(key, ["post.accepted", "post.printed", "post.posted"])
    small.channel.notices = list(reversed(said.values()))
    assert collect_notices(small.house, TENANT, "obedient") == 3
    assert only(small).document.sentence == "The letter is with the post."


def test_an_answer_that_no_database_could_hold_is_taken(small: SmallHouse) -> None:
    (key,) = delivered(small, "A-1")
    endless = "".join(hashlib.sha256(bytes([number])).hexdigest() for number in range(200))
    notice = notices_about(key, ["peppol.mls.RE"])["peppol.mls.RE"]
    odd = replace(notice, key=endless, reference=endless, text="no\0 way \ud800")
    assert absorb(small.house, "obedient", [odd, odd]) == 1
    assert "no\ufffd way" in only(small).document.sentence


@pytest.mark.parametrize("signal", ["sdi.RC", "sdi.NS", "sdi.MC", "sdi.NE.EC02", "sdi.NS.repeat"])
def test_what_is_said_of_other_bytes_than_ours_is_kept_and_moves_nothing(small: SmallHouse, signal: str) -> None:
    submit(small)
    run_through(small)
    said = replace(notice(small, signal, text="x"), sha256="0" * 64)
    assert absorb(small.house, "obedient", [said]) == 1
    whole = only(small)
    assert [one.state for one in whole.deliveries] == [D.HANDED_OVER]
    assert (whole.document.headline, whole.document.owner) == (Headline.ACTION_NEEDED, Owner.OPERATOR)
    assert f"The other side says {signal} of a file that bears our name" in whole.events[-1].sentence
    assert whole.events[-1].evidence == hashlib.sha256(said.raw).hexdigest(), "the raw notice is kept"
    assert absorb(small.house, "obedient", [said]) == 0


def test_what_is_said_of_our_very_bytes_counts(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    (sealed,) = [one.sha256 for one in only(small).artefacts if one.role == "sealed"]
    wrong, right = (replace(notice(small, "sdi.RC", key), sha256=one) for key, one in (("a", "1" * 64), ("b", sealed)))
    assert absorb(small.house, "obedient", [wrong, right]) == 2
    whole = only(small)
    assert [one.state for one in whole.deliveries] == [D.DELIVERED]
    assert whole.document.headline == Headline.DELIVERED


def test_other_bytes_do_not_unsettle_what_is_proven(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    absorb(small.house, "obedient", [notice(small, "sdi.RC")])
    absorb(small.house, "obedient", [replace(notice(small, "sdi.NS", "n2"), sha256="0" * 64)])
    whole = only(small)
    assert (whole.deliveries[0].state, whole.document.headline) == (D.DELIVERED, Headline.DELIVERED)
    assert "not the one that we sent" in whole.events[-1].sentence


def test_what_comes_late_about_a_parcel_that_was_turned_away_says_nothing_of_the_next_one(small: SmallHouse) -> None:
    submit(small)
    run_through(small)
    absorb(small.house, "obedient", [notice(small, "peppol.mls.RE", "refused")])
    again(small)
    run_through(small)
    before = only(small).document
    assert (before.delivery, before.owner) == (D.HANDED_OVER, Owner.PROVIDER)
    absorb(small.house, "obedient", [notice(small, "peppol.mls.AB", "late")])
    after = only(small).document
    assert (after.sentence, after.owner, after.deadline) == (before.sentence, before.owner, before.deadline)
    assert only(small).events[-1].type == "delivery.late_signal"
