"""What an invoice must say so that a FatturaPA document can be written at all, as checks on the invoice.

Their ids are the house's own (GW-IT-...), except where SDI has a control for the same thing. The fatal ones keep a
document from being written; the warnings name what is assumed where the invoice is silent.
"""

import datetime
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from formats.checking import CheckSet, Finding, Severity, check, checks_in
from formats.en16931 import Address, Buyer, Invoice, ItalianInvoice, ItalianLine, LineVat, Price, Seller, Totals
from formats.en16931.money import HUNDRED
from formats.en16931.terms import number_of
from formats.fatturapa.address import BUYER_ADDRESS, SELLER_ADDRESS, AddressTerms, country_of
from formats.fatturapa.allowances import sides
from formats.fatturapa.codes import SIMPLIFIED_TYPES
from formats.fatturapa.elements import fits, ordinary
from formats.fatturapa.fiscal import fiscal_code_of, split_vat_identifier
from formats.fatturapa.lines import MOST_LINES
from formats.fatturapa.seller import default_regime
from formats.fatturapa.telling import told
from formats.fatturapa.totals import FIELDS
from formats.fatturapa.vat import NATURED, TAXED, natures_in

_FIRST_DAY: Final = datetime.date(1970, 1, 1)
# One more than the digits that Amount2DecimalType, Amount8DecimalType and QuantitaType take before the point.
_MOST: Final = Decimal(10**11)
_MOST_QUANTITY: Final = Decimal(10**12)
_CURRENCY: Final = re.compile("[A-Z]{3}")
_CATEGORIES: Final = "S, B, Z, E, AE, K, G, O"


def _missing(path: str, what: str, finding_id: str = "GW-IT-MISSING") -> Finding:
    return told(finding_id, path, name=what, term=number_of(path))


@check("GW-IT-HEAD")
def head_is_complete(invoice: Invoice) -> Iterator[Finding]:
    """Number (at most 20 ASCII characters), date and currency."""
    if not invoice.number:
        yield _missing("BT-1", "The invoice number")
    elif not fits(invoice.number, "String20Type") or invoice.number != invoice.number.strip():
        yield told("GW-IT-NUMBER", "BT-1", number=invoice.number)
    if invoice.issue_date is None:
        yield _missing("BT-2", "The issue date")
    elif invoice.issue_date < _FIRST_DAY:
        yield told("GW-IT-DATE", "BT-2", date=invoice.issue_date)
    if not _CURRENCY.fullmatch(invoice.currency or ""):
        yield _missing("BT-5", "The currency code (three letters)")


@check("GW-IT-SELLER-VAT")
def seller_can_be_named(invoice: Invoice) -> Iterator[Finding]:
    """CedentePrestatore needs a VAT identifier, a name and an address."""
    seller = invoice.seller or Seller()
    if not seller.vat_identifier or not split_vat_identifier(seller.vat_identifier, None)[1]:
        yield told("GW-IT-SELLER-VAT", "BG-4/BT-31")
    if not seller.name:
        yield _missing("BG-4/BT-27", "The seller's name")
    yield from _address_is_complete(seller.address, SELLER_ADDRESS, seller.vat_identifier, "The seller's")


@check("00417")
def buyer_can_be_named(invoice: Invoice) -> Iterator[Finding]:
    """CessionarioCommittente needs a name and an address, and in Italy a VAT identifier or a fiscal code (00417)."""
    buyer = invoice.buyer or Buyer()
    if not buyer.name:
        yield _missing("BG-7/BT-44", "The buyer's name")
    yield from _address_is_complete(buyer.address, BUYER_ADDRESS, buyer.vat_identifier, "The buyer's")
    country = country_of(buyer.address, buyer.vat_identifier)
    code = fiscal_code_of(buyer.legal_registration, buyer.identifier, buyer.electronic_address)
    number = split_vat_identifier(buyer.vat_identifier or "", None)[1]
    if country in (None, "IT") and not number and code is None:
        yield told("00417", "BG-7/BT-48")


def _address_is_complete(
    address: Address | None, at: AddressTerms, vat_identifier: str | None, whose: str
) -> Iterator[Finding]:
    address = address or Address()
    if not (address.line1 or address.line2 or address.line3):
        yield _missing(at.line1, f"{whose} street", "GW-IT-ADDRESS")
    if not address.city:
        yield _missing(at.city, f"{whose} city", "GW-IT-ADDRESS")
    country = country_of(address, vat_identifier)
    if country is None or not fits(country, "NazioneType"):
        yield _missing(at.country, f"{whose} country code (two letters)", "GW-IT-ADDRESS")


@check("GW-IT-LINES")
def lines_can_be_counted(invoice: Invoice) -> Iterator[Finding]:
    """1 to 9999 DettaglioLinee, allowances and charges among them; each with a text."""
    count = len(invoice.lines) + len(list(sides(invoice)))
    if not invoice.lines or count > MOST_LINES:
        yield told("GW-IT-LINES", "BG-25", count=f"{count:,}", most=f"{MOST_LINES:,}")
    for position, line in enumerate(invoice.lines, 1):
        if line.item is None or not (line.item.name or line.item.description):
            yield _missing(f"BG-25[{position}]/BG-31/BT-153", f"The name of the item in line {position}")


@check("GW-IT-NATURE")
def vat_can_be_said(invoice: Invoice) -> Iterator[Finding]:
    """Every line, allowance and charge has a rate, or a category that a nature can be told for."""
    natures = natures_in(invoice)
    for position, line in enumerate(invoice.lines, 1):
        vat, italy = line.vat or LineVat(), line.italy or ItalianLine()
        if natures.key(vat.category, vat.rate, italy.nature) is None:
            yield _no_vat(f"BG-25[{position}]/BG-30/BT-151", vat.category)
    for side, position, one in sides(invoice):
        if natures.key(one.vat_category, one.vat_rate, None) is None:
            yield _no_vat(f"{side.group}[{position}]/{side.category}", one.vat_category)


def _no_vat(path: str, category: str | None) -> Finding:
    place = path.partition("/")[0]
    if category in TAXED:
        return told("GW-IT-RATE", path, place=place, rate="—")
    if category in NATURED:
        return told("GW-IT-NATURE", path, place=place, category=category)
    return told("GW-IT-CATEGORY", path, place=place, category=category or "—", allowed=_CATEGORIES)


@check("GW-IT-AMOUNT")
def amounts_fit(invoice: Invoice) -> Iterator[Finding]:
    """Amounts below a hundred thousand millions, quantities below a billion millions, rates from 0 to 100 percent."""
    for path, amount, most in _amounts(invoice):
        if amount is not None and abs(amount) >= most:
            yield told("GW-IT-AMOUNT", path, amount=amount, most=f"{most:,}")
    for path, rate in _rates(invoice):
        if rate is not None and not 0 <= rate <= HUNDRED:
            yield told("GW-IT-RATE", path, place=path, rate=rate)


def _amounts(invoice: Invoice) -> Iterator[tuple[str, Decimal | None, Decimal]]:
    totals = invoice.totals or Totals()
    for term in ("BT-112", "BT-114", "BT-115"):
        yield f"BG-22/{term}", getattr(totals, FIELDS[term]), _MOST
    for position, line in enumerate(invoice.lines, 1):
        at, price = f"BG-25[{position}]", line.price or Price()
        yield f"{at}/BT-129", line.quantity, _MOST_QUANTITY
        yield f"{at}/BT-131", line.net_amount, _MOST
        for term, amount in (("BT-146", price.net), ("BT-147", price.discount), ("BT-148", price.gross)):
            yield f"{at}/BG-29/{term}", amount, _MOST
    for side, position, one in sides(invoice):
        yield f"{side.group}[{position}]/{side.amount}", one.amount, _MOST
    for position, row in enumerate(invoice.vat_breakdown, 1):
        yield f"BG-23[{position}]/BT-116", row.taxable, _MOST
        yield f"BG-23[{position}]/BT-117", row.tax, _MOST


def _rates(invoice: Invoice) -> Iterator[tuple[str, Decimal | None]]:
    italy = invoice.italy or ItalianInvoice()
    for position, line in enumerate(invoice.lines, 1):
        yield f"BG-25[{position}]/BG-30/BT-152", line.vat.rate if line.vat else None
    for side, position, one in sides(invoice):
        yield f"{side.group}[{position}]/{side.rate}", one.vat_rate
    for position, withholding in enumerate(italy.withholdings, 1):
        yield f"IT-D/IT-7[{position}]/IT-14", withholding.rate
    for position, fund in enumerate(italy.pension_funds, 1):
        yield f"IT-D/IT-8[{position}]/IT-17", fund.rate
        yield f"IT-D/IT-8[{position}]/IT-20", fund.vat_rate


@check("GW-IT-CODE")
def italian_codes_are_known(invoice: Invoice) -> Iterator[Finding]:
    """The codes of the Italian extension stand in their lists."""
    for path, value, type_name in _codes(invoice):
        if value is not None and not fits(value, type_name):
            simple = ordinary().types[type_name]
            yield told("GW-IT-CODE", path, code=value, allowed=", ".join(simple.codes) or simple.pattern)


def _codes(invoice: Invoice) -> Iterator[tuple[str, str | None, str]]:
    italy = invoice.italy or ItalianInvoice()
    seller = invoice.seller.italy if invoice.seller else None
    if italy.document_type not in SIMPLIFIED_TYPES:
        yield "IT-D/IT-1", italy.document_type, "TipoDocumentoType"
    yield "IT-D/IT-5", italy.recipient_code and italy.recipient_code.upper(), "CodiceDestinatarioType"
    if seller is not None:
        yield "BG-4/IT-S/IT-30", seller.tax_regime, "RegimeFiscaleType"
    for position, line in enumerate(invoice.lines, 1):
        if line.italy is not None:
            yield f"BG-25[{position}]/IT-L/IT-40", line.italy.nature, "NaturaType"
            yield f"BG-25[{position}]/IT-L/IT-42", line.italy.kind, "TipoCessionePrestazioneType"
    for position, fund in enumerate(italy.pension_funds, 1):
        yield f"IT-D/IT-8[{position}]/IT-16", fund.kind, "TipoCassaType"
        yield f"IT-D/IT-8[{position}]/IT-22", fund.nature, "NaturaType"
    for position, one in enumerate(italy.withholdings, 1):
        yield f"IT-D/IT-7[{position}]/IT-12", one.kind, "TipoRitenutaType"
        yield f"IT-D/IT-7[{position}]/IT-15", one.payment_reason, "CausalePagamentoType"


@check("GW-IT-WITHHOLDING")
def withholdings_and_funds_are_complete(invoice: Invoice) -> Iterator[Finding]:
    """DatiRitenuta and DatiCassaPrevidenziale need kind, amount and rate."""
    italy = invoice.italy or ItalianInvoice()
    for position, one in enumerate(italy.withholdings, 1):
        at = f"IT-D/IT-7[{position}]"
        terms = (("IT-12", one.kind), ("IT-13", one.amount), ("IT-14", one.rate), ("IT-15", one.payment_reason))
        yield from _incomplete(at, terms)
    for position, fund in enumerate(italy.pension_funds, 1):
        at = f"IT-D/IT-8[{position}]"
        parts = (("IT-16", fund.kind), ("IT-17", fund.rate), ("IT-18", fund.amount), ("IT-20", fund.vat_rate))
        yield from _incomplete(at, parts)


def _incomplete(at: str, terms: Iterable[tuple[str, object]]) -> Iterator[Finding]:
    for term, value in terms:
        if value is None:
            yield told("GW-IT-WITHHOLDING", f"{at}/{term}", term=term)


@check("GW-IT-REGIME")
def regime_is_stated(invoice: Invoice) -> Iterator[Finding]:
    """RegimeFiscale is mandatory; RF01 (RF18 abroad) is written where the invoice is silent."""
    seller = invoice.seller or Seller()
    if seller.vat_identifier and (seller.italy is None or not seller.italy.tax_regime):
        regime = default_regime(split_vat_identifier(seller.vat_identifier, None)[0])
        yield told("GW-IT-REGIME", "BG-4/IT-S/IT-30", Severity.WARNING, regime=regime)


@check("GW-IT-CURRENCY")
def amounts_are_in_euro(invoice: Invoice) -> Iterator[Finding]:
    """The tax office counts in euro: amounts in another currency are written as they stand."""
    if invoice.currency and invoice.currency != "EUR":
        yield told("GW-IT-CURRENCY", "BT-5", Severity.WARNING, currency=invoice.currency)


REQUIREMENTS: Final[CheckSet[Invoice]] = CheckSet("fatturapa-requirements", "1.2.3", checks_in(__name__))
