"""Hop 2a: the bytes of a submission become documents in their canonical form, each judged on its own.

A file is read lazily and its documents are written down in batches; a reading that was interrupted goes on behind
the documents that it had already written. What cannot be read is a document too (quarantined), with its reason.
"""

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import structlog

from formats.checking import Finding
from formats.contract import Format, Reading
from formats.en16931 import Invoice
from formats.en16931.json_form import encode
from gateway.ids import public_id, row_id
from gateway.lifecycle import Owner, Processing
from gateway.pipeline.house import House
from gateway.pipeline.verdict import as_data, unknown_format
from gateway.store import documents, events, parties, submissions
from gateway.store.records import NewArtefact, NewDocument, Sender, Submission

log = structlog.get_logger()

_MAX_TRIES = 3


@dataclass(frozen=True, slots=True)
class _Draft:
    """A document that was read and is not yet written down."""

    document: NewDocument
    canonical: bytes = b""


@dataclass(frozen=True, slots=True)
class _End:
    """A submission that was read to its end, not yet marked so.

    count:     documents in it, those that cannot be read included
    readable:  how many of them are invoices; a file without any is refused as a whole
    """

    submission: Submission
    format: str | None
    count: int
    readable: int
    findings: tuple[Finding, ...] = ()

    @property
    def state(self) -> str:
        return "read" if self.readable else "refused"


@dataclass(slots=True)
class _Batch:
    """What the next transaction writes."""

    drafts: list[_Draft] = field(default_factory=list)
    ends: list[_End] = field(default_factory=list)


def read_waiting(house: House, tenant: uuid.UUID) -> int:
    """Read the submissions of a tenant that wait; returns how many there were."""
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        claimed = submissions.claim_received(transaction, house.work.batch, now, house.lease)
        if len(claimed) == house.work.batch:
            transaction.wake("read")
        senders = {one.sender_id: parties.sender(transaction, one.sender_id) for one in claimed}
        known = {one.id: submissions.positions_read(transaction, one.id) for one in claimed if one.tries > 1}
    batch = _Batch()
    for submission in claimed:
        try:
            for item in _read_one(
                house, submission, senders[submission.sender_id], known.get(submission.id, frozenset())
            ):
                (batch.drafts if isinstance(item, _Draft) else batch.ends).append(item)  # type: ignore[arg-type]  # each list takes its own kind
                if len(batch.drafts) >= house.work.batch:
                    _write(house, tenant, batch)
                    batch = _Batch()
        except Exception:
            # The lease runs out and the reading starts again behind what was written; at last a person looks.
            log.exception("a submission could not be read", submission=str(submission.id), tries=submission.tries)
            if submission.tries >= _MAX_TRIES:
                batch.ends.append(_End(submission, None, 0, 0, (_BROKEN,)))
    _write(house, tenant, batch)
    return len(claimed)


_BROKEN = Finding(
    "GW-READ-FAILED",
    "",
    "The gateway broke down while reading this file, three times.",
    "The operator of the gateway looks at the log; the file is kept.",
)


def _read_one(house: House, submission: Submission, sender: Sender, known: frozenset[int]) -> Iterator[_Draft | _End]:
    content = house.archive.get(submission.tenant, submission.sha256)
    found = house.recognise(content, submission.file_name)
    if found is None or found.read is None:
        reason = unknown_format(submission.file_name)
        if 1 not in known:
            yield _Draft(_quarantined(_arrived(house, submission, 1), (reason,)))
        yield _End(submission, None, 1, 0, (reason,))
        return
    count = readable = 0
    findings: list[Finding] = []
    for position, reading in enumerate(found.read(content, house.read_options(sender)), 1):
        if position > house.limits.invoices:
            findings.append(_too_many(house.limits.invoices))
            break
        count = position
        if reading.invoice is None:
            findings += reading.findings
        else:
            readable += 1
        if position not in known:
            yield _draft(house, submission, found, position, reading, content)
    yield _End(submission, found.name, count, readable, tuple(findings))


def _too_many(limit: int) -> Finding:
    return Finding(
        "GW-TOO-MANY-INVOICES",
        "",
        f"The file holds more than {limit:,} invoices; the gateway took the first {limit:,}.",
        "Split the file and send the rest again.",
    )


def _arrived(house: House, submission: Submission, position: int) -> NewDocument:
    return NewDocument(
        id=row_id(house.clock.now()),
        public_id=public_id("d"),
        submission_id=submission.id,
        sender_id=submission.sender_id,
        position=position,
        processing=Processing.CHECKED,
        evidence=submission.sha256,
        where=f"document {position} of {submission.file_name}",
    )


def _draft(
    house: House, submission: Submission, found: Format, position: int, reading: Reading, content: bytes
) -> _Draft:
    document = _arrived(house, submission, position)
    if reading.invoice is None:
        return _Draft(_quarantined(document, reading.findings))
    # A document cut out of an envelope is judged in its own format, not in the envelope's.
    inner = house.recognise(reading.source, "") if reading.source else None
    checked = house.check(inner or found, reading.source or content, reading.invoice, reading.provenance)
    findings = reading.findings + checked.report.findings
    canonical = encode(checked.invoice)
    document = replace(
        document,
        head=_head(checked.invoice),
        identity=identity(checked.invoice),
        profile=checked.profile,
        rule_set=", ".join(f"{one.name} {one.version}" for one in checked.report.applied),
        findings=tuple(as_data(one) for one in findings),
        computed=tuple(sorted(checked.provenance.computed_paths())),
    )
    fatal = tuple(one for one in findings if one.severity == "fatal")
    if fatal or not checked.report.is_valid:
        return _Draft(_invalid(document, fatal), canonical)
    return _Draft(replace(document, sentence="It was read and checked.", owner=Owner.GATEWAY), canonical)


def _quarantined(document: NewDocument, findings: tuple[Finding, ...]) -> NewDocument:
    first = findings[0] if findings else _BROKEN
    where = f" ({first.where})" if first.where else ""
    return replace(
        document,
        processing=Processing.QUARANTINED,
        findings=tuple(as_data(one) for one in findings),
        sentence=f"We cannot read it: {first.message}{where}",
        owner=Owner.SENDER_IT,
        action=first.fix,
    )


def _invalid(document: NewDocument, fatal: tuple[Finding, ...]) -> NewDocument:
    more = f" {len(fatal) - 1} more findings." if len(fatal) > 1 else ""
    first = fatal[0] if fatal else Finding("GW-NOTHING-CHECKED", "", "No check could be applied to it.", "Tell us.")
    return replace(
        document,
        processing=Processing.INVALID,
        sentence=f"{first.message}{more}",
        owner=Owner.CLERK,
        action=first.fix or "Correct it and send it again.",
    )


def _head(invoice: Invoice) -> dict[str, object]:
    buyer, seller, totals = invoice.buyer, invoice.seller, invoice.totals
    return {
        "number": invoice.number,
        "type_code": invoice.type_code,
        "issue_date": invoice.issue_date,
        "due_date": invoice.due_date,
        "currency": invoice.currency,
        "amount_due": totals.due if totals else None,
        "seller_name": seller.name if seller else None,
        "buyer_name": buyer.name if buyer else None,
        "buyer_country": buyer.address.country if buyer and buyer.address else None,
    }


def identity(invoice: Invoice) -> str | None:
    """What makes two documents the same invoice: seller, number, year and type; None where one of them lacks."""
    seller = invoice.seller
    if seller is None or not invoice.number or invoice.issue_date is None:
        return None
    registered = seller.legal_registration.value if seller.legal_registration else None
    who = seller.vat_identifier or registered or seller.tax_registration or seller.name
    if not who:
        return None
    words = (who, invoice.number, str(invoice.issue_date.year), invoice.type_code or "")
    return "|".join(" ".join(word.split()).upper() for word in words)


def _write(house: House, tenant: uuid.UUID, batch: _Batch) -> None:
    if not batch.drafts and not batch.ends:
        return
    hashes = iter(house.archive.put_all(tenant, [one.canonical for one in batch.drafts if one.canonical]))
    kept = [
        (replace(draft.document, canonical_sha256=next(hashes)), len(draft.canonical))
        if draft.canonical
        else (draft.document, 0)
        for draft in batch.drafts
    ]
    for attempt in range(_MAX_TRIES):
        try:
            _write_once(house, tenant, kept, batch.ends)
            return
        except documents.TakenMeanwhile:
            # Another worker wrote the same invoice between our look and our insert: look again.
            if attempt == _MAX_TRIES - 1:
                raise


def _write_once(house: House, tenant: uuid.UUID, kept: list[tuple[NewDocument, int]], ends: list[_End]) -> None:
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        drafts = [draft for draft, _ in kept]
        settled, replaced = _against_originals(
            drafts, documents.originals(transaction, [one.identity or "" for one in drafts])
        )
        for old, new in replaced:
            documents.supersede(transaction, old, new, now)
        documents.add(transaction, settled, now)
        events.keep(transaction, [_canonical(draft, size, now) for draft, size in kept if size], now)
        for end in ends:
            submissions.close(
                transaction,
                end.submission.id,
                state=end.state,
                format_name=end.format,
                document_count=end.count,
                findings=[as_data(one) for one in end.findings],
            )
        if any(one.processing is Processing.CHECKED for one in settled):
            transaction.wake("prepare")


def _canonical(document: NewDocument, size: int, now: datetime.datetime) -> NewArtefact:
    return NewArtefact(
        id=row_id(now),
        sha256=document.canonical_sha256 or "",
        size=size,
        media_type="application/json",
        file_name=f"{document.public_id}.json",
        role="canonical",
        submission_id=document.submission_id,
        document_id=document.id,
    )


def _against_originals(
    drafts: list[NewDocument], originals: dict[str, tuple[uuid.UUID, bool]]
) -> tuple[list[NewDocument], list[tuple[uuid.UUID, uuid.UUID]]]:
    """The drafts, doubles marked as such, and the (old, new) pairs of documents that a corrected version replaces."""
    settled: list[NewDocument] = []
    replaced: list[tuple[uuid.UUID, uuid.UUID]] = []
    living = dict(originals)
    for draft in drafts:
        known = living.get(draft.identity or "")
        if draft.processing is not Processing.CHECKED or draft.identity is None:
            settled.append(draft)
        elif known is None or known[1]:
            if known is not None:
                replaced.append((known[0], draft.id))
            living[draft.identity] = (draft.id, False)
            settled.append(draft)
        else:
            settled.append(_duplicate(draft, known[0]))
    return settled, replaced


def _duplicate(draft: NewDocument, original: uuid.UUID) -> NewDocument:
    return replace(
        draft,
        processing=Processing.DUPLICATE,
        original_id=original,
        sentence="The same invoice was received before. Not sent again.",
        owner=Owner.NOBODY,
        action="",
    )
