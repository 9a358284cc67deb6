"""The uses of UBL on Peppol and in Germany, most special first: how to know them, and which rules they have."""

from collections.abc import Callable
from typing import Final

from formats.contract import Profile, on_invoice
from formats.en16931 import Invoice
from formats.en16931.checks import CHECKS
from formats.peppol.checks import PEPPOL_CHECKS, SELF_BILLING_CHECKS, XRECHNUNG, XRECHNUNG_CHECKS
from formats.peppol.writer import BUSINESS_PROCESS, SELF_BILLING, SELF_BILLING_PROCESS, SPECIFICATION

# Also older versions: they are XRechnung, and BR-DE-21 says that they are not the current one.
_XRECHNUNG_BEGINNINGS: Final = (
    "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_",
    "urn:cen.eu:en16931:2017#compliant#urn:xoev-de:kosit:standard:xrechnung_",
)


def _claims(*beginnings: str) -> Callable[[Invoice], bool]:
    def recognises(invoice: Invoice) -> bool:
        stated = invoice.process.specification if invoice.process else None
        return stated is not None and stated.startswith(beginnings)

    return recognises


PROFILES: Final = (
    Profile(
        name="xrechnung",
        specification=XRECHNUNG,
        recognises=_claims(*_XRECHNUNG_BEGINNINGS),
        check=on_invoice(CHECKS, XRECHNUNG_CHECKS),
        rules=(
            CHECKS,
            XRECHNUNG_CHECKS,
        ),
        business_process=BUSINESS_PROCESS,
    ),
    Profile(
        name="peppol-bis-3-self-billing",
        specification=SELF_BILLING,
        recognises=_claims(SELF_BILLING),
        check=on_invoice(CHECKS, SELF_BILLING_CHECKS),
        rules=(
            CHECKS,
            SELF_BILLING_CHECKS,
        ),
        business_process=SELF_BILLING_PROCESS,
    ),
    Profile(
        name="peppol-bis-3",
        specification=SPECIFICATION,
        recognises=_claims(SPECIFICATION),
        check=on_invoice(CHECKS, PEPPOL_CHECKS),
        rules=(
            CHECKS,
            PEPPOL_CHECKS,
        ),
        business_process=BUSINESS_PROCESS,
    ),
)
