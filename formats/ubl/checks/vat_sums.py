"""What lines, allowances and charges add up to, by VAT category and rate: what BT-116 is compared with.

A line counts under each category and each rate that its item states; mostly that is one. Sums are made when a row of
the VAT breakdown asks for them, and once.
"""

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Final

from formats.ubl.checks.allowance_charges import allowance_charges_of
from formats.ubl.checks.amounts import EXACT, total
from formats.ubl.checks.vat_uses import code_of
from formats.ubl.tree import Document, Element, Undecidable, decimal_of

LINES: Final = ("cac:InvoiceLine", "cac:CreditNoteLine")
_OF_ITEM: Final = ("cac:Item", "cac:ClassifiedTaxCategory")
_OF_PART: Final = ("cac:TaxCategory",)


class _ByRate:
    """The groups under one category, by the rates they state.

    If a rate is no number, the groups of the rates before it are still found; any other question is undecidable.
    """

    def __init__(self, groups: Iterable[Element], path: tuple[str, ...]) -> None:
        self._groups: dict[Decimal, dict[Element, None]] = {}
        self._faults: list[tuple[set[Decimal], Undecidable]] = []
        for group in groups:
            before: set[Decimal] = set()
            try:
                for category in group.all(*path):
                    rate = category.decimal("cbc:Percent")
                    if rate is not None:
                        before.add(rate)
                        self._groups.setdefault(rate, {})[group] = None
            except Undecidable as fault:
                self._faults.append((before, fault))

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
    """Groups of one kind that hold an amount and VAT categories at a path. Making it raises Undecidable."""

    def __init__(self, groups: Iterable[Element], path: tuple[str, ...], amount: str) -> None:
        self._path, self._amount = path, amount
        self._under: dict[str, list[Element]] = {}
        for group in groups:
            for code in {code_of(category) for category in group.all(*path)}:
                self._under.setdefault(code, []).append(group)
        self._rates: dict[str, _ByRate] = {}
        self._sums: dict[tuple[str, Decimal | None], Decimal] = {}

    def sum(self, code: str, rate: Decimal | None) -> Decimal:
        """Of the amounts under a category, of one rate where it is given. Raises Undecidable."""
        key = (code, rate)
        known = self._sums.get(key)
        if known is None:
            groups = self._under.get(code, ()) if rate is None else self.by_rate(code).of(rate)
            known = self._sums[key] = total(map(self._amount_of, groups))
        return known

    def by_rate(self, code: str) -> _ByRate:
        """Those under a category."""
        known = self._rates.get(code)
        if known is None:
            known = self._rates[code] = _ByRate(self._under.get(code, ()), self._path)
        return known

    def _amount_of(self, group: Element) -> Decimal | None:
        stated = group.first.get(self._amount)
        if stated is None or group.more is not None:
            return group.decimal(self._amount)
        return decimal_of(stated)


def sum_under(document: Document, lines: str, code: str, rate: Decimal | None = None) -> Decimal:
    """Lines of one name plus charges less allowances of the document under a category. Raises Undecidable."""
    charged = EXACT.add(document.fact(_LINES_OF[lines]).sum(code, rate), document.fact(_charges).sum(code, rate))
    return EXACT.subtract(charged, document.fact(_allowances).sum(code, rate))


def is_used_at(document: Document, lines: str, code: str, rate: Decimal) -> bool:
    """Whether a line of this name, an allowance or a charge, wherever it stands, is under a category at a rate.

    Raises Undecidable.
    """
    return document.fact(_EVERY[lines]).by_rate(code).has(rate) or document.fact(_every_part).by_rate(code).has(rate)


def _lines(name: str, document: Document) -> _Summands:
    return _Summands(document.root.named(name), _OF_ITEM, "cbc:LineExtensionAmount")


def _every_line(name: str, document: Document) -> _Summands:
    every = document.named(name)
    if len(every) == len(document.root.named(name)):
        return document.fact(_LINES_OF[name])
    return _Summands(every, _OF_ITEM, "cbc:LineExtensionAmount")


def _charges(document: Document) -> _Summands:
    parts = document.fact(allowance_charges_of)
    groups = (one.group for one in parts if one.is_charge and one.group.parent is document.root)
    return _Summands(groups, _OF_PART, "cbc:Amount")


def _allowances(document: Document) -> _Summands:
    parts = document.fact(allowance_charges_of)
    groups = (one.group for one in parts if one.is_allowance and one.group.parent is document.root)
    return _Summands(groups, _OF_PART, "cbc:Amount")


def _every_part(document: Document) -> _Summands:
    return _Summands(document.named("cac:AllowanceCharge"), _OF_PART, "cbc:Amount")


_LINES_OF: Final = {name: partial(_lines, name) for name in LINES}
_EVERY: Final = {name: partial(_every_line, name) for name in LINES}
