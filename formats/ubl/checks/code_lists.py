"""Coded values are on their lists: BR-CL-01 to BR-CL-26 (EN 16931-1 section 6.5.5).

The lists are those of `formats.en16931.codes`, in the state of the official rule set 1.3.16. Which element is held
against which of them is a table; blanks around a code do no harm.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from formats.en16931 import codes
from formats.ubl.assertions import ANY_ROOT, ROOT, Fail, Pattern, Rule, pattern, rule
from formats.ubl.checks.allowance_charges import allowance_charges_of
from formats.ubl.tree import Element, normal, string_of

_OBJECT: Final = "130"
_SEPA: Final = "SEPA"


@dataclass(frozen=True, slots=True)
class Coded:
    """Where codes of one list stand.

    names:      the elements
    attribute:  that holds the code; empty where the element itself does
    parent:     the group that the elements stand in, empty for any
    is_needed:  whether an absent attribute is as wrong as one with an unknown code
    """

    id: str
    names: tuple[str, ...]
    allowed: codes.Codes
    attribute: str = ""
    parent: str = ""
    is_needed: bool = False


_AMOUNTS: Final = (
    "cbc:Amount",
    "cbc:BaseAmount",
    "cbc:PriceAmount",
    "cbc:TaxAmount",
    "cbc:TaxableAmount",
    "cbc:LineExtensionAmount",
    "cbc:TaxExclusiveAmount",
    "cbc:TaxInclusiveAmount",
    "cbc:AllowanceTotalAmount",
    "cbc:ChargeTotalAmount",
    "cbc:PrepaidAmount",
    "cbc:PayableRoundingAmount",
    "cbc:PayableAmount",
)
_QUANTITIES: Final = ("cbc:InvoicedQuantity", "cbc:BaseQuantity", "cbc:CreditedQuantity")
_ID: Final = ("cbc:ID",)
_COUNTRY: Final = ("cbc:IdentificationCode",)
_SCHEMES: Final = codes.IDENTIFIER_SCHEMES

TABLE: Final = (
    Coded("BR-CL-01", ("cbc:InvoiceTypeCode",), codes.INVOICE_TYPES),
    Coded("BR-CL-01", ("cbc:CreditNoteTypeCode",), codes.CREDIT_NOTE_TYPES),
    Coded("BR-CL-03", _AMOUNTS, codes.CURRENCIES, "currencyID", is_needed=True),
    Coded("BR-CL-04", ("cbc:DocumentCurrencyCode",), codes.CURRENCIES),
    Coded("BR-CL-05", ("cbc:TaxCurrencyCode",), codes.CURRENCIES),
    Coded("BR-CL-06", ("cbc:DescriptionCode",), codes.VAT_POINT_DATES, parent="cac:InvoicePeriod"),
    Coded("BR-CL-11", ("cbc:CompanyID",), _SCHEMES, "schemeID", "cac:PartyLegalEntity"),
    Coded("BR-CL-13", ("cbc:ItemClassificationCode",), codes.ITEM_CLASSES, "listID", "cac:CommodityClassification"),
    Coded("BR-CL-14", _COUNTRY, codes.COUNTRIES, parent="cac:Country"),
    Coded("BR-CL-15", _COUNTRY, codes.COUNTRIES, parent="cac:OriginCountry"),
    Coded("BR-CL-16", ("cbc:PaymentMeansCode",), codes.PAYMENT_MEANS, parent="cac:PaymentMeans"),
    Coded("BR-CL-17", _ID, codes.VAT_CATEGORIES, parent="cac:TaxCategory"),
    Coded("BR-CL-18", _ID, codes.VAT_CATEGORIES, parent="cac:ClassifiedTaxCategory"),
    Coded("BR-CL-21", _ID, _SCHEMES, "schemeID", "cac:StandardItemIdentification"),
    Coded("BR-CL-23", _QUANTITIES, codes.UNITS, "unitCode"),
    Coded("BR-CL-25", ("cbc:EndpointID",), codes.ENDPOINT_SCHEMES, "schemeID"),
    Coded("BR-CL-26", _ID, _SCHEMES, "schemeID", "cac:DeliveryLocation"),
)


def _rule(row: Coded) -> Rule:
    """The rule that holds one row against a document: on the elements, or on the groups they stand in."""
    if not row.parent:
        return rule(*row.names, asserts=row.id)(_of_elements(row))
    return rule(row.parent, asserts=row.id)(_of_groups(row))


def _of_elements(row: Coded) -> Callable[[Element, Fail], None]:
    attribute, allowed = row.attribute, row.allowed

    def of_element(element: Element, fail: Fail) -> None:
        code = element.get(attribute) if attribute else string_of(element)
        if code is None:
            if row.is_needed:
                fail(row.id, element, code="")
        elif code not in allowed:
            _unlisted(row.id, element, code, allowed, fail)

    return of_element


def _of_groups(row: Coded) -> Callable[[Element, Fail], None]:
    of_element = _of_elements(row)

    def of_group(group: Element, fail: Fail) -> None:
        for name in row.names:
            for element in group.named(name):
                of_element(element, fail)

    return of_group


def _unlisted(rule_id: str, element: Element, code: str, allowed: codes.Codes, fail: Fail) -> None:
    """Tell a code that is on its list neither as it stands nor without blanks around it."""
    trimmed = normal(code)
    if trimmed in allowed:
        return
    capitals = trimmed.upper()
    fail(rule_id, element, code=trimmed, **({"proposed": capitals} if capitals in allowed else {}))


@rule("cac:AdditionalDocumentReference", "cac:DocumentReference", asserts="BR-CL-07")
def scheme_of_object(reference: Element, fail: Fail) -> None:
    """BT-18-1 and BT-128-1."""
    if any(string_of(one) == _OBJECT for one in reference.named("cbc:DocumentTypeCode")):
        for element in reference.named("cbc:ID"):
            code = element.get("schemeID")
            if code is not None:
                _unlisted("BR-CL-07", element, code, codes.OBJECT_SCHEMES, fail)


# As the official rule has it: three letters are looked for in the list from end to end, blanks between codes and all.
_NOTE_SUBJECTS: Final = f" {' '.join(sorted(codes.NOTE_SUBJECTS))} "
_SUBJECT_LENGTH: Final = 3


@rule(ROOT, asserts="BR-CL-08")
def subject_of_note(invoice: Element, fail: Fail) -> None:
    """BT-21, which stands in front of BT-22 between two signs: `#AAI#Text`."""
    for note in invoice.named("cbc:Note"):
        subject = string_of(note).partition("#")[2]
        code, closed, _ = subject.partition("#")
        if closed and len(code) == _SUBJECT_LENGTH and code not in _NOTE_SUBJECTS:
            fail("BR-CL-08", note, code=code)


@rule("cac:PartyIdentification", asserts="BR-CL-10")
def scheme_of_party(identification: Element, fail: Fail) -> None:
    """BT-29-1, BT-46-1 and BT-60-1; for seller and payee also the creditor identifier of SEPA (BT-90)."""
    for element in identification.named("cbc:ID"):
        code = element.get("schemeID")
        if code is None or code in _SCHEMES or normal(code) in _SCHEMES:
            continue
        if normal(code) != _SEPA or not (
            element.above("cac:AccountingSupplierParty") or element.above("cac:PayeeParty")
        ):
            fail("BR-CL-10", element, code=normal(code))


@rule(ANY_ROOT, asserts="BR-CL-19 BR-CL-20")
def reason_of_allowance_or_charge(_: Element, fail: Fail) -> None:
    """BT-98 and BT-140, BT-105 and BT-145."""
    for one in fail.document.fact(allowance_charges_of):
        if one.is_allowance:
            _reasons("BR-CL-19", one.group, codes.ALLOWANCE_REASONS, fail)
        elif one.is_charge:
            _reasons("BR-CL-20", one.group, codes.CHARGE_REASONS, fail)


def _reasons(rule_id: str, group: Element, allowed: codes.Codes, fail: Fail) -> None:
    for element in group.named("cbc:AllowanceChargeReasonCode"):
        _unlisted(rule_id, element, string_of(element), allowed, fail)


@rule("cbc:TaxExemptionReasonCode", asserts="BR-CL-22")
def exemption_reason(element: Element, fail: Fail) -> None:
    """BT-121, in capitals or not."""
    code = normal(string_of(element).upper())
    if code not in codes.EXEMPTION_REASONS:
        fail("BR-CL-22", element, code=code)


@rule("cbc:EmbeddedDocumentBinaryObject", asserts="BR-CL-24")
def media_type(element: Element, fail: Fail) -> None:
    """BT-125-1, to the letter."""
    code = element.get("mimeCode")
    if code is not None and code not in codes.MEDIA_TYPES:
        fail("BR-CL-24", element, code=code)


def _patterns(rules: Iterable[Rule]) -> tuple[Pattern, ...]:
    return tuple(pattern(one) for one in rules)


PATTERNS: Final = (
    *_patterns(_rule(row) for row in TABLE),
    pattern(scheme_of_object),
    pattern(subject_of_note),
    pattern(scheme_of_party),
    pattern(reason_of_allowance_or_charge),
    pattern(exemption_reason),
    pattern(media_type),
)
