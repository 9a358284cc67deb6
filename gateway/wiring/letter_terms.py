"""What may be ordered of a letter: by the operator, by a sender and by a rule, in the same words.

The rule wins over the sender, and the sender over the operator. The values are those of the job ticket
(`channels/post/ticket.py`); what nobody orders is as the ticket has it.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from channels.post.ticket import Terms
from formats.pdf.windows import windows
from gateway.errors import SettingWrong


class LetterTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Terms of a letter, None where nothing is ordered.

    window:        id of the envelope's window (`formats/pdf/windows.csv`)
    sender:        whose letter it is, in the print house's words
    return_lines:  lines of the return address
    posted_in:     country of posting
    envelope, sides, colour, paper, speed, handling, perforation: as the ticket has them
    """

    window: str | None = None
    sender: str | None = None
    return_lines: tuple[str, ...] | None = None
    posted_in: str | None = None
    envelope: str | None = None
    sides: str | None = None
    colour: str | None = None
    paper: int | None = None
    speed: str | None = None
    handling: str | None = None
    perforation: str | None = None


USUAL_WINDOW: Final = "de-din5008-b"
_MEND: Final = "Correct it where it was ordered: in the rule, in the sender's settings, or in `channels.post.packing`."
# Terms that every ticket needs, for a look at the others before there is a letter.
_ANY_LETTER: Final = {
    "document": "1",
    "pages": "1",
    "sender": "anybody",
    "return_lines": "anywhere",
    "created_at": "2026-01-01T00:00:00Z",
    "window": USUAL_WINDOW,
}
TICKET_TERMS: Final = ("envelope", "sides", "colour", "paper", "speed", "handling", "perforation")


def over(stronger: LetterTerms, weaker: LetterTerms) -> LetterTerms:
    """Both together; where both order something, the stronger one counts."""
    ordered: Mapping[str, object] = {**msgspec.to_builtins(weaker), **msgspec.to_builtins(stronger)}
    return msgspec.convert(ordered, LetterTerms)


def check_terms(orders: LetterTerms, setting: str) -> None:
    """Whether a letter can be made like this. Raises SettingWrong naming the term that no ticket or page knows."""
    if orders.window is not None and orders.window not in windows():
        problem = f"there is no window `{orders.window}`; there are {', '.join(windows())}"
        raise SettingWrong(setting, problem, _MEND)
    try:
        msgspec.convert({**_ANY_LETTER, **of_the_ticket(orders)}, Terms, strict=False)
    except msgspec.ValidationError as error:
        raise SettingWrong(setting, str(error), _MEND) from None


def of_the_ticket(orders: LetterTerms) -> Mapping[str, str]:
    """The orders that stand on the job ticket, as its terms."""
    return {name: str(value) for name in TICKET_TERMS if (value := getattr(orders, name)) is not None}
