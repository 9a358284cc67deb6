"""Comparisons as XPath 2.0 makes them, of several values at once, and numbers as it reads them from texts.

cbc:ID = ('380', '381')                says(root.named("cbc:ID"), "380", "381")
cbc:ID/@schemeID = '0184'              has_attribute(party.all(…), "schemeID", "0184")
cbc:CityName[normalize-space(.)]       is_stated(address.named("cbc:CityName"))
normalize-space(cbc:ID/text()) != ''   only_text(account.named("cbc:ID"))
number(cbc:Percent)                    number_of(category.string("cbc:Percent"))
"""

import re
from collections.abc import Iterable
from decimal import Decimal

from formats.ubl.lexical import BLANKS
from formats.ubl.tree import Element, Undecidable, normal, string_of

_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF", re.ASCII)


def says(elements: Iterable[Element], *values: str) -> bool:
    """Whether one of the elements has one of the values, exactly as it stands."""
    return any(string_of(one) in values for one in elements)


def is_stated(elements: Iterable[Element]) -> bool:
    """Whether one of the elements holds more than blanks."""
    return any(normal(string_of(one)) for one in elements)


def has_attribute(elements: Iterable[Element], name: str, *values: str) -> bool:
    """Whether an attribute of one of the elements has one of the values."""
    return any(one.get(name) in values for one in elements)


def only_attribute(elements: Iterable[Element], name: str) -> str:
    """normalize-space(cbc:ID/@schemeID); "" where none of them has it. Raises Undecidable where several have it."""
    having = [(one, said) for one in elements if (said := one.get(name)) is not None]
    if len(having) > 1:
        raise Undecidable(having[1][0], f"{name} is stated {len(having)} times where one value is needed")
    return normal(having[0][1]) if having else ""


def only_text(elements: Iterable[Element]) -> str:
    """string(cbc:ID/text()); "" where none of them has any text. Raises Undecidable where several have."""
    found = [(one, text) for one in elements for text in one.texts]
    if len(found) > 1:
        raise Undecidable(found[1][0], f"{len(found)} texts stand where one value is needed")
    return found[0][1] if found else ""


def number_of(text: str) -> Decimal | None:
    """number(): `25`, `1e3`, `INF`; None where XPath says NaN."""
    stated = text.strip(BLANKS)
    return Decimal(stated) if _DOUBLE.fullmatch(stated) else None


def is_number(text: str) -> bool:
    """string(number()) != 'NaN'"""
    return _DOUBLE.fullmatch(text.strip(BLANKS)) is not None
