"""What happened to a document, what is expected next, and the bytes that each event stands on."""

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from gateway.desk import spelling, wording
from gateway.desk.proof import FileShown, artefact_for, file_shown
from gateway.desk.raw_text import Shelf
from gateway.lifecycle import PEOPLE_ON_OUR_SIDE, DeliveryState, Headline, Owner, Payment
from gateway.settings import WorkSettings, seconds
from gateway.signals import Effect, effect_of
from gateway.store.log import Whole
from gateway.store.records import Artefact, DeliveryView, Event

_D = DeliveryState
_MOST_EXCERPTS: Final = 8
_LARGEST_EXCERPTED: Final = 256_000
_WORDS_OF_OTHERS: Final = ("notice", "answer", "receipt")
# Which of several roles of the same bytes an event speaks of.
_MEANT: Final[Mapping[str, Sequence[str]]] = {
    "document.received": ("source",),
    "document.checked": ("canonical",),
    "document.ready": ("sealed",),
}
_ENDED: Final = frozenset({Headline.CANCELLED.value, Headline.REFUSED.value, Headline.PAID.value})


@dataclass(frozen=True, slots=True)
class AddressShown:
    """What became of one address of a mail."""

    address: str
    accepted: bool
    words: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event, or one that is expected.

    moment:  ISO 8601 with offset, or a date; clock: the same as it is shown
    facts:   short proven facts: "sent once"
    lost:    values that the format had no place for: (path, value, reason)
    raw:     the beginning of what the other side said, as it came
    """

    moment: str
    clock: str
    title: str
    icon: str
    tone: str
    axis: str
    sentence: str
    actor: str = ""
    file: FileShown | None = None
    facts: tuple[str, ...] = ()
    findings: int = 0
    addresses: tuple[AddressShown, ...] = ()
    lost: tuple[tuple[str, str, str], ...] = ()
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """The events of one day; what is expected has a heading of its own."""

    heading: str
    entries: tuple[Entry, ...]


def timeline(
    whole: Whole, shelf: Shelf, work: WorkSettings, now: datetime.datetime, *, oldest_first: bool
) -> tuple[Day, ...]:
    """The events day by day, newest first, with what is expected before them; or everything the other way round."""
    excerpted = _excerpted(whole)
    deliveries = {one.id: one for one in whole.deliveries}
    days = [
        Day(
            spelling.day_heading(date, now.date()),
            tuple(
                _entry(
                    one,
                    deliveries.get(one.delivery_id) if one.delivery_id else None,
                    artefact_for(whole, one.evidence, *_MEANT.get(one.type, _WORDS_OF_OTHERS)),
                    excerpted,
                    shelf,
                )
                for one in events
            ),
        )
        for date, events in groupby(whole.events, key=lambda one: one.at.date())
    ]
    future = tuple(_expected(whole, work, now))
    if future:
        days.append(Day("Expected", future))
    return tuple(days) if oldest_first else tuple(Day(one.heading, one.entries[::-1]) for one in reversed(days))


def _excerpted(whole: Whole) -> frozenset[str]:
    """The hashes of the latest words of others that are short enough to be shown in place."""
    told = [one.sha256 for one in whole.artefacts if one.role in _WORDS_OF_OTHERS and one.size <= _LARGEST_EXCERPTED]
    return frozenset(told[-_MOST_EXCERPTS:])


def _entry(
    event: Event,
    delivery: DeliveryView | None,
    artefact: Artefact | None,
    excerpted: frozenset[str],
    shelf: Shelf,
) -> Entry:
    title = wording.event_title(event.type, _effect(event))
    way = wording.way(delivery.channel) if delivery else wording.NO_WAY
    return Entry(
        moment=event.at.isoformat(),
        clock=f"{event.at:%H:%M:%S}",
        title=_titled(title.text, event, way),
        icon=title.icon,
        tone=title.tone,
        axis=title.axis,
        sentence=event.sentence,
        actor="" if event.actor == "gateway" else event.actor,
        file=file_shown(artefact) if artefact else None,
        facts=tuple(_facts(event, delivery)),
        findings=len(_rows(event.data.get("findings"))),
        addresses=tuple(_address(one) for one in _rows(event.data.get("addresses"))),
        lost=tuple(
            (str(one.get("path", "")), str(one.get("value", "")), str(one.get("reason", "")))
            for one in _rows(event.data.get("not_carried"))
        ),
        raw=shelf.excerpt_of(artefact) if artefact and artefact.sha256 in excerpted else "",
    )


def _effect(event: Event) -> Effect | None:
    signal = str(event.data.get("signal") or "")
    return effect_of(signal) if signal else None


def _titled(text: str, event: Event, way: wording.Way) -> str:
    """The title with the way in it; an event about a route names its way at the beginning of its sentence."""
    if way is wording.NO_WAY and "{way}" in text:
        channel = event.sentence.removeprefix("It goes by ").partition(":")[0]
        way = wording.way(channel) if channel != event.sentence else wording.Way("A way", "fork", "the other side")
    return wording.begin(text.format(way=way.name, other=way.other_side))


def _facts(event: Event, delivery: DeliveryView | None) -> Iterator[str]:
    if event.after == _D.RETRY_SCHEDULED.value and event.data.get("attempt"):
        yield f"attempt {event.data['attempt']}, same key"
    if event.after == _D.HANDED_OVER.value and event.before == _D.DISPATCHING.value and delivery is not None:
        # Only where one attempt was ever made: then one call went out, whatever came back.
        yield "sent once" if delivery.attempts == 1 else f"{delivery.attempts} attempts, same key"
    if event.data.get("code") and event.data["code"] != event.data.get("reference"):
        yield f"code {event.data['code']}"


def _rows(value: object) -> Sequence[Mapping[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _address(one: Mapping[str, object]) -> AddressShown:
    words = " ".join(str(one.get(name) or "") for name in ("code", "text")).strip()
    return AddressShown(str(one.get("address", "")), bool(one.get("accepted")), words)


def _expected(whole: Whole, work: WorkSettings, now: datetime.datetime) -> Iterable[Entry]:
    """What a running clock will bring, the nearest first."""
    document = whole.document
    last = whole.deliveries[-1] if whole.deliveries else None
    found: list[tuple[datetime.date, Entry]] = []
    if last is not None and document.headline not in _ENDED:
        found += _by_the_moment(whole, last, work, now)
    if document.deadline is not None:
        found.append((document.deadline, _deadline(whole)))
    is_open = document.payment != Payment.PAID.value and document.headline not in _ENDED
    if document.due_date is not None and document.due_date >= now.date() and is_open:
        found.append((document.due_date, _future(document.due_date, "Payment is due", "", "payment")))
    return [entry for _, entry in sorted(found, key=lambda one: one[0])]


def _by_the_moment(
    whole: Whole, last: DeliveryView, work: WorkSettings, now: datetime.datetime
) -> Iterator[tuple[datetime.date, Entry]]:
    other = wording.way(last.channel).other_side
    if last.state is _D.RETRY_SCHEDULED and last.next_attempt_at is not None:
        sentence = f"Attempt {last.attempts + 1} of {work.retry_attempts}, the same parcel under the same key."
        yield last.next_attempt_at.date(), _future(last.next_attempt_at, "We try again", sentence, "delivery", now)
    silence = {
        ("mail", _D.HANDED_OVER): (last.handed_over_at, work.quiet_mail),
        ("post", _D.IN_TRANSIT): (_posted_at(whole, last), work.quiet_post),
    }.get((last.channel, last.state))
    if silence is not None and silence[0] is not None:
        until = silence[0] + seconds(silence[1])
        sentence = f"If nothing comes back until then: {other} doesn't confirm what reaches the buyer."
        yield until.date(), _future(until, "It counts as delivered", sentence, "delivery", now)


def _posted_at(whole: Whole, last: DeliveryView) -> datetime.datetime | None:
    """When the post last said that it has the letter: the silence is counted from there."""
    posted = ("post.posted", "post.tracked", "post.forwarded")
    said = [one.at for one in whole.events if one.delivery_id == last.id and one.data.get("signal") in posted]
    return said[-1] if said else None


def _deadline(whole: Whole) -> Entry:
    document = whole.document
    assert document.deadline is not None  # noqa: S101 - asked by the caller
    if document.owner in PEOPLE_ON_OUR_SIDE:
        return _future(document.deadline, "The last day to act", document.action, "deadline")
    other = wording.way(document.channel).other_side if document.owner is Owner.PROVIDER else "the other side"
    return _future(
        document.deadline, f"{wording.begin(other)} has answered", "If not, the gateway operator asks.", "delivery"
    )


def _future(at: datetime.date, title: str, sentence: str, axis: str, now: datetime.datetime | None = None) -> Entry:
    """An expected event. at: a moment (with `now`, to tell today's clock from a later day) or a day."""
    clock = spelling.short_day(at).partition(" ")[2]
    if isinstance(at, datetime.datetime) and now is not None and at.date() == now.date():
        clock = f"{at:%H:%M}"
    return Entry(at.isoformat(), clock, title, "clock", "next", f"{axis}, expected", sentence)
