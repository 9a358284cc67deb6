"""A parcel for Peppol: BIS Billing 3 (or the XRechnung that the invoice claims) in its envelope."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from channels.contract import Parcel
from formats.checking import Report
from formats.contract import Format, Options, Profile
from formats.peppol.header import Sbdh
from formats.peppol.identifiers import DocumentTypeId, NotAnIdentifier, ParticipantId, ProcessId
from formats.peppol.sbdh import write_sbdh
from formats.peppol.writer import BUSINESS_PROCESS, SPECIFICATION
from formats.xml import root_name
from gateway.pipeline.house import Extra, Packed, Packing
from gateway.wiring.packing.leaving import refusal, written_and_checked
from rules.recipient import address_terms

# BT-24 of this beginning is a document type of its own on the network; anything else becomes BIS Billing 3.
_REGISTERED: Final = ("urn:cen.eu:en16931:2017#compliant#", "urn:peppol:pint:")

# A Message Level Status also of success: without it nobody would ever say "delivered" (MLS 1.1).
_WANTED: Final = "ALWAYS_SEND"


@dataclass(frozen=True, slots=True)
class PeppolPacker:
    """Packs for the Peppol network. formats: by name; the route names one of them."""

    formats: Callable[[str], Format]
    profiles: tuple[Profile, ...]

    def __call__(self, packing: Packing) -> Packed:
        """The document in its envelope, sender and receiver from settings and rules. See the house's `Packed`."""
        target = self.formats(packing.route.format)
        written, report = written_and_checked(target, self.profiles, packing.invoice, _options(packing))
        if written is None or report.fatal:
            return Packed(None, target.name, report)
        try:
            header = _header(packing, written.content)
        except NotAnIdentifier as wrong:
            return Packed(None, target.name, report + _no_participant(str(wrong)))
        name = f"{packing.public_id}.xml"
        address = {
            "sender": header.sender.value,
            "receiver": header.receiver.value,
            "document_type": header.document_type.value,
            "process": header.process.value,
        }
        parcel = Parcel(
            key=packing.key,
            content=write_sbdh(written.content, header),
            media_type="application/xml",
            file_name=f"{packing.public_id}.sbd.xml",
            address=address,
        )
        document = Extra("document", name, target.media_type, written.content)
        return Packed(parcel, target.name, report, written.not_carried, (document,))


def _options(packing: Packing) -> Options:
    stated = packing.invoice.process
    claimed = stated.specification if stated and stated.specification else ""
    options: dict[str, object] = dict(packing.route.options)
    if not claimed.startswith(_REGISTERED):
        options.setdefault("specification", SPECIFICATION)
    return options


def _header(packing: Packing, document: bytes) -> Sbdh:
    """Raises NotAnIdentifier where sender or receiver is no participant."""
    invoice, terms = packing.invoice, address_terms(packing.recipient, "peppol") or {}
    process = invoice.process
    specification = str(_options(packing).get("specification") or (process and process.specification) or SPECIFICATION)
    return Sbdh(
        sender=_sender(packing),
        receiver=ParticipantId.parse(terms.get("receiver", "")),
        document_type=DocumentTypeId.of_document(root_name(document) or "", specification),
        process=ProcessId.parse((process and process.business_process) or BUSINESS_PROCESS),
        country=_country(packing),
        instance_identifier=packing.key,
        created=packing.now,
        mls_type=_WANTED,
    )


def _sender(packing: Packing) -> ParticipantId:
    """The sender's own participant, from its settings or from the seller's electronic address (BT-34)."""
    set_for = packing.sender.settings.get("peppol_participant")
    if set_for:
        return ParticipantId.parse(str(set_for))
    seller = packing.invoice.seller
    if seller is None or seller.electronic_address is None:
        raise NotAnIdentifier("the seller has no Peppol address: the sender has none in its settings, the invoice none")
    return ParticipantId.of(seller.electronic_address)


def _country(packing: Packing) -> str:
    """COUNTRY_C1: the country of the sender."""
    seller = packing.invoice.seller
    stated = seller.address.country if seller and seller.address else None
    return str(packing.sender.settings.get("country") or stated or "")


def _no_participant(problem: str) -> Report:
    return refusal(
        "GW-PEPPOL-PARTICIPANT",
        "BG-4/BT-34",
        f"It cannot be addressed on Peppol: {problem}.",
        "Set the sender's `peppol_participant`, or state the electronic addresses (BT-34, BT-49) in the invoice.",
    )
