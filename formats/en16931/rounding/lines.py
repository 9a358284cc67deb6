"""Lines: their net amounts follow from prices, allowances from percentages; and where a line can give way by cents."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, TypeVar

from msgspec.structs import replace

from formats.en16931.breakdown import Kind, kind_of
from formats.en16931.invoice import AllowanceCharge, Invoice
from formats.en16931.line import Line, LineAllowanceCharge, Price
from formats.en16931.money import ZERO
from formats.en16931.rounding.bound import units_of_slack
from formats.en16931.rounding.cents import amount_of, count
from formats.en16931.rounding.prices import (
    expected_net,
    finer_percentage,
    finer_price,
    last_of,
    with_consistent_gross,
)
from formats.en16931.rounding.proposal import WEIGHTS, Change, Demands, NoRounding

Part = TypeVar("Part", AllowanceCharge, LineAllowanceCharge)

# With as many prices to change, one allowance or charge of a line weighs no more.
_MANY_PRICES: Final = WEIGHTS[Change.LINE] // WEIGHTS[Change.DECIMALS]
ROUNDING_REASON: Final = "Rounding difference"


def mended(invoice: Invoice, demands: Demands, unit: Decimal) -> Invoice | NoRounding:
    """The invoice whose lines, percentages and gross prices are as exact as demanded; their amounts stay."""
    tolerance = demands.line
    if tolerance is None:
        return invoice
    lines: list[Line] = []
    for position, line in enumerate(invoice.lines, 1):
        found = _mended(line, f"BG-25[{position}]", tolerance, unit)
        if isinstance(found, NoRounding):
            return found
        lines.append(found)
    allowances = _mended_parts(invoice.allowances, "BG-20", "BT-92", unit)
    if isinstance(allowances, NoRounding):
        return allowances
    charges = _mended_parts(invoice.charges, "BG-21", "BT-99", unit)
    if isinstance(charges, NoRounding):
        return charges
    return replace(invoice, lines=tuple(lines), allowances=allowances, charges=charges)


def _mended(line: Line, path: str, tolerance: Decimal, unit: Decimal) -> Line | NoRounding:
    if line.allowances or line.charges:
        allowances = _mended_parts(line.allowances, f"{path}/BG-27", "BT-136", unit)
        charges = _mended_parts(line.charges, f"{path}/BG-28", "BT-141", unit)
        if isinstance(allowances, NoRounding):
            return allowances
        if isinstance(charges, NoRounding):
            return charges
        line = replace(line, allowances=allowances, charges=charges)
    if line.price is None:
        return line
    price = _mended_price(line, line.price, path, tolerance, unit)
    if isinstance(price, NoRounding):
        return price
    return line if price is line.price else replace(line, price=price)


def _mended_price(line: Line, price: Price, path: str, tolerance: Decimal, unit: Decimal) -> Price | NoRounding:
    """The price that makes the net amount of a line, with a gross price that makes this one."""
    expected, net = expected_net(line), line.net_amount
    if expected is not None and net is not None and abs(expected - net) > tolerance:
        finer = finer_price(line, net, unit)
        if finer is None:
            come_to = f"Quantity, price, allowances and charges of the line come to {expected.normalize():f}"
            return NoRounding(f"{path}/BT-131", f"{come_to}, the line says {net}: no rounded price explains that.")
        price = finer
    consistent = with_consistent_gross(price)
    if consistent is None:
        return NoRounding(f"{path}/BG-29/BT-146", "Gross price less discount is another price than the net price.")
    return consistent


def _mended_parts(parts: tuple[Part, ...], group: str, term: str, unit: Decimal) -> tuple[Part, ...] | NoRounding:
    made: list[Part] = []
    for position, part in enumerate(parts, 1):
        finer = finer_percentage(part, unit)
        if finer is None:
            reason = f"{part.percentage} % of {part.base} is not {part.amount}: no rounded percentage explains that."
            return NoRounding(f"{group}[{position}]/{term}", reason)
        made.append(finer)
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Move:
    """One line that gives way. index: from 0; cents: by how much; price: its new price where that is the means."""

    index: int
    cents: int
    means: Change
    price: Price | None = None


@dataclass(frozen=True, slots=True)
class Moves:
    """How the lines of one VAT category give way by a sum. weight: of all these changes together."""

    moves: tuple[Move, ...]
    weight: int


NO_MOVES: Final = Moves((), 0)


class GivingWay:
    """Finds the lines of a VAT category that change least where the category is to come to more or less.

    A price with more decimals explains as much as its last decimal times the quantity; an allowance or a charge of a
    line no more than rounding may come to in the invoice.

    stated:  the invoice as it came, whose net amounts may have more decimals than two
    mended:  the same in cents
    """

    def __init__(self, stated: Invoice, mended: Invoice, demands: Demands, unit: Decimal) -> None:
        self._stated, self._lines = stated.lines, mended.lines
        self._tolerance, self._unit = demands.line, unit
        self._slack = units_of_slack(mended) * count(unit)
        self._of_kind: dict[Kind, list[int]] = {}
        for index, line in enumerate(mended.lines):
            if line.vat is not None:
                self._of_kind.setdefault(kind_of(line.vat.category, line.vat.rate), []).append(index)
        self._known: dict[tuple[Kind, int], Moves | None] = {}

    def by(self, kind: Kind, cents: int) -> Moves | None:
        """The lines that give way; None where the category has none."""
        key = (kind, cents)
        if key not in self._known:
            self._known[key] = self._found(self._of_kind.get(kind, ()), cents) if cents else NO_MOVES
        return self._known[key]

    def _found(self, indexes: Sequence[int], cents: int) -> Moves | None:
        if not indexes:
            return None
        moves, rest = self._taken(self._cut_cents(indexes, cents), cents)
        prices, unmoved = self._taken(self._prices({*indexes} - {one.index for one in moves}, rest), rest)
        if not unmoved and (len(prices) < _MANY_PRICES or abs(cents) > self._slack):
            return Moves((*moves, *prices), len(prices) * WEIGHTS[Change.DECIMALS])
        largest = max(indexes, key=lambda index: abs(self._lines[index].net_amount or ZERO))
        moves = [one for one in moves if one.index != largest]
        rest = cents - sum(one.cents for one in moves)
        if abs(rest) > self._slack:
            return None
        return Moves((*moves, Move(largest, rest, Change.LINE)), WEIGHTS[Change.LINE])

    @staticmethod
    def _taken(moves: Iterable[Move], cents: int) -> tuple[list[Move], int]:
        """As many of these moves as the sum needs, and what remains of it."""
        taken: list[Move] = []
        for move in moves if cents else ():
            taken.append(move)
            cents -= move.cents
            if not cents:
                break
        return taken, cents

    def _cut_cents(self, indexes: Iterable[int], cents: int) -> Iterator[Move]:
        """Lines whose net amount had more decimals and can as well be rounded the other way."""
        step = 1 if cents > 0 else -1
        for index in indexes if self._unit == amount_of(1) else ():
            stated, line = self._stated[index].net_amount, self._lines[index]
            if stated is None or line.net_amount is None or (stated - line.net_amount) * step <= 0:
                continue
            expected = expected_net(line)
            is_exact = self._tolerance is None or expected is None
            if is_exact or abs(line.net_amount + amount_of(step) - (expected or ZERO)) <= (self._tolerance or ZERO):
                yield Move(index, step, Change.CENTS)

    def _prices(self, indexes: Iterable[int], cents: int) -> Iterator[Move]:
        """Lines whose price can be finer by enough, those of the largest quantities first."""
        rest, sign = abs(cents), 1 if cents > 0 else -1
        roomy = sorted(((self._room(index, sign), index) for index in indexes), key=lambda one: (-one[0], one[1]))
        for room, index in roomy:
            move = min(room, rest) * sign
            line = self._lines[index]
            if not move or line.net_amount is None:
                return
            price = finer_price(line, line.net_amount + amount_of(move), self._unit)
            if price is not None:
                rest -= abs(move)
                yield Move(index, move, Change.DECIMALS, price)
            if not rest:
                return

    def _room(self, index: int, sign: int) -> int:
        """By how many cents the last decimal of a price moves its line at most; a guess that `finer_price` decides."""
        line = self._lines[index]
        price, quantity = line.price, line.quantity
        if price is None or price.net is None or not quantity or (price.base_quantity or 1) < 0:
            return 0
        room = last_of(price) * abs(quantity) / (price.base_quantity or 1)
        room = room if (sign > 0) == (quantity > 0) else room / 2
        unit = count(self._unit)
        whole = max(int(room.scaleb(2)), unit if self._unit >= 1 else 0)
        return whole - whole % unit
