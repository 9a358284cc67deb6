"""One document: what is wrong, who acts, what to do and until when; then the facts that stand behind it."""

from dataclasses import dataclass

from formats.en16931.invoice import CREDIT_NOTE_TYPES
from gateway.desk import spelling
from gateway.desk.particulars import Pairs, amounts_of, identifiers_of, invoice_of
from gateway.desk.proof import (
    DeliveryShown,
    FileShown,
    Findings,
    ProofShown,
    deliveries_of,
    files_of,
    findings_of,
    is_delivered,
    proofs_of,
)
from gateway.desk.raw_text import Shelf
from gateway.desk.readable import has_page
from gateway.desk.room import Desk
from gateway.desk.timeline import Day, timeline
from gateway.desk.verdict import Fact, Verdict, facts_of, verdict_of
from gateway.desk.visitors import Visitor
from gateway.errors import NotFound
from gateway.store import log
from gateway.store.records import DocumentView


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything on the page of one document. incident: where some bytes could not be read, the number to tell."""

    public_id: str
    kind: str
    number: str
    seller: str
    buyer: str
    dates: str
    file_name: str
    amount: str
    verdict: Verdict
    facts: tuple[Fact, ...]
    proofs: tuple[ProofShown, ...]
    is_delivered: bool
    findings: Findings
    days: tuple[Day, ...]
    oldest_first: bool
    deliveries: tuple[DeliveryShown, ...]
    files: tuple[FileShown, ...]
    has_page: bool
    identifiers: Pairs
    amounts: Pairs
    incident: str


def dossier(desk: Desk, who: Visitor, document: str, *, oldest_first: bool) -> Dossier:
    """One document of the visitor's tenant. Raises NotFound."""
    with desk.rooms.house.store.of(who.tenant) as transaction:
        whole = log.document(transaction, document)
        if whole is None:
            raise NotFound("document", document)
        near = [one for one in (whole.document.original_id, whole.document.successor_id) if one]
        names = log.public_ids(transaction, near) if near else {}
    shelf, now, head = Shelf(desk, who), desk.rooms.house.clock.now(), whole.document
    invoice = invoice_of(whole, shelf)
    proofs = proofs_of(whole, shelf)
    days = timeline(whole, shelf, desk.rooms.house.work, now, oldest_first=oldest_first)
    return Dossier(
        public_id=head.public_id,
        kind=_kind(head),
        number=head.number or head.public_id,
        seller=head.seller_name or "",
        buyer=head.buyer_name or "",
        dates=_dates(head),
        file_name=whole.submission.file_name,
        amount=spelling.amount(head.amount_due, head.currency),
        verdict=verdict_of(whole, who, names, len(proofs), now),
        facts=facts_of(whole, now),
        proofs=proofs,
        is_delivered=is_delivered(whole),
        findings=findings_of(whole),
        days=days,
        oldest_first=oldest_first,
        deliveries=deliveries_of(whole),
        files=files_of(whole),
        has_page=has_page(desk, whole),
        identifiers=tuple(identifiers_of(whole, invoice)),
        amounts=tuple(amounts_of(invoice)) if invoice else (),
        incident=shelf.incident if shelf.troubles else "",
    )


def _kind(head: DocumentView) -> str:
    if not head.number:
        return "Document"
    return "Credit note" if head.type_code in CREDIT_NOTE_TYPES else "Invoice"


def _dates(head: DocumentView) -> str:
    issued = spelling.day(head.issue_date) if head.issue_date else ""
    due = f"due {spelling.day(head.due_date)}" if head.due_date else ""
    return ", ".join(part for part in (issued, due) if part)
