"""Lines (BG-25) as DettaglioLinee (2.2.1)."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from formats.en16931 import Identifier, ItalianLine, Item, Line, LineVat, Period
from formats.en16931.money import ZERO, decimals_of, rounded
from formats.fatturapa.alphabet import in_alphabet, shortened
from formats.fatturapa.document import Block, Content
from formats.fatturapa.elements import LATIN_1
from formats.fatturapa.manifest import Manifest
from formats.fatturapa.marks import (
    CATEGORY_MARK,
    Mark,
    read_attributes,
    read_marks,
    write_attributes,
    write_marks,
)
from formats.fatturapa.notebook import Notebook
from formats.fatturapa.price import read_price, write_price
from formats.fatturapa.units import unit_code
from formats.fatturapa.vat import VatKey, category_of, rate_of
from formats.fatturapa.writing import VatPaths, Writing

MOST_LINES: Final = 9_999
YES: Final = "SI"
MOST_TEXT: Final = 1_000
CENTS: Final = 2
# Between name and description, in documents of ours: a letter of Latin-1 that names do not hold.
_DIVIDER: Final = " \u00b7 "
_OWN_ARTICLE: Final = "Codice Art. fornitore"
# The scheme of a standard identifier (BT-157) is a four digit ICD, that of a class (BT-158) a code of UNTDID 7143.
_STANDARD_NAMES: Final = {"0160": "GTIN"}
_STANDARD_SCHEMES: Final = {"GTIN": "0160", "EAN": "0160"}
_ICD: Final = re.compile(r"[0-9]{4}")
_CLASS_SCHEME: Final = re.compile(r"[A-Z]{2,3}")


def line_numbers(identifiers: Sequence[str | None]) -> list[int]:
    """NumeroLinea of each line: its identifier (BT-126) where all are different numbers, else the position."""
    numbers = [int(one) for one in identifiers if one and one.isascii() and one.isdigit()]
    canonical = [str(number) for number in numbers] == list(identifiers)
    if canonical and len(set(numbers)) == len(numbers) and all(1 <= number <= MOST_LINES for number in numbers):
        return numbers
    return list(range(1, len(identifiers) + 1))


def write_line(line: Line, number: int, path: str, writing: Writing) -> Content:
    """One DettaglioLinee."""
    manifest = writing.manifest
    item, italy, vat = line.item or Item(), line.italy or ItalianLine(), line.vat or LineVat()
    key = writing.key(vat.category, vat.rate, italy.nature)
    if line.identifier == str(number):
        manifest.take(f"{path}/BT-126")
    else:
        manifest.leave(f"{path}/BT-126", f"NumeroLinea says {number}.")
    price, marks = write_price(line, path, manifest)
    paths = VatPaths(f"{path}/BG-30/BT-151", f"{path}/BG-30/BT-152")
    marks += writing.vat(vat.category, vat.rate, key, paths)
    manifest.take(f"{path}/IT-L/IT-40", f"{path}/IT-L/IT-41")
    return {
        **price,
        **_write_period(line.period, path, manifest),
        "NumeroLinea": number,
        "TipoCessionePrestazione": manifest.code(f"{path}/IT-L/IT-42", italy.kind, "TipoCessionePrestazioneType"),
        "CodiceArticolo": list(_write_codes(item, path, manifest)),
        "Descrizione": _write_description(item, path, manifest),
        "UnitaMisura": manifest.text(f"{path}/BT-130", line.unit, "String10Type") if "Quantita" in price else None,
        "AliquotaIVA": key.rate,
        "Ritenuta": YES if italy.withheld else None,
        "Natura": key.nature,
        "RiferimentoAmministrazione": manifest.text(f"{path}/BT-133", line.accounting_reference, "String20Type"),
        "AltriDatiGestionali": [*write_marks(marks), *write_attributes(item.attributes, f"{path}/BG-31", manifest)],
    }


def _write_period(period: Period | None, path: str, manifest: Manifest) -> Content:
    if period is None:
        return {}
    return {
        "DataInizioPeriodo": manifest.date(f"{path}/BG-26/BT-134", period.start),
        "DataFinePeriodo": manifest.date(f"{path}/BG-26/BT-135", period.end),
    }


def _write_description(item: Item, path: str, manifest: Manifest) -> str | None:
    """Name and description in one text of at most 1000 characters."""
    name_at, description_at = f"{path}/BG-31/BT-153", f"{path}/BG-31/BT-154"
    name = manifest.text(name_at, item.name, "String1000LatinType")
    if name is None:
        manifest.leave(description_at, "It stands in Descrizione in place of the name.")
        return Manifest().text(description_at, item.description, "String1000LatinType")
    if _DIVIDER in f"{name} ":
        manifest.leave(name_at, f"It holds “{_DIVIDER}”, which stands between name and description.")
    room = MOST_TEXT - len(name) - len(_DIVIDER)
    if not item.description or room < 1:
        return name
    written = shortened(in_alphabet(item.description.strip(), LATIN_1), room)
    if written == item.description:
        manifest.take(description_at)
    else:
        manifest.leave(
            description_at, f"Written as “{written}”: Descrizione takes {MOST_TEXT} characters of ISO 8859-1."
        )
    return f"{name}{_DIVIDER}{written}"


def _write_codes(item: Item, path: str, manifest: Manifest) -> Iterator[Content]:
    """CodiceArticolo for the seller's own identifier, the standard one and the classes."""
    at = f"{path}/BG-31"
    own = manifest.text(f"{at}/BT-155", item.seller_identifier, "String35LatinExtType")
    if own:
        yield {"CodiceTipo": _OWN_ARTICLE, "CodiceValore": own}
    standard = item.standard_identifier
    if standard is not None and standard.value.strip() and _ICD.fullmatch(standard.scheme or ""):
        yield _write_code(standard, _STANDARD_NAMES.get(standard.scheme or ""), f"{at}/BT-157", manifest)
    for position, one in enumerate(item.classifications, 1):
        if one.value.strip() and _CLASS_SCHEME.fullmatch(one.scheme or "") and one.scheme not in _STANDARD_SCHEMES:
            yield _write_code(one, None, f"{at}/BT-158[{position}]", manifest)


def _write_code(identifier: Identifier, name: str | None, path: str, manifest: Manifest) -> Content:
    value = manifest.text(path, identifier.value, "String35LatinExtType")
    if identifier.scheme_version:
        manifest.leave(path, "CodiceArticolo does not say the version of a scheme.")
    return {"CodiceTipo": name or identifier.scheme, "CodiceValore": value}


def read_line(block: Block, path: str, split_payment: bool, notebook: Notebook) -> tuple[VatKey, Line]:
    """One BG-25, with its place in the VAT breakdown."""
    marks = read_marks(block) if notebook.is_ours else []
    key = read_key(block, f"{path}/BG-30/BT-152", f"{path}/IT-L/IT-40", notebook)
    category = marked_category(marks) or category_of(key, split_payment)
    notebook.stood(f"{path}/BG-30/BT-151", block.first("Natura") or block.first("AliquotaIVA"))
    price = read_price(block, marks, path, notebook)
    unit = notebook.text(f"{path}/BT-130", block, "UnitaMisura")
    if unit is None:
        notebook.computed(f"{path}/BT-130", "one, as UnitaMisura is left out")
    return key, Line(
        identifier=notebook.text(f"{path}/BT-126", block, "NumeroLinea"),
        quantity=price.quantity,
        unit="C62" if unit is None else unit if notebook.is_ours else unit_code(unit),
        net_amount=_read_net_amount(block, f"{path}/BT-131", notebook),
        accounting_reference=notebook.text(f"{path}/BT-133", block, "RiferimentoAmministrazione"),
        period=_read_period(block, path, notebook),
        allowances=price.allowances,
        charges=price.charges,
        price=price.price,
        vat=LineVat(category=category, rate=rate_of(category, key)),
        item=_read_item(block, f"{path}/BG-31", notebook),
        italy=_read_italian_line(block, key, path, notebook),
    )


def read_key(block: Block, rate_path: str, nature_path: str, notebook: Notebook) -> VatKey:
    """AliquotaIVA and Natura of a block."""
    nature = notebook.text(nature_path, block, "Natura")
    return VatKey(notebook.amount(rate_path, block, "AliquotaIVA") or ZERO, nature)


def marked_category(marks: list[Mark]) -> str | None:
    """The VAT category that a mark names."""
    return next((str(value) for term, value in marks if term == CATEGORY_MARK), None)


def _read_net_amount(block: Block, path: str, notebook: Notebook) -> Decimal | None:
    """BT-131 has two decimals (BR-DEC-23), PrezzoTotale up to eight."""
    amount = notebook.amount(path, block, "PrezzoTotale")
    if amount is None or decimals_of(amount.normalize()) <= CENTS:
        return amount
    notebook.computed(path, f"PrezzoTotale {amount}, rounded")
    return rounded(amount)


def _read_period(block: Block, path: str, notebook: Notebook) -> Period | None:
    period = Period(
        start=notebook.date(f"{path}/BG-26/BT-134", block, "DataInizioPeriodo"),
        end=notebook.date(f"{path}/BG-26/BT-135", block, "DataFinePeriodo"),
    )
    return period if period != Period() else None


def _read_item(block: Block, path: str, notebook: Notebook) -> Item:
    text = _read_description(block, f"{path}/BT-153", notebook)
    name, divider, description = (text or "").partition(_DIVIDER) if notebook.is_ours else (text or "", "", "")
    if divider:
        notebook.stood(f"{path}/BT-154", block.first("Descrizione"))
    attributes = list(read_attributes(block, notebook.is_ours))
    for position, (at, _) in enumerate(attributes, 1):
        notebook.stood(f"{path}/BG-32[{position}]", at)
    own, standard, classes = _read_codes(block, path, notebook)
    return Item(
        name=name or None,
        description=description or None,
        seller_identifier=own,
        standard_identifier=standard,
        classifications=tuple(classes),
        attributes=tuple(attribute for _, attribute in attributes),
    )


def _read_description(block: Block, path: str, notebook: Notebook) -> str | None:
    """Descrizione is mandatory; the schema takes blanks for it, and so does the reader."""
    leaf = block.first("Descrizione")
    return notebook.text(path, block, "Descrizione") or (leaf.raw_text if leaf is not None else None)


def _read_codes(line: Block, path: str, notebook: Notebook) -> tuple[str | None, Identifier | None, list[Identifier]]:
    """Seller's identifier, standard identifier and classes; of other kinds of code the first is the seller's."""
    own: str | None = None
    standard: Identifier | None = None
    classes: list[Identifier] = []
    for block in line.each("CodiceArticolo"):
        kind = block.text("CodiceTipo") or ""
        scheme = _STANDARD_SCHEMES.get(kind.upper()) or (kind if _ICD.fullmatch(kind) else None)
        if scheme and standard is None:
            standard = Identifier(notebook.text(f"{path}/BT-157", block, "CodiceValore") or "", scheme)
        elif not scheme and _CLASS_SCHEME.fullmatch(kind):
            at = f"{path}/BT-158[{len(classes) + 1}]"
            classes.append(Identifier(notebook.text(at, block, "CodiceValore") or "", kind))
        elif not scheme and own is None:
            own = notebook.text(f"{path}/BT-155", block, "CodiceValore")
    return own, standard, classes


def _read_italian_line(block: Block, key: VatKey, path: str, notebook: Notebook) -> ItalianLine | None:
    italy = ItalianLine(
        nature=key.nature,
        withheld=notebook.text(f"{path}/IT-L/IT-41", block, "Ritenuta") == YES,
        kind=notebook.text(f"{path}/IT-L/IT-42", block, "TipoCessionePrestazione"),
    )
    return italy if italy != ItalianLine() else None
