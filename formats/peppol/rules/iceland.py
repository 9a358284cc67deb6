"""Rules of Iceland, IS-R-*: for sellers whose address is there, some only where the buyer's is too.

EINDAGI is the last day on which a bill can be paid without interest; it stands in a supporting document (BG-24).
"""

import datetime
import re
from typing import Final

from formats.peppol.rules.comparisons import has_attribute, says
from formats.peppol.rules.countries import (
    BUYER,
    SELLER,
    both_are_written_in,
    is_invoice,
    seller_is_written_in,
    where,
)
from formats.peppol.rules.evaluation import either
from formats.ubl.assertions import Fail, Pattern, pattern, rule
from formats.ubl.tree import Element, Undecidable, normal, string_of

ICELAND: Final = "IS"
KENNITALA: Final = "0196"
TYPE_CODES: Final = ("cbc:InvoiceTypeCode", "cbc:CreditNoteTypeCode")
TYPES: Final = ("380", "381")
FINAL_DUE_DATE: Final = "EINDAGI"
ACCOUNT_DIGITS: Final = 12
CLAIMS: Final = (("IS-R-006", "9"), ("IS-R-007", "42"))
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@rule(
    "ubl:Invoice",
    "cn:CreditNote",
    asserts="IS-R-001 IS-R-002 IS-R-003 IS-R-006 IS-R-007 IS-R-008 IS-R-009 IS-R-010",
)
@where(seller_is_written_in(ICELAND))
def document(invoice: Element, fail: Fail) -> None:
    """What a seller in Iceland states."""
    invoice_code, credit_note_code = TYPE_CODES
    if not either(lambda: invoice.trimmed(invoice_code) in TYPES, lambda: invoice.trimmed(credit_note_code) in TYPES):
        stated = [one for name in TYPE_CODES for one in invoice.named(name)]
        fail("IS-R-001", stated[0] if stated else invoice)
    _is_known(invoice, (SELLER, "cac:Party"), ("IS-R-002", "IS-R-003"), fail)
    for assertion, code in CLAIMS:
        _account_is_whole(invoice, assertion, code, fail)
    _final_due_date(invoice, fail)


def _is_known(group: Element, party: tuple[str, ...], assertions: tuple[str, str], fail: Fail) -> None:
    """The party has a kennitala, a street and a post code."""
    numbers = group.all(*party, "cac:PartyLegalEntity", "cbc:CompanyID")
    if not has_attribute(numbers, "schemeID", KENNITALA):
        fail(assertions[0], numbers[0] if numbers else group)
    address = (*party, "cac:PostalAddress")
    if not group.has(*address, "cbc:StreetName") or not group.has(*address, "cbc:PostalZone"):
        fail(assertions[1], next(iter(group.all(*address)), group))


def _account_is_whole(invoice: Element, assertion: str, code: str, fail: Fail) -> None:
    means = [one for one in invoice.named("cac:PaymentMeans") if says(one.named("cbc:PaymentMeansCode"), code)]
    accounts = [account for one in means for account in one.all("cac:PayeeFinancialAccount", "cbc:ID")]
    if len(accounts) > 1:
        raise Undecidable(accounts[1], f"there are {len(accounts)} accounts where one is needed")
    if means and len(normal(string_of(accounts[0])) if accounts else "") != ACCOUNT_DIGITS:
        fail(assertion, accounts[0] if accounts else means[0])


def _final_due_date(invoice: Element, fail: Fail) -> None:
    """EINDAGI is a date, not before the due date (BT-9), which is stated too."""
    references = [
        one
        for one in invoice.named("cac:AdditionalDocumentReference")
        if says(one.named("cbc:DocumentDescription"), FINAL_DUE_DATE)
    ]
    if not references:
        return
    dates: list[Element] = [date for one in references for date in one.named("cbc:ID")]
    if len(dates) > 1:
        raise Undecidable(dates[1], f"{FINAL_DUE_DATE} is stated {len(dates)} times where one date is needed")
    final = string_of(dates[0]) if dates else ""
    stated = dates[0] if dates else references[0]
    if not _is_a_date(final):
        fail("IS-R-008", stated)
    due_dates = invoice.named("cbc:DueDate")
    if not due_dates:
        fail("IS-R-009", invoice)
    if not dates or not any(string_of(due) <= final for due in due_dates):
        fail("IS-R-010", stated, due=string_of(due_dates[0]) if due_dates else "")


def _is_a_date(text: str) -> bool:
    """Whether it is a day of the calendar as YYYY-MM-DD; XML Schema 1.1 has a year 0, which is a leap year."""
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(f"2000{text[4:]}" if text.startswith("0000") else text)
    except ValueError:
        return False
    return True


def _is_of_an_invoice(group: Element) -> bool:
    return group.parent is not None and is_invoice(group.parent)


@rule(BUYER, asserts="IS-R-004 IS-R-005", matches=_is_of_an_invoice)
@where(both_are_written_in(ICELAND))
def buyer(group: Element, fail: Fail) -> None:
    """What is stated of a buyer in Iceland."""
    _is_known(group, ("cac:Party",), ("IS-R-004", "IS-R-005"), fail)


PATTERNS: Final[tuple[Pattern, ...]] = (pattern(document, buyer),)
WARNINGS: Final = frozenset({"IS-R-001"})
