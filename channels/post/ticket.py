"""The job ticket: what the print house is to do with one letter, in the neutral form, version 1.

One letter makes one batch. Everything in it comes from the parcel, so that every attempt makes the same ticket and
`content_sha256` tells the same letter from another one; only `profile` and `test` are the installation's.
"""

import datetime
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import msgspec

from channels.contract import AddressResult, Misconfigured, Parcel, Refused
from channels.post.address import address_lines, one_line

TICKET_SUFFIX: Final = ".job.json"
PDF: Final = "application/pdf"
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")
_NEEDED: Final = {"name": "name", "line1": "street", "city": "town", "country": "country"}
# Without dates in the details: to be posted within these days after the ticket was made.
_POSTED_WITHIN: Final = datetime.timedelta(days=4)
# Estimates, to be weighed at the house: empty envelopes, in grams. A sheet of A4 has 0.06237 square metres.
_ENVELOPE_GRAMS: Final[Mapping[str, int]] = {"DL": 5, "C6/5": 5, "C5": 7, "C4": 20}
_SHEET: Final = 6237

Count = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
Moment = Annotated[datetime.datetime, msgspec.Meta(tz=True)]
Line = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Terms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parcel.details, by name; all of them are strings there (`"2"`, `"true"`, `"2026-11-23"`).

    document:           the invoice's number
    pages:              of the PDF
    sender:             whose letter it is, in the house's words (a customer name or number)
    return_lines:       where returned letters go, a line each, `\\n` between them
    created_at:         when the letter was made, with its offset
    window:             which envelope window the page is made for (`se-right`)
    posted_in:          country of posting; where it is not known the address always names its country
    to_lines:           the address as it stands on the page, `\\n` between lines; "" to have it made of the parcel's
    language:           of the letter, BCP 47
    handling:           what becomes of a letter that can't be delivered
    post_not_before:    a day; the day of created_at where it is not given
    post_not_after:     a day; four days later where it is not given
    expires_at:         after this moment nothing may be printed
    amount:             any number, such as the amount due: the house gives its sum back, which catches a swapped letter
    """

    document: Line
    pages: Count
    sender: Line
    return_lines: Line
    created_at: Moment
    window: Line
    posted_in: Annotated[str, msgspec.Meta(pattern=r"^([A-Z]{2})?\Z")] = ""
    to_lines: str = ""
    kind: Literal["invoice", "credit_note", "reminder", "statement", "other"] = "invoice"
    language: Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]+)*\Z")] = "en"
    handling: Literal["return_to_sender", "report_and_destroy", "forward_and_report"] = "return_to_sender"
    sides: Literal["simplex", "duplex"] = "duplex"
    colour: Literal["grey", "colour"] = "grey"
    paper: Annotated[int, msgspec.Meta(ge=60, le=300)] = 80
    perforation: Line = "none"
    address_sheet: bool = False
    envelope: Line = "C5"
    speed: Literal["priority", "economy", "bulk"] = "economy"
    registered: bool = False
    proof_of_delivery: bool = False
    post_not_before: datetime.date | None = None
    post_not_after: datetime.date | None = None
    expires_at: Moment | None = None
    amount: Annotated[str, msgspec.Meta(pattern=r"^(-?[0-9]+(\.[0-9]+)?)?\Z")] = ""

    @property
    def sheets(self) -> int:
        """Sheets of paper: two pages on each with duplex, and one for the address where it has its own."""
        printed = -(-self.pages // 2) if self.sides == "duplex" else self.pages
        return printed + self.address_sheet

    @property
    def grams(self) -> int:
        """What the letter weighs, about, rounded up."""
        paper = -(-self.sheets * self.paper * _SHEET // 100_000)
        return paper + _ENVELOPE_GRAMS.get(self.envelope, _ENVELOPE_GRAMS["C5"])


@dataclass(frozen=True, slots=True)
class Batch:
    """A letter with its ticket, ready for the drop folder. files: by name, without the ticket."""

    id: str
    files: Mapping[str, bytes]
    ticket: bytes
    content_sha256: str

    @property
    def ticket_name(self) -> str:
        return f"{self.id}{TICKET_SUFFIX}"


def batch_id(key: str) -> str:
    """The batch of a letter's key: the same in every attempt. Raises Misconfigured for a key that is none."""
    if not _KEY.fullmatch(key):
        text = f"{key!r} is no key of a letter: it takes 8 to 64 letters, digits and dashes"
        raise Misconfigured("post.key", text)
    return f"B-{key}"


def batch_of(parcel: Parcel, profile: str, *, is_test: bool) -> Batch:
    """The batch of one parcel. Raises Misconfigured (a detail is wrong), Refused (the address is incomplete)."""
    if parcel.media_type != PDF:
        raise Misconfigured("post.content", f"a letter is a PDF; {parcel.file_name} is {parcel.media_type}")
    identifier, terms = batch_id(parcel.key), _terms(parcel.details)
    _check_address(parcel.address)
    piece = _piece(parcel, terms)
    # The canonical form: keys in order, no blanks, UTF-8 as it is.
    content_sha256 = hashlib.sha256(msgspec.json.encode([piece], order="sorted")).hexdigest()
    first_day = terms.post_not_before or terms.created_at.date()
    batch = {
        "id": identifier,
        "content_sha256": content_sha256,
        "sender": one_line(terms.sender),
        "created_at": terms.created_at,
        "profile": profile,
        "test": is_test,
        "post_not_before": first_day,
        "post_not_after": terms.post_not_after or first_day + _POSTED_WITHIN,
        "totals": {
            "pieces": 1,
            "pages": terms.pages,
            "sheets": terms.sheets,
            "bytes": len(parcel.content),
            "amount_hash": terms.amount or re.sub("[^0-9]", "", parcel.key) or "0",
        },
    }
    ticket = msgspec.json.encode({"ticket_version": "1", "batch": batch, "pieces": [piece]})
    return Batch(identifier, {_file_name(parcel.key): parcel.content}, ticket, content_sha256)


def _terms(details: Mapping[str, str]) -> Terms:
    try:
        return msgspec.convert(details, Terms, strict=False)
    except msgspec.ValidationError as error:
        raise Misconfigured("post.ticket", f"the letter's details are wrong: {error}") from error


def _check_address(address: Mapping[str, str]) -> None:
    missing = [word for term, word in _NEEDED.items() if not one_line(address.get(term, ""))]
    if missing:
        text = f"the address has no {' and no '.join(missing)}: no letter gets there"
        stated = ", ".join(filter(None, map(one_line, address.values())))
        result = AddressResult(stated, accepted=False, code="address_incomplete", text=text)
        raise Refused("post.address", text, "post.rejected.address", addresses=(result,))


def _piece(parcel: Parcel, terms: Terms) -> dict[str, object]:
    address = {term: one_line(text) for term, text in parcel.address.items()}
    return {
        "key": parcel.key,
        "sequence": 1,
        "document": one_line(terms.document),
        "kind": terms.kind,
        "language": terms.language,
        "file": {
            "name": _file_name(parcel.key),
            "sha256": hashlib.sha256(parcel.content).hexdigest(),
            "pages": terms.pages,
            "first_page": 1,
        },
        "to": {
            "lines": _lines(terms.to_lines) or address_lines(parcel.address, terms.posted_in),
            "name": address["name"],
            "street": address["line1"],
            "postcode": address.get("post_code", ""),
            "town": address["city"],
            "country": address["country"],
            "window": one_line(terms.window),
        },
        "return_to": {"lines": _lines(terms.return_lines), "handling": terms.handling},
        "print": {
            "sides": terms.sides,
            "colour": terms.colour,
            "paper": str(terms.paper),
            "perforation": one_line(terms.perforation),
            "address_sheet": terms.address_sheet,
        },
        "envelope": one_line(terms.envelope),
        "enclosures": [],
        "service": {
            "speed": terms.speed,
            "registered": terms.registered,
            "proof_of_delivery": terms.proof_of_delivery,
        },
        "sheets": terms.sheets,
        "grams_estimated": terms.grams,
        "bundle": None,
        "expires_at": terms.expires_at,
    }


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, map(one_line, text.split("\n"))))


def _file_name(key: str) -> str:
    return f"{key}.pdf"
