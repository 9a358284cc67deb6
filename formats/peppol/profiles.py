"""The uses of UBL on Peppol and in Germany, most special first: how to know them, and which rules they have."""

from collections.abc import Callable
from typing import Final

from formats.contract import Profile
from formats.en16931 import Invoice
from formats.peppol.rules import PEPPOL, SELF_BILLING
from formats.peppol.rules.xrechnung import XRECHNUNG
from formats.peppol.writer import BUSINESS_PROCESS, SELF_BILLING_PROCESS, SPECIFICATION
from formats.peppol.writer import SELF_BILLING as SELF_BILLING_SPECIFICATION
from formats.ubl.assertions import RuleSet
from formats.ubl.checks import EN16931
from formats.ubl.verdict import by_rules

XRECHNUNG_SPECIFICATION: Final = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
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


def _use(rules: RuleSet, specification: str, process: str, *beginnings: str) -> Profile:
    """A use of UBL that has these rules on top of EN 16931. beginnings: of what it may claim (BT-24)."""
    return Profile(
        name=rules.name,
        specification=specification,
        recognises=_claims(*(beginnings or (specification,))),
        check=by_rules(EN16931, rules),
        rules=(EN16931, rules),
        business_process=process,
    )


PROFILES: Final = (
    _use(XRECHNUNG, XRECHNUNG_SPECIFICATION, BUSINESS_PROCESS, *_XRECHNUNG_BEGINNINGS),
    _use(SELF_BILLING, SELF_BILLING_SPECIFICATION, SELF_BILLING_PROCESS),
    _use(PEPPOL, SPECIFICATION, BUSINESS_PROCESS),
)
