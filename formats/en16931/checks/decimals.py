"""Amounts have two decimals at most: BR-DEC-01 to BR-DEC-28 (EN 16931-1 section 6.5.2).

Counted as written: 1.500 has three. The UBL binding of BR-DEC-13 and BR-DEC-15 (BT-110, BT-111) never fires in the
official rule set 1.3.16, for it compares with an element that is not there; UBL-DT-01 refuses those amounts instead.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Final

from formats.checking import Check, Finding
from formats.en16931.checks.groups import (
    ALLOWANCES,
    ANY_TOTALS,
    BREAKDOWN,
    CHARGES,
    LINE_ALLOWANCES,
    LINE_CHARGES,
    LINES,
    Group,
    Where,
)
from formats.en16931.invoice import Invoice
from formats.en16931.money import CENT, decimals_of

MOST: Final = 2


def in_cents(
    rule: str, where: Where[Group], term: str, what: str, amount_of: Callable[[Group], Decimal | None]
) -> Check[Invoice]:
    """The check that an amount of these groups has at most two decimals."""

    def too_fine(invoice: Invoice) -> Iterator[Finding]:
        for positions, group in where.found(invoice):
            amount = amount_of(group)
            if amount is not None and not amount.same_quantum(CENT) and decimals_of(amount) > MOST:
                yield Finding(
                    rule,
                    where.path_to(positions, term),
                    f"{where.called(positions)} states {amount} as {what}: {decimals_of(amount)} decimals.",
                    "Round the amount to two decimals.",
                )

    return Check(rule, too_fine)


DECIMALS: Final = (
    in_cents("BR-DEC-01", ALLOWANCES, "BT-92", "amount", lambda one: one.amount),
    in_cents("BR-DEC-02", ALLOWANCES, "BT-93", "base amount", lambda one: one.base),
    in_cents("BR-DEC-05", CHARGES, "BT-99", "amount", lambda one: one.amount),
    in_cents("BR-DEC-06", CHARGES, "BT-100", "base amount", lambda one: one.base),
    in_cents("BR-DEC-09", ANY_TOTALS, "BT-106", "sum of line net amounts", lambda one: one.line_net),
    in_cents("BR-DEC-10", ANY_TOTALS, "BT-107", "sum of allowances", lambda one: one.allowances),
    in_cents("BR-DEC-11", ANY_TOTALS, "BT-108", "sum of charges", lambda one: one.charges),
    in_cents("BR-DEC-12", ANY_TOTALS, "BT-109", "total without VAT", lambda one: one.without_vat),
    in_cents("BR-DEC-13", ANY_TOTALS, "BT-110", "total VAT", lambda one: one.vat),
    in_cents("BR-DEC-14", ANY_TOTALS, "BT-112", "total with VAT", lambda one: one.with_vat),
    in_cents("BR-DEC-15", ANY_TOTALS, "BT-111", "VAT in BT-6", lambda one: one.vat_in_accounting_currency),
    in_cents("BR-DEC-16", ANY_TOTALS, "BT-113", "paid amount", lambda one: one.paid),
    in_cents("BR-DEC-17", ANY_TOTALS, "BT-114", "rounding amount", lambda one: one.rounding),
    in_cents("BR-DEC-18", ANY_TOTALS, "BT-115", "amount due", lambda one: one.due),
    in_cents("BR-DEC-19", BREAKDOWN, "BT-116", "taxable amount", lambda one: one.taxable),
    in_cents("BR-DEC-20", BREAKDOWN, "BT-117", "tax amount", lambda one: one.tax),
    in_cents("BR-DEC-23", LINES, "BT-131", "net amount", lambda one: one.net_amount),
    in_cents("BR-DEC-24", LINE_ALLOWANCES, "BT-136", "amount", lambda one: one.amount),
    in_cents("BR-DEC-25", LINE_ALLOWANCES, "BT-137", "base amount", lambda one: one.base),
    in_cents("BR-DEC-27", LINE_CHARGES, "BT-141", "amount", lambda one: one.amount),
    in_cents("BR-DEC-28", LINE_CHARGES, "BT-142", "base amount", lambda one: one.base),
)  # fmt: skip
