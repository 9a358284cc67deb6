"""Rules of Peppol BIS Billing 3 about invoice lines: PEPPOL-EN16931-R100 to R130."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from formats.peppol.rules.amounts import ZERO, Tolerance, is_of_line, two_cents
from formats.peppol.rules.evaluation import day_of, is_within, quotient
from formats.ubl.assertions import Fail, Rule, rule
from formats.ubl.checks.amounts import EXACT, in_cents, total
from formats.ubl.tree import Element, Undecidable, decimal_of, normal, string_of

ONE: Final = Decimal(1)
# UNTDID 1001: invoicing data sheet; here the object that a line is about.
LINE_OBJECT: Final = "130"


def net_amounts(tolerance: Tolerance) -> Rule:
    """BT-131 = BT-129 * BT-146 / BT-149 + charges - allowances; BT-149 is above zero."""

    @rule("cac:InvoiceLine", "cac:CreditNoteLine", asserts="PEPPOL-EN16931-R120 PEPPOL-EN16931-R121")
    def net_amount(line: Element, fail: Fail) -> None:
        stated = _number(line, ZERO, "cbc:LineExtensionAmount")
        quantity = _number(line, ONE, quantity_name(fail))
        price = _number(line, ZERO, "cac:Price", "cbc:PriceAmount")
        base = _number(line, ONE, "cac:Price", "cbc:BaseQuantity")
        expected = EXACT.multiply(quantity, quotient(price, base or ONE))
        charges, allowances = _totals(line) if "cac:AllowanceCharge" in line.first else (ZERO, ZERO)
        expected = EXACT.subtract(EXACT.add(expected, charges), allowances)
        if not is_within(tolerance(fail.document), expected, stated):
            values = {"quantity": quantity, "price": price, "base": base, "charges": charges, "allowances": allowances}
            fail(
                "PEPPOL-EN16931-R120",
                line.first.get("cbc:LineExtensionAmount", line),
                stated=f"{stated:f}",
                proposed=f"{in_cents(expected):f}",
                **{name: f"{value:f}" for name, value in values.items()},
            )
        if base <= 0:
            fail("PEPPOL-EN16931-R121", line.all("cac:Price", "cbc:BaseQuantity")[0], base=f"{base:f}")

    return net_amount


def quantity_name(fail: Fail) -> str:
    """The element that holds BT-129 in the document."""
    return "cbc:InvoicedQuantity" if fail.document.root.name == "ubl:Invoice" else "cbc:CreditedQuantity"


def _number(line: Element, absent: Decimal, *path: str) -> Decimal:
    stated = line.decimal(*path)
    return absent if stated is None else stated


def _totals(line: Element) -> tuple[Decimal, Decimal]:
    """The charges and the allowances of a line, each rounded to cents."""
    amounts: dict[str, list[Decimal]] = {"true": [], "false": []}
    for one in line.named("cac:AllowanceCharge"):
        kind = amounts.get(one.trimmed("cbc:ChargeIndicator"))
        if kind is not None:
            kind.extend(decimal_of(amount) for amount in one.named("cbc:Amount"))
    return in_cents(total(amounts["true"])), in_cents(total(amounts["false"]))


@rule("cac:InvoiceLine", "cac:CreditNoteLine", asserts="PEPPOL-EN16931-R100 PEPPOL-EN16931-R101")
def object_of_line(line: Element, fail: Fail) -> None:
    """A line names one object at most, and no other documents."""
    references = line.named("cac:DocumentReference")
    if not references:
        return
    if len(references) > 1:
        fail("PEPPOL-EN16931-R100", references[1], count=len(references))
    codes = line.all("cac:DocumentReference", "cbc:DocumentTypeCode")
    if not any(string_of(code) == LINE_OBJECT for code in codes):
        stated = normal(string_of(codes[0])) if codes else "…"
        fail("PEPPOL-EN16931-R101", references[0], stated=stated, proposed=LINE_OBJECT)


@rule("cac:InvoicePeriod", asserts="PEPPOL-EN16931-R110 PEPPOL-EN16931-R111")
def period_of_line(period: Element, fail: Fail) -> None:
    """The period of a line lies in that of the invoice, as far as both are stated."""
    line = period.parent
    if line is None or line.parent is None or not is_of_line(period):
        return
    invoice = line.parent
    _compare(period, invoice, "cbc:StartDate", fail, "PEPPOL-EN16931-R110", lambda own, whole: own >= whole)
    _compare(period, invoice, "cbc:EndDate", fail, "PEPPOL-EN16931-R111", lambda own, whole: own <= whole)


def _compare(
    period: Element, invoice: Element, name: str, fail: Fail, assertion: str, holds: Callable[[int, int], bool]
) -> None:
    whole = invoice.all("cac:InvoicePeriod", name)
    for own in period.named(name) if whole else ():
        day = _own_day(own)
        if day is None or not holds(day, _lone_day(whole)):
            fail(assertion, own, whole=normal(string_of(whole[0])))


def _own_day(date: Element) -> int | None:
    texts = date.texts
    if len(texts) > 1:
        raise Undecidable(date, "a date is one text")
    return day_of(texts[0], date) if texts else None


def _lone_day(dates: Sequence[Element]) -> int:
    if len(dates) > 1:
        raise Undecidable(dates[1], f"the period of the invoice has {len(dates)} dates where one is needed")
    return day_of(string_of(dates[0]), dates[0])


@rule("cac:Price", asserts="PEPPOL-EN16931-R130")
def unit_of_price(price: Element, fail: Fail) -> None:
    """BT-150 is the unit of the quantity, BT-130."""
    line = price.parent
    for base in price.named("cbc:BaseQuantity"):
        unit = base.get("unitCode")
        if unit is None or line is None:
            continue
        if "cbc:InvoicedQuantity" not in line.first and "cbc:CreditedQuantity" not in line.first:
            continue
        units = [quantity.get("unitCode") for quantity in line.named(quantity_name(fail))]
        if unit not in units:
            counted = next((one for one in units if one is not None), "…")
            fail("PEPPOL-EN16931-R130", base, unit=unit, proposed=counted)


RULES: Final[tuple[Rule, ...]] = (
    net_amounts(two_cents),
    object_of_line,
    period_of_line,
    unit_of_price,
)
