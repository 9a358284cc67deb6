"""The OpenAPI document: what FastAPI makes of the routes, and what it cannot know.

Bodies are read behind the key (`bodies`), so the routes say themselves what goes into one; problems and recipients
are components of their own.
"""

import json
from importlib.resources import files
from typing import Any, Final

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from rules.recipient import Recipient

Extra = dict[str, Any]

RECIPIENT: Final = "#/components/schemas/Recipient"
RECIPIENT_EXAMPLE: Final = {
    "id": "atelier-du-lac",
    "name": "Atelier du Lac SARL",
    "country": "FR",
    "identifiers": ["vat:FR11123456782"],
    "language": "fr",
    "addresses": {"peppol": {"participant": "0088:4000000123453"}, "mail": {"to": ["factures@atelier.example"]}},
    "preference": {"routes": [{"channel": "peppol", "format": "peppol-bis-3"}]},
}


def file_body(description: str) -> Extra:
    """A file as body: its bytes as they are. The examples are whole invoices, which the gateway takes as they stand."""
    kinds: dict[str, Extra] = {
        "application/xml": {"schema": {"type": "string"}, "example": _example("invoice.xml")},
        "application/json": {"schema": {"type": "object"}, "example": json.loads(_example("invoice.json"))},
        "text/csv": {"schema": {"type": "string"}, "example": _example("invoices.csv")},
        "application/octet-stream": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}},
    }
    return {"requestBody": {"required": True, "description": description, "content": kinds}}


def _example(name: str) -> str:
    return (files("gateway.api") / "examples" / name).read_text(encoding="utf-8")


def yaml_body(description: str, example: str) -> Extra:
    """A YAML text as body."""
    content = {"application/yaml": {"schema": {"type": "string"}, "example": example}}
    return {"requestBody": {"required": True, "description": description, "content": content}}


def json_body(schema: Extra, example: object | None = None, *, required: bool = True) -> Extra:
    """JSON of this schema as body."""
    shown = {"schema": schema} if example is None else {"schema": schema, "example": example}
    return {"requestBody": {"required": required, "content": {"application/json": shown}}}


def answer(schema: Extra, example: object, media_type: str = "application/json") -> dict[int | str, Extra]:
    """The answer of a route that FastAPI cannot describe by a model."""
    return {
        200: {"description": "Successful Response", "content": {media_type: {"schema": schema, "example": example}}}
    }


def document(app: FastAPI, *further: tuple[str, Extra]) -> Extra:
    """The OpenAPI document of an application. further: schemas (name, schema) that the routes refer to by name."""
    made = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes, tags=app.openapi_tags
    )
    schemas: Extra = made.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in further:
        schemas[name] = schema
        # Pydantic puts what a model refers to beside it; here everything stands in one place.
        schemas |= schema.pop("$defs", {})
    _, recipient = msgspec.json.schema_components([Recipient], ref_template="#/components/schemas/{name}")
    return made | {"components": {**made["components"], "schemas": dict(sorted((schemas | recipient).items()))}}
