"""The rules that amounts fail by rounding, by their ids: what the solver answers to."""

from typing import Final

# As the official rule set spells them: IC is intra-Community supply, AF the Canary Islands, AG Ceuta and Melilla.
_CATEGORIES: Final = ("S", "Z", "E", "AE", "IC", "G", "O", "AF", "AG")
TOTAL_RULES: Final = frozenset(
    (
        *(f"BR-CO-{number}" for number in range(10, 18)),
        *(f"BR-{category}-{number}" for category in _CATEGORIES for number in ("08", "09")),
        *(f"BR-DEC-{number:02}" for number in (1, 2, 5, 6, *range(9, 21), 23, 24, 25, 27, 28)),
        *(f"PEPPOL-EN16931-R{number}" for number in ("040", "046", "120")),
        *("00421", "00422", "00423"),
    )
)
