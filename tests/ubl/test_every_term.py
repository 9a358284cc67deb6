"""Every business term of the model has its place in UBL: an invoice that states them all comes back whole."""

import datetime
import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import get_args, get_type_hints

import msgspec
import pytest

from formats.en16931 import Attachment, Identifier, Invoice
from formats.en16931.terms import Term, terms_of, values_of
from formats.ubl.reader import read
from formats.ubl.writer import write

# Terms whose value is not free in UBL.
FIXED: dict[str, object] = {
    "BT-5": "EUR",
    "BT-6": "PLN",
    "BT-21": "AAI",  # stands in the text of its note, so it must look like a code
}
NUMBERS = itertools.count(1)


def stated(group: type[msgspec.Struct], numbers: tuple[tuple[str, str], ...] = ()) -> msgspec.Struct:
    """A group that states each of its terms, the repeated ones twice, each value another one."""
    hints = get_type_hints(group)
    fields = {
        term.field: tuple(_value(term, hints[term.field]) for _ in range(2))
        if term.repeats
        else _value(term, hints[term.field])
        for term in terms_of(group, numbers)
        if not term.number.startswith("IT-")
    }
    return group(**fields)


def _value(term: Term, hint: object) -> object:
    if term.number in FIXED:
        return FIXED[term.number]
    if term.group is not None:
        return stated(term.group, term.numbers)
    kinds, number = set(_kinds(hint)), next(NUMBERS)
    if Identifier in kinds:
        return Identifier(f"{term.number} {number}", f"S{number}", "2026" if term.number == "BT-158" else None)
    if Attachment in kinds:
        return Attachment(bytes([number % 256]), "text/csv", f"{number}.csv")
    if datetime.date in kinds:
        return datetime.date(2026, 1, 1) + datetime.timedelta(days=number)
    return Decimal(number) / 100 if Decimal in kinds else f"{term.number} {number}"


def _kinds(hint: object) -> Iterator[object]:
    yield hint
    for one in get_args(hint):
        yield from _kinds(one)


@pytest.mark.parametrize("type_code", ["380", "381"])
def test_every_term_comes_back(type_code: str) -> None:
    invoice = stated(Invoice)
    assert isinstance(invoice, Invoice)
    invoice = msgspec.structs.replace(invoice, type_code=type_code)
    assert len({term.number for _, term, _ in values_of(invoice)}) > 150
    written = write(invoice)
    (reading,) = read(written.content)
    assert written.not_carried == ()
    assert reading.findings == ()
    assert reading.invoice == invoice
