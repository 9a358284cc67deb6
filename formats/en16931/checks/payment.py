"""How an invoice is paid: BR-17, BR-50, BR-51 and BR-61 (EN 16931-1 section 6.4.1)."""

from collections.abc import Iterator
from typing import Final

from formats.checking import Finding, Severity, check
from formats.en16931.checks.groups import CARD, CREDIT_TRANSFERS
from formats.en16931.checks.mandatory import is_missing
from formats.en16931.invoice import Invoice

# UNTDID 4461: credit transfer, SEPA credit transfer. The account is what they are about.
CREDIT_TRANSFER_CODES: Final = frozenset({"30", "58"})
MOST_CARD_DIGITS: Final = 10


@check("BR-17")
def payee_is_somebody_else(invoice: Invoice) -> Iterator[Finding]:
    """A payee (BG-10) has a name, and neither the trading name nor an identifier of the seller."""
    payee, seller = invoice.payee, invoice.seller
    if payee is None:
        return
    if is_missing(payee.name):
        yield Finding("BR-17", "BG-10/BT-59", "The payee has no name.", "State the name of who is paid.")
    elif seller is not None and (
        payee.name == seller.trading_name
        or (payee.identifier and payee.identifier.value in [one.value for one in seller.identifiers])
    ):
        message = f"The payee {payee.name} is the seller itself."
        yield Finding("BR-17", "BG-10/BT-59", message, "Leave out the payee where the seller is paid.")


@check("BR-50")
def credit_transfer_has_an_account(invoice: Invoice) -> Iterator[Finding]:
    """BT-84 in every credit transfer, where the means code says that it is one."""
    if invoice.payment is None or invoice.payment.means_code not in CREDIT_TRANSFER_CODES:
        return
    for positions, transfer in CREDIT_TRANSFERS.found(invoice):
        if is_missing(transfer.account):
            yield Finding(
                "BR-50",
                CREDIT_TRANSFERS.path_to(positions, "BT-84"),
                f"{CREDIT_TRANSFERS.called(positions)} has no account.",
                "State the IBAN or account number to pay to.",
            )


@check("BR-51")
def card_number_is_shortened(invoice: Invoice) -> Iterator[Finding]:
    """BT-87 shows the last digits only; the official rule warns above ten characters."""
    for positions, card in CARD.found(invoice):
        shown = len(" ".join((card.account_number or "").split()))
        if shown > MOST_CARD_DIGITS:
            yield Finding(
                "BR-51",
                CARD.path_to(positions, "BT-87"),
                f"The card number has {shown} characters; an invoice shows its last 4 to 6 digits.",
                "Shorten the card number to its last digits.",
                Severity.WARNING,
            )


@check("BR-61")
def credit_transfer_says_where_to(invoice: Invoice) -> Iterator[Finding]:
    """BT-84 where the means code (BT-81) is a credit transfer."""
    payment = invoice.payment
    if payment is None or payment.means_code not in CREDIT_TRANSFER_CODES:
        return
    if all(one.account is None for one in payment.credit_transfers):
        yield Finding(
            "BR-61",
            "BG-16/BG-17",
            f"Payment is by credit transfer (means code {payment.means_code}), but no account is stated.",
            "State the account to pay to, or another means code.",
        )
