"""What may be ordered of a letter: by the operator, by a sender and by a rule, in the same words.

The rule wins over the sender, and the sender over the operator. The values are those of the job ticket
(`channels/post/ticket.py`); what nobody orders is as the ticket has it.
"""

from collections.abc import Mapping

import msgspec


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


TICKET_TERMS = ("envelope", "sides", "colour", "paper", "speed", "handling", "perforation")


def over(stronger: LetterTerms, weaker: LetterTerms) -> LetterTerms:
    """Both together; where both order something, the stronger one counts."""
    ordered: Mapping[str, object] = {**msgspec.to_builtins(weaker), **msgspec.to_builtins(stronger)}
    return msgspec.convert(ordered, LetterTerms)
