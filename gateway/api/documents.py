"""The log: documents, deliveries and what happened to them; and setting one going again."""

import datetime
import uuid
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query

from gateway.api.access import Caller, TheCaller, TheRooms
from gateway.api.bodies import json_of
from gateway.api.cursors import CursorText, Limit, read_cursor, write_cursor
from gateway.api.description import json_body
from gateway.api.problems import documented
from gateway.api.proof import DeliveryShape, EventPage, EventShape, WholeShape
from gateway.api.rooms import Rooms
from gateway.api.shapes import DocumentPage, DocumentShape, Line, ResendOrder, Said
from gateway.errors import NotFound
from gateway.lifecycle import Headline
from gateway.pipeline.release import Resend, resend
from gateway.store import log
from gateway.store.log import Search, Whole

router = APIRouter(prefix="/v1", tags=["log"])

PublicId = Annotated[Line, Path(max_length=20, examples=["d-7KQ2M9TX"])]
DeliveryId = Annotated[uuid.UUID, Path(examples=["019a7c52-2a10-7b42-8d15-6e2f9b3c8a21"])]
# A day after the last one has no midnight.
Day = Annotated[datetime.date | None, Query(le=datetime.date(2999, 12, 31), examples=["2026-11-12"])]
TheOrder = Annotated[ResendOrder, Depends(json_of(ResendOrder))]
_MOST_SEQUENCE: Final = 2**62


@router.get("/documents", summary="Search documents, newest first", responses=documented(400))
def documents(
    *,
    rooms: TheRooms,
    caller: TheCaller,
    q: Annotated[
        Line,
        Query(
            max_length=200, description="Number, id, buyer, or what the other side calls it.", examples=["2026-0042"]
        ),
    ] = "",
    headline: Annotated[Headline | None, Query(examples=["Action needed"])] = None,
    channel: Annotated[Line, Query(max_length=40, examples=["peppol"])] = "",
    recipient: Annotated[Line, Query(max_length=200, description="Part of the buyer's name.", examples=["Lac"])] = "",
    received_from: Day = None,
    received_to: Day = None,
    cursor: CursorText = None,
    limit: Limit = 50,
) -> DocumentPage:
    """One page of the documents for which everything that is given holds. Days are in UTC and included."""
    wanted = Search(
        text=q,
        headline=headline or "",
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


@router.get(
    "/documents/{document}", summary="One document with everything that belongs to it", responses=documented(404)
)
def document(rooms: TheRooms, caller: TheCaller, document: PublicId) -> WholeShape:
    """Where it stands, who has to act, its deliveries, events and artefacts."""
    return WholeShape.of(_whole(rooms, caller, document))


@router.get("/documents/{document}/events", summary="What happened to one document", responses=documented(404))
def events_of_document(rooms: TheRooms, caller: TheCaller, document: PublicId) -> list[EventShape]:
    """Its moves in the order in which they happened."""
    return WholeShape.of(_whole(rooms, caller, document)).events


@router.post(
    "/documents/{document}/resend",
    status_code=202,
    summary="Set a stopped document going again",
    responses=documented(404, 409, 413),
    openapi_extra=json_body({"$ref": "#/components/schemas/ResendOrder"}, required=False),
)
def send_again(rooms: TheRooms, caller: TheCaller, document: PublicId, order: TheOrder) -> Said:
    """For what was held, parked, refused or undeliverable; anything else is refused with the reason."""
    with rooms.house.store.of(caller.tenant) as transaction:
        wanted = Resend(document, caller.name, order.reason)
        return Said(said=resend(transaction, wanted, rooms.house.clock.now()))


@router.get("/deliveries/{delivery}", summary="One delivery", responses=documented(404))
def delivery(rooms: TheRooms, caller: TheCaller, delivery: DeliveryId) -> DeliveryShape:
    """How far it has come, under which key and reference."""
    with rooms.house.store.of(caller.tenant) as transaction:
        found = log.delivery(transaction, delivery)
    if found is None:
        raise NotFound("delivery", str(delivery))
    return DeliveryShape.of(found)


@router.get("/events", summary="Everything that happened, oldest first", responses=documented())
def events(
    rooms: TheRooms,
    caller: TheCaller,
    after: Annotated[int, Query(ge=0, le=_MOST_SEQUENCE, description="`next` of the page before.")] = 0,
    limit: Limit = 100,
) -> EventPage:
    """One page of the events of this tenant. An empty page means: nothing more yet; ask later with the same `after`."""
    with rooms.house.store.of(caller.tenant) as transaction:
        found = log.events_of(transaction, after=after, limit=limit)
        public_ids = log.public_ids(transaction, [one.document_id for one in found if one.document_id])
    return EventPage(
        events=[EventShape.of(one, public_ids) for one in found], next=found[-1].sequence if found else after
    )


def _whole(rooms: Rooms, caller: Caller, public_id: str) -> Whole:
    with rooms.house.store.of(caller.tenant) as transaction:
        whole = log.document(transaction, public_id)
    if whole is None:
        raise NotFound("document", public_id)
    return whole
