"""What is known about a document beside its timeline: findings, deliveries, files, and what proves a delivery."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from gateway.desk import spelling, wording
from gateway.desk.raw_text import Shelf, place_in
from gateway.desk.wording import Said, Way
from gateway.lifecycle import DeliveryState, Response
from gateway.signals import effect_of
from gateway.store.log import Whole
from gateway.store.records import Artefact, DeliveryView, Event

_D = DeliveryState
_DELIVERED: Final = (_D.DELIVERED, _D.DELIVERED_UNCONFIRMED)
_MOST_FINDINGS: Final = 100
# Larger files are proven by their download; a page does not read them through.
_MOST_READ: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class FindingShown:
    """A finding: what is wrong, where in the sender's file, what to do. href: the line in the file, or ""."""

    severity: Said
    message: str
    fix: str
    where: str
    href: str
    term: str
    id: str


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings that are shown, the heaviest first, and how many more there are."""

    shown: tuple[FindingShown, ...]
    more: int
    fatal: int


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """One way that was taken. facts: (name, value) of its keys and addresses."""

    way: Way
    state: Said
    because: str
    text: str
    attempts: str
    handed_over: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file in the archive. title: what it is to the document; name: as its maker called it."""

    title: str
    name: str
    what: str
    icon: str
    size: str
    short_hash: str
    sha256: str


@dataclass(frozen=True, slots=True)
class ProofShown:
    """One row of evidence: what it proves, by which bytes, whose word it is, and what was checked."""

    proves: str
    file: FileShown
    whose: str
    checked: Said


# Files whose names the gateway made: what they are says more.
_NAMED_BY_US: Final = frozenset({"canonical", "answer", "notice", "receipt"})
_WEIGHT: Final[Mapping[str, int]] = {"fatal": 0, "warning": 1, "information": 2}


def findings_of(whole: Whole) -> Findings:
    """The findings of a document, each with its place in the sender's file."""
    source = next((one for one in whole.artefacts if one.role == "source"), None)
    found = sorted(whole.document.findings, key=lambda one: _WEIGHT.get(str(one.get("severity")), 3))
    shown = tuple(_finding(one, source) for one in found[:_MOST_FINDINGS])
    fatal = sum(one.get("severity") == "fatal" for one in found)
    return Findings(shown, len(found) - len(shown), fatal)


def _finding(one: Mapping[str, object], source: Artefact | None) -> FindingShown:
    where = str(one.get("where") or "")
    place = place_in(where)
    href = ""
    if source is not None and place is not None:
        line, column = place
        query = {"line": line, **({"column": column} if column else {})}
        href = f"text/{source.sha256}?{urlencode(query)}#L{line}"
    return FindingShown(
        severity=wording.SEVERITIES.get(str(one.get("severity")), Said("Finding")),
        message=str(one.get("message") or ""),
        fix=str(one.get("fix") or ""),
        where=where,
        href=href,
        term=str(one.get("term") or ""),
        id=str(one.get("id") or ""),
    )


def deliveries_of(whole: Whole) -> tuple[DeliveryShown, ...]:
    """The ways that were taken, the latest first."""
    return tuple(_delivery(one) for one in reversed(whole.deliveries))


def _delivery(one: DeliveryView) -> DeliveryShown:
    named = (
        ("Our key", one.key),
        ("Their number", one.reference),
        ("File name", one.file_name),
        ("Format", one.format),
        *((f"Address, {name.replace('_', ' ')}", str(value)) for name, value in sorted(one.address.items())),
    )
    return DeliveryShown(
        way=wording.way(one.channel),
        state=wording.DELIVERY[one.state],
        because=one.because,
        text=one.text,
        attempts=spelling.count(one.attempts, "attempt") if one.attempts else "not tried yet",
        handed_over=f"{one.handed_over_at:%Y-%m-%d %H:%M:%S}" if one.handed_over_at else "",
        facts=tuple((name, value) for name, value in named if value),
    )


def file_shown(one: Artefact) -> FileShown:
    """A file in the list of files."""
    what, icon = wording.ARTEFACTS.get(one.role, (one.role, "sheet"))
    is_named_by_us = one.role in _NAMED_BY_US
    return FileShown(
        title=what.partition(",")[0].capitalize() if is_named_by_us else one.file_name or what.capitalize(),
        name=one.file_name or one.role,
        what=what,
        icon=icon,
        size=spelling.size(one.size),
        short_hash=spelling.hash_in_short(one.sha256),
        sha256=one.sha256,
    )


def files_of(whole: Whole) -> tuple[FileShown, ...]:
    """The files of a document on their way through the house, the same bytes in the same role once."""
    once = {(one.role, one.sha256): one for one in whole.artefacts}
    order = tuple(wording.ARTEFACTS)
    came = sorted(once.values(), key=lambda one: order.index(one.role) if one.role in order else len(order))
    return tuple(file_shown(one) for one in came)


def is_delivered(whole: Whole) -> bool:
    """Whether it is delivered, so that something has to prove it."""
    return whole.document.delivery in _DELIVERED


def proofs_of(whole: Whole, shelf: Shelf) -> tuple[ProofShown, ...]:
    """What proves the delivery, the strongest first; nothing for a document that is not delivered."""
    if not is_delivered(whole):
        return ()
    rows: dict[tuple[str, str], ProofShown] = {}
    for artefact, proves, whose in _told(whole):
        if artefact is not None:
            row = ProofShown(proves, file_shown(artefact), whose, _checked(artefact, shelf))
            rows.setdefault((artefact.sha256, proves), row)
    return tuple(rows.values())


def artefact_for(whole: Whole, sha256: str | None, *roles: str) -> Artefact | None:
    """The artefact with this hash; of several, because the same bytes came and went, the one in the first role."""
    found = [one for one in whole.artefacts if one.sha256 == sha256]
    return min(found, key=lambda one: roles.index(one.role) if one.role in roles else len(roles), default=None)


def _told(whole: Whole) -> Iterator[tuple[Artefact | None, str, str]]:
    """(file, what it proves, whose word it is), the strongest first; the same may be told of again."""
    document = whole.document
    best = next(one for one in reversed(whole.deliveries) if one.state is document.delivery)
    other = wording.way(best.channel).other_side
    own = [one for one in whole.events if one.delivery_id == best.id and one.evidence]
    for event in own:
        if _response_in(event) in (Response.ACCEPTED, Response.DEEMED_ACCEPTED):
            yield artefact_for(whole, event.evidence, "notice", "answer"), "The buyer's answer", other
    for event in own:
        if event.after == best.state.value:
            reached = "The buyer has it" if best.state is _D.DELIVERED else "It reached the buyer's side"
            yield artefact_for(whole, event.evidence, "notice", "answer"), reached, other
    for event in own:
        if event.after in (_D.HANDED_OVER.value, _D.IN_TRANSIT.value):
            yield artefact_for(whole, event.evidence, "answer", "notice"), wording.begin(f"{other} has it"), other
    yield artefact_for(whole, best.parcel_sha256, "sealed"), "What we sent", "this gateway"
    yield (
        artefact_for(whole, whole.submission.sha256, "source"),
        "What the sender gave us",
        document.seller_name or "the sender",
    )


def _response_in(event: Event) -> Response | None:
    signal = str(event.data.get("signal") or "")
    return effect_of(signal).response if signal else None


def _checked(artefact: Artefact, shelf: Shelf) -> Said:
    """What looking at the bytes said: the archive hands them out only where they still have their hash."""
    if artefact.size > _MOST_READ:
        return Said("not read here")
    return Said("unchanged", "good") if shelf.bytes_of(artefact) is not None else Said("could not be read", "bad")
