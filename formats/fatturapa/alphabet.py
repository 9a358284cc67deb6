"""Texts in the letters that FatturaPA admits: Basic Latin, or Basic Latin and the Latin-1 supplement.

A letter outside is written by its nearest neighbours (EUR for the euro sign, the unaccented letter, the usual
romanisation of Greek and Cyrillic); one without neighbours becomes `?`. Source: Allegato A 1.9.1, types String*Type.
"""

import unicodedata
from collections.abc import Iterator
from typing import Final

from formats.fatturapa.elements import LATIN_1

UNKNOWN_LETTER: Final = "?"

# Signs and letters that Unicode does not decompose into what a reader expects.
_NEIGHBOURS: Final = {
    "€": "EUR", "£": "GBP", "¥": "JPY", "¢": "c", "©": "(c)", "®": "(r)", "«": '"', "»": '"', "§": "par.", "°": "o",
    "±": "+/-", "×": "x", "÷": "/", "¿": "?", "¡": "!", "¶": "par.", "·": "-", "¬": "-", "¦": "|", "µ": "u",
    "“": '"', "”": '"', "„": '"', "‟": '"', "‘": "'", "’": "'", "‚": "'", "‹": "'", "›": "'", "′": "'", "″": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "•": "-", "…": "...", "⁄": "/", "\u2028": " ",
    "\u2029": " ", "Æ": "AE", "æ": "ae", "Œ": "OE", "œ": "oe", "Ø": "O", "ø": "o", "ß": "ss", "ẞ": "SS", "Þ": "Th",
    "þ": "th", "Ð": "D", "ð": "d", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "ı": "i", "Ł": "L", "ł": "l", "Ŋ": "N",
    "ŋ": "n", "Ŧ": "T", "ŧ": "t", "ĸ": "k", "ə": "e", "Ə": "E",
}  # fmt: skip
_GREEK: Final = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        [
            "a",
            "v",
            "g",
            "d",
            "e",
            "z",
            "i",
            "th",
            "i",
            "k",
            "l",
            "m",
            "n",
            "x",
            "o",
            "p",
            "r",
            "s",
            "s",
            "t",
            "y",
            "f",
            "ch",
            "ps",
            "o",
        ],
        strict=True,
    )
)
_CYRILLIC: Final = dict(
    zip(
        "абвгґдежзийклмнопрстуфхцчшщъыьэюяєіјљњћђџ",
        [
            "a",
            "b",
            "v",
            "g",
            "g",
            "d",
            "e",
            "zh",
            "z",
            "i",
            "y",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "kh",
            "ts",
            "ch",
            "sh",
            "shch",
            "-",
            "y",
            "-",
            "e",
            "yu",
            "ya",
            "ye",
            "i",
            "j",
            "lj",
            "nj",
            "c",
            "dj",
            "dz",
        ],
        strict=True,
    )
)
_ROMANISED: Final = {
    letter: "" if roman == "-" else roman for table in (_GREEK, _CYRILLIC) for letter, roman in table.items()
}


def in_alphabet(text: str, last_letter: str = LATIN_1) -> str:
    """The text in letters up to `last_letter`; the same text where it has no other. Never empty for a text."""
    if text.isascii() or max(text) <= last_letter:
        return text
    composed = unicodedata.normalize("NFC", text)
    written = "".join(part for letter in composed for part in _neighbours(letter, last_letter))
    return written or UNKNOWN_LETTER


def _neighbours(letter: str, last_letter: str) -> Iterator[str]:
    if letter <= last_letter:
        yield letter
    elif letter in _NEIGHBOURS:
        yield _NEIGHBOURS[letter]
    elif letter.lower() in _ROMANISED:
        roman = _ROMANISED[letter.lower()]
        yield roman if letter.islower() else roman.capitalize()
    elif unicodedata.category(letter) in ("Cf", "Mn", "Me", "Sk"):
        return  # joiners, direction marks and loose accents say nothing by themselves
    else:
        yield from _decomposed(letter, last_letter)


def _decomposed(letter: str, last_letter: str) -> Iterator[str]:
    parts = unicodedata.normalize("NFKD", letter)
    if parts == letter:
        yield UNKNOWN_LETTER
        return
    for part in parts:
        if not unicodedata.combining(part):
            yield from _neighbours(part, last_letter)


def shortened(text: str, most: int) -> str:
    """The text in at most so many characters, without blanks at its ends."""
    return text[:most].strip() or text[:most]
