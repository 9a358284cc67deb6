"""What `make fuzz` found, a case each: documents on which our rules and the official ones once differed."""

import pytest

from formats.ubl.names import CAC, CBC, CREDIT_NOTE_NAMESPACE, INVOICE_NAMESPACE
from tests import judge
from tests.judges.pairs import PAIRS
from tests.judges.sides import Pair, compare

INSIDE = "<cac:TaxTotal><cbc:TaxAmount>AE</cbc:TaxAmount><cac:TaxSubtotal/></cac:TaxTotal>"
LINE = "<cac:InvoiceLine>{}</cac:InvoiceLine>"
TWO_PROCESSES = "<cbc:ProfileID>1</cbc:ProfileID><cbc:ProfileID>2</cbc:ProfileID>"
# The root's name, and what stands in it.
CASES = {
    # rules about an invoice are not asked of another document, whatever it is called
    "an invoice of another standard": ("{urn:x}Invoice", INSIDE),
    "an invoice of no namespace": ("Invoice", LINE.format("<cbc:ID>1</cbc:ID>")),
    "an allowance for itself": (f"{{{CAC}}}AllowanceCharge", INSIDE),
    # rules on a name are, wherever it stands
    "a line for itself": (f"{{{CAC}}}InvoiceLine", "<cbc:ID>1</cbc:ID>"),
    "an invoice in an envelope": ("{urn:x}Envelope", f'<Invoice xmlns="{INVOICE_NAMESPACE}"><cbc:ID/></Invoice>'),
    # a type that fits settles the rule on types, even beside two processes
    "a self-billed invoice of two processes": (
        f"{{{CBC}}}ID",
        f"{TWO_PROCESSES}<cbc:InvoiceTypeCode>389</cbc:InvoiceTypeCode>",
    ),
    "an invoice of two processes": (f"{{{CBC}}}ID", f"{TWO_PROCESSES}<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>"),
    # what makes up a value that has elements in it, or that is cut in two
    "an amount in an amount": (
        f"{{{INVOICE_NAMESPACE}}}Invoice",
        LINE.format(
            "<cbc:LineExtensionAmount><cbc:LineExtensionAmount>14.37</cbc:LineExtensionAmount>\n</cbc:LineExtensionAmount>"
        ),
    ),
    "an identifier in an identifier": (
        f"{{{CREDIT_NOTE_NAMESPACE}}}CreditNote",
        "<cbc:CustomizationID><cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>\n</cbc:CustomizationID>",
    ),
    "a comment in a date": (f"{{{INVOICE_NAMESPACE}}}Invoice", "<cbc:IssueDate>2029-12<!-- 1 -->-05</cbc:IssueDate>"),
    "a comment in a type": (
        f"{{{CREDIT_NOTE_NAMESPACE}}}CreditNote",
        "<cbc:CreditNoteTypeCode>3<!-- 1 -->81</cbc:CreditNoteTypeCode>",
    ),
}


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.official)
@pytest.mark.parametrize("case", CASES)
def test_it_is_judged_as_officially(pair: Pair, case: str) -> None:
    judge.stylesheet(pair.official)  # skips where it is not installed
    name, inside = CASES[case]
    assert compare(pair, document(name, inside)).difference is None


def document(name: str, inside: str) -> bytes:
    """A document with a root of this name, `{namespace}local`."""
    namespace, _, local = name.rpartition("}")
    own = f' xmlns:r="{namespace[1:]}"' if namespace else ""
    root = f"r:{local}" if namespace else local
    return f'<{root}{own} xmlns:cac="{CAC}" xmlns:cbc="{CBC}">{inside}</{root}>'.encode()
