"""The rules of EN 16931-1 section 6.4 on the model, in the state of the official rule set 1.3.16 (2026-04).

mandatory, dates, payment, conditions    what must be stated: BR-01 to BR-65, BR-CO-03 to BR-CO-26
arithmetic, decimals                     what must add up, and how finely: BR-CO-10 to BR-CO-17, BR-DEC-*
vat, vat_special                         what a VAT category demands: BR-S-*, BR-Z-*, ... (rows in `vat_categories`)
code_lists                               which codes may be used: BR-CL-*
groups                                   where the groups of an invoice stand, and what they are called

A verdict is the same as that of the official rules on the UBL of the invoice; departures are told where they are.
Left out, because nothing could ever fail them: BR-CO-05 to -08 (reason and code mean the same: nobody can tell).
Left to the syntax: BR-CL-03, the UBL-* rules. Not part of 1.3.16 any more: BR-CO-25.
"""

from typing import Final

from formats.checking import CheckSet, checks_in
from formats.en16931.checks import arithmetic, conditions, dates, mandatory, payment, vat_special
from formats.en16931.checks.code_lists import CODES
from formats.en16931.checks.decimals import DECIMALS
from formats.en16931.checks.vat import VAT
from formats.en16931.invoice import Invoice

VERSION: Final = "1.3.16"

CHECKS: Final[CheckSet[Invoice]] = CheckSet(
    "en16931",
    VERSION,
    (
        *mandatory.DOCUMENT,
        *mandatory.PARTS,
        *mandatory.REASONS,
        *mandatory.LINE_REASONS,
        *checks_in(mandatory.__name__, dates.__name__, payment.__name__, conditions.__name__, arithmetic.__name__),
        *DECIMALS,
        *VAT,
        *checks_in(vat_special.__name__),
        *CODES,
    ),
)
