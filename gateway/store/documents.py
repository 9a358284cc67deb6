"""Documents: written down after reading, claimed for preparing, folded after each move."""

import datetime
import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select

from gateway.ids import read_public_id
from gateway.lifecycle import (
    Axes,
    DeliveryState,
    Effect,
    Legal,
    Owner,
    Payment,
    Processing,
    Response,
    best_of,
    headline,
    later_legal,
    later_response,
)
from gateway.store import events, leases
from gateway.store.additions import add_all
from gateway.store.deliveries import deliveries_of
from gateway.store.records import Document, Happening, NewDocument, Ready, Stopped
from gateway.store.session import Transaction
from gateway.store.tables import DocumentRow

# A document in one of these states leaves its number free: a corrected version may take it.
_NUMBER_IS_FREE = frozenset(
    {
        Processing.DUPLICATE.value,
        Processing.SUPERSEDED.value,
        Processing.CANCELLED.value,
        Processing.INVALID.value,
        Processing.QUARANTINED.value,
    }
)
# A delivery that ended like this was never accepted by anybody: the corrected invoice keeps its number (SDI: NS).
_MAY_BE_CORRECTED = frozenset({DeliveryState.REJECTED.value, DeliveryState.CANCELLED.value})
# Within this time somebody looks at a document that the gateway itself keeps back.
_LOOKED_AT = datetime.timedelta(days=1)


def originals(transaction: Transaction, identities: Iterable[str]) -> dict[str, tuple[uuid.UUID, bool]]:
    """The living documents with these identities: (id, whether a corrected version may replace it)."""
    wanted = [one for one in identities if one]
    if not wanted:
        return {}
    rows = transaction.session.exec(
        select(DocumentRow.identity, DocumentRow.id, DocumentRow.delivery).where(
            DocumentRow.tenant == transaction.tenant,
            col(DocumentRow.identity).in_(wanted),
            col(DocumentRow.processing).not_in(_NUMBER_IS_FREE),
        )
    )
    return {identity: (found, delivery in _MAY_BE_CORRECTED) for identity, found, delivery in rows if identity}


class TakenMeanwhile(Exception):
    """Another transaction wrote the same invoice, or the same place in the file, between our look and our insert."""


def add(transaction: Transaction, documents: Sequence[NewDocument], now: datetime.datetime) -> None:
    """Write documents down as reading made them, each with its events. Raises TakenMeanwhile."""
    if not documents:
        return
    try:
        add_all(transaction.session, DocumentRow, [_row(transaction, one, now) for one in documents])
    except IntegrityError as error:
        raise TakenMeanwhile(str(error.orig)) from error
    events.record(transaction, (happening for one in documents for happening in _first_events(one)), now)


def _row(transaction: Transaction, one: NewDocument, now: datetime.datetime) -> dict[str, object]:
    return {
        "tenant": transaction.tenant,
        "id": one.id,
        "public_id": one.public_id,
        "submission_id": one.submission_id,
        "sender_id": one.sender_id,
        "position": one.position,
        "identity": one.identity,
        "canonical_sha256": one.canonical_sha256,
        "profile": one.profile,
        "rule_set": one.rule_set,
        "processing": one.processing.value,
        "headline": headline(Axes(one.processing, owner=one.owner)).value,
        "sentence": one.sentence,
        "action": one.action,
        "owner": one.owner.value,
        "findings": [dict(finding) for finding in one.findings],
        "original_id": one.original_id,
        "received_at": now,
        "changed_at": now,
        **one.head,
    }


def _first_events(one: NewDocument) -> Iterable[Happening]:
    yield Happening(
        "document.received",
        "The document arrived." if not one.where else f"The document arrived: {one.where}.",
        submission_id=one.submission_id,
        document_id=one.id,
        axis="processing",
        after=Processing.RECEIVED.value,
        evidence=one.evidence,
    )
    if one.computed:
        yield Happening(
            "document.normalised",
            f"The file left {len(one.computed)} values out; the gateway computed them.",
            submission_id=one.submission_id,
            document_id=one.id,
            axis="processing",
            before=Processing.PARSED.value,
            after=Processing.NORMALISED.value,
            data={"computed": list(one.computed)},
        )
    yield Happening(
        f"document.{one.processing.value}",
        one.sentence,
        submission_id=one.submission_id,
        document_id=one.id,
        axis="processing",
        before=Processing.RECEIVED.value,
        after=one.processing.value,
        data={"findings": [dict(finding) for finding in one.findings]} if one.findings else {},
        evidence=one.canonical_sha256,
    )


def supersede(transaction: Transaction, old: uuid.UUID, new: uuid.UUID, now: datetime.datetime) -> None:
    """The corrected version `new` takes the place of `old`. Raises TakenMeanwhile where that is on its way again."""
    row = _locked(transaction, old)
    before = row.processing
    if before in _NUMBER_IS_FREE or row.delivery not in _MAY_BE_CORRECTED:
        raise TakenMeanwhile(f"{row.public_id} is {before}, its delivery {row.delivery}")
    row.processing, row.successor_id = Processing.SUPERSEDED.value, new
    row.owner, row.action, row.deadline = Owner.NOBODY.value, "", None
    row.sentence = "A corrected version took its place."
    _refold(transaction, row, now)
    happening = Happening(
        "document.superseded", row.sentence, row.submission_id, row.id, None, "processing", before, row.processing
    )
    events.record(transaction, [happening], now)


def claim_checked(
    transaction: Transaction, limit: int, now: datetime.datetime, lease: datetime.timedelta
) -> tuple[Document, ...]:
    """Take up to `limit` checked documents for one lease, or one alone that a worker had before and did not finish."""
    turn = leases.next_in_turn(transaction, DocumentRow, limit, now)
    rows = transaction.session.execute(
        update(DocumentRow)
        .where(col(DocumentRow.tenant) == transaction.tenant, turn)
        .values(lease_until=now + lease, tries=DocumentRow.tries + 1)
        .returning(DocumentRow)
    ).scalars()
    # Their ids begin with their time: the oldest goes first.
    return tuple(sorted((_document(row) for row in rows), key=lambda one: one.id))


def give_back(transaction: Transaction, ids: Sequence[uuid.UUID], at: datetime.datetime) -> None:
    """Put claimed documents back until `at`: what kept them is no fault of theirs, and the try does not count."""
    leases.give_back(transaction, DocumentRow, ids, at)


def renew(transaction: Transaction, ids: Sequence[uuid.UUID], until: datetime.datetime) -> None:
    """Hold the rest of a batch longer."""
    leases.renew(transaction, DocumentRow, ids, until)


def still_to_prepare(transaction: Transaction, claimed: Sequence[Document]) -> frozenset[uuid.UUID]:
    """Which of these, locked, nobody has prepared, replaced or sent another way since: whose lease ran out is late."""
    rows = _all_locked(transaction, [one.id for one in claimed])
    is_checked = Processing.CHECKED.value
    return frozenset(
        one.id for one in claimed if rows[one.id].processing == is_checked and rows[one.id].next_step == one.next_step
    )


def _document(row: DocumentRow) -> Document:
    return Document(
        tenant=row.tenant,
        id=row.id,
        public_id=row.public_id,
        submission_id=row.submission_id,
        sender_id=row.sender_id,
        number=row.number or "",
        canonical_sha256=row.canonical_sha256 or "",
        recipient_id=row.recipient_id,
        routes=tuple(row.routes),
        next_step=row.next_step,
        tries=row.tries,
    )


def mark_ready(transaction: Transaction, ready: Sequence[Ready], now: datetime.datetime) -> None:
    """The documents are packed, each for its channel, and wait to be dispatched."""
    rows = _all_locked(transaction, [one.document_id for one in ready])
    happenings = []
    for one in ready:
        row = rows[one.document_id]
        happenings.append(
            Happening(
                "document.ready",
                f"It goes by {one.channel}: {one.because}",
                row.submission_id,
                row.id,
                None,
                "processing",
                row.processing,
                Processing.READY.value,
                data=one.data,
                evidence=one.evidence,
            )
        )
        row.processing, row.channel, row.because = Processing.READY.value, one.channel, one.because
        row.recipient_id, row.routes = one.recipient_id, [dict(route) for route in one.routes]
        row.sentence, row.owner = f"It is ready to go by {one.channel}.", Owner.GATEWAY.value
        row.action, row.deadline, row.lease_until, row.tries = "", None, None, 0
    _refold_all(transaction, list(rows.values()), now)
    events.record(transaction, happenings, now)


def stop(transaction: Transaction, stopped: Stopped, now: datetime.datetime) -> None:
    """The document goes no further until somebody acts: invalid for its target, held, or cancelled."""
    row = _locked(transaction, stopped.document_id)
    before = row.processing
    row.processing, row.sentence = stopped.processing.value, stopped.sentence
    row.owner, row.action = stopped.owner.value, stopped.action
    row.findings = [*row.findings, *(dict(one) for one in stopped.findings)]
    row.recipient_id = stopped.recipient_id or row.recipient_id
    row.lease_until, row.tries = None, 0
    row.deadline = now.date() + _LOOKED_AT if stopped.processing is Processing.HELD else None
    _refold(transaction, row, now)
    happening = Happening(
        f"document.{stopped.processing.value}",
        stopped.sentence,
        row.submission_id,
        row.id,
        None,
        "processing",
        before,
        stopped.processing.value,
        data={"findings": [dict(one) for one in stopped.findings]} if stopped.findings else {},
    )
    events.record(transaction, [happening], now)


def prepare_again(transaction: Transaction, document_id: uuid.UUID, now: datetime.datetime, *, step: int) -> None:
    """Send the document back to be prepared for another of its ways: a fallback, or a release by a person."""
    row = _locked(transaction, document_id)
    row.processing, row.next_step = Processing.CHECKED.value, step
    row.owner, row.action, row.deadline = Owner.GATEWAY.value, "", None
    row.lease_until, row.tries = None, 0
    _refold(transaction, row, now)
    transaction.wake("prepare")


def lock(transaction: Transaction, public_id: str) -> None:
    """Lock a document, where there is one, until the end of the transaction: whoever else acts on it waits."""
    transaction.session.exec(
        select(DocumentRow.id)
        .where(DocumentRow.tenant == transaction.tenant, DocumentRow.public_id == read_public_id(public_id))
        .with_for_update()
    ).first()


def hold(transaction: Transaction, ids: Sequence[uuid.UUID]) -> None:
    """Lock documents with their deliveries until the end of the transaction: documents first, always in this order."""
    _all_locked(transaction, ids)
    for row in deliveries_of(transaction, ids):
        transaction.held[row.id] = row


def current_step(transaction: Transaction, document_id: uuid.UUID) -> int:
    """Which of its ways the document is on."""
    return _locked(transaction, document_id).next_step


def release(transaction: Transaction, document_id: uuid.UUID, now: datetime.datetime) -> None:
    """A person has looked: the document is the gateway's again, its parcel as it was."""
    row = _locked(transaction, document_id)
    row.processing, row.sentence = Processing.READY.value, "A person released it; it is sent again."
    row.owner, row.action, row.deadline = Owner.GATEWAY.value, "", None
    _refold(transaction, row, now)


def raise_axes(transaction: Transaction, document_id: uuid.UUID, effect: Effect) -> bool:
    """Fold one signal into the buyer's answer and the legal flag, which never go back; whether it brought news."""
    row = _locked(transaction, document_id)
    before = row.response, row.legal
    if effect.response is not None:
        row.response = later_response(Response(row.response), effect.response).value
    if effect.legal is not None:
        row.legal = later_legal(Legal(row.legal), effect.legal).value
    return (row.response, row.legal) != before


def tell(
    transaction: Transaction, document_id: uuid.UUID, effect: Effect, sentence: str, now: datetime.datetime
) -> None:
    """Say on the document what a signal means, and whose turn it is. `sentence` has the other side's words in it."""
    row = _locked(transaction, document_id)
    row.sentence = sentence
    if effect.delivery is not None or effect.response is not None or effect.owner is not Owner.NOBODY:
        row.owner, row.action = effect.owner.value, effect.action.format(text="", code="").strip()
        row.deadline = now.date() + datetime.timedelta(days=effect.days) if effect.days is not None else None
    _refold(transaction, row, now)


def refold(transaction: Transaction, document_id: uuid.UUID, now: datetime.datetime) -> None:
    """Fold what is known of its deliveries into the document; what it says stays."""
    _refold(transaction, _locked(transaction, document_id), now)


def delivered_otherwise(transaction: Transaction, document_id: uuid.UUID, delivery_id: uuid.UUID) -> bool:
    """Whether another delivery of this document has reached the buyer: then this one can only be worse news."""
    others = (row for row in deliveries_of(transaction, [document_id]) if row.id != delivery_id)
    return any(row.state == DeliveryState.DELIVERED.value for row in others)


def next_way(transaction: Transaction, document_id: uuid.UUID) -> int | None:
    """The step of the next way that the rule allowed, None where all were tried."""
    row = _locked(transaction, document_id)
    following = row.next_step + 1
    return following if following < len(row.routes) else None


def _refold(transaction: Transaction, row: DocumentRow, now: datetime.datetime) -> None:
    _refold_all(transaction, [row], now)


def _refold_all(transaction: Transaction, rows: Sequence[DocumentRow], now: datetime.datetime) -> None:
    """Fold the best fact of their deliveries into documents, and say the headline anew."""
    states: dict[uuid.UUID, list[DeliveryState]] = {row.id: [] for row in rows}
    for delivery in deliveries_of(transaction, list(states)):
        states[delivery.document_id].append(DeliveryState(delivery.state))
    for row in rows:
        best = best_of(tuple(states[row.id]))
        row.delivery = best.value if best else None
        axes = Axes(
            Processing(row.processing),
            best,
            Response(row.response),
            Payment(row.payment),
            Legal(row.legal),
            Owner(row.owner),
        )
        row.headline, row.changed_at = headline(axes).value, now
        transaction.session.add(row)


def _locked(transaction: Transaction, document_id: uuid.UUID) -> DocumentRow:
    """The row, locked until the end of the transaction: two notices about one document are folded one by one."""
    return _all_locked(transaction, [document_id])[document_id]


def _all_locked(transaction: Transaction, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, DocumentRow]:
    """The rows, locked in the order of their ids, so that two batches never wait for each other."""
    unknown = [one for one in ids if one not in transaction.held]
    if unknown:
        rows = transaction.session.exec(
            select(DocumentRow)
            .where(DocumentRow.tenant == transaction.tenant, col(DocumentRow.id).in_(unknown))
            .order_by(col(DocumentRow.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        transaction.held.update({row.id: row for row in rows})
    return {one: _as_document(transaction.held[one]) for one in ids}


def _as_document(row: SQLModel) -> DocumentRow:
    assert isinstance(row, DocumentRow)  # noqa: S101 - ids are unique across tables
    return row
