"""Hop 3: parcels leave the house. The only hop that talks to the world, so the only one with retry.

The intent is committed before the first byte leaves (`deliveries.claim_due`), the answer right after it came. What a
worker that died had in its hands comes back when its lease runs out: a channel whose receiver recognises a repeat by
its key gets the same parcel again; for any other the outcome is unknown until the other side or a person tells.
"""

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from channels.contract import Channel, Misconfigured, OutcomeUnknown, Parcel, Receipt, Refused, Unavailable
from gateway.pipeline.house import House
from gateway.pipeline.outcome import Outcome, write_outcome
from gateway.store import breakers, deliveries, documents
from gateway.store.records import Delivery

log = structlog.get_logger()

# How many answers of a channel that recognises repeats may wait to be written together.
_ANSWERS = 10


@dataclass(frozen=True, slots=True)
class _Claim:
    """A batch that is in our hands. interrupted: a worker died with it, so bytes may have arrived."""

    deliveries: tuple[Delivery, ...]
    interrupted: bool


def dispatch_waiting(house: House, tenant: uuid.UUID, channel_name: str) -> int:
    """Send what is due over one channel for a tenant; returns how many deliveries were tried."""
    channel = house.channels[channel_name]
    claim = _claim(house, tenant, channel)
    answered: list[Outcome] = []
    for position, delivery in enumerate(claim.deliveries):
        outcome = _settle(house, channel, delivery) if claim.interrupted else _send(house, channel, delivery)
        answered.append(outcome)
        rest = claim.deliveries[position + 1 :]
        stopped = outcome.destination_failed
        if stopped or len(answered) >= _ANSWERS or not rest:
            _write(house, tenant, answered, rest)
            answered = []
        if stopped and rest:
            # The others may go elsewhere; they are claimed again without those of a resting destination.
            _give_back(house, tenant, rest)
            return position + 1
    return len(claim.deliveries)


def _claim(house: House, tenant: uuid.UUID, channel: Channel) -> _Claim:
    """Take a batch. A parcel whose repeat would be delivered twice is taken alone: a crash leaves one in doubt."""
    limit = house.work.batch if channel.recognises_repeats else 1
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        resting = breakers.resting(transaction, channel.name, now)
        lost = deliveries.claim_interrupted(transaction, channel.name, limit, now, house.lease)
        if lost:
            transaction.wake(f"dispatch.{channel.name}")
            return _Claim(lost, interrupted=True)
        due = deliveries.claim_due(transaction, channel.name, limit, now, house.lease, resting=resting)
        if len(due) == limit:
            transaction.wake(f"dispatch.{channel.name}")
        return _Claim(due, interrupted=False)


def _write(house: House, tenant: uuid.UUID, outcomes: Sequence[Outcome], rest: Sequence[Delivery]) -> None:
    now = house.clock.now()
    hashes = iter(house.archive.put_all(tenant, [one.proof for one in outcomes if one.proof]))
    proofs = [next(hashes) if one.proof else None for one in outcomes]
    with house.store.of(tenant) as transaction:
        documents.hold(transaction, [one.delivery.document_id for one in outcomes])
        for outcome, proof in zip(outcomes, proofs, strict=True):
            write_outcome(house, transaction, outcome, proof, now)
        deliveries.renew(transaction, [one.id for one in rest], now + house.lease)
    _tell_breakers(house, tenant, outcomes)


def _give_back(house: House, tenant: uuid.UUID, rest: Sequence[Delivery]) -> None:
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        deliveries.give_back(transaction, [one.id for one in rest], now)
        transaction.wake(f"dispatch.{rest[0].channel}")


def _tell_breakers(house: House, tenant: uuid.UUID, outcomes: Sequence[Outcome]) -> None:
    """Count failures a destination. Only what the destination itself did counts: a refusal is an answer."""
    now = house.clock.now()
    last = {one.delivery.destination: one for one in outcomes}
    with house.store.of(tenant) as transaction:
        for destination, outcome in last.items():
            channel = outcome.delivery.channel
            known = breakers.known(transaction, channel, destination)
            if outcome.destination_failed:
                told = house.breaker_policy.after_failure(known, now)
                breakers.keep(transaction, channel, destination, told, outcome.text)
            elif known.failures:
                breakers.keep(transaction, channel, destination, house.breaker_policy.after_success(), "")


def _parcel(house: House, delivery: Delivery) -> Parcel:
    return Parcel(
        key=delivery.key,
        content=house.archive.get(delivery.tenant, delivery.parcel_sha256),
        media_type=delivery.parcel_media_type,
        file_name=delivery.file_name,
        address=delivery.address,
        details=delivery.details,
    )


def _send(house: House, channel: Channel, delivery: Delivery) -> Outcome:
    """Hand one parcel over."""
    return _answer(house, delivery, lambda: channel.send(_parcel(house, delivery)))


def _settle(house: House, channel: Channel, delivery: Delivery) -> Outcome:
    """What became of a parcel that a dead worker had in its hands.

    Where the receiver recognises a repeat, the same bytes go again under the same key. Elsewhere the other side is
    asked; where it cannot tell, a person decides.
    """
    if channel.recognises_repeats:
        return _send(house, channel, delivery)

    def ask() -> Receipt:
        parcel = _parcel(house, delivery)
        found = channel.ask(parcel, delivery.reference)
        return found if found is not None else channel.send(parcel)

    return _answer(house, delivery, ask)


def _answer(house: House, delivery: Delivery, call: Callable[[], Receipt]) -> Outcome:
    """The outcome of a call to the world, by the families of failure."""
    now = house.clock.now()
    try:
        receipt = call()
    except Refused as error:
        return Outcome(
            delivery, error.signal, error.text, code=error.code, proof=error.proof, addresses=error.addresses
        )
    except Misconfigured as error:
        return Outcome(delivery, "gateway.parked", error.text, code=error.code, proof=error.proof, holds=True)
    except OutcomeUnknown as error:
        return _unknown(house, delivery, error, now)
    except Unavailable as error:
        return _later(house, delivery, error, now)
    except Exception as error:
        # A channel that breaks may have sent something: nobody sends it again without looking.
        log.exception("a channel broke", channel=delivery.channel, delivery=str(delivery.id))
        return Outcome(
            delivery, "gateway.unknown", f"The channel broke: {type(error).__name__}", code="GW-CHANNEL-BROKE"
        )
    return Outcome(
        delivery,
        receipt.signal,
        receipt.text,
        code=receipt.reference,
        reference=receipt.reference,
        proof=receipt.proof,
        proof_media_type=receipt.proof_media_type,
        addresses=receipt.addresses,
    )


def _unknown(house: House, delivery: Delivery, error: OutcomeUnknown, now: datetime.datetime) -> Outcome:
    """Bytes may have arrived: the same parcel goes again only to a receiver that recognises it."""
    if house.channels[delivery.channel].recognises_repeats:
        return _later(house, delivery, error, now)
    return Outcome(delivery, "gateway.unknown", error.text, code=error.code, proof=error.proof, destination_failed=True)


def _later(house: House, delivery: Delivery, error: Unavailable, now: datetime.datetime) -> Outcome:
    again = house.backoff.next_attempt(delivery.attempts, now, house.chance, error.retry_after)
    if again is None:
        text = f"{error.text} ({delivery.attempts} attempts)"
        signal = "gateway.unknown" if isinstance(error, OutcomeUnknown) else "gateway.parked"
        return Outcome(delivery, signal, text, code=error.code, proof=error.proof, destination_failed=not error.beyond)
    return Outcome(
        delivery,
        "",
        error.text,
        code=error.code,
        proof=error.proof,
        again=again,
        destination_failed=not error.beyond,
    )
