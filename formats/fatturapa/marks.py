"""The gateway's own marks in AltriDatiGestionali: what a line of EN 16931 says and DettaglioLinee has no element for.

A mark is one block: TipoDato names the business term (`BT-136`), RiferimentoNumero or RiferimentoTesto holds its
value. They are understood again only in a document that this gateway wrote (SistemaEmittente). Item attributes
(BG-32) stand in the same blocks under their own names.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from formats.en16931 import ItemAttribute
from formats.fatturapa.document import Block, Content
from formats.fatturapa.elements import fits
from formats.fatturapa.manifest import Manifest

OUR_SYSTEM: Final = "EIGATEWAY"
CATEGORY_MARK: Final = "BT-151"
Mark: TypeAlias = tuple[str, Decimal | str]

_MARK: Final = re.compile(r"B[TG]-\d{2,3}")
_DECIMALS: Final = 8


def amount_mark(term: str, path: str, value: Decimal | None, manifest: Manifest) -> Iterator[Mark]:
    """The mark of an amount, nothing where there is none."""
    if value is not None:
        manifest.amount(path, value, _DECIMALS)
        yield term, value


def text_mark(term: str, path: str, value: str | None, manifest: Manifest) -> Iterator[Mark]:
    """The mark of a text, nothing where there is none."""
    written = manifest.text(path, value, "String60LatinType")
    if written:
        yield term, written


def write_marks(marks: Iterable[Mark]) -> Iterator[Content]:
    """AltriDatiGestionali for marks."""
    for term, value in marks:
        yield {"TipoDato": term, "RiferimentoNumero" if isinstance(value, Decimal) else "RiferimentoTesto": value}


def write_attributes(attributes: Sequence[ItemAttribute], path: str, manifest: Manifest) -> Iterator[Content]:
    """AltriDatiGestionali for item attributes: a name of up to 10 characters that is not one of our marks."""
    for position, attribute in enumerate(attributes, 1):
        at = f"{path}/BG-32[{position}]"
        name = attribute.name or ""
        if not fits(name, "String10Type") or name != name.strip() or _MARK.fullmatch(name):
            for term in ("BT-160", "BT-161"):
                manifest.leave(
                    f"{at}/{term}",
                    "TipoDato takes names of up to 10 characters of ASCII, and none that is ours (BT-..., BG-...).",
                )
            continue
        manifest.take(f"{at}/BT-160")
        yield {
            "TipoDato": name,
            "RiferimentoTesto": manifest.text(f"{at}/BT-161", attribute.value, "String60LatinType"),
        }


def read_marks(line: Block) -> list[Mark]:
    """The marks of a line that this gateway wrote, in their order."""
    marks: list[Mark] = []
    for block in line.each("AltriDatiGestionali"):
        term = block.text("TipoDato") or ""
        if _MARK.fullmatch(term):
            number = block.amount("RiferimentoNumero")
            marks.append((term, number if number is not None else block.text("RiferimentoTesto") or ""))
    return marks


def read_attributes(line: Block, is_ours: bool) -> Iterator[tuple[Block, ItemAttribute]]:
    """The item attributes of a line: every block that is not one of our marks."""
    for block in line.each("AltriDatiGestionali"):
        name = block.text("TipoDato")
        if is_ours and name and _MARK.fullmatch(name):
            continue
        value = block.text("RiferimentoTesto") or block.text("RiferimentoNumero") or block.text("RiferimentoData")
        if name or value:
            yield block, ItemAttribute(name=name, value=value)
