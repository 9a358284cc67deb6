"""Plain sample invoices: invented parties, made-up identifiers with right check digits, sums by hand."""

import datetime
from decimal import Decimal

import msgspec

from formats.en16931 import (
    Address,
    Buyer,
    Contact,
    CreditTransfer,
    Delivery,
    Identifier,
    Invoice,
    ItalianInvoice,
    ItalianSeller,
    Item,
    Line,
    LineVat,
    PaymentInstructions,
    PrecedingInvoice,
    Price,
    ProcessControl,
    Seller,
)
from tests.sums import summed_up

PEPPOL_BIS_3 = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PEPPOL_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

SELLER = Seller(
    name="Nordlicht Werkzeuge GmbH",
    identifiers=(Identifier("9876543210982", "0088"),),
    vat_identifier="ATU12345675",
    electronic_address=Identifier("9876543210982", "0088"),
    address=Address(line1="Amselweg 7", city="Graz", post_code="8010", country="AT"),
    contact=Contact(name="Rechnungswesen", telephone="+43 316 000000", email="rechnung@nordlicht.example"),
)
BUYER = Buyer(
    name="Atelier du Lac SARL",
    vat_identifier="FR11123456782",
    electronic_address=Identifier("4000000123453", "0088"),
    address=Address(line1="3 rue du Moulin", city="Annecy", post_code="74000", country="FR"),
)
ITALIAN_SELLER = Seller(
    name="Officine Pratoverde S.r.l.",
    vat_identifier="IT01234560157",
    electronic_address=Identifier("01234560157", "0211"),
    address=Address(line1="Via dei Tigli 12", city="Cremona", post_code="26100", subdivision="CR", country="IT"),
    italy=ItalianSeller(tax_regime="RF01"),
)
ITALIAN_BUYER = Buyer(
    name="Cantina Rivalta S.p.A.",
    vat_identifier="IT12345670017",
    address=Address(line1="Corso Aurora 4", city="Asti", post_code="14100", subdivision="AT", country="IT"),
)


def sample_line(identifier: str = "1", **changes: object) -> Line:
    """Three drills at 19.90 with 20 % VAT. changes: fields of Line."""
    line = Line(
        identifier=identifier,
        quantity=Decimal(3),
        unit="C62",
        net_amount=Decimal("59.70"),
        price=Price(net=Decimal("19.90")),
        vat=LineVat(category="S", rate=Decimal(20)),
        item=Item(name="Hand drill"),
    )
    return msgspec.structs.replace(line, **changes)


def sample_invoice(**changes: object) -> Invoice:
    """A valid invoice of two lines over 100.44 EUR. changes: fields of Invoice, put in after the sums were made."""
    screws = sample_line(
        "2",
        quantity=Decimal(2),
        unit="KGM",
        price=Price(net=Decimal("12.00")),
        item=Item(name="Screws 4 x 40"),
    )
    invoice = Invoice(
        number="2026-0042",
        issue_date=datetime.date(2026, 3, 2),
        type_code="380",
        currency="EUR",
        due_date=datetime.date(2026, 4, 1),
        buyer_reference="ATELIER-7",
        process=ProcessControl(business_process=PEPPOL_PROCESS, specification=PEPPOL_BIS_3),
        seller=SELLER,
        buyer=BUYER,
        delivery=Delivery(date=datetime.date(2026, 2, 27)),
        payment=PaymentInstructions(
            means_code="58",
            remittance_information="2026-0042",
            credit_transfers=(CreditTransfer(account="AT611904300234573201"),),
        ),
        lines=(sample_line(), screws),
    )
    return msgspec.structs.replace(summed_up(invoice), **changes)


def sample_credit_note(**changes: object) -> Invoice:
    """A valid credit note that takes the sample invoice back."""
    taken_back = sample_invoice(
        number="2026-C-003",
        type_code="381",
        due_date=None,
        payment_terms="Offset against the next invoice",
        preceding_invoices=(PrecedingInvoice(number="2026-0042", issue_date=datetime.date(2026, 3, 2)),),
    )
    return msgspec.structs.replace(taken_back, **changes)


def sample_italian_invoice(**changes: object) -> Invoice:
    """A valid invoice between two Italian companies with what FatturaPA needs."""
    line = sample_line(vat=LineVat(category="S", rate=Decimal(22)))
    invoice = sample_invoice(
        seller=ITALIAN_SELLER,
        buyer=ITALIAN_BUYER,
        lines=(line,),
        payment=PaymentInstructions(
            means_code="58", credit_transfers=(CreditTransfer(account="IT60X0542811101000000123456"),)
        ),
        italy=ItalianInvoice(document_type="TD01", recipient_code="ABC1234"),
    )
    return msgspec.structs.replace(summed_up(invoice), **changes)
