"""How often something may be stated, where UBL allows it more often than EN 16931 does: UBL-SR-*."""

from collections.abc import Iterator, Sequence
from typing import Final

from formats.ubl.assertions import ANY_ROOT, ROOT, Fail, Pattern, pattern, rule
from formats.ubl.checks.allowance_charges import allowance_charges_of
from formats.ubl.tree import Document, Element, string_of

Path = tuple[str, ...]


def _paths(table: str) -> tuple[tuple[str, Path], ...]:
    rows = (line.split() for line in table.strip().splitlines())
    return tuple((f"UBL-SR-{number}", tuple(path.split("/"))) for number, path in rows)


# What a group may hold once at most.
OF_DOCUMENT: Final = _paths("""
01 cac:ContractDocumentReference/cbc:ID
02 cac:ReceiptDocumentReference/cbc:ID
03 cac:DespatchDocumentReference/cbc:ID
05 cac:PaymentTerms/cbc:Note
08 cac:InvoicePeriod
09 cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName
10 cac:AccountingSupplierParty/cac:Party/cac:PartyName/cbc:Name
11 cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID
14 cac:AccountingSupplierParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyLegalForm
15 cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:RegistrationName
16 cac:AccountingCustomerParty/cac:Party/cac:PartyIdentification/cbc:ID
17 cac:AccountingCustomerParty/cac:Party/cac:PartyLegalEntity/cbc:CompanyID
24 cac:Delivery
39 cac:ProjectReference/cbc:ID
40 cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name
45 cac:PaymentMeans/cbc:PaymentDueDate
49 cac:InvoicePeriod/cbc:DescriptionCode
54 cac:PaymentMeans/cac:CardAccount
55 cac:PaymentMeans/cac:PaymentMandate
56 cac:OriginatorDocumentReference/cbc:ID
""")
OF_LINE: Final = _paths("""
34 cbc:Note
35 cac:OrderLineReference/cbc:LineID
36 cac:InvoicePeriod
37 cac:Price/cac:AllowanceCharge/cbc:Amount
50 cac:Item/cbc:Description
52 cac:DocumentReference
""")
OF_ADDRESS: Final = _paths("51 cac:AddressLine")
OF_DELIVERY: Final = _paths("25 cac:DeliveryParty/cac:PartyName/cbc:Name")
OF_REFERENCE: Final = _paths("33 cbc:DocumentDescription")
OF_PAYMENT: Final = _paths("""
26 cbc:PaymentID
27 cbc:PaymentMeansCode
28 cac:PaymentMandate/cbc:ID
""")
OF_PRECEDING: Final = _paths("06 cac:InvoiceDocumentReference")
OF_REPRESENTATIVE: Final = _paths("""
22 cac:PartyName/cbc:Name
23 cac:PartyTaxScheme/cbc:CompanyID
""")
OF_SUBTOTAL: Final = _paths("32 cac:TaxCategory/cbc:TaxExemptionReason")
_SEPA: Final = "SEPA"
_VAT: Final = "VAT"


def _ids(*tables: Sequence[tuple[str, Path]]) -> str:
    return " ".join(rule_id for table in tables for rule_id, _ in table)


def _at_most_once(group: Element, table: Sequence[tuple[str, Path]], fail: Fail) -> None:
    """Tell what a group holds more than once, at the second."""
    for rule_id, path in table:
        _tell_second(rule_id, _found(group, path), fail)


def _found(group: Element, path: Path) -> Sequence[Element]:
    """All elements at a path; quick where no name repeats on the way, which is nearly always so."""
    inner = group
    for name in path:
        if inner.more is not None and name in inner.more:
            return group.all(*path)
        child = inner.first.get(name)
        if child is None:
            return ()
        inner = child
    return (inner,)


def _tell_second(rule_id: str, found: Sequence[Element], fail: Fail) -> None:
    if len(found) > 1:
        fail(rule_id, found[1], times=len(found))


@rule(ROOT, asserts=_ids(OF_DOCUMENT))
def document_states_once(invoice: Element, fail: Fail) -> None:
    """References, terms, period, delivery, names and registrations of the parties."""
    _at_most_once(invoice, OF_DOCUMENT, fail)


@rule(ROOT, asserts="UBL-SR-04 UBL-SR-12 UBL-SR-13 UBL-SR-18 UBL-SR-29 UBL-SR-46")
def document_states_of_a_kind_once(invoice: Element, fail: Fail) -> None:
    """Of references, registrations, identifiers and codes, those of one kind."""
    references = invoice.named("cac:AdditionalDocumentReference")
    objects = [one for one in references if _says(one, "cbc:DocumentTypeCode", "130")]
    _tell_second("UBL-SR-04", [one for group in objects for one in group.named("cbc:ID")], fail)
    for rule_id, role, is_vat in (
        ("UBL-SR-12", "cac:AccountingSupplierParty", True),
        ("UBL-SR-13", "cac:AccountingSupplierParty", False),
        ("UBL-SR-18", "cac:AccountingCustomerParty", True),
    ):
        registrations = invoice.all(role, "cac:Party", "cac:PartyTaxScheme")
        named = [one for group in registrations if _is_of(group, is_vat) for one in group.named("cbc:CompanyID")]
        _tell_second(rule_id, named, fail)
    identifiers = (one for group in fail.document.named("cac:PartyIdentification") for one in group.named("cbc:ID"))
    _tell_second("UBL-SR-29", [one for one in identifiers if _scheme(one) == _SEPA], fail)
    codes = invoice.all("cac:PaymentMeans", "cbc:PaymentMeansCode")
    _tell_second("UBL-SR-46", [one for one in codes if one.get("name") is not None], fail)


def _says(group: Element, name: str, value: str) -> bool:
    return any(string_of(one) == value for one in group.named(name))


def _is_of(registration: Element, is_vat: bool) -> bool:
    """Whether one of its tax schemes is VAT, or is another. Raises Undecidable where a scheme has several codes."""
    return any((one.string("cbc:ID").upper() == _VAT) is is_vat for one in registration.named("cac:TaxScheme"))


def _scheme(identifier: Element) -> str:
    return (identifier.get("schemeID") or "").upper()


@rule(ROOT, asserts="UBL-SR-44 UBL-SR-47")
def payment_is_told_alike(_: Element, fail: Fail) -> None:
    """However often a remittance information (BT-83) or a payment means code (BT-81) is stated, it is the same."""
    for rule_id, name in (("UBL-SR-44", "cbc:PaymentID"), ("UBL-SR-47", "cbc:PaymentMeansCode")):
        other = next(_unlike_before(fail.document.named(name)), None)
        if other is not None:
            fail(rule_id, other)


def _unlike_before(elements: Sequence[Element]) -> Iterator[Element]:
    """From the second on, those whose value no element before it has; an element around it is not before it."""
    before: set[str] = set()
    around: list[tuple[Element, str]] = []
    for position, element in enumerate(elements):
        value = string_of(element)
        while around and not _is_in(element, around[-1][0]):
            before.add(around.pop()[1])
        if position and value not in before:
            yield element
        around.append((element, value))


def _is_in(element: Element, other: Element) -> bool:
    above = element.parent
    while above is not None and above is not other:
        above = above.parent
    return above is not None


@rule("cac:PostalAddress", "cac:Address", asserts=_ids(OF_ADDRESS))
def address(group: Element, fail: Fail) -> None:
    """One third line (BT-162 and its like)."""
    _at_most_once(group, OF_ADDRESS, fail)


@rule("cac:AccountingSupplierParty", asserts="UBL-SR-42")
def seller(group: Element, fail: Fail) -> None:
    """One VAT identifier and one tax registration (BT-31, BT-32)."""
    for party in group.named("cac:Party"):
        registrations = party.named("cac:PartyTaxScheme")
        if len(registrations) > 2:
            fail("UBL-SR-42", registrations[2], times=len(registrations))


@rule("cac:AdditionalDocumentReference", asserts=f"{_ids(OF_REFERENCE)} UBL-SR-43")
def additional_document(group: Element, fail: Fail) -> None:
    """A scheme and a type code belong to an invoiced object (BT-18), or in a credit note to type 50."""
    _at_most_once(group, OF_REFERENCE, fail)
    if _says(group, "cbc:DocumentTypeCode", "130"):
        return
    if _is_credit_note(fail.document) and _says(group, "cbc:DocumentTypeCode", "50"):
        return
    schemed = next((one for one in group.named("cbc:ID") if one.get("schemeID") is not None), None)
    wrong = group.first.get("cbc:DocumentTypeCode", schemed)
    if wrong is not None:
        fail("UBL-SR-43", wrong)


def _is_credit_note(document: Document) -> bool:
    return document.root.name.endswith(("}CreditNote", ":CreditNote"))


@rule("cac:Delivery", asserts=_ids(OF_DELIVERY))
def delivery(group: Element, fail: Fail) -> None:
    """One name (BT-70)."""
    _at_most_once(group, OF_DELIVERY, fail)


@rule(ANY_ROOT, asserts="UBL-SR-30 UBL-SR-31")
def allowances_and_charges(_: Element, fail: Fail) -> None:
    """One reason each (BT-97, BT-104), wherever they stand."""
    for one in fail.document.fact(allowance_charges_of):
        if one.is_allowance or one.is_charge:
            reasons = one.group.named("cbc:AllowanceChargeReason")
            _tell_second("UBL-SR-30" if one.is_allowance else "UBL-SR-31", reasons, fail)


@rule("cac:PartyTaxScheme", asserts="UBL-SR-53")
def tax_registration(group: Element, fail: Fail) -> None:
    """A tax scheme says its code, and the identifier that the party has in it."""
    if not (group.has("cbc:CompanyID") and group.has("cac:TaxScheme", "cbc:ID")):
        fail("UBL-SR-53", group)


@rule("cac:InvoiceLine", "cac:CreditNoteLine", asserts=f"{_ids(OF_LINE)} UBL-SR-48")
def line(group: Element, fail: Fail) -> None:
    """One note, period, reference, discount and description; exactly one VAT category (BG-30)."""
    _at_most_once(group, OF_LINE, fail)
    categories = _found(group, ("cac:Item", "cac:ClassifiedTaxCategory"))
    if len(categories) != 1:
        fail("UBL-SR-48", categories[1] if categories else group, times=len(categories))


@rule("cac:PayeeParty", asserts="UBL-SR-19 UBL-SR-20 UBL-SR-21")
def payee(group: Element, fail: Fail) -> None:
    """One name, identifier and registration (BT-59 to BT-61), and another name than the seller's."""
    names = group.all("cac:PartyName", "cbc:Name")
    identifiers = [one for one in group.all("cac:PartyIdentification", "cbc:ID") if _scheme(one) != _SEPA]
    registrations = group.all("cac:PartyLegalEntity", "cbc:CompanyID")
    is_other = _differs_from_seller(names, group.parent)
    for rule_id, found in (("UBL-SR-19", names), ("UBL-SR-20", identifiers), ("UBL-SR-21", registrations)):
        if len(found) > 1:
            fail(rule_id, found[1], times=len(found))
        elif not is_other:
            fail(rule_id, names[0] if names else group, times=len(found))


def _differs_from_seller(names: Sequence[Element], around: Element | None) -> bool:
    """Whether some name of the payee is not some name of the seller; both must be stated."""
    path = ("cac:AccountingSupplierParty", "cac:Party", "cac:PartyLegalEntity", "cbc:RegistrationName")
    of_seller = {string_of(one) for one in around.all(*path)} if around is not None else set()
    of_payee = {string_of(one) for one in names}
    return bool(of_payee and of_seller) and (len(of_payee | of_seller) > 1)


@rule("cac:PaymentMeans", asserts=_ids(OF_PAYMENT))
def payment_means(group: Element, fail: Fail) -> None:
    """One remittance information, code and mandate."""
    _at_most_once(group, OF_PAYMENT, fail)


@rule("cac:BillingReference", asserts=f"{_ids(OF_PRECEDING)} UBL-SR-07")
def preceding_invoice(group: Element, fail: Fail) -> None:
    """One preceding invoice (BG-3), with its number (BT-25)."""
    _at_most_once(group, OF_PRECEDING, fail)
    if not group.has("cac:InvoiceDocumentReference", "cbc:ID"):
        fail("UBL-SR-07", group)


@rule("cac:TaxRepresentativeParty", asserts=_ids(OF_REPRESENTATIVE))
def tax_representative(group: Element, fail: Fail) -> None:
    """One name and VAT identifier (BT-62, BT-63)."""
    _at_most_once(group, OF_REPRESENTATIVE, fail)


@rule("cac:TaxSubtotal", asserts=_ids(OF_SUBTOTAL))
def vat_breakdown(group: Element, fail: Fail) -> None:
    """One exemption reason in words (BT-120)."""
    _at_most_once(group, OF_SUBTOTAL, fail)


PATTERNS: tuple[Pattern, ...] = (
    pattern(document_states_once),
    pattern(document_states_of_a_kind_once),
    pattern(payment_is_told_alike),
    pattern(address),
    pattern(seller),
    pattern(additional_document),
    pattern(delivery),
    pattern(allowances_and_charges),
    pattern(tax_registration),
    pattern(line),
    pattern(payee),
    pattern(payment_means),
    pattern(preceding_invoice),
    pattern(tax_representative),
    pattern(vat_breakdown),
)
