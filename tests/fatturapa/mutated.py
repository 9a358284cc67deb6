"""Small damages to a document: an element removed, doubled, moved, renamed, or given another text."""

import random
from collections.abc import Callable
from copy import deepcopy

from lxml import etree

# Near the edges of the types: lengths, alphabets, decimals, dates, codes.
TEXTS = (
    *("", " ", "x", "X", "SI", "si", "IT", "it", "ITA", "€", "À", "a\nb"),
    *("0", "1", "-1", "22", "1.0", "1.00", "-1.00", "1.123456789", "12345678901234.00", "100.00", "100.01", "1e3"),
    *("1234", "12345", "9999", "10000", "2026-02-30", "2026-02-28", "1969-12-31", "2026-02-28T10:00:00"),
    *("N2.1", "N8", "TD01", "TD28", "TD29", "TD99", "RF03", "RF20", "TESTITM1", "IT60X054281110100"),
    *("AAAAAA1", "AAAAAA12", "a@b.c", "a@b", "SGVsbG8=", "SGVsbG8"),
    *("À" * 60, "À" * 61, *("a" * length for length in (10, 11, 20, 21, 80, 81, 201, 1001))),
)


def remove(element: etree._Element, dice: random.Random) -> None:
    _parent(element).remove(element)


def double(element: etree._Element, dice: random.Random) -> None:
    element.addnext(deepcopy(element))


def move(element: etree._Element, dice: random.Random) -> None:
    parent = _parent(element)
    parent.remove(element)
    parent.insert(dice.randrange(len(parent) + 1), element)


def rename(element: etree._Element, dice: random.Random) -> None:
    element.tag = dice.choice(("Numero", "Data", "IdCodice", "Nome", "Cognome", "Denominazione", "Altro"))


def retype(element: etree._Element, dice: random.Random) -> None:
    leaf = dice.choice([one for one in element.iter(etree.Element) if not len(one)])
    leaf.text = dice.choice(TEXTS)


DAMAGES: tuple[Callable[[etree._Element, random.Random], None], ...] = (
    remove,
    double,
    move,
    rename,
    retype,
    retype,
    retype,
)


def damaged(root: etree._Element, dice: random.Random) -> etree._Element:
    """A copy with one damage. The signature is left out: what stands in it is not the schema's to judge here."""
    copy = deepcopy(root)
    for signature in copy.findall("{http://www.w3.org/2000/09/xmldsig#}Signature"):
        copy.remove(signature)
    element = dice.choice([one for one in copy.iter(etree.Element) if one is not copy])
    dice.choice(DAMAGES)(element, dice)
    return copy


def _parent(element: etree._Element) -> etree._Element:
    parent = element.getparent()
    assert parent is not None
    return parent
