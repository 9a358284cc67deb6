"""Words, numbers and dates in the language of the reader.

One file of labels a language (`labels/de.toml`), all with the same keys. Numbers are grouped and marked as the
language writes them; dates are written out, because 03/04 is two different days in two countries.
"""

import datetime
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Final

from babel import Locale
from babel.dates import format_date
from babel.languages import get_official_languages
from babel.numbers import get_decimal_symbol, get_group_symbol

from formats.en16931.money import decimals_of, rounded

FALLBACK: Final = "en"
_NO_BREAK: Final = "\u00a0"
# Currencies whose smallest unit is not a hundredth (ISO 4217).
_DIGITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("JPY", "KRW", "ISK", "CLP", "VND", "XAF", "XOF", "XPF", "PYG", "UGX", "RWF"), 0),
    **dict.fromkeys(("KWD", "BHD", "JOD", "OMR", "TND", "LYD", "IQD"), 3),
}
# Languages that go by two names.
_ALIASES: Final[Mapping[str, str]] = {"no": "nb", "nn": "nb"}


@dataclass(frozen=True, slots=True)
class Wording:
    """A language as a page speaks it.

    language:  of the labels: `de`
    region:    of the number style where the language is spoken in several ways: `AT`, or ""
    labels:    by section and key: `labels["sums"]["due"]`
    locale:    Babel's name of it, for dates and country names
    decimal, group:  marks of a number
    money:     `{amount} {currency}`
    """

    language: str
    region: str
    labels: Mapping[str, Mapping[str, str]]
    locale: str
    decimal: str
    group: str
    money: str

    def say(self, section: str, key: str, **values: str) -> str:
        """The label, with its braces filled in."""
        return self.labels[section][key].format(**values)

    def number(self, value: Decimal, digits: int) -> str:
        """A number with exactly so many decimals."""
        whole, _, fraction = f"{rounded(value, digits):f}".partition(".")
        sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
        whole = f"{int(whole):,}".replace(",", self.group)
        return f"{sign}{whole}{self.decimal}{fraction}" if fraction else f"{sign}{whole}"

    def amount(self, value: Decimal, currency: str) -> str:
        """An amount with the decimals of its currency; more only where the invoice itself has more."""
        return self.number(value, max(_DIGITS.get(currency, 2), decimals_of(value.normalize())))

    def money_of(self, value: Decimal, currency: str) -> str:
        """An amount with its currency, as one word."""
        said = self.money.format(amount=self.amount(value, currency), currency=currency)
        return said.replace(" ", _NO_BREAK)

    def quantity(self, value: Decimal) -> str:
        """A quantity or price base with the decimals it has and no more."""
        return self.number(value, decimals_of(value.normalize()))

    def percent(self, value: Decimal) -> str:
        """A rate: `25 %`, or `25%` where the language sets it so."""
        blank = "" if self.language in {"en", "it", "nl"} else _NO_BREAK
        return f"{self.quantity(value)}{blank}%"

    def date(self, value: datetime.date) -> str:
        """A date with its month in letters."""
        return format_date(value, "long", locale=self.locale).replace(" ", _NO_BREAK)

    def unit(self, code: str | None) -> str:
        """The short name of a unit; a unit without one in this language is called by its code."""
        return self.labels["units"].get(code or "", code or "")

    def country(self, code: str | None) -> str:
        """A country's name; a code that is none stays as it is."""
        return (Locale.parse(self.locale).territories.get(code or "") or code or "") if code else ""


@cache
def languages() -> tuple[str, ...]:
    """The languages there are labels for."""
    folder = resources.files("formats.pdf") / "labels"
    return tuple(sorted(one.name.removesuffix(".toml") for one in folder.iterdir() if one.name.endswith(".toml")))


@cache
def wording(language: str, region: str = "") -> Wording:
    """The wording of a language that has labels."""
    text = (resources.files("formats.pdf") / "labels" / f"{language}.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    locale = _locale(language, region, str(content["locale"]))
    return Wording(
        language=language,
        region=region,
        labels={name: section for name, section in content.items() if isinstance(section, dict)},
        locale=locale,
        decimal=get_decimal_symbol(locale),
        group=get_group_symbol(locale),
        money=str(content["money"]),
    )


def _locale(language: str, region: str, default: str) -> str:
    """The language as that country writes it, if it is one of its own languages; else as its labels say."""
    if region and language in get_official_languages(region, de_facto=True):
        try:
            return str(Locale.parse(f"{language}_{region}"))
        except ValueError:
            return default
    return default


def chosen(wanted: str, *countries: str | None) -> Wording:
    """The wording for a reader: what is wanted, else a language of the first of these countries that has labels.

    wanted: a language tag such as `de`, `de-AT` or `sv_FI`, or "".
    """
    language, _, region = wanted.replace("_", "-").partition("-")
    language = _ALIASES.get(language.lower(), language.lower())
    if language in languages():
        first = next((country for country in countries if country), "")
        return wording(language, _region(region or first))
    for country in countries:
        for spoken in get_official_languages(country, de_facto=True) if country else ():
            if _ALIASES.get(spoken, spoken) in languages():
                return wording(_ALIASES.get(spoken, spoken), _region(country or ""))
    return wording(FALLBACK)


def _region(code: str) -> str:
    return code.upper() if len(code) == 2 and code.isascii() and code.isalpha() else ""
