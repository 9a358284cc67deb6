"""Hop 4: what the other side says later. The raw notice is safe before anybody is told that we have it.

Notices are pushed to us (SDI) or collected (access point, print house); both end in `absorb`. The same notice twice
changes nothing, one about nothing we sent is kept for a person.
"""

import datetime
import itertools
import uuid
from collections.abc import Iterable, Sequence

import structlog

from channels.contract import ChannelFailure, Notice
from gateway.errors import GatewayError
from gateway.pipeline.house import House
from gateway.pipeline.outcome import Outcome, write_outcome
from gateway.signals import signal_about
from gateway.store import deliveries, locks, notices
from gateway.store.records import Delivery

log = structlog.get_logger()


def collect_notices(house: House, tenant: uuid.UUID, channel_name: str) -> int:
    """Ask a channel about the deliveries of a tenant that still wait for an answer; returns how many were new."""
    channel = house.channels[channel_name]
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        asked_before = now - datetime.timedelta(seconds=house.work.collect_every)
        waiting = deliveries.awaiting(transaction, channel_name, house.work.batch, asked_before, now)
        if len(waiting) == house.work.batch:
            transaction.wake(f"collect.{channel_name}")
    if not waiting:
        return 0
    said: list[Notice] = []
    try:
        said.extend(channel.collect(waiting))
    except ChannelFailure as error:
        # Asked again at the next turn.
        log.warning("notices could not be collected", channel=channel_name, code=error.code, text=error.text)
    return _absorb_collected(house, tenant, channel_name, said)


def _absorb_collected(house: House, tenant: uuid.UUID, channel_name: str, said: Sequence[Notice]) -> int:
    """Take notices that can be asked for again; one that breaks us must not hide the others."""
    try:
        return _absorb(house, tenant, channel_name, said)
    except GatewayError:
        # The surroundings are at fault (the database, the archive): they would be for each one alone, too.
        raise
    except Exception:
        if len(said) > 1:
            return sum(_absorb_collected(house, tenant, channel_name, [one]) for one in said)
        log.exception("a notice could not be taken", channel=channel_name, keys=[one.key for one in said])
        return 0


def absorb(house: House, channel_name: str, pushed: Iterable[Notice]) -> int:
    """Take notices that were pushed to us, whoever of our tenants they belong to; returns how many were new.

    Comes back only when all of them are durable: then the other side may be told so.
    """
    new = 0
    for notice in pushed:
        with house.store.across() as transaction:
            tenant = deliveries.owner_of(transaction, channel_name, notice.parcel_key, notice.reference)
        if tenant is None:
            _keep_stray(house, channel_name, notice)
        else:
            new += _absorb(house, tenant, channel_name, [notice])
    return new


def _keep_stray(house: House, channel_name: str, notice: Notice) -> None:
    log.warning("a notice speaks of nothing we sent", channel=channel_name, reference=notice.reference)
    with house.store.across() as transaction:
        notices.keep_stray(
            transaction,
            channel=channel_name,
            key=notice.key,
            reference=notice.reference,
            file_name=notice.file_name,
            signal=notice.signal,
            raw=notice.raw,
            now=house.clock.now(),
        )


def _names_another(delivery: Delivery, notice: Notice) -> bool:
    """Whether the other side speaks of another parcel with our key than the one it took: a repeat of it."""
    return bool(notice.reference and delivery.reference and notice.reference != delivery.reference)


def _absorb(house: House, tenant: uuid.UUID, channel_name: str, said: Sequence[Notice]) -> int:
    """Fold notices into their deliveries, all of them at once; returns how many were new."""
    now = house.clock.now()
    raw = house.archive.put_all(tenant, [one.raw for one in said])
    with house.store.of(tenant) as transaction:
        known = deliveries.spoken_of(transaction, channel_name, [(one.parcel_key, one.reference) for one in said])
        locks.hold(transaction, sorted({one.document_id for one in known if one}))
        ours = [(notice, sha256, one) for notice, sha256, one in zip(said, raw, known, strict=True) if one is not None]
        are_new = notices.take(transaction, channel_name, [_taken(*one) for one in ours], now)
        for notice, sha256, delivery in itertools.compress(ours, are_new):
            write_outcome(house, transaction, _outcome(delivery, notice), sha256, now)
    for notice, about in zip(said, known, strict=True):
        if about is None:
            _keep_stray(house, channel_name, notice)
    return sum(are_new)


def _taken(notice: Notice, sha256: str, delivery: Delivery) -> notices.Said:
    return notices.Said(notice.key, notice.signal, notice.reference, delivery.id, sha256)


def _outcome(delivery: Delivery, notice: Notice) -> Outcome:
    signal = signal_about(notice.signal, is_about_a_repeat=_names_another(delivery, notice))
    text, code = notice.text, notice.code
    if notice.sha256 and notice.sha256 != delivery.parcel_sha256:
        # What is said of other bytes proves nothing about ours: neither that they arrived, nor that they did not.
        text = f"its SHA-256 is {notice.sha256}, and ours {delivery.parcel_sha256}"
        signal, code = "gateway.other_content", notice.signal
    return Outcome(
        delivery,
        signal,
        text,
        code=code,
        reference=notice.reference,
        proof=notice.raw,
        proof_media_type=notice.raw_media_type,
        proof_role="notice",
        said_at=notice.said_at,
    )
