"""`gateway check` on what is no good invoice: each gets a clear answer, and the others go on."""

import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.cli.given import MOST_BYTES
from gateway.settings import LimitSettings
from tests.cli.conftest import CSV, Gateway

TRUNCATED = b"<?xml version='1.0'?>\n<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>\n<x"
UBL_ROOT = b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>"
BOMB = (
    b"<?xml version='1.0'?><!DOCTYPE Invoice [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
    b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>&b;</Invoice>"
)
EXTERNAL = (
    b"<?xml version='1.0'?><!DOCTYPE Invoice [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    b"<Invoice xmlns='urn:oasis:names:specification:ubl:schema:xsd:Invoice-2'>&x;</Invoice>"
)
HEADER = CSV.splitlines()[0]
BAD: list[tuple[str, bytes, int, str, str]] = [
    # what, content, exit code, finding, something that the answer says
    ("truncated XML", TRUNCATED, 1, "GW-XML-SYNTAX", "line 3"),
    ("an XML bomb", BOMB, 1, "GW-XML-DOCTYPE", "Remove the DOCTYPE"),
    ("an external entity", EXTERNAL, 1, "GW-XML-DOCTYPE", "Remove the DOCTYPE"),
    ("no invoice at all", b"\x00\x01\x02", 2, "GW-FORMAT-UNKNOWN", "Send UBL"),
    ("an empty file", b"", 2, "GW-FORMAT-UNKNOWN", "Send UBL"),
    ("other XML", b"<html/>", 2, "GW-FORMAT-UNKNOWN", "it is XML, and its first element is <html>."),
    ("an order", b"<Order xmlns='urn:orders'/>", 2, "GW-FORMAT-UNKNOWN", "<Order> in the namespace urn:orders"),
    ("XML without end", UBL_ROOT + b"<a>" * 300, 1, "GW-XML-LIMIT", "more than 256 levels deep"),
    ("a very long text", UBL_ROOT + b"<a>" + b"x" * 10_100_000, 1, "GW-XML-LIMIT", "Send large attachments apart"),
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
