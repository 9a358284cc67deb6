"""The rounding solver: the smallest lawful change that makes the totals of an invoice right, and leaves BT-115 alone.

    invoice in cents -> exact lines -> ledger of sums -> the plan that weighs least -> the invoice after it -> steps

It answers to BR-CO-10 to BR-CO-17, to numbers 08 and 09 of every VAT category, to BR-DEC-*, to PEPPOL-EN16931-R040,
R046 and R120, and to SDI 00421, 00422 and 00423, as far as they apply, all at once.
"""

from formats.en16931.invoice import Invoice
from formats.en16931.money import exactly
from formats.en16931.rounding.bound import unit_of
from formats.en16931.rounding.carrying_out import carried_out
from formats.en16931.rounding.cents import in_cents, lacking
from formats.en16931.rounding.ledger import explained, ledger_of
from formats.en16931.rounding.lines import GivingWay, mended
from formats.en16931.rounding.plans import least
from formats.en16931.rounding.proposal import (
    EN16931,
    PEPPOL,
    SDI,
    Change,
    Demands,
    NoRounding,
    Proposal,
    Step,
    is_italian,
)
from formats.en16931.rounding.telling import told

__all__ = [
    "EN16931",
    "PEPPOL",
    "SDI",
    "Change",
    "Demands",
    "NoRounding",
    "Proposal",
    "Step",
    "is_italian",
    "propose",
]


def propose(invoice: Invoice, demands: Demands) -> Proposal | NoRounding | None:
    """What to change; None where every sum is right already; a reason where what is wrong is no rounding.

    Nothing of the invoice changes but amounts, prices, percentages and new allowances or charges; never BT-115.
    """
    with exactly():
        absent = lacking(invoice)
        if absent is not None:
            return absent
        unit, exact = unit_of(invoice), mended(in_cents(invoice), demands, unit_of(invoice))
        if isinstance(exact, NoRounding):
            return exact
        ledger = ledger_of(exact, demands, unit)
        if isinstance(ledger, NoRounding):
            return ledger
        plan = least(ledger, GivingWay(invoice, exact, demands, unit))
        if plan is None:
            return explained(ledger)
        proposed = carried_out(exact, plan)
        steps = tuple(told(invoice, proposed, demands))
        return Proposal(proposed, steps) if steps else None
