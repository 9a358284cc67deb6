"""Check and route without sending: nothing of the file is kept."""

from typing import Annotated

from fastapi import APIRouter, Query

from gateway.api.access import TheBody, TheCaller, TheRooms
from gateway.api.shapes import JudgedShape, findings_of

router = APIRouter(prefix="/v1", tags=["checks"])


@router.post("/check", summary="Check a file without sending it")
def check(
    rooms: TheRooms,
    caller: TheCaller,
    content: TheBody,
    profile: Annotated[str, Query(max_length=40)] = "auto",
    file_name: Annotated[str, Query(max_length=255)] = "file",
) -> list[JudgedShape]:
    """One verdict a document, with what is wrong, where in the file, and what to do about it."""
    del caller
    return [
        JudgedShape(
            position=one.position,
            number=one.number,
            format=one.format,
            profile=one.profile,
            valid=one.is_valid,
            findings=findings_of(one.findings),
        )
        for one in rooms.judge(content, file_name, profile)
    ]
