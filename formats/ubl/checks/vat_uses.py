"""Where a document uses which VAT category: collected once, for all rules about categories."""

from collections import Counter
from typing import Final

from formats.ubl.checks.allowance_charges import allowance_charges_of
from formats.ubl.checks.conditions import is_in_item_of_line, is_vat
from formats.ubl.checks.vat_categories import BY_CODE, CATEGORIES, VatCategory
from formats.ubl.tree import Document, Element, Undecidable, normal, string_of

_VAT: Final = "VAT"


class Codes:
    """The category codes in one kind of place, each with the first group that states it.

    any:    all, without the blanks around them
    vat:    those whose tax scheme is VAT
    exact, exact_vat: the same as they are written, blanks and all
    """

    __slots__ = ("any", "exact", "exact_vat", "vat")

    def __init__(self) -> None:
        self.any: dict[str, Element] = {}
        self.vat: dict[str, Element] = {}
        self.exact: dict[str, Element] = {}
        self.exact_vat: dict[str, Element] = {}

    def add(self, written: str, code: str, is_vat: bool, group: Element) -> None:
        """Take down what one group states."""
        self.any.setdefault(code, group)
        self.exact.setdefault(written, group)
        if is_vat:
            self.vat.setdefault(code, group)
            self.exact_vat.setdefault(written, group)


class Uses:
    """The uses of VAT categories in a document.

    items:         in cac:ClassifiedTaxCategory, mostly of lines
    parts:         in allowances and charges, of the document, its lines and prices; of them:
    allowances, charges, document_parts, document_allowances, document_charges
    rows:          in the VAT breakdown (BG-23); row_count says how many rows of VAT a code has there
    elsewhere:     in any other cac:TaxCategory
    of_lines:      by group, the category that a line is under
    of_parts:      by group, the category of an allowance or a charge, and whether it is an allowance
    of_rows:       by group, the category of a row
    used:          the categories that are used anywhere
    trouble:       what makes the official rules break on the document, None if nothing does
    """

    def __init__(self) -> None:
        self.items, self.rows, self.elsewhere = Codes(), Codes(), Codes()
        self.parts, self.allowances, self.charges = Codes(), Codes(), Codes()
        self.document_parts, self.document_allowances, self.document_charges = Codes(), Codes(), Codes()
        self.row_count: Counter[str] = Counter()
        self.of_lines: dict[Element, VatCategory] = {}
        self.of_parts: dict[Element, tuple[VatCategory, bool]] = {}
        self.of_rows: dict[Element, VatCategory] = {}
        self.used: tuple[VatCategory, ...] = ()
        self.trouble: Undecidable | None = None

    def state(self, written: str) -> bool:
        """Whether a code is stated anywhere in the document, just so."""
        return any(written in place.exact for place in (self.items, self.parts, self.rows, self.elsewhere))


def uses_of(document: Document) -> Uses:
    """The uses of VAT categories in a document."""
    uses = Uses()
    for group in document.named("cac:ClassifiedTaxCategory"):
        written, code, is_vat = _stated(group, uses)
        uses.items.add(written, code, is_vat, group)
        if is_vat and code in BY_CODE and is_in_item_of_line(group):
            uses.of_lines[group] = BY_CODE[code]
    roles = {one.group: one for one in document.fact(allowance_charges_of)}
    for group in document.named("cac:TaxCategory"):
        around = group.parent
        part = roles.get(around) if around is not None else None
        if part is not None:
            _part(uses, group, part.is_allowance, part.is_charge, part.group.parent is document.root)
        elif _is_row(group, document.root):
            _row(uses, group)
        else:
            _elsewhere(uses, group)
    codes = uses.items.any.keys() | uses.parts.any.keys() | uses.rows.any.keys() | uses.elsewhere.any.keys()
    uses.used = tuple(category for category in CATEGORIES if category.code in codes)
    return uses


def _part(uses: Uses, group: Element, is_allowance: bool, is_charge: bool, is_of_document: bool) -> None:
    written, code, is_vat = _stated(group, uses)
    uses.parts.add(written, code, is_vat, group)
    if is_of_document:
        uses.document_parts.add(written, code, is_vat, group)
    if is_allowance:
        uses.allowances.add(written, code, is_vat, group)
        if is_of_document:
            uses.document_allowances.add(written, code, is_vat, group)
    if is_charge:
        uses.charges.add(written, code, is_vat, group)
        if is_of_document:
            uses.document_charges.add(written, code, is_vat, group)
    if is_vat and (is_allowance or is_charge) and code in BY_CODE:
        uses.of_parts[group] = (BY_CODE[code], is_allowance)


def _row(uses: Uses, group: Element) -> None:
    written, code, is_vat = _stated(group, uses)
    uses.rows.add(written, code, is_vat, group)
    if is_vat:
        uses.row_count[code] += 1
        if code in BY_CODE:
            uses.of_rows[group] = BY_CODE[code]


def _elsewhere(uses: Uses, group: Element) -> None:
    """A category of no other place may even state several codes: nothing asks which of them it is."""
    is_vat = _is_under_vat(group, uses)
    for stated in group.named("cbc:ID"):
        written = string_of(stated)
        uses.elsewhere.add(written, normal(written), is_vat, group)


def _stated(group: Element, uses: Uses) -> tuple[str, str, bool]:
    """The code as it is written and without blanks around it, and whether it is one of VAT."""
    ids = group.named("cbc:ID")
    if len(ids) > 1:
        uses.trouble = uses.trouble or Undecidable(ids[1], "a VAT category has more than one code")
    written = string_of(ids[0]) if ids else ""
    return written, written if written in BY_CODE else normal(written), _is_under_vat(group, uses)


def _is_under_vat(group: Element, uses: Uses) -> bool:
    """Whether one of its tax schemes is VAT, in capitals or not."""
    scheme = group.first.get("cac:TaxScheme")
    if scheme is None:
        return False
    if scheme.more is None:
        stated = scheme.first.get("cbc:ID")
        if stated is not None and string_of(stated) == _VAT:
            return True
    try:
        return is_vat(group)
    except Undecidable as trouble:
        uses.trouble = uses.trouble or trouble
        return False


def code_of(group: Element) -> str:
    """normalize-space(cbc:ID): its category code. Raises Undecidable where it has several."""
    written = group.string("cbc:ID")
    return written if written in BY_CODE else normal(written)


def _is_row(group: Element, root: Element) -> bool:
    subtotal = group.parent
    total = subtotal.parent if subtotal is not None and subtotal.name == "cac:TaxSubtotal" else None
    return total is not None and total.name == "cac:TaxTotal" and total.parent is root
