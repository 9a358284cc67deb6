"""Hop 3: parcels leave the house. The only hop that talks to the world, so the only one with retry.

The intent is committed before the first byte leaves (`sending.claim_due`), the answer right after it came. A worker
that lives renews its leases (`holding`). What one that died had in its hands comes back when its lease runs out: a
channel whose receiver recognises a repeat by its key gets the same parcel again; for any other the outcome is unknown
until the other side or a person tells.
"""

import datetime
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from channels.contract import Channel, Misconfigured, OutcomeUnknown, Parcel, Receipt, Refused, Unavailable
from gateway.errors import ArchiveRefused, TryAgain, WeMustRepair
from gateway.pipeline.holding import Hands, held
from gateway.pipeline.house import House
from gateway.pipeline.outcome import Outcome, write_outcome
from gateway.retry import MOST_TRIES
from gateway.store import breakers, events, locks, sending
from gateway.store.records import Delivery, Happening, Interrupted
from gateway.store.session import Transaction

log = structlog.get_logger()

# How many answers of a channel that recognises repeats may wait to be written together.
_ANSWERS = 10
_INTERRUPTED = "delivery.interrupted"


@dataclass(frozen=True, slots=True)
class _Claim:
    """What is in our hands: a batch that is due, or one delivery that a worker had when he was lost.

    deaths: how many workers were lost over that one
    """

    due: tuple[Delivery, ...] = ()
    lost: Delivery | None = None
    deaths: int = 0


def dispatch_waiting(house: House, tenant: uuid.UUID, channel_name: str) -> int:
    """Send what is due over one channel for a tenant; returns how many deliveries were tried."""
    channel = house.channels[channel_name]
    claim = _claim(house, tenant, channel)
    if claim.lost is not None:
        with held(house, tenant, [claim.lost.id]) as hands:
            _write(house, tenant, [_settle(house, channel, claim.lost, claim.deaths)], hands)
        return 1
    with held(house, tenant, [one.id for one in claim.due]) as hands:
        return _dispatch(house, tenant, channel, claim.due, hands)


def _dispatch(house: House, tenant: uuid.UUID, channel: Channel, due: Sequence[Delivery], hands: Hands) -> int:
    """Send a batch, until it is empty or its destination fails; returns how many were tried."""
    answered: list[Outcome] = []
    for position, delivery in enumerate(due, 1):
        outcome = _send(house, channel, delivery)
        answered.append(outcome)
        rest = due[position:]
        stopped = outcome.destination_failed
        if stopped or len(answered) >= _ANSWERS or not rest:
            _write(house, tenant, answered, hands)
            answered = []
        if stopped and rest:
            # The others may go elsewhere; they are claimed again without those of a resting destination.
            _give_back(house, tenant, rest, hands)
            return position
    return len(due)


def _claim(house: House, tenant: uuid.UUID, channel: Channel) -> _Claim:
    """Take a batch. A parcel whose repeat would be delivered twice is taken alone: a crash leaves one in doubt."""
    limit = house.work.batch if channel.recognises_repeats else 1
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        lost = sending.claim_interrupted(transaction, channel.name, now, house.lease)
        if lost is not None:
            transaction.wake(f"dispatch.{channel.name}")
            return _Claim(lost=lost.delivery, deaths=_count_deaths(transaction, lost, now))
        resting = breakers.resting(transaction, channel.name, now)
        due = sending.claim_due(transaction, channel.name, limit, now, house.lease, resting=resting)
        if len(due) == limit:
            transaction.wake(f"dispatch.{channel.name}")
        return _Claim(due)


def _count_deaths(transaction: Transaction, lost: Interrupted, now: datetime.datetime) -> int:
    """How many workers were lost over this delivery, with this one, which goes into the log."""
    delivery = lost.delivery
    before = events.count(transaction, delivery.document_id, delivery.id, _INTERRUPTED)
    if lost.is_asked_again:
        return before
    happening = Happening(
        _INTERRUPTED,
        "The worker that was sending it was lost; what became of it is looked into.",
        document_id=delivery.document_id,
        delivery_id=delivery.id,
        axis="delivery",
        before=delivery.state.value,
    )
    events.record(transaction, [happening], now)
    return before + 1


def _write(house: House, tenant: uuid.UUID, outcomes: Sequence[Outcome], hands: Hands) -> None:
    hands.let_go(one.delivery.id for one in outcomes)
    now = house.clock.now()
    proofs = _archived(house, tenant, outcomes)
    with house.store.of(tenant) as transaction:
        locks.hold(transaction, [one.delivery.document_id for one in outcomes])
        for outcome, proof in zip(outcomes, proofs, strict=True):
            write_outcome(house, transaction, outcome, proof, now)
    _tell_breakers(house, tenant, outcomes)


def _archived(house: House, tenant: uuid.UUID, outcomes: Sequence[Outcome]) -> list[str | None]:
    """The hashes of the raw answers. None where there is none, or the archive is away: then the event keeps the answer.

    What is known of a parcel is written down in any case: forgetting it would leave it in doubt.
    """
    try:
        hashes = iter(house.archive.put_all(tenant, [one.proof for one in outcomes if one.proof]))
    except (TryAgain, ArchiveRefused) as error:
        log.warning("answers are kept in the log alone", count=len(outcomes), reason=str(error))
        return [None] * len(outcomes)
    return [next(hashes) if one.proof else None for one in outcomes]


def _give_back(house: House, tenant: uuid.UUID, rest: Sequence[Delivery], hands: Hands) -> None:
    hands.let_go(one.id for one in rest)
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        sending.give_back(transaction, [one.id for one in rest], now)
        transaction.wake(f"dispatch.{rest[0].channel}")


def _tell_breakers(house: House, tenant: uuid.UUID, outcomes: Sequence[Outcome]) -> None:
    """Count failures a destination. Only what the destination itself did counts: a refusal is an answer."""
    now = house.clock.now()
    last = {one.delivery.destination: one for one in outcomes}
    with house.store.of(tenant) as transaction:
        for destination, outcome in sorted(last.items(), key=lambda one: one[0]):
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
    try:
        parcel = _parcel(house, delivery)
    except (TryAgain, ArchiveRefused) as error:
        # Nothing left, and no attempt is used up for it.
        again = house.clock.now() + house.backoff.first
        return Outcome(delivery, "", str(error), code=error.code, again=again)
    except WeMustRepair as error:
        return Outcome(delivery, "gateway.parked", str(error), code=error.code, holds=True)
    return _answer(house, delivery, lambda: channel.send(parcel))


def _settle(house: House, channel: Channel, delivery: Delivery, deaths: int) -> Outcome:
    """What became of a parcel that a lost worker had in its hands.

    Where the receiver recognises a repeat, the same bytes go again under the same key. Elsewhere the other side is
    asked; where it cannot tell, a person decides. What loses one worker after the other is left to a person as well.
    """
    if deaths >= MOST_TRIES:
        text = f"{deaths} workers were lost over it, one after the other"
        return Outcome(delivery, "gateway.unknown", text, code="GW-WORKER-LOST")
    if channel.recognises_repeats:
        return _send(house, channel, delivery)
    parcel = _parcel(house, delivery)
    try:
        found = channel.ask(parcel, delivery.reference)
    except OutcomeUnknown as error:
        return Outcome(delivery, "gateway.unknown", error.text, code=error.code, proof=error.proof)
    except Unavailable as error:
        return _ask_later(house, delivery, error)
    except Exception as error:
        # Whatever is wrong, the parcel may be there: it is never put back among those that are simply sent.
        log.exception("a channel cannot be asked", channel=delivery.channel, delivery=str(delivery.id))
        return Outcome(delivery, "gateway.unknown", f"It cannot be asked: {error}", code="GW-CHANNEL-BROKE")
    return _handed_over(delivery, found) if found is not None else _send(house, channel, delivery)


def _ask_later(house: House, delivery: Delivery, error: Unavailable) -> Outcome:
    again = house.backoff.next_attempt(delivery.attempts, house.clock.now(), house.chance, error.retry_after)
    signal = "gateway.unknown" if again is None else ""
    return Outcome(
        delivery,
        signal,
        error.text,
        code=error.code,
        proof=error.proof,
        again=again,
        in_doubt=True,
        destination_failed=not error.beyond,
    )


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
    return _handed_over(delivery, receipt)


def _handed_over(delivery: Delivery, receipt: Receipt) -> Outcome:
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
