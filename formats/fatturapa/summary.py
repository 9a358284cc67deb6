"""VAT breakdown (BG-23) as DatiRiepilogo (2.2.2): one for each rate and nature.

EN 16931 has one row for each category and rate. A category whose lines have several natures becomes several
DatiRiepilogo, and their sums are the row again. Where row and DatiRiepilogo are one to one, the stated amounts stand.
SDI allows 1.00 between a taxable amount and its lines (00422); a smaller difference is said in Arrotondamento.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from msgspec.structs import replace

from formats.en16931 import Invoice, ItalianLine, LineVat, VatBreakdown
from formats.en16931.money import ZERO, percentage_of, rounded
from formats.fatturapa.allowances import CHARGES, sides
from formats.fatturapa.codes import EXIGIBILITY_OF, SPLIT_PAYMENT, TAX_POINT_OF, nature
from formats.fatturapa.document import Block, Content
from formats.fatturapa.funds import fund_key, funds_among_charges, needs_no_line
from formats.fatturapa.lines import read_key
from formats.fatturapa.notebook import Notebook
from formats.fatturapa.price import net_of
from formats.fatturapa.vat import TAXED, VatKey, category_of, rate_of
from formats.fatturapa.writing import Writing


class Entry(NamedTuple):
    """What a line, allowance, charge or contribution adds to one DatiRiepilogo."""

    key: VatKey
    category: str
    amount: Decimal
    is_accessory: bool = False


@dataclass(slots=True)
class Group:
    """One DatiRiepilogo in the making: what adds up in it, and the rows of BG-23 (from 0) that speak of it."""

    amount: Decimal = ZERO
    accessory: Decimal = ZERO
    categories: set[str] = field(default_factory=set)
    rows: list[int] = field(default_factory=list)


def entries_of(invoice: Invoice, writing: Writing) -> Iterator[Entry]:
    """Everything that makes taxable amounts, as it is written."""
    for line in invoice.lines:
        vat, italy = line.vat or LineVat(), line.italy or ItalianLine()
        yield Entry(writing.key(vat.category, vat.rate, italy.nature), vat.category or "", net_of(line))
    contributions = funds_among_charges(invoice)
    for side, position, one in sides(invoice):
        if side is CHARGES and (position - 1 in contributions or needs_no_line(one)):
            continue
        amount = (one.amount or ZERO) * side.sign
        yield Entry(writing.key(one.vat_category, one.vat_rate), one.vat_category or "", amount, side is CHARGES)
    for fund in invoice.italy.pension_funds if invoice.italy else ():
        key = fund_key(fund)
        yield Entry(key, category_of(key, writing.split_payment), fund.amount or ZERO)


def write_summary(invoice: Invoice, writing: Writing) -> Iterator[Content]:
    """Every DatiRiepilogo: those of the stated rows in their order, then those that no row speaks of."""
    groups: dict[VatKey, Group] = {}
    for entry in entries_of(invoice, writing):
        group = groups.setdefault(entry.key, Group())
        group.amount += entry.amount
        group.accessory += entry.amount if entry.is_accessory else ZERO
        group.categories.add(entry.category)
    keys_of_row = [_keys_of(row, groups) for row in invoice.vat_breakdown]
    for index, keys in enumerate(keys_of_row):
        for key in keys:
            groups[key].rows.append(index)
    _take_split_payment(invoice, groups, writing)
    _take_tax_point(invoice, groups, writing)
    for key in dict.fromkeys([key for keys in keys_of_row for key in keys] + list(groups)):
        group = groups[key]
        is_one_to_one = len(group.rows) == 1 and len(keys_of_row[group.rows[0]]) == 1
        row = invoice.vat_breakdown[group.rows[0]] if group.rows else VatBreakdown()
        yield _write_group(key, group, row if is_one_to_one else replace(row, taxable=None, tax=None), invoice, writing)
    for index, keys in enumerate(keys_of_row):
        shared = any(len(groups[key].rows) > 1 for key in keys)
        _take_row(invoice.vat_breakdown[index], index, [] if shared else keys, groups, writing)


def _keys_of(row: VatBreakdown, groups: Mapping[VatKey, Group]) -> list[VatKey]:
    return [
        key
        for key, group in groups.items()
        if row.category in group.categories and (row.category not in TAXED or key.rate == row.rate)
    ]


def _amounts(key: VatKey, group: Group, row: VatBreakdown) -> tuple[Decimal, Decimal]:
    """Taxable amount and tax: as stated, else computed."""
    taxable = rounded(row.taxable if row.taxable is not None else group.amount)
    return taxable, rounded(row.tax) if row.tax is not None else percentage_of(taxable, key.rate)


def _write_group(key: VatKey, group: Group, row: VatBreakdown, invoice: Invoice, writing: Writing) -> Content:
    taxable, tax = _amounts(key, group, row)
    difference = taxable - group.amount
    at = f"BG-23[{group.rows[0] + 1}]/BT-120" if group.rows else ""
    is_split = writing.split_payment and key.rate > 0
    return {
        "AliquotaIVA": key.rate,
        "Natura": key.nature,
        "SpeseAccessorie": group.accessory or None,
        # More than SDI allows is an error of the invoice, and no rounding: it must not be hidden.
        "Arrotondamento": difference if 0 < abs(difference) <= 1 else None,
        "ImponibileImporto": taxable,
        "Imposta": tax,
        "EsigibilitaIVA": SPLIT_PAYMENT if is_split else EXIGIBILITY_OF.get(invoice.tax_point_code or ""),
        "RiferimentoNormativo": writing.manifest.text(at, row.exemption_reason, "String100LatinType"),
    }


def _take_split_payment(invoice: Invoice, groups: Mapping[VatKey, Group], writing: Writing) -> None:
    stated = invoice.italy is not None and invoice.italy.split_payment
    if stated == (writing.split_payment and any(key.rate > 0 for key in groups)):
        writing.manifest.take("IT-D/IT-2")
    else:
        writing.manifest.leave("IT-D/IT-2", "There is no VAT that the buyer could pay to the state.")


def _take_tax_point(invoice: Invoice, groups: Mapping[VatKey, Group], writing: Writing) -> None:
    code = invoice.tax_point_code
    read = TAX_POINT_OF.get(EXIGIBILITY_OF.get(code or "", ""))
    if writing.split_payment and all(key.rate > 0 for key in groups):
        writing.manifest.leave("BT-8", "Under split payment EsigibilitaIVA says S.")
    elif code == read:
        writing.manifest.take("BT-8")
    elif read is not None:
        writing.manifest.leave("BT-8", f"EsigibilitaIVA {EXIGIBILITY_OF[code or '']} is read as {read}.")


def _take_row(
    row: VatBreakdown, index: int, keys: list[VatKey], groups: Mapping[VatKey, Group], writing: Writing
) -> None:
    """What of a row of BG-23 can be read again."""
    at = f"BG-23[{index + 1}]"
    if not keys:
        for term in ("BT-116", "BT-117", "BT-118", "BT-119", "BT-120"):
            writing.manifest.leave(f"{at}/{term}", "DatiRiepilogo has one block for each rate and nature of the lines.")
        return
    stated = row if len(keys) == 1 else VatBreakdown()
    written = [_amounts(key, groups[key], stated) for key in keys]
    for term, value, said in (
        ("BT-116", row.taxable, sum((taxable for taxable, _ in written), ZERO)),
        ("BT-117", row.tax, sum((tax for _, tax in written), ZERO)),
    ):
        if value == said:
            writing.manifest.take(f"{at}/{term}")
        else:
            writing.manifest.leave(f"{at}/{term}", f"DatiRiepilogo says {said}.")
    if row.category == "S" and writing.split_payment:
        writing.manifest.leave(f"{at}/BT-118", "Under split payment the VAT category is read as B.")
    else:
        writing.manifest.take(f"{at}/BT-118")
    if row.rate == rate_of(row.category or "", keys[0]):
        writing.manifest.take(f"{at}/BT-119")
    _take_exemption_code(row, f"{at}/BT-121", keys[0], writing)


def _take_exemption_code(row: VatBreakdown, path: str, key: VatKey, writing: Writing) -> None:
    known = nature(key.nature)
    read = known.exemption_code if known else None
    if row.exemption_code == read:
        writing.manifest.take(path)
    else:
        writing.manifest.leave(path, f"Natura {key.nature} is read as {read or 'no code'}.")


def is_split(goods: Block | None) -> bool:
    """Whether a DatiRiepilogo says that the buyer pays the VAT."""
    rows = goods.each("DatiRiepilogo") if goods is not None else iter(())
    return SPLIT_PAYMENT in [row.text("EsigibilitaIVA") for row in rows]


def read_tax_point(goods: Block, notebook: Notebook) -> str | None:
    """BT-8 from the first EsigibilitaIVA that names a time."""
    for row in goods.each("DatiRiepilogo"):
        code = TAX_POINT_OF.get(row.text("EsigibilitaIVA") or "")
        if code is not None:
            notebook.stood("BT-8", row.first("EsigibilitaIVA"))
            return code
    return None


def read_summary(
    goods: Block, categories: Mapping[VatKey, str], split_payment: bool, notebook: Notebook
) -> tuple[VatBreakdown, ...]:
    """BG-23: the blocks of one category and rate are one row. categories: what the lines say about rate and nature."""
    found: dict[tuple[str, Decimal | None], VatBreakdown] = {}
    for block in goods.each("DatiRiepilogo"):
        at = f"BG-23[{len(found) + 1}]"
        key = read_key(block, f"{at}/BT-119", f"{at}/BT-118", notebook)
        category = categories.get(key) or category_of(key, split_payment)
        for name in ("Arrotondamento", "SpeseAccessorie"):
            block.text(name)  # contained in the taxable amount
        row = _read_row(block, key, category, at, notebook)
        place = (category, row.rate)
        found[place] = _merged(found[place], row) if place in found else row
    return tuple(found.values())


def _read_row(block: Block, key: VatKey, category: str, at: str, notebook: Notebook) -> VatBreakdown:
    notebook.stood(f"{at}/BT-118", block.first("Natura") or block.first("AliquotaIVA"))
    known = nature(key.nature)
    exemption_code = known.exemption_code if known else None
    if exemption_code:
        notebook.computed(f"{at}/BT-121", f"Natura {key.nature}")
    return VatBreakdown(
        taxable=notebook.amount(f"{at}/BT-116", block, "ImponibileImporto"),
        tax=notebook.amount(f"{at}/BT-117", block, "Imposta"),
        category=category,
        rate=rate_of(category, key),
        exemption_reason=notebook.text(f"{at}/BT-120", block, "RiferimentoNormativo"),
        exemption_code=exemption_code,
    )


def _merged(one: VatBreakdown, other: VatBreakdown) -> VatBreakdown:
    reasons = dict.fromkeys(reason for reason in (one.exemption_reason, other.exemption_reason) if reason)
    return replace(
        one,
        taxable=(one.taxable or ZERO) + (other.taxable or ZERO),
        tax=(one.tax or ZERO) + (other.tax or ZERO),
        exemption_reason="; ".join(reasons) or None,
    )
