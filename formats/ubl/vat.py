"""The VAT category that an allowance, a line and a subtotal state, each under `cac:TaxScheme` VAT.

UBL may state other taxes in the same place; EN 16931 knows VAT alone, so those are listed as not carried.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from formats.ubl.node import Node
from formats.ubl.pen import Pen, group

VAT: Final = "VAT"
VAT_SCHEME: Final = f"<cac:TaxScheme>\n<cbc:ID>{VAT}</cbc:ID>\n</cac:TaxScheme>\n"


def is_vat(node: Node) -> bool:
    """Whether a tax category or a party's tax scheme is about VAT."""
    return node.peek("cac:TaxScheme", "cbc:ID").upper() == VAT


def vat_category(owner: Node, name: str, number: str = "") -> Iterator[Node]:
    """The VAT category below an element, if there is one."""
    kept = ""
    for node in owner.nodes(name, number):
        if not is_vat(node):
            node.leave()
        elif kept:
            node.repeats("", kept)
            node.skip()
        else:
            kept = node.peek("cbc:ID") or VAT
            node.skip("cac:TaxScheme")
            yield node


def read_category_and_rate(
    owner: Node, name: str, category: str, rate: str, number: str = ""
) -> tuple[str | None, Decimal | None]:
    """The VAT category code and rate below an element. category, rate: their business terms; number: their group."""
    code: str | None = None
    percent: Decimal | None = None
    for node in vat_category(owner, name, number):
        code, percent = node.text("cbc:ID", category), node.decimal("cbc:Percent", rate)
    return code, percent


def write_category(name: str, code: str | None, rate: Decimal | None, pen: Pen, *reasons: str) -> str:
    """A VAT category; reasons: the elements that say why no VAT is charged."""
    stated = "".join((pen.text("cbc:ID", code), pen.decimal("cbc:Percent", rate), *reasons))
    return group(name, stated, VAT_SCHEME) if stated else ""
