"""Invoices to measure with: as an ERP exports them, each with a number of its own."""

from decimal import Decimal

from msgspec.structs import replace

from formats.en16931 import Invoice, Provenance
from formats.en16931.totals import completed
from formats.ubl import FORMAT as UBL
from tests.samples import BUYER, sample_invoice, sample_line

assert BUYER.electronic_address is not None
PARTICIPANT = str(BUYER.electronic_address)


def ubl(number: str, lines: int = 10) -> bytes:
    """An invoice of so many lines as UBL, to a buyer on Peppol."""
    assert UBL.write is not None
    return UBL.write(invoice(number, lines)).content


def invoice(number: str, lines: int) -> Invoice:
    """The same in the canonical model."""
    many = tuple(sample_line(str(at), quantity=Decimal(at % 7 + 1), net_amount=None) for at in range(1, lines + 1))
    bare = replace(sample_invoice(), number=number, lines=many, totals=None, vat_breakdown=())
    return completed(bare, Provenance())[0]
