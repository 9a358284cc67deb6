"""How invoices in Germany are paid: BR-DE-1, BR-DE-18 to BR-DE-20, BR-DE-23 to BR-DE-25, BR-DE-30 and BR-DE-31."""

import re
from collections.abc import Callable, Container, Iterator
from typing import Final

from stdnum.iso7064 import mod_97_10

from formats.en16931 import DirectDebit, Invoice, PaymentInstructions
from formats.peppol.checks.german_rule import Find, Wrong

# UNTDID 4461: credit transfers, cards, direct debit.
TRANSFERS, CARDS, DEBIT = frozenset({"30", "58"}), frozenset({"48", "54", "55"}), "59"
SEPA_TRANSFER: Final = "58"

_SKONTO = re.compile(r"#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#", re.ASCII)
_AFTER_SKONTO = re.compile(r"[ \t\r]*\n")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Za-z0-9]{0,30}", re.ASCII)


def _payment(invoice: Invoice) -> PaymentInstructions:
    return invoice.payment or PaymentInstructions()


def mandate_of(invoice: Invoice) -> DirectDebit | None:
    """DIRECT DEBIT (BG-19) as UBL knows it: a creditor alone (BT-90) stands with the seller and makes no mandate."""
    debit = _payment(invoice).direct_debit
    return debit if debit and (debit.mandate or debit.debited_account) else None


def has_means(invoice: Invoice) -> bool:
    """Whether the invoice says how it is paid (BG-16); a creditor identifier alone says nothing."""
    payment = _payment(invoice)
    return bool(payment.means_code or payment.credit_transfers or payment.card or mandate_of(invoice))


def _has_transfers(invoice: Invoice) -> bool:
    return bool(_payment(invoice).credit_transfers)


def _has_card(invoice: Invoice) -> bool:
    return _payment(invoice).card is not None


def cash_discounts_can_be_read(invoice: Invoice) -> Iterator[Wrong]:
    """BT-20: a line that begins with # is a cash discount (Skonto) in its fixed form, and ends with a line break."""
    terms = invoice.payment_terms or ""
    fix = "Write #SKONTO#TAGE=14#PROZENT=2.00# on a line of its own, with a line break after it."
    lines = [" ".join(line.split()) for line in terms.split("\n")]
    marked = [line for line in lines if line.startswith("#")]
    for line in marked:
        if not _SKONTO.fullmatch(line):
            yield "BT-20", f"The payment terms hold {line!r}, which is not a cash discount in its fixed form.", fix
    if marked and not _AFTER_SKONTO.match(re.split("#.+#", terms)[-1]):
        yield "BT-20", f"Behind the cash discount {marked[-1]!r} the line does not end.", fix


def account_is_an_iban(invoice: Invoice) -> Iterator[Wrong]:
    """BT-84 is an IBAN where payment is by SEPA credit transfer."""
    if _payment(invoice).means_code == SEPA_TRANSFER:
        accounts = [one.account for one in _payment(invoice).credit_transfers] or [None]
        for position, account in enumerate(accounts, 1):
            if not is_iban(account):
                yield f"BG-16/BG-17[{position}]/BT-84", f"The account {account} is no IBAN.", "State the IBAN."


def debited_account_is_an_iban(invoice: Invoice) -> Iterator[Wrong]:
    """BT-91 is an IBAN where payment is by SEPA direct debit."""
    if _payment(invoice).means_code == DEBIT:
        debit = _payment(invoice).direct_debit
        account = debit.debited_account if debit else None
        if not is_iban(account):
            yield "BG-16/BG-19/BT-91", f"The debited account {account} is no IBAN.", "State the IBAN of the buyer."


def is_iban(account: str | None) -> bool:
    """Whether an account has the form of an IBAN and its check digits are right, whatever its country."""
    compact = "".join((account or "").split())
    return bool(_IBAN.fullmatch(compact)) and mod_97_10.is_valid(compact[4:] + compact[:4])


def means_has_its_details(codes: Container[str], group: str, what: str, has: Callable[[Invoice], object]) -> Find:
    """Means of payment of a kind have the group that describes it."""

    def find(invoice: Invoice) -> Iterator[Wrong]:
        code = _payment(invoice).means_code
        if code is not None and code in codes and not has(invoice):
            yield f"BG-16/{group}", f"Payment is by means code {code}, but there is no {what}.", f"State the {what}."

    return find


def means_has_no_other_details(codes: Container[str], *others: tuple[str, str, Callable[[Invoice], object]]) -> Find:
    """Means of payment of a kind have no group of another kind. others: group, its name, whether it is there."""

    def find(invoice: Invoice) -> Iterator[Wrong]:
        code = _payment(invoice).means_code
        stated = [(group, name) for group, name, has in others if has(invoice)]
        if code is not None and code in codes and stated:
            names = " and ".join(name for _, name in stated)
            message = f"Payment is by means code {code}, but the invoice states a {names} as well."
            yield f"BG-16/{stated[0][0]}", message, f"Leave the {names} out, or use its means code."

    return find


def mandate_needs(path: str, what: str, value_of: Callable[[DirectDebit], str | None]) -> Find:
    """A direct debit (BG-19) has a term."""

    def find(invoice: Invoice) -> Iterator[Wrong]:
        debit = mandate_of(invoice)
        if debit is not None and not value_of(debit):
            yield f"BG-16/BG-19/{path}", f"The direct debit has no {what}.", f"State the {what}."

    return find


TRANSFER: Final = ("BG-17", "credit transfer", _has_transfers)
CARD: Final = ("BG-18", "payment card", _has_card)
MANDATE: Final = ("BG-19", "direct debit", mandate_of)
