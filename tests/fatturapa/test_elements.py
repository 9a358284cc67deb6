"""The table of elements says what the specification says."""

import csv
from pathlib import Path

import pytest

from formats.fatturapa.codes import document_types, mp_of, natures, payment_means
from formats.fatturapa.elements import (
    ANY_LETTER,
    BASIC_LATIN,
    LATIN_1,
    ROOT_TYPE,
    Form,
    Room,
    fits,
    ordinary,
    room_of,
    simplified,
)


def paths_in(form: Form, group: str = ROOT_TYPE, above: str = "") -> list[tuple[str, str, str, str]]:
    """Every element below a group with its cardinality and type, in the order of the schema."""
    found = []
    for element in form.groups[group]:
        path = f"{above}/{element.name}"
        most = "n" if element.at_most is None else str(element.at_most)
        found.append((path, str(element.at_least), most, element.type))
        if element.type in form.groups:
            found += paths_in(form, element.type, path)
    return found


@pytest.mark.parametrize(("form", "name"), [(ordinary(), "FPA12|FPR12"), (simplified(), "FSM10")])
def test_every_element_of_the_specification_is_there_in_its_order(form: Form, name: str, shared: Path) -> None:
    facts = shared / "facts" / "fatturapa-elements.csv"
    if not facts.exists():
        pytest.skip(f"the table of facts is not here: {facts}")
    with facts.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["format"] == name and row["kind"] != "attribute"]
    expected = [
        (row["path"].partition(form.root)[2], row["min"], row["max"], row["xsd_type"])
        for row in rows
        if not row["path"].endswith("Signature")
    ]
    assert paths_in(form) == expected


@pytest.mark.parametrize(
    ("value", "type_name", "is_right"),
    [
        ("26100", "CAPType", True),
        ("2610", "CAPType", False),
        ("a" * 20, "String20Type", True),
        ("a" * 21, "String20Type", False),
        ("", "String20Type", False),
        ("è", "String20Type", False),  # ASCII alone
        ("è", "String60LatinType", True),
        ("€", "String60LatinType", False),  # U+20AC is not in the Latin-1 supplement
        ("TD29", "TipoDocumentoType", True),
        ("TD07", "TipoDocumentoType", False),  # simplified invoices alone
        ("RF03", "RegimeFiscaleType", False),
        ("x@y.z", "EmailContattiType", False),  # seven characters at least
        ("office@party.example", "EmailContattiType", True),
        ("office@party.example", "EmailType", True),
        ("no address", "EmailType", False),
        ("N2.1", "NaturaType", True),
        ("N2x1", "NaturaType", False),  # the point is a point
        ("a" * 28, "CodiceType", True),
        ("a" * 29, "CodiceType", False),
        ("a\nb", "String60LatinType", True),  # normalizedString: a line end counts as a blank
    ],
)
def test_a_value_fits_its_type(value: str, type_name: str, is_right: bool) -> None:
    assert fits(value, type_name) is is_right


def test_the_room_of_a_text_is_its_length_and_alphabet() -> None:
    assert room_of("String20Type") == Room(1, 20, BASIC_LATIN)
    assert room_of("String1000LatinType") == Room(1, 1000, LATIN_1)
    assert room_of("String35LatinExtType") == Room(1, 35, ANY_LETTER)
    assert room_of("TelFaxType") == Room(5, 12, BASIC_LATIN)


def test_the_code_lists_are_those_of_the_schema() -> None:
    types = ordinary().types
    assert set(document_types()) == set(types["TipoDocumentoType"].codes)
    assert set(natures()) == set(types["NaturaType"].codes)
    assert set(payment_means()) == set(types["ModalitaPagamentoType"].codes)


def test_every_means_of_payment_is_written_as_it_was_read() -> None:
    for code, means in payment_means().items():
        # Where BT-81 would be written as another code, the reader says the code in BT-82.
        assert mp_of(means.means_code, code) == code
        assert mp_of(means.means_code, None) is not None
