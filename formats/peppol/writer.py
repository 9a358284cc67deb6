"""Invoice -> Peppol BIS Billing 3: a UBL document that says so. The envelope is put on when it is sent (`sbdh`)."""

from typing import Final

import msgspec

from formats.contract import NO_OPTIONS, Options, Written
from formats.en16931 import Invoice, ProcessControl
from formats.ubl.writer import specified
from formats.ubl.writer import write as write_ubl

SPECIFICATION: Final = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
BUSINESS_PROCESS: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
SELF_BILLING: Final = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:selfbilling:3.0"
SELF_BILLING_PROCESS: Final = "urn:fdc:peppol.eu:2017:poacc:selfbilling:01:1.0"
# UNTDID 1001: invoices and credit notes that the buyer writes.
SELF_BILLED_TYPES: Final = frozenset({"389", "527", "261"})


def write(invoice: Invoice, options: Options = NO_OPTIONS) -> Written:
    """A UBL document of Peppol BIS Billing 3, or of its self-billing sister where the type code (BT-3) says so.

    What the invoice says in BT-24 and BT-23 stays; where it says nothing, the identifiers of Peppol are put in.
    options: `specification` and `business_process` put these values into BT-24 and BT-23 whatever the invoice says.
    Raises CannotWrite, as UBL does.
    """
    is_self_billed = invoice.type_code in SELF_BILLED_TYPES
    specification, process = (
        (SELF_BILLING, SELF_BILLING_PROCESS) if is_self_billed else (SPECIFICATION, BUSINESS_PROCESS)
    )
    return write_ubl(specified(_ordered(invoice, options), specification, process))


def _ordered(invoice: Invoice, options: Options) -> Invoice:
    """The invoice with what the options put in place of its own words."""
    wanted = {name: str(options[name]) for name in ("specification", "business_process") if options.get(name)}
    if not wanted:
        return invoice
    return msgspec.structs.replace(
        invoice, process=msgspec.structs.replace(invoice.process or ProcessControl(), **wanted)
    )
