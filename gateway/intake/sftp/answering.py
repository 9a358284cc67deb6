"""Every submission of this door is answered once it was read, within a second or so.

What is to be answered stands in the database, whoever read it: this looks there, writes the files, and notes that the
sender was told. A crash between the two writes the same answer into the same place again.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import structlog

from gateway.intake.answers import Answer, answer
from gateway.intake.receive import Door
from gateway.intake.sftp.outbox import deliver
from gateway.intake.sftp.roots import Roots
from gateway.intake.sftp.taking import DOOR
from gateway.store import answering, log
from gateway.store.records import SubmissionView
from gateway.store.session import Transaction

logger = structlog.get_logger()

_AT_ONCE: Final = 50
_DOCUMENTS: Final = 500

# A submission, and the one that it repeats.
_Waiting = tuple[SubmissionView, SubmissionView | None]


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers the submissions of all tenants."""

    door: Door
    roots: Roots

    def answer_waiting(self) -> int:
        """Answer up to 50 submissions of each tenant that has any; returns how many were answered."""
        with self.door.store.across() as across:
            tenants = answering.tenants_to_tell(across, DOOR)
        return sum(self._answer(tenant) for tenant in tenants)

    def _answer(self, tenant: uuid.UUID) -> int:
        with self.door.store.of(tenant) as transaction:
            told = [
                submission.id
                for submission, said in _said(transaction, answering.unanswered(transaction, DOOR, _AT_ONCE))
                if self._tell(tenant, submission, said)
            ]
            answering.mark_answered(transaction, told, self.door.clock.now())
        return len(told)

    def _tell(self, tenant: uuid.UUID, submission: SubmissionView, said: Answer) -> bool:
        """Write one answer; False where that did not work, so that it is tried again and the others go on."""
        known = {"tenant": str(tenant), "submission": str(submission.id), "file": submission.file_name}
        try:
            source = self.door.archive.get(tenant, submission.sha256) if said.wants_correction else None
            where = deliver(self.roots.of(tenant, submission.sender_id), said, source)
        except Exception:
            logger.exception("an answer could not be written", **known)
            return False
        logger.info("a file was answered", status=said.status, answer=where, **known)
        return True


def _said(transaction: Transaction, waiting: Sequence[SubmissionView]) -> Iterator[tuple[SubmissionView, Answer]]:
    """What is to be said; nothing yet of a double whose original is still to be read: it is told what became of it."""
    originals = {one.id: _original(transaction, one) for one in waiting}
    ready = [one for one in waiting if (known := originals[one.id]) is None or known.state != "received"]
    for handful in _handfuls([(one, originals[one.id]) for one in ready]):
        documents = answering.documents_of(transaction, [original or one for one, original in handful])
        for one, original in handful:
            yield one, answer(one, documents[(original or one).id], original)


def _original(transaction: Transaction, submission: SubmissionView) -> SubmissionView | None:
    return log.submission(transaction, submission.original_id) if submission.original_id is not None else None


def _handfuls(waiting: Sequence[_Waiting]) -> Iterator[list[_Waiting]]:
    """So many at a time that their documents are few; a file of many documents ends its handful."""
    handful: list[_Waiting] = []
    count = 0
    for one, original in waiting:
        handful.append((one, original))
        count += (original or one).document_count
        if count >= _DOCUMENTS:
            yield handful
            handful, count = [], 0
    if handful:
        yield handful
