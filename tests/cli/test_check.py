"""`gateway check`: a verdict on each document, whatever the file. Others rely on its exit code and its JSON."""

import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from formats.en16931.json_form import encode
from formats.peppol.rules import PEPPOL
from formats.ubl.checks import EN16931
from tests import corpus
from tests.cli.conftest import CSV, Gateway, process
from tests.peppol.envelopes import ENVELOPE
from tests.samples import sample_invoice

KEYS = ["file", "format", "profile", "number", "valid", "findings"]
FINDING = ["id", "severity", "term", "where", "message", "fix"]
SAMPLES = [
    # file, format, profile, numbers
    ("ubl", "ubl", "peppol-bis-3", ["2026-0042"]),
    ("credit note", "ubl", "peppol-bis-3", ["2026-C-003"]),
    ("fatturapa", "fatturapa", "fatturapa", ["2026-0042"]),
    ("json", "json", "peppol-bis-3", ["2026-0042"]),
    ("csv", "csv", "en16931", ["A-1", "A-2"]),
]


@pytest.mark.parametrize(("name", "form", "profile", "numbers"), SAMPLES)
def test_a_good_file_is_valid_in_every_format_that_is_read(
    gateway: Gateway, files: Mapping[str, Path], name: str, form: str, profile: str, numbers: list[str]
) -> None:
    ran = gateway("check", "--json", files[name])
    assert (ran.code, ran.err) == (0, "")
    assert [(one["format"], one["profile"], one["number"], one["valid"]) for one in ran.lines] == [
        (form, profile, number, True) for number in numbers
    ]


def test_json_is_one_object_a_document_with_exactly_these_keys(gateway: Gateway, files: Mapping[str, Path]) -> None:
    wrong = files["csv"].with_name("wrong.json")
    wrong.write_bytes(encode(sample_invoice(number=None)))
    ran = gateway("check", "--json", files["csv"], wrong)
    assert ran.code == 1
    assert [list(one) for one in ran.lines] == [KEYS] * 3
    assert [one["file"] for one in ran.lines] == [str(files["csv"])] * 2 + [str(wrong)]
    (finding,) = [one for one in ran.lines[2]["findings"] if one["id"] == "BR-02"]
    assert list(finding) == FINDING
    assert (finding["severity"], finding["term"]) == ("fatal", "BT-1")
    assert finding["message"]
    assert finding["fix"]


@pytest.mark.parametrize(
    ("profile", "valid"),
    [
        ("auto", False),  # it claims Peppol, which wants a buyer reference or an order
        ("peppol-bis-3", False),
        ("en16931", True),
    ],
)
def test_the_rules_that_are_asked_for_apply_whatever_is_claimed(
    gateway: Gateway, tmp_path: Path, profile: str, valid: bool
) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(encode(sample_invoice(buyer_reference=None)))
    (verdict,) = gateway("check", "--profile", profile, "--json", file).lines
    assert verdict["valid"] is valid
    assert verdict["profile"] == ("peppol-bis-3" if profile == "auto" else profile)


def test_an_export_that_claims_nothing_is_judged_as_what_it_is_to_become(gateway: Gateway, tmp_path: Path) -> None:
    """No ERP knows BT-24; asked by Peppol's rules it is told what Peppol lacks, not that it lacks the claim."""
    file = tmp_path / "a.json"
    file.write_bytes(encode(sample_invoice(process=None)))
    assert gateway("check", "--profile", "peppol-bis-3", file).code == 0
    (verdict,) = gateway("check", "--profile", "xrechnung", "--json", file).lines
    assert "BR-DE-21" not in {one["id"] for one in verdict["findings"]}


def test_a_profile_that_nobody_knows_is_answered_with_those_that_there_are(
    gateway: Gateway, files: Mapping[str, Path]
) -> None:
    ran = gateway("check", "--profile", "zugferd", files["ubl"])
    assert (ran.code, ran.out) == (2, b"")
    for name in ("auto", "en16931", "peppol-bis-3", "xrechnung", "fatturapa"):
        assert name in ran.err


HEADER, FIRST = CSV.splitlines()[:2]


def test_ten_thousand_lines_of_one_export_are_one_verdict(gateway: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_text("\n".join([HEADER, *([FIRST] * 10_000), ""]), encoding="utf-8")
    ran = gateway("check", "--json", file)
    (verdict,) = ran.lines
    assert (ran.code, verdict["number"], verdict["valid"]) == (0, "A-1", True)


def test_an_export_in_another_encoding_is_read_and_said(gateway: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes(CSV.replace("Hand saw", "Säge für Holz").encode("cp1252"))
    ran = gateway("check", file)
    assert ran.code == 0
    assert "GW-CSV-ENCODING" in ran.text


MAPPING = """
mapping: by-hand
version: 1
language: 1
source: {kind: csv, delimiter: "|", number: {decimal: ","}}
constants: {BT-5: EUR}
columns:
  BT-1: Nr
  BT-2: Day
  BT-44: Who
  BT-129: Pieces
  BT-146: Each
  BT-152: Tax
  BT-153: What
"""


def test_a_mapping_file_says_what_the_columns_are(gateway: Gateway, tmp_path: Path) -> None:
    export, mapping = tmp_path / "export.csv", tmp_path / "mapping.yaml"
    export.write_text("Nr|Day|Who|What|Pieces|Each|Tax\nA-7|2026-03-02|Atelier|Drill|2|1,50|20\n", encoding="utf-8")
    mapping.write_text(MAPPING, encoding="utf-8")
    (verdict,) = gateway("check", export, "--mapping", mapping, "--json").lines
    assert verdict["number"] == "A-7"
    assert "GW-CSV-COLUMN" not in {one["id"] for one in verdict["findings"]}
    (without,) = gateway("check", export, "--json").lines
    assert "GW-CSV-COLUMN" in {one["id"] for one in without["findings"]}


@pytest.mark.parametrize("content", [b"columns: [", b"mapping: x\nversion: 1\nsource: {kind: pigeon}\n", b"\xff"])
def test_a_broken_mapping_is_refused_before_anything_is_checked(
    gateway: Gateway, files: Mapping[str, Path], content: bytes
) -> None:
    mapping = files["csv"].with_name("mapping.yaml")
    mapping.write_bytes(content)
    ran = gateway("check", files["csv"], "--mapping", mapping)
    assert (ran.code, ran.out) == (2, b"")
    assert "mapping" in ran.err


def test_people_see_the_place_the_reason_and_the_way_out(gateway: Gateway, files: Mapping[str, Path]) -> None:
    invoice = sample_invoice()
    assert invoice.totals is not None
    file = files["json"].with_name("wrong.json")
    file.write_bytes(encode(replace(invoice, totals=replace(invoice.totals, line_net=Decimal(7)))))
    ran = gateway("check", file)
    assert ran.code == 1
    first, finding, fix, *_ = ran.text.splitlines()
    assert first == f"{file}: INVALID (2026-0042, json, peppol-bis-3)"
    assert finding.startswith("  fatal BR-")
    assert fix.startswith("      ")


def test_people_see_by_which_rules_a_document_was_checked(gateway: Gateway, files: Mapping[str, Path]) -> None:
    *_, last = gateway("check", files["ubl"]).text.splitlines()
    assert last == (
        f"  checked by UBL 2.1 XSD 2.1 (1 rule), en16931 {EN16931.version} ({len(EN16931.ids)} rules),"
        f" peppol-bis-3 {PEPPOL.version} ({len(PEPPOL.ids)} rules)"
    )


def changed(files: Mapping[str, Path], old: str, new: str) -> Path:
    """Our sample in UBL with one thing changed."""
    file = files["ubl"].with_name("changed.xml")
    content = files["ubl"].read_text("utf-8")
    assert old in content
    file.write_text(content.replace(old, new, 1), "utf-8")
    return file


DISCOUNT = "<cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:Amount currencyID='EUR'>1</cbc:Amount>"


def test_what_only_our_reader_takes_for_an_error_makes_no_document_invalid(
    gateway: Gateway, files: Mapping[str, Path]
) -> None:
    """A charge on a price would be lost on the way, so it is not sent; schema and rules let it pass."""
    end = "</cac:Price>"
    file = changed(files, end, f"<cac:AllowanceCharge>{DISCOUNT}</cac:AllowanceCharge>{end}")
    ran = gateway("check", "--profile", "en16931", "--json", file)
    (verdict,) = ran.lines
    assert (ran.code, verdict["valid"]) == (0, True)
    assert ("GW-UBL-PRICE-CHARGE", "warning") in [(one["id"], one["severity"]) for one in verdict["findings"]]
    assert "It breaks rules and would not be sent" in gateway("route", file).text


def test_an_envelope_is_no_invoice_although_the_one_in_it_is_checked(
    gateway: Gateway, files: Mapping[str, Path], tmp_path: Path
) -> None:
    file = tmp_path / "envelope.xml"
    file.write_bytes(ENVELOPE)
    ran = gateway("check", "--json", file)
    (verdict,) = ran.lines
    assert (ran.code, verdict["valid"], verdict["profile"]) == (1, False, "peppol-bis-3")
    assert [one["id"] for one in verdict["findings"] if one["severity"] == "fatal"] == ["GW-ENVELOPE"]
    assert "It breaks rules" not in gateway("route", file).text


def test_a_claim_that_nobody_knows_is_said_where_no_rules_are_asked_for(
    gateway: Gateway, files: Mapping[str, Path]
) -> None:
    file = changed(files, "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0", "urn:x:mine")
    (verdict,) = gateway("check", "--json", file).lines
    assert (verdict["valid"], verdict["profile"]) == (False, "en16931")
    (finding,) = verdict["findings"]
    assert (finding["id"], finding["severity"], finding["term"]) == ("GW-PROFILE-UNKNOWN", "fatal", "BT-24")
    assert "urn:x:mine" in finding["message"]
    assert finding["where"].endswith("/ubl:Invoice/cbc:CustomizationID")
    (asked,) = gateway("check", "--profile", "en16931", "--json", file).lines
    assert asked["valid"] is True


LINE = (
    '<cac:InvoiceLine xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"'
    ' xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"><cbc:ID>1</cbc:ID>'
    '<cbc:InvoicedQuantity unitCode="pcs">1</cbc:InvoicedQuantity></cac:InvoiceLine>'
)


def test_another_root_is_never_valid_and_the_rules_that_are_asked_for_look_into_it_all_the_same(
    gateway: Gateway, tmp_path: Path
) -> None:
    file = tmp_path / "line.xml"
    file.write_text(LINE, "utf-8")
    ran = gateway("check", "--json", file)
    assert (ran.code, [one["id"] for one in ran.lines[0]["findings"]]) == (2, ["GW-FORMAT-UNKNOWN"])
    ran = gateway("check", "--profile", "en16931", "--json", file)
    assert (ran.code, ran.lines[0]["valid"], ran.lines[0]["profile"]) == (1, False, "en16931")
    assert {"GW-FORMAT-UNKNOWN", "BR-CL-23"} <= {one["id"] for one in ran.lines[0]["findings"]}


def test_one_call_starts_once_for_all_files(files: Mapping[str, Path]) -> None:
    ran = process("check", "--json", *files.values())
    assert (ran.code, ran.err) == (0, "")
    assert len(ran.lines) == len(files) + 1


def test_a_gateway_that_breaks_down_on_one_file_says_so_and_checks_the_others(
    gateway: Gateway, files: Mapping[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("of all things")

    monkeypatch.setattr("gateway.wiring.judging.recognise", broken)
    ran = gateway("check", "--json", files["ubl"], files["json"])
    assert ran.code == 2
    assert [one["findings"][0]["id"] for one in ran.lines] == ["GW-CHECK-FAILED"] * 2
    assert "of all things" in ran.text


NEEDLESS = (
    {"sqlalchemy", "sqlmodel", "psycopg", "procrastinate", "fastapi", "uvicorn", "httpx", "paramiko", "structlog"}
    | {"typst", "jinja2", "babel", "xmlschema", "ruamel", "cryptography", "rich", "pydantic_settings"}
    | {"formats.pdf", "formats.erp"}
)


def test_a_valid_invoice_is_checked_with_what_it_needs_and_no_more(files: Mapping[str, Path]) -> None:
    """The time to start is felt at each call: what is heavy is loaded where it is used."""
    code = (
        "import sys\n"
        "from gateway.cli import main\n"
        "try:\n    main(['check', '--json', sys.argv[1]])\n"
        "except SystemExit as ended:\n    print(ended.code, *sorted(sys.modules), file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(files["ubl"])], capture_output=True, text=True, check=True, timeout=60
    )
    ended, *loaded = done.stderr.split()
    assert ended == "0"
    assert NEEDLESS & set(loaded) == set()


def test_documents_of_the_standards_own_publishers_get_a_verdict_in_one_call(gateway: Gateway, shared: Path) -> None:
    found = corpus.documents(shared, "xrechnung", "*_ubl.xml")[:40]
    ran = gateway("check", "--json", *found)
    assert ran.code in (0, 1)
    assert len(ran.lines) >= len(found)
    assert {one["file"] for one in ran.lines} == {str(one) for one in found}
