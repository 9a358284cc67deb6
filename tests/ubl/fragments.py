"""Small UBL documents for tests: only what the test is about, in the right namespaces."""

from formats.contract import Reading
from formats.ubl.names import CAC, CBC, CREDIT_NOTE_NAMESPACE, INVOICE_NAMESPACE
from formats.ubl.reader import read

EURO = "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>"


def ubl(*parts: str, root: str = "Invoice") -> bytes:
    """A document of these parts, a line each, from line 2 on."""
    namespace = CREDIT_NOTE_NAMESPACE if root == "CreditNote" else INVOICE_NAMESPACE
    inner = "\n".join(parts)
    return f'<{root} xmlns="{namespace}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">\n{inner}\n</{root}>'.encode()


def reading_of(*parts: str, root: str = "Invoice") -> Reading:
    """What the reader makes of a document of these parts."""
    (reading,) = read(ubl(*parts, root=root))
    return reading


def line(*parts: str) -> str:
    """An invoice line."""
    return f"<cac:InvoiceLine>{''.join(parts)}</cac:InvoiceLine>"


def seller(*parts: str) -> str:
    """A seller."""
    return f"<cac:AccountingSupplierParty><cac:Party>{''.join(parts)}</cac:Party></cac:AccountingSupplierParty>"


def vat(scheme: str = "VAT") -> str:
    """A tax scheme."""
    return f"<cac:TaxScheme><cbc:ID>{scheme}</cbc:ID></cac:TaxScheme>"
