"""The rules of Peppol BIS Billing 3 and of its self-billing sister, on UBL documents: 3.0.21, the release of May 2026.

They come on top of EN 16931, and a verdict is that of the official rules.

billing      where the two specifications differ
document     the document as a whole
amounts      amounts, allowances and charges
lines        lines, their periods and prices
codes        codes and dates
identifiers  the numbers of parties in their registers (numbers: their forms and check digits)
evaluation   values as the official rules take them
national     the rules of single countries, a module each
"""

from typing import Final

from formats.peppol.rules import amounts, codes, document, identifiers, lines, national
from formats.peppol.rules.billing import BILLING, Billing
from formats.peppol.rules.billing import SELF_BILLING as SELF_BILLED
from formats.ubl.assertions import Pattern, RuleSet, pattern

VERSION: Final = "2026.5"


def _patterns_of(billing: Billing) -> tuple[Pattern, ...]:
    """The rules that both specifications have; no two of their contexts overlap in the official set."""
    shared = (*document.RULES, *amounts.RULES, *lines.RULES, *identifiers.RULES, *codes.RULES)
    own = (document.process_and_specification(billing), *codes.type_codes(billing))
    return tuple(pattern(one) for one in (*own, *shared))


PEPPOL: Final = RuleSet(
    "peppol-bis-3",
    VERSION,
    (
        *_patterns_of(BILLING),
        pattern(amounts.tax_of_category),
        pattern(codes.german_type),
        *national.PATTERNS,
    ),
    warnings=identifiers.WARNINGS | national.WARNINGS,
)
SELF_BILLING: Final = RuleSet(
    "peppol-bis-3-self-billing", VERSION, _patterns_of(SELF_BILLED), warnings=identifiers.WARNINGS
)
