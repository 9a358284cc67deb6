"""One document being written: its manifest, and what the VAT categories of this invoice mean in FatturaPA."""

from dataclasses import dataclass
from decimal import Decimal

from formats.en16931 import Invoice
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.marks import CATEGORY_MARK, Mark
from formats.fatturapa.vat import Natures, VatKey, category_of, is_split_payment, natures_in, rate_of


@dataclass(frozen=True, slots=True)
class VatPaths:
    """Where a line, an allowance or a charge states its VAT category and rate."""

    category: str
    rate: str


@dataclass(frozen=True, slots=True)
class Writing:
    """manifest: what is carried. natures: of this invoice. split_payment: whether the buyer pays the VAT."""

    manifest: Manifest
    natures: Natures
    split_payment: bool

    def key(self, category: str | None, rate: Decimal | None, nature: str | None = None) -> VatKey:
        """Rate and nature; the requirements have seen to it that they can be told."""
        key = self.natures.key(category, rate, nature)
        if key is None:
            raise ValueError(f"VAT category {category} has neither rate nor nature")
        return key

    def vat(self, category: str | None, rate: Decimal | None, key: VatKey, at: VatPaths) -> list[Mark]:
        """Take category and rate along; the mark where another category would be read."""
        said = category or ""
        if rate is not None and rate == rate_of(said, key):
            self.manifest.amount(at.rate, rate)
        if said == "S" and self.split_payment and key.rate:
            self.manifest.leave(at.category, "Under split payment the VAT category is read as B.")
            return []
        self.manifest.take(at.category)
        return [] if category_of(key, self.split_payment) == said else [(CATEGORY_MARK, said)]


def writing_of(invoice: Invoice) -> Writing:
    """Begin to write an invoice."""
    return Writing(Manifest(), natures_in(invoice), is_split_payment(invoice))
