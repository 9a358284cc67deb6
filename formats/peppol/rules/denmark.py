"""Rules of Denmark, DK-R-*: for sellers whose address is there, most of them only where the buyer's is too.

In Danish giro slips a payment reference begins with the kind of slip: `71#` and a number of 15 digits.
"""

from collections.abc import Callable, Sequence
from typing import Final

from formats.peppol.rules.comparisons import has_attribute, number_of, only_attribute, only_text, says
from formats.peppol.rules.countries import (
    BUYER,
    SELLER,
    both_are_written_in,
    buyers_code,
    inside,
    seller_is_written_in,
    where,
)
from formats.peppol.rules.evaluation import both
from formats.peppol.rules.numbers import are_digits
from formats.ubl.assertions import Fail, Pattern, pattern, rule
from formats.ubl.tree import Element, normal

DENMARK: Final = "DK"
CVR: Final = "0184"
_IN_DENMARK = both_are_written_in(DENMARK)

PAYMENT_MEANS: Final = ("1", "10", "31", "42", "48", "49", "50", "58", "59", "93", "97")
_CODES: Final = f" {' '.join(PAYMENT_MEANS)} "
TRANSFERS: Final = ("31", "42")
DEBIT: Final = "49"
GIRO: Final = "50"
GIRO_SLIPS: Final = ("01#", "04#", "15#")
NUMBERED_GIRO_SLIPS: Final = ("04#", "15#")
JOINT_COLLECTION: Final = "93"
COLLECTION_SLIPS: Final = ("71#", "73#", "75#")
NUMBERED_COLLECTION_SLIPS: Final = ("71#", "75#")

OTHER_TAX: Final = "ZZZ"
UNSPSC: Final = "TST"
UNSPSC_VERSIONS: Final = ("19.05.01", "19.0501", "26.08.01", "26.0801")


@rule("ubl:Invoice", "cn:CreditNote", asserts="DK-R-002 DK-R-014 DK-R-016")
@where(seller_is_written_in(DENMARK))
def document(invoice: Element, fail: Fail) -> None:
    """The seller has a CVR number (BT-30), and a credit note to Denmark is not negative."""
    numbers = invoice.all(SELLER, "cac:Party", "cac:PartyLegalEntity", "cbc:CompanyID")
    if not normal(only_text(numbers)):
        fail("DK-R-002", numbers[0] if numbers else invoice)
    _number_is_a_cvr(numbers, "DK-R-014", fail)
    amounts = invoice.all("cac:LegalMonetaryTotal", "cbc:PayableAmount")
    if fail.document.root.name == "cn:CreditNote" and both(
        lambda: fail.document.fact(buyers_code) == DENMARK, lambda: _is_negative(amounts)
    ):
        fail("DK-R-016", amounts[0])


def _is_negative(amounts: Sequence[Element]) -> bool:
    amount = number_of(only_text(amounts))
    return amount is not None and amount < 0


def _number_is_a_cvr(numbers: list[Element], assertion: str, fail: Fail) -> None:
    if numbers and (scheme := only_attribute(numbers, "schemeID")) != CVR:
        fail(assertion, numbers[0], scheme=scheme, proposed=CVR)


_PARTIES: Final = tuple(
    inside(root, role, "cac:Party") for root in ("ubl:Invoice", "cn:CreditNote") for role in (SELLER, BUYER)
)


def _is_of_a_party(identification: Element) -> bool:
    return any(is_inside(identification) for is_inside in _PARTIES)


@rule("cac:PartyIdentification", asserts="DK-R-013", matches=_is_of_a_party)
@where(_IN_DENMARK)
def party_identifier(identification: Element, fail: Fail) -> None:
    """BT-29 and BT-46 say of which register they are."""
    identifiers = identification.named("cbc:ID")
    if identifiers and not only_attribute(identifiers, "schemeID"):
        fail("DK-R-013", identifiers[0])


def _of_buyer(party: Element) -> bool:
    return party.lies_in("ubl:Invoice", BUYER) or party.lies_in("cn:CreditNote", BUYER)


@rule("cac:Party", asserts="DK-R-017", matches=_of_buyer)
@where(_IN_DENMARK)
def buyer(party: Element, fail: Fail) -> None:
    """BT-47 is a CVR number."""
    _number_is_a_cvr(party.all("cac:PartyLegalEntity", "cbc:CompanyID"), "DK-R-017", fail)


@rule(
    "cac:PaymentMeans",
    asserts="DK-R-005 DK-R-006 DK-R-007 DK-R-008 DK-R-009 DK-R-010 DK-R-011",
    matches=inside("ubl:Invoice"),
)
@where(_IN_DENMARK)
def payment(means: Element, fail: Fail) -> None:
    """BT-81 is one of the codes in use, and what it needs is there."""
    code = means.string("cbc:PaymentMeansCode")
    if f" {code} " not in _CODES:
        fail("DK-R-005", means.first.get("cbc:PaymentMeansCode", means), allowed=", ".join(PAYMENT_MEANS))
    details = _DETAILS.get(code)
    if details is not None:
        details(means, fail)


def _transfer(means: Element, fail: Fail) -> None:
    account = means.all("cac:PayeeFinancialAccount", "cbc:ID")
    branch = means.all("cac:PayeeFinancialAccount", "cac:FinancialInstitutionBranch", "cbc:ID")
    if not both(lambda: _has_text(account), lambda: _has_text(branch)):
        fail("DK-R-006", means, code=means.string("cbc:PaymentMeansCode"))


def _debit(means: Element, fail: Fail) -> None:
    mandate = means.all("cac:PaymentMandate", "cbc:ID")
    account = means.all("cac:PaymentMandate", "cac:PayerFinancialAccount", "cbc:ID")
    if not both(lambda: _has_text(mandate), lambda: _has_text(account)):
        fail("DK-R-007", means)


def _has_text(elements: Sequence[Element]) -> bool:
    return normal(only_text(elements)) != ""


def _giro(means: Element, fail: Fail) -> None:
    reference = means.string("cbc:PaymentID")
    account = means.string("cac:PayeeFinancialAccount", "cbc:ID") if reference.startswith(GIRO_SLIPS) else ""
    if not are_digits(account, 7) and not are_digits(account, 8):
        fail("DK-R-008", means, reference=reference, account=account)
    if reference.startswith(NUMBERED_GIRO_SLIPS) and len(reference) != 19:
        fail("DK-R-009", means.first["cbc:PaymentID"])


def _joint_collection(means: Element, fail: Fail) -> None:
    reference = means.string("cbc:PaymentID")
    accounts = means.all("cac:PayeeFinancialAccount", "cbc:ID") if reference.startswith(COLLECTION_SLIPS) else []
    creditor = only_text(accounts)
    if len(creditor) != 8:
        fail("DK-R-010", means, reference=reference, account=creditor)
    if reference.startswith(NUMBERED_COLLECTION_SLIPS) and len(reference) not in (18, 19):
        fail("DK-R-011", means.first["cbc:PaymentID"])


_DETAILS: Final[dict[str, Callable[[Element, Fail], None]]] = {
    **dict.fromkeys(TRANSFERS, _transfer),
    DEBIT: _debit,
    GIRO: _giro,
    JOINT_COLLECTION: _joint_collection,
}


@rule("cac:InvoiceLine", asserts="DK-R-003", matches=inside("ubl:Invoice"))
@where(_IN_DENMARK)
def invoice_line(line: Element, fail: Fail) -> None:
    """BT-158 by UNSPSC is of a version in use."""
    _class_is_of_a_version_in_use(line, fail)


@rule("cac:CreditNoteLine", asserts="DK-R-003", matches=inside("cn:CreditNote"))
@where(_IN_DENMARK)
def credit_note_line(line: Element, fail: Fail) -> None:
    """The same in a credit note."""
    _class_is_of_a_version_in_use(line, fail)


def _class_is_of_a_version_in_use(line: Element, fail: Fail) -> None:
    classes = line.all("cac:Item", "cac:CommodityClassification", "cbc:ItemClassificationCode")
    if has_attribute(classes, "listID", UNSPSC) and not has_attribute(classes, "listVersionID", *UNSPSC_VERSIONS):
        wrong = next(one for one in classes if one.get("listID") == UNSPSC)
        fail("DK-R-003", wrong, version=wrong.get("listVersionID") or "", allowed="19.05.01, 26.08.01")


@rule("cac:AllowanceCharge", asserts="DK-R-004")
@where(_IN_DENMARK)
def other_tax(charge: Element, fail: Fail) -> None:
    """A tax that is no VAT has the number of the tax as its reason, or a number and a text with # between them."""
    if not says(charge.named("cbc:AllowanceChargeReasonCode"), OTHER_TAX):
        return
    reasons = charge.named("cbc:AllowanceChargeReason")
    reason = charge.string("cbc:AllowanceChargeReason")
    number = number_of(reason)
    if number is not None and 0 <= number <= 9999 and len(normal(only_text(reasons))) == 4:
        return
    if "#" not in reason or reason.startswith("#") or reason.endswith("#"):
        fail("DK-R-004", reasons[0] if reasons else charge)


PATTERNS: Final[tuple[Pattern, ...]] = (
    pattern(document, party_identifier, payment, buyer, invoice_line, credit_note_line, other_tax),
)
