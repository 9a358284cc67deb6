"""The one use of FatturaPA: an invoice for SDI. What it must say is checked on the invoice, the rest on the bytes."""

from collections.abc import Iterable
from typing import Final

from formats.checking import Check, CheckSet, Finding
from formats.contract import Profile, on_invoice
from formats.en16931 import Invoice
from formats.fatturapa.codes import SIMPLIFIED_TYPES
from formats.fatturapa.requirements import REQUIREMENTS


def _is_italian_document(invoice: Invoice) -> bool:
    """Whether it was read from FatturaPA: it has a document type, and claims no specification of EN 16931."""
    claims_other = invoice.process is not None and invoice.process.specification is not None
    return not claims_other and invoice.italy is not None and invoice.italy.document_type is not None


def _unless_simplified(requirement: Check[Invoice]) -> Check[Invoice]:
    """A simplified invoice says less and is right: what an ordinary one needs is asked only when one is written."""

    def function(invoice: Invoice) -> Iterable[Finding]:
        is_simplified = invoice.italy is not None and invoice.italy.document_type in SIMPLIFIED_TYPES
        return () if is_simplified else requirement(invoice)

    return Check(requirement.id, function)


_CHECKS: Final = CheckSet(
    REQUIREMENTS.name, REQUIREMENTS.version, tuple(_unless_simplified(one) for one in REQUIREMENTS.checks)
)
PROFILES: Final = (
    Profile(
        name="fatturapa",
        specification=None,
        recognises=_is_italian_document,
        check=on_invoice(_CHECKS),
        rules=(_CHECKS,),
    ),
)
