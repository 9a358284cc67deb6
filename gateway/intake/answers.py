"""What a sender is told about a file: `<name>.ack.json` for machines and `<name>.txt` for people.

The JSON is an `Answer`: its fields and words are stable, fields may be added (`answer_version` changes when one goes).

    status      accepted    every document was taken
                partly      some documents were taken, some refused: correct and resend those that were refused
                refused     nothing of the file was taken
                duplicate   the same bytes came before, or every invoice in it did; nothing is sent again
    documents   one a document, in the order of the file; of a duplicate file, those of the original
    findings    about the file as a whole: it is too large, of an unknown format, holds too many invoices

It tells how the file was received. How the documents are delivered is told by the API, webhooks and the desk.
"""

import datetime
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

import msgspec

from gateway.errors import TooLarge
from gateway.lifecycle import Processing
from gateway.store.records import DocumentView, SubmissionView

Status = Literal["accepted", "partly", "refused", "duplicate"]
DocumentState = Literal["accepted", "refused", "duplicate"]

_STATES: Final[Mapping[Processing, DocumentState]] = {
    Processing.INVALID: "refused",
    Processing.QUARANTINED: "refused",
    Processing.DUPLICATE: "duplicate",
}


class FindingSaid(msgspec.Struct, frozen=True, kw_only=True):
    """One finding. where: the place in the sender's own file; fix: the way out."""

    id: str
    severity: str
    term: str
    where: str
    message: str
    fix: str


class DocumentSaid(msgspec.Struct, frozen=True, kw_only=True):
    """One document of the file. id: under which the gateway and its support know it; owner: who acts next."""

    position: int
    number: str | None
    id: str
    state: DocumentState
    sentence: str
    owner: str
    action: str
    findings: tuple[FindingSaid, ...]


class OriginalSaid(msgspec.Struct, frozen=True, kw_only=True):
    """The submission that a file repeats."""

    submission: uuid.UUID
    file: str
    received_at: datetime.datetime


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a sender is told. submission and sha256 are null where the door refused the file before it was complete."""

    answer_version: Literal["1"] = "1"
    file: str
    submission: uuid.UUID | None
    status: Status
    received_at: datetime.datetime
    sha256: str | None
    size: int | None
    original: OriginalSaid | None
    documents: tuple[DocumentSaid, ...]
    findings: tuple[FindingSaid, ...]

    @property
    def wants_correction(self) -> bool:
        """Whether something of the file was refused, now or when it came first."""
        return self.status in ("partly", "refused") or any(one.state == "refused" for one in self.documents)


def answer(
    submission: SubmissionView, documents: Iterable[DocumentView], original: SubmissionView | None = None
) -> Answer:
    """The answer to a submission that was read, refused or doubled; of a double, with the original's documents."""
    said = tuple(_document(one) for one in sorted(documents, key=lambda one: one.position))
    return Answer(
        file=submission.file_name,
        submission=submission.id,
        status="duplicate" if original is not None else _status(submission, said),
        received_at=submission.received_at,
        sha256=submission.sha256,
        size=submission.size,
        original=_original(original) if original is not None else None,
        documents=said,
        findings=tuple(_finding(one) for one in submission.findings),
    )


def too_large(file_name: str, limit: int, now: datetime.datetime) -> Answer:
    """The answer to a file that the door refused while it came in."""
    finding = FindingSaid(
        id="GW-FILE-TOO-LARGE",
        severity="fatal",
        term="",
        where=f"byte {limit + 1:,}",
        message=str(TooLarge(limit)),
        fix="Split the file into several with fewer invoices, and leave large attachments out.",
    )
    return Answer(
        file=file_name,
        submission=None,
        status="refused",
        received_at=now,
        sha256=None,
        size=None,
        original=None,
        documents=(),
        findings=(finding,),
    )


def as_json(said: Answer) -> bytes:
    """For machines."""
    return msgspec.json.format(msgspec.json.encode(said), indent=2) + b"\n"


def schema() -> dict[str, object]:
    """The JSON Schema of the answer."""
    return msgspec.json.schema(Answer)


def _status(submission: SubmissionView, documents: Sequence[DocumentSaid]) -> Status:
    states = {one.state for one in documents}
    if submission.state == "refused" or states == {"refused"} or not states:
        return "refused"
    if "refused" in states:
        return "partly"
    return "duplicate" if states == {"duplicate"} else "accepted"


def _document(one: DocumentView) -> DocumentSaid:
    return DocumentSaid(
        position=one.position,
        number=one.number,
        id=one.public_id,
        state=_STATES.get(one.processing, "accepted"),
        sentence=one.sentence,
        owner=one.owner.value,
        action=one.action,
        findings=tuple(_finding(finding) for finding in one.findings),
    )


def _finding(data: Mapping[str, object]) -> FindingSaid:
    return FindingSaid(
        id=_text(data, "id"),
        severity=_text(data, "severity"),
        term=_text(data, "term"),
        where=_text(data, "where"),
        message=_text(data, "message"),
        fix=_text(data, "fix"),
    )


def _text(data: Mapping[str, object], name: str) -> str:
    return str(data.get(name) or "")


def _original(original: SubmissionView) -> OriginalSaid:
    return OriginalSaid(submission=original.id, file=original.file_name, received_at=original.received_at)
