"""Bytes at a door become a submission: archived first, written down in one transaction, answered after its commit."""

import uuid
from dataclasses import dataclass
from typing import Protocol

from gateway.clock import Clock
from gateway.errors import KeyReused, TooLarge
from gateway.ids import row_id
from gateway.store import events, submissions
from gateway.store.records import Happening, NewArtefact
from gateway.store.session import Store
from gateway.store.submissions import Arrival, Intake, Taken


class Archive(Protocol):
    """Where bytes are kept by their hash, apart by tenant."""

    def put(self, tenant: uuid.UUID, content: bytes) -> str:
        """Keep bytes; returns their SHA-256 once they are durable."""
        ...

    def get(self, tenant: uuid.UUID, sha256: str) -> bytes:
        """The bytes with this hash, verified."""
        ...


@dataclass(frozen=True, slots=True)
class Door:
    """What receiving needs of the rooms around it. max_bytes: of one file."""

    store: Store
    archive: Archive
    clock: Clock
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file or call as it stands at a door."""

    tenant: uuid.UUID
    sender_id: uuid.UUID
    door: str
    file_name: str
    content: bytes
    media_type: str = "application/octet-stream"
    idempotency_key: str | None = None


def receive(door: Door, incoming: Incoming) -> Intake:
    """Take an arrival in; safe to repeat. Raises TooLarge, and KeyReused for a known key with other content."""
    if len(incoming.content) > door.max_bytes:
        raise TooLarge(door.max_bytes)
    now = door.clock.now()
    sha256 = door.archive.put(incoming.tenant, incoming.content)
    arrival = Arrival(
        id=row_id(now),
        sender_id=incoming.sender_id,
        door=incoming.door,
        file_name=incoming.file_name,
        sha256=sha256,
        size=len(incoming.content),
        idempotency_key=incoming.idempotency_key,
    )
    with door.store.of(incoming.tenant) as transaction:
        intake = submissions.take_in(transaction, arrival, now)
        if intake.taken is Taken.KEY_CONFLICT:
            raise KeyReused(incoming.idempotency_key or "")
        if intake.taken in (Taken.ACCEPTED, Taken.SAME_BYTES):
            source = NewArtefact(
                id=row_id(now),
                sha256=sha256,
                size=arrival.size,
                media_type=incoming.media_type,
                file_name=incoming.file_name,
                role="source",
                submission_id=intake.submission_id,
            )
            events.keep(transaction, [source], now)
            events.record(transaction, [_happening(incoming, intake, sha256)], now)
    return intake


def _happening(incoming: Incoming, intake: Intake, sha256: str) -> Happening:
    way = {"sftp": "over SFTP", "api": "over the API"}.get(incoming.door, f"at the door {incoming.door}")
    is_new = intake.taken is Taken.ACCEPTED
    repeated = "" if is_new else " These bytes were received before; nothing is sent again."
    return Happening(
        "submission.received" if is_new else "submission.duplicate",
        f"{incoming.file_name} arrived {way}.{repeated}",
        submission_id=intake.submission_id,
        data={"original": str(intake.original_id)} if intake.original_id else {},
        evidence=sha256,
    )
