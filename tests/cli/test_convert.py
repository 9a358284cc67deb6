"""`gateway convert`: from each format that is read to each that is written, nothing dropped in silence."""

import itertools
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from formats.en16931.json_form import encode
from gateway.registry import load
from tests.cli.conftest import CSV, Gateway
from tests.samples import sample_invoice, sample_italian_invoice

SOURCES = ("ubl", "peppol", "credit note", "fatturapa", "json", "csv")
TARGETS = ("json", "ubl", "peppol-bis-3", "fatturapa", "pdf")


@pytest.mark.parametrize(("source", "target"), [*itertools.product(SOURCES, TARGETS)])
def test_every_format_that_is_read_becomes_every_format_that_is_written(
    gateway: Gateway, files: Mapping[str, Path], source: str, target: str
) -> None:
    folder = files[source].parent / "out"
    folder.mkdir()
    ran = gateway("convert", files[source], "--to", target, "-o", folder)
    assert (ran.code, ran.out) == (0, b""), ran.err
    made = sorted(folder.iterdir())
    assert len(made) == (2 if source == "csv" else 1)
    if target == "pdf":
        assert all(one.read_bytes().startswith(b"%PDF-") for one in made)
        return
    verdicts = gateway("check", "--profile", "en16931", "--json", *made).lines
    numbers = {"credit note": {"2026-C-003"}, "csv": {"A-1", "A-2"}}
    assert {one["number"] for one in verdicts} == numbers.get(source, {"2026-0042"})
    assert {one["format"] for one in verdicts} == {"ubl" if target == "peppol-bis-3" else target}


def test_every_format_that_is_written_is_tried_above() -> None:
    assert {name for name, one in load().formats.items() if one.write is not None} == set(TARGETS)


def test_one_invoice_goes_to_standard_output(gateway: Gateway, files: Mapping[str, Path]) -> None:
    ran = gateway("convert", files["ubl"], "--to", "json")
    assert ran.code == 0
    assert ran.out == encode(sample_invoice())


def test_one_invoice_goes_into_the_file_that_is_named(gateway: Gateway, files: Mapping[str, Path]) -> None:
    file = files["ubl"].with_name("other.json")
    assert gateway("convert", files["ubl"], "--to", "json", "-o", file).out == b""
    assert file.read_bytes() == encode(sample_invoice())


def test_several_invoices_want_a_folder_which_is_made(gateway: Gateway, files: Mapping[str, Path]) -> None:
    refused = gateway("convert", files["csv"], "--to", "ubl")
    assert (refused.code, refused.out) == (2, b"")
    assert "folder" in refused.err
    folder = files["csv"].with_name("new")
    assert gateway("convert", files["csv"], "--to", "ubl", "--output", folder).code == 0
    assert sorted(one.name for one in folder.iterdir()) == ["A-1-1.xml", "A-2-2.xml"]


def test_a_folder_that_is_named_as_one_is_made_for_one_invoice_too(gateway: Gateway, files: Mapping[str, Path]) -> None:
    folder = files["ubl"].with_name("new")
    assert gateway("convert", files["ubl"], "--to", "json", "-o", f"{folder}/").code == 0
    assert [one.name for one in folder.iterdir()] == ["2026-0042.json"]


def test_several_invoices_never_go_into_one_file(gateway: Gateway, files: Mapping[str, Path]) -> None:
    kept = files["json"].read_bytes()
    assert gateway("convert", files["csv"], "--to", "json", "-o", files["json"]).code == 2
    assert files["json"].read_bytes() == kept


def test_no_two_invoices_of_a_file_have_the_same_name(gateway: Gateway, tmp_path: Path) -> None:
    """Whatever their numbers say: with a path in it, with nothing but signs, or with what another one gets."""
    numbers = ["../../etc/passwd", "A-2", "A", "a/2", "///", None, "x" * 500, "A\t"]
    listed = [encode(sample_invoice(number=number)) for number in numbers]
    source, folder = tmp_path / "all.json", tmp_path / "out"
    source.write_bytes(b"[" + b",".join(listed) + b"]")
    ran = gateway("convert", source, "--to", "json", "-o", folder)
    names = [one.name for one in folder.iterdir()]
    assert len({name.lower() for name in names}) == len(names) == len(numbers), ran.err
    assert "etc-passwd-1.json" in names
    assert [one.name for one in tmp_path.iterdir() if one not in (source, folder)] == []


def test_what_the_target_has_no_place_for_is_said_on_standard_error(gateway: Gateway, tmp_path: Path) -> None:
    source = tmp_path / "italian.json"
    source.write_bytes(encode(sample_italian_invoice()))
    ran = gateway("convert", source, "--to", "ubl", "-o", tmp_path / "out.xml")
    assert ran.code == 0
    assert "not carried" in ran.err
    assert "IT-" in ran.err


def test_an_invoice_that_breaks_rules_is_written_with_a_remark(gateway: Gateway, tmp_path: Path) -> None:
    source = tmp_path / "wrong.json"
    source.write_bytes(encode(sample_invoice(buyer_reference=None)))
    ran = gateway("convert", source, "--to", "ubl")
    assert ran.code == 0
    assert "not valid, fatal findings: 1" in ran.err


@pytest.mark.parametrize("type_code", ["380", "381", "389"])
def test_an_export_that_claims_nothing_becomes_what_it_is_written_as(
    gateway: Gateway, tmp_path: Path, type_code: str
) -> None:
    """389 is a self-billed invoice: a specification of its own within Peppol."""
    source, out = tmp_path / "plain.json", tmp_path / "out.xml"
    source.write_bytes(encode(sample_invoice(process=None, type_code=type_code)))
    assert gateway("convert", source, "--to", "peppol-bis-3", "-o", out).code == 0
    (verdict,) = gateway("check", "--json", out).lines
    assert verdict["profile"] == ("peppol-bis-3-self-billing" if type_code == "389" else "peppol-bis-3")


def test_what_the_new_format_forbids_is_said_where_the_source_is_right(gateway: Gateway, tmp_path: Path) -> None:
    source, out = tmp_path / "plain.json", tmp_path / "out.xml"
    source.write_bytes(encode(sample_invoice(process=None, buyer_reference=None)))
    assert gateway("check", source).code == 0, "EN 16931 does not ask for a buyer reference"
    ran = gateway("convert", source, "--to", "peppol-bis-3", "-o", out)
    assert ran.code == 0
    assert "it breaks rules of its new format, fatal findings: 1; `gateway check` shows them." in ran.err
    (verdict,) = gateway("check", "--json", out).lines
    assert [one["id"] for one in verdict["findings"]] == ["PEPPOL-EN16931-R003"]


def test_an_invoice_that_cannot_be_read_does_not_stop_the_others(gateway: Gateway, tmp_path: Path) -> None:
    source, folder = tmp_path / "mixed.csv", tmp_path / "out"
    source.write_text(CSV.replace("19.90", "19,9,0"), encoding="utf-8")
    ran = gateway("convert", source, "--to", "ubl", "-o", folder)
    assert ran.code == 2
    assert "19,9,0" in ran.err
    assert [one.name for one in folder.iterdir()] == ["A-2-2.xml"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["{ubl}", "--to", "csv"], "there are fatturapa, json, pdf, peppol-bis-3, ubl"),
        (["{ubl}", "--to", "docx"], "there is none called docx"),
        (["{folder}/missing", "--to", "ubl"], "No such file"),
        (["{folder}", "--to", "ubl"], "directory"),
        (["{odd}", "--to", "ubl"], "does not know the format of odd"),
        (["{ubl}", "--to", "json", "-o", "{folder}/no/such/file"], "cannot be written"),
        (["{csv}", "--to", "json", "-o", "{folder}/no/such/"], "cannot be written"),
    ],
)
def test_what_cannot_be_done_is_answered_with_the_way_out(
    gateway: Gateway, files: Mapping[str, Path], words: list[str], told: str
) -> None:
    odd = files["ubl"].with_name("odd")
    odd.write_bytes(b"\x00")
    places = {"ubl": str(files["ubl"]), "csv": str(files["csv"]), "folder": str(odd.parent), "odd": str(odd)}
    ran = gateway("convert", *(word.format_map(places) for word in words))
    assert (ran.code, ran.out) == (2, b"")
    assert told in ran.err


def test_a_reader_that_goes_away_gets_no_traceback() -> None:
    """`gateway schema | head -c 0`"""
    with subprocess.Popen(
        [sys.executable, "-m", "gateway", "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
    assert b"Traceback" not in said
    assert running.returncode == 1
