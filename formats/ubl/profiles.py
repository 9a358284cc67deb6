"""The uses of UBL that this format knows by itself: EN 16931-1, whose rules every European invoice keeps.

More special profiles on UBL (Peppol BIS Billing 3, XRechnung) are rows of `formats.peppol`.
"""

from typing import Final

from formats.contract import Profile
from formats.en16931 import Invoice
from formats.ubl.checks import EN16931
from formats.ubl.verdict import by_rules
from formats.ubl.writer import CORE_SPECIFICATION


def _is_european(invoice: Invoice) -> bool:  # noqa: ARG001 - whatever it claims besides, these rules apply
    """Whether the rules of EN 16931-1 apply: always; a specialisation (BT-24) adds rules, it takes none away."""
    return True


PROFILES: Final = (
    Profile(
        name="en16931",
        specification=CORE_SPECIFICATION,
        recognises=_is_european,
        check=by_rules(EN16931),
        rules=(EN16931,),
    ),
)
