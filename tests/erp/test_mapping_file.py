"""The language of mapping files."""

from collections.abc import Mapping as Lookup

import pytest

from formats.erp import Mapping, default_mapping, load_mapping
from formats.erp.mapping import Layout, folded
from formats.erp.slots import slot_of
from formats.erp.spelling import DateOrder
from tests.erp.tables import mapping_of

GOOD = """\
mapping: acme
version: 3
language: 1
source: {delimiter: tab, encoding: [utf-8, cp850], number: {decimal: ",", suffix: kr}, date: DMY, layout: first_row}
constants: {BT-5: SEK, BT-30: "5599990016", BT-30-1: "0007"}
columns:
  BT-1: Nr
  BT-2: [Datum, Fakturadatum]
  BT-9: {column: Förfaller, date: MDY}
  BT-130: {column: Enhet, table: units, else: C62, because: blank means pieces}
  BT-151: {column: Kod, table: vat}
  BT-152: {column: Kod, table: vat}
  BG-17[2]/BT-84: Konto 2
tables:
  units: {st: C62}
  vat: {"1": {BT-151: S, BT-152: "25"}}
required: [BT-1, [BT-2, BT-9]]
ignore: [Lager]
skip: ['row where col("Typ", "Art") in ("Kommentar", "")']
refuse: [{when: 'row where col("Moms ingår") in ("ja")', because: prices include VAT}]
"""


def test_a_mapping_says_what_its_file_says() -> None:
    mapping = mapping_of(GOOD)
    assert (mapping.name, mapping.version, len(mapping.digest)) == ("acme", 3, 64)
    assert mapping.source.delimiter == "\t"
    assert mapping.source.encodings == ("utf-8", "cp850")
    assert mapping.source.number is not None
    assert mapping.source.number.decimal == ","
    assert mapping.source.date is DateOrder.DMY
    assert mapping.source.layout is Layout.FIRST_ROW
    by_term = {column.slot.number: column for column in mapping.columns}
    assert by_term["BT-2"].headers == ("Datum", "Fakturadatum")
    assert by_term["BT-9"].date is DateOrder.MDY
    assert (by_term["BT-130"].otherwise, by_term["BT-130"].because) == ("C62", "blank means pieces")
    assert by_term["BG-17[2]/BT-84"].slot.steps[1].position == 2
    vat = mapping.tables["vat"]["1"]
    assert isinstance(vat, Lookup)
    assert vat["BT-152"] == "25"
    assert [[slot.number for slot in needed] for needed in mapping.required or ()] == [["BT-1"], ["BT-2", "BT-9"]]
    assert mapping.skipped[0].headers == ("Typ", "Art")
    assert mapping.skipped[0].texts == {"kommentar", ""}
    assert mapping.refused[0].because == "prices include VAT"


def test_the_identity_of_a_mapping_is_its_text() -> None:
    assert mapping_of(GOOD).digest == mapping_of(GOOD).digest
    assert mapping_of(GOOD).digest != mapping_of(GOOD.replace("version: 3", "version: 4")).digest


def test_texts_stay_texts_whatever_yaml_1_1_would_make_of_them() -> None:
    text = "mapping: no\nversion: 1\ncolumns: {BT-1: on}\nconstants: {BT-40: NO, BT-10: 1e3, BT-38: 007}\n"
    mapping = mapping_of(text)
    assert mapping.name == "no"
    assert [one.text for one in mapping.constants] == ["NO", "1e3", "007"]


HEAD = "mapping: a\nversion: 1\n"
COLUMNS = "columns: {BT-1: Nr}\n"


@pytest.mark.parametrize(
    ("text", "code", "line", "word"),
    [
        (HEAD + COLUMNS + "column: {}\n", "GW-MAPPING-KEY", 4, "columns"),  # with the key that is meant
        (HEAD + "columns:\n  BT-1: {colunm: Nr}\n", "GW-MAPPING-KEY", 4, "column"),
        (HEAD + "columns:\n  BT-1: Nr\n  BT-999: X\n", "GW-MAPPING-TERM", 5, "BT-999"),
        (HEAD + "columns:\n  BT-1: Nr\n  BG-25: X\n", "GW-MAPPING-TERM", 5, "BG-25"),  # a group holds no text
        (HEAD + "columns:\n  BT-1: Nr\n  BT-125: X\n", "GW-MAPPING-TERM", 5, "BT-125"),  # nor does a cell hold a file
        (HEAD + "columns:\n  BT-1: Nr\n  BG-25[2]/BT-131: X\n", "GW-MAPPING-TERM", 5, "BG-25"),
        (HEAD + "columns:\n  BT-2: Datum\n", "GW-MAPPING-TERM", 1, "BT-1"),
        (HEAD + COLUMNS + "constants:\n  BT-1: X\n", "GW-MAPPING-TERM", 5, "line 3"),  # filled twice
        (HEAD + "columns:\n  BT-1: Nr\n  BT-84: K\n  BG-16/BT-84: K\n", "GW-MAPPING-TERM", 6, "line 5"),
        (HEAD + "columns:\n  BT-1: Nr\n  BT-130: {column: E, table: units}\n", "GW-MAPPING-VALUE", 5, "units"),
        (HEAD + "columns:\n  BT-1: Nr\n  BT-130: {column: E, else: C62}\n", "GW-MAPPING-VALUE", 5, "because"),
        (HEAD + COLUMNS + "constants:\n  BT-2: 31.12.2026\n  BT-9: x\n", "GW-MAPPING-VALUE", 6, "BT-9"),
        (HEAD + COLUMNS + "constants:\n  BT-113: 1,50\n", "GW-MAPPING-VALUE", 5, "BT-113"),
        (HEAD + COLUMNS + "constants:\n  BT-40: Atlantis\n", "GW-MAPPING-VALUE", 5, "country"),
        (HEAD + COLUMNS + "source: {date: middle}\n", "GW-MAPPING-VALUE", 4, "DMY"),
        (HEAD + COLUMNS + "source: {delimiter: ';;'}\n", "GW-MAPPING-VALUE", 4, "delimiter"),
        (HEAD + COLUMNS + "source: {encoding: rot13}\n", "GW-MAPPING-VALUE", 4, "rot13"),
        (HEAD + COLUMNS + "source: {number: {group: '.'}}\n", "GW-MAPPING-VALUE", 4, "decimal"),
        (HEAD + COLUMNS + "source: {number: {decimal: ',', group: ','}}\n", "GW-MAPPING-VALUE", 4, "thousands"),
        (HEAD + COLUMNS + "tables: {u: {St: C62, ST: C62}}\n", "GW-MAPPING-VALUE", 4, "twice"),
        (HEAD + COLUMNS + "skip: ['row 5']\n", "GW-MAPPING-VALUE", 4, "row where"),
        (HEAD + COLUMNS + "language: 2\n", "GW-MAPPING-VALUE", 4, "language"),
        ("mapping: a\n" + COLUMNS, "GW-MAPPING-VALUE", 1, "version"),
        ("version: 1\n" + COLUMNS, "GW-MAPPING-VALUE", 1, "name"),
        (HEAD + "columns: {BT-1: [Nr\n", "GW-MAPPING-YAML", 4, "YAML"),
        (HEAD + "columns: &x {BT-1: Nr}\n", "GW-MAPPING-YAML", 3, "Anchors"),
        (HEAD + COLUMNS + "ignore: *x\n", "GW-MAPPING-YAML", 4, "aliases"),
        (HEAD + "columns: {BT-1: !!python/object:os.system Nr}\n", "GW-MAPPING-YAML", 3, "Tags"),
        (HEAD + "columns:\n  <<: {BT-1: Nr}\n", "GW-MAPPING-YAML", 4, "Merge"),
        (HEAD + COLUMNS + "mapping: b\n", "GW-MAPPING-YAML", 4, "line 1"),  # a key may stand once
        (HEAD + COLUMNS + "---\nmapping: b\n", "GW-MAPPING-YAML", 4, "second document"),
        ("- a\n", "GW-MAPPING-YAML", 1, "keys"),
        ("", "GW-MAPPING-YAML", 1, "keys"),
        ("[" * 9 + "]" * 9, "GW-MAPPING-YAML", 1, "levels"),
        ("x" * 600_000, "GW-MAPPING-YAML", 1, "characters"),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, code: str, line: int, word: str) -> None:
    findings = load_mapping(text)
    assert isinstance(findings, tuple), "the mapping was accepted"
    said = [one for one in findings if one.id == code and one.where == f"line {line}"]
    assert said, findings
    assert any(word in one.message + one.fix for one in said), said


def test_all_mistakes_are_told_at_once() -> None:
    findings = load_mapping(HEAD + "columns:\n  BT-1: Nr\n  BT-998: X\n  BT-999: Y\nnonsense: 1\n")
    assert isinstance(findings, tuple)
    assert [one.where for one in findings] == ["line 7", "line 5", "line 6"]


def test_no_usual_name_in_the_default_mapping_means_two_terms_by_accident() -> None:
    """A name may be a second choice for a term below, as `Description` is for BT-154; those are listed here."""
    meant = {"description", "beschreibung", "beskrivning", "beskrivelse", "descrizione", "omschrijving", "kuvaus"}
    terms: dict[str, set[str]] = {}
    for column in default_mapping().columns:
        for name in column.headers:
            terms.setdefault(folded(name), set()).add(column.slot.number)
    shared = {name: numbers for name, numbers in terms.items() if len(numbers) > 1}
    assert {name for name in shared if not name.endswith(("natura", "ritenuta"))} == {*meant, "descripcion"}


def test_every_term_of_the_default_mapping_has_a_place_in_the_model() -> None:
    assert all(slot_of(column.slot.number) == column.slot for column in default_mapping().columns)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("*Invoice No.", "invoice_no"),  # mandatory column
        ("InvoiceNo", "Invoice No"),
        ("Fälligkeit", "FALLIGKEIT"),
        ("Numéro de facture", "numero de facture"),
        ("N° facture", "No facture"),
        ("Straße", "Strasse"),
    ],
)
def test_headers_are_compared_as_people_read_them(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_a_percent_sign_makes_another_header() -> None:
    assert folded("Moms") != folded("Moms %")


def test_the_shipped_default_is_a_mapping() -> None:
    assert isinstance(default_mapping(), Mapping)
