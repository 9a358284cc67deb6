"""Recipients and rules: read, changed, imported and exported."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Response

from gateway.api.access import TheCaller, TheRooms
from gateway.api.bodies import TheBody, plain_json
from gateway.api.cursors import Limit, ReferenceCursorText, read_reference, write_reference
from gateway.api.description import RECIPIENT, RECIPIENT_EXAMPLE, answer, json_body, yaml_body
from gateway.api.problems import documented
from gateway.api.shapes import Imported, Line
from gateway.intake import rule_books
from gateway.store import parties

router = APIRouter(prefix="/v1", tags=["recipients and rules"])

Reference = Annotated[Line, Path(min_length=1, max_length=200, examples=["atelier-du-lac"])]
Plain = Annotated[dict[str, object], Depends(plain_json)]
_YAML: Final = "application/yaml"
_BOOK: Final = """\
rules:
  - name: Over Peppol where it works
    when: {can_receive: peppol}
    then: {channel: peppol}
    fallback: [{channel: mail}]
"""
_ONE: Final = answer({"$ref": RECIPIENT}, RECIPIENT_EXAMPLE)
_PAGE: Final = answer(
    {
        "type": "object",
        "required": ["recipients", "next"],
        "properties": {
            "recipients": {"type": "array", "items": {"$ref": RECIPIENT}},
            "next": {
                "type": ["string", "null"],
                "description": "The cursor of the following page, null on the last one.",
            },
        },
    },
    {"recipients": [RECIPIENT_EXAMPLE], "next": None},
)
_AS_YAML: Final = answer({"type": "string"}, _BOOK, _YAML)


@router.get("/recipients", summary="Recipients, a page at a time", responses=_PAGE | documented(400))
def recipients(
    rooms: TheRooms, caller: TheCaller, limit: Limit = 50, cursor: ReferenceCursorText = None
) -> dict[str, object]:
    """By reference, each in the form in which it may be put back."""
    after = read_reference(cursor)
    with rooms.house.store.of(caller.tenant) as transaction:
        shown, following = parties.recipient_page(transaction, after, limit)
    return {"recipients": shown, "next": write_reference(following)}


@router.get("/recipients/{reference:path}", summary="One recipient", responses=_ONE | documented(404))
def recipient(rooms: TheRooms, caller: TheCaller, reference: Reference) -> dict[str, object]:
    """Who it is, how it is reached, what it prefers."""
    with rooms.house.store.of(caller.tenant) as transaction:
        return rule_books.recipient_named(transaction, reference)


@router.put(
    "/recipients/{reference:path}",
    summary="Add or change a recipient",
    responses=_ONE | documented(400, 413),
    openapi_extra=json_body({"$ref": RECIPIENT}, RECIPIENT_EXAMPLE),
)
def put_recipient(rooms: TheRooms, caller: TheCaller, reference: Reference, data: Plain) -> dict[str, object]:
    """Replaces what is known about it. What was sent before stays as it was."""
    with rooms.house.store.of(caller.tenant) as transaction:
        return rule_books.keep_recipient(
            transaction, reference, data, caller.name, rooms.house.clock.now(), rooms.trouble
        )


@router.delete("/recipients/{reference:path}", status_code=204, summary="Forget a recipient", responses=documented(404))
def delete_recipient(rooms: TheRooms, caller: TheCaller, reference: Reference) -> Response:
    """Invoices to it go by what they say themselves from now on."""
    with rooms.house.store.of(caller.tenant) as transaction:
        rule_books.forget_recipient(transaction, reference, caller.name, rooms.house.clock.now())
    return Response(status_code=204)


@router.get(
    "/rules", summary="All rules and recipients as YAML", response_class=Response, responses=_AS_YAML | documented()
)
def rule_book(rooms: TheRooms, caller: TheCaller) -> Response:
    """The rule book as people edit it; `PUT` takes it back."""
    with rooms.house.store.of(caller.tenant) as transaction:
        return Response(rule_books.export_rule_book(transaction), media_type=_YAML)


@router.put(
    "/rules",
    summary="Replace the rules, and add or change recipients, from YAML",
    responses=documented(400, 413),
    openapi_extra=yaml_body("A rule book; what it leaves out of rules and recipients stays as it is.", _BOOK),
)
def put_rule_book(rooms: TheRooms, caller: TheCaller, content: TheBody) -> Imported:
    """Everything or nothing: a rule book with a fault is refused with its lines, and nothing changes."""
    with rooms.house.store.of(caller.tenant) as transaction:
        now = rooms.house.clock.now()
        return Imported(**rule_books.import_rule_book(transaction, content, caller.name, now, rooms.trouble))
