"""What a reply of SMTP means for us: taken, later, or who has to act.

The enhanced status code decides where there is one (RFC 3463, registry of IANA), else the three digits (RFC 5321
4.2.3), else the stage at which the reply came. The tables hold what differs from "4 is later, 5 is for good".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

_ENHANCED: Final = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?=\s|$)")
LONGEST_QUOTE: Final = 300


class Meaning(Enum):
    """Who has to act after a reply."""

    TAKEN = auto()
    LATER = auto()
    OURS = auto()  # we: login, sender, DNS and signatures of our domain, a command that the relay does not know
    ADDRESS = auto()  # master data: no mail reaches this address
    CONTENT = auto()  # the message itself: its size, its parts, what a filter thinks of it


@dataclass(frozen=True, slots=True)
class Reply:
    """The three digits, and the text of all lines with a line end between them."""

    code: int
    text: str

    @property
    def enhanced(self) -> str:
        """`5.1.1`, "" where the text does not begin with such a code of the same class."""
        found = _ENHANCED.match(self.text)
        return found[0] if found and found[1] == str(self.code // 100) else ""

    @property
    def is_positive(self) -> bool:
        """Whether the command was carried out."""
        return 200 <= self.code < 300

    @property
    def words(self) -> str:
        """The reply as one line for a message, at most 300 characters."""
        line = " ".join(f"{self.code} {self.text}".split())
        return "".join(letter for letter in line if letter.isprintable())[:LONGEST_QUOTE]


_L, _A, _C, _O = Meaning.LATER, Meaning.ADDRESS, Meaning.CONTENT, Meaning.OURS

# `subject` or `subject.detail` of an enhanced code -> (meaning in class 4, meaning in class 5).
_BY_ENHANCED: Final[Mapping[str, tuple[Meaning, Meaning]]] = {
    # Addressing
    "1": (_L, _A),
    "1.3": (_A, _A),  # wrong form
    "1.6": (_A, _A),  # moved
    "1.7": (_O, _O),  # our return path has a wrong form
    "1.8": (_L, _O),  # our domain is not known
    # Mailbox
    "2": (_L, _A),
    "2.2": (_L, _L),  # full
    "2.3": (_C, _C),  # message longer than the mailbox takes
    # Mail system
    "3.1": (_L, _L),  # full
    "3.3": (_C, _C),  # lacks a feature that we used
    "3.4": (_C, _C),  # message too big
    # Network
    "4": (_L, _A),
    "4.5": (_L, _L),  # congestion
    "4.7": (_A, _A),  # tried until its time ran out
    # Protocol
    "5": (_L, _O),
    "5.3": (_L, _L),  # too many recipients
    # Content
    "6": (_L, _C),
    "6.1": (_C, _C),  # media type
    "6.2": (_C, _C),  # 6.2, 6.3, 6.5: conversion forbidden, impossible, failed
    "6.3": (_C, _C),
    "6.5": (_C, _C),
    "6.7": (_A, _A),  # 6.7 to 6.10: an address beyond ASCII is not possible here
    "6.8": (_A, _A),
    "6.9": (_A, _A),
    "6.10": (_A, _A),
    # Security and policy: 7.0 and 7.1 say nothing about who; the stage tells
    "7.2": (_A, _A),  # this list takes nothing from us
    "7.3": (_C, _C),  # 7.3 to 7.7: encryption and signatures of the content
    "7.4": (_L, _C),
    "7.5": (_L, _C),
    "7.6": (_L, _C),
    "7.7": (_L, _C),
    "7.8": (_O, _O),  # 7.8, 7.9, 7.11 to 7.14: our login
    "7.9": (_O, _O),
    "7.10": (_L, _O),  # encryption needed
    "7.11": (_O, _O),
    "7.12": (_O, _O),
    "7.13": (_O, _O),
    "7.14": (_O, _O),
    "7.15": (_L, _L),  # priority too low at the moment
    "7.16": (_L, _C),  # too big for this priority
    "7.17": (_A, _A),  # 7.17, 7.18: mailbox or domain has a new owner, who must not read it
    "7.18": (_A, _A),
    "7.20": (_L, _O),  # 7.20 to 7.27, 7.29: DKIM, SPF, reverse DNS, DMARC, null MX, ARC
    "7.21": (_L, _O),
    "7.22": (_L, _O),
    "7.23": (_L, _O),
    "7.24": (_L, _O),
    "7.25": (_L, _O),
    "7.26": (_L, _O),
    "7.27": (_L, _O),
    "7.28": (_L, _L),  # flood
    "7.29": (_L, _O),
    "7.30": (_L, _C),  # REQUIRETLS
}
# Three digits that say who has to act, whatever the stage.
_BY_CODE: Final[Mapping[int, Meaning]] = {
    500: _O,
    501: _O,
    502: _O,
    503: _O,
    504: _O,
    521: _A,  # RFC 7504: takes no mail
    530: _O,
    534: _O,
    535: _O,
    538: _O,
    551: _A,
    552: _C,
    555: _O,
    556: _A,  # RFC 7504: null MX
}


def meaning_for_sender(reply: Reply) -> Meaning:
    """What a reply to MAIL FROM means. The address in it is ours, so whatever is wrong with it is ours as well."""
    meaning = _meaning(reply, Meaning.OURS)
    return Meaning.OURS if meaning is Meaning.ADDRESS else meaning


def meaning_for_recipient(reply: Reply) -> Meaning:
    """What a reply to RCPT TO means."""
    return _meaning(reply, Meaning.ADDRESS)


def meaning_for_message(reply: Reply) -> Meaning:
    """What a reply to DATA or behind the final dot means: the addresses had been taken before."""
    return _meaning(reply, Meaning.CONTENT)


def _meaning(reply: Reply, otherwise: Meaning) -> Meaning:
    """otherwise: what a refusal for good means at this stage where its codes say nothing about who has to act."""
    if reply.is_positive:
        return Meaning.TAKEN
    is_final = reply.code // 100 == 5
    if reply.enhanced:
        _, subject, detail = reply.enhanced.split(".")
        rows = _BY_ENHANCED.get(f"{subject}.{detail}") or _BY_ENHANCED.get(subject)
        if rows:
            return rows[is_final]
    return _BY_CODE.get(reply.code, otherwise) if is_final else Meaning.LATER
