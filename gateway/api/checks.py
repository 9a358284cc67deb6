"""Check without sending: nothing of the file is kept."""

from typing import Annotated

from fastapi import APIRouter, Query

from gateway.api.access import TheCaller, TheRooms
from gateway.api.bodies import TheBody
from gateway.api.description import file_body
from gateway.api.problems import documented
from gateway.api.proposals import ProposalShape, VerdictShape
from gateway.api.shapes import Line, RuleSetShape, findings_of
from gateway.pipeline.rounding import Rounding
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
    propose: Annotated[
        bool, Query(description="Also say what would put right an invoice whose sums fail by rounding.")
    ] = False,
) -> list[VerdictShape]:
    """One verdict a document, with what is wrong, where in the file, and what to do about it.

    The file is read as a submission with the same key would be: with the CSV mapping of the same sender.
    """
    with rooms.house.store.of(caller.tenant) as transaction:
        options = rooms.house.read_options(parties.sender(transaction, caller.sender_id))
    return [
        _shape(one, rooms.propose(one.checked) if propose and one.checked is not None else None)
        for one in rooms.judge(content, file_name, profile, options)
    ]


def _shape(judged: Judged, rounding: Rounding | None) -> VerdictShape:
    return VerdictShape(
        position=judged.position,
        number=judged.number,
        format=judged.format,
        profile=judged.profile,
        valid=judged.is_valid,
        rule_sets=[RuleSetShape(name=one.name, version=one.version, rules=one.checks) for one in judged.applied],
        findings=findings_of(judged.findings),
        proposal=None if rounding is None else ProposalShape.model_validate(rounding.as_data()),
    )
