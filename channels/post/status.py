"""Status files of the print house, version 1: each event becomes a notice.

The files are foreign: what can't be read becomes a notice too, for a person to look at, and never stops the others.
"""

import datetime
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from channels.contract import Notice
from channels.post.reasons import ABOUT_THE_ADDRESS, REASONS, SIGNALS

JSON: Final = "application/json"
_NAME: Final = re.compile(r"(B-[A-Za-z0-9-]{8,64})\.([A-Za-z0-9._-]{0,100}\.)?status\.json")
_LONGEST_TEXT: Final = 500
# What msgspec raises for foreign bytes: a text that is not UTF-8 is no error of its own.
_UNREADABLE: Final = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


@dataclass(frozen=True, slots=True)
class StatusFile:
    """A status file as it lies at the house; `is_cut` where it is larger than we read."""

    name: str
    content: bytes
    is_cut: bool = False


class _Event(msgspec.Struct, frozen=True):
    """One line of the file. piece is None where the event is about the whole batch."""

    id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    event: str
    piece: str | None = None
    at: str | None = None
    reason: str | None = None
    detail: str | None = None
    tracking: str | None = None
    new_address: str | None = None


class _Status(msgspec.Struct, frozen=True):
    status_version: str
    batch: str
    events: list[msgspec.Raw]
    sequence: int = 0


def batch_in(name: str) -> str:
    """The batch of which a status file speaks, by its name; "" where this is the name of something else."""
    found = _NAME.fullmatch(name)
    return found[1] if found else ""


def notices(batch: str, parcel_key: str, files: Iterable[StatusFile]) -> Iterator[Notice]:
    """What the files of one batch say, in the order of their sequence numbers.

    parcel_key: the letter of this batch
    """
    read = [(_read(file, batch), file) for file in files]
    read.sort(key=lambda pair: (pair[0].sequence if isinstance(pair[0], _Status) else 0, pair[1].name))
    for status, file in read:
        if isinstance(status, str):
            yield _unreadable(batch, parcel_key, file, file.content, status)
        else:
            for raw in status.events:
                yield _notice(batch, parcel_key, file, bytes(raw))


def _read(file: StatusFile, batch: str) -> _Status | str:
    """The file, or why it can't be read."""
    if file.is_cut:
        return f"the status file {file.name} is larger than `largest_status`"
    try:
        status = msgspec.json.decode(file.content, type=_Status)
    except _UNREADABLE as error:
        return f"the status file {file.name} can't be read: {error}"
    if status.status_version != "1":
        return f"the status file {file.name} has version {status.status_version[:20]}, and we read version 1"
    if status.batch != batch:
        return f"the status file {file.name} speaks of batch {status.batch[:80]}"
    return status


def _notice(batch: str, parcel_key: str, file: StatusFile, raw: bytes) -> Notice:
    try:
        event = msgspec.json.decode(raw, type=_Event)
    except _UNREADABLE as error:
        return _unreadable(batch, parcel_key, file, raw, f"an event in {file.name} can't be read: {error}")
    is_ours = event.piece in (None, parcel_key)
    return Notice(
        # Ids of events are the house's own count; the batch makes them unique for ever.
        key=f"{batch}/{event.id}",
        parcel_key=parcel_key if is_ours else _short(event.piece or ""),
        # A letter that is not in this batch is not to be found by the batch.
        reference=batch if is_ours else "",
        signal=_signal(event),
        said_at=_moment(event.at),
        code=_short(event.reason or event.event),
        text=_text(event),
        raw=file.content,
        raw_media_type=JSON,
        file_name=file.name,
    )


def _signal(event: _Event) -> str:
    if event.event == "rejected" and event.reason == "duplicate":
        # It speaks of the repeat: the letter itself was taken, and is on its way.
        return "post.accepted"
    if event.event == "rejected" and event.reason in ABOUT_THE_ADDRESS:
        return "post.rejected.address"
    if event.event == "delivered" and not event.tracking:
        # Nobody scanned it: an estimate is no proof.
        return "post.tracked"
    return SIGNALS.get(event.event, "post.unknown")


def _text(event: _Event) -> str:
    reason = REASONS.get(event.reason or "", (event.reason or "").replace("_", " "))
    if event.event == "forwarded" and event.new_address:
        reason = event.new_address
    said = [part for part in (reason, event.detail) if part]
    if event.tracking:
        said.append(f"tracking number {event.tracking}")
    return _short(": ".join(said) or event.event.replace("_", " "))


def _moment(text: str | None) -> datetime.datetime | None:
    try:
        moment = datetime.datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.astimezone(datetime.UTC) if moment.tzinfo else None


def _unreadable(batch: str, parcel_key: str, file: StatusFile, raw: bytes, text: str) -> Notice:
    digest = hashlib.sha256(raw).hexdigest()[:16]
    return Notice(
        key=f"{batch}/{file.name}/{digest}",
        parcel_key=parcel_key,
        reference=batch,
        signal="post.unreadable",
        said_at=None,
        code="",
        text=_short(text),
        raw=file.content,
        raw_media_type=JSON,
        file_name=file.name,
    )


def _short(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_LONGEST_TEXT].strip()
