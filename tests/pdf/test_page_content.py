"""What stands on the page: everything a tax officer looks for, in the reader's language and in the usual order."""

import datetime
from decimal import Decimal

import msgspec
import pytest

from formats.en16931 import (
    Address,
    AllowanceCharge,
    CreditTransfer,
    DirectDebit,
    Identifier,
    Invoice,
    ItalianInvoice,
    Note,
    Payee,
    PaymentCard,
    PaymentInstructions,
    StampDuty,
    Totals,
    VatBreakdown,
    Withholding,
)
from formats.pdf.view import sheet_of
from formats.pdf.wording import languages, wording
from tests.pdf.printing import pages_of, printed, words_of
from tests.samples import sample_credit_note, sample_invoice, sample_italian_invoice

change = msgspec.structs.replace


def with_buyer_in(country: str | None, **changes: object) -> Invoice:
    """The sample invoice for a buyer in another country."""
    invoice = sample_invoice()
    assert invoice.buyer is not None
    return change(invoice, buyer=change(invoice.buyer, address=Address(city="X", country=country)), **changes)


def test_the_page_states_what_the_vat_directive_asks_for() -> None:
    """Article 226 of Directive 2006/112/EC, point by point."""
    said = words_of(printed(sample_invoice(), {"language": "en"}))
    for fact in (
        "2 March 2026",  # 1 date of issue
        "2026-0042",  # 2 number
        "ATU12345675",  # 3 VAT number of the seller
        "FR11123456782",  # 4 of the customer
        "Nordlicht Werkzeuge GmbH",  # 5 names and addresses
        "Amselweg 7",
        "Atelier du Lac SARL",
        "3 rue du Moulin",
        "Hand drill",  # 6 quantity and nature
        "3 pcs",
        "27 February 2026",  # 7 date of supply
        "19.90",  # 8 price without VAT, taxable amount
        "VAT 20% on 83.70",  # 9 rate
        "16.74",  # 10 VAT payable
        "EUR 100.44",
    ):
        assert fact in said, fact


def test_the_sums_stand_in_the_order_of_bg_22() -> None:
    charge = AllowanceCharge(amount=Decimal("5.00"), reason="Freight", vat_category="S", vat_rate=Decimal(20))
    invoice = change(
        sample_invoice(),
        allowances=(
            change(charge, amount=Decimal("8.00"), reason="Loyalty", base=Decimal(80), percentage=Decimal(10)),
        ),
        charges=(charge,),
        totals=Totals(
            line_net=Decimal("83.70"),
            allowances=Decimal("8.00"),
            charges=Decimal("5.00"),
            without_vat=Decimal("80.70"),
            vat=Decimal("16.14"),
            with_vat=Decimal("96.84"),
            paid=Decimal("50.00"),
            rounding=Decimal("0.16"),
            due=Decimal("47.00"),
        ),
    )
    rows = [(row.label, row.amount) for row in sheet_of(invoice, {"language": "en"}).sums]
    assert rows == [
        ("Sum of lines", "83.70"),
        ("Loyalty 10% of 80.00", "-8.00"),
        ("Freight", "5.00"),
        ("Total without VAT", "80.70"),
        ("VAT 20% on 83.70", "16.74"),
        ("Total with VAT", "96.84"),
        ("Already paid", "-50.00"),
        ("Rounding", "0.16"),
        ("Amount due", "EUR\u00a047.00"),
    ]


def test_vat_is_also_shown_in_the_currency_of_the_sellers_accounts() -> None:
    totals = change(sample_invoice().totals or Totals(), vat_in_accounting_currency=Decimal("71.50"))
    rows = sheet_of(change(sample_invoice(), vat_currency="PLN", totals=totals), {"language": "en"}).sums
    assert ("VAT in PLN", "71.50") in [(row.label, row.amount) for row in rows]


@pytest.mark.parametrize("language", languages())
def test_each_language_speaks_its_own_words_on_page_and_alphabet(language: str) -> None:
    alphabets = "ÄÖÜäöüß ÅåÆæØø ÀÈÉÌÒÙàèéìòù ÇçŒœ ÑñÍÓÚ¿¡ ŐőŰű ŠšŽž ĄąŁł Ελλάδα Ђђ İı Þþ €"
    content = printed(change(sample_invoice(), notes=(Note(text=alphabets),)), {"language": language})
    said = words_of(content)
    words = wording(language)
    assert words.say("sums", "due") in said
    assert words.say("payment", "title") in said
    assert words.say("document", "invoice") in said
    assert alphabets in said
    assert "{" not in said


@pytest.mark.parametrize(
    ("wanted", "country", "title"),
    [
        ("sv", "FR", "Faktura"),  # as the recipient wants it
        ("de-AT", "FR", "Rechnung"),
        ("no", "FR", "Faktura"),
        ("ja", "FR", "Facture"),  # no labels in that language: the buyer's country
        ("", "IT", "Fattura"),
        ("", "FI", "Lasku"),
        ("", "BE", "Factuur"),  # the first of its languages that has labels
        ("", "PL", "Rechnung"),  # none: the seller's country
        ("", None, "Rechnung"),
    ],
)
def test_the_language_is_the_readers_else_the_buyers_else_the_sellers(
    wanted: str, country: str | None, title: str
) -> None:
    assert sheet_of(with_buyer_in(country), {"language": wanted}).title == title


def test_without_any_hint_the_page_is_english() -> None:
    assert sheet_of(Invoice()).title == "Invoice"


@pytest.mark.parametrize(
    ("code", "title"),
    [("380", "Invoice"), ("384", "Corrected invoice"), ("386", "Prepayment invoice"), ("389", "Self-billed invoice")],
)
def test_the_title_follows_the_kind_of_document(code: str, title: str) -> None:
    assert sheet_of(change(sample_invoice(), type_code=code), {"language": "en"}).title == title


def test_a_credit_note_says_credit_asks_for_no_money_and_names_its_invoice() -> None:
    said = words_of(printed(sample_credit_note(), {"language": "en"}))
    assert "Credit note" in said
    assert "Amount credited" in said
    assert "2026-0042 of 2 March 2026" in said
    assert "Please transfer" not in said
    assert "Amount due" not in said
    assert sheet_of(sample_credit_note()).payment.qr == ""


def test_nothing_to_pay_is_said_and_no_account_is_shown() -> None:
    totals = change(sample_invoice().totals or Totals(), due=Decimal("0.00"))
    sheet = sheet_of(change(sample_invoice(), totals=totals), {"language": "en"})
    assert sheet.sums[-1].label == "Nothing to pay"
    assert (sheet.payment.sentence, sheet.payment.rows, sheet.payment.qr) == ("Nothing is to be paid.", (), "")


def test_a_direct_debit_shows_mandate_and_creditor_and_asks_for_nothing() -> None:
    debit = DirectDebit(mandate="M-1", creditor="AT61ZZZ01234567890", debited_account="AT611904300234573201")
    invoice = change(sample_invoice(), payment=PaymentInstructions(means_code="59", direct_debit=debit))
    sheet = sheet_of(invoice, {"language": "en"})
    assert "need not do anything" in sheet.payment.sentence
    assert [row.value.replace("\u00a0", " ") for row in sheet.payment.rows][:3] == [
        "M-1",
        "AT61ZZZ01234567890",
        "AT61 1904 3002 3457 3201",
    ]
    assert sheet.payment.qr == ""


def test_a_card_number_is_shown_with_its_last_four_digits_alone() -> None:
    card = PaymentInstructions(means_code="48", card=PaymentCard(account_number="4111111111111234"))
    said = words_of(printed(change(sample_invoice(), payment=card)))
    assert "•••• 1234" in said
    assert "4111" not in said


def test_a_bankgiro_is_called_so_and_its_number_is_left_as_it_stands() -> None:
    giro = CreditTransfer(account="123-4567", service_provider="SE:BANKGIRO")
    payment = PaymentInstructions(means_code="30", credit_transfers=(giro,))
    rows = sheet_of(change(sample_invoice(), payment=payment)).payment.rows
    assert ("Bankgiro", "123-4567") in [(row.label, row.value) for row in rows]


def test_another_payee_is_named() -> None:
    payment = sheet_of(change(sample_invoice(), payee=Payee(name="Factor AG")), {"language": "en"}).payment
    assert ("Payable to", "Factor AG") in [(row.label, row.value) for row in payment.rows]


@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("AE", "Steuerschuldnerschaft des Leistungsempfängers"),
        ("K", "innergemeinschaftliche Lieferung"),
        ("G", "Ausfuhrlieferung"),
        ("E", "befreit"),
        ("O", "Nicht steuerbar"),
    ],
)
def test_no_vat_is_always_explained(category: str, words: str) -> None:
    row = VatBreakdown(taxable=Decimal(10), tax=Decimal(0), category=category, rate=Decimal(0))
    assert words in words_of(printed(change(sample_invoice(), vat_breakdown=(row,)), {"language": "de"}))


def test_the_invoices_own_reason_for_no_vat_goes_before_ours() -> None:
    row = VatBreakdown(category="E", rate=Decimal(0), exemption_reason="Article 132", exemption_code="VATEX-EU-132")
    statements = sheet_of(change(sample_invoice(), vat_breakdown=(row,)), {"language": "en"}).statements
    assert statements[0] == "E: Article 132 (VATEX-EU-132)"


def test_a_copy_of_an_invoice_in_sdi_says_that_it_is_one() -> None:
    assert "priva di valore fiscale" in words_of(printed(sample_italian_invoice(), {"original": "sdi"}))
    assert "priva di valore fiscale" not in words_of(printed(sample_italian_invoice()))


def test_what_the_italian_buyer_pays_to_the_state_is_not_asked_for() -> None:
    italy = ItalianInvoice(
        split_payment=True,
        withholdings=(Withholding(kind="RT02", amount=Decimal("11.94"), rate=Decimal(20)),),
        stamp_duty=StampDuty(amount=Decimal("2.00")),
    )
    sheet = sheet_of(change(sample_italian_invoice(), italy=italy))
    assert [row.amount for row in sheet.sums[-4:]] == ["72,83", "-13,13", "-11,94", "47,76\u00a0EUR"]
    assert any("art. 17-ter" in one for one in sheet.statements)
    assert any("bollo" in one for one in sheet.statements)


def test_a_french_seller_states_the_fee_for_late_payment_to_businesses() -> None:
    invoice = sample_invoice()
    assert invoice.seller is not None
    french = change(invoice.seller, address=Address(city="Annecy", country="FR"))
    assert any("40 €" in one for one in sheet_of(change(invoice, seller=french)).statements)
    assert not any("40 €" in one for one in sheet_of(invoice).statements)


def test_a_sentence_about_swedish_tax_stands_without_a_label() -> None:
    invoice = sample_invoice()
    assert invoice.seller is not None
    swedish = change(invoice.seller, tax_registration="Godkänd för F-skatt")
    sheet = sheet_of(change(invoice, seller=swedish), {"language": "sv"})
    assert "Godkänd för F-skatt" in [line for column in sheet.footer for line in column]


@pytest.mark.parametrize(
    ("address", "lines"),
    [
        (Address(line1="Torstr. 1", post_code="10119", city="Berlin", country="AT"), ("Torstr. 1", "10119 Berlin")),
        (
            Address(line1="Via Po 2", post_code="10123", city="Torino", subdivision="TO", country="IT"),
            ("Via Po 2", "10123 Torino (TO)", "ITALIEN"),  # in the language of the country where it is posted
        ),
        (
            Address(line1="1 High St", city="Leeds", post_code="LS1 1AA", country="GB"),
            ("1 High St", "Leeds", "LS1 1AA", "VEREINIGTES KÖNIGREICH"),
        ),
        (
            Address(line1="1 Main St", city="Springfield", subdivision="IL", post_code="62701", country="US"),
            ("1 Main St", "Springfield, IL 62701", "VEREINIGTE STAATEN"),
        ),
    ],
)
def test_an_address_is_written_as_its_country_writes_it(address: Address, lines: tuple[str, ...]) -> None:
    invoice = sample_invoice()
    assert invoice.buyer is not None
    sheet = sheet_of(change(invoice, buyer=change(invoice.buyer, address=address)))
    assert sheet.address == ("Atelier du Lac SARL", *lines)


def test_register_numbers_are_called_as_in_their_country() -> None:
    invoice = sample_invoice()
    assert invoice.seller is not None
    seller = change(invoice.seller, legal_registration=Identifier("99999001", "0106"), identifiers=())
    footer = sheet_of(change(invoice, seller=seller)).footer
    assert "KvK 99999001" in [line for column in footer for line in column]


def test_the_table_head_is_repeated_and_pages_are_counted() -> None:
    line = sample_invoice().lines[0]
    lines = tuple(change(line, identifier=str(at)) for at in range(1, 81))
    pages = pages_of(printed(change(sample_invoice(), lines=lines), {"language": "en"}))
    assert len(pages) > 2
    for at, page in enumerate(pages, 1):
        assert f"Page {at} of {len(pages)}" in page
        assert "Unit price" in page
    assert "Invoice 2026-0042, continued" in pages[1]
    assert "continued" not in pages[0]


def test_sums_and_payment_stay_together_on_one_page() -> None:
    line = sample_invoice().lines[0]
    for count in range(14, 26):
        lines = tuple(change(line, identifier=str(at)) for at in range(1, count))
        pages = pages_of(printed(change(sample_invoice(), lines=lines), {"language": "en"}))
        assert sum("Total without VAT" in page and "Amount due" in page and "IBAN" in page for page in pages) == 1


@pytest.mark.parametrize(
    "invoice",
    [
        Invoice(),
        Invoice(number="1"),
        change(sample_invoice(), lines=()),
        change(sample_invoice(), seller=None),
        change(sample_invoice(), buyer=None, totals=None, payment=None, vat_breakdown=()),
        change(sample_invoice(), currency=None, issue_date=None, due_date=None),
    ],
)
def test_an_invoice_that_lacks_almost_everything_still_makes_a_page(invoice: Invoice) -> None:
    assert printed(invoice).startswith(b"%PDF")


def test_dates_have_their_month_in_letters() -> None:
    invoice = change(sample_invoice(), issue_date=datetime.date(2026, 4, 3))
    assert "3. April 2026" in words_of(printed(invoice, {"language": "de"}))
