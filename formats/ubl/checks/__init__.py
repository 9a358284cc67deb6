"""The rules of EN 16931 on UBL documents, as CEN publishes them with the standard (version 1.3.16, 2026-04).

A module for each part of an invoice, for VAT categories (`vat`), for what UBL has beyond EN 16931 (`syntax_*`) and for
code lists. What they have in common stands in `conditions`, `claims`, `amounts`, `decimals` and `doubles`.
"""

from typing import Final

from formats.ubl.assertions import RuleSet
from formats.ubl.checks import (
    allowances,
    code_lists,
    decimals,
    document,
    lines,
    parties,
    payment,
    periods,
    syntax_occurrences,
    syntax_unwanted,
    syntax_values,
    totals,
    vat,
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
        *vat.PATTERNS,
        *syntax_occurrences.PATTERNS,
        *syntax_unwanted.PATTERNS,
        *syntax_values.PATTERNS,
        *code_lists.PATTERNS,
    ),
    warnings=frozenset({"BR-51"}) | syntax_unwanted.WARNINGS,
)
