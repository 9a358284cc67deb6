"""Submit, and what became of it."""

import re
import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Query, Response

from gateway.api.access import TheCaller, TheFigures, TheRooms
from gateway.api.bodies import TheBody
from gateway.api.cursors import CursorText, Limit, read_cursor, write_cursor
from gateway.api.description import file_body
from gateway.api.problems import documented
from gateway.api.shapes import (
    SUBMISSION,
    DocumentPage,
    DocumentShape,
    Line,
    SubmissionPage,
    SubmissionShape,
    TakenShape,
)
from gateway.errors import NotFound
from gateway.intake.receive import Incoming, receive
from gateway.store import log
from gateway.store.log import Cursor, Search
from gateway.store.submissions import Taken

router = APIRouter(prefix="/v1/submissions", tags=["submissions"])

SubmissionId = Annotated[uuid.UUID, Path(examples=[SUBMISSION])]
_KEY: Final = r"^[\x21-\x7e]+$"
# RFC 9110 section 8.3.1, without parameters: what a caller says of its bytes is kept as far as it is a media type.
_MEDIA_TYPE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,80}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,80}")


@router.post(
    "",
    status_code=202,
    summary="Submit a file",
    responses={
        200: {"model": TakenShape, "description": "Nothing new: the same call or the same bytes came before."},
        202: {"headers": {"Location": {"description": "The submission.", "schema": {"type": "string"}}}},
        **documented(413),
    },
    openapi_extra=file_body("One invoice or many: UBL, FatturaPA, canonical JSON or CSV, as your system exports it."),
)
def submit(
    *,
    rooms: TheRooms,
    caller: TheCaller,
    figures: TheFigures,
    content: TheBody,
    response: Response,
    file_name: Annotated[
        Line, Query(min_length=1, max_length=255, description="As people know it.", examples=["invoices-2026-11.csv"])
    ] = "submission",
    content_type: Annotated[str, Header(include_in_schema=False)] = "",
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            max_length=255,
            pattern=_KEY,
            description="Repeating a call with the same key is safe.",
            examples=["run-4711"],
        ),
    ] = None,
) -> TakenShape:
    """Takes the raw file as body and answers once it is durable; reading and sending come later (`Location`)."""
    media_type = _MEDIA_TYPE.match(content_type)
    kind = media_type[0].lower() if media_type else "application/octet-stream"
    incoming = Incoming(caller.tenant, caller.sender_id, "api", file_name, content, kind, idempotency_key)
    intake = receive(rooms.door, incoming)
    figures.submitted(intake, len(content))
    href = f"/v1/submissions/{intake.submission_id}"
    response.headers["Location"] = f"{rooms.public_url.rstrip('/')}{href}"
    response.status_code = 202 if intake.taken is Taken.ACCEPTED else 200
    return TakenShape(submission=intake.submission_id, answer=intake.taken, original=intake.original_id, href=href)


@router.get("", summary="Submissions, newest first", responses=documented(400))
def submissions(rooms: TheRooms, caller: TheCaller, cursor: CursorText = None, limit: Limit = 50) -> SubmissionPage:
    """One page of the submissions of this tenant."""
    with rooms.house.store.of(caller.tenant) as transaction:
        found = log.submissions(transaction, after=read_cursor(cursor), limit=limit + 1)
    shown = found[:limit]
    following = Cursor(shown[-1].received_at, shown[-1].id) if len(found) > limit else None
    return SubmissionPage(submissions=[SubmissionShape.of(one) for one in shown], next=write_cursor(following))


@router.get("/{submission}", summary="One submission", responses=documented(404))
def submission(rooms: TheRooms, caller: TheCaller, submission: SubmissionId) -> SubmissionShape:
    """What came in, and what could not be read of it."""
    with rooms.house.store.of(caller.tenant) as transaction:
        found = log.submission(transaction, submission)
    if found is None:
        raise NotFound("submission", str(submission))
    return SubmissionShape.of(found)


@router.get("/{submission}/documents", summary="The documents of one submission", responses=documented(400, 404))
def documents_of_submission(
    rooms: TheRooms, caller: TheCaller, submission: SubmissionId, cursor: CursorText = None, limit: Limit = 50
) -> DocumentPage:
    """One page of the invoices that stood in it, each with its own state."""
    with rooms.house.store.of(caller.tenant) as transaction:
        if log.submission(transaction, submission) is None:
            raise NotFound("submission", str(submission))
        page = log.search(transaction, Search(submission_id=submission, after=read_cursor(cursor), limit=limit))
    return DocumentPage(documents=[DocumentShape.of(one) for one in page.documents], next=write_cursor(page.next))
