"""Rules of Germany, in XRechnung and under other names in Peppol: ours say what the official ones say.

Each row: what is in the document, and which rules of XRechnung fail (`?`: the official rules break).
"""

import pytest

from formats.peppol.rules.countries import SELLER
from formats.peppol.rules.german_payment import is_iban
from formats.peppol.rules.germany import PEPPOL_NAMES
from formats.peppol.rules.xrechnung import XRECHNUNG
from tests import judge
from tests.judges.sides import compare, found_by
from tests.peppol.rules.documents import PEPPOL_PAIR, XRECHNUNG_PAIR, every_blank_is_filled, fragment
from tests.peppol.rules.parties import account, address, buyer, el, means, seller, tax

GERMAN = frozenset(PEPPOL_NAMES)

TOWN = el("cbc:CityName", "c") + el("cbc:PostalZone", "p")
CONTACT = el("cbc:Name", "n"), el("cbc:Telephone", "+49 30 1"), el("cbc:ElectronicMail", "a@b.example")
TYPE = el("cbc:InvoiceTypeCode", "380")
REFERENCE = el("cbc:BuyerReference", "r")
SELLER_ = seller(address("DE", lines=TOWN), tax("DE123456789"), el("cac:Contact", *CONTACT))
BUYER_ = buyer(address("de", lines=TOWN))
PARTIES = SELLER_ + BUYER_
HEAD = TYPE + REFERENCE + PARTIES

IBAN = "DE75512108001245126199"


def debit(*numbers: str) -> str:
    return el("cac:PaymentMandate/cac:PayerFinancialAccount", *(el("cbc:ID", one) for one in numbers))


CARD = el("cac:CardAccount/cbc:PrimaryAccountNumberID", "1")
CREDITOR = el("cac:PayeeParty/cac:PartyIdentification/cbc:ID", "c", schemeID="SEPA")
PAID = means("58", account(IBAN))
GOOD = HEAD + PAID


def terms(*notes: str) -> str:
    return "".join(el("cac:PaymentTerms/cbc:Note", one) for one in notes)


def contact(name: str, telephone: str, email: str) -> str:
    said = el("cbc:Name", name), el("cbc:Telephone", telephone), el("cbc:ElectronicMail", email)
    return HEAD.replace("".join(CONTACT), "".join(said)) + PAID


def file(name: str | None = None, uri: str = "https://x.example") -> str:
    attributes = {} if name is None else {"filename": name}
    attached = el("cbc:EmbeddedDocumentBinaryObject", "AA==", **attributes)
    return el("cac:AdditionalDocumentReference/cac:Attachment", attached, el("cac:ExternalReference/cbc:URI", uri))


SKONTO = "#SKONTO#TAGE=14#PROZENT=2.00#"
UNTAXED = TYPE + REFERENCE + seller(address("DE", lines=TOWN), el("cac:Contact", *CONTACT)) + BUYER_ + PAID
CATEGORY = "cac:TaxCategory/cbc:ID"

GERMANY = [
    (GOOD, ""),
    (BUYER_ + el(SELLER, el("cac:Party", address("DE"))) + TYPE, "BR-DE-1 BR-DE-2 BR-DE-3 BR-DE-4 BR-DE-15"),
    (GOOD.replace(REFERENCE, el("cbc:BuyerReference", " ")), "BR-DE-15"),
    (HEAD.replace(BUYER_, buyer(address("DE"))) + PAID, "BR-DE-8 BR-DE-9"),
    (GOOD + el("cac:Delivery/cac:DeliveryLocation/cac:Address"), "BR-DE-10 BR-DE-11"),
    (GOOD + el("cac:TaxTotal/cac:TaxSubtotal/cac:TaxCategory/cbc:Percent", " "), "BR-DE-14"),
    # categories are looked for in allowances and charges that say which of both they are, and in lines
    (UNTAXED + el("cac:AllowanceCharge", el("cbc:ChargeIndicator", "true"), el(CATEGORY, "S")), "BR-DE-16"),
    (UNTAXED + el("cac:AllowanceCharge", el("cbc:ChargeIndicator", "1"), el(CATEGORY, "S")), ""),
    (UNTAXED + el("cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID", "AE"), "BR-DE-16"),
    (UNTAXED + el("cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID", "O"), ""),
    (GOOD + el("cac:InvoiceLine/cac:Item/cac:ClassifiedTaxCategory/cbc:ID", "S"), ""),
    (GOOD.replace("380", "82"), "BR-DE-17"),
    # of two types, one of a credit note may do
    (GOOD + TYPE, "?"),
    (GOOD + TYPE + el("cbc:CreditNoteTypeCode", "381"), "?"),
    (GOOD + TYPE + el("cbc:CreditNoteTypeCode", "384"), "BR-DE-26"),
    (GOOD.replace("380", " 384 "), "BR-DE-26"),
    (GOOD.replace("380", "384") + el("cac:BillingReference/cac:InvoiceDocumentReference"), ""),
    # a cash discount in its form, with a line break behind it
    (GOOD + terms(f"{SKONTO}\n"), ""),
    (GOOD + terms(f"Text\n {SKONTO} \n{SKONTO[:-1]}#BASISBETRAG=-1.00#\n  \n"), ""),
    (GOOD + terms(SKONTO), "BR-DE-18"),
    (GOOD + terms(f"{SKONTO}&#13;x\n"), "BR-DE-18"),
    (GOOD + terms("# 5\n"), "BR-DE-18"),
    (GOOD + terms("5 #"), ""),
    (GOOD + terms(f"{SKONTO}\n", ""), ""),
    (GOOD + terms(f"{SKONTO}\n", "x"), "?"),
    (GOOD + terms("#\n", "x"), "BR-DE-18"),
    # IBANs: blanks within are no matter, small letters are
    (HEAD + means(" 58 ", account(" DE75 5121 0800 1245 1261 99 ")), ""),
    (HEAD + means("58", account("DE75512108001245126198")), "BR-DE-19"),
    (HEAD + means("58", account("GB82west12345698765432")), "BR-DE-19"),
    (HEAD + means("58", account(IBAN, IBAN)), "?"),
    (HEAD + means("30", account("1", "2")), ""),
    (HEAD + means("58", debit()), "BR-DE-19 BR-DE-23-a BR-DE-23-b BR-DE-30 BR-DE-31"),
    (HEAD + means("54"), "BR-DE-24-a"),
    (HEAD + means("48", account(), CARD), "BR-DE-24-b"),
    (HEAD + means("59", CARD), "BR-DE-20 BR-DE-25-a BR-DE-25-b"),
    (HEAD + CREDITOR + means("59", debit(IBAN)), ""),
    (HEAD + means("59", debit("x")), "BR-DE-20 BR-DE-30"),
    (HEAD + means("58</cbc:PaymentMeansCode><cbc:PaymentMeansCode>59"), ""),
    # files of one name, also of none; two in one reference are no matter
    (GOOD + file("a") + file("b") + file("a") + file("b"), "BR-DE-22"),
    (GOOD + file("") + file(""), "BR-DE-22"),
    (GOOD + file() + file(), ""),
    *((contact("n", "123", one), "") for one in ("a@b.c", "ä@b.c.d", " a@b.c ")),
    *((contact("n", "1 2 3", one), "BR-DE-28") for one in ("a@b", "@b.c", "a b@c.d", "a@b..c", "a@@b.c", "a@b.c.")),
    (contact("n", "٣٤٥", "a@b.c"), "BR-DE-27"),
    (contact(" ", "", "\n"), "BR-DE-5 BR-DE-6 BR-DE-7 BR-DE-27 BR-DE-28"),
    *((GOOD + file(uri=one), "") for one in ("https:", "x+:y")),
    *((GOOD + file(uri=one), "BR-TMP-2") for one in ("", "x:", " https://x", "1x://", "x")),
]  # fmt: skip


def german(document: bytes) -> list[str]:
    names = [one for one, _ in found_by(XRECHNUNG, document).elements()]
    return sorted(one for one in names if one in GERMAN or one.startswith("GW-"))


@pytest.mark.parametrize(("inside", "fails"), GERMANY)
def test_germany_finds_what_it_asks_for(inside: str, fails: str) -> None:
    found = german(fragment(inside))
    assert ("GW-UNDECIDABLE" in found) if fails == "?" else (found == sorted(fails.split()))


@pytest.mark.parametrize(("inside", "fails"), GERMANY)
def test_peppol_finds_the_same_within_germany_under_its_own_names(inside: str, fails: str) -> None:
    found = [one for one, _ in found_by(PEPPOL_PAIR.ours, fragment(inside)).elements()]
    if fails == "?":
        assert "GW-UNDECIDABLE" in found
    else:
        assert sorted(one for one in found if one.startswith("DE-R-")) == sorted(
            PEPPOL_NAMES[name] for name in fails.split()
        )


@pytest.mark.parametrize(("inside", "fails"), GERMANY)
def test_the_official_rules_of_both_say_the_same_of_germany(inside: str, fails: str) -> None:
    for pair in (XRECHNUNG_PAIR, PEPPOL_PAIR):
        judge.stylesheet(pair.official)  # skips where it is not installed
        compared = compare(pair, fragment(inside))
        assert compared.difference is None
        assert (compared.official is None) == (fails == "?")


def test_peppol_asks_nothing_of_an_invoice_that_leaves_germany() -> None:
    document = fragment(seller(address("DE")) + buyer(address("AT")))
    assert not [one for one, _ in found_by(PEPPOL_PAIR.ours, document) if one.startswith("DE-R-")]


@pytest.mark.parametrize("inside", [inside for inside, fails in GERMANY if fails])
def test_no_blank_of_a_text_is_left_empty(inside: str) -> None:
    assert every_blank_is_filled(XRECHNUNG, fragment(inside))


@pytest.mark.parametrize("account", ["DE75512108001245126199", "\tGB82 WEST 1234 5698 7654 32\n"])
def test_an_iban_is_known_by_its_check_digits(account: str) -> None:
    assert is_iban(account)
    assert not is_iban(account.replace("8", "9", 1))
