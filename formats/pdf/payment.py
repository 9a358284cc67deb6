"""How to pay: the account, the reference, and the payment as a QR code for banking apps."""

import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

import segno.helpers
from stdnum import iban, iso11649

from formats.en16931 import CreditTransfer, Invoice, PaymentInstructions
from formats.pdf.inert import one_line, several_lines
from formats.pdf.sheet import Entry, Payment
from formats.pdf.sums import payable
from formats.pdf.wording import Wording

# EPC069-12 version 2.1, section 3: limits of the quick response code for a SEPA credit transfer.
_LEAST: Final = Decimal("0.01")
_MOST: Final = Decimal("999999999.99")
_NAME: Final = 70
_TEXT: Final = 140
_BYTES: Final = 331
_OTHERS: Final = 50  # bytes that all other elements take at most, their line ends included
_TRANSFERS: Final = frozenset({"30", "31", "42", "58", "57", "1", None})  # UNTDID 4461
_DEBITS: Final = frozenset({"49", "59"})
_CARDS: Final = frozenset({"48", "54", "55"})
# Accounts that are no IBAN: how they are called (Peppol BIS Billing 3, national rules for Sweden).
_GIROS: Final = {"SE:BANKGIRO": "Bankgiro", "SE:PLUSGIRO": "Plusgiro"}


def payment(invoice: Invoice, words: Wording) -> Payment:
    """The payment block: how to pay, or why nothing is to be paid."""
    due = payable(invoice)
    title = words.say("payment", "title")
    if invoice.is_credit_note:
        return Payment(title, words.say("payment", "credit"))
    if due is not None and due <= 0:
        return Payment(title, words.say("payment", "nothing"))
    instructions = invoice.payment or PaymentInstructions()
    code = invoice.payment.means_code if invoice.payment else None
    rows = tuple(_rows(invoice, instructions, words))
    if code in _DEBITS or instructions.direct_debit:
        return Payment(title, words.say("payment", "debit"), rows)
    if code in _CARDS or instructions.card:
        return Payment(title, words.say("payment", "card"), rows)
    if not instructions.credit_transfers:
        return Payment(title, "", rows)
    return _transfer(invoice, instructions, rows, words)


def _transfer(invoice: Invoice, instructions: PaymentInstructions, rows: tuple[Entry, ...], words: Wording) -> Payment:
    title, sentence = words.say("payment", "title"), words.say("payment", "transfer")
    account = instructions.credit_transfers[0].account or ""
    code, due = transfer_code(invoice), payable(invoice)
    if code is None or due is None:
        return Payment(title, sentence, rows)
    image = io.BytesIO()
    code.save(image, kind="svg", border=2, omitsize=True, xmldecl=False, nl=False)
    amount = words.money_of(due, invoice.currency or "")
    alt = words.say("payment", "qr_alt", amount=amount, account=_grouped(account))
    return Payment(title, sentence, rows, image.getvalue().decode(), words.say("payment", "qr"), alt)


def transfer_code(invoice: Invoice) -> segno.QRCode | None:
    """The EPC QR code of the payment, None where the amount, the currency or the account does not allow one."""
    instructions, due = invoice.payment, payable(invoice)
    if instructions is None or due is None or invoice.currency != "EUR" or not _LEAST <= due <= _MOST:
        return None
    transfer = next((one for one in instructions.credit_transfers if iban.is_valid(one.account or "")), None)
    if invoice.is_credit_note or transfer is None or instructions.means_code not in _TRANSFERS:
        return None
    name = one_line(transfer.account_name) or _payee(invoice)
    reference = one_line(instructions.remittance_information) or one_line(invoice.number)
    if not name or not reference:
        return None
    structured = iso11649.is_valid(reference)
    account, name = iban.compact(transfer.account or ""), name[:_NAME]
    return segno.helpers.make_epc_qr(
        name=name,
        iban=account,
        amount=due,
        text=None if structured else _cut(reference[:_TEXT], _BYTES - _OTHERS - len(name.encode()) - len(account)),
        reference=iso11649.compact(reference) if structured else None,
        bic=_bic(transfer),
        encoding=1,
    )


def _cut(text: str, size: int) -> str:
    """As much of a text as so many bytes of UTF-8 hold."""
    return text.encode()[:size].decode(errors="ignore")


def _bic(transfer: CreditTransfer) -> str | None:
    bic = one_line(transfer.service_provider).replace(" ", "").upper()
    return bic if bic.isascii() and bic.isalnum() and len(bic) in (8, 11) else None


def _payee(invoice: Invoice) -> str:
    if invoice.payee and invoice.payee.name:
        return one_line(invoice.payee.name)
    return one_line(invoice.seller.name) if invoice.seller else ""


def _rows(invoice: Invoice, instructions: PaymentInstructions, words: Wording) -> Iterator[Entry]:
    """The payment in label and value, in the order in which a form asks for it."""

    def entry(label: str, value: str | None) -> Iterator[Entry]:
        if value:
            yield Entry(words.say("payment", label), value)

    if invoice.payee:
        yield from entry("payee", one_line(invoice.payee.name))
    yield from entry("means", one_line(instructions.means_text))
    for transfer in instructions.credit_transfers:
        yield from _account(transfer, words)
    debit = instructions.direct_debit
    if debit:
        yield from entry("mandate", one_line(debit.mandate))
        yield from entry("creditor", one_line(debit.creditor))
        yield from entry("debited", _grouped(one_line(debit.debited_account)))
    if instructions.card:
        yield from entry("card_number", _hidden(one_line(instructions.card.account_number)))
    yield from entry("reference", one_line(instructions.remittance_information))
    yield from entry("terms", several_lines(invoice.payment_terms))


def _account(transfer: CreditTransfer, words: Wording) -> Iterator[Entry]:
    provider = one_line(transfer.service_provider)
    account = one_line(transfer.account)
    label = _GIROS.get(provider) or ("IBAN" if iban.is_valid(account) else words.say("payment", "account"))
    if account:
        yield Entry(label, _grouped(account) if label == "IBAN" else account)
    if provider and provider not in _GIROS:
        yield Entry(words.say("payment", "bank"), provider)
    if transfer.account_name:
        yield Entry(words.say("payment", "holder"), one_line(transfer.account_name))


def _grouped(account: str) -> str:
    """An IBAN in groups of four, as ISO 13616 prints it; any other account as it stands."""
    compact = account.replace(" ", "")
    if not iban.is_valid(compact):
        return account
    return "\u00a0".join(compact[at : at + 4] for at in range(0, len(compact), 4))


def _hidden(number: str) -> str:
    """A card number with its last four digits alone (PCI DSS 3.4)."""
    return f"\u2022\u2022\u2022\u2022 {number[-4:]}" if number else ""
