"""The Italian sample with changes, summed up again, for the tests of the writer."""

from decimal import Decimal

import msgspec

from formats.en16931 import Invoice, ItalianInvoice, Line, LineVat
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.writer import write
from tests.samples import sample_italian_invoice, sample_line
from tests.sums import summed_up

replace = msgspec.structs.replace


def italian(**changes: object) -> Invoice:
    """The Italian sample with changes, summed up again."""
    return summed_up(replace(sample_italian_invoice(), **changes))


def italian_line(category: str = "S", rate: str = "22", identifier: str = "1", **changes: object) -> Line:
    """A line of 3 x 19.90 under a VAT category."""
    return sample_line(identifier, **{"vat": LineVat(category=category, rate=Decimal(rate)), **changes})


def with_italy(**changes: object) -> Invoice:
    """The sample with another Italian extension."""
    return italian(italy=ItalianInvoice(document_type="TD01", recipient_code="ABC1234", **changes))  # type: ignore[arg-type]


def is_accepted(invoice: Invoice) -> bool:
    """Whether schema and controls of SDI have nothing against what is written."""
    return check_bytes(write(invoice).content).findings == ()
