"""Where each value stood: found on demand, exactly."""

from decimal import Decimal
from pathlib import Path

from formats.en16931 import Place
from formats.en16931.terms import values_of
from formats.ubl.reader import read
from formats.ubl.writer import write
from formats.xml import parse
from tests.corpus import document, verdicts
from tests.en16931.full import full_invoice
from tests.samples import sample_invoice

CONTENT = write(sample_invoice()).content


def test_the_place_of_a_value_is_its_line_and_location_path() -> None:
    (reading,) = read(CONTENT)
    place = reading.provenance.place_of("BG-25[2]/BG-29/BT-146")
    line = CONTENT[: CONTENT.rindex(b"<cbc:PriceAmount")].count(b"\n") + 1
    assert place == Place(line=line, xpath="/ubl:Invoice/cac:InvoiceLine[2]/cac:Price/cbc:PriceAmount")


def test_an_absent_value_has_the_place_of_the_group_around_it() -> None:
    (reading,) = read(CONTENT)
    place = reading.provenance.place_of("BG-25[2]/BG-26/BT-134")
    assert place is not None
    assert place.xpath == "/ubl:Invoice/cac:InvoiceLine[2]"
    missing = reading.provenance.place_of("BT-20")
    assert missing is not None
    assert missing.xpath == "/ubl:Invoice"


def test_a_line_with_allowances_and_charges_has_its_own_place() -> None:
    (reading,) = read(write(full_invoice()).content)
    line, allowance = (reading.provenance.place_of(path) for path in ("BG-25[1]", "BG-25[1]/BG-27[1]"))
    assert line is not None
    assert line.xpath == "/ubl:Invoice/cac:InvoiceLine[1]"
    assert allowance is not None
    assert allowance.xpath == "/ubl:Invoice/cac:InvoiceLine[1]/cac:AllowanceCharge[1]"


def test_the_file_is_read_again_only_when_a_place_is_asked_for() -> None:
    (reading,) = read(CONTENT)
    computed = reading.provenance.having({"BG-22/BT-106": Place(computed="sum of BT-131")})
    assert computed.is_computed("BG-22/BT-106")
    assert not computed.is_computed("BT-1")
    assert list(computed.computed_paths()) == ["BG-22/BT-106"]
    assert computed.places._found is None  # type: ignore[attr-defined]  # what this test is about
    assert str(computed.place_of("BT-1")).endswith("/ubl:Invoice/cbc:ID")
    assert str(computed.place_of("BG-22/BT-106")) == "computed: sum of BT-131"


def test_every_value_of_every_document_has_a_place_that_says_what_the_value_says(shared: Path) -> None:
    rich = document(shared, "xrechnung/technical-cases/cius/01.01_comprehensive_test_ubl.xml")
    (reading,) = read(rich)
    assert reading.invoice is not None
    names = {"ubl": "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"}
    names |= {prefix: uri for prefix, uri in parse(rich).nsmap.items() if prefix in ("cac", "cbc")}
    for path, _, value in values_of(reading.invoice):
        place = reading.provenance.places[path]
        found = parse(rich).xpath(f"string({place.xpath})", namespaces=names)
        assert isinstance(found, str)
        if isinstance(value, str):
            assert value.strip() in found, path
        elif isinstance(value, Decimal):
            assert Decimal(found) == value, path


def test_no_value_of_the_corpus_is_without_a_place(shared: Path) -> None:
    homeless = []
    for verdict in verdicts(shared, "EN16931-UBL 1.3.16"):
        (reading,) = read(document(shared, verdict.path))
        if reading.invoice is not None:
            places = reading.provenance.places
            homeless += [(verdict.path, path) for path, _, _ in values_of(reading.invoice) if path not in places]
    assert homeless == []
