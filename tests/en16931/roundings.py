"""Invoices as ERPs round them: right in themselves, and each amount rounded on its own way, at its own moment."""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from random import Random

from msgspec.structs import replace

from formats.en16931 import AllowanceCharge, Invoice, Line, LineAllowanceCharge, LineVat, Price, Totals, VatBreakdown
from tests.samples import sample_invoice, sample_italian_invoice, sample_line

Kind = tuple[str, str]
Either = Callable[..., Decimal]
TAXED: Sequence[Kind] = (("S", "19"), ("S", "20"), ("S", "22"), ("S", "10"), ("S", "5.5"), ("S", "8.1"), ("S", "4"))
UNTAXED: Sequence[Kind] = (("E", "0"), ("Z", "0"), ("AE", "0"), ("G", "0"))
REASONS = {"E": "Exempt", "AE": "Reverse charge", "G": "Export"}


@dataclass(frozen=True)
class Way:
    """How an ERP rounds. digits: decimals of its amounts; cuts: it cuts the rest off instead."""

    digits: int
    cuts: bool = False

    def __call__(self, exact: Fraction) -> Decimal:
        scale = 10**self.digits
        size = floor(abs(exact) * scale + (0 if self.cuts else Fraction(1, 2)))
        return Decimal(size if exact >= 0 else -size).scaleb(-self.digits)


@dataclass(frozen=True)
class Sold:
    """A line in exact numbers. discount: the part of it that is taken off."""

    quantity: Decimal
    price: Fraction
    discount: Fraction
    kind: Kind

    @property
    def net(self) -> Fraction:
        return Fraction(self.quantity) * self.price * (1 - self.discount)

    @property
    def vat(self) -> Fraction:
        return self.net * Fraction(self.kind[1]) / 100


def invoice_drawn(number: int, *, italian: bool = False) -> Invoice:
    """One invoice, made from its number alone."""
    random = Random(number)
    currency = "EUR" if italian else random.choice(("EUR",) * 8 + ("CHF", "SEK", "HUF"))
    whole = currency == "HUF" and random.random() < 0.7
    cents = Way(0 if whole else 2)
    kinds = random.sample(TAXED, random.choice((1, 1, 2, 3))) + random.sample(
        UNTAXED[: 2 if italian else 4], random.choice((0, 0, 0, 1))
    )
    sold = [_sold(random, random.choice(kinds)) for _ in range(random.choice((1, 1, 2, 3, 5, 8, 13)))]
    rounds_lines = random.choice((cents, cents, cents, Way(cents.digits, cuts=True), cents if whole else Way(4)))
    lines = [_line(random, one, str(at), rounds_lines, cents) for at, one in enumerate(sold, 1)]
    allowances = tuple(_allowance(random, sold, cents) for _ in range(random.choice((0, 0, 0, 1))))
    sample = sample_italian_invoice() if italian else sample_invoice()
    return replace(
        sample,
        number=f"R-{number}",
        currency=currency,
        issue_date=datetime.date(2026, 3, 2),
        lines=tuple(lines),
        allowances=allowances,
        **_sums(random, sold, lines, allowances, cents, currency),
    )


def _sold(random: Random, kind: Kind) -> Sold:
    quantity = random.choice(
        (
            Decimal(1),
            Decimal(random.randint(1, 40)),
            Decimal(random.randint(1, 4000)),
            Decimal(random.randint(1, 99999)).scaleb(-3),
        )
    )
    shown = Fraction(random.randint(1, 20000), 100)
    price = random.choice(
        (shown, shown, shown / 3, shown / (1 + Fraction(kind[1]) / 100), Fraction(random.randint(1, 99999), 10000))
    )
    sign = -1 if random.random() < 0.05 else 1
    return Sold(
        quantity * sign,
        price,
        random.choice((Fraction(0),) * 6 + (Fraction(1, 3), Fraction(1, 8), Fraction(15, 100))),
        kind,
    )


def _line(random: Random, one: Sold, identifier: str, rounds: Way, cents: Way) -> Line:
    """The price as it is shown, a discount as an allowance, and a net amount of the exact or of the shown price."""
    price = Way(random.choice((2, 4, 4, 6)))(one.price)
    parts: tuple[LineAllowanceCharge, ...] = ()
    net = one.net if random.random() < 0.6 else Fraction(price) * Fraction(one.quantity) * (1 - one.discount)
    gross = Price(net=price)
    if one.discount and random.random() < 0.5:
        base = Fraction(one.quantity) * one.price
        part = LineAllowanceCharge(
            amount=cents(base * one.discount),
            base=cents(base),
            percentage=Way(random.choice((2, 4)))(one.discount * 100),
            reason="Discount",
        )
        parts = (part,)
    elif one.discount:
        less = Way(4)(Fraction(price) * one.discount)
        gross = Price(net=price - less, discount=less, gross=price)
    return sample_line(
        identifier,
        quantity=one.quantity,
        net_amount=rounds(net),
        price=gross,
        allowances=parts,
        vat=LineVat(category=one.kind[0], rate=Decimal(one.kind[1])),
    )


def _allowance(random: Random, sold: Sequence[Sold], cents: Way) -> AllowanceCharge:
    category, rate = random.choice(sold).kind
    base = sum((one.net for one in sold), Fraction(0))
    percentage = random.choice((Fraction(2), Fraction(100, 3), Fraction(7, 2)))
    return AllowanceCharge(
        amount=cents(base * percentage / 100),
        base=cents(base),
        percentage=Way(2)(percentage),
        vat_category=category,
        vat_rate=Decimal(rate),
        reason="Discount",
    )


def _sums(
    random: Random,
    sold: Sequence[Sold],
    lines: Sequence[Line],
    allowances: Sequence[AllowanceCharge],
    cents: Way,
    currency: str,
) -> dict[str, object]:
    """BG-22 and BG-23: each amount from exact numbers, or from stated ones, as it happens."""

    def either(*ways: Fraction) -> Decimal:
        return random.choice((cents, cents, cents, Way(cents.digits, cuts=True)))(random.choice(ways))

    rows = [_row(one, sold, lines, allowances, either, cents) for one in dict.fromkeys(one.kind for one in sold)]
    less = _sum(one.amount for one in allowances)
    line_net = either(_sum(one.net_amount for one in lines), sum((one.net for one in sold), Fraction(0)))
    without_vat = either(Fraction(line_net) - less, _sum(row.taxable for row in rows))
    vat = either(
        _sum(row.tax for row in rows),
        _sum(row.tax for row in rows),
        sum((Fraction(row.taxable or 0) * Fraction(row.rate or 0) / 100 for row in rows), Fraction(0)),
    )
    with_vat = cents(Fraction(without_vat) + Fraction(vat))
    rounding, due = None, with_vat
    coin = {"CHF": Fraction(1, 20), "SEK": Fraction(1), "HUF": Fraction(5)}.get(currency)
    if coin is not None and random.random() < 0.6:
        due = cents(coin * floor(Fraction(with_vat) / coin + Fraction(1, 2)))
        rounding = due - with_vat if random.random() < 0.4 else None
    totals = Totals(
        line_net=line_net,
        allowances=cents(less) if allowances else None,
        without_vat=without_vat,
        vat=vat,
        with_vat=with_vat,
        rounding=rounding,
        due=due,
    )
    return {"vat_breakdown": tuple(rows), "totals": totals}


def _row(
    kind: Kind,
    sold: Sequence[Sold],
    lines: Sequence[Line],
    allowances: Sequence[AllowanceCharge],
    either: Either,
    cents: Way,
) -> VatBreakdown:
    less = _sum(one.amount for one in allowances if (one.vat_category, str(one.vat_rate)) == kind)
    exact = [one for one in sold if one.kind == kind]
    stated = _sum(line.net_amount for line, one in zip(lines, sold, strict=True) if one.kind == kind)
    taxable = either(stated - less, stated - less, sum((one.net for one in exact), Fraction(0)) - less)
    of_base = Fraction(taxable) * Fraction(kind[1]) / 100
    by_line = _sum(cents(one.vat) for one in exact) - less * Fraction(kind[1]) / 100
    return VatBreakdown(
        taxable=taxable,
        tax=either(of_base, of_base, by_line),
        category=kind[0],
        rate=Decimal(kind[1]),
        exemption_reason=REASONS.get(kind[0]),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Fraction:
    return sum((Fraction(amount) for amount in amounts if amount is not None), Fraction(0))
