"""Invoices with something wrong in them: good ones in which a value was taken out, replaced or made inexact."""

import datetime
from decimal import Decimal

from hypothesis import strategies as st

from formats.en16931 import Attachment, Identifier, Invoice
from formats.en16931.terms import values_of
from tests.carried import with_value, without
from tests.strategies import invoices

# Codes that belong somewhere, so that they are wrong in an interesting way.
CODES = ("XQ", "S", "E", "O", "AE", "K", "B", "L", "M", "Z", "G", "30", "58", "12345678901")
VAT_IDENTIFIERS = ("BT-31", "BT-48", "BT-63")
# The official rules also judge the XML that is left without it, by its remains.
KEPT = "BG-22/BT-110"


def replacements(term: str, value: object) -> tuple[object, ...]:
    """What may stand in place of a value."""
    match value:
        case Decimal():
            # Not 1.00: there the official rules are at the mercy of binary rounding.
            off = (Decimal(cents) for cents in ("0.01", "0.001", "0.99", "1.01", "-0.99", "-1.01"))
            return (-value, Decimal(0), value * 2, *(value + one for one in off))
        case datetime.date():
            return (value - datetime.timedelta(days=5000),)
        case Identifier():
            return (Identifier(value.value), Identifier(value.value, "ZZZZ"))
        case Attachment():
            return (Attachment(b"x", "text/html", "x"),)
        case str():
            # A VAT identifier of one letter passes BR-CO-09 officially, for it looks for it anywhere in the list.
            return ("XQ1",) if term in VAT_IDENTIFIERS else CODES
    return (value,)


@st.composite
def mutated(draw: st.DrawFn) -> Invoice:
    """An invoice in which one or two things were changed."""
    invoice = draw(invoices())
    for _ in range(draw(st.integers(1, 2))):
        found = [(path, term.number, value) for path, term, value in values_of(invoice) if path != KEPT]
        path, term, value = draw(st.sampled_from(found))
        if draw(st.booleans()):
            invoice = with_value(invoice, path, draw(st.sampled_from(replacements(term, value))))
        else:
            invoice = without(invoice, [draw(st.sampled_from((path, path, _group_around(path))))])
    return invoice


def _group_around(path: str) -> str:
    """The group that holds a value, or the value itself; the totals are not taken out as a whole."""
    group = path.rpartition("/")[0]
    return group if group and group != "BG-22" else path
