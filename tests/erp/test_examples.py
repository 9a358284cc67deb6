"""The sample exports of the demo are what their README says: readable, right but for one, and routed as told."""

import re
from collections.abc import Iterator
from pathlib import Path

import page
import pytest

from formats import fatturapa, pdf, peppol, ubl
from formats.checking import Finding
from formats.contract import Format, Reading
from formats.en16931 import Invoice
from formats.en16931.totals import completed
from formats.erp import canonical_json, csv_rows
from formats.ubl.checks import EN16931
from formats.ubl.verdict import by_rules
from rules.derived import completed as known_and_stated
from rules.derived import recipient_from
from rules.identity import matching_keys
from rules.routing import route
from rules.yaml_form import read_rule_book
from tests.erp.tables import fatal, mapping_of, only

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(one for one in (EXAMPLES / "erp").iterdir() if one.suffix != ".md")
WRONG = "F-2026-1043"
check = by_rules(EN16931)


def format_of(content: bytes) -> Format:
    """The format that a file is in."""
    formats = (peppol.FORMAT, ubl.FORMAT, canonical_json.FORMAT, csv_rows.FORMAT)
    return next(one for one in formats if one.recognises(content))


def read_all() -> Iterator[tuple[Path, Reading]]:
    """Every document of the examples."""
    for file in FILES:
        content = file.read_bytes()
        reader = format_of(content).read
        assert reader is not None
        for reading in reader(content):
            yield file, reading


def told() -> dict[str, tuple[str, str, str]]:
    """The table of the README: number -> (file, country, way)."""
    text = (EXAMPLES / "erp" / "README.md").read_text(encoding="utf-8")
    rows = (line.strip("|").split("|") for line in text.splitlines() if line.startswith("| ") and "Number" not in line)
    cells = ([cell.strip() for cell in row] for row in rows)
    return {row[0]: (row[1], row[3], row[4]) for row in cells}


def goes_by(number: str, *channels: str) -> bool:
    """Whether the README sends a document over one of these channels first."""
    return re.split("[ ,]", told()[number][2])[0].lower() in channels


INVOICES = {
    str(reading.invoice.number): completed(reading.invoice, reading.provenance)[0]
    for _, reading in read_all()
    if reading.invoice
}


def broken_rules(invoice: Invoice) -> list[Finding]:
    """What EN 16931 says of an invoice, but for the specification, which the gateway itself puts in."""
    return [one for one in check(Reading(invoice)).findings if one.id != "BR-01"]


def test_the_readme_lists_every_document_and_no_other() -> None:
    found = {str(reading.invoice.number): file.name for file, reading in read_all() if reading.invoice}
    assert found == {number: file for number, (file, _, _) in told().items()}
    assert len(found) >= 12


def test_every_document_is_read_without_a_fatal_finding() -> None:
    assert [(file.name, fatal(reading)) for file, reading in read_all() if fatal(reading)] == []


@pytest.mark.parametrize("number", [one for one in INVOICES if one != WRONG])
def test_a_sample_keeps_the_rules_of_the_standard(number: str) -> None:
    assert broken_rules(INVOICES[number]) == []


def test_the_sample_that_is_wrong_on_purpose_points_to_the_cell_that_is_wrong() -> None:
    _, reading = next(one for one in read_all() if one[1].invoice and one[1].invoice.number == WRONG)
    assert reading.invoice is not None
    invoice, provenance = completed(reading.invoice, reading.provenance)
    (finding,) = broken_rules(invoice)
    assert finding.id == "BR-CO-15"
    assert str(provenance.place_of(finding.path)) == "line 7, column Fakturabelopp"


@pytest.mark.parametrize("number", list(INVOICES))
def test_a_sample_goes_the_way_that_the_readme_tells(number: str) -> None:
    rules = read_rule_book((EXAMPLES / "rules.yaml").read_text(encoding="utf-8")).rules
    known = read_rule_book((EXAMPLES / "recipients.yaml").read_text(encoding="utf-8")).recipients
    invoice = INVOICES[number]
    assert invoice.buyer is not None
    keys = set(matching_keys(invoice.buyer, invoice.seller))
    kept = next((one for one in known if keys & set(one.keys)), None)
    recipient = known_and_stated(kept, invoice) if kept else recipient_from(invoice)
    decision = route(invoice, recipient, rules)
    assert decision.route is not None
    _, country, _ = told()[number]
    assert invoice.buyer.address is not None
    assert invoice.buyer.address.country == country
    assert number == WRONG or goes_by(number, decision.route.channel)


@pytest.mark.parametrize("number", [one for one in INVOICES if goes_by(one, "peppol", "sdi")])
def test_a_sample_for_a_network_keeps_the_rules_of_that_network(number: str) -> None:
    target = fatturapa.FORMAT if goes_by(number, "sdi") else peppol.FORMAT
    assert target.write is not None
    assert target.read is not None
    written = target.write(INVOICES[number]).content
    findings = list(target.check_bytes(written).fatal) if target.check_bytes else []
    (again,) = target.read(written)
    assert again.invoice is not None
    profile = next(one for one in target.profiles if one.recognises(again.invoice))
    findings += profile.check(again).fatal
    assert findings == []


@pytest.mark.parametrize("number", [one for one in INVOICES if goes_by(one, "mail", "post")])
def test_a_sample_for_a_person_makes_an_archivable_page(number: str) -> None:
    assert pdf.FORMAT.write is not None
    window = {"window": "de-din5008-b"} if goes_by(number, "post") else {}
    content = pdf.FORMAT.write(INVOICES[number], window).content
    assert page.is_pdf_compliant_bytes(content, profile="3b")


def test_the_sample_mapping_reads_a_table_of_its_sender() -> None:
    mapping = mapping_of((EXAMPLES / "mappings" / "fjallbro.yaml").read_text(encoding="utf-8"))
    header = (
        "DOK_NR|DOK_DATUM|DOK_TYP|FORF_DATUM|REF|KUND_NAMN|KUND_ORGNR|KUND_ADR|KUND_ORT|KUND_PNR|KUND_LAND|RAD|TEXT|ART"
    )
    header += "|ANTAL|ENH|A_PRIS|MOMSKOD|SALJARE|RADTYP"
    first = (
        "F-1|2026-11-18|F|2026-12-18|Ek|Lövsta AB|5599990024|Sågvägen 4|Örebro|702 10||1|Bult|B-1|1 000|ST|1,50|1|07|"
    )
    comment = "|||||||||||2|Tack för ordern!||||||07|KOMMENTAR"
    second = "|||||||||||3|Kurs||1|TIM|900|9|07|"
    reading = only(f"{header}\n{first}\n{comment}\n{second}".encode("cp850"), mapping)
    assert not fatal(reading)
    assert reading.invoice is not None
    invoice, _ = completed(reading.invoice, reading.provenance)
    assert broken_rules(invoice) == []
    assert [str(line.net_amount) for line in invoice.lines] == ["1500.00", "900.00"]
    assert invoice.totals is not None
    assert str(invoice.totals.due) == "2775.00"
