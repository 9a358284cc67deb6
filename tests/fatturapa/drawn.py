"""Italian invoices for property tests: those of `tests.strategies`, with what FatturaPA cannot do without."""

import msgspec
from hypothesis import strategies as st

from formats.en16931 import Address, Invoice
from tests.draws import Letters
from tests.strategies import LATIN, invoices

NUMBERS = st.from_regex(r"[A-Z]{0,3}[0-9]{1,6}(/[0-9]{2,4})?", fullmatch=True)
_CITY = "Modena"


@st.composite
def italian_invoices(draw: st.DrawFn, letters: Letters = LATIN) -> Invoice:
    """An invoice with a number FatturaPA takes, and complete addresses."""
    invoice = draw(invoices(letters=letters, italy=True))
    assert invoice.seller is not None
    assert invoice.buyer is not None
    return msgspec.structs.replace(
        invoice,
        number=draw(NUMBERS),
        seller=msgspec.structs.replace(invoice.seller, address=_complete(invoice.seller.address)),
        buyer=msgspec.structs.replace(invoice.buyer, address=_complete(invoice.buyer.address)),
    )


def _complete(address: Address | None) -> Address:
    address = address or Address(country="IT")
    return msgspec.structs.replace(address, line1=address.line1 or "Via del Mulino 3", city=address.city or _CITY)
