"""Submit, and what became of it."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from gateway.api.access import TheBody, TheCaller, TheRooms
from gateway.api.shapes import (
    CursorText,
    DocumentPage,
    DocumentShape,
    Limit,
    SubmissionPage,
    SubmissionShape,
    TakenShape,
    read_cursor,
    write_cursor,
)
from gateway.errors import NotFound
from gateway.intake.receive import Incoming, receive
from gateway.store import log
from gateway.store.log import Cursor, Search
from gateway.store.submissions import Taken

router = APIRouter(prefix="/v1/submissions", tags=["submissions"])


@router.post(
    "",
    status_code=202,
    summary="Submit a file",
    responses={200: {"model": TakenShape, "description": "Nothing new: the same call or bytes came before."}},
)
def submit(
    *,
    rooms: TheRooms,
    caller: TheCaller,
    content: TheBody,
    response: Response,
    file_name: Annotated[str, Query(max_length=255, description="As people know it.")] = "submission",
    content_type: Annotated[str, Header()] = "application/octet-stream",
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
) -> TakenShape:
    """The raw file as body (UBL, CSV, canonical JSON): one invoice or many. Answered once it is durable."""
    incoming = Incoming(caller.tenant, caller.sender_id, "api", file_name, content, content_type, idempotency_key)
    intake = receive(rooms.door, incoming)
    href = f"/v1/submissions/{intake.submission_id}"
    response.headers["Location"] = href
    response.status_code = 202 if intake.taken is Taken.ACCEPTED else 200
    return TakenShape(
        submission=intake.submission_id, answer=intake.taken.value, original=intake.original_id, href=href
    )


@router.get("", summary="Submissions, newest first")
def submissions(rooms: TheRooms, caller: TheCaller, cursor: CursorText = None, limit: Limit = 50) -> SubmissionPage:
    """One page of submissions of this tenant."""
    with rooms.house.store.of(caller.tenant) as transaction:
        found = log.submissions(transaction, after=read_cursor(cursor), limit=limit + 1)
    shown = found[:limit]
    following = Cursor(shown[-1].received_at, shown[-1].id) if len(found) > limit else None
    return SubmissionPage(submissions=[SubmissionShape.of(one) for one in shown], next=write_cursor(following))


@router.get("/{submission}", summary="One submission")
def submission(rooms: TheRooms, caller: TheCaller, submission: uuid.UUID) -> SubmissionShape:
    """What came in, and what could not be read of it."""
    with rooms.house.store.of(caller.tenant) as transaction:
        found = log.submission(transaction, submission)
    if found is None:
        raise NotFound("submission", str(submission))
    return SubmissionShape.of(found)


@router.get("/{submission}/documents", summary="The documents of one submission")
def documents(
    rooms: TheRooms, caller: TheCaller, submission: uuid.UUID, cursor: CursorText = None, limit: Limit = 50
) -> DocumentPage:
    """One page of the invoices that stood in it, each with its own state."""
    with rooms.house.store.of(caller.tenant) as transaction:
        if log.submission(transaction, submission) is None:
            raise NotFound("submission", str(submission))
        page = log.search(transaction, Search(submission_id=submission, after=read_cursor(cursor), limit=limit))
    return DocumentPage(documents=[DocumentShape.of(one) for one in page.documents], next=write_cursor(page.next))
