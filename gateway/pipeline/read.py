"""Hop 2a: the bytes of a submission become documents in their canonical form, each judged on its own.

A file is read lazily and its documents are written down in batches; a reading that was interrupted goes on behind
the documents that it had already written. A file that breaks the reading three times becomes an operator's, as a
document that stands for the file itself.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from formats.checking import Finding
from gateway.errors import ArchiveRefused, ArchiveUnavailable, TryAgain, WeMustRepair
from gateway.lifecycle import Owner, Processing
from gateway.pipeline.drafting import (
    BROKEN,
    Draft,
    against_originals,
    arrived,
    canonical_form,
    draft,
    quarantined,
)
from gateway.pipeline.house import House
from gateway.pipeline.verdict import as_data, unknown_format
from gateway.retry import MOST_TRIES
from gateway.store import entry, events, parties, submissions
from gateway.store.records import NewDocument, Sender, Submission
from gateway.store.session import Transaction

log = structlog.get_logger()

_LOOKS: Final = 3


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
    """What the next transaction writes. in_hand: every submission of this job, so that none is taken over."""

    in_hand: tuple[Submission, ...]
    drafts: list[Draft] = field(default_factory=list)
    ends: list[_End] = field(default_factory=list)

    def add(self, item: Draft | _End) -> None:
        """Put a draft or an end where it belongs."""
        if isinstance(item, Draft):
            self.drafts.append(item)
        else:
            self.ends.append(item)


@dataclass(frozen=True, slots=True)
class _Task:
    """A submission to be read. known: the positions that an earlier reading has written down."""

    submission: Submission
    sender: Sender
    known: frozenset[int]


def read_waiting(house: House, tenant: uuid.UUID) -> int:
    """Read the submissions of a tenant that wait; returns how many there were."""
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        claimed = submissions.claim_received(transaction, house.work.batch, now, house.lease)
        if len(claimed) == house.work.batch or any(one.tries > 1 for one in claimed):
            transaction.wake("read")
        senders = {one.id: one for one in parties.senders(transaction)} if claimed else {}
        tasks = [_task(transaction, one, senders[one.sender_id]) for one in claimed]
    try:
        _read_all(house, tenant, tasks)
    except (ArchiveUnavailable, ArchiveRefused) as error:
        # No fault of these files. What is written of them stays; the rest is read when the archive is back.
        log.warning("reading waits", reason=str(error))
        with house.store.of(tenant) as transaction:
            submissions.give_back(transaction, [one.id for one in claimed], house.clock.now() + house.backoff.first)
    return len(claimed)


def _task(transaction: Transaction, submission: Submission, sender: Sender) -> _Task:
    known = submissions.positions_read(transaction, submission.id) if submission.tries > 1 else frozenset()
    return _Task(submission, sender, known)


def _read_all(house: House, tenant: uuid.UUID, tasks: list[_Task]) -> None:
    in_hand = tuple(one.submission for one in tasks)
    batch, begun = _Batch(in_hand), house.clock.elapsed()
    for task in tasks:
        for item in _read(house, task):
            batch.add(item)
            # Long before the lease runs out, and another worker begins with them as well.
            if len(batch.drafts) >= house.work.batch or house.clock.elapsed() - begun > house.lease / 3:
                _write(house, tenant, batch)
                batch, begun = _Batch(in_hand), house.clock.elapsed()
    _write(house, tenant, batch)


def _read(house: House, task: _Task) -> Iterator[Draft | _End]:
    """The documents of one file, and its end, whatever happens while it is read."""
    written, reason = set(task.known), BROKEN
    try:
        # Beyond its last try its worker died at that one as well: it is not touched any more.
        if task.submission.tries <= MOST_TRIES:
            for item in _read_one(house, task):
                if isinstance(item, Draft):
                    written.add(item.document.position)
                yield item
            return
    except (TryAgain, ArchiveRefused):
        raise
    except WeMustRepair as error:
        reason = replace(BROKEN, message=str(error))
    except Exception:
        # The lease runs out and the reading starts again behind what was written; at last a person looks.
        log.exception("a submission could not be read", submission=str(task.submission.id), tries=task.submission.tries)
        if task.submission.tries < MOST_TRIES:
            return
    yield from _broken(house, task, written, reason)


def _broken(house: House, task: _Task, written: set[int], reason: Finding) -> Iterator[Draft | _End]:
    """The file as a whole becomes an operator's; it stands at a position of its own, below those of its documents."""
    position = min({1, *written}) - 1
    yield Draft(quarantined(arrived(house, task.submission, position), (reason,), Owner.OPERATOR))
    count = sum(one > 0 for one in written)
    yield _End(task.submission, None, count, count, (reason,))


def _read_one(house: House, task: _Task) -> Iterator[Draft | _End]:
    submission = task.submission
    content = house.archive.get(submission.tenant, submission.sha256)
    found = house.recognise(content, submission.file_name)
    if found is None or found.read is None:
        reason = unknown_format(submission.file_name, content)
        if 1 not in task.known:
            yield Draft(quarantined(arrived(house, submission, 1), (reason,)))
        yield _End(submission, None, 1, 0, (reason,))
        return
    count = readable = 0
    findings: list[Finding] = []
    for position, reading in enumerate(found.read(content, house.read_options(task.sender)), 1):
        if position > house.limits.invoices:
            findings.append(_too_many(house.limits.invoices))
            break
        count = position
        if reading.invoice is None:
            findings += reading.findings
        else:
            readable += 1
        if position not in task.known:
            yield draft(house, task.sender, arrived(house, submission, position), found, reading, content)
    yield _End(submission, found.name, count, readable, tuple(findings))


def _too_many(limit: int) -> Finding:
    return Finding(
        "GW-TOO-MANY-INVOICES",
        "",
        f"The file holds more than {limit:,} invoices; the gateway took the first {limit:,}.",
        "Split the file and send the rest again.",
    )


def _write(house: House, tenant: uuid.UUID, batch: _Batch) -> None:
    if not batch.drafts and not batch.ends:
        return
    hashes = iter(house.archive.put_all(tenant, [one.canonical for one in batch.drafts if one.canonical]))
    kept = [
        (replace(one.document, canonical_sha256=next(hashes)), len(one.canonical))
        if one.canonical
        else (one.document, 0)
        for one in batch.drafts
    ]
    for look in range(1, _LOOKS + 1):
        try:
            _write_once(house, tenant, batch, kept)
            return
        except entry.TakenMeanwhile:
            # Another worker wrote the same invoice between our look and our insert: look again.
            if look == _LOOKS:
                raise


def _write_once(house: House, tenant: uuid.UUID, batch: _Batch, kept: list[tuple[NewDocument, int]]) -> None:
    now = house.clock.now()
    with house.store.of(tenant) as transaction:
        still = submissions.hold(transaction, batch.in_hand, now + house.lease)
        ours = [
            (one, size)
            for one, size in kept
            if one.submission_id in still and one.position not in still[one.submission_id]
        ]
        drafts = [one for one, _ in ours]
        settled, replaced = against_originals(
            drafts, entry.originals(transaction, [one.identity or "" for one in drafts])
        )
        for old, new in replaced:
            entry.supersede(transaction, old, new, now)
        entry.add(transaction, settled, now)
        events.keep(transaction, [canonical_form(one, size, now) for one, size in ours if size], now)
        submissions.close(transaction, [_closed(one) for one in batch.ends if one.submission.id in still])
        if any(one.processing is Processing.CHECKED for one in settled):
            transaction.wake("prepare")


def _closed(end: _End) -> submissions.End:
    return submissions.End(end.submission.id, end.state, end.format, end.count, [as_data(one) for one in end.findings])
