"""Rules of Peppol BIS Billing 3 about codes and dates: PEPPOL-EN16931-CL001 to CL006, F001, P0100 to P0112.

The lists are those of the rule set 2026.5; most are the lists of EN 16931.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from formats.en16931 import codes
from formats.peppol.participants import REGISTERS
from formats.peppol.rules.billing import Billing, is_between_germans, process_of
from formats.peppol.rules.evaluation import either, lone_text, minute_of
from formats.ubl.assertions import Fail, Rule, rule
from formats.ubl.tree import Element, Undecidable, normal, string_of

MEDIA_TYPES: Final = codes.MEDIA_TYPES
ALLOWANCE_REASONS: Final = codes.ALLOWANCE_REASONS
CHARGE_REASONS: Final = codes.CHARGE_REASONS
VAT_POINT_DATES: Final = codes.VAT_POINT_DATES
# São Tomé has a new dobra since 2018: EN 16931 still lists the old one.
CURRENCIES: Final = codes.CURRENCIES - {"STD"} | {"STN"}
# The rule set 2026.5 does not know these two, which the code list 9.7 has as active.
ENDPOINT_SCHEMES: Final = frozenset(code for code, one in REGISTERS.items() if one.is_active) - {"0158", "0205"}
# UNTDID 1001: partial and corrected invoice, which Peppol leaves to Germany.
GERMAN_TYPES: Final = frozenset({"326", "384"})
CATEGORIES: Final[Mapping[str, tuple[str, str]]] = {
    "VATEX-EU-G": ("PEPPOL-EN16931-P0104", "G"),
    "VATEX-EU-O": ("PEPPOL-EN16931-P0105", "O"),
    "VATEX-EU-IC": ("PEPPOL-EN16931-P0106", "K"),
    "VATEX-EU-AE": ("PEPPOL-EN16931-P0107", "AE"),
    "VATEX-EU-D": ("PEPPOL-EN16931-P0108", "E"),
    "VATEX-EU-F": ("PEPPOL-EN16931-P0109", "E"),
    "VATEX-EU-I": ("PEPPOL-EN16931-P0110", "E"),
    "VATEX-EU-J": ("PEPPOL-EN16931-P0111", "E"),
}
"""An exemption code of the VATEX list: the assertion about it, and the VAT category that it belongs to."""
_DATE_LENGTH: Final = len("2026-01-31")


@rule("cbc:EmbeddedDocumentBinaryObject", asserts="PEPPOL-EN16931-CL001")
def attachment(attachment: Element, fail: Fail) -> None:
    """Its media type is one that every receiver can open."""
    media_type = attachment.get("mimeCode")
    if media_type is not None and media_type not in MEDIA_TYPES:
        fail("PEPPOL-EN16931-CL001", attachment, media_type=media_type)


@rule("cac:AllowanceCharge", asserts="PEPPOL-EN16931-CL002 PEPPOL-EN16931-CL003")
def reason(one: Element, fail: Fail) -> None:
    """The reason of an allowance is from UNTDID 5189, that of a charge from UNTDID 7161."""
    reasons = one.named("cbc:AllowanceChargeReasonCode")
    if not reasons:
        return
    indicators = [string_of(indicator) for indicator in one.named("cbc:ChargeIndicator")]
    if "false" in indicators:
        _listed("PEPPOL-EN16931-CL002", reasons, ALLOWANCE_REASONS, fail)
    elif "true" in indicators:
        _listed("PEPPOL-EN16931-CL003", reasons, CHARGE_REASONS, fail)


@rule("cac:InvoicePeriod", asserts="PEPPOL-EN16931-CL006")
def vat_point_date(period: Element, fail: Fail) -> None:
    """BT-8 is a code of UNTDID 2005."""
    if stated := period.named("cbc:DescriptionCode"):
        _listed("PEPPOL-EN16931-CL006", stated, VAT_POINT_DATES, fail)


def _listed(assertion: str, stated: Sequence[Element], allowed: codes.Codes, fail: Fail) -> None:
    for code in stated:
        if lone_text((code,), code) not in allowed:
            fail(assertion, code)


def type_codes(billing: Billing) -> tuple[Rule, Rule]:
    """BT-3 of an invoice and of a credit note is a code of the process."""

    @rule("cbc:InvoiceTypeCode", asserts="PEPPOL-EN16931-P0100")
    def of_invoice(code: Element, fail: Fail) -> None:
        _fits("PEPPOL-EN16931-P0100", code, billing.invoices, fail)

    @rule("cbc:CreditNoteTypeCode", asserts="PEPPOL-EN16931-P0101")
    def of_credit_note(code: Element, fail: Fail) -> None:
        _fits("PEPPOL-EN16931-P0101", code, billing.credit_notes, fail)

    def _fits(assertion: str, code: Element, allowed: frozenset[str], fail: Fail) -> None:
        fits = either(
            lambda: fail.document.fact(process_of) not in billing.typed_processes,
            lambda: lone_text((code,), code) in allowed,
        )
        if not fits:
            fail(assertion, code, allowed=", ".join(sorted(allowed, key=int)))

    return of_invoice, of_credit_note


@rule("cbc:InvoiceTypeCode", asserts="PEPPOL-EN16931-P0112")
def german_type(code: Element, fail: Fail) -> None:
    """BT-3 is 326 or 384 among Germans only."""
    if normal(string_of(code)) in GERMAN_TYPES and not fail.document.fact(is_between_germans):
        fail("PEPPOL-EN16931-P0112", code)


@rule(
    *("cbc:IssueDate", "cbc:DueDate", "cbc:TaxPointDate", "cbc:StartDate", "cbc:EndDate", "cbc:ActualDeliveryDate"),
    asserts="PEPPOL-EN16931-F001",
)
def date(date: Element, fail: Fail) -> None:
    """It is written YYYY-MM-DD."""
    if minute_of(string_of(date)) is None:
        fail("PEPPOL-EN16931-F001", date)
        return
    texts = date.texts
    if len(texts) > 1:
        raise Undecidable(date, "a date is one text")
    if not texts or len(texts[0]) != _DATE_LENGTH:
        fail("PEPPOL-EN16931-F001", date)


@rule("cac:TaxCategory", asserts=" ".join(assertion for assertion, _ in CATEGORIES.values()))
def exemption(category: Element, fail: Fail) -> None:
    """An exemption code is stated under its own VAT category."""
    reasons = category.named("cbc:TaxExemptionReasonCode")
    if len(reasons) != 1:
        return
    code = string_of(reasons[0]).upper()
    if code not in CATEGORIES:
        return
    assertion, proposed = CATEGORIES[code]
    if (stated := category.trimmed("cbc:ID")) != proposed:
        fail(assertion, category.first.get("cbc:ID", category), code=code, stated=stated, proposed=proposed)


RULES: Final[tuple[Rule, ...]] = (attachment, reason, vat_point_date, date, exemption)
"""Those that regular billing and self-billing share; `german_type` is for regular billing alone."""
