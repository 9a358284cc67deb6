"""The job ticket of a print house, judged: its shape, its arithmetic, and the files it speaks of.

The shape is that of the neutral ticket, version 1: every entry is there, nothing else is. `content_sha256` is the
SHA-256 of the pieces as canonical JSON: keys sorted, no blanks, UTF-8 unescaped (each piece holds its file's hash).
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

Check = Callable[[object, str], Iterator[str]]
"""(value, place in the ticket) -> what is wrong with it."""

KEY = r"[A-Za-z0-9][A-Za-z0-9-]{7,63}"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
DAY = r"\d{4}-\d\d-\d\d"
SHA256 = r"[0-9a-f]{64}"


class TicketRefused(ValueError):
    """The whole batch is refused; the message names the places and what is wrong there."""


@dataclass(frozen=True)
class Piece:
    """What the house needs to know of one letter, read from its entry."""

    key: str
    document: str
    file: str
    first_page: int
    pages: int
    sheets: int
    grams: int
    name: str
    postcode: str
    town: str
    country: str
    handling: str
    registered: bool
    proof_of_delivery: bool
    expires_at: datetime | None


@dataclass(frozen=True)
class Ticket:
    batch: str
    content_sha256: str
    sender: str
    is_test: bool
    post_not_before: str
    amount_hash: str
    pieces: tuple[Piece, ...]


def text(pattern: str = r"[^\x00-\x1f]+") -> Check:
    def check(value: object, place: str) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            yield f"{place}: {value!r} does not match {pattern}"

    return check


def number(at_least: int = 0) -> Check:
    def check(value: object, place: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or value < at_least:
            yield f"{place}: {value!r} is no whole number from {at_least} up"

    return check


def one_of(*values: object) -> Check:
    def check(value: object, place: str) -> Iterator[str]:
        if not any(value is wanted or (value == wanted and type(value) is type(wanted)) for wanted in values):
            yield f"{place}: {value!r} is none of {', '.join(map(repr, values))}"

    return check


def nothing_or(inner: Check) -> Check:
    def check(value: object, place: str) -> Iterator[str]:
        if value is not None:
            yield from inner(value, place)

    return check


def many(inner: Check, at_least: int = 0) -> Check:
    def check(value: object, place: str) -> Iterator[str]:
        if not isinstance(value, list) or len(value) < at_least:
            yield f"{place}: a list of at least {at_least} is wanted"
            return
        for position, entry in enumerate(value):
            yield from inner(entry, f"{place}[{position}]")

    return check


def record(**entries: Check) -> Check:
    def check(value: object, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place}: an object is wanted"
            return
        yield from (f"{place}.{name}: missing" for name in entries.keys() - value.keys())
        yield from (f"{place}.{name}: unknown" for name in value.keys() - entries.keys())
        for name, inner in entries.items():
            if name in value:
                yield from inner(value[name], f"{place}.{name}")

    return check


TRUTH = one_of(True, False)
ANY_TEXT = text(r"[^\x00-\x1f]*")
PIECE = record(
    key=text(KEY),
    sequence=number(1),
    document=text(),
    kind=one_of("invoice", "credit_note", "reminder", "statement", "other"),
    language=text(r"[a-z]{2,3}(-[A-Za-z0-9]+)*"),
    file=record(
        name=text(r"[A-Za-z0-9][A-Za-z0-9._-]*\.pdf"), sha256=text(SHA256), pages=number(1), first_page=number(1)
    ),
    to=record(
        lines=many(text(), 1),
        name=ANY_TEXT,
        street=ANY_TEXT,
        postcode=ANY_TEXT,
        town=ANY_TEXT,
        country=text(r"[A-Z]{2}"),
        window=text(),
    ),
    return_to=record(
        lines=many(text(), 1), handling=one_of("return_to_sender", "report_and_destroy", "forward_and_report")
    ),
    print=record(
        sides=one_of("simplex", "duplex"),
        colour=one_of("grey", "colour"),
        paper=text(),
        perforation=text(),
        address_sheet=TRUTH,
    ),
    envelope=text(),
    enclosures=many(record(id=text(), grams=number())),
    service=record(speed=one_of("priority", "economy", "bulk"), registered=TRUTH, proof_of_delivery=TRUTH),
    sheets=number(1),
    grams_estimated=number(1),
    bundle=nothing_or(text()),
    expires_at=nothing_or(text(MOMENT)),
)
TICKET = record(
    ticket_version=one_of("1"),
    batch=record(
        id=text(rf"B-{KEY}"),
        content_sha256=text(SHA256),
        sender=text(),
        created_at=text(MOMENT),
        profile=text(),
        test=TRUTH,
        post_not_before=text(DAY),
        post_not_after=text(DAY),
        totals=record(
            pieces=number(1), pages=number(1), sheets=number(1), bytes=number(1), amount_hash=text(r"-?\d+(\.\d+)?")
        ),
    ),
    pieces=many(PIECE, 1),
)


def read_ticket(content: bytes, name: str, folder: Path) -> Ticket:
    """Raises TicketRefused with every fault that was found, when there is any."""
    try:
        data = json.loads(content)
    except ValueError as error:
        raise TicketRefused(f"the ticket is not JSON in UTF-8: {error}") from error
    faults = list(TICKET(data, "ticket"))
    if not faults:
        # The shape holds: what follows may take the entries at their word.
        faults = list(_faults_of_batch(cast(dict[str, object], data), name, folder))
    if faults:
        raise TicketRefused("; ".join(faults))
    return _read(cast(dict[str, object], data))


def content_hash(pieces: object) -> str:
    canonical = json.dumps(pieces, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def at(data: object, *path: str) -> object:
    """The entry at a path of a ticket whose shape holds."""
    for name in path:
        data = cast(dict[str, object], data)[name]
    return data


def whole(data: object, *path: str) -> int:
    return cast(int, at(data, *path))


def _pieces(data: object) -> list[object]:
    return cast(list[object], at(data, "pieces"))


def _faults_of_batch(data: Mapping[str, object], name: str, folder: Path) -> Iterator[str]:
    batch, pieces = data["batch"], _pieces(data)
    if name != f"{at(batch, 'id')}.job.json":
        yield f"the ticket is called {name}, the batch {at(batch, 'id')}"
    if at(batch, "content_sha256") != content_hash(pieces):
        yield f"batch.content_sha256: the pieces have {content_hash(pieces)}"
    if str(at(batch, "post_not_after")) < str(at(batch, "post_not_before")):
        yield "batch.post_not_after: before post_not_before"
    for entry, values in (("sequence", range(1, len(pieces) + 1)), ("key", {at(piece, "key") for piece in pieces})):
        if sorted(map(str, values)) != sorted(str(at(piece, entry)) for piece in pieces):
            yield f"pieces.{entry}: each value must stand there once"
    for place, piece in enumerate(pieces):
        if whole(piece, "sheets") != expected_sheets(piece):
            yield f"pieces[{place}].sheets: {expected_sheets(piece)} by its pages"
    yield from _faults_of_files(pieces, folder)
    yield from _faults_of_totals(batch, pieces, folder)


def expected_sheets(piece: object) -> int:
    pages = whole(piece, "file", "pages")
    sheets = -(-pages // 2) if at(piece, "print", "sides") == "duplex" else pages
    return sheets + (1 if at(piece, "print", "address_sheet") is True else 0)


def _faults_of_files(pieces: Sequence[object], folder: Path) -> Iterator[str]:
    named = {str(at(piece, "file", "name")): str(at(piece, "file", "sha256")) for piece in pieces}
    there = {path.name for path in folder.iterdir() if not path.name.endswith(".job.json")}
    yield from (f"{name}: in the ticket, not in the folder" for name in sorted(named.keys() - there))
    yield from (f"{name}: in the folder, not in the ticket" for name in sorted(there - named.keys()))
    for name in sorted(named.keys() & there):
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != named[name]:
            yield f"{name}: its bytes have another hash than the ticket says"


def _faults_of_totals(batch: object, pieces: Sequence[object], folder: Path) -> Iterator[str]:
    files = {str(at(piece, "file", "name")) for piece in pieces}
    counted = {
        "pieces": len(pieces),
        "pages": sum(whole(piece, "file", "pages") for piece in pieces),
        "sheets": sum(whole(piece, "sheets") for piece in pieces),
        "bytes": sum((folder / name).stat().st_size for name in files if (folder / name).is_file()),
    }
    for entry, value in counted.items():
        if whole(batch, "totals", entry) != value:
            yield f"batch.totals.{entry}: {whole(batch, 'totals', entry)}, counted {value}"


def _read(data: Mapping[str, object]) -> Ticket:
    batch = data["batch"]
    return Ticket(
        batch=str(at(batch, "id")),
        content_sha256=str(at(batch, "content_sha256")),
        sender=str(at(batch, "sender")),
        is_test=at(batch, "test") is True,
        post_not_before=str(at(batch, "post_not_before")),
        amount_hash=str(at(batch, "totals", "amount_hash")),
        pieces=tuple(_read_piece(piece) for piece in _pieces(data)),
    )


def _read_piece(piece: object) -> Piece:
    expires = at(piece, "expires_at")
    return Piece(
        key=str(at(piece, "key")),
        document=str(at(piece, "document")),
        file=str(at(piece, "file", "name")),
        first_page=whole(piece, "file", "first_page"),
        pages=whole(piece, "file", "pages"),
        sheets=whole(piece, "sheets"),
        grams=whole(piece, "grams_estimated"),
        name=str(at(piece, "to", "name")),
        postcode=str(at(piece, "to", "postcode")),
        town=str(at(piece, "to", "town")),
        country=str(at(piece, "to", "country")),
        handling=str(at(piece, "return_to", "handling")),
        registered=at(piece, "service", "registered") is True,
        proof_of_delivery=at(piece, "service", "proof_of_delivery") is True,
        expires_at=None if expires is None else datetime.fromisoformat(str(expires)),
    )
