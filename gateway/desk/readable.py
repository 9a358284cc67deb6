"""The page that a person reads, as PDF: the one that was sent or kept, or else one made from the canonical invoice."""

from formats.en16931.json_form import restored
from gateway.desk.room import Desk
from gateway.desk.visitors import Visitor
from gateway.errors import NotFound
from gateway.store import log
from gateway.store.log import Whole
from gateway.store.records import Artefact

_PDF = "application/pdf"


def _kept(whole: Whole) -> Artefact | None:
    """The latest page that was made on the way: beside a mail, or as the letter itself."""
    made = [one for one in whole.artefacts if one.media_type == _PDF and one.role in ("page", "sealed")]
    return made[-1] if made else None


def has_page(desk: Desk, whole: Whole) -> bool:
    """Whether there is a page to read."""
    can_be_made = desk.rooms.page is not None and any(one.role == "canonical" for one in whole.artefacts)
    return can_be_made or _kept(whole) is not None


def readable_page(desk: Desk, who: Visitor, document: str) -> tuple[bytes, str]:
    """(PDF, file name) of a document. Raises NotFound, and what the archive raises."""
    archive = desk.rooms.house.archive
    with desk.rooms.house.store.of(who.tenant) as transaction:
        whole = log.document(transaction, document)
    if whole is None:
        raise NotFound("document", document)
    name = f"{whole.document.number or whole.document.public_id}.pdf"
    kept = _kept(whole)
    if kept is not None:
        return archive.get(who.tenant, kept.sha256), name
    canonical = next((one for one in whole.artefacts if one.role == "canonical"), None)
    if canonical is None or desk.rooms.page is None:
        raise NotFound("readable page of document", document)
    return desk.rooms.page(restored(archive.get(who.tenant, canonical.sha256))), name
