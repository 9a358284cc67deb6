"""The valid documents that are mutated: written by hand for the neighbourhood of every rule, drawn, and real ones."""

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import hypothesis
import msgspec
from hypothesis import HealthCheck, Phase
from lxml import etree

from formats.en16931 import Address, Delivery, Identifier, Invoice, ProcessControl, SupportingDocument
from formats.ubl import FORMAT
from tests.judges.german_extension import german_documents
from tests.judges.nations import CONTACT, DEBIT, GERMAN, SKONTO, national_invoices, registered_invoices
from tests.judges.neighbourhoods import MARCH, everything, invoices_by_hand
from tests.samples import BUYER, SELLER, sample_credit_note, sample_invoice
from tests.strategies import LATIN, invoices

CORE: Final = "urn:cen.eu:en16931:2017"
BILLING: Final = f"{CORE}#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
SELF_BILLING: Final = f"{CORE}#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"
XRECHNUNG: Final = f"{CORE}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
# By profile: BT-24 and BT-23.
CLAIMS: Final[Mapping[str, tuple[str, str]]] = {
    "en16931": (CORE, "urn:process:any"),
    "peppol-bis-3": (BILLING, "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"),
    "peppol-bis-3-self-billing": (SELF_BILLING, "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0"),
    "xrechnung": (XRECHNUNG, "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"),
}
# The folders of the corpus that hold documents of a profile.
FOLDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "en16931": ("en16931-examples/ubl", "en16931-examples/ubl-testfiles"),
    "peppol-bis-3": tuple(f"peppol-examples/{one}" for one in ("billing", "italy", "national", "snippets")),
    "peppol-bis-3-self-billing": ("peppol-examples/self-billing",),
    "xrechnung": ("xrechnung",),
}
DRAWN: Final = 100
EVERY: Final = 4  # neighbours among what is drawn are much alike
LARGEST: Final = 40_000


@dataclass(frozen=True)
class Seed:
    """A document to be mutated.

    name:   what it is, or where it comes from
    group:  by hand, drawn or real
    """

    name: str
    content: bytes
    group: str = "by hand"


@cache
def seeds_of(profile: str, corpus: Path | None = None) -> tuple[Seed, ...]:
    """The documents of a profile, the same at each call; those of the corpus too where its folder is given."""
    by_hand = {**invoices_by_hand(), **_special(profile)}
    own = [Seed(name, _written(_claiming(invoice, profile))) for name, invoice in by_hand.items()]
    own += [Seed(name, _written(_claiming(invoice, profile)), "drawn") for name, invoice in _drawn().items()]
    if profile == "xrechnung":
        own += [Seed(name, content) for name, content in german_documents(_german()).items()]
    return (*own, *(_real(corpus, FOLDERS[profile]) if corpus else ()))


def _special(profile: str) -> Mapping[str, Invoice]:
    if profile == "peppol-bis-3":
        return {**national_invoices(), **registered_invoices()}
    if profile == "peppol-bis-3-self-billing":
        return registered_invoices()
    if profile == "xrechnung":
        return {name: one for name, one in national_invoices().items() if name.startswith("german")} | {
            "german everything": _german()
        }
    return {}


def _german() -> Invoice:
    """An invoice with every group, between two German companies, that is paid by direct debit."""
    return everything(seller=GERMAN[0], buyer=GERMAN[1], payment=DEBIT, payment_terms=SKONTO, payee=None)


def _claiming(invoice: Invoice, profile: str) -> Invoice:
    """The same invoice under the profile's own identifiers, and its type code one that the profile has."""
    specification, process = CLAIMS[profile]
    if profile != "en16931":
        invoice = _complete(invoice)
    changes: dict[str, object] = {"process": ProcessControl(business_process=process, specification=specification)}
    if profile == "peppol-bis-3-self-billing":
        changes["type_code"] = "261" if invoice.type_code == sample_credit_note().type_code else "389"
    return msgspec.structs.replace(invoice, **changes)


def _under_names_of_their_own(documents: tuple[SupportingDocument, ...]) -> tuple[SupportingDocument, ...]:
    """No two attached files have one name in Germany (BR-DE-22)."""
    replace = msgspec.structs.replace
    return tuple(
        replace(one, attachment=replace(one.attachment, file_name=f"{number}-{one.attachment.file_name or 'file'}"))
        if one.attachment
        else one
        for number, one in enumerate(documents, 1)
    )


def _complete(invoice: Invoice) -> Invoice:
    """The same invoice with what Peppol and XRechnung want besides: addresses, a reference, a way to pay."""
    seller, buyer, german = invoice.seller, invoice.buyer, invoice.type_code == "384" and _is_german(invoice)
    assert seller is not None
    assert buyer is not None
    return msgspec.structs.replace(
        invoice,
        type_code="380" if invoice.type_code == "384" and not german else invoice.type_code,
        buyer_reference=invoice.buyer_reference or "REFERENCE",
        notes=invoice.notes[:1],
        payment=invoice.payment or sample_invoice().payment,
        supporting_documents=_under_names_of_their_own(invoice.supporting_documents),
        seller=msgspec.structs.replace(
            seller,
            electronic_address=_at_peppol(seller.electronic_address) or SELLER.electronic_address,
            address=_settled(seller.address),
            contact=CONTACT,
        ),
        buyer=msgspec.structs.replace(
            buyer,
            electronic_address=_at_peppol(buyer.electronic_address) or BUYER.electronic_address,
            address=_settled(buyer.address),
        ),
        delivery=_delivered(invoice.delivery, all(line.period == MARCH for line in invoice.lines if line.period)),
    )


def _is_german(invoice: Invoice) -> bool:
    parties = (invoice.seller, invoice.buyer)
    return all(one and one.address and one.address.country == "DE" for one in parties)


def _at_peppol(address: Identifier | None) -> Identifier | None:
    return None if address is None or address.scheme == "EM" else address


def _settled(address: Address | None) -> Address | None:
    if address is None:
        return None
    return msgspec.structs.replace(address, city=address.city or "Town", post_code=address.post_code or "1234")


def _delivered(delivery: Delivery | None, in_march: bool) -> Delivery:
    """Some day, somewhere; in a period only where those of the lines lie in it."""
    period = delivery.period if delivery and in_march and delivery.period == MARCH else None
    delivery = delivery or Delivery()
    day = delivery.date or datetime.date(2026, 3, 2)
    return msgspec.structs.replace(delivery, date=day, address=_settled(delivery.address), period=period)


@cache
def _drawn() -> Mapping[str, Invoice]:
    """Lawful mixtures of everything.

    The same ones where the same modules are loaded: Hypothesis draws the constants in them as well.
    """
    found: list[Invoice] = []

    @hypothesis.seed(16931)
    @hypothesis.settings(
        max_examples=DRAWN, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @hypothesis.given(invoices(letters=LATIN))
    def draw(invoice: Invoice) -> None:
        found.append(invoice)

    draw()
    return {f"drawn {number}": invoice for number, invoice in enumerate(found[::EVERY], 1)}


def _written(invoice: Invoice) -> bytes:
    assert FORMAT.write is not None
    return FORMAT.write(invoice).content


def _real(corpus: Path, folders: Iterable[str]) -> Iterator[Seed]:
    for folder in folders:
        for file in sorted((corpus / folder).rglob("*.xml")):
            content = file.read_bytes()
            if len(content) <= LARGEST and etree.QName(etree.fromstring(content)).localname in _ROOTS:
                yield Seed(str(file.relative_to(corpus)), content, "real")


_ROOTS: Final = ("Invoice", "CreditNote")
