"""What the law wants said: why no VAT is charged, who issued the document, where its original is."""

from collections.abc import Iterator, Mapping
from typing import Final

from formats.en16931 import Invoice, VatBreakdown
from formats.pdf.inert import one_line
from formats.pdf.parties import address_lines
from formats.pdf.wording import Wording

_EXPLAINED: Final = frozenset({"AE", "K", "G", "E", "Z", "O"})
# Said in the seller's own language, because its own law prescribes the words.
_BY_SELLER: Final[Mapping[str, str]] = {
    # Code de commerce L441-9, D441-5: on every invoice between businesses.
    "FR": "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 €.",
}


def statements(invoice: Invoice, words: Wording, original: str) -> tuple[str, ...]:
    """The statements in the order of their weight. original: where the legal original is, `sdi` or ""."""
    return tuple(filter(None, _statements(invoice, words, original)))


def _statements(invoice: Invoice, words: Wording, original: str) -> Iterator[str]:
    if original == "sdi":
        yield words.say("statements", "sdi_copy")
    if invoice.is_self_billed:
        yield words.say("statements", "self_billing")
    for one in invoice.vat_breakdown:
        yield _exemption(one, words)
    yield from _italian(invoice, words)
    representative = invoice.tax_representative
    if representative:
        said = (one_line(representative.name), one_line(representative.vat_identifier))
        party = ", ".join(filter(None, (*said, *address_lines(representative.address))))
        yield words.say("statements", "tax_representative", party=party)
    country = invoice.seller.address.country if invoice.seller and invoice.seller.address else None
    if not invoice.is_credit_note and invoice.buyer and invoice.buyer.vat_identifier:
        yield _BY_SELLER.get(country or "", "")


def _exemption(one: VatBreakdown, words: Wording) -> str:
    """Why a category carries no VAT: in the invoice's own words, else in those of Directive 2006/112/EC art. 226."""
    if one.category not in _EXPLAINED:
        return ""
    reason = one_line(one.exemption_reason)
    usual = words.say("statements", one.category or "")
    said = f"{usual} {reason}" if one.category == "AE" and reason else reason or usual
    code = f" ({one_line(one.exemption_code)})" if one.exemption_code else ""
    return words.say("statements", "reason", category=one.category or "", reason=f"{said}{code}")


def _italian(invoice: Invoice, words: Wording) -> Iterator[str]:
    italy = invoice.italy
    if italy is None:
        return
    currency = invoice.currency or "EUR"
    if italy.split_payment:
        yield words.say("statements", "split_payment")
    if italy.stamp_duty and italy.stamp_duty.amount is not None:
        yield words.say("statements", "stamp_duty", amount=words.money_of(italy.stamp_duty.amount, currency))
