"""How the invoice is to be paid: BG-16, its accounts and cards (EN 16931-1 section 6.4.1)."""

from typing import Final

from formats.ubl.assertions import Fail, pattern, rule
from formats.ubl.tree import Element, normal, string_of

CREDIT_TRANSFERS: Final = frozenset({"30", "58"})
MOST_CARD_DIGITS: Final = 10


@rule("cac:PaymentMeans", asserts="BR-49 BR-61")
def payment_says_how(means: Element, fail: Fail) -> None:
    """BT-81; and an account (BT-84) where it is a credit transfer."""
    if not means.has("cbc:PaymentMeansCode"):
        fail("BR-49", means)
    code = means.trimmed("cbc:PaymentMeansCode")
    if code in CREDIT_TRANSFERS and not means.has("cac:PayeeFinancialAccount", "cbc:ID"):
        fail("BR-61", means, code=code)


@rule("cac:PaymentMeans", asserts="BR-50")
def account_is_stated(means: Element, fail: Fail) -> None:
    """BT-84 in every account of a credit transfer; here the code counts as it is written, blanks and all."""
    codes = {string_of(one) for one in means.named("cbc:PaymentMeansCode")}
    if not codes & CREDIT_TRANSFERS:
        return
    for account in means.all("cac:PayeeFinancialAccount"):
        if not account.trimmed("cbc:ID"):
            fail("BR-50", account)


@rule("cac:PaymentMeans", asserts="BR-51")
def card_number_is_shortened(means: Element, fail: Fail) -> None:
    """BT-87 shows what payment card security allows: ten digits at most."""
    for card in means.all("cac:CardAccount"):
        for number in card.named("cbc:PrimaryAccountNumberID"):
            shown = normal(string_of(number))
            if len(shown) > MOST_CARD_DIGITS:
                # What is told goes into logs and mails: no more of the number than a receipt may show.
                fail("BR-51", number, characters=len(shown), value=f"…{shown[-4:]}")


PATTERNS: Final = (pattern(payment_says_how), pattern(account_is_stated), pattern(card_number_is_shortened))
