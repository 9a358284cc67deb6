"""Amounts have two decimals at most: BR-DEC-01 to BR-DEC-28 (EN 16931-1 section 6.5.2), counted as written."""

from collections.abc import Mapping
from typing import Final

from formats.ubl.assertions import ROOT, Fail, pattern, rule
from formats.ubl.checks.amounts import in_cents, plain
from formats.ubl.tree import Document, Element, Undecidable, decimal_of, string_of

MOST: Final = 2


def two_decimals(group: Element, amounts: Mapping[str, str], fail: Fail) -> None:
    """No amount of a group has more than two. amounts: the assertion about each, by the name of its element."""
    for name, assertion in amounts.items():
        if name not in group.first:
            continue
        written = group.string(name)
        decimals = decimals_in(written)
        if decimals > MOST:
            element = group.first[name]
            try:
                proposed = {"proposed": plain(in_cents(decimal_of(element)))}
            except Undecidable:  # this rule counts what stands behind the point of any text
                proposed = {}
            fail(assertion, element, decimals=decimals, **proposed)


def decimals_in(written: str) -> int:
    """How many characters stand behind the first point."""
    return len(written.partition(".")[2])


@rule(ROOT, asserts="BR-DEC-13 BR-DEC-15")
def vat_totals_have_two_decimals(_: Element, fail: Fail) -> None:
    """BT-110 and BT-111, as published: the currency is looked for inside the amount, where hardly anybody writes it."""
    for assertion, currency in (("BR-DEC-13", "cbc:DocumentCurrencyCode"), ("BR-DEC-15", "cbc:TaxCurrencyCode")):
        amounts = _naming_their_currency(fail.document, currency)
        if len(amounts) > 1:
            raise Undecidable(amounts[1], f"{currency} is stated in {len(amounts)} amounts of VAT")
        for amount in amounts:
            decimals = decimals_in(string_of(amount))
            if decimals > MOST:
                fail(assertion, amount, decimals=decimals)


def _naming_their_currency(document: Document, currency: str) -> list[Element]:
    return [
        amount
        for amount in document.named("cbc:TaxAmount")
        if amount.parent is not None
        and amount.parent.name == "cac:TaxTotal"
        and amount.get("currencyID") in {string_of(one) for one in amount.named(currency)}
    ]


PATTERNS: Final = (pattern(vat_totals_have_two_decimals),)
