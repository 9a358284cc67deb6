"""Payment (BG-16, BT-9, BT-115, BT-59) as DatiPagamento (2.4).

What the buyer transfers is the amount due less what it withholds, and under split payment less the VAT, which it
pays to the state. ModalitaPagamento is mandatory, so without a means of payment (BT-81) there is no DatiPagamento.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from formats.en16931 import CreditTransfer, Invoice, Payee, PaymentInstructions, Withholding
from formats.en16931.money import ZERO
from formats.fatturapa.codes import mp_of, payment_means
from formats.fatturapa.document import Block, Content
from formats.fatturapa.elements import fits
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook

FULL_PAYMENT: Final = "TP02"


def held_back(withholdings: Sequence[Withholding], vat_to_state: Decimal) -> Decimal:
    """What the buyer does not transfer to the seller: withholdings, and the VAT under split payment."""
    return sum((one.amount or ZERO for one in withholdings), ZERO) + vat_to_state


def write_payment(invoice: Invoice, due: Decimal, not_transferred: Decimal, manifest: Manifest) -> Content | None:
    """DatiPagamento with one DettaglioPagamento. due: BT-115."""
    payment = invoice.payment
    means = mp_of(payment.means_code, payment.means_text) if payment is not None else None
    if payment is None or means is None:
        for path in ("BT-9", "BG-16/BT-81"):
            manifest.leave(path, "DatiPagamento needs a means of payment that FatturaPA knows (BT-81).")
        return None
    _take_means(payment, means, manifest)
    transfer = payment.credit_transfers[0] if payment.credit_transfers else CreditTransfer()
    payee = invoice.payee or Payee()
    return {
        "CondizioniPagamento": FULL_PAYMENT,
        "DettaglioPagamento": [
            {
                "Beneficiario": manifest.text("BG-10/BT-59", payee.name, "String200LatinType"),
                "ModalitaPagamento": means,
                "DataScadenzaPagamento": manifest.date("BT-9", invoice.due_date),
                "ImportoPagamento": due - not_transferred,
                "IBAN": _write_account("BG-16/BG-17[1]/BT-84", transfer.account, manifest),
                "BIC": manifest.code("BG-16/BG-17[1]/BT-86", transfer.service_provider, "BICType"),
                "CodicePagamento": manifest.text("BG-16/BT-83", payment.remittance_information, "String60Type"),
            }
        ],
    }


def _write_account(path: str, account: str | None, manifest: Manifest) -> str | None:
    """An IBAN; the blanks that people write in it are left out."""
    if account and account != account.replace(" ", "") and fits(account.replace(" ", ""), "IBANType"):
        manifest.leave(path, "Written without blanks.")
        return account.replace(" ", "")
    return manifest.code(path, account, "IBANType")


def _take_means(payment: PaymentInstructions, means: str, manifest: Manifest) -> None:
    code, text = read_means(means)
    if payment.means_code == code:
        manifest.take("BG-16/BT-81")
    else:
        manifest.leave("BG-16/BT-81", f"{means} ({payment_means()[means].meaning}) is read as {code}.")
    if payment.means_text == text:
        manifest.take("BG-16/BT-82")


def read_means(means: str) -> tuple[str | None, str | None]:
    """BT-81 and BT-82 for an MP code; the code is named in BT-82 where BT-81 alone would be written as another."""
    known = payment_means().get(means)
    if known is None:
        return None, means
    return known.means_code, None if mp_of(known.means_code, None) == means else means


def read_payment(body: Block, notebook: Notebook) -> PaymentInstructions | None:
    """BG-16 from the first DettaglioPagamento."""
    detail = body.first("DatiPagamento", "DettaglioPagamento")
    if detail is None:
        return None
    for block in body.each("DatiPagamento"):
        block.text("CondizioniPagamento")  # says only into how many parts the amount is divided
    means = notebook.text("BG-16/BT-81", detail, "ModalitaPagamento")
    code, text = read_means(means) if means else (None, None)
    if text:
        notebook.stood("BG-16/BT-82", detail.first("ModalitaPagamento"))
    transfer = CreditTransfer(
        account=notebook.text("BG-16/BG-17[1]/BT-84", detail, "IBAN"),
        service_provider=notebook.text("BG-16/BG-17[1]/BT-86", detail, "BIC"),
    )
    return PaymentInstructions(
        means_code=code,
        means_text=text,
        remittance_information=notebook.text("BG-16/BT-83", detail, "CodicePagamento"),
        credit_transfers=(transfer,) if transfer != CreditTransfer() else (),
    )


def read_payee(body: Block, notebook: Notebook) -> Payee | None:
    """BG-10 from the first Beneficiario."""
    name = notebook.text("BG-10/BT-59", body.first("DatiPagamento", "DettaglioPagamento"), "Beneficiario")
    return Payee(name=name) if name else None


def read_transferred(body: Block) -> Decimal | None:
    """The sum of all ImportoPagamento, None where there is none."""
    amounts = [detail.amount("ImportoPagamento") for detail in body.each("DatiPagamento", "DettaglioPagamento")]
    return sum((amount for amount in amounts if amount is not None), ZERO) if amounts else None
