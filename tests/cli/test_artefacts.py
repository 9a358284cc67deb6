"""`gateway artefacts`: official rule sets are tried, installed under their hash, listed, removed; `check` asks them."""

import hashlib
import os
import stat
from pathlib import Path

import pytest

from gateway.surroundings import may_have_judges
from tests.cli.conftest import Gateway
from tests.judge import EN16931, PEPPOL
from tests.judge import stylesheet as official
from tests.wiring.stylesheets import NO_NUMBER, STRICTER_ONE, Assertion, stylesheet

PLAIN = '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="3.0">{}</xsl:stylesheet>'
STRICTER = stylesheet(NO_NUMBER, STRICTER_ONE)


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which nothing is set and nothing is kept yet."""
    monkeypatch.chdir(tmp_path)
    for name in [one for one in os.environ if one.startswith("GATEWAY_")]:
        monkeypatch.delenv(name)
    return tmp_path


def written(name: str, content: bytes) -> Path:
    file = Path(name)
    file.write_bytes(content)
    return file


def test_a_rule_set_is_installed_under_its_hash_in_a_folder_of_its_own(gateway: Gateway) -> None:
    content = stylesheet(NO_NUMBER)
    ran = gateway("artefacts", "add", written("rules.xslt", content), "--as", "en16931")
    sha256 = hashlib.sha256(content).hexdigest()
    assert (ran.code, ran.text) == (0, f"en16931: {sha256} judges from now on.\n")
    folder = Path("gateway-data", "judges")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder / f"{sha256}.xslt").read_bytes() == content
    assert sorted(one.name for one in folder.iterdir()) == sorted([f"{sha256}.xslt", "en16931.judge"])
    assert gateway("artefacts", "list").text.split()[-4:] == ["en16931", sha256, "0", "0"]


def test_the_setting_names_another_folder(gateway: Gateway, tmp_path: Path) -> None:
    file = written("en16931.xslt", stylesheet(NO_NUMBER))
    assert gateway("artefacts", "add", file, GATEWAY_JUDGES__FOLDER=str(tmp_path / "elsewhere")).code == 0
    assert list((tmp_path / "elsewhere").glob("*.judge"))


def test_a_file_that_is_called_as_its_rules_needs_no_name_and_a_newer_one_takes_its_place(gateway: Gateway) -> None:
    gateway("artefacts", "add", written("peppol-bis-3.xslt", official(PEPPOL).encode()))
    newer = stylesheet(Assertion("PEPPOL-EN16931-R001", "not(//cbc:ProfileID)"))
    ran = gateway("artefacts", "add", written("newer.xslt", newer), "--as", "peppol-bis-3")
    assert ran.code == 0
    assert [one.stem for one in Path("gateway-data", "judges").glob("*.xslt")] == [hashlib.sha256(newer).hexdigest()]


def test_one_that_is_removed_leaves_nothing_behind(gateway: Gateway) -> None:
    gateway("artefacts", "add", written("en16931.xslt", stylesheet(NO_NUMBER)))
    assert gateway("artefacts", "remove", "en16931").code == 0
    assert list(Path("gateway-data", "judges").iterdir()) == []
    ran = gateway("artefacts", "remove", "en16931")
    assert ran.code == 2
    assert "no rule set en16931 is installed; there are none" in ran.err


REFUSED = [
    # name, content, what is said
    ("ours", stylesheet(NO_NUMBER), "there is no rule set called ours; say with --as which one it is: en16931, peppol"),
    ("../en16931", stylesheet(NO_NUMBER), "there is no rule set called ../en16931"),
    ("en16931", b"<Invoice/>", "it is no XSLT stylesheet"),
    ("en16931", b"no xml at all", "it is no XSLT stylesheet"),
    ("en16931", b'<schema xmlns="http://purl.oclc.org/dsdl/schematron"/>', "it is Schematron"),
    ("en16931", PLAIN.format("<xsl:template").encode(), "no XML that the gateway reads"),
    ("en16931", b"<!DOCTYPE a>" + stylesheet(NO_NUMBER), "DOCTYPE"),
    ("en16931", PLAIN.format('<xsl:template match="/"><xsl:no-such/></xsl:template>').encode(), "cannot be compiled"),
    ("en16931", PLAIN.format('<xsl:include href="other.xslt"/>').encode(), "prohibited"),
    ("en16931", PLAIN.format('<xsl:template match="/"><html/></xsl:template>').encode(), "no report in SVRL"),
    ("en16931", PLAIN.format('<xsl:template match="/"/>').encode(), "no report in SVRL"),
    ("en16931", stylesheet(body="<xsl:value-of select=\"xs:decimal('a' || name(/*))\"/>"), "aInvoice"),
    ("en16931", stylesheet(), "does not judge by the rules of en16931: of an empty invoice it finds nothing"),
    (
        "xrechnung",
        stylesheet(NO_NUMBER),
        "does not judge by the rules of xrechnung: of an empty invoice it finds BR-02",
    ),
]


@pytest.mark.parametrize(("name", "content", "said"), REFUSED)
def test_what_is_no_such_judge_is_refused_with_the_reason_and_nothing_is_kept(
    gateway: Gateway, name: str, content: bytes, said: str
) -> None:
    ran = gateway("artefacts", "add", written("rules.xslt", content), "--as", name)
    assert (ran.code, ran.out) == (2, b"")
    assert said in ran.err.replace("doctype", "DOCTYPE")
    assert not Path("gateway-data").exists()


def test_without_saxon_nothing_is_installed(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.judges.saxon.find_spec", lambda name: None)
    ran = gateway("artefacts", "add", written("en16931.xslt", stylesheet(NO_NUMBER)))
    assert ran.code == 2
    assert "einvoice-gateway[judge]" in ran.err
    assert not Path("gateway-data").exists()


def test_a_folder_to_which_others_may_write_is_not_used(gateway: Gateway) -> None:
    Path("gateway-data", "judges").mkdir(parents=True)
    Path("gateway-data", "judges").chmod(0o777)
    ran = gateway("artefacts", "add", written("en16931.xslt", stylesheet(NO_NUMBER)))
    assert ran.code == 2
    assert "others may write" in ran.err
    assert list(Path("gateway-data", "judges").iterdir()) == []


@pytest.mark.parametrize(
    ("switch", "valid"),
    [
        ((), False),  # where one is installed it is asked
        (("--judge",), False),
        (("--no-judge",), True),
    ],
)
def test_check_asks_the_judges_that_are_installed_unless_told_not_to(
    gateway: Gateway, files: dict[str, Path], switch: tuple[str, ...], valid: bool
) -> None:
    gateway("artefacts", "add", written("en16931.xslt", STRICTER))
    (verdict,) = gateway("check", "--json", *switch, files["ubl"]).lines
    assert verdict["valid"] is valid
    assert ["GW-JUDGE-DISAGREES"] * (not valid) == [one["id"] for one in verdict["findings"]]


def test_check_names_the_judge_among_what_it_checked_by(gateway: Gateway, files: dict[str, Path]) -> None:
    content = official(EN16931).encode()
    gateway("artefacts", "add", written("en16931.xslt", content))
    ran = gateway("check", files["ubl"])
    assert (ran.code, ran.err) == (0, "")
    assert f"en16931 (judge) {hashlib.sha256(content).hexdigest()[:12]}" in ran.text


def test_who_asks_for_judges_where_there_are_none_is_told(gateway: Gateway, files: dict[str, Path]) -> None:
    ran = gateway("check", "--judge", files["ubl"])
    assert (ran.code, ran.out) == (2, b"")
    assert "gateway artefacts add" in ran.err


def test_settings_are_looked_for_wherever_they_may_name_judges(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not may_have_judges()
    for name in ("GATEWAY_SETTINGS", "GATEWAY_DATA", "gateway_judges__folder", "GATEWAY_JUDGES"):
        with monkeypatch.context() as set_here:
            set_here.setenv(name, "x")
            assert may_have_judges()
    (installation / "gateway.toml").touch()
    assert may_have_judges()
    (installation / "gateway.toml").unlink()
    (installation / "gateway-data" / "judges").mkdir(parents=True)
    assert may_have_judges()
