"""Documents are entered in the log as reading made them, beside those that have the same number."""

import datetime
import uuid
from collections.abc import Iterable, Sequence

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from gateway.lifecycle import Axes, DeliveryState, Owner, Processing, headline
from gateway.store import events, folding, locks
from gateway.store.additions import add_all
from gateway.store.records import Happening, NewDocument
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
    if one.rounding:
        yield Happening(
            one.rounding.type,
            one.rounding.sentence,
            submission_id=one.submission_id,
            document_id=one.id,
            data=one.rounding.data,
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
    row = locks.document_row(transaction, old)
    before = row.processing
    if before in _NUMBER_IS_FREE or row.delivery not in _MAY_BE_CORRECTED:
        raise TakenMeanwhile(f"{row.public_id} is {before}, its delivery {row.delivery}")
    row.processing, row.successor_id = Processing.SUPERSEDED.value, new
    row.owner, row.action, row.deadline = Owner.NOBODY.value, "", None
    row.sentence = "A corrected version took its place."
    folding.refold_all(transaction, [row], now)
    happening = Happening(
        "document.superseded", row.sentence, row.submission_id, row.id, None, "processing", before, row.processing
    )
    events.record(transaction, [happening], now)
