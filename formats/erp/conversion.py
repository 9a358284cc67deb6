"""From the text of a cell to the value of a term: numbers, dates, countries, units, codes.

Which conversion applies follows from the term alone: BT-131 is an amount, BT-55 a country, BT-130 a unit.
"""

import re
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Final

from babel import Locale

from formats.erp.cents import AMOUNTS, without_zeros
from formats.erp.mapping import CodeTable, folded_code
from formats.erp.slots import Kind, Slot
from formats.erp.spelling import DateOrder, NotReadable, NumberStyle, read_date, read_number
from formats.erp.written import Text, read_written

_COUNTRY_TERMS: Final = frozenset({"BT-40", "BT-55", "BT-69", "BT-80", "BT-159"})
_CURRENCY_TERMS: Final = frozenset({"BT-5", "BT-6"})
_UNIT_TERMS: Final = frozenset({"BT-130", "BT-150"})
_VAT_TERMS: Final = frozenset({"BT-31", "BT-48", "BT-63"})
_ACCOUNT_TERMS: Final = frozenset({"BT-84", "BT-91"})

_COUNTRY_LANGUAGES: Final = ("en", "de", "fr", "it", "es", "nl", "sv", "da", "nb", "fi", "pt", "pl")
_UNIT_CODE: Final = re.compile(r"[A-Z0-9]{2,3}")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_GUARDED: Final = re.compile(r'="(.*)"', re.DOTALL)
_YES: Final = frozenset({"1", "true", "yes", "y", "ja", "j", "si", "sì", "s", "oui", "o", "x", "kyllä"})
_NO: Final = frozenset({"0", "false", "no", "n", "nein", "nej", "non", "nee", "nei", "ei"})


def cleaned(cell: str) -> str:
    """The text of a cell without outer blanks and without the guard of spreadsheets: `="007"` and `'007` are 007."""
    text = cell.strip().strip("\ufeff")
    if text[:1] not in {"=", "'"}:
        return text
    guarded = _GUARDED.fullmatch(text)
    if guarded:
        return guarded[1].strip()
    if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@", *"0123456789"}:
        return text[1:].strip()
    return text


def value_of(slot: Slot, text: str, style: NumberStyle, order: DateOrder | None) -> object:
    """The value that a cleaned, not blank text is for this term. Raises NotReadable with the form expected."""
    if slot.kind is Kind.AMOUNT:
        number = read_number(text, style)
        return without_zeros(number) if slot.term in AMOUNTS else number
    if slot.kind is Kind.DATE:
        return read_date(text, order)
    if slot.kind is Kind.TRUTH:
        return _truth(text)
    if slot.part != "value":
        return text
    return _TEXTS.get(slot.term, str)(text)


def looked_up(slot: Slot, text: str, table: CodeTable, name: str) -> str | None:
    """What the sender's code table says about a code for this term, None where that code says nothing of it."""
    row = table.get(folded_code(text))
    if row is None:
        known = ", ".join(list(table)[:12])
        raise NotReadable(f"a code of the table `{name}` ({known}{', ...' if len(table) > 12 else ''})")
    return row if isinstance(row, str) else row.get(slot.number)


def _truth(text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise NotReadable("yes or no")


def _country(text: str) -> str:
    if len(text) == 2 and text.isascii() and text.isalpha():
        return {"UK": "GB", "EL": "GR"}.get(text.upper(), text.upper())
    code = _country_names().get(folded_code(text))
    if code is None:
        raise NotReadable("a country code such as DE, or the country's name")
    return code


@cache
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for language in _COUNTRY_LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names.setdefault(folded_code(name), code)
    return names


def _currency(text: str) -> str:
    code = {"€": "EUR", "£": "GBP"}.get(text, text.upper())
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise NotReadable("a currency code such as EUR")
    return code


def _unit(text: str) -> str:
    code = _unit_words().get(folded_code(text).rstrip("."))
    if code:
        return code
    if _UNIT_CODE.fullmatch(text):
        return text
    raise NotReadable("a unit code of UN/ECE Recommendation 20 such as C62, HUR or KGM, or a unit's usual short name")


@cache
def _unit_words() -> dict[str, str]:
    data = resources.files("formats.erp") / "data" / "units.yaml"
    units = read_written(data.read_text(encoding="utf-8"))
    return {
        folded_code(word).rstrip("."): code
        for code, words in units.entries.items()
        if isinstance(words, Text)
        for word in words.text.split(",")
    }


def _vat_id(text: str) -> str:
    """A VAT identifier without the blanks and points that people put into it."""
    return re.sub(r"[\s.\-]", "", text).upper() if text[:2].isalpha() else text


def _account(text: str) -> str:
    """An IBAN without blanks; any other account as it stands."""
    compact = re.sub(r"\s", "", text).upper()
    return compact if _IBAN.fullmatch(compact) else text


_TEXTS: Final[dict[str, Callable[[str], str]]] = {
    **dict.fromkeys(_COUNTRY_TERMS, _country),
    **dict.fromkeys(_CURRENCY_TERMS, _currency),
    **dict.fromkeys(_UNIT_TERMS, _unit),
    **dict.fromkeys(_VAT_TERMS, _vat_id),
    **dict.fromkeys(_ACCOUNT_TERMS, _account),
    "BT-151": str.upper,
}
