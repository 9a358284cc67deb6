"""How invoices are paid in Germany: BR-DE-1, BR-DE-18 to BR-DE-20, BR-DE-23 to BR-DE-25, BR-DE-30 and BR-DE-31."""

import re
from typing import Final

from formats.peppol.rules.comparisons import has_attribute
from formats.peppol.rules.countries import SELLER, below_root, is_invoice
from formats.ubl.assertions import ROOT, Fail, Rule, rule
from formats.ubl.tree import Element, Undecidable, normal, string_of

# UNTDID 4461: credit transfers, cards, direct debit.
TRANSFERS: Final = ("30", "58")
SEPA_TRANSFER: Final = "58"
CARDS: Final = ("48", "54", "55")
DEBIT: Final = "59"
TRANSFER_GROUP, CARD_GROUP, DEBIT_GROUP = "cac:PayeeFinancialAccount", "cac:CardAccount", "cac:PaymentMandate"
WORDS: Final = {TRANSFER_GROUP: "credit transfer", CARD_GROUP: "payment card", DEBIT_GROUP: "direct debit"}
GROUPS: Final = {
    **dict.fromkeys(TRANSFERS, ("BR-DE-23", TRANSFER_GROUP)),
    **dict.fromkeys(CARDS, ("BR-DE-24", CARD_GROUP)),
    DEBIT: ("BR-DE-25", DEBIT_GROUP),
}
"""By the code of the means of payment (BT-81): the assertions, and the group that belongs to it."""
CREDITOR_SCHEME: Final = "SEPA"

_LINE_END = re.compile(r"\r?\n")
_DISCOUNT = re.compile(r"#SKONTO#TAGE=[0-9]+#PROZENT=[0-9]+\.[0-9]{2}(#BASISBETRAG=-?[0-9]+\.[0-9]{2})?#")
_ANY_DISCOUNT = re.compile(r"#[^\r\n]+#")
_BROKEN_LINE = re.compile(r"[ \t\r]*\n")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[a-zA-Z0-9]{0,30}")


@rule(ROOT, asserts="BR-DE-1 BR-DE-30 BR-DE-31", matches=is_invoice)
def payment(invoice: Element, fail: Fail) -> None:
    """The invoice says how it is paid (BG-16); a direct debit has a creditor (BT-90) and an account (BT-91)."""
    if "cac:PaymentMeans" not in invoice.first:
        fail("BR-DE-1", invoice)
    mandates = invoice.all("cac:PaymentMeans", "cac:PaymentMandate")
    if not mandates:
        return
    creditors = (
        *invoice.all(SELLER, "cac:Party", "cac:PartyIdentification", "cbc:ID"),
        *invoice.all("cac:PayeeParty", "cac:PartyIdentification", "cbc:ID"),
    )
    if not has_attribute(creditors, "schemeID", CREDITOR_SCHEME):
        fail("BR-DE-30", next(iter(invoice.all(SELLER, "cac:Party")), invoice))
    if not invoice.has("cac:PaymentMeans", "cac:PaymentMandate", "cac:PayerFinancialAccount", "cbc:ID"):
        fail("BR-DE-31", mandates[0])


@rule(ROOT, asserts="BR-DE-18", matches=is_invoice)
def cash_discounts(invoice: Element, fail: Fail) -> None:
    """BT-20: a line that begins with # is a cash discount (Skonto) in its fixed form, and the last one ends."""
    notes = [one for terms in invoice.named("cac:PaymentTerms") for one in terms.named("cbc:Note")[:1]]
    texts = [(one, string_of(one)) for one in notes if string_of(one)]
    for note, text in texts:
        for line in map(normal, _LINE_END.split(text)):
            if not line.startswith("#"):
                continue
            if not _DISCOUNT.fullmatch(line) or not _last_line_ends(texts):
                fail("BR-DE-18", note, text=line)
                return


def _last_line_ends(texts: list[tuple[Element, str]]) -> bool:
    if len(texts) > 1:
        raise Undecidable(texts[1][0], f"payment terms are stated {len(texts)} times where one text is needed")
    return _BROKEN_LINE.match(_ANY_DISCOUNT.split(texts[0][1])[-1]) is not None


@rule(
    "cac:PaymentMeans",
    asserts="BR-DE-19 BR-DE-20 BR-DE-23-a BR-DE-23-b BR-DE-24-a BR-DE-24-b BR-DE-25-a BR-DE-25-b",
    matches=below_root(),
)
def means_of_payment(means: Element, fail: Fail) -> None:
    """A code (BT-81) has the group that belongs to it and none of the others; accounts of SEPA payments are IBANs."""
    codes = means.named("cbc:PaymentMeansCode")
    code = normal(string_of(codes[0])) if len(codes) == 1 else ""
    if code not in GROUPS:
        return
    if code == SEPA_TRANSFER:
        _is_an_iban(means, ("cac:PayeeFinancialAccount", "cbc:ID"), "BR-DE-19", fail)
    elif code == DEBIT:
        _is_an_iban(means, ("cac:PaymentMandate", "cac:PayerFinancialAccount", "cbc:ID"), "BR-DE-20", fail)
    assertion, group = GROUPS[code]
    if group not in means.first:
        fail(f"{assertion}-a", means, code=code, group=WORDS[group])
    others = [name for name in WORDS if name != group and name in means.first]
    if others:
        stated = ", ".join(WORDS[name] for name in others)
        fail(f"{assertion}-b", means.first[others[0]], code=code, others=stated)


def _is_an_iban(means: Element, path: tuple[str, ...], assertion: str, fail: Fail) -> None:
    account = means.string(*path)
    if not is_iban(account):
        fail(assertion, next(iter(means.all(*path)), means), account=normal(account))


def is_iban(account: str) -> bool:
    """Whether it has the form of an IBAN and its check digits are right, whatever its country and blanks within it.

    As the official rule has it, which counts a small letter in the account as another number than a capital.
    """
    compact = account.translate(_WITHOUT_BLANKS)
    if not _IBAN.fullmatch(compact):
        return False
    return int("".join(_number(letter) for letter in compact[4:] + compact[:4])) % 97 == 1


def _number(letter: str) -> str:
    return letter if letter.isdigit() else str(ord(letter) - ord("A") + 10)


_WITHOUT_BLANKS: Final = dict.fromkeys(map(ord, " \t\r\n"))

RULES: Final[tuple[Rule, ...]] = (payment, cash_discounts, means_of_payment)
