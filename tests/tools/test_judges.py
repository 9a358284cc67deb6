"""The official rule sets come through the ordinary Maven client, and only those that are known by their hash."""

import importlib.util
import os
import sys
import zipfile
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
RULES = b"<xsl:stylesheet/>"
HOLDS_THEM = """#!/bin/sh
for word; do case "$word" in -DoutputDirectory=*) into="${word#*=}" ;; esac; done
grep -q '<artifactId>phive-rules-test</artifactId><version>1.2.3</version>' pom.xml || exit 3
mkdir -p "$into" && cp "$JAR" "$into/phive-rules-test-1.2.3.jar"
"""


@pytest.fixture
def judges(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module that knows one rule set, run with a folder of its own to put it into."""
    spec = importlib.util.spec_from_file_location("judges", ROOT / "tools" / "judges.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    known = module.Judge("test.xslt", "phive-rules-test", "1.2.3", "1/test.xslt", sha256(RULES).hexdigest())
    monkeypatch.setattr(module, "JUDGES", (known,))
    monkeypatch.setattr(sys, "argv", ["judges.py", "--into", str(tmp_path / "into")])
    monkeypatch.setenv("JAR", str(tmp_path / "rules.jar"))
    return module


def machine_with(monkeypatch: pytest.MonkeyPatch, folder: Path, maven: str | None, rules: bytes = RULES) -> None:
    """Make a machine whose Maven is this script, or that has none, with a repository that holds these rules."""
    programs = folder / "bin"
    programs.mkdir(exist_ok=True)
    if maven is not None:
        (programs / "mvn").write_text(maven)
        (programs / "mvn").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join([str(programs), "/usr/bin", "/bin"]) if maven else str(programs))
    with zipfile.ZipFile(folder / "rules.jar", "w") as jar:
        jar.writestr("external/schematron/1/test.xslt", rules)


def test_what_is_missing_is_fetched(judges: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine_with(monkeypatch, tmp_path, HOLDS_THEM)
    judges.main()
    assert [file.name for file in (tmp_path / "into").iterdir()] == ["test.xslt"]
    assert (tmp_path / "into" / "test.xslt").read_bytes() == RULES


def test_what_is_there_is_not_fetched_again(
    judges: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine_with(monkeypatch, tmp_path, HOLDS_THEM)
    judges.main()
    machine_with(monkeypatch, tmp_path, "#!/bin/sh\nexit 1\n")
    judges.main()
    assert "all 1 rule sets are in" in capsys.readouterr().out


def test_what_was_changed_is_fetched_again(judges: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine_with(monkeypatch, tmp_path, HOLDS_THEM)
    judges.main()
    (tmp_path / "into" / "test.xslt").write_bytes(b"rewritten")
    judges.main()
    assert (tmp_path / "into" / "test.xslt").read_bytes() == RULES


def test_rules_of_another_hash_are_not_taken(
    judges: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine_with(monkeypatch, tmp_path, HOLDS_THEM, rules=b"<something-else/>")
    with pytest.raises(SystemExit, match="nothing is taken"):
        judges.main()
    assert not (tmp_path / "into" / "test.xslt").exists()


def test_what_maven_complains_of_is_said(judges: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine_with(monkeypatch, tmp_path, "#!/bin/sh\necho '[ERROR] no such artifact'\nexit 1\n")
    with pytest.raises(SystemExit, match="no such artifact"):
        judges.main()


def test_without_maven_the_missing_ones_are_named(
    judges: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    machine_with(monkeypatch, tmp_path, None)
    judges.main()
    said = capsys.readouterr().out
    assert "no Maven" in said
    assert "test.xslt" in said
