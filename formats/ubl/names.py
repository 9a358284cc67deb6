"""The namespaces of UBL 2.1, and its element names as people write them: `cbc:ID`, `cac:Party`."""

from functools import lru_cache
from typing import Final

from lxml import etree

CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
INVOICE_NAMESPACE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE_NAMESPACE: Final = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"

INVOICE: Final = f"{{{INVOICE_NAMESPACE}}}Invoice"
CREDIT_NOTE: Final = f"{{{CREDIT_NOTE_NAMESPACE}}}CreditNote"
ROOTS: Final = (INVOICE, CREDIT_NOTE)
INVOICES: Final = ("ubl:Invoice", "cn:CreditNote")
"""The roots as people write them."""

PREFIXES: Final = {
    CAC: "cac:",
    CBC: "cbc:",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext:",
    INVOICE_NAMESPACE: "ubl:",
    CREDIT_NOTE_NAMESPACE: "cn:",
}


def name_of(element: etree._Element) -> str:
    """The name of an element: `cbc:ID`."""
    return usual_name(str(element.tag))


@lru_cache(maxsize=1024)
def usual_name(tag: str) -> str:
    """`{urn:…CommonBasicComponents-2}ID` as `cbc:ID`; a name of no UBL namespace stays as it is."""
    namespace, _, local = tag[1:].rpartition("}")
    prefix = PREFIXES.get(namespace)
    return f"{prefix}{local}" if prefix else tag


def tag_of(name: str) -> str:
    """`cbc:ID` as `{urn:…CommonBasicComponents-2}ID`."""
    if name.startswith("{"):
        return name
    prefix, colon, local = name.partition(":")
    namespace = next((uri for uri, known in PREFIXES.items() if colon and known == f"{prefix}:"), "")
    return f"{{{namespace}}}{local}" if namespace else name
