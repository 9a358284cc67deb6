"""`gateway check`: a verdict on each document, whatever the file. Others rely on its exit code and its JSON."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from formats.en16931.json_form import encode
from gateway.cli.given import MOST_BYTES
from gateway.settings import LimitSettings
from tests import corpus
from tests.cli.conftest import CSV, Gateway, process
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


TRUNCATED = b"<?xml version='1.0'?>\n<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>\n<x"
BOMB = (
    b"<?xml version='1.0'?><!DOCTYPE Invoice [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
    b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>&b;</Invoice>"
)
EXTERNAL = (
    b"<?xml version='1.0'?><!DOCTYPE Invoice [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>&x;</Invoice>"
)
HEADER, FIRST = CSV.splitlines()[:2]
BAD: list[tuple[str, bytes, int, str, str]] = [
    # what, content, exit code, finding, something that the answer says
    ("truncated XML", TRUNCATED, 1, "GW-XML-SYNTAX", "line 3"),
    ("an XML bomb", BOMB, 1, "GW-XML-DOCTYPE", "Remove the DOCTYPE"),
    ("an external entity", EXTERNAL, 1, "GW-XML-DOCTYPE", "Remove the DOCTYPE"),
    ("no invoice at all", b"\x00\x01\x02", 2, "GW-FORMAT-UNKNOWN", "Send UBL"),
    ("an empty file", b"", 2, "GW-FORMAT-UNKNOWN", "Send UBL"),
    ("other XML", b"<html/>", 2, "GW-FORMAT-UNKNOWN", "Send UBL"),
    ("a PDF", b"%PDF-1.7\n", 2, "GW-FORMAT-UNKNOWN", "Send UBL"),
    ("broken JSON", b'{"number": 1 "x"}', 1, "GW-JSON-SYNTAX", "line 1"),
    ("JSON of something else", b'{"invoice_no": 1}', 1, "", "invoice_no"),
    ("a CSV that lacks a column", CSV.replace("Unit price", "Colour").encode(), 1, "GW-CSV-COLUMN", "BT-146"),
    ("a CSV with a header alone", f"{HEADER}\n".encode(), 1, "", ""),
    ("a CSV with a wrong decimal mark", CSV.replace("19.90", "19,9,0").encode(), 1, "", "19,9,0"),
    ("UTF-16 that says it is UTF-8", b"<?xml version='1.0' encoding='UTF-8'?>\xff\xfe<a/>", 2, "", ""),
]


@pytest.mark.parametrize(("what", "content", "code", "finding", "told"), BAD, ids=[one[0] for one in BAD])
def test_a_bad_file_gets_a_clear_answer_and_the_others_go_on(
    gateway: Gateway,
    files: Mapping[str, Path],
    what: str,
    content: bytes,
    code: int,
    finding: str,
    told: str,
) -> None:
    bad = files["ubl"].with_name("bad")
    bad.write_bytes(content)
    ran = gateway("check", "--json", bad, files["ubl"])
    assert ran.code == code
    *verdicts, good = ran.lines
    assert (good["file"], good["valid"]) == (str(files["ubl"]), True)
    assert verdicts
    found = [one for verdict in verdicts for one in verdict["findings"] if one["severity"] == "fatal"]
    assert finding in {one["id"] for one in found} | {""}
    assert told in json.dumps(found)
    assert all(one["fix"] for one in found)
    shown = gateway("check", bad, files["ubl"])
    assert shown.code == code
    assert "valid (2026-0042, ubl, peppol-bis-3)" in shown.text
    assert "Traceback" not in shown.text + shown.err


@pytest.mark.parametrize(
    ("name", "told"), [("missing.xml", "No such file"), ("folder", "directory"), ("x" * 300, "too long")]
)
def test_what_is_no_file_is_said_and_the_others_go_on(
    gateway: Gateway, files: Mapping[str, Path], name: str, told: str
) -> None:
    (files["ubl"].parent / "folder").mkdir()
    ran = gateway("check", "--json", files["ubl"].parent / name, files["ubl"])
    assert ran.code == 2
    missing, good = ran.lines
    assert (missing["valid"], missing["format"], good["valid"]) == (False, None, True)
    assert told in missing["findings"][0]["message"]
    assert missing["file"].endswith(name)


def test_a_file_larger_than_any_memory_is_refused_unread(gateway: Gateway, tmp_path: Path) -> None:
    huge = tmp_path / "huge.xml"
    with huge.open("wb") as opened:
        opened.truncate(10**12)
    (verdict,) = gateway("check", "--json", huge).lines
    assert verdict["findings"][0]["id"] == "GW-FILE-UNREADABLE"
    assert "1,000,000,000,000 bytes" in verdict["findings"][0]["message"]
    assert "Split it" in verdict["findings"][0]["fix"]


def test_xml_above_the_limit_of_xml_is_refused_with_the_limit(gateway: Gateway, tmp_path: Path) -> None:
    large = tmp_path / "large.xml"
    large.write_bytes(TRUNCATED + b" " * 20_000_000)
    (verdict,) = gateway("check", "--json", large).lines
    assert [one["id"] for one in verdict["findings"]] == ["GW-XML-SIZE"]


def test_the_limit_is_that_of_the_gateway() -> None:
    assert LimitSettings().file == MOST_BYTES


def test_a_pipe_is_read_like_a_file(gateway: Gateway, files: Mapping[str, Path], tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_bytes(files["ubl"].read_bytes()))
    writer.start()
    assert gateway("check", pipe).code == 0
    writer.join()


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


HOSTILE = "A\x1b[31m\x1b]0;owned\x07[bold]x[/]\u202e\u2028\x85\r\nB"


def test_what_an_invoice_says_neither_moves_the_cursor_nor_is_read_as_markup(gateway: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "hostile.json"
    file.write_text(json.dumps({"number": HOSTILE, "currency": HOSTILE}), encoding="utf-8")
    shown = gateway("check", file)
    assert "[bold]x[/]" in shown.text
    assert not set("\x1b\x07\x85\r\u202e\u2028") & set(shown.text)
    ran = gateway("check", "--json", file)
    assert ran.out.isascii()
    assert len(ran.text.splitlines()) == 1


def test_the_name_of_a_file_may_be_anything(gateway: Gateway, files: Mapping[str, Path]) -> None:
    odd = files["ubl"].parent / os.fsdecode(b"\xff[red]\x1b.xml")
    odd.write_bytes(files["ubl"].read_bytes())
    shown = gateway("check", odd)
    assert shown.code == 0
    assert b"\x1b" not in shown.out
    (verdict,) = gateway("check", "--json", odd).lines
    assert verdict["file"] == str(odd)


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
