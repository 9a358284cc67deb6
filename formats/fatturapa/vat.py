"""VAT categories (UNCL 5305) as rate and Natura, and back (Regole tecniche fatture europee 2.6, appendix 5).

| category | AliquotaIVA | Natura |
|---|---|---|
| S | the rate | |
| B (split payment) | the rate, EsigibilitaIVA S | |
| Z, E, G, K | 0.00 | N1, N4, N3.1, N3.2 unless the line or the reason (BT-120) names another |
| AE, O | 0.00 | must be named: on the line (IT-40) or as the first word of the reason (BT-120) |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NamedTuple

from formats.en16931 import Invoice
from formats.en16931.money import ZERO
from formats.fatturapa.codes import nature, nature_of, natures

TAXED: Final = frozenset({"S", "B"})
NATURED: Final = frozenset({"Z", "E", "G", "K", "AE", "O"})


class VatKey(NamedTuple):
    """What one DatiRiepilogo stands for."""

    rate: Decimal
    nature: str | None


@dataclass(frozen=True, slots=True)
class Natures:
    """The nature that each VAT category of one invoice means where a line names none."""

    by_category: Mapping[str, str]

    def key(self, category: str | None, rate: Decimal | None, own: str | None) -> VatKey | None:
        """Rate and nature of a line, an allowance or a charge; None where they cannot be told."""
        if category in TAXED:
            return VatKey(rate, own) if rate is not None else None
        code = own or self.by_category.get(category or "") or nature_of(category)
        if code is not None:
            return VatKey(ZERO, code)
        return None


def natures_in(invoice: Invoice) -> Natures:
    """What the reasons (BT-120) and, where all lines of a category agree, the lines (IT-40) say about natures."""
    found: dict[str, str] = {}
    on_lines: dict[str, set[str]] = {}
    for line in invoice.lines:
        if line.vat and line.vat.category and line.italy and line.italy.nature:
            on_lines.setdefault(line.vat.category, set()).add(line.italy.nature)
    found.update({category: one for category, (one, *others) in _sorted(on_lines).items() if not others})
    for row in invoice.vat_breakdown:
        first_word = (row.exemption_reason or "").split(" ")[0].rstrip(",:;")
        if row.category and first_word in natures():
            found[row.category] = first_word
    return Natures(found)


def _sorted(several: Mapping[str, set[str]]) -> dict[str, list[str]]:
    return {category: sorted(found) for category, found in several.items()}


def is_split_payment(invoice: Invoice) -> bool:
    """Whether the buyer pays the VAT to the state: said so (IT-2), or by category B."""
    if invoice.italy is not None and invoice.italy.split_payment:
        return True
    return any(line.vat is not None and line.vat.category == "B" for line in invoice.lines)


def category_of(key: VatKey, split_payment: bool) -> str:
    """The VAT category that rate and nature are read as."""
    known = nature(key.nature)
    if known is not None:
        return known.category
    if key.rate == 0:
        return "Z"
    return "B" if split_payment else "S"


def rate_of(category: str, key: VatKey) -> Decimal | None:
    """The rate that is read: nothing is outside the scope of VAT at a rate (BR-O-05)."""
    return None if category == "O" else key.rate
