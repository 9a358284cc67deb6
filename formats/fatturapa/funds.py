"""Withholdings, pension funds and stamp duty (IT-7, IT-8, IT-10): DatiRitenuta, DatiCassaPrevidenziale, DatiBollo.

A contribution to a pension fund raises the taxable amount (00422). EN 16931 knows it as a charge of the document
(BG-21, reason code ZZZ), so the reader makes that charge of it, and the writer says the two as one.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from formats.en16931 import AllowanceCharge, Invoice, PensionFund, StampDuty, Withholding
from formats.fatturapa.allowances import CHARGES
from formats.fatturapa.document import Block, Content
from formats.fatturapa.lines import YES, read_key
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.notebook import Notebook
from formats.fatturapa.vat import VatKey, category_of, rate_of
from formats.fatturapa.writing import Writing

FUND_CODE: Final = "ZZZ"
STAMP_DUTY_CODE: Final = "SAE"
_FUND_REASON: Final = "Contributo cassa previdenziale"


def write_withholdings(several: Sequence[Withholding], manifest: Manifest) -> Iterator[Content]:
    """DatiRitenuta (2.1.1.5), each complete."""
    for position, one in enumerate(several, 1):
        at = f"IT-D/IT-7[{position}]"
        yield {
            "TipoRitenuta": manifest.code(f"{at}/IT-12", one.kind, "TipoRitenutaType"),
            "ImportoRitenuta": manifest.amount(f"{at}/IT-13", one.amount),
            "AliquotaRitenuta": manifest.amount(f"{at}/IT-14", one.rate),
            "CausalePagamento": manifest.code(f"{at}/IT-15", one.payment_reason, "CausalePagamentoType"),
        }


def read_withholdings(general: Block, notebook: Notebook) -> tuple[Withholding, ...]:
    """IT-7."""
    return tuple(
        Withholding(
            kind=notebook.text(f"IT-D/IT-7[{position}]/IT-12", block, "TipoRitenuta"),
            amount=notebook.amount(f"IT-D/IT-7[{position}]/IT-13", block, "ImportoRitenuta"),
            rate=notebook.amount(f"IT-D/IT-7[{position}]/IT-14", block, "AliquotaRitenuta"),
            payment_reason=notebook.text(f"IT-D/IT-7[{position}]/IT-15", block, "CausalePagamento"),
        )
        for position, block in enumerate(general.each("DatiRitenuta"), 1)
    )


def funds_among_charges(invoice: Invoice) -> dict[int, PensionFund]:
    """The charges (by position from 0) that are contributions to a pension fund, each with its fund."""
    waiting = list(invoice.italy.pension_funds) if invoice.italy else []
    found: dict[int, PensionFund] = {}
    for position, charge in enumerate(invoice.charges):
        fund = next((fund for fund in waiting if _is_same(charge, fund)), None)
        if fund is not None:
            waiting.remove(fund)
            found[position] = fund
    return found


def _is_same(charge: AllowanceCharge, fund: PensionFund) -> bool:
    return (charge.reason_code, charge.amount, charge.vat_rate) == (FUND_CODE, fund.amount, fund.vat_rate)


def fund_key(fund: PensionFund) -> VatKey:
    """Rate and nature of a contribution."""
    if fund.vat_rate is None:
        raise ValueError("a pension fund has no VAT rate")
    return VatKey(fund.vat_rate, fund.nature)


def write_funds(invoice: Invoice, writing: Writing) -> Iterator[Content]:
    """DatiCassaPrevidenziale (2.1.1.7), and what the charges that mean the same say of it."""
    manifest = writing.manifest
    for position, fund in enumerate(invoice.italy.pension_funds if invoice.italy else (), 1):
        at = f"IT-D/IT-8[{position}]"
        manifest.take(f"{at}/IT-21")
        yield {
            "TipoCassa": manifest.code(f"{at}/IT-16", fund.kind, "TipoCassaType"),
            "AlCassa": manifest.amount(f"{at}/IT-17", fund.rate),
            "ImportoContributoCassa": manifest.amount(f"{at}/IT-18", fund.amount),
            "ImponibileCassa": manifest.amount(f"{at}/IT-19", fund.base),
            "AliquotaIVA": manifest.amount(f"{at}/IT-20", fund.vat_rate),
            "Ritenuta": YES if fund.withheld else None,
            "Natura": manifest.code(f"{at}/IT-22", fund.nature, "NaturaType"),
        }
    for index, fund in funds_among_charges(invoice).items():
        _take_charge(invoice.charges[index], index + 1, fund, writing)


def _take_charge(charge: AllowanceCharge, position: int, fund: PensionFund, writing: Writing) -> None:
    read = charge_of(fund, writing.split_payment)
    at = f"{CHARGES.group}[{position}]"
    terms = (
        (CHARGES.amount, charge.amount, read.amount),
        (CHARGES.base, charge.base, read.base),
        (CHARGES.percentage, charge.percentage, read.percentage),
        (CHARGES.category, charge.vat_category, read.vat_category),
        (CHARGES.rate, charge.vat_rate, read.vat_rate),
        (CHARGES.reason, charge.reason, read.reason),
        (CHARGES.reason_code, charge.reason_code, read.reason_code),
    )
    for term, stated, said in terms:
        if stated == said:
            writing.manifest.take(f"{at}/{term}")
        else:
            writing.manifest.leave(f"{at}/{term}", f"DatiCassaPrevidenziale is read as “{said}”.")


def charge_of(fund: PensionFund, split_payment: bool) -> AllowanceCharge:
    """The charge that a contribution is in EN 16931."""
    key = fund_key(fund)
    category = category_of(key, split_payment)
    return AllowanceCharge(
        amount=fund.amount,
        base=fund.base,
        percentage=fund.rate,
        vat_category=category,
        vat_rate=rate_of(category, key),
        reason=f"{_FUND_REASON} {fund.kind}",
        reason_code=FUND_CODE,
    )


def read_funds(general: Block, notebook: Notebook) -> tuple[PensionFund, ...]:
    """IT-8."""
    return tuple(
        _read_fund(block, f"IT-D/IT-8[{position}]", notebook)
        for position, block in enumerate(general.each("DatiCassaPrevidenziale"), 1)
    )


def _read_fund(block: Block, path: str, notebook: Notebook) -> PensionFund:
    key = read_key(block, f"{path}/IT-20", f"{path}/IT-22", notebook)
    return PensionFund(
        kind=notebook.text(f"{path}/IT-16", block, "TipoCassa"),
        rate=notebook.amount(f"{path}/IT-17", block, "AlCassa"),
        amount=notebook.amount(f"{path}/IT-18", block, "ImportoContributoCassa"),
        base=notebook.amount(f"{path}/IT-19", block, "ImponibileCassa"),
        vat_rate=key.rate,
        withheld=notebook.text(f"{path}/IT-21", block, "Ritenuta") == YES,
        nature=key.nature,
    )


def write_stamp_duty(invoice: Invoice, manifest: Manifest) -> Content | None:
    """DatiBollo (2.1.1.6): stated (IT-10), or a charge with reason code SAE."""
    stated = invoice.italy.stamp_duty if invoice.italy else None
    if stated is not None:
        return {"BolloVirtuale": YES, "ImportoBollo": manifest.amount("IT-D/IT-10/IT-11", stated.amount)}
    charge = next((one for one in invoice.charges if one.reason_code == STAMP_DUTY_CODE), None)
    return {"BolloVirtuale": YES, "ImportoBollo": charge.amount or None} if charge is not None else None


def needs_no_line(charge: AllowanceCharge) -> bool:
    """Whether a charge only says that stamp duty was paid, and charges nothing: DatiBollo says it."""
    return charge.reason_code == STAMP_DUTY_CODE and not charge.amount


def read_stamp_duty(general: Block, notebook: Notebook) -> StampDuty | None:
    """IT-10."""
    block = general.first("DatiBollo")
    if block is None or block.text("BolloVirtuale") is None:
        return None
    return StampDuty(amount=notebook.amount("IT-D/IT-10/IT-11", block, "ImportoBollo"))
