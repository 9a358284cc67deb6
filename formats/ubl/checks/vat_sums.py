"""What lines, allowances and charges add up to, by VAT category and rate: what BT-116 is compared with.

A line counts under each category and each rate that its item states; mostly that is one. Sums are made when a row of
the VAT breakdown asks for them, and once.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import partial
from typing import Final

from formats.ubl.checks.allowance_charges import allowance_charges_of
from formats.ubl.checks.amounts import EXACT, total
from formats.ubl.checks.claims import any_holds
from formats.ubl.checks.vat_uses import code_of
from formats.ubl.tree import Document, Element, Undecidable, decimal_of, string_of

LINES: Final = ("cac:InvoiceLine", "cac:CreditNoteLine")
Categorised = Mapping[Element, list[Element]]
"""Groups that hold an amount, each with its VAT categories."""


class _ByRate:
    """The groups under one category, by the rates they state.

    If a rate is no number, the groups of the rates before it are still found; any other question is undecidable.
    """

    def __init__(self, groups: Iterable[Element], categories: Categorised) -> None:
        self._groups: dict[Decimal, dict[Element, None]] = {}
        self._faults: list[tuple[set[Decimal], Undecidable]] = []
        self._read: dict[str, Decimal] = {}
        for group in groups:
            before: set[Decimal] = set()
            try:
                for category in categories[group]:
                    rate = self._rate_of(category)
                    if rate is not None:
                        before.add(rate)
                        self._groups.setdefault(rate, {})[group] = None
            except Undecidable as fault:
                self._faults.append((before, fault))

    def _rate_of(self, category: Element) -> Decimal | None:
        """Most lines write the few rates of a document in the same way: each way is read once."""
        stated = category.one("cbc:Percent")
        if stated is None:
            return None
        written = string_of(stated)
        known = self._read.get(written)
        if known is None:
            known = self._read[written] = decimal_of(stated)
        return known

    def of(self, rate: Decimal) -> Iterable[Element]:
        """The groups that state a rate. Raises Undecidable."""
        for before, fault in self._faults:
            if rate not in before:
                raise fault
        return self._groups.get(rate, ())

    def has(self, rate: Decimal) -> bool:
        """Whether there is one; the first that states it is enough. Raises Undecidable."""
        return rate in self._groups or bool(self.of(rate))


class _Summands:
    """Groups of one kind, by category. Making it raises Undecidable where a category has several codes."""

    def __init__(self, categories: Categorised, amount: str) -> None:
        self._categories, self._amount = categories, amount
        self._under: dict[str, list[Element]] = {}
        for group, stated in categories.items():
            for code in {code_of(one) for one in stated} if len(stated) > 1 else (code_of(stated[0]),):
                self._under.setdefault(code, []).append(group)
        self._rates: dict[str, _ByRate] = {}
        self._sums: dict[tuple[str, Decimal | None], Decimal] = {}

    def sum(self, code: str, rate: Decimal | None) -> Decimal:
        """Of the amounts under a category, of one rate where it is given. Raises Undecidable."""
        key = (code, rate)
        known = self._sums.get(key)
        if known is None:
            groups = self._under.get(code, ()) if rate is None else self.by_rate(code).of(rate)
            known = self._sums[key] = total(_decimal(group, self._amount) for group in groups)
        return known

    def by_rate(self, code: str) -> _ByRate:
        """Those under a category."""
        known = self._rates.get(code)
        if known is None:
            known = self._rates[code] = _ByRate(self._under.get(code, ()), self._categories)
        return known


def _decimal(group: Element, name: str) -> Decimal | None:
    stated = group.first.get(name)
    if stated is None or group.more is not None:
        return group.decimal(name)
    return decimal_of(stated)


def sum_under(document: Document, lines: str, code: str, rate: Decimal | None = None) -> Decimal:
    """Lines of one name plus charges less allowances of the document under a category. Raises Undecidable."""
    charged = EXACT.add(document.fact(_LINES_OF[lines]).sum(code, rate), document.fact(_charges).sum(code, rate))
    return EXACT.subtract(charged, document.fact(_allowances).sum(code, rate))


def is_used_at(document: Document, lines: str, code: str, rate: Decimal) -> bool:
    """Whether a line of this name, an allowance or a charge, wherever it stands, is under a category at a rate.

    Raises Undecidable.
    """
    return any_holds(
        lambda: document.fact(_EVERY[lines]).by_rate(code).has(rate),
        lambda: document.fact(_every_part).by_rate(code).has(rate),
    )


def _in_items(document: Document, name: str) -> Categorised:
    """Lines of one name, wherever they stand, with the VAT categories of their items."""
    found: dict[Element, list[Element]] = {}
    for category in document.named("cac:ClassifiedTaxCategory"):
        item = category.parent
        line = item.parent if item is not None and item.name == "cac:Item" else None
        if line is not None and line.name == name:
            found.setdefault(line, []).append(category)
    return found


def _every_line(name: str, document: Document) -> _Summands:
    return _Summands(_in_items(document, name), "cbc:LineExtensionAmount")


def _lines(name: str, document: Document) -> _Summands:
    found = _in_items(document, name)
    if all(line.parent is document.root for line in found):
        return document.fact(_EVERY[name])
    of_root = {line: stated for line, stated in found.items() if line.parent is document.root}
    return _Summands(of_root, "cbc:LineExtensionAmount")


def _parts(groups: Iterable[Element]) -> _Summands:
    return _Summands(
        {one: list(one.named("cac:TaxCategory")) for one in groups if one.has("cac:TaxCategory")}, "cbc:Amount"
    )


def _charges(document: Document) -> _Summands:
    parts = document.fact(allowance_charges_of)
    return _parts(one.group for one in parts if one.is_charge and one.group.parent is document.root)


def _allowances(document: Document) -> _Summands:
    parts = document.fact(allowance_charges_of)
    return _parts(one.group for one in parts if one.is_allowance and one.group.parent is document.root)


def _every_part(document: Document) -> _Summands:
    return _parts(document.named("cac:AllowanceCharge"))


_LINES_OF: Final = {name: partial(_lines, name) for name in LINES}
_EVERY: Final = {name: partial(_every_line, name) for name in LINES}
