"""The rules of Peppol BIS Billing 3 (2026.5), of its self-billing sister, and of XRechnung 3.0.2 on the model.

They come on top of EN 16931 (`formats.en16931.checks`), and a verdict is that of the official rules.

document    what the document says of itself and its process
codes       codes and their lists
amounts     allowances, charges, lines and prices
numbers     the numbers of parties in their registers
germany     Germany, under its two names (german_rule, german_payment)

Left to the syntax, for the model cannot be wrong there: PEPPOL-EN16931-R008 (empty elements), R043 and R044 (charge
indicators), R051 (the currency of each amount), R080, R100 and R101 (types and numbers of references), F001 (the form
of dates); the UBL reader has findings of its own for most of them. The other national rules (DK, GR, IS, IT, NL, NO,
SE), BR-DEX-* and BR-DE-CVD-* are not here yet.
"""

from collections.abc import Iterator
from typing import Final

from formats.checking import Check, CheckSet, Finding, Severity
from formats.en16931 import Invoice
from formats.peppol.checks import amounts, document
from formats.peppol.checks.codes import CODES
from formats.peppol.checks.document import FRANCE, WITH_RESPONSE, Billing
from formats.peppol.checks.germany import BETWEEN_GERMANS, IN_XRECHNUNG
from formats.peppol.checks.numbers import FORMS
from formats.peppol.writer import BUSINESS_PROCESS, SELF_BILLING, SELF_BILLING_PROCESS, SPECIFICATION

VERSION: Final = "2026.5"
XRECHNUNG_VERSION: Final = "3.0.2"
XRECHNUNG: Final = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
XRECHNUNG_SPECIFICATIONS: Final = (
    XRECHNUNG,
    f"{XRECHNUNG}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
    f"{XRECHNUNG}#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9",
)

BILLING: Final = Billing(
    specification=SPECIFICATION,
    processes=frozenset({BUSINESS_PROCESS, WITH_RESPONSE}) | FRANCE,
    typed_processes=frozenset({BUSINESS_PROCESS, WITH_RESPONSE}) | FRANCE,
    invoices=frozenset({
        "71", "80", "82", "84", "102", "218", "219", "326", "331", "380", "382", "383", "384", "386", "388", "393",
        "395", "553", "575", "623", "780", "817", "870", "875", "876", "877",
    }),
    credit_notes=frozenset({"381", "396", "81", "83", "532"}),
)  # fmt: skip
SELF_BILLED: Final = Billing(
    specification=SELF_BILLING,
    processes=frozenset({SELF_BILLING_PROCESS, WITH_RESPONSE}) | FRANCE,
    typed_processes=frozenset({SELF_BILLING_PROCESS}) | FRANCE,
    invoices=frozenset({"389", "527"}),
    credit_notes=frozenset({"261"}),
)


def _amounts(widens: bool, severity: Severity) -> tuple[Check[Invoice], ...]:
    return (
        amounts.amount_is_percentage_of_base(widens),
        amounts.percentage_has_a_base,
        amounts.base_has_a_percentage,
        amounts.net_price_is_gross_less_discount,
        amounts.line_does_not_begin_before_the_invoice,
        amounts.line_does_not_end_after_the_invoice,
        amounts.line_adds_up(widens, severity),
        amounts.base_quantity_is_positive,
        amounts.price_is_per_unit_of_the_line,
    )


# What Peppol and XRechnung share.
_SHARED: Final[tuple[Check[Invoice], ...]] = (
    document.PROCESS_STATED,
    document.vat_currency_differs,
    document.BUYER_ADDRESS_STATED,
    document.SELLER_ADDRESS_STATED,
    document.vat_total_has_a_breakdown,
    document.vat_total_in_vat_currency,
    document.vat_totals_have_one_sign,
    document.direct_debit_has_a_mandate,
)


def _billing(billing: Billing) -> tuple[Check[Invoice], ...]:
    return (
        *_SHARED,
        document.one_note_at_most,
        document.buyer_can_route_it,
        document.specification_begins(billing),
        document.process_is_known(billing),
        *document.type_fits(billing),
        document.german_type_between_germans,
        *_amounts(widens=False, severity=Severity.FATAL),
        *FORMS,
        *CODES,
        *BETWEEN_GERMANS,
    )


def _claims_xrechnung(invoice: Invoice) -> Iterator[Finding]:
    """BR-DE-21: BT-24 is one of the identifiers of XRechnung."""
    stated = document.process_of(invoice).specification
    if stated not in XRECHNUNG_SPECIFICATIONS:
        message = f"The specification identifier is {stated!r}, not that of XRechnung 3.0."
        yield Finding("BR-DE-21", "BG-2/BT-24", message, f"State {XRECHNUNG}.", Severity.WARNING)


PEPPOL_CHECKS: Final[CheckSet[Invoice]] = CheckSet("peppol-bis-3", VERSION, _billing(BILLING))
SELF_BILLING_CHECKS: Final[CheckSet[Invoice]] = CheckSet("peppol-bis-3-self-billing", VERSION, _billing(SELF_BILLED))
XRECHNUNG_CHECKS: Final[CheckSet[Invoice]] = CheckSet(
    "xrechnung",
    XRECHNUNG_VERSION,
    (
        *_SHARED,
        *_amounts(widens=True, severity=Severity.WARNING),
        Check("BR-DE-21", _claims_xrechnung),
        *IN_XRECHNUNG,
    ),
)
