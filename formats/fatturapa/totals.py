"""Totals (BG-22): ImportoTotaleDocumento and Arrotondamento are stated; lines, VAT and payment imply the others."""

from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from formats.en16931 import Invoice, Place, Provenance, Totals
from formats.en16931.money import ZERO
from formats.en16931.totals import completed
from formats.fatturapa.manifest import Manifest

FIELDS: Final = {
    "BT-106": "line_net",
    "BT-107": "allowances",
    "BT-108": "charges",
    "BT-109": "without_vat",
    "BT-110": "vat",
    "BT-112": "with_vat",
    "BT-113": "paid",
    "BT-114": "rounding",
    "BT-115": "due",
}


def with_totals(
    invoice: Invoice, stated: Totals, transferred: Decimal | None, held_back: Decimal, provenance: Provenance
) -> tuple[Invoice, Provenance]:
    """The invoice with the totals that a document says and implies.

    stated: BT-112 and BT-114. transferred: the sum of ImportoPagamento, None where the document speaks of no payment.
    held_back: what the buyer pays to others than the seller. What is neither due nor held back was paid before.
    """
    invoice, provenance = completed(replace(invoice, totals=stated), provenance)
    totals = invoice.totals
    if totals is None or totals.with_vat is None or transferred is None:
        return invoice, provenance
    due = transferred + held_back
    paid = totals.with_vat + (totals.rounding or ZERO) - due
    places = {
        "BG-22/BT-115": Place(computed="sum of ImportoPagamento, and what the buyer holds back"),
        "BG-22/BT-113": Place(computed="BT-112 + BT-114 - BT-115"),
    }
    return replace(invoice, totals=replace(totals, due=due, paid=paid if paid > 0 else None)), provenance.having(places)


def take_totals(stated: Totals, read: Totals, manifest: Manifest) -> None:
    """Take along the totals that are read again as they are stated."""
    for term, name in FIELDS.items():
        value, said = getattr(stated, name), getattr(read, name)
        if value == said:
            manifest.take(f"BG-22/{term}")
        elif value is not None:
            manifest.leave(f"BG-22/{term}", f"The document says {'nothing about it' if said is None else said}.")
