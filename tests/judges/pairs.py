"""Which of our rule sets stands against which official one, and which of them make up each profile."""

from collections.abc import Mapping
from typing import Final

from formats.peppol.rules import PEPPOL, SELF_BILLING
from formats.peppol.rules.xrechnung import XRECHNUNG
from formats.ubl.checks import EN16931
from tests import judge
from tests.judges.sides import Pair

CORE: Final = Pair(EN16931, judge.EN16931)
PAIRS: Final = (
    CORE,
    Pair(PEPPOL, judge.PEPPOL),
    Pair(SELF_BILLING, judge.SELF_BILLING),
    Pair(XRECHNUNG, judge.XRECHNUNG),
)
PROFILES: Final[Mapping[str, tuple[Pair, ...]]] = {
    "en16931": (CORE,),
    "peppol-bis-3": (CORE, PAIRS[1]),
    "peppol-bis-3-self-billing": (CORE, PAIRS[2]),
    "xrechnung": (CORE, PAIRS[3]),
}
