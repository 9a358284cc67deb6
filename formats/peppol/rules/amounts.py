"""Rules of Peppol BIS Billing 3 about amounts, allowances and charges: PEPPOL-EN16931-R040 to R046, R051, CL007."""

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from formats.peppol.rules.billing import currencies_of
from formats.peppol.rules.codes import CURRENCIES
from formats.peppol.rules.evaluation import hundredth, is_within, lone_text
from formats.ubl.assertions import Fail, Rule, rule
from formats.ubl.checks.amounts import EXACT, in_cents
from formats.ubl.tree import Document, Element, normal, string_of

TOLERANCE: Final = Decimal("0.02")
Tolerance = Callable[[Document], Decimal]
"""By how much an amount may differ from what it is computed from."""
ZERO: Final = Decimal(0)
# Whatever else an allowance or a charge may be part of is none of Peppol's business.
_LINE_OF: Final = {"ubl:Invoice": "cac:InvoiceLine", "cn:CreditNote": "cac:CreditNoteLine"}


def allowances_and_charges(tolerance: Tolerance) -> Rule:
    """Those of the document, of a line or of a price."""

    @rule(
        "cac:AllowanceCharge",
        asserts=" ".join(f"PEPPOL-EN16931-R0{number}" for number in (40, 41, 42, 43, 44, 46)),
    )
    def allowance_or_charge(one: Element, fail: Fail) -> None:
        if is_of_document(one) or is_of_line(one):
            _reduction(one, fail, tolerance)
        elif one.lies_in("cac:Price"):
            _discount(one, fail)

    return allowance_or_charge


def two_cents(_: Document) -> Decimal:
    """The tolerance of Peppol."""
    return TOLERANCE


def is_of_document(one: Element) -> bool:
    """Whether it is part of the invoice or credit note itself."""
    return one.parent is not None and one.parent.name in _LINE_OF


def is_of_line(one: Element) -> bool:
    """Whether it is part of a line of an invoice or of a credit note, each with its own kind of line."""
    line = one.parent
    return line is not None and line.parent is not None and _LINE_OF.get(line.parent.name) == line.name


def _reduction(one: Element, fail: Fail, tolerance: Tolerance) -> None:
    """BG-20, BG-21, BG-27, BG-28: base amount and percentage come together, and make the amount."""
    has_rate, has_base = "cbc:MultiplierFactorNumeric" in one.first, "cbc:BaseAmount" in one.first
    if has_rate and not has_base:
        rate = one.first["cbc:MultiplierFactorNumeric"]
        fail("PEPPOL-EN16931-R041", rate, rate=normal(string_of(rate)))
        return
    if has_base and not has_rate:
        base = one.first["cbc:BaseAmount"]
        fail("PEPPOL-EN16931-R042", base, base=normal(string_of(base)))
        return
    if has_rate and has_base:
        _amount_is_percentage_of_base(one, fail, tolerance)
    if (indicator := lone_text(one.named("cbc:ChargeIndicator"), one)) not in ("true", "false"):
        fail("PEPPOL-EN16931-R043", one.first.get("cbc:ChargeIndicator", one), stated=indicator)


def _amount_is_percentage_of_base(one: Element, fail: Fail, tolerance: Tolerance) -> None:
    base, rate, stated = (one.decimal(f"cbc:{name}") for name in ("BaseAmount", "MultiplierFactorNumeric", "Amount"))
    if base is None or rate is None:
        return
    expected = hundredth(EXACT.multiply(base, rate))
    if not is_within(tolerance(fail.document), expected, stated or ZERO):
        fail(
            "PEPPOL-EN16931-R040",
            one.first.get("cbc:Amount", one.first["cbc:BaseAmount"]),
            stated=f"{stated or ZERO:f}",
            base=f"{base:f}",
            rate=f"{rate:f}",
            proposed=f"{in_cents(expected):f}",
        )


def _discount(one: Element, fail: Fail) -> None:
    """BG-29: it is an allowance, and gross price less discount is the net price."""
    if one.trimmed("cbc:ChargeIndicator") != "false":
        fail("PEPPOL-EN16931-R044", one.first.get("cbc:ChargeIndicator", one))
    price = one.parent
    if price is None or "cbc:BaseAmount" not in one.first:
        return
    net = price.decimal("cbc:PriceAmount")
    gross = one.decimal("cbc:BaseAmount") if net is not None else None
    discount = one.decimal("cbc:Amount") if gross is not None else None
    expected = EXACT.subtract(gross, discount) if gross is not None and discount is not None else None
    if net is None or net != expected:
        fail(
            "PEPPOL-EN16931-R046",
            price.first.get("cbc:PriceAmount", price),
            stated="…" if net is None else f"{net:f}",
            gross="…" if gross is None else f"{gross:f}",
            discount="…" if discount is None else f"{discount:f}",
            proposed="…" if expected is None else f"{expected:f}",
        )


@rule(
    *("cbc:Amount", "cbc:BaseAmount", "cbc:PriceAmount", "cbc:TaxableAmount", "cbc:LineExtensionAmount"),
    *("cbc:TaxExclusiveAmount", "cbc:TaxInclusiveAmount", "cbc:AllowanceTotalAmount", "cbc:ChargeTotalAmount"),
    *("cbc:PrepaidAmount", "cbc:PayableRoundingAmount", "cbc:PayableAmount"),
    asserts="PEPPOL-EN16931-R051 PEPPOL-EN16931-CL007",
)
def amount(amount: Element, fail: Fail) -> None:
    """It is in the currency of the invoice, which is a currency."""
    currency = amount.get("currencyID")
    if currency not in fail.document.fact(currencies_of):
        _other_currency(amount, fail)
    if currency not in CURRENCIES:
        fail("PEPPOL-EN16931-CL007", amount, code=currency or "")


@rule("cbc:TaxAmount", asserts="PEPPOL-EN16931-CL007")
def tax_amount(amount: Element, fail: Fail) -> None:
    """It is in a currency."""
    if (currency := amount.get("currencyID")) not in CURRENCIES:
        fail("PEPPOL-EN16931-CL007", amount, code=currency or "")


@rule("cac:TaxTotal", asserts="PEPPOL-EN16931-R051")
def vat_total(total: Element, fail: Fail) -> None:
    """A VAT total with a breakdown is in the currency of the invoice."""
    if "cac:TaxSubtotal" in total.first:
        _tax_amounts(total, fail)


@rule("cac:TaxSubtotal", asserts="PEPPOL-EN16931-R051")
def tax_of_category(subtotal: Element, fail: Fail) -> None:
    """The tax of a VAT category is in the currency of the invoice."""
    _tax_amounts(subtotal, fail)


def _tax_amounts(group: Element, fail: Fail) -> None:
    for amount in group.named("cbc:TaxAmount"):
        if amount.get("currencyID") not in fail.document.fact(currencies_of):
            _other_currency(amount, fail)


def _other_currency(amount: Element, fail: Fail) -> None:
    wanted = normal(next(iter(fail.document.fact(currencies_of)), ""))
    fail("PEPPOL-EN16931-R051", amount, currency=amount.get("currencyID") or "…", proposed=wanted or "…")


RULES: Final[tuple[Rule, ...]] = (
    allowances_and_charges(two_cents),
    amount,
    tax_amount,
    vat_total,
)
"""Those that regular billing and self-billing share; `tax_of_category` is for regular billing alone."""
