"""Hypothesis strategies of valid invoices and credit notes; the plain samples are in `tests/samples.py`.

    invoices()                any lawful mixture of groups, terms and VAT categories, texts in any script
    invoices(letters=LATIN)   the same in the letters of ISO 8859-1
    invoices(italy=True)      an Italian seller, with the Italian extension (no pension funds)

Sums are made by hand (`tests/sums.py`), so they judge what the code under test computes.
"""

from decimal import Decimal

import msgspec
from hypothesis import strategies as st

from formats.en16931 import (
    AllowanceCharge,
    Attachment,
    CreditTransfer,
    DirectDebit,
    Identifier,
    Invoice,
    ItalianInvoice,
    ItalianLine,
    Item,
    ItemAttribute,
    Line,
    LineAllowanceCharge,
    LineVat,
    Note,
    PaymentCard,
    PaymentInstructions,
    PrecedingInvoice,
    Price,
    ProcessControl,
    StampDuty,
    SupportingDocument,
    Withholding,
)
from tests.carried import without
from tests.draws import (
    ANY_LETTER,
    DATES,
    GLN,
    IBANS,
    LATIN,
    PERIODS,
    REASONS,
    Case,
    Letters,
    buyers,
    cases,
    deliveries,
    few,
    maybe,
    money,
    payees,
    sellers,
    tax_representatives,
)
from tests.samples import (
    PEPPOL_BIS_3,
    PEPPOL_PROCESS,
    sample_credit_note,
    sample_invoice,
    sample_italian_invoice,
    sample_line,
)
from tests.sums import cents_of_percent, summed_up

__all__ = [
    "ANY_LETTER",
    "LATIN",
    "invoices",
    "sample_credit_note",
    "sample_invoice",
    "sample_italian_invoice",
    "sample_line",
]

NATURES = {"E": "N4", "AE": "N6.9", "K": "N3.2", "G": "N3.1"}
ALLOWANCE_REASONS = ("95", "100", "64")
CHARGE_REASONS = ("FC", "AAA", "ZZZ")


@st.composite
def payments(draw: st.DrawFn, case: Case) -> PaymentInstructions:
    """Payment instructions whose details belong to their means code (UNTDID 4461)."""
    code = draw(st.sampled_from(("1", "10", "30", "58", "48", "59")))
    transfers = st.builds(
        CreditTransfer,
        account=st.sampled_from(IBANS),
        account_name=maybe(case.text),
        service_provider=maybe(st.just("TESTATW1XXX")),
    )
    debits = st.builds(
        DirectDebit,
        mandate=st.just("MANDATE-1"),
        creditor=maybe(st.just("AT61ZZZ01234567890")),
        debited_account=maybe(st.sampled_from(IBANS)),
    )
    cards = st.builds(PaymentCard, account_number=st.just("0042"), holder=maybe(case.text))
    return PaymentInstructions(
        means_code=code,
        means_text=draw(maybe(case.text)),
        remittance_information=draw(maybe(case.text)),
        credit_transfers=draw(few(transfers, least=1)) if code in ("30", "58") else (),
        card=draw(cards) if code == "48" else None,
        direct_debit=draw(debits) if code == "59" else None,
    )


def supporting_documents(case: Case) -> st.SearchStrategy[SupportingDocument]:
    """A supporting document: described, far away or attached."""
    files = st.sampled_from(
        (Attachment(b"%PDF-1.7", "application/pdf", "a b.pdf"), Attachment(b"a;\xe4\n", "text/csv", "t.csv"))
    )
    return st.builds(
        SupportingDocument,
        reference=case.text,
        description=maybe(case.text),
        location=maybe(st.just("https://party.example/d?a=1&b=2")),
        attachment=maybe(files),
    )


@st.composite
def line_allowances(draw: st.DrawFn, case: Case, codes: tuple[str, ...]) -> LineAllowanceCharge:
    """An allowance or charge of a line, with a reason (BR-42, BR-44), perhaps as a percentage of a base."""
    base, percentage = draw(st.tuples(money(), money("0.5", "50.0", 1)) | st.just((None, None)))
    return LineAllowanceCharge(
        amount=cents_of_percent(base, percentage) if base and percentage else draw(money(high="99.99")),
        base=base,
        percentage=percentage,
        reason=draw(case.text),
        reason_code=draw(maybe(st.sampled_from(codes))),
    )


@st.composite
def allowances(draw: st.DrawFn, case: Case, codes: tuple[str, ...]) -> AllowanceCharge:
    """The same on the level of the document, with its VAT."""
    line_level = draw(line_allowances(case, codes))
    category, rate = draw(st.sampled_from(case.kinds))
    return AllowanceCharge(
        amount=line_level.amount,
        base=line_level.base,
        percentage=line_level.percentage,
        vat_category=category,
        vat_rate=rate,
        reason=line_level.reason,
        reason_code=line_level.reason_code,
    )


@st.composite
def prices(draw: st.DrawFn) -> Price:
    """A price, perhaps less a discount, perhaps of more than one unit."""
    gross, discount = draw(st.tuples(money("10.00", "999.9999", 4), money("0.01", "9.99") | st.none()))
    return Price(
        net=gross - (discount or 0),
        discount=discount,
        gross=gross if discount else None,
        base_quantity=draw(maybe(st.sampled_from((Decimal(1), Decimal(100), Decimal("0.5"))))),
    )


def items(case: Case) -> st.SearchStrategy[Item]:
    """An item with its identifiers, classes and attributes."""
    classes = st.sampled_from((Identifier("65434568", "STI"), Identifier("09348023", "TST", "20.1")))
    return st.builds(
        Item,
        name=case.text,
        description=maybe(case.long),
        seller_identifier=maybe(case.text),
        buyer_identifier=maybe(case.text),
        standard_identifier=maybe(st.just(Identifier("7300010000001", "0160"))),
        classifications=few(classes),
        origin_country=maybe(st.sampled_from(case.countries)),
        attributes=few(st.builds(ItemAttribute, name=case.text, value=case.text)),
    )


@st.composite
def lines(draw: st.DrawFn, case: Case) -> Line:
    """A line under one of the kinds of VAT of the case; its number is given later, its net amount computed later."""
    category, rate = draw(st.sampled_from(case.kinds))
    unit = draw(st.sampled_from(("C62", "KGM", "HUR", "XBX")))
    price = draw(prices())
    if price.base_quantity and draw(st.booleans()):
        price = msgspec.structs.replace(price, base_unit=unit)
    italian = ItalianLine(nature=NATURES.get(category or ""))
    return Line(
        note=draw(maybe(case.long)),
        object_identifier=draw(maybe(st.sampled_from((Identifier("METER-1"), Identifier("7", "AWV"))))),
        quantity=draw(money("0.001", "999.999", 3) | st.just(Decimal(-1))),
        unit=unit,
        order_line=draw(maybe(case.text)),
        accounting_reference=draw(maybe(case.text)),
        period=draw(maybe(PERIODS)),
        allowances=draw(few(line_allowances(case, ALLOWANCE_REASONS))),
        charges=draw(few(line_allowances(case, CHARGE_REASONS), most=1)),
        price=price,
        vat=LineVat(category=category, rate=rate),
        item=draw(items(case)),
        italy=italian if case.italy else None,
    )


@st.composite
def italian_documents(draw: st.DrawFn, case: Case) -> ItalianInvoice:
    """What an Italian invoice states beyond the standard."""
    withholding = Withholding(kind="RT02", amount=Decimal("20.00"), rate=Decimal("20.00"), payment_reason="A")
    return ItalianInvoice(
        document_type=draw(st.sampled_from(("TD01", "TD24"))),
        split_payment="B" in case.categories,
        cig=draw(maybe(st.just("Z000000000"))),
        cup=draw(maybe(st.just("A00A00000000000"))),
        recipient_code=draw(st.sampled_from(("ABC1234", "0000000"))),
        stamp_duty=draw(maybe(st.just(StampDuty(amount=Decimal("2.00"))))),
        withholdings=draw(st.sampled_from(((), (withholding,)))),
    )


@st.composite
def references(draw: st.DrawFn, case: Case) -> Invoice:
    """The terms that stand alone in the document: dates, references, notes."""
    some = maybe(case.text)
    tax_point = draw(st.sampled_from(("date", "code", None)))
    return Invoice(
        due_date=draw(maybe(DATES)),
        tax_point_date=draw(DATES) if tax_point == "date" else None,
        tax_point_code=draw(st.sampled_from(("3", "35", "432"))) if tax_point == "code" else None,
        buyer_reference=draw(some),
        project_reference=draw(some),
        contract_reference=draw(some),
        order_reference=draw(some),
        sales_order_reference=draw(some),
        receiving_advice_reference=draw(some),
        despatch_advice_reference=draw(some),
        tender_reference=draw(some),
        object_identifier=draw(maybe(GLN.map(lambda number: Identifier(number.value, "AWV")))),
        accounting_reference=draw(some),
        payment_terms=draw(case.long),
        notes=draw(few(st.builds(Note, subject_code=maybe(st.sampled_from(("AAI", "REG"))), text=case.long))),
        preceding_invoices=draw(few(st.builds(PrecedingInvoice, number=case.text, issue_date=maybe(DATES)))),
    )


@st.composite
def invoices(draw: st.DrawFn, letters: Letters = ANY_LETTER, italy: bool = False) -> Invoice:
    """A valid invoice or credit note with some of all that EN 16931 knows."""
    case = draw(cases(letters, italy))
    drawn_lines = draw(few(lines(case), least=1, most=3))
    invoice = msgspec.structs.replace(
        draw(references(case)),
        number=draw(case.text),
        issue_date=draw(DATES),
        type_code=draw(st.sampled_from(("380", "381", "384", "380"))),
        currency="EUR" if italy else draw(st.sampled_from(("EUR", "SEK", "USD"))),
        vat_currency=None if italy else draw(maybe(st.just("PLN"))),
        process=ProcessControl(business_process=draw(maybe(st.just(PEPPOL_PROCESS))), specification=PEPPOL_BIS_3),
        seller=draw(sellers(case)),
        buyer=draw(buyers(case)),
        payee=draw(maybe(payees(case))),
        tax_representative=draw(maybe(tax_representatives(case))) if case.has_vat_ids else None,
        delivery=draw(deliveries(case)),
        payment=draw(maybe(payments(case))),
        allowances=draw(few(allowances(case, ALLOWANCE_REASONS))),
        charges=draw(few(allowances(case, CHARGE_REASONS), most=1)),
        supporting_documents=draw(few(supporting_documents(case))),
        lines=tuple(
            msgspec.structs.replace(line, identifier=str(position)) for position, line in enumerate(drawn_lines, 1)
        ),
        italy=draw(italian_documents(case)) if italy else None,
    )
    paid, rounding = draw(maybe(money())), draw(maybe(money("-0.50", "0.50")))
    return without(summed_up(invoice, paid, rounding, REASONS))
