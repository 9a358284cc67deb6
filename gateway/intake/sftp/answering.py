"""Every submission of this door is answered once it was read, within a second or so.

What is to be answered stands in the database, whoever read it: this looks there, writes the files, and notes that the
sender was told. A crash between the two writes the same answer into the same place again.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import structlog

from gateway.intake.answers import Answer, answer
from gateway.intake.receive import Door
from gateway.intake.sftp.outbox import deliver
from gateway.intake.sftp.roots import Roots
from gateway.intake.sftp.taking import DOOR
from gateway.store import due, log
from gateway.store.log import Search
from gateway.store.records import DocumentView, SubmissionView
from gateway.store.session import Transaction

logger = structlog.get_logger()

_AT_ONCE: Final = 50
_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Answerer:
    """Answers the submissions of all tenants."""

    door: Door
    roots: Roots

    def answer_waiting(self) -> int:
        """Answer up to 50 submissions of each tenant that has any; returns how many were answered."""
        with self.door.store.across() as across:
            tenants = due.tenants_to_answer(across, DOOR)
        return sum(self._answer(tenant) for tenant in tenants)

    def _answer(self, tenant: uuid.UUID) -> int:
        answered = 0
        with self.door.store.of(tenant) as transaction:
            for one in log.unanswered(transaction, DOOR, _AT_ONCE):
                said = _said(transaction, one)
                if said is not None and self._tell(tenant, one, said):
                    log.mark_answered(transaction, one.id, self.door.clock.now())
                    answered += 1
        return answered

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


def _said(transaction: Transaction, submission: SubmissionView) -> Answer | None:
    """What is to be said; nothing yet of a double whose original is still to be read: it is told what became of it."""
    if submission.original_id is None:
        return answer(submission, _documents(transaction, submission.id))
    original = log.submission(transaction, submission.original_id)
    if original is not None and original.state == "received":
        return None
    return answer(submission, _documents(transaction, submission.original_id), original)


def _documents(transaction: Transaction, submission_id: uuid.UUID) -> Iterator[DocumentView]:
    page = log.search(transaction, Search(submission_id=submission_id, limit=_PAGE))
    yield from page.documents
    while page.next is not None:
        page = log.search(transaction, Search(submission_id=submission_id, limit=_PAGE, after=page.next))
        yield from page.documents
