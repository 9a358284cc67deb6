"""Rules of Peppol BIS Billing 3 about the document as a whole: PEPPOL-EN16931-R001 to R020, R053 to R061, R080."""

from collections.abc import Iterator
from typing import Final

from formats.peppol.rules.billing import Billing, is_between_germans, process_of
from formats.peppol.rules.evaluation import both, either, lone_text, siblings_of, sign_of
from formats.ubl.assertions import ANY_ROOT, Fail, Rule, rule
from formats.ubl.lexical import BLANKS
from formats.ubl.tree import Element, normal, string_of

# UNTDID 4461: direct debit, SEPA direct debit.
DIRECT_DEBITS: Final = frozenset({"49", "59"})
# UNTDID 1001: related document; here a project reference.
PROJECT: Final = "50"
DOCUMENTS: Final = ("ubl:Invoice", "cn:CreditNote")
_CURRENCY: Final = "cbc:DocumentCurrencyCode"


@rule(ANY_ROOT, asserts="PEPPOL-EN16931-R008")
def nothing_is_empty(_: Element, fail: Fail) -> None:
    """Every element holds a value or other elements."""
    for elements in fail.document.elements.values():
        for element in elements:
            if element.first or element.text[:1] > " ":
                continue
            if not element.text.strip(BLANKS):
                fail("PEPPOL-EN16931-R008", element)


@rule("cn:CreditNote", asserts="PEPPOL-EN16931-R080")
def one_project_reference(root: Element, fail: Fail) -> None:
    """A credit note names at most one project."""
    projects = [
        reference
        for reference in root.named("cac:AdditionalDocumentReference")
        if any(string_of(code) == PROJECT for code in reference.named("cbc:DocumentTypeCode"))
    ]
    if len(projects) > 1:
        fail("PEPPOL-EN16931-R080", projects[1], count=len(projects))


def process_and_specification(billing: Billing) -> Rule:
    """BT-23 and BT-24 are those of a billing specification."""

    @rule(*DOCUMENTS, asserts="PEPPOL-EN16931-R001 PEPPOL-EN16931-R004 PEPPOL-EN16931-R007")
    def stated(root: Element, fail: Fail) -> None:
        if "cbc:ProfileID" not in root.first:
            fail("PEPPOL-EN16931-R001", root, proposed=billing.process)
        if (process := fail.document.fact(process_of)) not in billing.processes:
            fail("PEPPOL-EN16931-R007", root.first.get("cbc:ProfileID", root), stated=process, proposed=billing.process)
        specification = lone_text(root.named("cbc:CustomizationID"), root)
        if not specification.startswith(billing.specification) or "::" in specification:
            element = root.first.get("cbc:CustomizationID", root)
            fail("PEPPOL-EN16931-R004", element, stated=specification, proposed=billing.specification)

    return stated


@rule(*DOCUMENTS, asserts="PEPPOL-EN16931-R002 PEPPOL-EN16931-R003")
def notes_and_references(root: Element, fail: Fail) -> None:
    """One note, unless among Germans; something by which the buyer can find who ordered."""
    if (notes := root.count("cbc:Note")) > 1 and not fail.document.fact(is_between_germans):
        fail("PEPPOL-EN16931-R002", root.named("cbc:Note")[1], count=notes)
    if "cbc:BuyerReference" not in root.first and not root.has("cac:OrderReference", "cbc:ID"):
        fail("PEPPOL-EN16931-R003", root)


@rule(*DOCUMENTS, asserts="PEPPOL-EN16931-R053 PEPPOL-EN16931-R054 PEPPOL-EN16931-R055")
def vat_totals(root: Element, fail: Fail) -> None:
    """One VAT total with a breakdown, and one without exactly where there is a currency for it, of the same sign."""
    totals = root.named("cac:TaxTotal")
    broken_down = sum("cac:TaxSubtotal" in total.first for total in totals)
    bare, currency = len(totals) - broken_down, root.first.get("cbc:TaxCurrencyCode")
    if broken_down != 1:
        fail("PEPPOL-EN16931-R053", totals[-1] if totals else root, count=broken_down)
    wanted = 0 if currency is None else 1
    if bare != wanted:
        fail("PEPPOL-EN16931-R054", totals[-1] if totals else root, count=bare, wanted=wanted)
    if currency is not None and not _have_one_sign(root):
        fail("PEPPOL-EN16931-R055", totals[-1] if totals else root, **_vat_totals(root))


def _have_one_sign(root: Element) -> bool:
    """Whether VAT is stated in both currencies, and is negative in both or in neither."""
    return either(lambda: _both_have(root, (-1, 0)), lambda: _both_have(root, (0, 1)))


def _both_have(root: Element, signs: tuple[int, int]) -> bool:
    return both(
        lambda: any(sign_of(amount) in signs for amount in _vat_in(root, "cbc:TaxCurrencyCode")),
        lambda: any(sign_of(amount) in signs for amount in _vat_in(root, "cbc:DocumentCurrencyCode")),
    )


def _vat_in(root: Element, currency: str) -> Iterator[Element]:
    """The VAT totals in a currency."""
    for amount in root.all("cac:TaxTotal", "cbc:TaxAmount"):
        stated = amount.get("currencyID")
        if stated is not None and stated == root.trimmed(currency):
            yield amount


def _vat_totals(root: Element) -> dict[str, object]:
    """What the explanation of PEPPOL-EN16931-R055 quotes: the VAT totals, the one in the currency for VAT last."""
    wanted = normal(string_of(root.first["cbc:TaxCurrencyCode"]))
    amounts = root.all("cac:TaxTotal", "cbc:TaxAmount")
    amounts.sort(key=lambda amount: amount.get("currencyID") == wanted)
    return {"amounts": ", ".join(_quoted(amount) for amount in amounts) or "…"}


def _quoted(amount: Element) -> str:
    return f"{normal(string_of(amount))} {amount.get('currencyID')}"


@rule("cbc:TaxCurrencyCode", asserts="PEPPOL-EN16931-R005")
def vat_currency_differs(code: Element, fail: Fail) -> None:
    """BT-6 is another currency than BT-5."""
    if lone_text((code,), code) == lone_text(siblings_of(code, _CURRENCY), code):
        fail("PEPPOL-EN16931-R005", code)


@rule("cac:AccountingCustomerParty", asserts="PEPPOL-EN16931-R010")
def buyer_has_an_address(customer: Element, fail: Fail) -> None:
    """BT-49 is stated."""
    for party in customer.named("cac:Party"):
        if "cbc:EndpointID" not in party.first:
            fail("PEPPOL-EN16931-R010", party)


@rule("cac:AccountingSupplierParty", asserts="PEPPOL-EN16931-R020")
def seller_has_an_address(supplier: Element, fail: Fail) -> None:
    """BT-34 is stated."""
    for party in supplier.named("cac:Party"):
        if "cbc:EndpointID" not in party.first:
            fail("PEPPOL-EN16931-R020", party)


@rule("cac:PaymentMeans", asserts="PEPPOL-EN16931-R061")
def direct_debit_has_a_mandate(means: Element, fail: Fail) -> None:
    """BT-89 where BT-81 is a direct debit."""
    codes = means.named("cbc:PaymentMeansCode")
    if (
        len(codes) == 1
        and normal(string_of(codes[0])) in DIRECT_DEBITS
        and not means.has("cac:PaymentMandate", "cbc:ID")
    ):
        fail("PEPPOL-EN16931-R061", means, code=normal(string_of(codes[0])))


RULES: Final = (
    nothing_is_empty,
    one_project_reference,
    notes_and_references,
    vat_totals,
    vat_currency_differs,
    buyer_has_an_address,
    seller_has_an_address,
    direct_debit_has_a_mandate,
)
