"""What goes over the wire: answers as strict models, each field with an example for the OpenAPI document."""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from formats.checking import Severity
from gateway.lifecycle import DeliveryState, Headline, Legal, Owner, Payment, Processing, Response
from gateway.store.records import DocumentView, SubmissionView
from gateway.store.submissions import Taken

# What people write: no control characters, which no database and no terminal has a good use for.
Line = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$")]

SUBMISSION: Final = "019a7c52-1f60-7a31-9c04-5d1e8a2b7f10"
SHA256: Final = "9f2c4a7be1d05836c4f0a9b8d7e6152430fedcba98765432100123456789abcd"
MOMENT: Final = "2026-11-12T08:15:27.104Z"


class Shape(BaseModel):
    """An answer: no name beside those that are documented."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FindingShape(Shape):
    """Something to say about a document or a request."""

    id: str = Field(description="The official id of the rule, or one of ours: GW-...", examples=["BR-CO-10"])
    severity: Severity = Field(description="Only a fatal one makes a document invalid.", examples=["fatal"])
    term: str = Field("", description="The business term of EN 16931 it speaks of.", examples=["BT-106"])
    path: str = Field("", description="Where in the canonical model.", examples=["BG-22/BT-106"])
    where: str = Field("", description="Where in your file.", examples=["line 14, column Netto"])
    message: str = Field(
        examples=["The net amounts of the lines add up to 3.30. The sum of the lines is stated as: 3.00."]
    )
    fix: str = Field("", description="What to do.", examples=["State 3.30, or correct the amounts of the lines."])
    values: dict[str, str] = Field({}, description="What the words quote.", examples=[{"expected": "3.30"}])


class SubmissionShape(Shape):
    """A file or call that came in."""

    id: uuid.UUID = Field(examples=[SUBMISSION])
    state: str = Field(description="received, read, refused or duplicate", examples=["read"])
    door: str = Field(description="api or sftp", examples=["api"])
    file_name: str = Field(examples=["invoices-2026-11.csv"])
    sha256: str = Field(examples=[SHA256])
    size: int = Field(description="Bytes.", examples=[18204])
    format: str | None = Field(examples=["csv"])
    document_count: int = Field(examples=[12])
    original_id: uuid.UUID | None = Field(
        description="The submission whose bytes these are, where it is a duplicate.", examples=[None]
    )
    findings: list[FindingShape] = Field(description="What could not be read of it.")
    received_at: datetime.datetime = Field(examples=[MOMENT])

    @classmethod
    def of(cls, view: SubmissionView) -> "SubmissionShape":
        """From the log."""
        return cls(
            id=view.id,
            state=view.state,
            door=view.door,
            file_name=view.file_name,
            sha256=view.sha256,
            size=view.size,
            format=view.format,
            document_count=view.document_count,
            original_id=view.original_id,
            findings=findings_of(view.findings),
            received_at=view.received_at,
        )


class TakenShape(Shape):
    """The answer to a submission."""

    submission: uuid.UUID = Field(examples=[SUBMISSION])
    answer: Taken = Field(
        description="accepted: new; same_key: this very call was made before; same_bytes: these bytes came before",
        examples=["accepted"],
    )
    original: uuid.UUID | None = Field(description="The submission that it repeats.", examples=[None])
    href: str = Field(description="Ask here what became of it.", examples=[f"/v1/submissions/{SUBMISSION}"])


class DocumentShape(Shape):
    """One invoice or credit note and where it stands."""

    id: str = Field(examples=["d-7KQ2M9TX"])
    submission: uuid.UUID = Field(examples=[SUBMISSION])
    position: int = Field(description="In its file, from 1.", examples=[1])
    number: str | None = Field(examples=["2026-0042"])
    type_code: str | None = Field(description="BT-3", examples=["380"])
    issue_date: datetime.date | None = Field(examples=["2026-03-02"])
    due_date: datetime.date | None = Field(examples=["2026-04-01"])
    currency: str | None = Field(examples=["EUR"])
    amount_due: str | None = Field(description="BT-115, exact.", examples=["100.44"])
    seller: str | None = Field(examples=["Nordlicht Werkzeuge GmbH"])
    buyer: str | None = Field(examples=["Atelier du Lac SARL"])
    buyer_country: str | None = Field(examples=["FR"])
    profile: str | None = Field(description="Whose rules were applied.", examples=["peppol-bis-3"])
    rule_set: str | None = Field(
        description="The check sets that were applied, with their versions.", examples=["en16931 1.3.16"]
    )
    channel: str | None = Field(examples=["peppol"])
    because: str = Field(description="Why it goes that way.", examples=["Atelier du Lac SARL prefers Peppol."])
    headline: Headline = Field(description="All of it in one word.", examples=["Delivered"])
    processing: Processing = Field(description="What the gateway has done with it.", examples=["ready"])
    delivery: DeliveryState | None = Field(description="How far it is on its way.", examples=["delivered"])
    response: Response = Field(description="What the buyer said.", examples=["none"])
    payment: Payment = Field(description="Where the money is.", examples=["not_due"])
    legal: Legal = Field(description="Whether the tax office counts it as issued.", examples=["not_issued"])
    sentence: str = Field(description="What happened, in words.", examples=["Delivered over Peppol."])
    action: str = Field(description="The next step, empty where nobody has to act.", examples=[""])
    owner: Owner = Field(description="Who has to act.", examples=["nobody"])
    deadline: datetime.date | None = Field(description="By when.", examples=[None])
    findings: list[FindingShape]
    received_at: datetime.datetime = Field(examples=[MOMENT])
    changed_at: datetime.datetime = Field(examples=[MOMENT])

    @classmethod
    def of(cls, view: DocumentView) -> "DocumentShape":
        """From the log."""
        return cls(
            id=view.public_id,
            submission=view.submission_id,
            position=view.position,
            number=view.number,
            type_code=view.type_code,
            issue_date=view.issue_date,
            due_date=view.due_date,
            currency=view.currency,
            amount_due=None if view.amount_due is None else f"{view.amount_due:f}",
            seller=view.seller_name,
            buyer=view.buyer_name,
            buyer_country=view.buyer_country,
            profile=view.profile,
            rule_set=view.rule_set,
            channel=view.channel,
            because=view.because,
            headline=Headline(view.headline),
            processing=view.processing,
            delivery=view.delivery,
            response=view.response,
            payment=Payment(view.payment),
            legal=view.legal,
            sentence=view.sentence,
            action=view.action,
            owner=view.owner,
            deadline=view.deadline,
            findings=findings_of(view.findings),
            received_at=view.received_at,
            changed_at=view.changed_at,
        )


class DocumentPage(Shape):
    """One page of documents, newest first."""

    documents: list[DocumentShape]
    next: str | None = Field(description="The cursor of the following page, null on the last one.", examples=[None])


class SubmissionPage(Shape):
    """One page of submissions, newest first."""

    submissions: list[SubmissionShape]
    next: str | None = Field(description="The cursor of the following page, null on the last one.", examples=[None])


class ResendOrder(Shape):
    """Why a document is set going again."""

    reason: Line = Field("", max_length=500, description="For the log.", examples=["The print profile was corrected."])


class Said(Shape):
    """What happens now, in words."""

    said: str = Field(examples=["The same parcel goes again by post under the same key."])


class Imported(Shape):
    """What a rule book held."""

    rules: int = Field(examples=[5])
    recipients: int = Field(examples=[120])


class RuleSetShape(Shape):
    """A publication of rules that was applied."""

    name: str = Field(examples=["en16931"])
    version: str = Field(examples=["1.3.16"])
    rules: int = Field(description="How many rules were applied.", examples=[868])


class JudgedShape(Shape):
    """One document of a file that was only checked."""

    position: int = Field(description="In its file, from 1.", examples=[1])
    number: str | None = Field(examples=["2026-0042"])
    format: str | None = Field(examples=["ubl"])
    profile: str | None = Field(description="Whose rules were applied.", examples=["peppol-bis-3"])
    valid: bool = Field(examples=[True])
    rule_sets: list[RuleSetShape] = Field(description="What it was checked by; empty where it could not be read.")
    findings: list[FindingShape]


def findings_of(findings: Iterable[Mapping[str, object]]) -> list[FindingShape]:
    """Findings as the log keeps them."""
    return [FindingShape.model_validate(dict(one)) for one in findings]
