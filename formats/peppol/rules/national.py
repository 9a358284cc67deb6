"""The national rules inside Peppol BIS Billing 3; self-billing has none of them."""

from typing import Final

from formats.peppol.rules import denmark, germany, greece, iceland, italy, netherlands, norway, sweden
from formats.ubl.assertions import Pattern

PATTERNS: Final[tuple[Pattern, ...]] = (
    *norway.PATTERNS,
    *denmark.PATTERNS,
    *italy.PATTERNS,
    *sweden.PATTERNS,
    *greece.PATTERNS,
    *iceland.PATTERNS,
    *netherlands.PATTERNS,
    *germany.PATTERNS,
)
WARNINGS: Final = norway.WARNINGS | sweden.WARNINGS | greece.WARNINGS | iceland.WARNINGS | germany.WARNINGS
