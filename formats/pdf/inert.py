"""Foreign text made harmless before it is printed: no control characters, no tricks with the direction of writing.

Texts never become markup (the page gets them as data), but a text can still lie: U+202E turns `abc` into `cba`, a
zero byte ends a word for some readers and not for others.
"""

import re
from typing import Final

_LINE_ENDS: Final = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
# C0 and C1 controls; marks, embeddings, overrides and isolates of writing direction; tags; what is no character.
_HARMFUL: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_LONG_WORD: Final = re.compile(r"[^\s\u200b\u00ad-]{30,}")
_PIECE: Final = 15
_BLANKS: Final = re.compile(r"[^\S\n]+")


def one_line(text: str | None) -> str:
    """A text as it stands in one line; "" for none."""
    return " ".join(several_lines(text).split("\n")).strip()


def several_lines(text: str | None) -> str:
    """A text with its line breaks, without blanks at their ends and without empty lines at its own."""
    if not text:
        return ""
    text = _HARMFUL.sub("", _LINE_ENDS.sub("\n", text).replace("\t", " "))
    return "\n".join(_BLANKS.sub(" ", line).strip() for line in text.split("\n")).strip("\n")


def breakable(text: str) -> str:
    """The text with a chance to break inside words that no column can hold."""
    if len(text) < 30:
        return text
    return _LONG_WORD.sub(lambda found: _in_pieces(found[0]), text)


def _in_pieces(word: str) -> str:
    return "\u200b".join(word[at : at + _PIECE] for at in range(0, len(word), _PIECE))
