"""The controls of SDI on routing, types of document, dates and numbers at their edges."""

import datetime
from decimal import Decimal

import pytest

from formats.en16931 import Identifier, ItalianInvoice, LineAllowanceCharge, PrecedingInvoice
from formats.fatturapa.checks import check_bytes
from formats.fatturapa.sdi_head import _may_sell_from
from formats.fatturapa.writer import write
from tests.fatturapa.italian import italian, italian_line, replace
from tests.fatturapa.test_boundaries import NOTHING, exempt, found
from tests.fatturapa.test_controls import PLAIN
from tests.samples import ITALIAN_BUYER

# --- where it goes ---

CODES = [
    # FormatoTrasmissione and versione, CodiceDestinatario -> what is wrong
    ("FPR12", "0000000", NOTHING),
    ("FPR12", "ABC1234", NOTHING),
    ("FPR12", "ABC123", {"00427"}),
    ("FPA12", "ABC123", NOTHING),
    ("FPA12", "ABC1234", {"00427"}),
    ("FPA12", "0000000", {"00427"}),
    ("FPR12", "XXXXXXX", {"00313"}),  # the buyer is in Italy
    ("FPR12", "ABC12345", {"00200", "00427"}),
]


@pytest.mark.parametrize(("form", "code", "expected"), CODES)
def test_recipient_codes(form: str, code: str, expected: set[str]) -> None:
    assert found(PLAIN, (">ABC1234<", f">{code}<"), ("FPR12", form)) == expected


ABROAD = [
    # the buyer's identifier -> what is wrong with XXXXXXX
    ("<IdFiscaleIVA><IdPaese>FR</IdPaese><IdCodice>11123456782</IdCodice></IdFiscaleIVA>", NOTHING),
    ("<IdFiscaleIVA><IdPaese>OO</IdPaese><IdCodice>99999999999</IdCodice></IdFiscaleIVA>", NOTHING),
    ("<IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>12345670017</IdCodice></IdFiscaleIVA>", {"00313"}),
    ("<CodiceFiscale>RSSMRA80A01H501U</CodiceFiscale>", {"00313"}),
    ("", {"00313", "00417"}),
]


@pytest.mark.parametrize(("identifier", "expected"), ABROAD)
def test_the_code_for_abroad_is_for_buyers_abroad(identifier: str, expected: set[str]) -> None:
    text = write(PLAIN).content.decode()
    buyer = text[text.index("<CessionarioCommittente>") :]
    stated = buyer[buyer.index("<IdFiscaleIVA>") : buyer.index("<Anagrafica>")]
    assert found(PLAIN, (stated, identifier), (">ABC1234<", ">XXXXXXX<")) == expected


MAILBOXES = [
    ("sdi01@pec.fatturapa.it", {"00330"}),
    ("SDI99@PEC.FATTURAPA.IT", {"00330"}),
    ("sdi@pec.fatturapa.it", NOTHING),
    ("xsdi01@pec.fatturapa.it", NOTHING),
    ("sdi01@pec.fatturapa.it.example", NOTHING),
    ("cantina@pec.example", NOTHING),
]


@pytest.mark.parametrize(("address", "expected"), MAILBOXES)
def test_a_mailbox_of_sdi_is_no_recipient(address: str, expected: set[str]) -> None:
    buyer = replace(ITALIAN_BUYER, electronic_address=Identifier(address, "0202"))
    assert found(italian(buyer=buyer, italy=ItalianInvoice(document_type="TD01"))) == expected


# --- types of document ---

COUNTRIES = ("IT", "FR", "SM", "OO")
ALLOWED = {
    # the seller's countries among those above
    "TD01": ("IT", "FR", "SM"),
    "TD16": ("IT", "FR", "SM"),
    "TD17": ("FR", "SM", "OO"),
    "TD18": ("FR", "SM"),
    "TD19": ("FR", "SM", "OO"),
    "TD20": ("IT", "FR", "SM"),
    "TD28": ("SM",),
    "TD29": ("IT",),
}


@pytest.mark.parametrize("kind", ALLOWED)
def test_the_country_of_the_seller_goes_with_the_type(kind: str) -> None:
    assert tuple(one for one in COUNTRIES if _may_sell_from(one, kind)) == ALLOWED[kind]


# The two-party types, those to oneself, and those that may be either (seller in Italy, buyer in Italy).
TO_ANOTHER = ("TD01", "TD02", "TD03", "TD06", "TD16", "TD20", "TD24", "TD25", "TD29")
TO_ONESELF = ("TD21", "TD27")
EITHER = ("TD04", "TD05", "TD22", "TD23", "TD26")


@pytest.mark.parametrize("kind", TO_ANOTHER + TO_ONESELF + EITHER)
def test_whether_seller_and_buyer_are_one_goes_with_the_type(kind: str) -> None:
    typed, same = (">TD01<", f">{kind}<"), (">12345670017<", ">01234560157<")
    assert found(PLAIN, typed) == ({"00472"} if kind in TO_ONESELF else NOTHING)
    assert found(PLAIN, typed, same) == ({"00471"} if kind in TO_ANOTHER else NOTHING)


@pytest.mark.parametrize("kind", ["TD16", "TD17", "TD18", "TD19", "TD20", "TD22", "TD23", "TD28", "TD29"])
def test_a_buyer_who_integrates_states_the_vat_number(kind: str) -> None:
    country = {"TD17": "FR", "TD18": "FR", "TD19": "FR", "TD28": "SM"}.get(kind, "IT")
    text = write(PLAIN).content.decode()
    buyer = text[text.index("<CessionarioCommittente>") :]
    stated = buyer[buyer.index("<IdFiscaleIVA>") : buyer.index("<Anagrafica>")]
    seller = (
        "<IdPaese>IT</IdPaese>\n        <IdCodice>01234560157</IdCodice>\n      </IdFiscaleIVA>\n      <Anagrafica>"
    )
    changes = ((seller, seller.replace("IT", country, 1)), (">TD01<", f">{kind}<"))
    assert found(PLAIN, *changes) == NOTHING
    without = (stated, "<CodiceFiscale>RSSMRA80A01H501U</CodiceFiscale>")
    assert found(PLAIN, *changes, without) == {"00475"}
    assert found(PLAIN, without) == NOTHING  # an ordinary invoice to a person


def test_a_self_invoice_for_exceeding_the_ceiling_is_taxed() -> None:
    changes = ((">TD01<", ">TD21<"), (">12345670017<", ">01234560157<"))
    assert found(PLAIN, *changes) == NOTHING
    assert found(exempt("N4")[0], *changes) == {"00474"}


# --- dates and numbers ---

DATES = [
    # the date of the invoice that a credit note of 2 March refers to
    (datetime.date(2026, 3, 1), NOTHING),
    (datetime.date(2026, 3, 2), NOTHING),
    (datetime.date(2026, 3, 3), {"00418"}),
]


@pytest.mark.parametrize(("day", "expected"), DATES)
@pytest.mark.parametrize("kind", ["TD04", "TD01"])
def test_a_credit_note_is_not_older_than_its_invoice(kind: str, day: datetime.date, expected: set[str]) -> None:
    invoice = italian(
        type_code="381",
        preceding_invoices=(PrecedingInvoice(number="2026-0041", issue_date=day),),
        italy=ItalianInvoice(document_type=kind, recipient_code="ABC1234"),
    )
    # Of other documents it is a warning.
    assert found(invoice) == (expected if kind == "TD04" else NOTHING)


@pytest.mark.parametrize(
    ("number", "expected"), [("A1", NOTHING), ("7", NOTHING), ("A/B", {"00425"}), ("-", {"00425"})]
)
def test_a_number_has_a_digit(number: str, expected: set[str]) -> None:
    assert found(italian(number=number)) == expected


def test_with_article_73_a_number_is_of_its_day() -> None:
    text = (
        write(PLAIN).content.decode().replace("</DatiGeneraliDocumento>", "<Art73>SI</Art73></DatiGeneraliDocumento>")
    )
    start, end = text.index("<FatturaElettronicaBody>"), text.index("</p:FatturaElettronica>")
    body = text[start:end]
    for day, expected in (("2026-03-02", {"00409"}), ("2026-03-03", NOTHING)):
        other = body.replace("<Data>2026-03-02<", f"<Data>{day}<")
        assert {one.id for one in check_bytes((text[:end] + other + text[end:]).encode()).fatal} == expected


def test_a_discount_needs_a_value_of_one_kind_alone() -> None:
    discounted = italian(
        lines=(italian_line(allowances=(LineAllowanceCharge(amount=Decimal("3.00"), reason="Sconto"),)),)
    )
    amount = "<Importo>1.00</Importo>"
    assert found(discounted, (amount, amount + "")) == NOTHING
    assert found(discounted, (amount, "<Percentuale>5.02512563</Percentuale>")) == {"00200"}  # two decimals at most
    assert found(discounted, (amount, "")) == {"00438", "00423"}
