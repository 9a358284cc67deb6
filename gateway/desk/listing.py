"""The list of documents: what is looked for stands in its address, so that a pasted link shows a colleague the same."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from gateway.api.cursors import read_cursor, write_cursor
from gateway.desk import spelling, wording
from gateway.desk.room import Desk
from gateway.desk.visitors import Visitor
from gateway.desk.wording import AT_THE_SENDER, OWNERS, STATUS, Status, Way
from gateway.lifecycle import PEOPLE_ON_OUR_SIDE, Headline, Owner
from gateway.store import log
from gateway.store.log import Page, Search
from gateway.store.records import DocumentView

ROWS: Final = 50
MOST_COUNTED: Final = 10_000
_LONGEST: Final = 200
_BY_SLUG: Final[Mapping[str, Headline]] = {status.slug: headline for headline, status in STATUS.items()}
_TABS: Final = (
    ("", "Everything"),
    ("action", "Action needed"),
    ("progress", "In progress"),
    ("delivered", "Delivered"),
    ("accepted", "Accepted"),
    ("refused", "Refused"),
    ("cancelled", "Cancelled"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of the list asks for; texts as they were given.

    q:       number, document id, name, or what the other side calls it
    since, until:  days of arrival (UTC), both included
    after:   where the page before ended
    """

    q: str = ""
    status: str = ""
    recipient: str = ""
    channel: str = ""
    since: str = ""
    until: str = ""
    after: str = ""

    def having(self, **changes: str) -> str:
        """The query of the same list with changes, on its first page."""
        changed = replace(self, **{"after": "", **changes})
        given = {name: getattr(changed, name) for name in self.__slots__}
        return urlencode({name: value for name, value in given.items() if value})

    @property
    def narrowed(self) -> bool:
        """Whether anything beside the text of the search is asked for."""
        return bool(self.status or self.recipient or self.channel or self.since or self.until)


@dataclass(frozen=True, slots=True)
class Tab:
    """A status to look at. count: how many there are, "" where nobody counted."""

    name: str
    query: str
    is_here: bool
    count: str


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds. query: the list without it."""

    name: str
    value: str
    query: str


@dataclass(frozen=True, slots=True)
class Row:
    """One document in the list: facts first, soft detail below. source: its seller; the file, of what is unreadable."""

    public_id: str
    number: str
    source: str
    buyer: str
    country: str
    status: Status
    headline: str
    now: str
    who: str
    is_pressing: bool
    way: Way
    amount: str
    changed: str
    changed_at: datetime.datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """The list as it is shown. found: how many, in words; opens: the one document that a key hit exactly."""

    asked: Asked
    rows: tuple[Row, ...]
    found: str
    tabs: tuple[Tab, ...]
    chips: tuple[Chip, ...]
    problems: tuple[str, ...]
    channels: tuple[tuple[str, str], ...]
    next_query: str
    opens: str


def listing(desk: Desk, who: Visitor, asked: Asked) -> Listing:
    """The documents that were asked for."""
    wanted, problems = _search(asked)
    now = desk.rooms.house.clock.now()
    with desk.rooms.house.store.of(who.tenant) as transaction:
        page = log.search(transaction, wanted)
        found = log.count(transaction, wanted, MOST_COUNTED + 1)
        pressing = replace(wanted, headline=Headline.ACTION_NEEDED.value)
        needed = found if pressing == wanted else log.count(transaction, pressing, MOST_COUNTED + 1)
    return Listing(
        asked=asked,
        rows=tuple(_row(one, now) for one in page.documents),
        found=_counted(found),
        tabs=_tabs(asked, found, needed),
        chips=_chips(asked),
        problems=problems,
        channels=tuple((name, wording.way(name).name) for name in sorted(desk.rooms.house.channels)),
        next_query=asked.having(after=write_cursor(page.next) or "") if page.next else "",
        opens=_hit(asked, page),
    )


def _search(asked: Asked) -> tuple[Search, tuple[str, ...]]:
    """What the store looks for, and what of the address nobody understood."""
    problems: list[str] = []
    headline = _BY_SLUG.get(asked.status)
    if asked.status and headline is None:
        problems.append(f"There is no status “{asked.status}”; documents of every status are shown.")
    wanted = Search(
        text=asked.q,
        headline=headline.value if headline else "",
        channel=asked.channel,
        recipient=asked.recipient,
        received_from=_day(asked.since, problems),
        received_to=_day(asked.until, problems),
        after=read_cursor(asked.after),
        limit=ROWS,
    )
    return wanted, tuple(problems)


def _day(text: str, problems: list[str]) -> datetime.date | None:
    if not text:
        return None
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        problems.append(f"“{text}” is not a date like 2026-11-30; it is left out.")
        return None
    if not 1900 <= day.year <= 9000:
        problems.append(f"The year of “{text}” is out of reach; it is left out.")
        return None
    return day


def _counted(number: int) -> str:
    return f"more than {MOST_COUNTED:,}" if number > MOST_COUNTED else f"{number:,}"


def _tabs(asked: Asked, found: int, needed: int) -> tuple[Tab, ...]:
    counts = {"action": _counted(needed), asked.status: _counted(found)}
    return tuple(
        Tab(name, asked.having(status=slug), slug == asked.status, counts.get(slug, "")) for slug, name in _TABS
    )


def _chips(asked: Asked) -> tuple[Chip, ...]:
    shown = (
        ("q", "Looked for", asked.q),
        ("recipient", "Buyer", asked.recipient),
        ("channel", "Way", wording.way(asked.channel).name if asked.channel else ""),
        ("since", "From", asked.since),
        ("until", "Until", asked.until),
    )
    return tuple(Chip(name, value, asked.having(**{field: ""})) for field, name, value in shown if value)


def _hit(asked: Asked, page: Page) -> str:
    """The id of the one document that was found by a key of its own, "" where a name or a part of a number was given.

    What matched neither a name nor the beginning of a number was found by an id, the whole number, the whole
    name of the file that it came as, or a key of a delivery: the search looks in nothing else.
    """
    text = asked.q.strip().lower()
    if not text or asked.narrowed or asked.after or len(page.documents) != 1:
        return ""
    (only,) = page.documents
    number = (only.number or "").lower()
    is_part = text in (only.buyer_name or "").lower() or text in (only.seller_name or "").lower()
    return "" if is_part or (number.startswith(text) and number != text) else only.public_id


def _row(one: DocumentView, now: datetime.datetime) -> Row:
    is_pressing = one.owner in PEOPLE_ON_OUR_SIDE
    return Row(
        public_id=one.public_id,
        number=one.number or one.public_id,
        source=one.seller_name or one.file_name,
        buyer=one.buyer_name or "",
        country=spelling.country(one.buyer_country),
        status=STATUS[Headline(one.headline)],
        headline=one.headline,
        now=one.action or ("Nothing to do" if _is_over(one) else one.sentence),
        who=_who(one, now),
        is_pressing=is_pressing,
        way=wording.way(one.channel),
        amount=spelling.amount(one.amount_due, one.currency),
        changed=spelling.changed(one.changed_at, now),
        changed_at=one.changed_at,
    )


def _is_over(one: DocumentView) -> bool:
    return one.owner is Owner.NOBODY and one.headline != Headline.IN_PROGRESS


def _who(one: DocumentView, now: datetime.datetime) -> str:
    """Who acts and until when, on one line; where nobody does, what happened last."""
    if one.owner in (Owner.NOBODY, Owner.GATEWAY):
        return one.sentence if _is_over(one) and not one.action else ""
    other_side = wording.begin(wording.way(one.channel).other_side)
    role = other_side if one.owner is Owner.PROVIDER else OWNERS[one.owner]
    if one.deadline is not None:
        verb = "until" if one.owner not in PEOPLE_ON_OUR_SIDE else "by"
        late = f", {spelling.days_left(one.deadline, now.date())}" if one.deadline < now.date() else ""
        return f"{role}, {verb} {spelling.short_day(one.deadline)}{late}"
    return f"{role}, no legal date" if one.owner in AT_THE_SENDER or one.owner is Owner.OPERATOR else role


def asked_of(query: Mapping[str, str]) -> Asked:
    """What the address asks for; a part that is too long is cut."""
    return Asked(**{name: query.get(name, "").replace("\0", "").strip()[:_LONGEST] for name in Asked.__slots__})
