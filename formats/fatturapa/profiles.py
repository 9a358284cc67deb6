"""The one use of FatturaPA: an invoice for SDI. What it must say is checked on the invoice, the rest on the bytes."""

from typing import Final

from formats.contract import Profile
from formats.en16931 import Invoice
from formats.fatturapa.requirements import REQUIREMENTS


def _is_italian_document(invoice: Invoice) -> bool:
    """Whether it was read from FatturaPA: it has a document type, and claims no specification of EN 16931."""
    claims_other = invoice.process is not None and invoice.process.specification is not None
    return not claims_other and invoice.italy is not None and invoice.italy.document_type is not None


PROFILES: Final = (
    Profile(name="fatturapa", specification=None, recognises=_is_italian_document, checks=(REQUIREMENTS,)),
)
