"""The canonical model: the semantic model of EN 16931-1:2017, business group by business group.

terms        BT and BG numbers as metadata of the fields, and the paths that name one value
money        rounding as the standard wants it
party        BG-4 to BG-15: who sells, buys, is paid and receives
line         BG-25 to BG-32: what is invoiced
invoice      BG-1 to BG-24: the document around the lines
italy        what Italy needs and the standard lacks
codes        the code lists
totals       BG-22 and line net amounts computed when the export left them out; BG-23 is in `breakdown`
rounding     totals that fail by a cent: the smallest lawful change
provenance   where in the sender's file each value stood
json_form    the model as JSON; its JSON Schema is in `json_schema`
checks       the rules of EN 16931-1 section 6.4
"""

from formats.en16931.invoice import (
    AllowanceCharge,
    CreditTransfer,
    DirectDebit,
    Invoice,
    Note,
    PaymentCard,
    PaymentInstructions,
    PrecedingInvoice,
    ProcessControl,
    SupportingDocument,
    Totals,
    VatBreakdown,
)
from formats.en16931.italy import (
    ItalianInvoice,
    ItalianLine,
    ItalianSeller,
    PensionFund,
    StampDuty,
    Withholding,
)
from formats.en16931.line import (
    Item,
    ItemAttribute,
    Line,
    LineAllowanceCharge,
    LineVat,
    Price,
)
from formats.en16931.party import (
    Address,
    Buyer,
    Contact,
    Delivery,
    Payee,
    Period,
    Seller,
    TaxRepresentative,
)
from formats.en16931.provenance import Place, Provenance
from formats.en16931.terms import Attachment, Identifier

__all__ = [
    "Address",
    "AllowanceCharge",
    "Attachment",
    "Buyer",
    "Contact",
    "CreditTransfer",
    "Delivery",
    "DirectDebit",
    "Identifier",
    "Invoice",
    "ItalianInvoice",
    "ItalianLine",
    "ItalianSeller",
    "Item",
    "ItemAttribute",
    "Line",
    "LineAllowanceCharge",
    "LineVat",
    "Note",
    "Payee",
    "PaymentCard",
    "PaymentInstructions",
    "PensionFund",
    "Period",
    "Place",
    "PrecedingInvoice",
    "Price",
    "ProcessControl",
    "Provenance",
    "Seller",
    "StampDuty",
    "SupportingDocument",
    "TaxRepresentative",
    "Totals",
    "VatBreakdown",
    "Withholding",
]
