"""Hop 2b: a checked document gets its way and a sealed parcel; the intent to send is committed, nothing leaves.

The recipient's rules decide once (step 0); a fallback takes the next of the ways that were decided then.
"""

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import structlog

from formats.checking import Finding, Severity
from formats.en16931 import Invoice
from formats.en16931.json_form import restored
from gateway.errors import TryAgain, WeMustRepair
from gateway.ids import message_key, row_id
from gateway.lifecycle import Owner, Processing
from gateway.pipeline.house import Extra, House, Packed, Packing
from gateway.pipeline.verdict import as_data
from gateway.store import deliveries, documents, events, file_names, parties
from gateway.store.records import Document, NewArtefact, NewDelivery, Sender
from gateway.store.session import Transaction
from rules.derived import completed, recipient_from
from rules.identity import matching_keys
from rules.recipient import Recipient, Route
from rules.routing import Rule

log = structlog.get_logger()

_MAX_TRIES = 3


Write = Callable[[Transaction], None]


def prepare_waiting(house: House, tenant: uuid.UUID) -> int:
    """Prepare the checked documents of a tenant; returns how many there were. What came of them is written at once."""
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        claimed = documents.claim_checked(transaction, house.work.batch, now, house.lease)
        if len(claimed) == house.work.batch:
            transaction.wake("prepare")
        rules = tuple(msgspec.convert(one, Rule) for one in parties.rules(transaction))
        senders = {one.id: one for one in parties.senders(transaction)}
    writes = [_outcome(house, document, senders[document.sender_id], rules) for document in claimed]
    with house.store.of(tenant) as transaction:
        for write in writes:
            write(transaction)
    return len(claimed)


def _outcome(house: House, document: Document, sender: Sender, rules: tuple[Rule, ...]) -> Write:
    """What is to be written about one document, whatever happened while it was prepared."""
    try:
        return _prepare_one(house, document, sender, rules)
    except WeMustRepair as error:
        return _hold(house, document, str(error), Owner.OPERATOR, "Repair it, then release the document.")
    except TryAgain as error:
        log.warning("a document waits", document=document.public_id, reason=str(error))
    except Exception:
        log.exception("a document could not be prepared", document=document.public_id, tries=document.tries)
        if document.tries >= _MAX_TRIES:
            sentence = "The gateway broke down while preparing it, three times."
            return _hold(house, document, sentence, Owner.OPERATOR, "Look at the log, then release the document.")
    # Its lease runs out, and it is prepared again.
    return lambda _: None


def _hold(house: House, document: Document, sentence: str, owner: Owner, action: str) -> Write:
    def write(transaction: Transaction) -> None:
        documents.stop(
            transaction,
            document.id,
            house.clock.now(),
            processing=Processing.HELD,
            sentence=sentence,
            owner=owner,
            action=action,
        )

    return write


def _prepare_one(house: House, document: Document, sender: Sender, rules: tuple[Rule, ...]) -> Write:
    invoice = restored(house.archive.get(document.tenant, document.canonical_sha256))
    recipient_id, recipient = _recipient_of(house, document.tenant, invoice)
    if document.next_step:
        routes = tuple(msgspec.convert(one, Route) for one in document.routes)
        because = f"fallback: {routes[document.next_step - 1].channel} could not deliver it"
    else:
        decision = house.route(invoice, recipient, rules)
        if decision.route is None:
            action = "Give the recipient an address, or add a rule; then release the document."
            return _hold(house, document, decision.because, Owner.MASTER_DATA, action)
        routes = (decision.route, *decision.fallbacks)
        because = decision.because
    route = routes[document.next_step]
    packer = house.packers.get(route.channel)
    if packer is None:
        sentence = f"The rule chose {route.channel}, which this gateway has no settings for."
        action = "Set the channel up, or change the rule; then release the document."
        return _hold(house, document, sentence, Owner.OPERATOR, action)
    packed = packer(
        Packing(
            invoice=invoice,
            recipient=recipient,
            route=route,
            sender=sender,
            tried=tuple(one.channel for one in routes[: document.next_step]),
            public_id=document.public_id,
            key=message_key(),
            now=house.clock.now(),
            progressive=lambda transmitter: _progressive(house, document.tenant, transmitter),
        )
    )
    if packed.parcel is None:
        return _refuse(house, document, packed.report.fatal, recipient_id)
    return _seal(house, document, packed, _Way(routes, because, recipient_id))


@dataclass(frozen=True, slots=True)
class _Way:
    """How a document goes: the ways that were allowed, why the present one was chosen, and to whom."""

    routes: tuple[Route, ...]
    because: str
    recipient_id: uuid.UUID | None


def _recipient_of(house: House, tenant: uuid.UUID, invoice: Invoice) -> tuple[uuid.UUID | None, Recipient]:
    """The recipient that the strongest key recognises, completed by what the invoice says; or one made of that alone."""
    keys = matching_keys(invoice.buyer, invoice.seller) if invoice.buyer else ()
    with house.store.of(tenant) as transaction:
        found = parties.recipients_with(transaction, keys)
    for key in keys:
        matches = [(known_id, data) for known_id, known_keys, data in found if key in known_keys]
        if len(matches) == 1:
            return matches[0][0], completed(msgspec.convert(matches[0][1], Recipient), invoice)
    return None, recipient_from(invoice)


def _progressive(house: House, tenant: uuid.UUID, transmitter: str) -> int:
    # A transaction of its own: the number is gone for ever once it is committed, whatever happens to the document.
    with house.store.of(tenant) as transaction:
        return file_names.next_progressive(transaction, transmitter)


def _refuse(house: House, document: Document, fatal: Sequence[Finding], recipient_id: uuid.UUID | None) -> Write:
    first = fatal[0]
    more = f" {len(fatal) - 1} more findings." if len(fatal) > 1 else ""

    def write(transaction: Transaction) -> None:
        documents.stop(
            transaction,
            document.id,
            house.clock.now(),
            processing=Processing.INVALID,
            sentence=f"{first.message}{more}",
            owner=Owner.CLERK,
            action=first.fix or "Correct it and send it again.",
            findings=[as_data(one) for one in fatal],
            recipient_id=recipient_id,
        )

    return write


def _seal(house: House, document: Document, packed: Packed, way: _Way) -> Write:
    parcel = packed.parcel
    assert parcel is not None  # noqa: S101 - asked by the caller
    now = house.clock.now()
    delivery_id = row_id(now)
    channel = way.routes[document.next_step].channel
    sealed = house.archive.put(document.tenant, parcel.content)
    artefacts = [
        _artefact(
            document, delivery_id, now, Extra("sealed", parcel.file_name, parcel.media_type, parcel.content), sealed
        )
    ]
    artefacts += [
        _artefact(document, delivery_id, now, extra, house.archive.put(document.tenant, extra.content))
        for extra in packed.extras
    ]

    def write(transaction: Transaction) -> None:
        documents.mark_ready(
            transaction,
            document.id,
            now,
            channel=channel,
            because=way.because,
            recipient_id=way.recipient_id,
            routes=[msgspec.to_builtins(one) for one in way.routes],
            data=_said_while_packing(packed),
            evidence=sealed,
        )
        delivery = NewDelivery(
            id=delivery_id,
            document_id=document.id,
            step=deliveries.steps_taken(transaction, document.id),
            channel=channel,
            format=packed.format,
            because=way.because,
            key=parcel.key,
            parcel_sha256=sealed,
            parcel_media_type=parcel.media_type,
            file_name=parcel.file_name,
            address=parcel.address,
            details=parcel.details,
            destination=house.channels[channel].destination(parcel),
        )
        deliveries.add(transaction, [delivery], now)
        events.keep(transaction, artefacts, now)
        transaction.wake(f"dispatch.{channel}")

    return write


def _artefact(
    document: Document, delivery_id: uuid.UUID, now: datetime.datetime, extra: Extra, sha256: str
) -> NewArtefact:
    return NewArtefact(
        id=row_id(now),
        sha256=sha256,
        size=len(extra.content),
        media_type=extra.media_type,
        file_name=extra.file_name,
        role=extra.role,
        submission_id=document.submission_id,
        document_id=document.id,
        delivery_id=delivery_id,
    )


def _said_while_packing(packed: Packed) -> dict[str, object]:
    said = [as_data(one) for one in packed.report.findings if one.severity is not Severity.FATAL]
    return {
        "checked": [f"{one.name} {one.version}" for one in packed.report.applied],
        "findings": said,
        "not_carried": [{"path": one.path, "value": one.value, "reason": one.reason} for one in packed.not_carried],
    }
