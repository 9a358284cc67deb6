"""What was read of an invoice becomes a document that can be written down, judged on its own.

What cannot be read is a document too: its finding says why, and whose turn it is.
"""

import datetime
import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from formats.checking import Finding, Report
from formats.contract import Format, Reading
from formats.en16931 import Invoice
from formats.en16931.json_form import encode
from gateway.ids import public_id, row_id
from gateway.lifecycle import Owner, Processing
from gateway.pipeline.house import House
from gateway.pipeline.rounding import told_of
from gateway.pipeline.verdict import as_data
from gateway.store.records import NewArtefact, NewDocument, Sender, Submission

# What the log's own columns hold of a text that is also looked for; the canonical form has all of it.
_LONGEST: Final = 500
BROKEN: Final = Finding(
    "GW-READ-FAILED",
    "",
    "The gateway broke down while reading this, three times.",
    "The operator of the gateway looks at the log; the file is kept, and can be read again.",
)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that was read and is not yet written down."""

    document: NewDocument
    canonical: bytes = b""


def arrived(house: House, submission: Submission, position: int) -> NewDocument:
    """A document of which nothing is known but where it stood. position: in its file, from 1; below 1: the file."""
    return NewDocument(
        id=row_id(house.clock.now()),
        public_id=public_id("d"),
        submission_id=submission.id,
        sender_id=submission.sender_id,
        position=position,
        processing=Processing.CHECKED,
        evidence=submission.sha256,
        where=f"document {position} of {submission.file_name}" if position > 0 else submission.file_name,
    )


def draft(
    house: House, sender: Sender, document: NewDocument, found: Format, reading: Reading, content: bytes
) -> Draft:
    """One reading of a file, checked. content: the whole file, for a format whose documents cannot be cut out of it.

    Where its sums fail by rounding, a change is proposed, and made where the sender's settings say so.
    """
    if reading.invoice is None:
        return Draft(quarantined(document, reading.findings))
    # A document cut out of an envelope is judged in its own format, not in the envelope's.
    inner = house.recognise(reading.source, "") if reading.source else None
    checked = house.check(inner or found, reading.source or content, reading)
    rounding = None if Report(reading.findings).fatal else house.settle_rounding(sender, checked)
    if rounding is not None and rounding.is_applied and rounding.after is not None:
        checked = rounding.after
    findings = reading.findings + checked.report.findings
    canonical = encode(checked.invoice)
    document = replace(
        document,
        head=_head(checked.invoice),
        identity=identity(checked.invoice),
        profile=checked.profile,
        rule_set=", ".join(f"{one.name} {one.version}" for one in checked.report.applied),
        findings=tuple(as_data(one) for one in findings),
        computed=tuple(sorted(checked.provenance.computed_paths())),
        rounding=told_of(rounding),
    )
    fatal = tuple(one for one in findings if one.severity == "fatal")
    if fatal:
        return Draft(_invalid(document, fatal), canonical)
    return Draft(replace(document, sentence="It was read and checked.", owner=Owner.GATEWAY), canonical)


def quarantined(document: NewDocument, findings: tuple[Finding, ...], owner: Owner = Owner.SENDER_IT) -> NewDocument:
    """A document that cannot be read, with its reason. owner: who has to act; an operator may have it read again."""
    first = findings[0] if findings else BROKEN
    where = f" ({first.where})" if first.where else ""
    return replace(
        document,
        processing=Processing.QUARANTINED,
        findings=tuple(as_data(one) for one in findings),
        sentence=f"We cannot read {document.where}: {first.message}{where}",
        owner=owner,
        action=first.fix,
    )


def _invalid(document: NewDocument, fatal: tuple[Finding, ...]) -> NewDocument:
    more = f" {len(fatal) - 1} more findings." if len(fatal) > 1 else ""
    first = fatal[0]
    return replace(
        document,
        processing=Processing.INVALID,
        sentence=f"{first.message}{more}",
        owner=Owner.CLERK,
        action=first.fix or "Correct it and send it again.",
    )


def _head(invoice: Invoice) -> dict[str, object]:
    buyer, seller, totals = invoice.buyer, invoice.seller, invoice.totals
    return {
        "number": _cut(invoice.number),
        "type_code": _cut(invoice.type_code),
        "issue_date": invoice.issue_date,
        "due_date": invoice.due_date,
        "currency": _cut(invoice.currency),
        "amount_due": totals.due if totals else None,
        "seller_name": _cut(seller.name) if seller else None,
        "buyer_name": _cut(buyer.name) if buyer else None,
        "buyer_country": _cut(buyer.address.country) if buyer and buyer.address else None,
    }


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def identity(invoice: Invoice) -> str | None:
    """What makes two documents the same invoice: seller, number, year and type; None where one of them lacks."""
    seller = invoice.seller
    if seller is None or not invoice.number or invoice.issue_date is None:
        return None
    registered = seller.legal_registration.value if seller.legal_registration else None
    who = seller.vat_identifier or registered or seller.tax_registration or seller.name
    if not who:
        return None
    words = (who, invoice.number, str(invoice.issue_date.year), invoice.type_code or "")
    found = "|".join(" ".join(word.split()).upper() for word in words)
    # No index holds a text without end; two of the same beginning are still two.
    return found if len(found) <= _LONGEST else hashlib.sha256(found.encode("utf-8", "replace")).hexdigest()


def canonical_form(document: NewDocument, size: int, now: datetime.datetime) -> NewArtefact:
    """The canonical form of a document as the log lists it."""
    return NewArtefact(
        id=row_id(now),
        sha256=document.canonical_sha256 or "",
        size=size,
        media_type="application/json",
        file_name=f"{document.public_id}.json",
        role="canonical",
        submission_id=document.submission_id,
        document_id=document.id,
    )


Replaced = tuple[uuid.UUID, uuid.UUID]


def against_originals(
    drafts: Iterable[NewDocument], originals: Mapping[str, tuple[uuid.UUID, bool]]
) -> tuple[list[NewDocument], list[Replaced]]:
    """The drafts, doubles marked as such, and the (old, new) pairs of documents that a corrected version replaces."""
    settled: list[NewDocument] = []
    replaced: list[Replaced] = []
    living = dict(originals)
    for one in drafts:
        known = living.get(one.identity or "")
        if one.processing is not Processing.CHECKED or one.identity is None:
            settled.append(one)
        elif known is None or known[1]:
            if known is not None:
                replaced.append((known[0], one.id))
            living[one.identity] = (one.id, False)
            settled.append(one)
        else:
            settled.append(_duplicate(one, known[0]))
    return settled, replaced


def _duplicate(document: NewDocument, original: uuid.UUID) -> NewDocument:
    return replace(
        document,
        processing=Processing.DUPLICATE,
        original_id=original,
        sentence="The same invoice was received before. Not sent again.",
        owner=Owner.NOBODY,
        action="",
    )
