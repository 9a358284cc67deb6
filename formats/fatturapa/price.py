"""Price and allowances of a line (BG-27, BG-28, BG-29) as Quantita, PrezzoUnitario and ScontoMaggiorazione (00423).

SDI computes (PrezzoUnitario - discounts + surcharges) x Quantita, all of one unit: so an allowance of the line is
divided by the quantity, and a price of several units by their number. Quantita has no sign, so that of a negative
quantity moves to the price. Only Importo is written: the order in which percentages apply is not settled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from formats.en16931 import Line, LineAllowanceCharge, Price
from formats.en16931.money import CENT, HUNDRED, ZERO, product, quotient, rounded
from formats.en16931.totals import line_net_amount
from formats.fatturapa.document import Block, Content
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.marks import Mark, amount_mark, text_mark
from formats.fatturapa.notebook import Notebook

DISCOUNT: Final = "SC"
SURCHARGE: Final = "MG"
ONE: Final = Decimal(1)
_DECIMALS: Final = 8
_ALLOWANCE_TERMS: Final = ("BT-136", "BT-137", "BT-138", "BT-139", "BT-140")
_CHARGE_TERMS: Final = ("BT-141", "BT-142", "BT-143", "BT-144", "BT-145")
_FOLDED: Final = "PrezzoUnitario holds the whole amount: 8 decimals a unit are too few for this quantity (00423)."
_TURNED: Final = "A negative price is written, and read as a negative quantity (BR-27)."


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """One unit as DettaglioLinee says it: quantity without sign, price with sign, adjustments with their Tipo."""

    quantity: Decimal
    price: Decimal
    adjustments: tuple[tuple[str, Decimal], ...]

    @property
    def total(self) -> Decimal:
        """What SDI computes (00423)."""
        changes = (amount if kind == SURCHARGE else -amount for kind, amount in self.adjustments)
        return product(self.price + sum(changes, ZERO), self.quantity)


def net_of(line: Line) -> Decimal:
    """BT-131, computed where it is left out."""
    return line.net_amount if line.net_amount is not None else line_net_amount(line) or ZERO


def write_price(line: Line, path: str, manifest: Manifest) -> tuple[Content, list[Mark]]:
    """The elements of quantity and price, and the marks for what they do not say."""
    net = net_of(line)
    manifest.amount(f"{path}/BT-131", line.net_amount, _DECIMALS)
    unit = _unit_price(line, net)
    if unit is None:
        for term in ("BT-129", "BG-29/BT-146", "BG-29/BT-147", "BG-29/BT-148", "BG-29/BT-149"):
            manifest.leave(f"{path}/{term}", _FOLDED)
        return {"PrezzoUnitario": net, "PrezzoTotale": net}, []
    _take_quantity(line, unit, path, manifest)
    marks = [*_write_unit(line.price or Price(), path, manifest), *_write_allowances(line, path, manifest)]
    content: Content = {
        "Quantita": unit.quantity,
        "PrezzoUnitario": unit.price,
        "ScontoMaggiorazione": [{"Tipo": kind, "Importo": amount} for kind, amount in unit.adjustments],
        "PrezzoTotale": net,
    }
    return content, marks


def _unit_price(line: Line, net: Decimal) -> UnitPrice | None:
    """The price of one unit; None where the line must be said as one amount."""
    quantity = line.quantity
    price = line.price or Price()
    if quantity is None or (quantity == 0 and (line.allowances or line.charges)):
        return None
    size, is_negative = abs(quantity), quantity < 0
    base = price.base_quantity or ONE
    top = _top_price(price, quantity, net)
    less = SURCHARGE if is_negative else DISCOUNT
    adjustments = [(less, _unit(price.discount, base))] if has_discount(price) and price.discount is not None else []
    adjustments += [(DISCOUNT, _unit(one.amount, size)) for one in line.allowances]
    adjustments += [(SURCHARGE, _unit(one.amount, size)) for one in line.charges]
    at = _unit(top, base)
    unit = UnitPrice(size, -at if is_negative else at, tuple(adjustments))
    stated = line_net_amount(line)
    is_consistent = stated is not None and abs(stated - net) <= CENT
    return None if is_consistent and abs(unit.total - net) > CENT else unit


def _top_price(price: Price, quantity: Decimal, net: Decimal) -> Decimal:
    """The price before the discount; what one unit comes to where no price is stated."""
    if price.net is None:
        return quotient(net, quantity) if quantity else net
    return price.gross if price.gross is not None and has_discount(price) else price.net


def has_discount(price: Price) -> bool:
    """Whether gross price and discount make the net price."""
    if price.gross is None or price.discount is None or price.net is None:
        return False
    return price.gross - price.discount == price.net


def _unit(amount: Decimal | None, units: Decimal) -> Decimal:
    return rounded(quotient(amount or ZERO, units), _DECIMALS)


def _take_quantity(line: Line, unit: UnitPrice, path: str, manifest: Manifest) -> None:
    manifest.amount(f"{path}/BT-129", line.quantity, _DECIMALS)
    if line.quantity is not None and line.quantity < 0 and unit.price == 0:
        manifest.leave(f"{path}/BT-129", "The sign of a quantity stands at its price, and a price of zero has none.")
    if line.price is not None and line.price.net is not None and line.price.net < 0:
        manifest.leave(f"{path}/BT-129", _TURNED)


def _write_unit(price: Price, path: str, manifest: Manifest) -> Iterator[Mark]:
    """What of BG-29 stands in the price elements; a price of several units also as marks, to be read exactly."""
    at = f"{path}/BG-29"
    if price.net is not None and price.net < 0:
        for term in ("BT-146", "BT-147", "BT-148", "BT-149"):
            manifest.leave(f"{at}/{term}", _TURNED)
        return
    terms = (
        ("BT-146", price.net),
        ("BT-147", price.discount),
        ("BT-148", price.gross),
        ("BT-149", price.base_quantity),
    )
    if price.base_quantity not in (None, ONE):
        for term, value in terms:
            yield from amount_mark(term, f"{at}/{term}", value, manifest)
        yield from text_mark("BT-150", f"{at}/BT-150", price.base_unit, manifest)
        return
    manifest.take(f"{at}/BT-149")  # a price is of one unit where nothing else is said
    for term, value in terms[:3] if has_discount(price) else terms[:1]:
        manifest.amount(f"{at}/{term}", value, _DECIMALS)
    if not has_discount(price):
        for term in ("BT-147", "BT-148"):
            manifest.leave(
                f"{at}/{term}", "PrezzoUnitario says the net price: gross price and discount do not make it."
            )


def _write_allowances(line: Line, path: str, manifest: Manifest) -> Iterator[Mark]:
    for group, terms, several in (
        ("BG-27", _ALLOWANCE_TERMS, line.allowances),
        ("BG-28", _CHARGE_TERMS, line.charges),
    ):
        for position, one in enumerate(several, 1):
            amount, base, percentage, reason, code = (f"{path}/{group}[{position}]/{term}" for term in terms)
            yield from amount_mark(terms[0], amount, one.amount or ZERO, manifest)
            yield from amount_mark(terms[1], base, one.base, manifest)
            yield from amount_mark(terms[2], percentage, one.percentage, manifest)
            yield from text_mark(terms[3], reason, one.reason, manifest)
            yield from text_mark(terms[4], code, one.reason_code, manifest)


@dataclass(frozen=True, slots=True)
class ReadPrice:
    """Quantity, price, allowances and charges of a line as EN 16931 has them."""

    quantity: Decimal | None
    price: Price | None
    allowances: tuple[LineAllowanceCharge, ...] = ()
    charges: tuple[LineAllowanceCharge, ...] = ()


def read_price(line: Block, marks: list[Mark], path: str, notebook: Notebook) -> ReadPrice:
    """BT-129, BG-27, BG-28 and BG-29 of a line."""
    unit = notebook.amount(f"{path}/BG-29/BT-146", line, "PrezzoUnitario")
    quantity = notebook.amount(f"{path}/BT-129", line, "Quantita")
    if unit is None:
        return ReadPrice(quantity, None)
    if quantity is None:
        quantity = ONE
        notebook.computed(f"{path}/BT-129", "one, as Quantita is left out")
    sign = Decimal(-1) if unit < 0 else ONE
    allowances, charges = _marked(marks, _ALLOWANCE_TERMS), _marked(marks, _CHARGE_TERMS)
    discounts = [change * -sign for change in _changes(line, unit, quantity)]
    discounts = discounts[: len(discounts) - len(allowances) - len(charges)]
    surcharges = tuple(_surcharge(-change, quantity) for change in discounts if change < 0)
    if sign < 0:
        allowances += surcharges
    else:
        charges += surcharges
    price = _marked_price(marks) or _price(abs(unit), [change for change in discounts if change >= 0])
    return ReadPrice(quantity * sign, price, allowances, charges)


def _changes(line: Block, unit: Decimal, quantity: Decimal) -> tuple[Decimal, ...]:
    """By how much each ScontoMaggiorazione changes the price of a unit, in the reading that PrezzoTotale bears out."""
    total = line.amount("PrezzoTotale")
    readings = list(changes_of_unit(line, unit))
    for changes in readings if total is not None else ():
        if abs(product(unit + sum(changes, ZERO), quantity) - (total or ZERO)) <= CENT:
            return changes
    return readings[0]


def changes_of_unit(line: Block, unit: Decimal) -> Iterator[tuple[Decimal, ...]]:
    """What the ScontoMaggiorazione of a line may do to the price of a unit: every reading in use.

    Whether percentages apply one after the other or all to the full price, and whether an amount beside a percentage
    repeats it or says it with its sign, is not settled.
    """
    adjustments = list(line.each("ScontoMaggiorazione"))
    for prefers_amount in (True, False):
        for is_cascade in (True, False):
            changes: list[Decimal] = []
            for block in adjustments:
                base = unit + sum(changes, ZERO) if is_cascade else unit
                changes.append(_change(block, base, prefers_amount))
            yield tuple(changes)


def _change(block: Block, base: Decimal, prefers_amount: bool) -> Decimal:
    kind, amount, percentage = block.text("Tipo"), block.amount("Importo"), block.amount("Percentuale")
    if amount is None or (percentage is not None and not prefers_amount):
        amount = quotient(product(base, percentage or ZERO), HUNDRED)
    return amount if kind == SURCHARGE else -amount


def _surcharge(amount: Decimal, quantity: Decimal) -> LineAllowanceCharge:
    return LineAllowanceCharge(amount=rounded(product(amount, quantity)), reason="Maggiorazione")


def _price(gross: Decimal, discounts: list[Decimal]) -> Price:
    if not discounts:
        return Price(net=gross)
    discount = sum(discounts, ZERO)
    return Price(net=gross - discount, discount=discount, gross=gross)


def _marked_price(marks: list[Mark]) -> Price | None:
    said: Mapping[str, Decimal | str] = dict(marks)
    if "BT-149" not in said:
        return None
    amounts = {term: value for term, value in said.items() if isinstance(value, Decimal)}
    return Price(
        net=amounts.get("BT-146"),
        discount=amounts.get("BT-147"),
        gross=amounts.get("BT-148"),
        base_quantity=amounts.get("BT-149"),
        base_unit=str(said["BT-150"]) if "BT-150" in said else None,
    )


def _marked(marks: list[Mark], terms: tuple[str, ...]) -> tuple[LineAllowanceCharge, ...]:
    """The allowances or charges that the marks speak of: each begins with its amount."""
    several: list[dict[str, Decimal | str]] = []
    for term, value in marks:
        if term == terms[0]:
            several.append({})
        if term in terms and several:
            several[-1][term] = value
    return tuple(_allowance(said, terms) for said in several)


def _allowance(said: Mapping[str, Decimal | str], terms: tuple[str, ...]) -> LineAllowanceCharge:
    amounts = {term: value for term, value in said.items() if isinstance(value, Decimal)}
    texts = {term: value for term, value in said.items() if isinstance(value, str)}
    amount, base, percentage, reason, code = terms
    return LineAllowanceCharge(
        amount=amounts.get(amount),
        base=amounts.get(base),
        percentage=amounts.get(percentage),
        reason=texts.get(reason),
        reason_code=texts.get(code),
    )
