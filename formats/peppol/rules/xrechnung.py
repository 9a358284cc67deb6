"""XRechnung 3.0.2: what Germany asks (`germany`), what its extension and its rules on clean vehicles add, and the
rules that it shares with Peppol: some are warnings here, and amounts in forints may be wider of the mark.
"""

from decimal import Decimal
from typing import Final

from formats.peppol.rules import amounts, document, germany, lines, xrechnung_cvd, xrechnung_extension
from formats.peppol.rules.billing import BILLING, currencies_of
from formats.peppol.rules.comparisons import says
from formats.peppol.rules.countries import is_invoice
from formats.peppol.rules.naming import under_names
from formats.peppol.rules.xrechnung_identifiers import SPECIFICATIONS, XRECHNUNG_ID
from formats.ubl.assertions import ROOT, Fail, Rule, RuleSet, pattern, rule
from formats.ubl.tree import Document, Element

VERSION: Final = "3.0.2"
FORINT: Final = "HUF"
FORINT_TOLERANCE: Final = Decimal("0.5")
LINE_OBJECT_TYPE: Final = "PEPPOL-EN16931-R101"


def tolerance(invoice: Document) -> Decimal:
    """Half a forint, two cents of other currencies."""
    return FORINT_TOLERANCE if FORINT in invoice.fact(currencies_of) else amounts.TOLERANCE


@rule("ubl:Invoice", "cn:CreditNote", asserts="PEPPOL-EN16931-R001")
def business_process(invoice: Element, fail: Fail) -> None:
    """BT-23 is stated, whatever it says."""
    if "cbc:ProfileID" not in invoice.first:
        fail("PEPPOL-EN16931-R001", invoice, proposed=BILLING.process)


@rule(ROOT, asserts="BR-DE-21", matches=is_invoice)
def specification(invoice: Element, fail: Fail) -> None:
    """BT-24 is that of XRechnung, of its extension or of its rules on clean vehicles."""
    stated = invoice.named("cbc:CustomizationID")
    if not says(stated, *SPECIFICATIONS):
        fail("BR-DE-21", stated[0] if stated else invoice, proposed=XRECHNUNG_ID)


@rule(ROOT, asserts="BR-DE-TMP-32", matches=is_invoice)
def day_of_delivery(invoice: Element, fail: Fail) -> None:
    """BT-72, BG-14, or BG-26 in every line."""
    if invoice.has("cac:Delivery", "cbc:ActualDeliveryDate") or "cac:InvoicePeriod" in invoice.first:
        return
    positions = (line for name in ("cac:InvoiceLine", "cac:CreditNoteLine") for line in invoice.named(name))
    if not all("cac:InvoicePeriod" in line.first for line in positions):
        fail("BR-DE-TMP-32", invoice)


SHARED_WITH_PEPPOL: Final[tuple[Rule, ...]] = (
    document.nothing_is_empty,
    business_process,
    document.vat_totals,
    document.vat_currency_differs,
    document.buyer_has_an_address,
    document.seller_has_an_address,
    document.direct_debit_has_a_mandate,
    amounts.allowances_and_charges(tolerance),
    lines.period_of_line,
    lines.net_amounts(tolerance),
    under_names(lines.object_of_line, {LINE_OBJECT_TYPE: LINE_OBJECT_TYPE}),
    lines.unit_of_price,
)

XRECHNUNG: Final = RuleSet(
    "xrechnung",
    VERSION,
    tuple(
        pattern(one)
        for one in (
            *SHARED_WITH_PEPPOL,
            *germany.RULES,
            specification,
            day_of_delivery,
            *xrechnung_extension.RULES,
            *xrechnung_cvd.RULES,
        )
    ),
    warnings=germany.RULES_OF_LESS_WEIGHT | {"BR-DE-21", "BR-DEX-02", "PEPPOL-EN16931-R120"},
    information=frozenset({"BR-DE-TMP-32"}),
)
