"""The extension of XRechnung 3.0.2, BR-DEX-*: lines below lines, payments by third parties, more codes.

They apply where the specification identifier (BT-24) is that of the extension.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Final

from formats.en16931 import codes
from formats.peppol.rules.comparisons import is_stated
from formats.peppol.rules.countries import SELLER, below_root, is_invoice, where
from formats.peppol.rules.evaluation import either
from formats.peppol.rules.xrechnung_identifiers import EXTENSION_ID
from formats.ubl.assertions import ROOT, Fail, Rule, rule
from formats.ubl.checks.amounts import EXACT, in_cents, total
from formats.ubl.tree import Document, Element, Undecidable, normal, string_of

ZERO: Final = Decimal(0)
MEDIA_TYPES: Final = codes.MEDIA_TYPES | {"application/xml"}
# The official rule takes a blank scheme for a known one, and misses the last code of its own list, 0244.
_FEATURES = frozenset({"XR01", "XR02", "XR03", ""})
IDENTIFIER_SCHEMES: Final = codes.IDENTIFIER_SCHEMES - {"0244", "0245", "0246", "0247", "0248"} | _FEATURES
ENDPOINT_SCHEMES: Final = codes.ENDPOINT_SCHEMES - {"0242", "0245", "0246", "0248"} | _FEATURES
CREDITOR_SCHEME: Final = "SEPA"
SUB_LINE: Final = "cac:SubInvoiceLine"
NET: Final = "cbc:LineExtensionAmount"
THIRD_PARTY_TERMS: Final = (
    ("BR-DEX-10", "cbc:ID"),
    ("BR-DEX-11", "cbc:PaidAmount"),
    ("BR-DEX-12", "cbc:InstructionID"),
)


def _is_extension(document: Document) -> bool:
    stated = document.root.named("cbc:CustomizationID") if is_invoice(document.root) else ()
    return any(text == EXTENSION_ID for one in stated for text in one.texts)


in_extension = where(_is_extension)


@rule("cbc:EmbeddedDocumentBinaryObject", asserts="BR-DEX-01")
@in_extension
def attachment(file: Element, fail: Fail) -> None:
    """BT-125 is of a type that every receiver can open; XML is one of them here."""
    if (media_type := file.get("mimeCode")) not in MEDIA_TYPES:
        fail("BR-DEX-01", file, type=media_type or "…", allowed=", ".join(sorted(MEDIA_TYPES)))


@rule(ROOT, asserts="BR-DEX-02 BR-DEX-03", matches=is_invoice)
@in_extension
def lines_below_lines(invoice: Element, fail: Fail) -> None:
    """What lines below a line come to is its net amount (BT-131), and each of them has one VAT category."""
    if invoice.name != "ubl:Invoice":
        return
    _lines_add_up(invoice, fail)
    for item in (item for one in fail.document.named(SUB_LINE) for item in one.named("cac:Item")):
        if item.count("cac:ClassifiedTaxCategory") != 1:
            fail("BR-DEX-03", item, count=item.count("cac:ClassifiedTaxCategory"))
            return


def _lines_add_up(invoice: Element, fail: Fail) -> None:
    below = fail.document.named(SUB_LINE)
    # The official rule stops at the first line that differs, and counts those below lines.
    if either(lambda: any(map(_differs, invoice.named("cac:InvoiceLine"))), lambda: sum(map(_differs, below)) > 0):
        wrong = next(one for one in (*invoice.named("cac:InvoiceLine"), *below) if _is_seen_to_differ(one))
        stated = wrong.decimal(NET)
        proposed = "…" if stated is None else f"{_net_of_lines_below(wrong):f}"
        fail("BR-DEX-02", wrong, stated="…" if stated is None else f"{stated:f}", proposed=proposed)


def _is_seen_to_differ(line: Element) -> bool:
    try:
        return _differs(line)
    except Undecidable:
        return False


def _differs(line: Element) -> bool:
    """Whether there are lines below it that come to something else than its net amount."""
    if SUB_LINE not in line.first:
        return False
    net = line.decimal(NET)
    return net is None or net != _net_of_lines_below(line)


def _net_of_lines_below(line: Element) -> Decimal:
    return total(_decimals(line.named(SUB_LINE), NET))


def _decimals(groups: Iterable[Element], name: str) -> Iterable[Decimal]:
    return (amount for one in groups if (amount := one.decimal(name)) is not None)


@rule("cac:LegalMonetaryTotal", asserts="BR-DEX-09")
@in_extension
def amount_due(totals: Element, fail: Fail) -> None:
    """BT-115 = BT-112 - BT-113 + BT-114 + what third parties have to be paid (BT-DEX-002)."""
    due = totals.decimal("cbc:PayableAmount")
    if due is None:
        fail("BR-DEX-09", totals, stated="…", third_parties="…", proposed="…")
        return
    rounding = totals.decimal("cbc:PayableRoundingAmount") or ZERO
    gross = totals.decimal("cbc:TaxInclusiveAmount")
    if gross is None:
        fail("BR-DEX-09", totals, stated=f"{due:f}", third_parties="…", proposed="…")
        return
    third_parties = _paid_to_third_parties(totals.parent)
    paid = totals.decimal("cbc:PrepaidAmount") or ZERO
    expected = in_cents(EXACT.add(EXACT.subtract(gross, paid), third_parties))
    if in_cents(EXACT.subtract(due, rounding)) != expected:
        fail(
            "BR-DEX-09",
            totals.first["cbc:PayableAmount"],
            stated=f"{due:f}",
            third_parties=f"{third_parties:f}",
            proposed=f"{EXACT.add(expected, rounding):f}",
        )


def _paid_to_third_parties(invoice: Element | None) -> Decimal:
    payments = invoice.named("cac:PrepaidPayment") if invoice is not None else ()
    if not is_stated(amount for one in payments for amount in one.named("cbc:PaidAmount")):
        return ZERO
    return total(_decimals(payments, "cbc:PaidAmount"))


def identifiers(
    owner: str, name: str, assertion: str, schemes: frozenset[str], also: Callable[[Element, str], bool] | None = None
) -> Rule:
    """The rule that the scheme of an identifier is a known one.

    owner, name:  the group and the element of the identifier
    also:         allows a scheme in some groups
    """

    @rule(owner, asserts=assertion)
    @in_extension
    def identifier(group: Element, fail: Fail) -> None:
        for one in group.named(name):
            scheme = one.get("schemeID")
            if scheme is None or normal(scheme) in schemes:
                continue
            if also is None or not also(group, normal(scheme)):
                fail(assertion, one, scheme=scheme)

    return identifier


def _is_creditor(identification: Element, scheme: str) -> bool:
    """BT-90, which stands with the seller or the payee."""
    around = (identification.above(SELLER), identification.above("cac:PayeeParty"))
    return scheme == CREDITOR_SCHEME and any(one is not None for one in around)


@rule("cbc:EndpointID", asserts="BR-DEX-07")
@in_extension
def electronic_address(address: Element, fail: Fail) -> None:
    """The scheme of BT-34 or BT-49 is a known one."""
    scheme = address.get("schemeID")
    if scheme is not None and normal(scheme) not in ENDPOINT_SCHEMES:
        fail("BR-DEX-07", address, scheme=scheme)


@rule("cac:PrepaidPayment", asserts="BR-DEX-10 BR-DEX-11 BR-DEX-12 BR-DEX-13 BR-DEX-14", matches=below_root())
@in_extension
def third_party_payment(payment: Element, fail: Fail) -> None:
    """BG-DEX-09: its kind, its amount in the currency of the invoice (BT-5), and a description."""
    if payment.parent is None or payment.parent.name != "ubl:Invoice":
        return
    for assertion, name in THIRD_PARTY_TERMS:
        if not is_stated(payment.named(name)):
            fail(assertion, payment.first.get(name, payment))
    paid = payment.named("cbc:PaidAmount")
    if len(payment.string("cbc:PaidAmount").partition(".")[2]) > 2:
        fail("BR-DEX-13", paid[0])
    stated = [one.get("currencyID") for one in paid]
    currencies = [string_of(one) for one in payment.parent.named("cbc:DocumentCurrencyCode")]
    if not any(currency in stated for currency in currencies):
        wanted = next(iter(currencies), "…")
        fail("BR-DEX-14", paid[0] if paid else payment, currency=(stated or [None])[0] or "…", proposed=wanted)


RULES: Final[tuple[Rule, ...]] = (
    attachment,
    lines_below_lines,
    amount_due,
    identifiers("cac:PartyIdentification", "cbc:ID", "BR-DEX-04", IDENTIFIER_SCHEMES, also=_is_creditor),
    identifiers("cac:PartyLegalEntity", "cbc:CompanyID", "BR-DEX-05", IDENTIFIER_SCHEMES),
    identifiers("cac:StandardItemIdentification", "cbc:ID", "BR-DEX-06", IDENTIFIER_SCHEMES),
    electronic_address,
    identifiers("cac:DeliveryLocation", "cbc:ID", "BR-DEX-08", IDENTIFIER_SCHEMES),
    third_party_payment,
)
