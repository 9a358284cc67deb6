"""Raw bytes, exactly as they entered or left the house."""

from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Path, Response

from gateway.api.access import TheCaller, TheRooms
from gateway.api.problems import documented
from gateway.api.shapes import SHA256
from gateway.errors import NotFound
from gateway.store import log
from gateway.store.records import Artefact

router = APIRouter(prefix="/v1", tags=["log"])

_BYTES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The bytes, under the media type they came with.",
        "content": {"*/*": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}},
    }
}


@router.get(
    "/artefacts/{sha256}",
    summary="Raw bytes",
    response_class=Response,
    responses=_BYTES | documented(404),
)
def artefact(
    rooms: TheRooms, caller: TheCaller, sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$", examples=[SHA256])]
) -> Response:
    """Exactly the bytes that entered or left the house under this hash."""
    with rooms.house.store.of(caller.tenant) as transaction:
        found = log.artefact(transaction, sha256)
    if found is None:
        raise NotFound("artefact", sha256)
    return Response(rooms.house.archive.get(caller.tenant, sha256), headers=_headers(found))


def _headers(artefact: Artefact) -> dict[str, str]:
    """Foreign bytes: a browser must keep them in a file, and neither show, guess nor run them."""
    return {
        "Content-Type": artefact.media_type,
        # RFC 6266 with RFC 8187: whatever the sender called the file, this is one header and one name.
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(artefact.file_name, safe='')}",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": f'"{artefact.sha256}"',
    }
