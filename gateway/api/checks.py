"""Check without sending: nothing of the file is kept."""

from typing import Annotated

from fastapi import APIRouter, Query

from gateway.api.access import TheCaller, TheRooms
from gateway.api.bodies import TheBody
from gateway.api.description import file_body
from gateway.api.problems import documented
from gateway.api.shapes import JudgedShape, Line, findings_of
from gateway.pipeline.verdict import Judged
from gateway.store import parties

router = APIRouter(prefix="/v1", tags=["checks"])


@router.post(
    "/check",
    summary="Check a file without sending it",
    responses=documented(400, 413),
    openapi_extra=file_body("One invoice or many: UBL, FatturaPA, canonical JSON or CSV."),
)
def check(
    rooms: TheRooms,
    caller: TheCaller,
    content: TheBody,
    profile: Annotated[
        Line, Query(max_length=40, description="Whose rules apply; auto: those that each document claims.")
    ] = "auto",
    file_name: Annotated[Line, Query(max_length=255, description="As the findings shall name it.")] = "file",
) -> list[JudgedShape]:
    """One verdict a document, with what is wrong, where in the file, and what to do about it.

    The file is read as a submission with the same key would be: with the CSV mapping of the same sender.
    """
    with rooms.house.store.of(caller.tenant) as transaction:
        options = rooms.house.read_options(parties.sender(transaction, caller.sender_id))
    return [_shape(one) for one in rooms.judge(content, file_name, profile, options)]


def _shape(judged: Judged) -> JudgedShape:
    return JudgedShape(
        position=judged.position,
        number=judged.number,
        format=judged.format,
        profile=judged.profile,
        valid=judged.is_valid,
        findings=findings_of(judged.findings),
    )
