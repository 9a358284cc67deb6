"""Addressing: documents with their invoices and with those who receive them, looked up for many of them at once."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from formats.en16931 import Invoice
from formats.en16931.json_form import restored
from gateway.pipeline.house import House
from gateway.retry import MOST_TRIES
from gateway.store import parties
from gateway.store.records import Document, Json
from rules.derived import completed, receiving_keys, recipient_from
from rules.recipient import Recipient

# Bytes of canonical forms that are in memory together; the one that goes beyond is the last of them.
_HANDFUL: Final = 1_000_000

_Entered = Sequence[tuple[uuid.UUID, Sequence[str], Json]]


class Untouchable(Exception):
    """Its worker died at the last try as well: it is not touched any more."""


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who receives. id: None where nobody entered it."""

    id: uuid.UUID | None
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class Addressed:
    """A document, what it says, and who receives it."""

    document: Document
    invoice: Invoice
    addressee: Addressee


@dataclass(frozen=True, slots=True)
class Unaddressed:
    """A document, and what is in its way. It is judged by who prepares it, and harms no other."""

    document: Document
    trouble: Exception


@dataclass(frozen=True, slots=True)
class _Restored:
    document: Document
    invoice: Invoice
    keys: tuple[str, ...]


def addressed(house: House, tenant: uuid.UUID, documents: Sequence[Document]) -> Iterator[Addressed | Unaddressed]:
    """The documents in their order, read and looked up a handful at a time."""
    for handful in _handfuls(house, documents):
        keys = sorted({key for one in handful if isinstance(one, _Restored) for key in one.keys})
        with house.store.of(tenant) as transaction:
            entered = parties.recipients_with(transaction, keys)
        for one in handful:
            yield _with_addressee(one, entered) if isinstance(one, _Restored) else one


def _handfuls(house: House, documents: Sequence[Document]) -> Iterator[list[_Restored | Unaddressed]]:
    handful: list[_Restored | Unaddressed] = []
    size = 0
    for document in documents:
        try:
            content = _canonical_form(house, document)
            invoice = restored(content)
            handful.append(_Restored(document, invoice, receiving_keys(invoice)))
            size += len(content)
        except Exception as trouble:  # noqa: BLE001 - judged by who prepares it
            handful.append(Unaddressed(document, trouble))
        if size >= _HANDFUL:
            yield handful
            handful, size = [], 0
    if handful:
        yield handful


def _canonical_form(house: House, document: Document) -> bytes:
    if document.tries > MOST_TRIES:
        raise Untouchable
    return house.archive.get(document.tenant, document.canonical_sha256)


def _with_addressee(one: _Restored, entered: _Entered) -> Addressed | Unaddressed:
    try:
        return Addressed(one.document, one.invoice, _addressee_of(one, entered))
    except Exception as trouble:  # noqa: BLE001 - judged by who prepares it
        return Unaddressed(one.document, trouble)


def _addressee_of(one: _Restored, entered: _Entered) -> Addressee:
    """The recipient that the strongest key recognises, completed by the invoice; or one made of the invoice alone."""
    for key in one.keys:
        matches = [(known_id, data) for known_id, known_keys, data in entered if key in known_keys]
        if len(matches) == 1:
            return Addressee(matches[0][0], completed(msgspec.convert(matches[0][1], Recipient), one.invoice))
    return Addressee(None, recipient_from(one.invoice))
