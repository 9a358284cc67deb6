"""How values are written: UBL-DT-01, UBL-DT-06 and UBL-DT-07.

Amounts and attachments are told by how their names end, whatever they are and wherever they stand.
"""

from collections.abc import Iterator
from typing import Final

from formats.ubl.assertions import ANY_ROOT, Fail, Pattern, pattern, rule
from formats.ubl.tree import Document, Element, string_of

_DECIMALS: Final = 2


@rule(ANY_ROOT, asserts="UBL-DT-01")
def amounts_have_two_decimals(_: Element, fail: Fail) -> None:
    """Two decimals at most; prices may have more (BT-146 to BT-148)."""
    for one in _named_like(fail.document, "Amount", other_than="PriceAmount"):
        if len(string_of(one).partition(".")[2]) > _DECIMALS and not _is_in_discounted_price(one):
            fail("UBL-DT-01", one)


@rule(ANY_ROOT, asserts="UBL-DT-06 UBL-DT-07")
def attachments_are_described(_: Element, fail: Fail) -> None:
    """An attachment says its media type and its file name (BT-125)."""
    for one in _named_like(fail.document, "BinaryObject"):
        for rule_id, attribute in (("UBL-DT-06", "mimeCode"), ("UBL-DT-07", "filename")):
            if one.get(attribute) is None:
                fail(rule_id, one)


def _named_like(document: Document, ending: str, other_than: str = "") -> Iterator[Element]:
    for name, elements in document.elements.items():
        if name.endswith(ending) and not (other_than and name.endswith(other_than)):
            yield from elements


def _is_in_discounted_price(element: Element) -> bool:
    """Whether it stands in a price that has an allowance (BT-147): amounts in such a price may be as long as prices."""
    price = element.above("cac:Price")
    while price is not None and not price.has("cac:AllowanceCharge"):
        price = price.above("cac:Price")
    return price is not None


PATTERNS: tuple[Pattern, ...] = (pattern(amounts_have_two_decimals), pattern(attachments_are_described))
