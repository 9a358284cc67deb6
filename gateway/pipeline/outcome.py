"""What came of a delivery is written down: its state, the document's axes, the event, the proof, the next way.

Dispatch writes answers with it, absorb and timers write what was said later: one road for every signal.
"""

import base64
import datetime
from dataclasses import dataclass

from channels.contract import AddressResult
from gateway.ids import row_id
from gateway.lifecycle import DeliveryState, Owner, Processing
from gateway.pipeline.house import House
from gateway.signals import SIGNALS, UNKNOWN_SIGNAL, Effect, effect_of
from gateway.store import deliveries, documents, events, folding, locks, sending
from gateway.store.records import Delivery, Happening, NewArtefact, Stopped
from gateway.store.session import Transaction
from rules.recipient import channel_words

_D = DeliveryState
# Ends that the next way may mend: nobody could be reached there. A refused content would be refused again.
_NEXT_WAY = frozenset({_D.UNDELIVERABLE})
# Ends behind which a mere word of the other side (a letter was spoiled and printed again) is no news any more.
_CLOSED = frozenset({_D.DELIVERED, _D.REJECTED, _D.UNDELIVERABLE, _D.FALLBACK_STARTED, _D.CANCELLED})
_BEFORE_ALL = datetime.datetime.min.replace(tzinfo=datetime.UTC)
_NOTHING = Effect("")
# Channels whose receivers confirm within the time that their network promises (Peppol: MLS).
_CONFIRM = frozenset({"peppol"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a signal said about one delivery.

    signal:  a row of the lifecycle table; "" where the delivery is tried again at `again`
    in_doubt: at `again` the other side is asked about it; it is not simply sent, because it may be there
    holds:   a precondition of ours failed: the document is held, not rejected
    destination_failed: the destination itself did not answer, which its circuit breaker counts
    """

    delivery: Delivery
    signal: str
    text: str
    code: str = ""
    reference: str = ""
    proof: bytes = b""
    proof_media_type: str = "application/octet-stream"
    proof_role: str = "answer"
    addresses: tuple[AddressResult, ...] = ()
    again: datetime.datetime | None = None
    in_doubt: bool = False
    holds: bool = False
    destination_failed: bool = False
    said_at: datetime.datetime | None = None


def write_outcome(
    house: House, transaction: Transaction, outcome: Outcome, proof: str | None, now: datetime.datetime
) -> None:
    """Move the delivery, fold the document, record the event. proof: hash of the raw answer in the archive.

    The order in which signals come does not matter: what was known better before is recorded, and changes nothing.
    """
    delivery = outcome.delivery
    locks.hold(transaction, [delivery.document_id])
    if proof:
        _keep_proof(transaction, outcome, proof, now)
    before = deliveries.lock(transaction, delivery.id).state
    if outcome.again is not None:
        _schedule(transaction, outcome, before, proof, now)
        return
    effect = effect_of(outcome.signal)
    sentence = effect.sentence.format(text=outcome.text.rstrip("."), code=outcome.code)
    is_older = effect.delivery in (None, before) and _is_older(transaction, outcome)
    moved = effect.delivery is not None and not is_older and _move(house, transaction, outcome, effect, now)
    raised = folding.raise_axes(transaction, delivery.document_id, effect)
    late = effect.delivery not in (None, before) and not moved
    events.record(transaction, [_happening(outcome, effect, sentence, (before, moved, late), proof)], now)
    is_word = effect is UNKNOWN_SIGNAL or (effect.delivery is None and before not in _CLOSED and not is_older)
    is_news = not late and (moved or raised or is_word)
    if not is_news or folding.delivered_otherwise(transaction, delivery.document_id, delivery.id):
        folding.refold(transaction, delivery.document_id, now)
        return
    folding.tell(transaction, delivery.document_id, effect, sentence, now)
    if outcome.holds and moved:
        held = Stopped(delivery.document_id, Processing.HELD, sentence, Owner.OPERATOR, effect.action)
        documents.stop(transaction, held, now)
    if moved and effect.delivery in _NEXT_WAY:
        _start_next_way(transaction, delivery, now)


def _is_older(transaction: Transaction, outcome: Outcome) -> bool:
    """Whether this was said before the signal that last brought the delivery to where it is (printed, then posted)."""
    known = events.last_said(transaction, outcome.delivery.document_id, outcome.delivery.id)
    return known is not None and _said(outcome.said_at, outcome.signal) < _said(*known)


def _said(at: datetime.datetime | None, signal: str) -> tuple[datetime.datetime, int]:
    """When something was said; what is said at the same moment counts in the order of the table of signals.

    What has no time of its own is our own hand-over: it comes before everything that the other side says later.
    """
    order = list(SIGNALS)
    return at or _BEFORE_ALL, order.index(signal) if signal in SIGNALS else len(order)


def _keep_proof(transaction: Transaction, outcome: Outcome, proof: str, now: datetime.datetime) -> None:
    artefact = NewArtefact(
        id=row_id(now),
        sha256=proof,
        size=len(outcome.proof),
        media_type=outcome.proof_media_type,
        file_name=f"{outcome.signal or 'answer'}-{now:%Y%m%dT%H%M%S}",
        role=outcome.proof_role,
        document_id=outcome.delivery.document_id,
        delivery_id=outcome.delivery.id,
    )
    events.keep(transaction, [artefact], now)


def _schedule(
    transaction: Transaction, outcome: Outcome, before: DeliveryState, proof: str | None, now: datetime.datetime
) -> None:
    delivery, again = outcome.delivery, outcome.again
    assert again is not None  # noqa: S101 - asked by the caller
    if outcome.in_doubt and before is _D.DISPATCHING:
        sending.ask_again(transaction, delivery.id, again)
    elif outcome.in_doubt or not deliveries.move(
        transaction, delivery.id, _D.RETRY_SCHEDULED, now, text=outcome.text, next_attempt_at=again
    ):
        # A notice was faster than our own answer: it is there, and nothing is to be tried again.
        known = _happening(outcome, _NOTHING, outcome.text, (before, False, True), proof)
        events.record(transaction, [known], now)
        return
    said = outcome.text.rstrip(".")
    sentence = f"{_begun(said)}. We try again at {again:%H:%M:%S} UTC. Attempt {delivery.attempts}."
    waiting = Effect(sentence, _D.RETRY_SCHEDULED, owner=Owner.GATEWAY)
    folding.tell(transaction, delivery.document_id, waiting, sentence, now)
    happening = Happening(
        "delivery.retry_scheduled",
        sentence,
        document_id=delivery.document_id,
        delivery_id=delivery.id,
        axis="delivery",
        before=before.value,
        after="" if outcome.in_doubt else _D.RETRY_SCHEDULED.value,
        data={"code": outcome.code, "attempt": delivery.attempts, "next_attempt_at": again.isoformat()},
        evidence=proof,
    )
    events.record(transaction, [happening], now)


def _begun(words: str) -> str:
    """The same words at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def _move(house: House, transaction: Transaction, outcome: Outcome, effect: Effect, now: datetime.datetime) -> bool:
    target = effect.delivery
    assert target is not None  # noqa: S101 - asked by the caller
    channel = outcome.delivery.channel
    return deliveries.move(
        transaction,
        outcome.delivery.id,
        target,
        now,
        text=outcome.text,
        reference=outcome.reference,
        quiet_at=_quiet_at(house, channel, outcome.signal, now),
        late_at=now + datetime.timedelta(seconds=house.work.late_notice)
        if target is _D.HANDED_OVER and channel in _CONFIRM
        else None,
    )


def _quiet_at(house: House, channel: str, signal: str, now: datetime.datetime) -> datetime.datetime | None:
    """When silence begins to mean "delivered, as far as anybody can tell": after the mail, or the posted letter."""
    if signal == "mail.250":
        return now + datetime.timedelta(seconds=house.work.quiet_mail)
    if channel == "post" and signal in ("post.posted", "post.tracked", "post.forwarded"):
        return now + datetime.timedelta(seconds=house.work.quiet_post)
    return None


def _happening(
    outcome: Outcome,
    effect: Effect,
    sentence: str,
    course: tuple[DeliveryState, bool, bool],
    proof: str | None,
) -> Happening:
    before, moved, late = course
    after = effect.delivery.value if effect.delivery and moved else ""
    data: dict[str, object] = {"signal": outcome.signal, "code": outcome.code, "text": outcome.text}
    if outcome.reference:
        data["reference"] = outcome.reference
    if outcome.said_at:
        data["said_at"] = outcome.said_at.isoformat()
    if outcome.addresses:
        data["addresses"] = [
            {"address": one.address, "accepted": one.accepted, "code": one.code, "text": one.text}
            for one in outcome.addresses
        ]
    if outcome.proof and not proof:
        data["answer"] = base64.b64encode(outcome.proof).decode()
    if late:
        sentence = f"{sentence} It changes nothing, because the delivery is already {before.value.replace('_', ' ')}."
    return Happening(
        f"delivery.{after}" if after else f"delivery.{'late_signal' if late else 'note'}",
        sentence,
        document_id=outcome.delivery.document_id,
        delivery_id=outcome.delivery.id,
        axis="delivery",
        before=before.value,
        after=after,
        data=data,
        evidence=proof,
    )


def _start_next_way(transaction: Transaction, delivery: Delivery, now: datetime.datetime) -> None:
    """The next of the ways that the rule allowed, where there is one."""
    step = documents.next_way(transaction, delivery.document_id)
    if step is None:
        return
    deliveries.move(transaction, delivery.id, _D.FALLBACK_STARTED, now, text="The next way was started.")
    happening = Happening(
        "delivery.fallback",
        f"{_begun(channel_words([delivery.channel]))} could not deliver it; the next way is started.",
        document_id=delivery.document_id,
        delivery_id=delivery.id,
        axis="delivery",
        before=_D.UNDELIVERABLE.value,
        after=_D.FALLBACK_STARTED.value,
    )
    events.record(transaction, [happening], now)
    documents.prepare_again(transaction, delivery.document_id, now, step=step)
