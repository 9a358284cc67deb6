"""The addresses of the desk. Every state of a page is in its address; a page decides nothing."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from gateway.desk.dossier import dossier
from gateway.desk.forms import TheFields
from gateway.desk.listing import asked_of, listing
from gateway.desk.raw_text import Asked, artefact_of, raw_text
from gateway.desk.readable import readable_page
from gateway.desk.resending import preview, send_again
from gateway.desk.room import TheDesk
from gateway.desk.visitors import TheActor, TheVisitor

router = APIRouter()

PublicId = Annotated[str, Path(max_length=20)]
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]
Place = Annotated[int, Query(ge=0, le=999_999_999)]


@router.get("/")
def home(request: Request, desk: TheDesk, who: TheVisitor) -> Response:
    """To the list."""
    del who
    return desk.redirect(request, "documents")


@router.get("/documents")
def documents(request: Request, desk: TheDesk, who: TheVisitor) -> Response:
    """The list; a key that hits exactly one document opens it."""
    view = listing(desk, who, asked_of(request.query_params))
    if view.opens:
        return desk.redirect(request, f"documents/{view.opens}")
    return desk.page(request, "documents.html", visitor=who, view=view)


@router.get("/documents/{document}")
def document(
    request: Request, desk: TheDesk, who: TheVisitor, document: PublicId, order: str = "", done: str = ""
) -> Response:
    """One document: the verdict, the facts, what happened, and what proves it."""
    view = dossier(desk, who, document, oldest_first=order == "old")
    return desk.page(request, "document.html", visitor=who, view=view, was_resent=done == "resent")


@router.get("/documents/{document}/page.pdf")
def page(desk: TheDesk, who: TheVisitor, document: PublicId) -> Response:
    """The page that a person reads."""
    return desk.pdf(*readable_page(desk, who, document))


@router.get("/documents/{document}/raw/{sha256}")
def raw(desk: TheDesk, who: TheVisitor, document: PublicId, sha256: Sha256) -> Response:
    """Exactly the bytes that entered or left the house, to be saved."""
    _, found = artefact_of(desk, who, document, sha256)
    content = desk.rooms.house.archive.get(who.tenant, sha256)
    return desk.download(content, found.media_type, found.file_name or sha256)


@router.get("/documents/{document}/text/{sha256}")
def text(
    *,
    request: Request,
    desk: TheDesk,
    who: TheVisitor,
    document: PublicId,
    sha256: Sha256,
    top: Place = 0,
    line: Place = 0,
    column: Place = 0,
) -> Response:
    """The same bytes as text, 200 lines of them."""
    whole, view = raw_text(desk, who, document, sha256, Asked(top, line, column))
    return desk.page(request, "raw_text.html", visitor=who, view=view, document=whole.document)


@router.get("/documents/{document}/resend")
def resend_preview(request: Request, desk: TheDesk, who: TheVisitor, document: PublicId) -> Response:
    """What sending again would do; nothing happens."""
    return desk.page(request, "resend.html", visitor=who, view=preview(desk, who, document))


@router.post("/documents/{document}/resend")
def resend(request: Request, desk: TheDesk, who: TheActor, document: PublicId, given: TheFields) -> Response:
    """Send it again, with a reason."""
    against = send_again(desk, who, document, given)
    if against is not None:
        return desk.page(request, "resend.html", 409 if against.refused else 422, visitor=who, view=against)
    return desk.redirect(request, f"documents/{document}?done=resent")
