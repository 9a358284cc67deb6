"""Hop 2b: a checked document gets its way and a sealed parcel; the intent to send is committed, nothing leaves.

Which way, says `ways`.
"""

import datetime
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import msgspec
import structlog

from formats.checking import Finding, Severity
from gateway.errors import ArchiveRefused, SettingWrong, TryAgain, WeMustRepair
from gateway.ids import message_key, row_id
from gateway.lifecycle import Owner, Processing
from gateway.pipeline.addressing import Addressed, Unaddressed, Untouchable, addressed
from gateway.pipeline.house import Extra, House, Packed, Packing
from gateway.pipeline.verdict import as_data
from gateway.pipeline.ways import Way, corrected, decide, first_way, next_way
from gateway.retry import MOST_TRIES
from gateway.store import deliveries, documents, events, file_names, parties
from gateway.store.records import Document, NewArtefact, NewDelivery, Ready, Sender, Stopped
from gateway.store.session import Transaction
from rules.routing import Decision, Rule

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A document that is packed, with everything that is to be kept."""

    document: Document
    packed: Packed
    way: Way
    recipient_id: uuid.UUID | None
    destination: str

    @property
    def kept(self) -> tuple[Extra, ...]:
        """The sealed bytes first, then what was made on the way to them."""
        parcel = self.packed.parcel
        assert parcel is not None  # noqa: S101 - what has no parcel is stopped, not sealed
        return (Extra("sealed", parcel.file_name, parcel.media_type, parcel.content), *self.packed.extras)


@dataclass(slots=True)
class _Batch:
    """What came of a batch: packed, stopped, waiting for better times, or (in no list) for its lease to run out."""

    sealed: list[_Sealed] = field(default_factory=list)
    stopped: list[tuple[Document, Stopped]] = field(default_factory=list)
    waiting: list[Document] = field(default_factory=list)

    @property
    def documents(self) -> list[Document]:
        """Those of which something is to be written."""
        return [one.document for one in self.sealed] + [document for document, _ in self.stopped]


def prepare_waiting(house: House, tenant: uuid.UUID) -> int:
    """Prepare the checked documents of a tenant; returns how many there were. What came of them is written together."""
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        claimed = documents.claim_checked(transaction, house.work.batch, now, house.lease)
        if len(claimed) == house.work.batch or any(one.tries > 1 for one in claimed):
            transaction.wake("prepare")
        rules = tuple(msgspec.convert(one, Rule) for one in parties.rules(transaction))
        senders = {one.id: one for one in parties.senders(transaction)}
    batch, begun = _Batch(), house.clock.elapsed()
    for position, one in enumerate(addressed(house, tenant, claimed), 1):
        _prepare(house, one, senders[one.document.sender_id], rules, batch)
        if house.clock.elapsed() - begun > house.lease / 3:
            # Long before the lease of the others runs out, and another worker begins with them as well.
            _write(house, tenant, batch, claimed[position:])
            batch, begun = _Batch(), house.clock.elapsed()
    _write(house, tenant, batch)
    return len(claimed)


def _prepare(
    house: House, one: Addressed | Unaddressed, sender: Sender, rules: tuple[Rule, ...], batch: _Batch
) -> None:
    """One document goes where it belongs in the batch, whatever happens while it is prepared."""
    document = one.document
    try:
        came_of_it = _prepare_one(house, one, sender, rules)
    except Untouchable:
        came_of_it = _given_up(document)
    except (TryAgain, ArchiveRefused) as error:
        log.warning("a document waits", document=document.public_id, reason=str(error))
        batch.waiting.append(document)
        return
    except WeMustRepair as error:
        came_of_it = _held(document, str(error), Owner.OPERATOR, "Repair it, then release the document.")
    except Exception:
        log.exception("a document could not be prepared", document=document.public_id, tries=document.tries)
        if document.tries < MOST_TRIES:
            return
        came_of_it = _given_up(document)
    if isinstance(came_of_it, _Sealed):
        batch.sealed.append(came_of_it)
    else:
        batch.stopped.append((document, came_of_it))


def _given_up(document: Document) -> Stopped:
    sentence = "The gateway broke down while preparing it, three times."
    return _held(document, sentence, Owner.OPERATOR, "Look at the log, then release the document.")


def _held(document: Document, sentence: str, owner: Owner, action: str) -> Stopped:
    return Stopped(document.id, Processing.HELD, sentence, owner, action)


def _prepare_one(
    house: House, one: Addressed | Unaddressed, sender: Sender, rules: tuple[Rule, ...]
) -> _Sealed | Stopped:
    if isinstance(one, Unaddressed):
        raise one.trouble
    recipient = one.addressee.recipient
    if one.document.next_step:
        return _fall_back(house, one, sender, lambda: decide(house, one.invoice, recipient, rules, sender))
    decision = decide(house, one.invoice, recipient, rules, sender)
    way = first_way(decision)
    if way is None:
        action = "Give the recipient an address, or add a rule; then release the document."
        return _held(one.document, decision.because, Owner.MASTER_DATA, action)
    return _pack(house, one, sender, way)


def _fall_back(house: House, one: Addressed, sender: Sender, today: Callable[[], Decision]) -> _Sealed | Stopped:
    """By the next of the ways that were decided; where that can't be gone, by what the rules say today."""
    way = next_way(one.document)
    try:
        if way.route.channel in house.packers:
            return _pack(house, one, sender, way)
    except SettingWrong:
        if corrected(way, today()) is None:
            raise
    return _pack(house, one, sender, corrected(way, today()) or way)


def _pack(house: House, one: Addressed, sender: Sender, way: Way) -> _Sealed | Stopped:
    """The parcel for one way. Raises WeMustRepair, as SettingWrong where the way orders what nobody can pack."""
    document, channel = one.document, way.route.channel
    packer = house.packers.get(channel)
    if packer is None:
        sentence = f"The rule chose {channel}, which this gateway has no settings for."
        action = "Set the channel up, or change the rule; then release the document."
        return _held(document, sentence, Owner.OPERATOR, action)
    packed = packer(
        Packing(
            invoice=one.invoice,
            recipient=one.addressee.recipient,
            route=way.route,
            sender=sender,
            tried=way.tried,
            public_id=document.public_id,
            key=message_key(),
            now=house.clock.now(),
            progressive=lambda transmitter: _progressive(house, document.tenant, transmitter),
        )
    )
    if packed.parcel is None:
        return _refused(document, packed.report.fatal, one.addressee.id)
    destination = house.channels[channel].destination(packed.parcel)
    return _Sealed(document, packed, way, one.addressee.id, destination)


def _progressive(house: House, tenant: uuid.UUID, transmitter: str) -> int:
    # A transaction of its own: the number is gone for ever once it is committed, whatever happens to the document.
    with house.store.of(tenant) as transaction:
        return file_names.next_progressive(transaction, transmitter)


def _refused(document: Document, fatal: Sequence[Finding], recipient_id: uuid.UUID | None) -> Stopped:
    first = fatal[0]
    more = f" {len(fatal) - 1} more findings." if len(fatal) > 1 else ""
    return Stopped(
        document.id,
        Processing.INVALID,
        f"{first.message}{more}",
        Owner.CLERK,
        first.fix or "Correct it and send it again.",
        findings=tuple(as_data(one) for one in fatal),
        recipient_id=recipient_id,
    )


def _write(house: House, tenant: uuid.UUID, batch: _Batch, rest: Sequence[Document] = ()) -> None:
    """Write down what came of a batch: the intent to send, with its stable key, before a byte leaves.

    rest: documents that are still in our hands, which are held longer
    """
    try:
        kept = house.archive.put_all(tenant, [one.content for sealed in batch.sealed for one in sealed.kept])
    except (TryAgain, ArchiveRefused) as error:
        log.warning("documents wait", count=len(batch.documents), reason=str(error))
        batch, kept = _Batch(waiting=batch.waiting + batch.documents), ()
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        documents.give_back(transaction, [one.id for one in batch.waiting], now + house.backoff.first)
        documents.renew(transaction, [one.id for one in rest], now + house.lease)
        _write_down(house, transaction, batch, iter(kept))


def _write_down(house: House, transaction: Transaction, batch: _Batch, hashes: Iterator[str]) -> None:
    now = house.clock.now()
    ours = documents.still_to_prepare(transaction, batch.documents)
    steps = deliveries.steps_taken(transaction, [one.document.id for one in batch.sealed])
    made, ready, artefacts = [], [], []
    for sealed in batch.sealed:
        kept = [(extra, next(hashes)) for extra in sealed.kept]
        if sealed.document.id not in ours:
            continue
        delivery = _delivery(sealed, kept[0][1], steps.get(sealed.document.id, 0), now)
        made.append(delivery)
        ready.append(_ready(sealed, delivery))
        artefacts += [_artefact(delivery, sealed.document.submission_id, extra, one, now) for extra, one in kept]
    deliveries.add(transaction, made, now)
    documents.mark_ready(transaction, ready, now)
    for document, stopped in batch.stopped:
        if document.id in ours:
            documents.stop(transaction, stopped, now)
    events.keep(transaction, artefacts, now)
    for channel in {one.channel for one in made}:
        transaction.wake(f"dispatch.{channel}")


def _delivery(sealed: _Sealed, sha256: str, step: int, now: datetime.datetime) -> NewDelivery:
    parcel = sealed.packed.parcel
    assert parcel is not None  # noqa: S101 - what has no parcel is stopped, not sealed
    return NewDelivery(
        id=row_id(now),
        document_id=sealed.document.id,
        step=step,
        channel=sealed.way.route.channel,
        format=sealed.packed.format,
        because=sealed.way.because,
        key=parcel.key,
        parcel_sha256=sha256,
        parcel_media_type=parcel.media_type,
        file_name=parcel.file_name,
        address=parcel.address,
        details=parcel.details,
        destination=sealed.destination,
    )


def _ready(sealed: _Sealed, delivery: NewDelivery) -> Ready:
    return Ready(
        document_id=sealed.document.id,
        channel=delivery.channel,
        because=sealed.way.because,
        recipient_id=sealed.recipient_id,
        routes=tuple(msgspec.to_builtins(one) for one in sealed.way.routes),
        data=_said_while_packing(sealed.packed),
        evidence=delivery.parcel_sha256,
    )


def _artefact(
    delivery: NewDelivery, submission_id: uuid.UUID, extra: Extra, sha256: str, now: datetime.datetime
) -> NewArtefact:
    return NewArtefact(
        id=row_id(now),
        sha256=sha256,
        size=len(extra.content),
        media_type=extra.media_type,
        file_name=extra.file_name,
        role=extra.role,
        submission_id=submission_id,
        document_id=delivery.document_id,
        delivery_id=delivery.id,
    )


def _said_while_packing(packed: Packed) -> dict[str, object]:
    said = [as_data(one) for one in packed.report.findings if one.severity is not Severity.FATAL]
    return {
        "checked": [f"{one.name} {one.version}" for one in packed.report.applied],
        "findings": said,
        "not_carried": [{"path": one.path, "value": one.value, "reason": one.reason} for one in packed.not_carried],
    }
