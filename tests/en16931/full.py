"""Invoices with everything: every group of EN 16931, and every VAT category in line, allowance and charge."""

import datetime
from decimal import Decimal

import msgspec

from formats.en16931 import (
    Address,
    AllowanceCharge,
    Attachment,
    CreditTransfer,
    Delivery,
    Identifier,
    Invoice,
    Item,
    ItemAttribute,
    Line,
    LineAllowanceCharge,
    LineVat,
    Note,
    Payee,
    PaymentInstructions,
    Period,
    PrecedingInvoice,
    Price,
    SupportingDocument,
    TaxRepresentative,
)
from formats.ubl.checks.vat_categories import CATEGORIES, Rate, Reason, VatCategory
from tests.samples import BUYER, SELLER, sample_invoice, sample_line
from tests.sums import summed_up

MARCH = Period(start=datetime.date(2026, 3, 1), end=datetime.date(2026, 3, 31))
PART = LineAllowanceCharge(
    amount=Decimal("1.00"), base=Decimal("10.00"), percentage=Decimal(10), reason="Agreed", reason_code="95"
)


def full_line() -> Line:
    """A line with every group that a line can have."""
    return sample_line(
        object_identifier=Identifier("M-1", "AWV"),
        period=MARCH,
        allowances=(PART,),
        charges=(msgspec.structs.replace(PART, reason_code="FC"),),
        price=Price(
            net=Decimal("19.90"),
            discount=Decimal("0.10"),
            gross=Decimal("20.00"),
            base_quantity=Decimal(1),
            base_unit="C62",
        ),
        item=Item(
            name="Hand drill",
            standard_identifier=Identifier("7300010000001", "0160"),
            classifications=(Identifier("65434568", "STI"),),
            origin_country="AT",
            attributes=(ItemAttribute(name="Colour", value="green"),),
        ),
    )


def full_invoice(**changes: object) -> Invoice:
    """An invoice with every group, valid, under the standard rate. changes: before the sums are made."""
    part = AllowanceCharge(
        amount=Decimal("5.00"),
        base=Decimal("50.00"),
        percentage=Decimal(10),
        vat_category="S",
        vat_rate=Decimal(20),
        reason="Agreed",
        reason_code="95",
    )
    invoice = sample_invoice(
        vat_currency="PLN",
        tax_point_code="35",
        object_identifier=Identifier("O-1", "AWV"),
        notes=(Note(subject_code="AAI", text="A note"),),
        preceding_invoices=(PrecedingInvoice(number="2026-0001", issue_date=datetime.date(2026, 1, 7)),),
        seller=msgspec.structs.replace(SELLER, legal_registration=Identifier("FN 1", "0002")),
        payee=Payee(name="Factor AG", identifier=Identifier("F-1", "0002"), legal_registration=Identifier("7", "0002")),
        tax_representative=TaxRepresentative(
            name="Rappresentante S.r.l.", vat_identifier="IT01234560157", address=Address(city="Asti", country="IT")
        ),
        delivery=Delivery(
            location=Identifier("9876543210982", "0088"),
            date=datetime.date(2026, 3, 2),
            period=MARCH,
            address=Address(city="Annecy", country="FR"),
        ),
        payment=PaymentInstructions(
            means_code="58", credit_transfers=(CreditTransfer(account="AT611904300234573201"),)
        ),
        allowances=(part,),
        charges=(msgspec.structs.replace(part, reason_code="FC"),),
        supporting_documents=(
            SupportingDocument(reference="T-1", attachment=Attachment(b"a;b", "text/csv", "times.csv")),
        ),
        lines=(full_line(), sample_line("2")),
    )
    return summed_up(msgspec.structs.replace(invoice, **changes), paid=Decimal("10.00"), rounding=Decimal("0.02"))


REASONS: dict[str | None, tuple[str | None, str | None]] = {
    one.code: ("A reason in words", None) for one in CATEGORIES if one.reason is Reason.NEEDED
}


def invoice_under(category: VatCategory, **changes: object) -> Invoice:
    """A valid invoice with line, allowance and charge under one VAT category. changes: before the sums are made."""
    rate = {Rate.ABOVE_ZERO: Decimal(20), Rate.ANY: Decimal(7), Rate.ZERO: Decimal(0), Rate.NONE: None}[category.rate]
    part = AllowanceCharge(amount=Decimal("5.00"), vat_category=category.code, vat_rate=rate, reason="Agreed")
    seller, buyer = SELLER, BUYER
    if category.rate is Rate.NONE:
        seller = msgspec.structs.replace(seller, vat_identifier=None)
        buyer = msgspec.structs.replace(buyer, vat_identifier=None)
    invoice = sample_invoice(
        seller=seller,
        buyer=buyer,
        delivery=Delivery(date=datetime.date(2026, 3, 2), address=Address(country="FR")),
        allowances=(part,),
        charges=(msgspec.structs.replace(part, amount=Decimal("6.00")),),
        lines=(sample_line(vat=LineVat(category=category.code, rate=rate)),),
    )
    return summed_up(msgspec.structs.replace(invoice, **changes), reasons=REASONS)
