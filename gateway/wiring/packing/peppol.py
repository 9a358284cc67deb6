"""A parcel for Peppol: BIS Billing 3, or what else of the network the invoice claims, in its envelope."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from channels.contract import Parcel
from formats.checking import Report
from formats.contract import Format, NotCarried, Options, Profile
from formats.en16931 import Buyer, Identifier, Invoice, ProcessControl, Seller
from formats.peppol.header import Sbdh, UnusableHeader
from formats.peppol.identifiers import DocumentTypeId, NotAnIdentifier, ParticipantId, ProcessId
from formats.peppol.sbdh import write_sbdh
from formats.peppol.writer import (
    BUSINESS_PROCESS,
    SELF_BILLED_TYPES,
    SELF_BILLING,
    SELF_BILLING_PROCESS,
    SPECIFICATION,
)
from formats.xml import root_name
from gateway.pipeline.house import Extra, Packed, Packing
from gateway.wiring.packing.leaving import Leaving, leave, refusal
from gateway.wiring.packing.orders import PeppolOptions, check_carried, ordered
from gateway.wiring.senders import settings_of
from rules.recipient import address_terms

_FORMAT: Final = "peppol-bis-3"
_CORE: Final = "urn:cen.eu:en16931:2017"
# BT-24 of these beginnings is a document type of its own on the network, unless it is a use of CII.
_OF_THE_NETWORK: Final = (f"{_CORE}#compliant#", f"{_CORE}#conformant#urn:fdc:peppol.eu:", "urn:peppol:pint:")
_OF_CII: Final = (f"{_CORE}#compliant#urn:factur-x.eu:", f"{_CORE}#compliant#urn:zugferd")
_PROCESSES: Final = ("urn:fdc:peppol.eu:", "urn:peppol:")
_REPLACED: Final = "It is no identifier of Peppol; the document says there what it is on the network."

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
        check_carried(target, packing.route.channel, _FORMAT)
        claims = _claims(packing)
        leaving = leave(target, self.profiles, packing.invoice, claims)
        if not leaving.may_leave:
            return Packed(None, target.name, leaving.report)
        try:
            header = _header(packing, leaving)
        except (NotAnIdentifier, UnusableHeader) as wrong:
            return Packed(None, target.name, leaving.report + _not_addressed(str(wrong)))
        address = {
            "sender": header.sender.value,
            "receiver": header.receiver.value,
            "document_type": header.document_type.value,
            "process": header.process.value,
        }
        parcel = Parcel(
            key=packing.key,
            content=write_sbdh(leaving.content, header),
            media_type="application/xml",
            file_name=f"{packing.public_id}.sbd.xml",
            address=address,
        )
        document = Extra("document", f"{packing.public_id}.xml", target.media_type, leaving.content)
        not_carried = (*_replaced(packing.invoice, claims), *leaving.not_carried)
        return Packed(parcel, target.name, leaving.report, not_carried, (document,))


def _claims(packing: Packing) -> Options:
    """BT-24 and BT-23 of the document, where they are not those of the invoice: by the rule, else by the network."""
    wanted, invoice = ordered(packing.route, PeppolOptions), packing.invoice
    stated = invoice.process or ProcessControl()
    is_self_billed = invoice.type_code in SELF_BILLED_TYPES
    specification, process = wanted.specification, wanted.business_process
    if not specification and not _is_of_the_network(stated.specification or ""):
        specification = SELF_BILLING if is_self_billed else SPECIFICATION
        if not (stated.business_process or "").startswith(_PROCESSES):
            process = process or (SELF_BILLING_PROCESS if is_self_billed else BUSINESS_PROCESS)
    return {"specification": specification, "business_process": process}


def _is_of_the_network(specification: str) -> bool:
    return specification.startswith(_OF_THE_NETWORK) and not specification.startswith(_OF_CII)


def _replaced(invoice: Invoice, claims: Options) -> tuple[NotCarried, ...]:
    """What the invoice said in BT-24 and BT-23 and the document does not. The core is no loss: BIS is a use of it."""
    stated = invoice.process or ProcessControl()
    said = (
        ("BG-2/BT-23", stated.business_process, claims["business_process"]),
        ("BG-2/BT-24", stated.specification, claims["specification"]),
    )
    return tuple(
        NotCarried(path, value, _REPLACED)
        for path, value, put in said
        if value and put not in ("", value) and value != _CORE
    )


def _header(packing: Packing, leaving: Leaving) -> Sbdh:
    """The header says what the document says. Raises NotAnIdentifier, UnusableHeader."""
    process = (leaving.invoice and leaving.invoice.process) or ProcessControl()
    sender, receiver = _ends(packing)
    return Sbdh(
        sender=sender,
        receiver=receiver,
        document_type=DocumentTypeId.of_document(root_name(leaving.content) or "", process.specification or ""),
        process=ProcessId.parse(process.business_process or ""),
        country=_country(packing),
        instance_identifier=packing.key,
        created=packing.now,
        mls_type=_WANTED,
    )


def _ends(packing: Packing) -> tuple[ParticipantId, ParticipantId]:
    """Who sends and who receives: C1 and C4. A self-billed document goes from the buyer to the seller."""
    invoice, own = packing.invoice, settings_of(packing.sender).peppol_participant
    sender = ParticipantId.parse(own) if own else _participant(_issuer(invoice), "who sends it")
    receiver = _receiver(packing)
    if sender == receiver:
        raise NotAnIdentifier(f"sender and receiver are both {sender}")
    return sender, receiver


def _receiver(packing: Packing) -> ParticipantId:
    """The recipient's participant: what was entered for it, else what the invoice says (`rules.derived`)."""
    terms = address_terms(packing.recipient, "peppol")
    if terms is None:
        raise NotAnIdentifier(f"{packing.recipient.name or 'the recipient'} has no Peppol address")
    return ParticipantId.parse(terms["receiver"])


def _issuer(invoice: Invoice) -> Seller | Buyer | None:
    return invoice.buyer if invoice.is_self_billed else invoice.seller


def _participant(party: Seller | Buyer | None, who: str) -> ParticipantId:
    address: Identifier | None = party.electronic_address if party is not None else None
    if address is None:
        raise NotAnIdentifier(f"{who} has no Peppol address, neither in the settings nor in the invoice")
    return ParticipantId.of(address)


def _country(packing: Packing) -> str:
    """COUNTRY_C1: the country of who sends."""
    issuer = _issuer(packing.invoice)
    stated = issuer.address.country if issuer and issuer.address else None
    return settings_of(packing.sender).country or stated or ""


def _not_addressed(problem: str) -> Report:
    return refusal(
        "GW-PEPPOL-PARTICIPANT",
        "BG-4/BT-34",
        f"It cannot be addressed on Peppol: {problem}.",
        "Set the sender's `peppol_participant` and `country`, or state the electronic addresses (BT-34, BT-49) and the "
        "seller's country (BT-40) in the invoice.",
    )
