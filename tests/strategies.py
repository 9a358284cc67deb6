"""Hypothesis strategies of valid invoices and credit notes; the plain samples are in `tests/samples.py`.

    invoices()                any lawful mixture of groups, terms and VAT categories, texts in any script
    invoices(letters=LATIN)   the same in the letters of ISO 8859-1
    invoices(italy=True)      an Italian seller, with the Italian extension (no pension funds)

Sums are made by hand (`tests/sums.py`), so they judge what the code under test computes.
"""

from decimal import Decimal
from functools import cache

import msgspec
from hypothesis import strategies as st

from formats.en16931 import (
    Attachment,
    CreditTransfer,
    DirectDebit,
    Invoice,
    ItalianInvoice,
    Note,
    PaymentCard,
    PaymentInstructions,
    PrecedingInvoice,
    ProcessControl,
    StampDuty,
    SupportingDocument,
    Withholding,
)
from tests.carried import without
from tests.drawn_lines import ALLOWANCE_REASONS, CHARGE_REASONS, OBJECTS, allowances, lines
from tests.draws import (
    ANY_LETTER,
    DATES,
    IBANS,
    LATIN,
    REASONS,
    Letters,
    Words,
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
from tests.sums import summed_up

__all__ = [
    "ANY_LETTER",
    "LATIN",
    "invoices",
    "sample_credit_note",
    "sample_invoice",
    "sample_italian_invoice",
    "sample_line",
]


TRANSFER_CODES = ("30", "58")


@cache
@st.composite
def payments(draw: st.DrawFn, words: Words) -> PaymentInstructions:
    """Payment instructions whose details belong to their means code (UNTDID 4461)."""
    code = draw(st.sampled_from(("1", "10", *TRANSFER_CODES, "48", "59")))
    return PaymentInstructions(
        means_code=code,
        means_text=draw(words.some),
        remittance_information=draw(words.some),
        credit_transfers=draw(transfers(words)) if code in TRANSFER_CODES else (),
        card=draw(cards(words)) if code == "48" else None,
        direct_debit=draw(DEBITS) if code == "59" else None,
    )


@cache
def transfers(words: Words) -> st.SearchStrategy[tuple[CreditTransfer, ...]]:
    """Accounts to pay to."""
    bic = maybe(st.just("TESTATW1XXX"))
    account = st.sampled_from(IBANS)
    return few(st.builds(CreditTransfer, account=account, account_name=words.some, service_provider=bic), least=1)


@cache
def cards(words: Words) -> st.SearchStrategy[PaymentCard]:
    """A card that was paid with."""
    return st.builds(PaymentCard, account_number=st.just("0042"), holder=words.some)


DEBITS = st.builds(
    DirectDebit,
    mandate=st.just("MANDATE-1"),
    creditor=maybe(st.just("AT61ZZZ01234567890")),
    debited_account=maybe(st.sampled_from(IBANS)),
)
FILES = st.sampled_from(
    (Attachment(b"%PDF-1.7", "application/pdf", "a b.pdf"), Attachment(b"a;\xe4\n", "text/csv", "t.csv"))
)


@cache
def supporting_documents(words: Words) -> st.SearchStrategy[tuple[SupportingDocument, ...]]:
    """Supporting documents: described, far away or attached."""
    return few(
        st.builds(
            SupportingDocument,
            reference=words.text,
            description=words.some,
            location=maybe(st.just("https://party.example/d?a=1&b=2")),
            attachment=maybe(FILES),
        )
    )


WITHHOLDING = Withholding(kind="RT02", amount=Decimal("20.00"), rate=Decimal("20.00"), payment_reason="A")
ITALIAN_DOCUMENTS = st.builds(
    ItalianInvoice,
    document_type=st.sampled_from(("TD01", "TD24")),
    cig=maybe(st.just("Z000000000")),
    cup=maybe(st.just("A00A00000000000")),
    recipient_code=st.sampled_from(("ABC1234", "0000000")),
    stamp_duty=maybe(st.just(StampDuty(amount=Decimal("2.00")))),
    withholdings=st.sampled_from(((), (WITHHOLDING,))),
)
VAT_DATES = st.one_of(
    st.tuples(st.none(), st.none()),
    st.tuples(DATES, st.none()),
    st.tuples(st.none(), st.sampled_from(("3", "35", "432"))),
)


@cache
def references(words: Words) -> st.SearchStrategy[Invoice]:
    """The terms that stand alone in the document: dates, references, notes."""
    subjects = st.sampled_from((None, "AAI", "REG"))
    return st.builds(
        Invoice,
        number=words.text,
        issue_date=DATES,
        type_code=st.sampled_from(("380", "381", "384")),
        due_date=maybe(DATES),
        buyer_reference=words.some,
        project_reference=words.some,
        contract_reference=words.some,
        order_reference=words.some,
        sales_order_reference=words.some,
        receiving_advice_reference=words.some,
        despatch_advice_reference=words.some,
        tender_reference=words.some,
        object_identifier=OBJECTS,
        accounting_reference=words.some,
        payment_terms=words.long,
        notes=few(st.builds(Note, subject_code=subjects, text=words.long)),
        process=st.sampled_from(
            tuple(ProcessControl(business_process=one, specification=PEPPOL_BIS_3) for one in (None, PEPPOL_PROCESS))
        ),
        preceding_invoices=few(st.builds(PrecedingInvoice, number=words.text, issue_date=maybe(DATES))),
        payee=payees(words),
        payment=maybe(payments(words)),
        supporting_documents=supporting_documents(words),
    )


PAID, ROUNDED = maybe(money()), maybe(money("-0.50", "0.50"))


@st.composite
def invoices(draw: st.DrawFn, letters: Letters = ANY_LETTER, italy: bool = False) -> Invoice:
    """A valid invoice or credit note with some of all that EN 16931 knows."""
    case = draw(cases(letters, italy))
    tax_point_date, tax_point_code = draw(VAT_DATES)
    italian = msgspec.structs.replace(draw(ITALIAN_DOCUMENTS), split_payment="B" in case.categories) if italy else None
    invoice = msgspec.structs.replace(
        draw(references(case.words)),
        currency="EUR" if italy else draw(st.sampled_from(("EUR", "SEK", "USD"))),
        vat_currency=None if italy else draw(st.sampled_from((None, "PLN"))),
        tax_point_date=tax_point_date,
        tax_point_code=tax_point_code,
        seller=draw(sellers(case)),
        buyer=draw(buyers(case)),
        tax_representative=draw(tax_representatives(case.words)) if case.has_vat_ids else None,
        delivery=draw(deliveries(case)),
        allowances=draw(few(allowances(case, ALLOWANCE_REASONS))),
        charges=draw(few(allowances(case, CHARGE_REASONS), most=1)),
        lines=tuple(
            msgspec.structs.replace(line, identifier=str(position))
            for position, line in enumerate(draw(few(lines(case), least=1, most=3)), 1)
        ),
        italy=italian,
    )
    return without(summed_up(invoice, draw(PAID), draw(ROUNDED), REASONS))
