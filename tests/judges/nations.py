"""Valid Peppol invoices inside each country that has rules of its own; all companies invented, check digits right."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import msgspec

from formats.en16931 import (
    Address,
    AllowanceCharge,
    Buyer,
    Contact,
    CreditTransfer,
    DirectDebit,
    Identifier,
    Invoice,
    Item,
    LineVat,
    PaymentInstructions,
    Seller,
    SupportingDocument,
    TaxRepresentative,
)
from tests.samples import sample_credit_note, sample_invoice, sample_line
from tests.sums import summed_up

DAY: Final = datetime.date(2026, 3, 2)
CONTACT: Final = Contact(name="Office", telephone="+00 123 4567", email="office@party.example")


def _seller(country: str, endpoint: str, scheme: str, vat: str, **changes: object) -> Seller:
    seller = Seller(
        name="Vendor and Sons",
        trading_name="Vendor",
        vat_identifier=vat,
        electronic_address=Identifier(endpoint, scheme),
        address=Address(line1="Long Street 1", city="Town", post_code="1234", country=country),
        contact=CONTACT,
    )
    return msgspec.structs.replace(seller, **changes)


def _buyer(country: str, endpoint: str, scheme: str, vat: str, **changes: object) -> Buyer:
    buyer = Buyer(
        name="Purchaser Ltd",
        trading_name="Purchaser",
        vat_identifier=vat,
        electronic_address=Identifier(endpoint, scheme),
        address=Address(line1="Short Street 2", city="Village", post_code="4321", country=country),
        contact=CONTACT,
    )
    return msgspec.structs.replace(buyer, **changes)


def _inside(seller: Seller, buyer: Buyer, rate: str, **changes: object) -> Invoice:
    """An invoice of one line between the two."""
    line = sample_line(vat=LineVat(category="S", rate=Decimal(rate)), item=Item(name="Hand drill"))
    invoice = sample_invoice(seller=seller, buyer=buyer, lines=(line,), order_reference="O-7")
    return summed_up(msgspec.structs.replace(invoice, **changes))


def _transfer(
    code: str, account: str, provider: str | None = None, reference: str | None = None
) -> PaymentInstructions:
    account_of = CreditTransfer(account=account, service_provider=provider)
    return PaymentInstructions(means_code=code, credit_transfers=(account_of,), remittance_information=reference)


DANISH: Final = (
    _seller("DK", "DK12345678", "0184", "DK12345678", legal_registration=Identifier("DK12345678", "0184")),
    _buyer("DK", "87654321", "0184", "DK87654321", legal_registration=Identifier("87654321", "0184")),
)
GREEK: Final = (
    _seller("GR", "123456783", "9933", "EL123456783"),
    _buyer("GR", "987654324", "9933", "EL987654324"),
)
ICELANDIC: Final = (
    _seller("IS", "1234567890", "0196", "IS12345", legal_registration=Identifier("1234567890", "0196")),
    _buyer("IS", "0987654321", "0196", "IS54321", legal_registration=Identifier("0987654321", "0196")),
)
ITALIAN: Final = (
    _seller("IT", "01234560157", "0211", "IT01234560157", tax_registration="01234560157"),
    _buyer("IT", "12345670017", "0211", "IT12345670017", identifier=Identifier("ABC123", "0201")),
)
DUTCH: Final = (
    _seller("NL", "12345678", "0106", "NL123456789B01", legal_registration=Identifier("12345678", "0106")),
    _buyer("NL", "12345678901234567890", "0190", "NL987654321B02", legal_registration=Identifier("87654321", "0106")),
)
NORWEGIAN: Final = (
    _seller(
        "NO",
        "123456785",
        "0192",
        "NO123456785MVA",
        tax_registration="Foretaksregisteret",
        legal_registration=Identifier("123456785", "0192"),
    ),
    _buyer("NO", "123456785", "0192", "NO123456785MVA", legal_registration=Identifier("123456785", "0192")),
)
SWEDISH: Final = (
    _seller(
        "SE",
        "1234567897",
        "0007",
        "SE123456789701",
        tax_registration="Godkänd för F-skatt",
        legal_registration=Identifier("1234567897"),
    ),
    _buyer("SE", "1234567897", "0007", "SE123456789701", legal_registration=Identifier("1234567897", "0007")),
)
GERMAN: Final = (
    _seller("DE", "9876543210982", "0088", "DE123456788", tax_registration="12/345/67890"),
    _buyer("DE", "991-33333TEST-33", "0204", "DE987654321"),
)
BELGIAN: Final = (
    _seller("BE", "0123456749", "0208", "BE0123456749", legal_registration=Identifier("0123456749", "0208")),
    _buyer("BE", "0123456749", "0208", "BE0123456749"),
)
GREEK_DOCUMENTS: Final = (
    SupportingDocument(reference="400000000000001", description="##M.AR.K##"),
    SupportingDocument(reference="L-1", description="##INVOICE|URL##", location="https://party.example/1"),
)
DEBIT: Final = PaymentInstructions(
    means_code="59",
    direct_debit=DirectDebit(mandate="M-1", creditor="AT61ZZZ01234567890", debited_account="DE66000000000000000042"),
)
SKONTO: Final = "#SKONTO#TAGE=14#PROZENT=2.25#\n#SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=59.70#\n"
REPRESENTATIVE: Final = TaxRepresentative(
    name="Represents", vat_identifier="EL123456783", address=Address(line1="A 1", city="B", post_code="1", country="NL")
)
ROEBEL: Final = AllowanceCharge(
    amount=Decimal("3.00"), vat_category="S", vat_rate=Decimal(25), reason="3#Fee", reason_code="ZZZ"
)


def national_invoices() -> Mapping[str, Invoice]:
    """By name: `danish giro`."""
    return {
        "german": _inside(*GERMAN, "19", payment_terms=SKONTO),
        "german direct debit": _inside(*GERMAN, "19", payment=DEBIT),
        "danish": _inside(*DANISH, "25", charges=(ROEBEL,)),
        "danish account": _inside(*DANISH, "25", payment=_transfer("42", "1234567", "1234")),
        "danish giro": _inside(*DANISH, "25", payment=_transfer("50", "1234567", None, "01#")),
        "danish giro with a number": _inside(
            *DANISH, "25", payment=_transfer("50", "12345678", None, "04#1234567890123456")
        ),
        "danish card": _inside(*DANISH, "25", payment=_transfer("93", "12345678", None, "71#123456789012345")),
        "greek": _inside(*GREEK, "24", number="123456783|02/03/2026|1|1.1|A|7", supporting_documents=GREEK_DOCUMENTS),
        "greek representative": _inside(
            *GREEK,
            "24",
            number="123456783|02/03/2026|1|2.1|A|7",
            supporting_documents=GREEK_DOCUMENTS,
            tax_representative=REPRESENTATIVE,
        ),
        "icelandic": _inside(
            *ICELANDIC,
            "24",
            supporting_documents=(SupportingDocument(reference="2026-04-01", description="EINDAGI"),),
            payment=_transfer("9", "123456789012"),
        ),
        "icelandic account": _inside(*ICELANDIC, "24", payment=_transfer("42", "123456789012")),
        "italian": _inside(*ITALIAN, "22"),
        "dutch": _inside(*DUTCH, "21", tax_representative=REPRESENTATIVE),
        "norwegian": _inside(*NORWEGIAN, "25"),
        "swedish bank giro": _inside(*SWEDISH, "25", payment=_transfer("30", "1234567", "SE:BANKGIRO")),
        "swedish plus giro": _inside(*SWEDISH, "12", payment=_transfer("30", "123456", "SE:PLUSGIRO")),
        "belgian": _inside(*BELGIAN, "21"),
        "danish credit note": _credited(*DANISH, "25"),
        "dutch credit note": _credited(*DUTCH, "21"),
        "swedish credit note": _credited(*SWEDISH, "6"),
        "german credit note": _credited(*GERMAN, "19"),
        "german correction": _inside(*GERMAN, "19", type_code="384", preceding_invoices=_PRECEDING),
    }


# By scheme: a number of each register whose form Peppol has a rule for.
REGISTERS: Final = {
    "0088": "9876543210982",
    "0192": "123456785",
    "0184": "DK12345678",
    "0096": "1234567890",
    "0198": "DK12345678",
    "0208": "0123456749",
    "0201": "ABC123",
    "0210": "01234560157",
    "0211": "IT01234560157",
    "0007": "1234567897",
    "0151": "28012345678",
    "0106": "12345678",
    "0190": "12345678901234567890",
    "9944": "NL123456789B01",
}


def registered_invoices() -> Mapping[str, Invoice]:
    """Invoices between parties that are known by such numbers, at their addresses and in their identifiers."""
    return {f"registered in {scheme}": _registered(scheme, number) for scheme, number in REGISTERS.items()}


def _registered(scheme: str, number: str) -> Invoice:
    known = Identifier(number, scheme)
    seller, buyer = BELGIAN
    if scheme.startswith("99"):  # a scheme of addresses alone
        seller = msgspec.structs.replace(seller, electronic_address=known, vat_identifier=number)
        return _inside(seller, msgspec.structs.replace(buyer, electronic_address=known), "21")
    return _inside(
        msgspec.structs.replace(seller, electronic_address=known, identifiers=(known,), legal_registration=known),
        msgspec.structs.replace(buyer, electronic_address=known, identifier=known, legal_registration=known),
        "21",
        object_identifier=Identifier("O-1", "AWV"),
        project_reference="P-1",
    )


_PRECEDING: Final = sample_credit_note().preceding_invoices


def _credited(seller: Seller, buyer: Buyer, rate: str) -> Invoice:
    return _inside(
        seller, buyer, rate, type_code="381", due_date=None, payment_terms="Offset", preceding_invoices=_PRECEDING
    )
