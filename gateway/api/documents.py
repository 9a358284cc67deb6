"""The log: documents, their events and bytes; and setting one going again."""

import datetime
import uuid
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from gateway.api.access import Caller, TheCaller, TheRooms
from gateway.api.rooms import Rooms
from gateway.api.shapes import (
    ArtefactShape,
    CursorText,
    DeliveryShape,
    DocumentPage,
    DocumentShape,
    EventPage,
    EventShape,
    Limit,
    ResendOrder,
    Said,
    SubmissionShape,
    WholeShape,
    read_cursor,
    write_cursor,
)
from gateway.errors import NotFound
from gateway.pipeline.release import Resend, resend
from gateway.store import log
from gateway.store.log import Search, Whole

router = APIRouter(prefix="/v1", tags=["log"])

PublicId = Annotated[str, Path(max_length=20, examples=["d-7KQ2M9TX"])]


@router.get("/documents", summary="Search documents, newest first")
def documents(
    *,
    rooms: TheRooms,
    caller: TheCaller,
    q: Annotated[str, Query(max_length=200, description="Number, id, buyer, or what the other side calls it.")] = "",
    headline: Annotated[str, Query(max_length=40, examples=["Action needed"])] = "",
    channel: Annotated[str, Query(max_length=40)] = "",
    recipient: Annotated[str, Query(max_length=200)] = "",
    received_from: Annotated[datetime.date | None, Query()] = None,
    received_to: Annotated[datetime.date | None, Query()] = None,
    cursor: CursorText = None,
    limit: Limit = 50,
) -> DocumentPage:
    """One page of the documents for which everything that is given holds."""
    wanted = Search(
        text=q,
        headline=headline,
        channel=channel,
        recipient=recipient,
        received_from=received_from,
        received_to=received_to,
        after=read_cursor(cursor),
        limit=limit,
    )
    with rooms.house.store.of(caller.tenant) as transaction:
        page = log.search(transaction, wanted)
    return DocumentPage(documents=[DocumentShape.of(one) for one in page.documents], next=write_cursor(page.next))


@router.get("/documents/{document}", summary="One document with everything that belongs to it")
def document(rooms: TheRooms, caller: TheCaller, document: PublicId) -> WholeShape:
    """Where it stands, who has to act, its deliveries, events and artefacts."""
    whole = _whole(rooms, caller, document)
    return WholeShape(
        document=DocumentShape.of(whole.document),
        submission=SubmissionShape.of(whole.submission),
        deliveries=[DeliveryShape.of(one) for one in whole.deliveries],
        events=[EventShape.of(one) for one in whole.events],
        artefacts=[ArtefactShape.of(one) for one in whole.artefacts],
    )


@router.get("/documents/{document}/events", summary="What happened to one document")
def events_of_document(rooms: TheRooms, caller: TheCaller, document: PublicId) -> list[EventShape]:
    """Its moves in the order in which they happened."""
    return [EventShape.of(one) for one in _whole(rooms, caller, document).events]


@router.post("/documents/{document}/resend", status_code=202, summary="Set a stopped document going again")
def send_again(rooms: TheRooms, caller: TheCaller, document: PublicId, order: ResendOrder) -> Said:
    """For what was held, parked, refused or undeliverable; anything else is refused with the reason."""
    with rooms.house.store.of(caller.tenant) as transaction:
        wanted = Resend(document, caller.name, order.reason)
        return Said(said=resend(transaction, wanted, rooms.house.clock.now()))


@router.get("/deliveries/{delivery}", summary="One delivery")
def delivery(rooms: TheRooms, caller: TheCaller, delivery: uuid.UUID) -> DeliveryShape:
    """How far it has come, under which key and reference."""
    with rooms.house.store.of(caller.tenant) as transaction:
        found = log.delivery(transaction, delivery)
    if found is None:
        raise NotFound("delivery", str(delivery))
    return DeliveryShape.of(found)


@router.get("/events", summary="Everything that happened, oldest first")
def events(
    rooms: TheRooms, caller: TheCaller, after: Annotated[int, Query(ge=0, le=2**62)] = 0, limit: Limit = 100
) -> EventPage:
    """One page of events behind the sequence `after`: ask again with `next`."""
    with rooms.house.store.of(caller.tenant) as transaction:
        found = log.events_of(transaction, after=after, limit=limit)
    return EventPage(events=[EventShape.of(one) for one in found], next=found[-1].sequence if found else after)


@router.get("/artefacts/{sha256}", summary="Raw bytes", response_class=Response)
def artefact(rooms: TheRooms, caller: TheCaller, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$")]) -> Response:
    """Exactly the bytes that entered or left the house under this hash."""
    with rooms.house.store.of(caller.tenant) as transaction:
        found = log.artefact(transaction, sha256)
    if found is None:
        raise NotFound("artefact", sha256)
    # Foreign bytes: a browser must neither show nor guess them.
    headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff", "ETag": f'"{sha256}"'}
    return Response(rooms.house.archive.get(caller.tenant, sha256), media_type=found.media_type, headers=headers)


def _whole(rooms: Rooms, caller: Caller, public_id: str) -> Whole:
    with rooms.house.store.of(caller.tenant) as transaction:
        whole = log.document(transaction, public_id)
    if whole is None:
        raise NotFound("document", public_id)
    return whole
