"""Which letters the shipped fonts can print, and what is printed for those they cannot.

A letter without a glyph would come out as a box, and PDF/A forbids it. So texts are looked at before: what neither
font has is written in other letters where that keeps the meaning (`Ⓐ` as `A`, a Korean syllable by its sound, an
emoji by its name), and where it would not, nothing is printed and a person is asked.
"""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

FAMILIES: Final = ("Noto Sans", "DejaVu Sans")
_FONTS: Final = ("NotoSans-Regular.ttf", "DejaVuSans.ttf")
_BOLD_TOO: Final = ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf")
# They shape or hide themselves: soft hyphen, zero width space and joiners, variation selectors, byte order mark.
_IGNORED: Final = frozenset("\u00ad\u200b\u200c\u200d\ufeff\u2060") | frozenset(map(chr, range(0xFE00, 0xFE10)))
_NAMED: Final = frozenset({"So", "Sm", "Sk", "Sc"})  # signs whose Unicode name is a word for them
_SPELLED: Final = ("HANGUL SYLLABLE ", "HIRAGANA LETTER ", "KATAKANA LETTER ")


def fonts_folder() -> Path:
    """Where the fonts are."""
    return Path(str(resources.files("formats.pdf") / "fonts"))


@cache
def printable() -> frozenset[str]:
    """The letters that can be printed, in regular and in bold."""
    regular, bold = (frozenset().union(*(_letters(name) for name in names)) for names in (_FONTS, _BOLD_TOO))
    return (regular & bold) | _IGNORED | {"\n"}


def missing(text: str) -> frozenset[str]:
    """The letters of a text that cannot be printed."""
    return frozenset() if text.isascii() else frozenset(text) - printable()


def substitute(letter: str) -> str | None:
    """What is printed instead of a letter that cannot be, None where nothing would mean the same."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", letter) if sign in printable())
    base = "".join(sign for sign in plain if not unicodedata.combining(sign))
    if base:
        return base
    name = unicodedata.name(letter, "")
    for spelled in _SPELLED:
        if name.startswith(spelled):
            return name.removeprefix(spelled).rpartition(" ")[2].lower()
    if unicodedata.category(letter) in _NAMED and name:
        return f"[{name.lower()}]"
    return None


def printed(text: str) -> str:
    """The text with every letter that cannot be printed replaced; one without a replacement is left out.

    Whoever prints asks `missing` and `substitute` first, so that nothing is replaced or left out in silence.
    """
    gone = missing(text)
    if not gone:
        return text
    return text.translate({ord(letter): substitute(letter) or "" for letter in gone})


def _letters(font: str) -> frozenset[str]:
    content = (fonts_folder() / font).read_bytes()
    return frozenset(map(chr, _characters(_table(content, b"cmap"))))


def _table(content: bytes, wanted: bytes) -> bytes:
    (count,) = struct.unpack_from(">H", content, 4)
    for index in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", content, 12 + 16 * index)
        if tag == wanted:
            return content[offset : offset + length]
    raise ValueError(f"The font has no table {wanted.decode()}.")


def _characters(cmap: bytes) -> Iterator[int]:
    """The characters of the Unicode subtables of format 4 and 12 (OpenType 1.9, cmap)."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    for index in range(count):
        platform, _, offset = struct.unpack_from(">HHI", cmap, 4 + 8 * index)
        (kind,) = struct.unpack_from(">H", cmap, offset)
        if platform in (0, 3) and kind == 4:
            yield from _format_4(cmap, offset)
        elif platform in (0, 3) and kind == 12:
            (groups,) = struct.unpack_from(">I", cmap, offset + 12)
            for group in range(groups):
                first, last, _ = struct.unpack_from(">III", cmap, offset + 16 + 12 * group)
                yield from range(first, last + 1)


def _format_4(cmap: bytes, offset: int) -> Iterator[int]:
    """The characters of segments, without those that a segment maps to glyph 0, which is the box."""
    (doubled,) = struct.unpack_from(">H", cmap, offset + 6)
    count = doubled // 2
    ends = struct.unpack_from(f">{count}H", cmap, offset + 14)
    starts = struct.unpack_from(f">{count}H", cmap, offset + 16 + doubled)
    deltas = struct.unpack_from(f">{count}H", cmap, offset + 16 + 2 * doubled)
    ranges = struct.unpack_from(f">{count}H", cmap, offset + 16 + 3 * doubled)
    for index, (first, last) in enumerate(zip(starts, ends, strict=True)):
        for character in range(first, min(last, 0xFFFE) + 1):
            glyph = character
            if ranges[index]:
                at = offset + 16 + 3 * doubled + 2 * index + ranges[index] + 2 * (character - first)
                (glyph,) = struct.unpack_from(">H", cmap, at)
            if glyph and (glyph + deltas[index]) & 0xFFFF:
                yield character
