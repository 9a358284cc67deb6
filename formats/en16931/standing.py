"""Where in an invoice a business term stands."""

from collections.abc import Iterator
from functools import cache

import msgspec

from formats.en16931.invoice import Invoice
from formats.en16931.terms import terms_of


@cache
def groups_around(number: str) -> tuple[str, ...]:
    """The groups around a term from the document down: `BT-146` stands in `("BG-25", "BG-29")`; empty if unknown."""
    return _around(number, Invoice, ()) or ()


def _around(number: str, group: type[msgspec.Struct], numbers: tuple[tuple[str, str], ...]) -> tuple[str, ...] | None:
    for one in terms_of(group, numbers):
        if one.number == number:
            return ()
        below = None if one.group is None else _around(number, one.group, one.numbers)
        if below is not None:
            return (one.number, *below)
    return None


@cache
def names() -> dict[str, str]:
    """The name of each term and group: `BT-131` is the `Invoice line net amount`."""
    return dict(_named(Invoice, ()))


def _named(group: type[msgspec.Struct], numbers: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, str]]:
    for one in terms_of(group, numbers):
        yield one.number, one.name
        if one.group is not None:
            yield from _named(one.group, one.numbers)
