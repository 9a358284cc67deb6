"""Valid invoices about which many rules have something to say: every group, every VAT category, every way to pay."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from formats.en16931 import (
    Address,
    AllowanceCharge,
    Attachment,
    CreditTransfer,
    Delivery,
    DirectDebit,
    Identifier,
    Invoice,
    Item,
    ItemAttribute,
    Line,
    LineAllowanceCharge,
    LineVat,
    Note,
    Payee,
    PaymentCard,
    PaymentInstructions,
    Period,
    Price,
    SupportingDocument,
    TaxRepresentative,
)
from tests.samples import BUYER, SELLER, sample_credit_note, sample_invoice, sample_line
from tests.sums import summed_up

MARCH: Final = Period(start=datetime.date(2026, 3, 1), end=datetime.date(2026, 3, 31))
PART: Final = LineAllowanceCharge(
    amount=Decimal("1.00"), base=Decimal("10.00"), percentage=Decimal(10), reason="Agreed", reason_code="95"
)
# VAT category, its rate, and why nothing is charged.
CATEGORIES: Final = (
    ("S", "25", None, None),
    ("Z", "0", None, None),
    ("E", "0", "Exempt under article 132", "VATEX-EU-132-1I"),
    ("AE", "0", "Reverse charge", "VATEX-EU-AE"),
    ("K", "0", None, "VATEX-EU-IC"),
    ("G", "0", "Export outside the EU", "VATEX-EU-G"),
    ("O", None, None, "VATEX-EU-O"),
    ("L", "7", None, None),
    ("M", "4", None, None),
)
DEBIT: Final = DirectDebit(mandate="M-1", creditor="AT61ZZZ01234567890", debited_account="AT611904300234573201")
FILES: Final = (
    SupportingDocument(reference="T-1", attachment=Attachment(b"a;b", "text/csv", "times.csv")),
    SupportingDocument(reference="T-2", description="Plan", location="https://party.example/plan"),
)


def invoices_by_hand() -> Mapping[str, Invoice]:
    """By name: `everything`, `category K`, `card`."""
    return {
        "plain": sample_invoice(),
        "credit note": sample_credit_note(),
        "everything": everything(),
        "everything credited": everything(
            type_code="381", due_date=None, preceding_invoices=sample_credit_note().preceding_invoices
        ),
        "card": sample_invoice(
            payment=PaymentInstructions(means_code="48", card=PaymentCard(account_number="0042", holder="A. Holder"))
        ),
        "direct debit": sample_invoice(payment=PaymentInstructions(means_code="59", direct_debit=DEBIT)),
        "in another currency": summed_up(sample_invoice(currency="SEK", vat_currency="EUR")),
        "several categories": _under(CATEGORIES[0], CATEGORIES[1], CATEGORIES[2], CATEGORIES[7], CATEGORIES[8]),
        "crossing a border": _under(CATEGORIES[3], CATEGORIES[4], CATEGORIES[5]),
        **{f"category {row[0]}": _under(row) for row in CATEGORIES},
    }


def everything(**changes: object) -> Invoice:
    """An invoice with every group of EN 16931. changes: before the sums are made."""
    part = _part("S", "20", "5.00")
    invoice = sample_invoice(
        vat_currency="PLN",
        tax_point_code="35",
        object_identifier=Identifier("O-1", "AWV"),
        project_reference="P-1",
        contract_reference="C-1",
        order_reference="B-1",
        sales_order_reference="S-1",
        receiving_advice_reference="R-1",
        despatch_advice_reference="D-1",
        tender_reference="L-1",
        accounting_reference="4711",
        payment_terms="Within 30 days",
        notes=(Note(subject_code="AAI", text="A note"),),
        seller=msgspec.structs.replace(
            SELLER,
            trading_name="Nordlicht",
            legal_registration=Identifier("FN 1", "0002"),
            tax_registration="12/345",
            legal_information="Capital paid in",
        ),
        buyer=msgspec.structs.replace(BUYER, identifier=Identifier("4000000123453", "0088"), trading_name="Lac"),
        payee=Payee(name="Factor AG", identifier=Identifier("F-1", "0002"), legal_registration=Identifier("7", "0002")),
        tax_representative=TaxRepresentative(
            name="Rappresentante S.r.l.", vat_identifier="IT01234560157", address=Address(city="Asti", country="IT")
        ),
        delivery=Delivery(
            name="Depot",
            location=Identifier("9876543210982", "0088"),
            date=datetime.date(2026, 3, 2),
            period=MARCH,
            address=Address(line1="Quai 1", city="Annecy", post_code="74000", country="FR"),
        ),
        payment=PaymentInstructions(
            means_code="58",
            means_text="Transfer",
            remittance_information="R-1",
            credit_transfers=(
                CreditTransfer(account="AT611904300234573201", account_name="N", service_provider="TESTATW1XXX"),
            ),
        ),
        allowances=(part,),
        charges=(msgspec.structs.replace(part, reason_code="FC"),),
        supporting_documents=FILES,
        lines=(everything_in_a_line(), sample_line("2")),
    )
    return summed_up(msgspec.structs.replace(invoice, **changes), paid=Decimal("10.00"), rounding=Decimal("0.02"))


def everything_in_a_line() -> Line:
    """A line with every group that a line can have."""
    return sample_line(
        note="A note",
        object_identifier=Identifier("M-1", "AWV"),
        order_line="7",
        accounting_reference="4712",
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
            description="For wood",
            seller_identifier="D-1",
            buyer_identifier="E-1",
            standard_identifier=Identifier("7300010000001", "0160"),
            classifications=(Identifier("65434568", "STI"), Identifier("09348023", "TST", "19.0501")),
            origin_country="AT",
            attributes=(ItemAttribute(name="Colour", value="green"),),
        ),
    )


def _under(*rows: tuple[str, str | None, str | None, str | None]) -> Invoice:
    """An invoice with a line, an allowance and a charge under each of these VAT categories."""
    outside = any(category == "O" for category, *_ in rows)
    invoice = sample_invoice(
        seller=msgspec.structs.replace(SELLER, vat_identifier=None) if outside else SELLER,
        buyer=msgspec.structs.replace(BUYER, vat_identifier=None) if outside else BUYER,
        delivery=Delivery(date=datetime.date(2026, 3, 2), address=Address(country="FR")),
        allowances=tuple(_part(category, rate, "5.00") for category, rate, *_ in rows),
        charges=tuple(_part(category, rate, "6.00") for category, rate, *_ in rows),
        lines=tuple(
            sample_line(str(number), vat=LineVat(category=category, rate=_rate(rate)))
            for number, (category, rate, *_) in enumerate(rows, 1)
        ),
    )
    return summed_up(invoice, reasons={category: (text, code) for category, _, text, code in rows})


def _part(category: str, rate: str | None, amount: str) -> AllowanceCharge:
    return AllowanceCharge(
        amount=Decimal(amount),
        base=Decimal(amount) * 10,
        percentage=Decimal(10),
        vat_category=category,
        vat_rate=_rate(rate),
        reason="Agreed",
        reason_code="95" if amount == "5.00" else "FC",
    )


def _rate(rate: str | None) -> Decimal | None:
    return None if rate is None else Decimal(rate)
