"""How much is rounding, and from where on it is a mistake that only the sender can correct.

A cent for each line, each allowance or charge of the document and each row of the VAT breakdown, and never as much as
1.00: EN 16931 itself takes less than that where it lets a tax differ (BR-CO-17). Where a currency is counted without
decimals a unit stands in for the cent. The amount due may besides be rounded to the coins that are in use.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from formats.en16931.invoice import Invoice, Totals
from formats.en16931.money import CENT, ZERO

MOST_UNITS: Final = 99
# Currencies in which many write no decimals: those without any by ISO 4217, and the forint, whose filler are gone.
WITHOUT_DECIMALS: Final = frozenset(
    {"CLP", "HUF", "ISK", "JPY", "KRW", "PYG", "RWF", "UGX", "VND", "XAF", "XOF", "XPF"}
)
# The smallest coin that an amount due is rounded to.
COINS: Final[Mapping[str, Decimal]] = {
    "CHF": Decimal("0.05"),
    "CZK": Decimal(1),
    "DKK": Decimal("0.50"),
    "EUR": Decimal("0.05"),
    "HUF": Decimal(5),
    "ISK": Decimal(1),
    "NOK": Decimal(1),
    "SEK": Decimal(1),
}


def unit_of(invoice: Invoice) -> Decimal:
    """What the amounts of an invoice are counted in: cents, or whole units of a currency written without decimals."""
    if invoice.currency not in WITHOUT_DECIMALS:
        return CENT
    totals = invoice.totals or Totals()
    stated = [line.net_amount for line in invoice.lines]
    stated += [totals.line_net, totals.without_vat, totals.vat, totals.with_vat, totals.due]
    return Decimal(1) if all(amount is None or amount == amount.to_integral_value() for amount in stated) else CENT


def units_of_slack(invoice: Invoice) -> int:
    """How many units may have come of rounding."""
    places = len(invoice.lines) + len(invoice.allowances) + len(invoice.charges) + len(invoice.vat_breakdown)
    return min(places, MOST_UNITS)


def is_rounded_to_coins(currency: str | None, due: Decimal, rounding: Decimal) -> bool:
    """Whether a rounding amount (BT-114) does no more than make the amount due payable in coins."""
    coin = COINS.get(currency or "")
    return coin is not None and due % coin == ZERO and abs(rounding) * 2 <= coin
