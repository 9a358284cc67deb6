"""A letter under the eyes of the print house: can it be printed, and what will happen to it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zlib import crc32

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from simulators.pace import Pace
from simulators.script import Step
from simulators.ticket import Piece

A4 = (595.28, 841.89)
TOLERANCE = 2.0
UNKNOWN, MOVED, UNREPORTED, TWICE = "99999", "99998", "99997", "99996"
"""Postcodes with a fate: unknown address, moved, no report at all, posted twice."""
SPOILED_OF_A_HUNDRED = 1


@dataclass(frozen=True)
class Event:
    """One line of a status file, still without its id."""

    piece: str
    event: str
    reason: str | None = None
    detail: str | None = None
    new_address: str | None = None
    tracking: str | None = None


@dataclass(frozen=True)
class Refusal:
    """Why one letter is not printed: a reason of the common list, and the house's own words."""

    reason: str
    detail: str


def refuse(piece: Piece, folder: Path, now: datetime) -> Refusal | None:
    """None: the letter can be printed."""
    if piece.expires_at is not None and piece.expires_at <= now:
        return Refusal("expired", f"not to be printed after {piece.expires_at.isoformat()}")
    if not (piece.name and piece.town and piece.postcode):
        return Refusal("address_incomplete", "name, postcode and town are needed")
    try:
        reader = PdfReader(folder / piece.file)
        if reader.is_encrypted:
            return Refusal("unreadable", "the PDF is encrypted")
        sizes = [(float(page.mediabox.width), float(page.mediabox.height)) for page in reader.pages]
    except (PyPdfError, OSError, ValueError, KeyError) as error:
        return Refusal("unreadable", f"no PDF that can be read: {error}")
    last = piece.first_page + piece.pages - 1
    if len(sizes) < last:
        return Refusal("other", f"the ticket speaks of page {last}, the PDF has {len(sizes)}")
    for page, size in enumerate(sizes[piece.first_page - 1 : last], piece.first_page):
        if any(abs(side - wanted) > TOLERANCE for side, wanted in zip(size, A4, strict=True)):
            return Refusal("not_a4", f"page {page} is {size[0]:.0f} by {size[1]:.0f} points")
    return None


def fate(piece: Piece, steps: tuple[Step, ...], pace: Pace, day: datetime) -> Iterator[tuple[datetime, Event]]:
    """What happens to an accepted letter, and when; `day`: the first moment at which it may be posted."""
    moment = day - timedelta(seconds=pace.printed + pace.posted)
    for step in steps or tuple(_usual(piece)):
        moment += timedelta(seconds=_lasts(pace, step))
        forwarded = "Nuova Via 1, 99998 Elsewhere" if step.code == "moved_new_address" else None
        is_tracked = step.say in ("posted", "delivered") and piece.registered
        yield (
            moment,
            Event(
                piece=piece.key,
                event=step.say,
                reason=step.code or None,
                detail=step.text or None,
                new_address=forwarded or (step.text if step.say == "forwarded" else None),
                tracking=f"RR{crc32(piece.key.encode()):09d}XX" if is_tracked else None,
            ),
        )
        if step.say == "printed":
            yield moment, Event(piece.key, "inserted")


def _usual(piece: Piece) -> Iterator[Step]:
    if piece.postcode == UNREPORTED:
        return
    if crc32(piece.key.encode()) % 100 < SPOILED_OF_A_HUNDRED:
        yield Step("spoiled", text="printed again")
    yield Step("printed")
    yield Step("posted")
    if piece.postcode == TWICE:
        yield Step("posted", text="posted a second time", after=0.0)
    elif piece.postcode == UNKNOWN:
        yield Step("returned", code="address_unknown")
    elif piece.postcode == MOVED:
        is_forwarded = piece.handling == "forward_and_report"
        yield Step("forwarded" if is_forwarded else "returned", code="moved_new_address")
    elif piece.registered and piece.proof_of_delivery:
        yield Step("delivered", text="signed for at the door")


def _lasts(pace: Pace, step: Step) -> float:
    if step.after is not None:
        return step.after
    if step.say == "printed":
        return pace.printed
    if step.say == "posted":
        return pace.posted
    return 0.0 if step.say == "spoiled" else pace.returned
