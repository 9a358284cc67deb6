"""What a proposal changes, value by value: before, after, the arithmetic, and why it is lawful."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, NamedTuple

from formats.en16931.invoice import AllowanceCharge, Invoice, Totals, VatBreakdown
from formats.en16931.line import Line, LineAllowanceCharge, Price
from formats.en16931.money import ZERO, decimals_of, rounded
from formats.en16931.rounding.prices import changes_of, expected_net, is_near_price
from formats.en16931.rounding.proposal import Change, Demands, Step

_CENTS: Final = "Amounts have two decimals at most (BR-DEC-01 to BR-DEC-28)."
_FINER: Final = (
    "A price may have as many decimals as it needs (EN 16931-1 6.5.2); rounded or cut, it is the one that was stated."
)
_FINER_PERCENTAGE: Final = "A percentage may have as many decimals as it needs; rounded or cut, it is the stated one."
_ALL_UNITS: Final = "A price may be stated for several units at once (BT-149): here for all of the line."
_GROSS: Final = "Gross price less discount stays the net price (PEPPOL-EN16931-R046)."
_OF_PRICE: Final = "It is quantity x price in cents, and differs from the stated one by rounding alone."
_WITHOUT_DECIMALS: Final = "In a currency without decimals the line was rounded to whole units; its price says so now."
_FOLLOWS: Final = "The net amount of the line follows (PEPPOL-EN16931-R120, SDI 00423)."
_LINE: Final = "A line may have allowances and charges with a reason (BG-27, BG-28); this one says why it is there."
_DOCUMENT: Final = (
    "A document may have allowances and charges with a reason (BG-20, BG-21); this one says why it is there."
)
_SUM_OF_DOCUMENT: Final = "The sum counts the new one in (BR-CO-11, BR-CO-12)."
_ROUNDING: Final = (
    "The rounding amount is there for what separates the total with VAT from what is asked for (BR-CO-16). "
    "The amount due stays as it was stated."
)
_SUM: Final = "It is the sum that {rule} asks for, and differs from the stated one by rounding alone."
_TAXABLE: Final = "It is what lines, allowances and charges of the category come to (BR-S-08 and its kin)."
_TAX: Final = "It is the rate of the taxable amount (BR-CO-17, BR-S-09 and their kin; SDI 00421)."
_TAX_NEAR: Final = (
    "VAT may be rounded line by line: the tax of a category may differ from its rate by less than 1.00 (BR-CO-17)."
)
_TAX_NEAR_SDI: Final = (
    "The tax of a category may differ from its rate by a cent (SDI 00421), and by less than 1.00 (BR-CO-17)."
)


class _Names(NamedTuple):
    """The terms of an allowance or a charge."""

    group: str
    amount: str
    base: str
    percentage: str


_OF_LINE: Final = (_Names("BG-27", "BT-136", "BT-137", "BT-138"), _Names("BG-28", "BT-141", "BT-142", "BT-143"))
_OF_DOCUMENT: Final = (_Names("BG-20", "BT-92", "BT-93", "BT-94"), _Names("BG-21", "BT-99", "BT-100", "BT-101"))
Part = AllowanceCharge | LineAllowanceCharge


def told(before: Invoice, after: Invoice, demands: Demands) -> Iterator[Step]:
    """The steps from one invoice to the other, in the order in which they build on each other."""
    for position, (old, new) in enumerate(zip(before.lines, after.lines, strict=True), 1):
        if old is not new:
            yield from _line(old, new, f"BG-25[{position}]")
    for names, several, others in (
        (_OF_DOCUMENT[0], before.allowances, after.allowances),
        (_OF_DOCUMENT[1], before.charges, after.charges),
    ):
        yield from _parts(several, others, "", names, Change.DOCUMENT, _DOCUMENT)
    for position, (row, other) in enumerate(zip(before.vat_breakdown, after.vat_breakdown, strict=True), 1):
        if row is not other:
            yield from _row(row, other, f"BG-23[{position}]", demands)
    yield from _totals(before, after)


def _is_same(before: Decimal | None, after: Decimal | None) -> bool:
    """Also as it is written: 1.500 is not 1.50 to the rules that count decimals."""
    return before == after and (before is None or after is None or before.as_tuple() == after.as_tuple())


def _line(before: Line, after: Line, path: str) -> Iterator[Step]:
    yield from _price(before.price or Price(), after.price or Price(), after, f"{path}/BG-29")
    for names, several, others in (
        (_OF_LINE[0], before.allowances, after.allowances),
        (_OF_LINE[1], before.charges, after.charges),
    ):
        yield from _parts(several, others, f"{path}/", names, Change.LINE, _LINE)
    if after.net_amount is None or _is_same(before.net_amount, after.net_amount):
        return
    if len(before.allowances) + len(before.charges) < len(after.allowances) + len(after.charges):
        change, because = Change.LINE, _FOLLOWS
    elif before.price is not None and after.price is not None and before.price.net != after.price.net:
        change, because = Change.DECIMALS, _FOLLOWS
    elif before.net_amount is not None and decimals_of(before.net_amount) > 2:
        change, because = Change.CENTS, _CENTS
    else:
        change, because = Change.SUM, _OF_PRICE
    yield Step(change, f"{path}/BT-131", before.net_amount, after.net_amount, _arithmetic_of(after), because)


def _arithmetic_of(line: Line) -> str:
    """`3000 x 0.33333 - 0.01 = 999.98`."""
    price, expected, net = line.price, expected_net(line), line.net_amount
    if price is None or expected is None or net is None:
        return f"in cents: {net}"
    words = f"{line.quantity:f} x {price.net:f}"
    words += f" / {price.base_quantity:f}" if price.base_quantity not in (None, 1) else ""
    changes = changes_of(line)
    if changes:
        words += f" {'+' if changes > 0 else '-'} {abs(changes):f}"
    shown = rounded(expected, 8).normalize()
    return f"{words} = {shown:f}" if shown == net else f"{words} = {shown:f}, rounded {net:f}"


def _price(before: Price, after: Price, line: Line, path: str) -> Iterator[Step]:
    if after.net is None or before == after:
        return
    if before.net != after.net:
        because = _ALL_UNITS if before.base_quantity != after.base_quantity else _FINER
        if because == _FINER and not is_near_price(before, after.net):
            because = _WITHOUT_DECIMALS
        yield Step(Change.DECIMALS, f"{path}/BT-146", before.net, after.net, _arithmetic_of(line), because)
    if after.base_quantity is not None and before.base_quantity != after.base_quantity:
        words = f"{after.net:f} for {after.base_quantity:f}"
        yield Step(Change.DECIMALS, f"{path}/BT-149", before.base_quantity, after.base_quantity, words, _ALL_UNITS)
    words = f"{after.gross or ZERO:f} - {after.discount or ZERO:f} = {after.net:f}"
    for term, old, new in (("BT-147", before.discount, after.discount), ("BT-148", before.gross, after.gross)):
        if new is not None and old != new:
            yield Step(Change.DECIMALS, f"{path}/{term}", old, new, words, _GROSS)


def _parts(
    before: Sequence[Part], after: Sequence[Part], path: str, names: _Names, change: Change, because: str
) -> Iterator[Step]:
    for position, new in enumerate(after, 1):
        at = f"{path}{names.group}[{position}]"
        amount = new.amount or ZERO
        if position > len(before):
            words = f"{amount:f}: {new.reason}"
            if isinstance(new, AllowanceCharge):
                words += f", VAT {new.vat_category}" + (f" {new.vat_rate:f} %" if new.vat_rate is not None else "")
            yield Step(change, f"{at}/{names.amount}", None, amount, words, because)
            continue
        old = before[position - 1]
        for term, stated, value in ((names.amount, old.amount, new.amount), (names.base, old.base, new.base)):
            if value is not None and not _is_same(stated, value):
                yield Step(Change.CENTS, f"{at}/{term}", stated, value, f"in cents: {value:f}", _CENTS)
        if new.percentage is not None and old.percentage != new.percentage:
            words = f"{new.percentage:f} % of {new.base:f} = {amount:f}"
            yield Step(
                Change.DECIMALS, f"{at}/{names.percentage}", old.percentage, new.percentage, words, _FINER_PERCENTAGE
            )


def _row(before: VatBreakdown, after: VatBreakdown, path: str, demands: Demands) -> Iterator[Step]:
    taxable, tax, rate = after.taxable or ZERO, after.tax or ZERO, after.rate or ZERO
    if not _is_same(before.taxable, taxable):
        name = f"{after.category} {rate:f} %"
        words = f"lines, allowances and charges under {name} come to {taxable:f}"
        yield _sum_step(f"{path}/BT-116", before.taxable, taxable, words, _TAXABLE)
    if not _is_same(before.tax, tax):
        exact = taxable * rate / 100
        near = _TAX_NEAR_SDI if demands.tax <= Decimal("0.01") else _TAX_NEAR
        shown = rounded(exact, 8).normalize()
        words = f"{rate:f} % of {taxable:f} = {shown:f}, stated as {tax:f}"
        yield _sum_step(f"{path}/BT-117", before.tax, tax, words, _TAX if rounded(exact) == tax else near)


def _sum_step(path: str, before: Decimal | None, after: Decimal, words: str, because: str) -> Step:
    if before is not None and rounded(before) == after:
        return Step(Change.CENTS, path, before, after, f"in cents: {after:f}", _CENTS)
    return Step(Change.SUM, path, before, after, words, because)


def _totals(before: Invoice, after: Invoice) -> Iterator[Step]:
    old, new = before.totals or Totals(), after.totals or Totals()
    lines, taxes = [one.net_amount for one in after.lines], [one.tax for one in after.vat_breakdown]
    less, more = [one.amount for one in after.allowances], [one.amount for one in after.charges]
    without_vat = [new.line_net, _negative(new.allowances), new.charges]
    paid = [new.due, _negative(new.with_vat), new.paid]
    for term, stated, value, parts, rule in (
        ("BT-106", old.line_net, new.line_net, lines, "BR-CO-10"),
        ("BT-107", old.allowances, new.allowances, less, "BR-CO-11"),
        ("BT-108", old.charges, new.charges, more, "BR-CO-12"),
        ("BT-109", old.without_vat, new.without_vat, without_vat, "BR-CO-13"),
        ("BT-110", old.vat, new.vat, taxes, "BR-CO-14"),
        ("BT-112", old.with_vat, new.with_vat, [new.without_vat, new.vat], "BR-CO-15"),
        ("BT-113", old.paid, new.paid, [new.paid], ""),
        ("BT-114", old.rounding, new.rounding, paid, "BR-CO-16"),
        ("BT-115", old.due, new.due, [new.due], ""),
    ):
        if value is not None and not _is_same(stated, value):
            step = _sum_step(f"BG-22/{term}", stated, value, _added_up(parts, value), _SUM.format(rule=rule))
            yield _of_its_kind(step, term, before, after)


def _of_its_kind(step: Step, term: str, before: Invoice, after: Invoice) -> Step:
    """BT-114 is a change of its own; the sums of allowances and charges belong to the new one that they count in."""
    if step.change is Change.SUM and term == "BT-114":
        return Step(Change.ROUNDING_AMOUNT, step.path, step.before, step.after, step.arithmetic, _ROUNDING)
    is_new = {
        "BT-107": len(after.allowances) > len(before.allowances),
        "BT-108": len(after.charges) > len(before.charges),
    }
    if is_new.get(term):
        return Step(Change.DOCUMENT, step.path, step.before, step.after, step.arithmetic, _SUM_OF_DOCUMENT)
    return step


def _negative(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


_MOST_SHOWN: Final = 6


def _added_up(parts: Iterable[Decimal | None], total: Decimal) -> str:
    """`84.03 - 0.01 + 15.97 = 99.99`; of many parts, how many they are."""
    stated = [part for part in parts if part is not None]
    if len(stated) > _MOST_SHOWN:
        return f"the sum of {len(stated)} amounts = {total:f}"
    words = f"{stated[0]:f}" if stated else "0"
    for part in stated[1:]:
        words += f" {'-' if part < 0 else '+'} {abs(part):f}"
    return f"{words} = {total:f}"
