"""Amounts, dates, times and foreign texts as a person reads them. In English, times in UTC."""

import datetime
from decimal import Decimal
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_currency_precision, get_currency_symbol
from markupsafe import Markup

_ENGLISH: Final = Locale("en")
# Signs that override the direction of what follows (Unicode TR 9), and controls: they could dress one text as another.
_OVERRIDES: Final = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_CONTROLS: Final = [*range(9), *range(11, 32), *range(0x7F, 0xA0)]
_WITHOUT_TRICKS: Final[dict[int, None]] = dict.fromkeys([*_OVERRIDES, *_CONTROLS])
# Marks of direction are harmless in a name, but in a raw file they are to be seen as well.
_VISIBLE: Final[dict[int, str]] = {
    **{code: f"⟨U+{code:04X}⟩" for code in [0x061C, 0x200B, 0x200E, 0x200F, *_OVERRIDES, *_CONTROLS]},
    **{code: chr(0x2400 + code) for code in [*range(9), *range(11, 32)]},
}


def amount(value: Decimal | None, currency: str | None) -> str:
    """`€7,932.68`, `SEK 300.00`: exactly the digits that are known, at least those that the currency has."""
    if value is None:
        return ""
    whole, _, fraction = f"{abs(value):,f}".partition(".")
    code = currency if currency and len(currency) == 3 and currency.isalpha() and currency.isascii() else None
    digits = fraction.ljust(get_currency_precision(code) if code else 2, "0")
    symbol = get_currency_symbol(code, locale=_ENGLISH) if code else (currency or "")
    gap = "\u00a0" if symbol[-1:].isalpha() else ""
    sign = "\u2212" if value < 0 else ""
    return f"{sign}{symbol}{gap}{whole}{'.' if digits else ''}{digits}"


def day(value: datetime.date) -> str:
    """`6 November 2026`."""
    return format_date(value, "d MMMM y", locale=_ENGLISH)


def weekday(value: datetime.date) -> str:
    """`Sunday 15 November`, for a date to act by."""
    return format_date(value, "EEEE d MMMM", locale=_ENGLISH)


def short_day(value: datetime.date) -> str:
    """`Sun 15 Nov`, for a cell."""
    return format_date(value, "EEE d MMM", locale=_ENGLISH)


def day_heading(value: datetime.date, today: datetime.date) -> str:
    """`Today, 12 November` or `Tuesday, 10 November`; with its year where that is not this one."""
    name = {0: "Today", 1: "Yesterday"}.get((today - value).days) or format_date(value, "EEEE", locale=_ENGLISH)
    return f"{name}, {format_date(value, 'd MMMM' if value.year == today.year else 'd MMMM y', locale=_ENGLISH)}"


def changed(value: datetime.datetime, now: datetime.datetime) -> str:
    """When a row changed: the time today, the day before that."""
    if value.date() == now.date():
        return f"{value:%H:%M}"
    return format_date(value.date(), "d MMM" if value.year == now.year else "d MMM y", locale=_ENGLISH)


def since(value: datetime.datetime, now: datetime.datetime) -> str:
    """When a fact began: the time to the second today, the day and the minute before that."""
    if value.date() == now.date():
        return f"{value:%H:%M:%S}"
    return f"{changed(value, now)} {value:%H:%M}"


def days_left(deadline: datetime.date, today: datetime.date) -> str:
    """`3 days left`, `today`, `2 days late`."""
    left = (deadline - today).days
    if left == 0:
        return "today"
    return f"{count(abs(left), 'day')} {'left' if left > 0 else 'late'}"


def count(number: int, noun: str) -> str:
    """`1 day`, `1,284 days`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def size(octets: int) -> str:
    """`6.8 kB`, as file managers write it."""
    if octets < 1000:
        return f"{octets} B"
    value, unit = (octets / 1000, "kB") if octets < 1_000_000 else (octets / 1_000_000, "MB")
    return f"{value:.1f} {unit}" if value < 10 else f"{value:,.0f} {unit}"


def country(code: str | None) -> str:
    """`Italy` for IT; the code itself where it is none."""
    return _ENGLISH.territories.get(code.upper(), code) if code else ""


def foreign(text: str | None) -> Markup:
    """A text of somebody else's, kept in its own direction: it can turn neither itself nor its neighbours around."""
    shown = (text or "").translate(_WITHOUT_TRICKS)
    return Markup("<bdi>{}</bdi>").format(shown) if shown else Markup()


def plain(text: str | None) -> str:
    """The same for places that take no markup: titles, labels and file names."""
    return (text or "").translate(_WITHOUT_TRICKS)


def visible(text: str) -> str:
    """A line of a raw file with its controls and turning signs to be seen: nothing in it hides."""
    return text.translate(_VISIBLE)


def hash_in_short(sha256: str) -> str:
    """`51d0…c2a8`."""
    return f"{sha256[:4]}…{sha256[-4:]}"
