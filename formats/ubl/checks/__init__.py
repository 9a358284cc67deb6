"""The rules of EN 16931 on UBL documents, as CEN publishes them with the standard (version 1.3.16, 2026-04).

A module for each part of an invoice; `conditions`, `amounts` and `decimals` are what they have in common.
"""

from typing import Final

from formats.ubl.assertions import RuleSet
from formats.ubl.checks import (
    allowances,
    decimals,
    document,
    lines,
    parties,
    payment,
    periods,
    totals,
    vat_totals,
)

VERSION: Final = "1.3.16"

EN16931: Final = RuleSet(
    "en16931",
    VERSION,
    (
        *document.PATTERNS,
        *parties.PATTERNS,
        *payment.PATTERNS,
        *periods.PATTERNS,
        *lines.PATTERNS,
        *allowances.PATTERNS,
        *totals.PATTERNS,
        *vat_totals.PATTERNS,
        *decimals.PATTERNS,
    ),
    warnings=frozenset({"BR-51"}),
)
