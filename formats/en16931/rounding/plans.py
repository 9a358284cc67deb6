"""The search: of all changes that make every sum right and leave the amount due alone, those that weigh least.

Two things can be chosen: by how much lines and document give way in each VAT category, and by how much the taxes do.
Everything else follows. Worth trying are the choices that meet a stated sum; each is tried with each.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from formats.en16931.rounding.ledger import Ledger, Row
from formats.en16931.rounding.lines import GivingWay, Moves
from formats.en16931.rounding.proposal import WEIGHTS, Change

_SUM: Final = WEIGHTS[Change.SUM]
# In an invoice with more VAT categories only the largest are tried.
_MOST_ROWS: Final = 3
Shift = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the sums become right. All amounts are in cents; lists go by the rows of the VAT breakdown.

    moves:     the lines that give way
    document:  new allowances (below zero) and charges of the document
    taxable, taxes: BT-116 and BT-117; the other names are the totals
    weight, moved: what is compared: the weight of all changes, then the cents that move
    """

    moves: tuple[Moves, ...]
    document: Shift
    taxable: tuple[int, ...]
    taxes: tuple[int, ...]
    lines: int
    allowances: int | None
    charges: int | None
    without_vat: int
    vat: int
    with_vat: int
    rounding: int | None
    weight: int
    moved: int


def least(ledger: Ledger, giving_way: GivingWay) -> Plan | None:
    """The plan that weighs least; None where none is lawful and within rounding."""
    best: Plan | None = None
    for of_lines, of_document in _shifts(ledger):
        moves = _moves(ledger, giving_way, of_lines)
        if moves is None:
            continue
        if best is not None and _weight(moves, of_document) > best.weight:
            continue
        for plan in plans(ledger, moves, of_lines, of_document, _vat_worth_trying):
            if best is None or (plan.weight, plan.moved) < (best.weight, best.moved):
                best = plan
    return best


def _moves(ledger: Ledger, giving_way: GivingWay, shift: Shift) -> tuple[Moves, ...] | None:
    found = []
    for row, cents in zip(ledger.rows, shift, strict=True):
        moves = giving_way.by(row.kind, cents)
        if moves is None and cents:
            return None
        if moves is not None:
            found.append(moves)
    return tuple(found)


def _shifts(ledger: Ledger) -> Iterator[tuple[Shift, Shift]]:
    """By how much lines and document may give way in each VAT category; nothing first."""
    computed = ledger.lines - ledger.allowances + ledger.charges
    unpaid = ledger.due + ledger.paid - (ledger.stated_rounding or 0)
    wanted = (ledger.stated_without_vat, unpaid - ledger.stated_vat, unpaid - sum(row.tax for row in ledger.rows))
    by_row = [row.taxable - row.parts for row in ledger.rows]
    totals = (0, ledger.stated_lines - ledger.lines, *(one - computed for one in wanted), sum(by_row))
    for of_lines in _within(totals, None, ledger.unit):
        rests = (0, *(one - computed - of_lines for one in wanted), sum(by_row) - of_lines)
        for of_document in _within(rests, ledger.slack, ledger.unit):
            for lines in _spread(ledger, of_lines, by_row):
                left = [gap - moved for gap, moved in zip(by_row, lines, strict=True)]
                for document in _spread(ledger, of_document, left):
                    yield lines, document


def _within(amounts: Iterable[int], most: int | None, unit: int) -> Iterable[int]:
    """Each of them once that is no more than `most`; how much lines may give way depends on their prices."""
    return [one for one in dict.fromkeys(amounts) if (most is None or abs(one) <= most) and one % unit == 0]


def _spread(ledger: Ledger, cents: int, by_row: Sequence[int]) -> Iterator[Shift]:
    """An amount over the VAT categories: as their taxable amounts ask for it, and as a whole to one of the largest."""
    if not cents:
        yield (0,) * len(by_row)
        return
    if sum(by_row) == cents and sum(map(bool, by_row)) > 1:
        yield tuple(by_row)
    largest = sorted(range(len(by_row)), key=lambda at: (not by_row[at], -abs(ledger.rows[at].taxable), at))
    for chosen in largest[:_MOST_ROWS]:
        yield tuple(cents if at == chosen else 0 for at in range(len(by_row)))


@dataclass(frozen=True, slots=True)
class _Base:
    """A taxable amount that is settled. due: the tax on it; tax: what is stated as far as it is lawful, else `due`."""

    row: Row
    taxable: int
    due: int
    tax: int


def _weight(moves: Iterable[Moves], document: Shift) -> int:
    return sum(one.weight for one in moves) + WEIGHTS[Change.DOCUMENT] * sum(map(bool, document))


VatToTry = Callable[[Ledger, int, int], Iterable[int]]


def _vat_worth_trying(ledger: Ledger, natural: int, without_vat: int) -> Iterable[int]:
    """Totals of VAT: what the rows come to, then what meets BT-110, BT-112 or BT-114 as they are stated."""
    unpaid = ledger.due + ledger.paid - (ledger.stated_rounding or 0)
    return dict.fromkeys((natural, ledger.stated_vat, ledger.stated_with_vat - without_vat, unpaid - without_vat))


def plans(
    ledger: Ledger, moves: tuple[Moves, ...], lines: Shift, document: Shift, vat_to_try: VatToTry
) -> Iterator[Plan]:
    """Every lawful plan by which lines and document give way by so much, with one of these totals of VAT."""
    bases: list[_Base] = []
    for row, of_lines, of_document in zip(ledger.rows, lines, document, strict=True):
        base = _base(ledger, row, row.parts + of_lines + of_document)
        if base is None:
            return
        bases.append(base)
    more = sum(one for one in document if one > 0)
    less = -sum(one for one in document if one < 0)
    allowances = _sum(ledger.stated_allowances, ledger.allowances, less)
    charges = _sum(ledger.stated_charges, ledger.charges, more)
    without_vat = ledger.lines + sum(lines) - (allowances or 0) + (charges or 0)
    natural, weight = sum(one.tax for one in bases), _weight(moves, document)
    for vat in vat_to_try(ledger, natural, without_vat):
        taxes = _taxes(ledger, bases, vat - natural)
        if taxes is None:
            continue
        rounding = ledger.due + ledger.paid - without_vat - vat
        plan = Plan(
            moves=moves,
            document=document,
            taxable=tuple(one.taxable for one in bases),
            taxes=taxes,
            lines=ledger.lines + sum(lines),
            allowances=allowances,
            charges=charges,
            without_vat=without_vat,
            vat=vat,
            with_vat=without_vat + vat,
            rounding=rounding if rounding or ledger.stated_rounding is not None else None,
            weight=0,
            moved=0,
        )
        weighed = _weighed(ledger, plan, weight, less, more)
        if weighed is not None:
            yield weighed


def _base(ledger: Ledger, row: Row, parts: int) -> _Base | None:
    """What is stated as far as it is lawful (BR-S-08, BR-S-09 and their kin), else what is computed."""
    taxable = row.taxable if abs(row.taxable - parts) <= row.tolerance else parts
    due = row.tax_on(taxable, ledger.unit)
    is_lawful = abs(row.tax - row.tax_on(taxable)) <= min(row.tolerance, ledger.tax_tolerance)
    tax = row.tax if is_lawful else due
    is_rounding = max(abs(taxable - row.taxable), abs(tax - row.tax)) <= ledger.slack
    return _Base(row, taxable, due, tax) if is_rounding else None


def _sum(stated: int | None, computed: int, added: int) -> int | None:
    return None if stated is None and not added else computed + added


def _taxes(ledger: Ledger, bases: Sequence[_Base], more: int) -> tuple[int, ...] | None:
    """The taxes with so much more, as far as each may differ from its rate; the largest differ first."""
    taxes = [one.tax for one in bases]
    for at in sorted(range(len(bases)), key=lambda at: -abs(bases[at].taxable)) if more else ():
        base = bases[at]
        if not base.row.is_taxed or not base.row.rate:
            continue
        room = min(base.row.tolerance, ledger.tax_tolerance, ledger.slack)
        lowest, highest = min(base.due - room, base.tax), max(base.due + room, base.tax)
        moved = max(lowest, min(highest, base.tax + more)) - base.tax
        moved -= moved % ledger.unit if moved > 0 else -(-moved % ledger.unit)
        taxes[at] += moved
        more -= moved
    return None if more else tuple(taxes)


def _weighed(ledger: Ledger, plan: Plan, weight: int, less: int, more: int) -> Plan | None:
    """The plan with its weight; None where a sum changes by more than rounding explains."""
    changed = [
        plan.lines - ledger.stated_lines,
        (plan.allowances or 0) - (ledger.stated_allowances or 0) - less,
        (plan.charges or 0) - (ledger.stated_charges or 0) - more,
        plan.without_vat - ledger.stated_without_vat,
        plan.vat - ledger.stated_vat,
        plan.with_vat - ledger.stated_with_vat,
    ]
    changed += [after - row.taxable for after, row in zip(plan.taxable, ledger.rows, strict=True)]
    changed += [after - row.tax for after, row in zip(plan.taxes, ledger.rows, strict=True)]
    if max(map(abs, changed)) > ledger.slack:
        return None
    moved = sum(map(abs, changed)) + sum(abs(move.cents) for moves in plan.moves for move in moves.moves) + less + more
    rounding = (plan.rounding or 0) - (ledger.stated_rounding or 0)
    if rounding:
        if not ledger.may_round(plan.rounding or 0):
            return None
        weight += WEIGHTS[Change.ROUNDING_AMOUNT]
    return replace(plan, weight=weight + _SUM * sum(map(bool, changed)), moved=moved + abs(rounding))
