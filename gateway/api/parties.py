"""Recipients and rules: read, changed, imported and exported."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from gateway.api.access import TheBody, TheCaller, TheRooms
from gateway.errors import NotFound
from gateway.intake.rule_books import export_rule_book, import_rule_book, keep_recipient, recipient_named
from gateway.store import parties

router = APIRouter(prefix="/v1", tags=["recipients and rules"])

Reference = Annotated[str, Path(max_length=200, examples=["cust-1047"])]
YAML = "application/yaml"


@router.get("/recipients", summary="All recipients")
def recipients(rooms: TheRooms, caller: TheCaller) -> list[dict[str, object]]:
    """By name, each in the form in which it may be put back."""
    with rooms.house.store.of(caller.tenant) as transaction:
        return [dict(data) for _, _, data in parties.recipients(transaction)]


@router.get("/recipients/{reference}", summary="One recipient")
def recipient(rooms: TheRooms, caller: TheCaller, reference: Reference) -> dict[str, object]:
    """Who it is, how it is reached, what it prefers."""
    with rooms.house.store.of(caller.tenant) as transaction:
        return recipient_named(transaction, reference)


@router.put("/recipients/{reference}", summary="Add or change a recipient")
def put_recipient(
    rooms: TheRooms, caller: TheCaller, reference: Reference, data: dict[str, object]
) -> dict[str, object]:
    """Replaces what is known about it. What was sent before stays as it was."""
    with rooms.house.store.of(caller.tenant) as transaction:
        return keep_recipient(transaction, reference, data, caller.name, rooms.house.clock.now())


@router.delete("/recipients/{reference}", status_code=204, summary="Forget a recipient")
def delete_recipient(rooms: TheRooms, caller: TheCaller, reference: Reference) -> Response:
    """Invoices to it go by what they say themselves from now on."""
    with rooms.house.store.of(caller.tenant) as transaction:
        if not parties.forget_recipient(transaction, reference):
            raise NotFound("recipient", reference)
    return Response(status_code=204)


@router.get("/rules", summary="All rules and recipients as YAML", response_class=Response)
def rule_book(rooms: TheRooms, caller: TheCaller) -> Response:
    """The rule book as people edit it; `PUT` takes it back."""
    with rooms.house.store.of(caller.tenant) as transaction:
        return Response(export_rule_book(transaction), media_type=YAML)


@router.put("/rules", summary="Replace the rules (and add recipients) from YAML")
def put_rule_book(rooms: TheRooms, caller: TheCaller, content: TheBody, request: Request) -> dict[str, int]:
    """Everything or nothing: a rule book with a fault is refused with its lines, and nothing changes."""
    del request
    with rooms.house.store.of(caller.tenant) as transaction:
        return import_rule_book(transaction, content, caller.name, rooms.house.clock.now())
