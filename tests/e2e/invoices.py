"""Invoices that go each their way by the default rules, and what the log says of one."""

from msgspec.structs import replace

from formats.en16931 import Buyer, Contact, Identifier, Invoice
from gateway.lifecycle import DeliveryState
from gateway.store.log import Whole
from tests.samples import BUYER, ITALIAN_BUYER, sample_invoice, sample_italian_invoice

MAILBOX = Contact(name="Comptabilité", email="ap@atelier.example")
PARTICIPANT = "0088:4000000123453"


def to_peppol(number: str, **changes: object) -> Invoice:
    """Its buyer is on Peppol, and has a mailbox."""
    return sample_invoice(number=number, buyer=replace(BUYER, contact=MAILBOX), **changes)


def by_mail(number: str, email: str = "ap@atelier.example") -> Invoice:
    """Its buyer has a mailbox and a postal address."""
    buyer = Buyer(name="Atelier du Lac SARL", address=BUYER.address, contact=Contact(email=email))
    return sample_invoice(number=number, buyer=buyer, process=None)


def by_post(number: str, post_code: str = "74000") -> Invoice:
    """Its buyer has a postal address alone."""
    assert BUYER.address is not None
    buyer = Buyer(name="Atelier du Lac SARL", address=replace(BUYER.address, post_code=post_code))
    return sample_invoice(number=number, buyer=buyer, process=None)


def to_sdi(number: str, **changes: object) -> Invoice:
    """Between two Italian businesses, the buyer with a mailbox."""
    code = Identifier("ABC1234", "0205")
    buyer = replace(ITALIAN_BUYER, electronic_address=code, contact=Contact(email="ufficio@rivalta.example"))
    return sample_italian_invoice(**{"number": number, "buyer": buyer, "process": None, **changes})


def to_office(number: str) -> Invoice:
    """To a public body."""
    buyer = replace(ITALIAN_BUYER, name="Comune di Rivalta", electronic_address=Identifier("UFAB12", "0201"))
    return sample_italian_invoice(number=number, buyer=buyer, italy=None, process=None)


def course(whole: Whole) -> list[tuple[str, DeliveryState]]:
    """The ways it went, and how each of them ended."""
    return [(one.channel, one.state) for one in whole.deliveries]


def told(whole: Whole) -> list[str]:
    """The sentences of its timeline."""
    return [one.sentence for one in whole.events]
